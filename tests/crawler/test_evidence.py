"""The evidence zip: packed from a real crawl, checked without the store, broken in every part."""

from __future__ import annotations

import hashlib
import io
import json
import re
import zipfile
from collections.abc import Collection
from pathlib import Path

import pytest
from click.testing import CliRunner

from crawler.claims import WHAT
from crawler.cover import cover
from crawler.evidence import as_recorded
from crawler.evidence_commands import evidence
from crawler.provenance import stands_in
from crawler.shown import Response
from crawler.verification import verify
from data.errors import InputError
from tests.crawler.test_sources_commands import scopewatch
from tests.crawler.text.pdf_writer import pdf
from tests.crawler.web import BODY, Place, Web, article, rss, serving

LONG = (
    article("五", "\n".join(f"第{n}回の会議で、委員は利用の範囲を確かめた。" for n in range(80)))
    .replace("<nav>", "<script>for (i = 0; i<n; i++) a(i)</script><nav>")
    .replace("</nav>", "<a href='/other.html'>次へ ></a></nav>")
)
"""Its script has a < and its navigation a >: what lies between is no tag."""


def _zip_of(rows: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("rows.csv", rows)
    return out.getvalue()


@pytest.fixture(scope="module")
def packed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Zips of followed pages, one of them behind a redirect, of a PDF, of a page of which words are dropped inside
    a line, of a title only and of a row in a zip, all of a sealed day."""
    place, web = Place(tmp_path_factory.mktemp("evidence")), Web()
    with serving(web) as host:
        items = [
            ("/1.html", "&lt;b>見出し&lt;/b> &amp; 一"),
            ("/2.html", "二"),
            ("/old", "三"),
            ("/4.pdf", "四"),
            ("/5.html", "五"),
        ]
        web.put("/feed.xml", rss(host, items), content_type="text/xml")
        web.put("/1.html", article("一", BODY))
        web.put("/old", "", status=302, headers={"Location": "/3.html"}, etag=False)
        dated = article("三", f"令和8年11月16日\n{BODY}").replace("utf-8", "Shift_JIS")
        web.put("/3.html", dated.encode("cp932"), content_type="text/html")
        web.put("/4.pdf", pdf([BODY.split("\n")], title="四"), content_type="application/pdf")
        web.put("/5.html", LONG)
        place.source("pages", host, "/feed.xml")
        web.put("/6.html", article("六", BODY.replace("窓口の", "窓口の<b>広告</b>")))
        web.put("/cut.xml", rss(host, [("/6.html", "六")]), content_type="text/xml")
        place.source("cut", host, "/cut.xml", more="article: {text: article, drop: [b]}")
        web.put("/rows.zip", _zip_of(f"番号カードの印刷,2026-11-10,http://{host}/7\n"))
        fields = "format: csv_zip, columns: [name, day, link], title: '調達 {name}', url: link, date: day"
        place.source("rows", host, "/rows.zip", "api", f"fetch: title_only\nrecords: {{{fields}}}")
        place.source("titles", host, "/feed.xml", more="fetch: title_only")
        place.configure()
        for day in (16, 17):
            place.crawl(SCOPEWATCH_NOW=f"2026-11-{day}T22:00:00+09:00")
            renamed = place.root / "sources" / "titles.yml"
            renamed.write_text(
                renamed.read_text("utf-8").replace("publisher: {ja: ", "publisher: {ja: 新"),
                "utf-8",
            )
    files = {}
    for row in place.documents():
        name = row["url"].rpartition("/")[2].partition(".")[0]
        if row["source_id"] != "titles" or name == "1":
            output = place.root / f"{row['source_id']}-{name}.zip"
            done = scopewatch(place, "evidence", row["id"], "-o", str(output))
            assert done.returncode == 0, done.stderr
            files[output.stem] = output
    return files


@pytest.mark.parametrize(
    "name", ["titles-1", "pages-1", "pages-old", "pages-4", "pages-5", "cut-6", "rows-7"]
)
def test_a_pack_holds_on_its_own(packed: dict[str, Path], name: str) -> None:
    checks = verify(packed[name])
    assert [check.what for check in checks if check.holds is False] == []
    assert [check.what for check in checks if check.holds is None and not check.remark] == []
    (last,) = re.findall("[0-9a-f]{64}", checks[-1].what)
    known = "the manifest whose hash was given is in the chain"
    assert {one.what: one.holds for one in verify(packed[name], last)}[known]
    assert [one.what for one in verify(packed[name], "0" * 64) if one.holds is False] == [known]
    with zipfile.ZipFile(packed[name]) as archive:
        assert {"cover.html", "record.warc.gz", "text.txt"} <= set(archive.namelist())
        cover = archive.read("cover.html").decode()
    assert "<b>見出し" not in cover


def _altered(path: Path, name: str, change: tuple[bytes, bytes], target: Path) -> Path:
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(target, "w") as new:
        for member in old.namelist():
            body = old.read(member)
            new.writestr(member, body.replace(*change) if member.startswith(name) else body)
    return target


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("text.txt", ("市".encode(), "町".encode())),
        ("evidence.json", (b'"version": 1', b'"version": 2')),
        ("manifests/", (b"sha256", b"sha255")),
        ("record", (b"\x1f\x8b", b"\x1f\x8c")),
        ("SHA256SUMS", (b"text.txt", b"text.tx")),
    ],
)
def test_an_altered_pack_is_told(
    packed: dict[str, Path], tmp_path: Path, name: str, change: tuple[bytes, bytes]
) -> None:
    altered = _altered(packed["pages-1"], name, change, tmp_path / "altered.zip")
    try:
        broken = [check for check in verify(altered) if check.holds is False]
    except InputError:
        return
    assert broken


def _forged(
    path: Path,
    changes: dict[str, tuple[str, str]],
    target: Path,
    more: dict[str, bytes] | None = None,
    without: Collection[str] = (),
) -> Path:
    """As a forger would: a part is changed, and every hash in the pack that speaks of it is written anew."""
    with zipfile.ZipFile(path) as old:
        files = {name: old.read(name) for name in old.namelist() if name not in without}
    for name, (before, after) in changes.items():
        assert before.encode() in files[name]
        files[name] = files[name].replace(before.encode(), after.encode(), 1)
    files |= more or {}
    facts = json.loads(files["evidence.json"])
    text = files["text.txt"].partition(b"\n")[2]
    facts["document"]["text_sha256"] = hashlib.sha256(text).hexdigest()
    files["evidence.json"] = json.dumps(facts).encode()
    if "cover.html" not in changes:
        files["cover.html"] = cover(facts, files["text.txt"])
    sums = {
        name: hashlib.sha256(body).hexdigest()
        for name, body in files.items()
        if name != "SHA256SUMS"
    }
    files["SHA256SUMS"] = "".join(f"{sums[name]}  {name}\n" for name in sorted(sums)).encode()
    with zipfile.ZipFile(target, "w") as new:
        for name, body in files.items():
            new.writestr(name, body)
    return target


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({}, None),
        ({"text.txt": ("窓口の手続き", "警察の手続き")}, "the text stands in the archived response"),
        ({"evidence.json": ('"fetched_at": "2026-11-16', '"fetched_at": "2026-10-16')}, "it was fetched when"),
        ({"cover.html": ("見出し", "別の題")}, "the cover shows"),
        ({"cover.html": ("</body>", "<h1>別の主張</h1></body>")}, "the cover shows"),
        ({"evidence.json": ("/1.html", "/2.html")}, "the address is"),
        ({"evidence.json": ('"format"', '"seen_by": "警察", "format"')}, "evidence.json says"),
    ],
    ids=["nothing", "text", "time", "cover", "more on the cover", "address", "more facts"],
)  # fmt: skip
def test_a_forger_who_writes_the_hashes_anew_is_told(
    packed: dict[str, Path], tmp_path: Path, changes: dict[str, tuple[str, str]], told: str | None
) -> None:
    checks = verify(_forged(packed["pages-1"], changes, tmp_path / "forged.zip"))
    broken = [check.what for check in checks if check.holds is False]
    assert bool(broken) == (told is not None)
    assert told is None or any(one.startswith(told) for one in broken)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"text.txt": ("第40回の会議で、委員", "第40回の会議で、警察")}, "the text stands"),
        ({"evidence.json": ("/5.html", "/other.html")}, "the address is"),
        ({"evidence.json": ('header"', 'registry"')}, "it comes from the source"),
        ({"evidence.json": ('"source": "pages"', '"source": "titles"')}, "it comes from the source"),
        ({"evidence.json": ('"publisher_ja": "見本"', '"publisher_ja": "官庁"')}, "it comes from the source"),
    ],
    ids=["one line of many", "what it links to", "how it was read", "source", "publisher"],
)  # fmt: skip
def test_a_small_forgery_in_a_long_pack_is_told(
    packed: dict[str, Path], tmp_path: Path, changes: dict[str, tuple[str, str]], told: str
) -> None:
    checks = verify(_forged(packed["pages-5"], changes, tmp_path / "x.zip"))
    assert told in [one.what[: len(told)] for one in checks if one.holds is False]


def test_what_a_script_cuts_off_stands_in_its_page() -> None:
    body = LONG.encode()
    for line in ("第1回の会議で、委員は利用の範囲を確かめた。", "第79回の会議で"):
        assert Response(body, "text/html; charset=utf-8", "", "", {}).says(line)
    assert stands_in("次へ >\n第3回の会議で、委員は利用の範囲を確かめた。", body, content_type=None)
    assert not stands_in("第3回の会議で、警察は利用の範囲を確かめた。", body, content_type=None)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        (dict.fromkeys(("evidence.json", "text.txt"), ("三", "偽の題")), "the title is that"),
        ({"evidence.json": ('"published_at": "2026-11-16', '"published_at": "2026-10-16')}, "the date says"),
        ({"evidence.json": ("/old", "/new")}, "the address is"),
        ({"evidence.json": ("http://127", "http://128")}, "the address is"),
    ],
    ids=["title", "date", "address", "host"],
)  # fmt: skip
def test_what_the_response_shows_cannot_be_written_anew(
    packed: dict[str, Path], tmp_path: Path, changes: dict[str, tuple[str, str]], told: str
) -> None:
    broken = [check.what for check in verify(_forged(packed["pages-old"], changes, tmp_path / "x.zip"))
              if check.holds is False]  # fmt: skip
    assert any(one.startswith(told) for one in broken)


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("pages-4", dict.fromkeys(("evidence.json", "text.txt"), ("四", "二"))),
        ("pages-1", {"evidence.json": ('"published_at": "2026-11-16T01:00', '"published_at": "2026-11-16T01:01')}),
        ("rows-7", dict.fromkeys(("evidence.json", "text.txt"), ("印刷", "廃止"))),
    ],
    ids=["the title of another", "the date of another", "a row's title"],
)  # fmt: skip
def test_what_only_the_list_says_is_what_it_says_of_this_document(
    packed: dict[str, Path], tmp_path: Path, name: str, changes: dict[str, tuple[str, str]]
) -> None:
    checks = verify(_forged(packed[name], changes, tmp_path / "x.zip"))
    assert {WHAT["title"], WHAT["date"]} & {one.what for one in checks if one.holds is False}


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"evidence.json": ("/1.html", "/9.html")}, "the address is"),
        (
            {"evidence.json": ("見出し", "別の題"), "text.txt": ("見出し", "別の題")},
            "the title is that",
        ),
    ],
    ids=["address", "title"],
)
def test_what_only_a_list_says_must_stand_in_it(
    packed: dict[str, Path], tmp_path: Path, changes: dict[str, tuple[str, str]], told: str
) -> None:
    checks = verify(_forged(packed["titles-1"], changes, tmp_path / "x.zip"))
    broken = [check.what for check in checks if check.holds is False]
    assert any(one.startswith(told) for one in broken)


def test_a_list_s_title_is_not_excused_by_saying_that_it_is_not_shown(
    packed: dict[str, Path], tmp_path: Path
) -> None:
    named = _forged(packed["titles-1"], dict.fromkeys(("evidence.json", "text.txt"), ("見出し", "別の題")), tmp_path / "x.zip")  # fmt: skip
    denied = {"evidence.json": ('"title": true', '"title": false')}
    checks = verify(_forged(named, denied, tmp_path / "y.zip"))
    assert [one.what for one in checks if one.holds is False] == [WHAT["title"]]


def test_a_title_put_together_from_fields_is_that_of_its_list() -> None:
    body = json.dumps({"r": [{"session": 217, "house": "参議院", "meeting": "予算委員会"}]})
    listed = Response(body.encode(), "application/json", "", "", {})
    assert listed.mostly_says("第217回国会 参議院 予算委員会")
    assert not listed.mostly_says("内閣が強制付番を決定")


@pytest.mark.parametrize(
    "body", [b"", b"PK\x03\x04 xl/ damaged", b"\x00\x00\x01", b"%PDF-1.7 junk"]
)
def test_what_cannot_be_read_says_nothing_for_or_against(body: bytes) -> None:
    assert not Response(body, None, "", "", {}).readable
    assert Response(b"<p>A</p>", "text/html", "", "", {}).readable


def test_a_file_that_no_pack_has_is_told(packed: dict[str, Path], tmp_path: Path) -> None:
    path = _forged(packed["pages-1"], {}, tmp_path / "x.zip", {"readme.html": b"<h1>x</h1>"})
    broken = [check.what for check in verify(path) if check.holds is False]
    assert broken == ["it holds the files of a pack and no others"]
    with zipfile.ZipFile(path, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("text.txt", "other")
    with pytest.raises(InputError, match="two files of one name"):
        verify(path)


@pytest.mark.parametrize(
    "facts", [b"[" * 200_000, b"[]", b"{}", b'{"format": 2}', b'{"format": 1}', b"\xff", b"1e999"]
)
def test_bad_facts_are_one_sentence(packed: dict[str, Path], tmp_path: Path, facts: bytes) -> None:
    with zipfile.ZipFile(packed["pages-1"]) as old, zipfile.ZipFile(tmp_path / "x.zip", "w") as new:
        for name in old.namelist():
            new.writestr(name, facts if name == "evidence.json" else old.read(name))
    with pytest.raises(InputError, match=r"x\.zip"):
        verify(tmp_path / "x.zip")


def test_the_verb_ends_with_1_and_says_what_a_pack_cannot_show(
    packed: dict[str, Path], tmp_path: Path
) -> None:
    done = CliRunner().invoke(evidence, ["verify", str(packed["pages-1"])])
    assert done.exit_code == 0
    assert "note: that nobody wrote all manifests anew" in done.output
    assert done.output.endswith("VERDICT: holds\n")
    with zipfile.ZipFile(packed["pages-1"]) as archive:
        sealed = {name for name in archive.namelist() if name.startswith("manifests/")}
    said = {"evidence.json": ('"sealed": true', '"sealed": false')}
    opened = _forged(packed["pages-1"], said, tmp_path / "y.zip", without=sealed)
    for words, code in (([], 0), (["--strict"], 1), (["--known", "0" * 64], 1)):
        done = CliRunner().invoke(evidence, ["verify", str(opened), *words])
        assert done.exit_code == code
        assert "not shown: a sealed manifest names the records" in done.output
    older = _altered(
        packed["pages-1"], "evidence.json", (b'"format": 3', b'"format": 2'), tmp_path / "o.zip"
    )
    done = CliRunner().invoke(evidence, ["verify", str(older)])
    assert (done.exit_code != 0, done.output) == (True, "")
    assert "not checked: pack it anew" in str(done.exception)
    (tmp_path / "x.zip").write_bytes(packed["pages-1"].read_bytes()[:900])
    done = CliRunner().invoke(evidence, ["verify", str(tmp_path / "x.zip")])
    assert done.exit_code == 1
    assert done.output.startswith("BROKEN: ")
    assert done.output.count("\n") == 1


@pytest.mark.parametrize(
    ("name", "content"),
    [("record.warc.gz", b"\x1f\x8b\x08junk"), ("record.warc.gz", b"WARC/1.1\r\n\r\n"), ("manifests/1", b"[]\n1")],
)  # fmt: skip
def test_junk_in_a_part_is_told_of_that_part(
    packed: dict[str, Path], tmp_path: Path, name: str, content: bytes
) -> None:
    checks = verify(_forged(packed["pages-1"], {}, tmp_path / "x.zip", {name: content}))
    part = "the record can be read" if name.startswith("record") else "the manifests can be read"
    assert any(check.what.startswith(part) for check in checks if check.holds is False)


@pytest.mark.parametrize("content", [b"", b"junk" * 100, None])
def test_what_is_no_pack_is_a_clear_error(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "x.zip"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InputError, match=r"x\.zip"):
        verify(path)


def test_a_bomb_and_a_foreign_zip_are_refused(tmp_path: Path) -> None:
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(3):
            archive.writestr(f"{number}", bytes(100 << 20))
    (tmp_path / "bomb.zip").write_bytes(bomb.getvalue())
    with pytest.raises(InputError, match="MiB"):
        verify(tmp_path / "bomb.zip")
    with zipfile.ZipFile(tmp_path / "foreign.zip", "w") as archive:
        for name in ("SHA256SUMS", "evidence.json", "text.txt"):
            archive.writestr(name, "[]")
    with pytest.raises(InputError, match=r"evidence\.json"):
        verify(tmp_path / "foreign.zip")


def test_a_pack_s_parts_are_no_larger_than_a_pack_has_them(
    packed: dict[str, Path], tmp_path: Path
) -> None:
    large = {"evidence.json": b"[" + b"1," * (1 << 20) + b"1]"}
    with zipfile.ZipFile(packed["pages-1"]) as old, zipfile.ZipFile(tmp_path / "x.zip", "w", zipfile.ZIP_DEFLATED) as new:  # fmt: skip
        for name in old.namelist():
            new.writestr(name, large.get(name, old.read(name)))
    with pytest.raises(InputError, match=r"larger than any pack's"):
        verify(tmp_path / "x.zip")


def test_an_older_version_has_the_address_and_the_encoding_of_its_own_record() -> None:
    target, about = "https://mihon.example/list.xml", {"encoding": "utf-8/list"}
    body = b"<rss><item><link>https://mihon.example/1</link></item></rss>"
    listed = Response(body, "text/xml", "", target, about)
    for url, expected in (("https://mihon.example/1", "https://mihon.example/1"), ("https://mihon.example/2", target)):  # fmt: skip
        document = {"url": url, "encoding": "cp932/meta"}
        as_recorded(document, listed)
        assert document == {"url": expected, "encoding": "utf-8/list"}


def test_an_unknown_id_is_a_clear_line(tmp_path: Path) -> None:
    place = Place(tmp_path)
    (tmp_path / "sources").mkdir()
    place.configure()
    done = scopewatch(place, "evidence", "nothing")
    assert done.returncode == 2
    assert len(done.stderr.strip().splitlines()) == 1
