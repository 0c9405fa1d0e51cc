"""One law in every form gives the same rows and sentences; broken forms give one clear error."""

from __future__ import annotations

import gzip
import io
import json
import lzma
import tarfile
import zipfile
from contextlib import suppress
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from law_fixture import (
    API_XML,
    MARKDOWN,
    NEW_DIALECT,
    OLD_WRAPPER,
    PLAIN_XML,
    REVISION_ID,
    envelope,
    in_base64,
    json_tree,
)

from crawler.statutes import reader
from crawler.statutes.reader import read_bytes, read_path
from crawler.statutes.revisions import read_revision_list
from crawler.statutes.sentences import split_sentences
from crawler.statutes.tables import rows_of_grid, split_number
from crawler.statutes.xml import read_xml
from data.errors import InputError, Malformed, ScopewatchError
from data.statute_diff import diff_states
from data.statutes import LawText, folded

FORMS = {
    f"{REVISION_ID}.xml": PLAIN_XML.encode(),
    f"{REVISION_ID}_new_dialect.xml": NEW_DIALECT.encode(),
    f"{REVISION_ID}_old_wrapper.xml": OLD_WRAPPER.encode(),
    "reply.xml": API_XML.encode(),
    f"{REVISION_ID}.json": json.dumps(json_tree()).encode(),
    "reply.json": envelope(json_tree()),
    "base64.json": envelope(in_base64(PLAIN_XML)),
    "text.json": envelope(PLAIN_XML.partition("\n")[2]),
    f"{REVISION_ID}.md": MARKDOWN.encode(),
    f"{REVISION_ID}.md.gz": gzip.compress(MARKDOWN.encode()),
    f"{REVISION_ID}.json.xz": lzma.compress(json.dumps(json_tree()).encode()),
    f"{REVISION_ID}_bom.md": b"\xef\xbb\xbf" + MARKDOWN.replace("\n", "\r\n").encode(),
}


def law(name: str, body: bytes) -> LawText:
    text = read_bytes(name, body).text
    assert text is not None
    return text


@pytest.mark.parametrize("name", FORMS)
def test_every_form_says_the_same(name: str) -> None:
    text = law(name, FORMS[name])
    assert text.revision.revision_id == REVISION_ID
    assert text.revision.title == "花火番号法"
    assert text.revision.law_num == "平成九十九年法律第一号"
    assert [(r.table, r.number, r.body, r.deleted) for r in text.rows] == [
        ("別表第一", "一", "青葉町長", False),
        ("別表第一", "二", "削除", True),
        ("別表第一", "二の二", "青葉町長", False),
        ("別表第二", "一", "青葉町長", False),
        ("別表第三", "一", "", False),
        ("別表第三", "一の二", "", False),
    ]
    assert folded(text.rows[2].task).endswith(
        "発給に関する事務二花火保険法による保険料の徴収に関する事務"
    )
    assert text.rows[3].lines == (("国税庁長官", "花火税関係情報"), ("花火師組合", "大玉関係情報"))
    assert text.rows[0].statutes == ("花火保険法",)
    assert set(text.rows[2].statutes) == {"旅券法", "花火保険法"}
    assert folded(text.rows[5].task) == "花火保険法による届出に関する事務イ大玉の届出"
    assert [(s.article, s.paragraph, s.item, s.text) for s in text.sentences] == [
        ("1", "1", "", "花火を揚げる。"),
        (
            "30_15",
            "1",
            "",
            "町長は、次に掲げる場合（前条の場合を除く。）には、個人番号を利用する。",
        ),
        ("30_15", "1", "", "ただし、雨の日は、この限りでない。"),
        ("30_15", "1", "1", "花火師花火を作る者をいう。"),
        ("30_15", "1", "1.イ", "大玉"),
        ("30_15", "2", "", "前項の番号は、秘密とする。"),
    ]
    reference = law(f"{REVISION_ID}.xml", FORMS[f"{REVISION_ID}.xml"])
    assert diff_states(reference, text).empty


def test_the_envelope_tells_the_amending_law() -> None:
    revision = law("reply.json", FORMS["reply.json"]).revision
    assert revision.amending_law_num == "令和六年法律第二号"
    assert revision.promulgated_on == date(2023, 12, 1)
    assert revision.status == "CurrentEnforced"


def test_the_newer_dialect_tells_its_law_and_day_without_a_name() -> None:
    revision = law("statute.xml", NEW_DIALECT.encode()).revision
    assert revision.revision_id == "399AC0000000001_20240401_000000000000000"
    assert revision.promulgated_on == date(2023, 12, 1)


def test_markdown_tells_its_law_and_day_by_its_front_matter() -> None:
    assert (
        law("-", MARKDOWN.encode()).revision.revision_id
        == "399AC0000000001_20240401_000000000000000"
    )


HTML = b"<!DOCTYPE html><html><title>sorry</title><body>\xe5\x8f\xaa\xe4\xbb\x8a</body></html>"
BOMB = gzip.compress(b" " * (reader.MAX_BYTES + 2))
ENTITIES = b'<!DOCTYPE Law [<!ENTITY a "aaaa">]><Law><LawBody>&a;</LawBody></Law>'


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"", "empty"),
        (b" \n ", "empty"),
        (HTML, "HTML"),
        (b"<html><body>sorry</body></html>", "HTML"),
        (b"\x89PNG\r\n\x1a\n\xff\xfe", "neither"),
        (PLAIN_XML.encode()[:-200], "not well-formed"),
        (b"<rss><channel/></rss>", "no <Law>"),
        (b"<Law><LawNum>x</LawNum></Law>", "no <LawBody>"),
        (ENTITIES, "DOCTYPE"),
        (b'{"code":"400043","message":"not found"}', "400043"),
        (b'{"law_full_text": 7}', "neither a tree nor text"),
        (b'{"law_full_text": "!!!"}', "not Base64"),
        (b'{"tag":"Law","children":[{"tag":7}]}', "without a tag"),
        (b'{"tag":"Law","children":"x"}', "children is not a list"),
        (b'{"tag":"L w","children":[]}', "not XML"),
        (b'{"tag":"Law","children":' + b'[{"tag":"a","children":' * 200, "not JSON"),
        (
            b'{"tag":"Law","children":[' + b'{"tag":"a","children":[' * 99 + b"]}" * 99 + b"]}",
            "nests",
        ),
        (b"[" * 100_000, "not JSON"),
        (b"[]", "neither a law nor a list"),
        (b"{}", "neither a law nor a list"),
        (b'{"revisions":[]}', "neither a law nor a list"),
        (b'[{"revisionId":"x"}]', "not a law revision id"),
        (b'[{"revisionId":null}]', "not a law revision id"),
        (
            b'{"revisions":[{"law_revision_id":"399AC0000000001_20240401_406AC0000000002",'
            b'"amendment_promulgate_date":"yesterday"}]}',
            "not a date",
        ),
        (gzip.compress(PLAIN_XML.encode())[:-20], "broken compressed"),
        (lzma.compress(PLAIN_XML.encode())[:-20], "broken compressed"),
        (BOMB, "larger than"),
        ("花火の話".encode(), "which revision"),
        (b"---\ntitle: x", "front matter"),
        (b"---\n: : [\n---\n", "YAML"),
        (MARKDOWN.partition("###")[0].encode(), "truncated"),
        (b"---\nidentifier: 5\n---\n", "which revision"),
        (PLAIN_XML.encode(), "which revision"),
        (json.dumps(json_tree()).encode(), "which revision"),
        (
            PLAIN_XML.replace("<TableColumn>", '<TableColumn rowspan="99999999">').encode(),
            "rowspan",
        ),
        (PLAIN_XML.replace("<TableColumn>", '<TableColumn colspan="999">').encode(), "columns"),
    ],
)
def test_what_is_no_law_gives_one_clear_line(body: bytes, says: str) -> None:
    named = (b'rowspan="99999999"', b'colspan="999"', b"<Law><LawNum>")
    name = f"{REVISION_ID}.xml" if any(mark in body for mark in named) else "file"
    with pytest.raises((Malformed, InputError), match=says) as caught:
        read_bytes(name, body)
    assert "\n" not in str(caught.value)


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    with suppress(ScopewatchError):
        read_bytes(f"{REVISION_ID}.xml", body)


@given(st.data())
def test_a_damaged_law_is_read_or_refused(data: st.DataObject) -> None:
    body = bytearray(data.draw(st.sampled_from(sorted(FORMS.values()))))
    start = data.draw(st.integers(0, len(body)))
    body[start : start + data.draw(st.integers(0, 40))] = data.draw(st.binary(max_size=8))
    with suppress(ScopewatchError):
        read_bytes(f"{REVISION_ID}.x", bytes(body))


def members(path: Path, names: dict[str, bytes]) -> Path:
    with tarfile.open(path, "w:xz") as archive:
        for name, body in names.items():
            info = tarfile.TarInfo(name)
            info.size = len(body)
            archive.addfile(info, io.BytesIO(body))
    return path


NUMBER_ACT = "425AC0000000027_20260401_508AC0000000001"
ACT = """---
identifier: 425AC0000000027
---
**第九条（利用範囲）** 別表の上欄に掲げる者は、所得税法別表第五の例により、個人番号を利用することができる。

**別表**

| 一　町長 | 花火保険法による給付に関する事務 |
| 二　村長 | 花火税法による徴収に関する事務 |
"""


@pytest.mark.parametrize(
    ("kept", "says"),
    [
        (ACT.index("**別表**"), "別表, which it lacks"),
        (ACT.index("**第九条"), "truncated"),
        (len(ACT) - 8, "within a row"),
    ],
)
def test_a_law_that_was_cut_off_is_refused(kept: int, says: str) -> None:
    """Else the rows that are gone would read as uses that the legislator struck out."""
    assert len(read_bytes(f"{NUMBER_ACT}.md", ACT.encode()).text.rows) == 2  # type: ignore[union-attr]
    with pytest.raises(Malformed, match=says):
        read_bytes(f"{NUMBER_ACT}.md", ACT[:kept].encode())


def test_a_part_of_the_number_act_is_not_the_act() -> None:
    empty = {
        "tag": "Law",
        "children": [{"tag": "LawBody", "children": [{"tag": "MainProvision"}]}],
    }
    for tree in (empty, {"tag": "Law", "children": [{"tag": "LawBody"}]}):
        with pytest.raises(Malformed, match="truncated"):
            read_bytes(f"{NUMBER_ACT}.json", json.dumps(tree).encode())


def test_an_archive_a_directory_and_a_zip_are_searched(tmp_path: Path) -> None:
    good = f"laws/{REVISION_ID}.md"
    files = {good: MARKDOWN.encode(), "laws/MANIFEST.tsv": b"x", "laws/bad.json": b"{"}
    members(tmp_path / "laws.tar.xz", files)
    with zipfile.ZipFile(tmp_path / "bulk.zip", "w") as archive:
        archive.writestr(f"a/{REVISION_ID}.xml", PLAIN_XML)
        archive.writestr("a/list.csv", "x")
    (tmp_path / "notes.txt").write_text("no law")
    readings = list(read_path(str(tmp_path)))
    assert sorted((r.name, r.text is not None) for r in readings) == [
        (f"{REVISION_ID}.md", True),
        (f"{REVISION_ID}.xml", True),
        ("bad.json", False),
    ]
    bad = next(r for r in readings if r.error)
    assert str(bad.error).startswith("bad.json: ")


def test_a_truncated_archive_keeps_what_came_before(tmp_path: Path) -> None:
    path = members(tmp_path / "laws.tar.xz", {f"{REVISION_ID}.md": MARKDOWN.encode() * 50})
    path.write_bytes(path.read_bytes()[:-60])
    assert [r.error is not None for r in read_path(str(path))][-1]
    (tmp_path / "junk.zip").write_bytes(b"PK\x03\x04junk")
    assert next(str(r.error) for r in read_path(str(tmp_path / "junk.zip"))).startswith(
        "junk.zip: "
    )


def test_an_archive_that_claims_too_much_is_refused(tmp_path: Path) -> None:
    info = tarfile.TarInfo("huge.md")
    info.size = reader.MAX_TOTAL + 1
    (tmp_path / "bomb.tar").write_bytes(info.tobuf() + b"x" * 2048)
    (bomb,) = read_path(str(tmp_path / "bomb.tar"))
    assert "more than 4 GiB" in str(bomb.error)


def test_a_link_in_an_archive_is_not_followed(tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "laws.tar", "w") as archive:
        link = tarfile.TarInfo("secret.md")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)
    assert list(read_path(str(tmp_path / "laws.tar"))) == []


def test_a_path_with_nothing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        list(read_path(str(tmp_path / "absent.md")))
    with pytest.raises(InputError, match="holds no"):
        list(read_path(str(tmp_path)))


def test_a_rowspan_over_the_middle_keeps_the_columns() -> None:
    body = PLAIN_XML.replace(
        "二の二　青葉町長</Sentence></TableColumn>",
        "二の二　青葉町長</Sentence></TableColumn><!-- 註 -->",
    )
    assert read_xml(body.encode(), REVISION_ID).rows[2].number == "二の二"


@pytest.mark.parametrize(
    ("cell", "number", "rest"),
    [
        ("一　町長", "一", "町長"),
        ("百十七の二　総務大臣", "百十七の二", "総務大臣"),
        ("六から八まで　削除", "六から八まで", "削除"),
        ("十及び十一　削除", "十及び十一", "削除"),
        ("一般社団法人", "", "一般社団法人"),
        ("二十三区の長", "", "二十三区の長"),
        ("", "", ""),
    ],
)
def test_the_number_of_a_row(cell: str, number: str, rest: str) -> None:
    assert split_number(cell) == (number, rest)


def test_a_table_without_numbers_keeps_its_lines() -> None:
    rows = rows_of_grid("別表", [["手数料", "額"], ["申請", "百円"], [None, "二百円"], ["", ""]])
    assert [(r.number, r.body, r.task) for r in rows] == [
        ("", "手数料", "額"),
        ("", "申請", "百円\n二百円"),
    ]


def test_sentences_end_outside_brackets() -> None:
    assert split_sentences("甲は、乙（丙という。以下同じ。）をする。ただし、丁を除く。") == [
        "甲は、乙（丙という。以下同じ。）をする。",
        "ただし、丁を除く。",
    ]
    assert split_sentences("閉じない（括弧。") == ["閉じない（括弧。"]


def test_a_schedule_of_the_collector_keeps_comment_and_day() -> None:
    entry = {
        "lawId": "399AC0000000001",
        "lawNum": "平成九十九年法律第一号",
        "title": "花火番号法",
        "past": [
            {"revisionId": REVISION_ID, "enforcedAt": "2024-04-01", "promulgatedAt": "2023-12-01"}
        ],
        "current": None,
        "future": [
            {
                "revisionId": "399AC0000000001_20310604_408AC0000000031",
                "enforcedAt": "2031-06-04",
                "enforcementComment": "公布の日から起算して五年を超えない範囲内において政令で定める日",
                "amendmentLawId": "408AC0000000031",
            }
        ],
    }
    first, second = read_revision_list(entry)
    assert (first.law_num, first.title) == ("平成九十九年法律第一号", "花火番号法")
    assert second.comment.startswith("公布の日から")
    assert second.enforced_on == date(2031, 6, 4)
