"""Replies of APIs that are not what their documentation says."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from crawler.json_lines import json_line
from crawler.list_encoding import encoding_of_list
from crawler.records import read_records
from crawler.registries.answers import json_of, page_of
from crawler.source import Records
from crawler.text.feed import parse_feed
from crawler.text.sitemap import parse_sitemap
from data.errors import LayoutChanged, Malformed
from tests.crawler.web import Place, Web, serving

RECORDS = Records(items="r", title="t", url="u", text="x", id="i", next="next", next_parameter="start")  # fmt: skip
URL = "https://mihon.example/api"


def read(**record: Any) -> tuple[str, str | None, str | None, str]:
    body = json.dumps({"r": [{"t": "題", "u": "https://mihon.example/1", **record}]}).encode()
    [(entry, text)] = read_records(body, RECORDS, url=URL).entries
    return entry.title, entry.url, entry.id, text


@pytest.mark.parametrize(
    ("link", "expected"),
    [
        ("javascript:alert(1)", None),
        ("ftp://mihon.example/1", None),
        ("http://[bad", None),
        ({"href": "https://mihon.example/1"}, None),
        ("/1.html", "https://mihon.example/1.html"),
        ("https://mihon.example/\n1", "https://mihon.example/1"),
    ],
)
def test_only_addresses_of_the_web_are_links(link: object, expected: str | None) -> None:
    assert read(u=link)[1] == expected


def test_what_is_no_text_says_nothing_and_half_a_pair_is_marked() -> None:
    assert read(t=["甲", "乙", None, {"a": 1}], i=7, x=None) == ("甲 乙", "https://mihon.example/1", "7", "")  # fmt: skip
    assert read(t="題\ud800", x="本\udfff", i={"a": 1}) == ("題\ufffd", "https://mihon.example/1", None, "本\ufffd")  # fmt: skip
    feed = {"version": "https://jsonfeed.org/version/1.1", "items": [{"id": "\ud800", "title": "題\ud800"}]}  # fmt: skip
    [entry] = parse_feed(json.dumps(feed).encode(), url=URL)
    assert (entry.title, entry.id) == ("題\ufffd", "\ufffd")


@pytest.mark.parametrize("following", [None, {"a": 1}, "", []])
def test_a_next_page_that_is_no_position_ends(following: object) -> None:
    body = json.dumps({"r": [{"t": "題", "u": URL}], "next": following}).encode()
    assert read_records(body, RECORDS, url=URL).next is None


def test_a_reply_in_the_web_s_encodings_is_read() -> None:
    text = json.dumps({"r": [{"t": "第①号の公表", "u": "/1.html"}]}, ensure_ascii=False)
    for body in (text.encode("cp932"), text.encode("utf-16"), text.encode("utf-8-sig")):
        [(entry, _)] = read_records(body, RECORDS, url=URL).entries
        assert entry.title == "第①号の公表"


@pytest.mark.parametrize(
    ("encoding", "declared", "decision"),
    [
        ("cp932", None, "cp932/strict"),
        ("cp932", "application/json; charset=Shift_JIS", "cp932/header"),
        ("euc_jp", "application/json; charset=EUC-JP", "euc_jp/header"),
        ("iso2022_jp", None, "iso2022_jp/escape"),
        ("utf-16", None, "utf-16-le/bom"),
        ("utf-16-le", None, "utf-16-le/json"),
        ("utf-8-sig", None, "utf-8/bom"),
        ("utf-8", "application/json; charset=Shift_JIS", "utf-8/strict"),
    ],
)
def test_how_a_reply_was_decoded_is_told(
    encoding: str, declared: str | None, decision: str
) -> None:
    text = json.dumps({"r": [{"t": "ｶﾅの公表", "u": "/1.html"}]}, ensure_ascii=False)
    text = text if encoding != "iso2022_jp" else text.replace("ｶﾅ", "カナ")
    body = text.encode(encoding)
    [(entry, _)] = read_records(body, RECORDS, url=URL, content_type=declared).entries
    assert entry.title.removeprefix("カナ").removeprefix("ｶﾅ") == "の公表"
    for packed in (body, gzip.compress(body)):
        assert encoding_of_list(packed, declared) == decision


def test_a_packed_table_is_read_in_its_encoding() -> None:
    for encoding, decision in (("cp932", "cp932/strict"), ("utf-8-sig", "utf-8/bom")):
        body = _zipped(("第①号の公表,/1.html\r\n" * 30_000).encode(encoding))
        entry, _ = read_records(body, CSV, url=URL).entries[-1]
        assert (entry.title, encoding_of_list(body)) == ("第①号の公表", decision)


@pytest.mark.parametrize(
    ("reply", "stands"),
    [
        ('{"n": 0}', True), ('{"n": "0", "r": []}', True), ('{"n": 0, "r": null}', True),
        ('{"n": 12, "r": []}', False), ('{"r": []}', False), ('{"n": null, "r": []}', False), ('{"n": "1,204"}', False),
        ('{"count": 0}', False), ('{"n": 3, "r": [{"t": "題", "u": "/1"}]}', True),
    ],
)  # fmt: skip
def test_a_reply_without_items_counts_none(reply: str, stands: bool) -> None:
    counted = RECORDS.model_copy(update={"total": "n"})
    xml = XML.model_copy(update={"total": "n"})
    value = json.loads(reply)
    items = "".join(f"<{XML.items}/>" for _ in value.get("r") or ())
    count = f"<n>{value['n']}</n>" if value.get("n") is not None else ""
    for body, records in ((reply, counted), (f"<x>{count}{items}</x>", xml)):
        if stands:
            read_records(body.encode(), records, url=URL)
        else:
            with pytest.raises(LayoutChanged, match="lists nothing"):
                read_records(body.encode(), records, url=URL)


def test_a_printed_line_is_one_line_to_every_reader() -> None:
    fields = {"text": "一\u2028二\u2029三\x85四\n五"}
    [line] = json_line(fields).splitlines()
    assert json.loads(line) == fields
    assert "一" in line


def test_an_empty_page_ends() -> None:
    assert read_records(b'{"r": [], "next": 5}', RECORDS, url=URL).next is None


def test_an_api_that_leads_back_to_its_page_is_asked_once_more(tmp_path: Path) -> None:
    place, web = Place(tmp_path), Web()
    more = "fetch: title_only\nrecords: {items: r, title: t, url: u, next: next, next_parameter: start}"  # fmt: skip
    with serving(web) as host:
        for path in ("/api", "/api?start=1"):
            web.put(path, json.dumps({"r": [{"t": "風車", "u": "/1"}], "next": 1}))
        place.source("loop", host, "/api", "api", more)
        place.configure()
        assert place.crawl()["failed"] == {}
        assert [path for path in web.paths() if "api" in path] == ["/api", "/api?start=1"]
        assert [row["url"] for row in place.documents()] == [f"http://{host}/1"]


def _zipped(rows: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.csv", rows)
    return file.getvalue()


XML = Records(format="xml", items="r", title="t", url="u")
CSV = Records(format="csv_zip", columns=("t", "u"), title="t", url="u")
VALUES = b'{"r": [' + b"[]," * 1_000_001 + b"0]}"
BOMBS: dict[str, tuple[str, Callable[[], object]]] = {
    # Each took 0.7 to 1.1 GB at 24 MiB, or kept its process busy until it was killed.
    "json": ("values", lambda: read_records(VALUES, RECORDS, url=URL)),
    "registry_json": ("values", lambda: json_of(VALUES, URL)),
    "registry_page": ("tags", lambda: page_of(b"<html>" + b"<b>" * 300_001, URL)),
    "xml": ("tags", lambda: read_records(b"<r>" + b"<a/>" * 1_200_001 + b"</r>", XML, url=URL)),
    "attributes": ("tags", lambda: parse_sitemap(b"<urlset>" + b'<a b="" c=""/>' * 400_001 + b"</urlset>", url=URL)),
    "rows": ("records", lambda: read_records(_zipped(b"a,b\n" * 50_001), CSV, url=URL)),
    "row": ("CSV", lambda: read_records(_zipped(b"a" * (2 << 20)), CSV, url=URL)),
}  # fmt: skip


@pytest.mark.parametrize("name", BOMBS)
def test_a_reply_that_takes_more_memory_than_any_list_is_refused(name: str) -> None:
    says, read_it = BOMBS[name]
    with pytest.raises(Malformed, match=says):
        read_it()


def test_a_full_sitemap_is_read() -> None:
    entry = "<url><loc>https://mihon.example/%d?a=1</loc><lastmod>2026-11-16</lastmod></url>"
    urls = "".join(entry % number for number in range(5_000))
    assert len(parse_sitemap(f"<urlset>{urls}</urlset>".encode(), url=URL).entries) == 5_000
