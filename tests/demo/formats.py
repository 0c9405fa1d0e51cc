"""The lists of the demo's sources, each in the shape and byte encoding of its real kind."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from html import escape

REIWA_BASE = 2018


@dataclass(frozen=True, slots=True)
class Item:
    """One published item: absolute address, title, moment in Tokyo (midnight where only a day is known)."""

    url: str
    path: str
    title: str
    at: datetime
    body: str


def era(at: datetime) -> str:
    return f"令和{at.year - REIWA_BASE}年{at.month}月{at.day}日"


def rdf_shift_jis(items: Sequence[Item], root: str) -> bytes:
    """RSS 1.0 with dc:date, prolog Shift_JIS and bytes cp932; the time of day is always 05:00."""
    heads = "".join(f'<rdf:li rdf:resource="{item.url}"/>' for item in items)
    entries = "".join(
        f'<item rdf:about="{item.url}"><title>{escape(item.title)}</title><link>{item.url}</link>'
        f"<description>{escape(item.title)}</description>"
        f"<dc:date>{item.at:%Y-%m-%d}T05:00:00+09:00</dc:date><dc:creator>内政省</dc:creator></item>\n"
        for item in items
    )
    text = (
        '<?xml version="1.0" encoding="Shift_JIS" ?>\n'
        '<rdf:RDF xmlns="http://purl.org/rss/1.0/" xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/" xml:lang="ja">\n'
        f'<channel rdf:about="{root}/naisei/news.rdf"><title>内政省　新着情報</title><link>{root}/naisei/</link>'
        f"<description>新着</description><items><rdf:Seq>{heads}</rdf:Seq></items></channel>\n{entries}</rdf:RDF>\n"
    )
    return text.encode("cp932")


def rdf_cdata(items: Sequence[Item], root: str) -> bytes:
    """RSS 1.0 in UTF-8 whose titles are CDATA."""
    entries = "".join(
        f'<item rdf:about="{item.url}"><title><![CDATA[{item.title}]]></title><link>{item.url}</link>'
        f"<dc:creator>保健省</dc:creator><dc:date>{item.at:%Y-%m-%dT%H:%M:%S}+09:00</dc:date></item>\n"
        for item in items
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<rdf:RDF xmlns="http://purl.org/rss/1.0/" xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/">\n'
        f'<channel rdf:about="{root}/hoken/news.rdf"><title>保健省</title><link>{root}/hoken/</link></channel>\n'
        f"{entries}</rdf:RDF>\n"
    ).encode()


def rss_zone_jst(items: Sequence[Item], root: str) -> bytes:
    """RSS 2.0 without guid whose pubDate ends in the zone name JST, which RFC 822 does not know."""
    entries = "".join(
        f"<item><title>{escape(item.title)}</title><link>{item.url}</link><description/>"
        f"<pubDate>{item.at:%a, %d %b %Y %H:%M:%S} JST</pubDate></item>\n"
        for item in items
    )
    return _rss("金融監理庁　新着情報", f"{root}/kinkan/", entries)


def rss_positional_guid(items: Sequence[Item], root: str) -> bytes:
    """RSS 2.0 under an .rdf name: guid item_1 is always the newest, no weekday, relative links."""
    entries = "".join(
        f"<item><title>{escape(item.title)}</title><link>{item.path}</link>"
        f"<pubDate>{item.at:%d %b %Y %H:%M:%S} +0900</pubDate>"
        f'<guid isPermaLink="false">item_{number}</guid><category>官房 会見</category></item>\n'
        for number, item in enumerate(items, 1)
    )
    return _rss("官房　新着", f"{root}/kanbo/", entries)


def rss_newspaper(items: Sequence[Item], root: str) -> bytes:
    """RSS 2.0 of a newspaper: guid is the link, the description is the lead with escaped HTML."""
    entries = "".join(
        f"<item><title><![CDATA[{item.title}]]></title><link>{item.url}?ref=rss</link>"
        f"<description>&lt;p&gt;{escape(item.body.split(chr(10))[0][:60])}…&lt;/p&gt;</description>"
        f"<pubDate>{format_datetime(item.at)}</pubDate>"
        f'<guid isPermaLink="true">{item.url}</guid></item>\n'
        for item in items
    )
    return _rss("汐見新報", f"{root}/shiomi/", entries)


def rss_portal(items: Sequence[Item], root: str) -> bytes:
    """RSS 2.0 of a news portal: GMT, ?source=rss, the outlet in brackets at the title's end."""
    entries = "".join(
        f"<item><title>{escape(item.title)}</title><link>{item.url}?source=rss</link>"
        f"<pubDate>{item.at.astimezone(UTC):%a, %d %b %Y %H:%M:%S} GMT</pubDate>"
        f"<comments>{item.url}/comments</comments></item>\n"
        for item in items
    )
    return _rss("全国通信ニュース", f"{root}/zentsu/", entries)


def _rss(title: str, link: str, entries: str) -> bytes:
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0"><channel>'
        f"<title>{title}</title><link>{link}</link><description>{title}</description>\n{entries}</channel></rss>\n"
    ).encode()


def atom_without_id(items: Sequence[Item], root: str) -> bytes:
    """Atom whose entries have no id and an empty author."""
    entries = "".join(
        f'<entry><title>{escape(item.title)}</title><link rel="alternate" type="text/html" href="{item.url}"/>'
        f"<author><name/></author><updated>{item.at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}</updated>"
        f"<summary>{escape(item.title)}</summary></entry>\n"
        for item in items
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom">'
        f'<title>産業省 新着</title><link href="{root}/sangyo/"/><updated>2026-11-16T00:00:00Z</updated>\n'
        f"{entries}</feed>\n"
    ).encode()


def json_feed(items: Sequence[Item], root: str) -> bytes:
    """JSON Feed 1.1 of a blog."""
    return json.dumps(
        {
            "version": "https://jsonfeed.org/version/1.1",
            "title": "凪の家計簿",
            "home_page_url": f"{root}/nagi/",
            "items": [
                {
                    "id": item.url,
                    "url": item.url,
                    "title": item.title,
                    "content_text": item.body,
                    "date_published": item.at.isoformat(),
                }
                for item in items
            ],
        },
        ensure_ascii=False,
    ).encode()


def list_days_without_year(items: Sequence[Item], root: str) -> bytes:
    """An HTML list: the year stands in a heading as an era year, the days in <dt>."""
    rows = "".join(
        f'<dt class="list-title">{item.at.month}月{item.at.day}日付</dt>'
        f'<dd><ul class="link-list"><li><a href="{item.path}">{escape(item.title)}</a></li></ul></dd>\n'
        for item in items
    )
    return _html("報道発表　外政省", f"<h1>報道発表</h1><h2>令和8年</h2><dl>{rows}</dl>").encode()


def list_era_table(items: Sequence[Item], root: str) -> bytes:
    """An HTML table: era date in <th>, link in <td>."""
    rows = "".join(
        f'<tr id="sozei{number}"><th>{era(item.at)}</th><td><a href="{item.path}">{escape(item.title)}</a></td></tr>\n'
        for number, item in enumerate(items)
    )
    return _html(
        "租税庁　新着", f'<h2 id="sozei"></h2><table class="index_news">{rows}</table>'
    ).encode()


def list_pdfs(items: Sequence[Item], root: str) -> bytes:
    """An HTML list of PDF papers, the era date with full-width digits behind the link."""
    wide = str.maketrans("0123456789", "０１２３４５６７８９")
    rows = "".join(
        f'<li><a href="{item.path}">{escape(item.title)}</a>（{era(item.at).translate(wide)}）</li>\n'
        for item in items
    )
    return _html("財政省　検討会資料", f'<h1>検討会資料</h1><ul class="docs">{rows}</ul>').encode()


def list_time_elements(items: Sequence[Item], root: str) -> bytes:
    """An HTML list with <time datetime>."""
    rows = "".join(
        f'<li><time class="news-date" datetime="{item.at:%Y-%m-%d}">{era(item.at)}</time>'
        f'<div class="news-text"><a href="{item.path}">{escape(item.title)}</a></div></li>\n'
        for item in items
    )
    return _html("治安庁　新着", f'<ul class="news-list">{rows}</ul>').encode()


def list_spans_euc(items: Sequence[Item], root: str) -> bytes:
    """A town's HTML list in EUC-JP, declared in a meta element only."""
    rows = "".join(
        f'<li><span class="date">{item.at:%Y年%-m月%-d日}</span><a href="{item.path}">{escape(item.title)}</a></li>\n'
        for item in items
    )
    return _html("瀬戸崎市　お知らせ", f'<ul id="oshirase">{rows}</ul>', "EUC-JP").encode("euc_jp")


def list_bank(items: Sequence[Item], root: str) -> bytes:
    """A bank's list of notices: date in <p>, then the link."""
    rows = "".join(
        f'<li class="clearfix"><p>{item.at:%Y年%m月%d日}</p><a class="cut_txt" href="{item.path}">{escape(item.title)}</a></li>\n'
        for item in items
    )
    return _html("お知らせ一覧　陽和銀行", f'<ul class="news">{rows}</ul>').encode()


def page(item: Item, site: str, charset: str = "UTF-8") -> bytes:
    """One article: navigation, the text, and a box of related articles that is not the text."""
    paragraphs = "".join(f"<p>{escape(line)}</p>\n" for line in item.body.strip().splitlines())
    body = (
        '<header><nav><ul><li><a href="/">ホーム</a></li><li><a href="/sitemap.html">サイトマップ</a></li></ul></nav></header>'
        f'<main><article><h1>{escape(item.title)}</h1><p class="date">{era(item.at)}</p>\n<div class="body">{paragraphs}</div></article></main>'
        '<aside class="related"><h2>関連記事</h2><ul><li><a href="#">銀行がマイナンバーの届け出を呼びかけ</a></li></ul></aside>'
        f"<footer><small>Copyright {escape(site)}</small></footer>"
    )
    return _html(f"{item.title}｜{site}", body, charset).encode(
        charset.replace("Shift_JIS", "cp932")
    )


def _html(title: str, body: str, charset: str = "UTF-8") -> str:
    return (
        f'<!DOCTYPE html>\n<html lang="ja"><head><meta charset="{charset}"><title>{escape(title)}</title></head>\n'
        f"<body>{body}</body></html>\n"
    )


def diet_reply(records: Sequence[dict[str, object]]) -> bytes:
    """A reply of the Diet minutes API's `speech` end point (kokkai.ndl.go.jp/api.html)."""
    reply: dict[str, object] = {
        "numberOfRecords": len(records),
        "numberOfReturn": len(records),
        "startRecord": 1,
        "nextRecordPosition": None,
    }
    if records:
        reply["speechRecord"] = list(records)
    return json.dumps(reply, ensure_ascii=False).encode()
