import gzip
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.text.feed import MAX_ENTRIES, parse_feed
from crawler.text.sniff import sniff_text
from data.clock import TOKYO
from data.errors import Malformed
from data.models import Entry, Moment

DC = 'xmlns:dc="http://purl.org/dc/elements/1.1/"'
RDF = (
    f'xmlns="http://purl.org/rss/1.0/" xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" {DC}'
)
BASE = "https://www.example.go.jp/rss/news.xml"


def rss(items: str, *, prolog: str = '<?xml version="1.0" encoding="UTF-8"?>') -> bytes:
    return f'{prolog}<rss version="2.0" {DC}><channel><title>見本</title>{items}</channel></rss>'.encode()


def rdf(items: str, encoding: str = "Shift_JIS") -> bytes:
    text = f'<?xml version="1.0" encoding="{encoding}" ?>\r\n<rdf:RDF {RDF}><channel><title>見本</title></channel>{items}</rdf:RDF>'
    return text.encode("cp932" if encoding == "Shift_JIS" else encoding)


def one(body: bytes) -> Entry:
    (entry,) = parse_feed(body, url=BASE)
    return entry


def shown(moment: Moment | None) -> str | None:
    return moment.at.astimezone(TOKYO).isoformat() if moment else None


def test_rss10_in_shift_jis_with_vendor_signs_and_dc_date() -> None:
    entry = one(rdf(
        '<item rdf:about="https://example.go.jp/a"><title>①㈱髙橋商店の報道資料</title><link>https://example.go.jp/a</link>'
        "<description>要旨</description><dc:date>2026-01-15T05:00:00+09:00</dc:date></item>"
    ))  # fmt: skip
    assert (entry.title, entry.url, entry.summary) == (
        "①㈱髙橋商店の報道資料",
        "https://example.go.jp/a",
        "要旨",
    )
    assert shown(entry.published) == "2026-01-15T05:00:00+09:00"


@pytest.mark.parametrize("encoding", ["EUC-JP", "ISO-2022-JP", "UTF-8"])
def test_other_japanese_encodings(encoding: str) -> None:
    assert (
        one(
            rdf(
                "<item><title>架空のお知らせ</title><link>https://example.go.jp/a</link></item>",
                encoding,
            )
        ).title
        == "架空のお知らせ"
    )


def test_jst_is_not_utc() -> None:
    entry = one(
        rss(
            "<item><title>その他,架空の一覧</title><link>https://e.jp/a</link><pubDate>Thu, 15 Jan 2026 17:00:00 JST</pubDate></item>"
        )
    )
    assert shown(entry.published) == "2026-01-15T17:00:00+09:00"
    assert entry.title == "その他,架空の一覧"


def test_seconds_left_out_of_w3c_date() -> None:
    entry = one(
        rdf(
            "<item><title>意見募集</title><link>https://e.jp/a</link><dc:date>2026-01-15T15:00:Z</dc:date></item>",
            "UTF-8",
        )
    )
    assert shown(entry.published) == "2026-01-16T00:00:00+09:00"


def test_bom_relative_link_and_permalink_guid() -> None:
    entry = one(
        b"\xef\xbb\xbf"
        + rss(
            '<item><title>架空</title><link>/j/press/15a.html</link><guid isPermaLink="true">/j/press/15a.html</guid></item>'
        )
    )
    assert entry.url == "https://www.example.go.jp/j/press/15a.html"


def test_empty_link_keeps_title_and_positional_guid_is_passed_on() -> None:
    entry = one(
        rss(
            '<item><title>架空の会見</title><link></link><guid isPermaLink="false">item_17</guid></item>'
        )
    )
    assert (entry.title, entry.url, entry.id) == ("架空の会見", None, "item_17")


@pytest.mark.parametrize(
    "link",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "mailto:a@example.jp",
        "http://[",
        "file:///etc/passwd",
        "http://www.example.jp:99999/",
        "http://www.example.jp:abc/",
    ],
)
def test_links_that_are_no_pages_are_dropped(link: str) -> None:
    assert one(rss(f"<item><title>架空</title><link>{link}</link></item>")).url is None


def test_markup_entities_and_line_breaks_in_texts() -> None:
    entry = one(rss(
        "<item><title><![CDATA[第３回　架空検討会\n     を<b>開催</b> &amp; 公表]]></title>"
        "<description>案の公示日：2026/01/16&lt;br/&gt;受付締切日時：2026/02/15 00:00&lt;br/&gt;</description></item>"
    ))  # fmt: skip
    assert entry.title == "第３回　架空検討会 を開催 & 公表"
    assert entry.summary == "案の公示日：2026/01/16 受付締切日時：2026/02/15 00:00"


def test_google_news_names_outlet() -> None:
    entry = one(rss(
        "<item><title>架空の見出し - 見本新聞</title><link>https://news.google.com/rss/articles/CBMiXXXX?oc=5</link>"
        '<guid isPermaLink="false">CBMiXXXX</guid><pubDate>Thu, 15 Jan 2026 08:00:00 GMT</pubDate>'
        '<description>&lt;a href="x"&gt;架空の見出し&lt;/a&gt;&amp;nbsp;&lt;font color="#6f6f6f"&gt;見本新聞&lt;/font&gt;</description>'
        '<source url="https://example.jp">見本新聞</source></item>'
    ))  # fmt: skip
    assert (entry.title, entry.outlet, entry.summary) == (
        "架空の見出し",
        "見本新聞",
        "架空の見出し 見本新聞",
    )
    assert shown(entry.published) == "2026-01-15T17:00:00+09:00"


def test_bing_is_unwrapped() -> None:
    body = (
        '<rss version="2.0" xmlns:News="https://www.bing.com/news/search?q=x"><channel><item><title>架空</title>'
        "<link>http://www.bing.com/news/apiclick.aspx?ref=FexRss&amp;url=https%3a%2f%2fexample.jp%2fa&amp;c=1</link>"
        "<News:Source>見本新聞</News:Source></item></channel></rss>"
    ).encode()
    entry = one(body)
    assert (entry.url, entry.outlet) == ("https://example.jp/a", "見本新聞")


def test_atom_with_and_without_published() -> None:
    body = (
        '<feed xmlns="http://www.w3.org/2005/Atom"><title>見本</title>'
        '<entry><title>架空の発表 &lt;仮称&gt;</title><link rel="alternate" href="/a"/><updated>2026-01-15T05:00:00Z</updated><summary>要旨</summary></entry>'
        '<entry><id>tag:example,2005:1</id><title type="html">Invented &lt;i&gt;x&lt;/i&gt;</title><link href="https://example.jp/b"/>'
        "<published>2026-01-14T01:00:00Z</published><updated>2026-01-15T01:00:00Z</updated></entry></feed>"
    ).encode()
    first, second = parse_feed(body, url=BASE)
    assert (first.title, first.url, first.published) == (
        "架空の発表 <仮称>",
        "https://www.example.go.jp/a",
        None,
    )
    assert shown(first.updated) == "2026-01-15T14:00:00+09:00"
    assert (second.title, second.id) == ("Invented x", "tag:example,2005:1")
    assert shown(second.published) == "2026-01-14T10:00:00+09:00"


def test_json_feed() -> None:
    body = (
        '{"version":"https://jsonfeed.org/version/1.1","title":"見本","items":[{"id":7,"url":"/a","title":"架空",'
        '"content_html":"<p>本文</p>","date_published":"2026-01-15T10:00:00+09:00"},{"id":"8","content_text":"題のない投稿"}]}'
    ).encode()
    first, second = parse_feed(body, url=BASE)
    assert (first.title, first.url, first.id, first.summary) == (
        "架空",
        "https://www.example.go.jp/a",
        "7",
        "本文",
    )
    assert shown(first.published) == "2026-01-15T10:00:00+09:00"
    assert second.title == "題のない投稿"


def test_truncated_and_ill_formed_feeds_give_what_they_hold() -> None:
    items = "".join(
        f"<item><title>架空{n}</title><link>https://e.jp/{n}</link></item>" for n in range(5)
    )
    assert len(parse_feed(rss(items)[:-100])) >= 3
    assert [entry.title for entry in parse_feed(rss("<item><title>A & B</title></item>"))] == [
        "A & B"
    ]
    assert len(parse_feed(b"Warning: line 3 in x.php\n" + rss(items, prolog=""))) == 5


def test_gzip_is_read_and_capped() -> None:
    body = rss("<item><title>架空</title></item>")
    assert len(parse_feed(gzip.compress(body))) == 1
    with pytest.raises(Malformed, match="unpacks to more than 5 MiB"):
        parse_feed(gzip.compress(b" " * (6 << 20)))
    with pytest.raises(Malformed, match="damaged gzip"):
        parse_feed(b"\x1f\x8bjunk")


@pytest.mark.parametrize(
    "prolog",
    [
        '<?xml-stylesheet href="a>b"?>',
        '<?xml version="1.0">',
        "<!DOCTYPE rss [ <!-- it's ]> --> <!ELEMENT rss ANY> ]>",
        '<!DOCTYPE rss PUBLIC "-//never closed>',
    ],
)
def test_a_feed_is_known_behind_any_prolog(prolog: str) -> None:
    assert sniff_text(f"{prolog}\n<rss><channel/></rss>") == "feed"


def test_plain_doctype_is_honest_and_entities_are_refused_by_name() -> None:
    plain = '<!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN" "http://example.com/rss-0.91.dtd">'
    assert len(parse_feed(rss("<item><title>架空</title></item>", prolog=plain))) == 1
    for bomb in (
        '<!DOCTYPE x [<!ENTITY a "b">]>',
        "<!-- <rss> --><!doctype x [<!entity % a SYSTEM 'file:///etc/passwd'>]>",
        '<?x ><y ?><!DOCTYPE rss [\n<!ENTITY a "b">]>',
        '<!DOCTYPE rss SYSTEM "><x>" [\n<!ENTITY a "b">]>',
        '<!DOCTYPE rss [ <!-- ]> <x> --> <!ENTITY a "b">]>',
        '<!DOCTYPE rss [ <?x ]> <x> ?> <!ENTITY a "b">]>',
        '<!DOCTYPE rss [ <!ATTLIST rss c CDATA "]><x>"> <!ENTITY a "b">]>',
        """<!DOCTYPE rss [ <!-- it's --> <!ATTLIST rss c CDATA '<!--'> <!ENTITY a "b"> <!-- -->]>""",
        '<!--\n<!ENTITY a "b">\n-->\n<!DOCTYPE rss>\n',
    ):
        with pytest.raises(Malformed, match="declares an ENTITY"):
            parse_feed(rss("<item><title>&a;</title></item>", prolog=bomb))


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"", "is empty"),
        (b" \n", "is empty"),
        (b"<!DOCTYPE html><html><body>sorry</body></html>", "is an HTML page"),
        (b"%PDF-1.7 x", "is a PDF"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00", "is binary data"),
        (b"just words", "is plain text"),
        (b'{"items": 3}', "is JSON, but not a JSON Feed"),
        (b'{"items": [', "is not whole JSON"),
        (b"<data><record/></data>", "is XML, but not a feed"),
        (b"x" * (6 << 20), "is larger than 5 MiB"),
        (b"<rss>" + b"<a>" * 300_000, "more than 200000 tags"),
        (b"<rss><item " + b'a="1" ' * 5000 + b"/>", "more than 100 attributes"),
        (b"<rss>" + b"< " * 9000, "stray < signs"),
    ],
)  # fmt: skip
def test_what_is_no_feed_is_malformed_by_name(body: bytes, why: str) -> None:
    with pytest.raises(Malformed, match=why) as refusal:
        parse_feed(body, url=BASE)
    assert str(refusal.value).startswith(BASE)


def test_entry_flood_is_cut() -> None:
    assert len(parse_feed(rss("<item/>" * (MAX_ENTRIES + 100)))) == MAX_ENTRIES


def test_deep_nesting_ends_in_time() -> None:
    started = time.process_time()  # 5 s; other tests' load is not its matter
    parse_feed(b"<rss><channel><item>" + b"<a>" * 190_000)
    assert time.process_time() - started < 20


@given(
    st.binary(max_size=300)
    | st.text(alphabet="<>/!?[]&;\"' itemrssfeedCDATA-", max_size=200).map(
        lambda t: b"<rss><channel><item><title>" + t.encode()
    )
)
def test_any_bytes_parse_or_are_malformed(body: bytes) -> None:
    try:
        parse_feed(body, url=BASE)
    except Malformed:
        return


SHARED = Path(__file__).parents[4] / "shared" / "data"
recorded = pytest.mark.skipif(not SHARED.is_dir(), reason="../shared/data is not there")

COUNTS = {
    "cao": 10,
    "digital": 21,
    "fsa": 15,
    "kantei": 25,
    "mext": 21,
    "mhlw": 67,
    "mlit": 18,
    "mod": 126,
    "mof": 100,
    "soumu": 20,
}


@pytest.mark.shared
@recorded
@pytest.mark.parametrize("name", sorted(COUNTS))
def test_recorded_ministry_feeds(name: str) -> None:
    body = (SHARED / "ministry_feeds/kasumigaseki_lens" / f"{name}.xml").read_bytes()
    entries = parse_feed(body, url=f"https://www.{name}.go.jp/news.xml")
    assert len(entries) == COUNTS[name]
    assert all(entry.title and entry.published and "\ufffd" not in entry.title for entry in entries)
    assert sum(entry.url is None for entry in entries) == (1 if name == "kantei" else 0)
    days = [shown(entry.published) or "" for entry in entries]
    assert all("2026-05-31" < day < "2026-08-21" for day in days)
    if name == "fsa":
        assert days[0] == "2026-08-19T17:00:00+09:00"
    if name in {"soumu", "mlit"}:
        assert {day[10:] for day in days} == {"T05:00:00+09:00"}


@pytest.mark.shared
@recorded
def test_recorded_snapshots_gazette_and_encodings() -> None:
    snapshots = sorted((SHARED / "ministry_feeds/gov_online/snapshots").glob("*.rss"))
    assert [len(parse_feed(path.read_bytes())) for path in snapshots] == [40] * 8
    assert len(parse_feed((SHARED / "kanpo/feed.xml").read_bytes())) == 12
    titles = {
        path.stem: parse_feed(path.read_bytes())[0].title
        for path in (SHARED / "feeds_encoding").glob("*.xml")
    }
    assert titles == {"eucjp": "ゲーム三昧な正月", "shiftjis": "DrecomRSSに記事投稿が反映されない…"}
