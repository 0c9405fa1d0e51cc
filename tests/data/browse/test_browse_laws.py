"""The statutes' pages: two days side by side, word by word, and the rows that open a use."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from statutes_shelf import LAW, NEW, OLD, fill_statutes
from visiting import Pages

from data.browse.laws import amending_number, marked
from data.store.connection import Store


def cells(body: str, group: str) -> list[tuple[str, str]]:
    """The pairs of a group as text, with the marks."""
    table = body[body.index(f'id="{group}"') :].partition("</table>")[0]
    return [
        (one, other)
        for row in re.findall(r"<tr><td.*?</tr>", table, re.S)
        for one, other in [re.findall(r"<td.*?>(.*?)</td>", row, re.S)]
    ]


def test_two_days_stand_side_by_side(pages: Pages) -> None:
    body = pages.get(f"/-/law/{LAW}?from=2024-12-31&to=2025-04-01&lang=ja").text
    [(nothing, come)] = cells(body, "added")
    assert "（なし）" in nothing
    assert "運転免許証の更新" in come
    [(was, now)] = cells(body, "amended")
    assert "<del>" not in was
    assert "旅券の発給<ins>及び返納</ins>に関する" in now
    [(_, sentence)] = cells(body, "sentences")
    assert "行政機関<ins>及び法人</ins>は" in sentence
    [(number, other)] = cells(body, "renumbered")
    assert "別表 二" in number
    assert "別表 三" in other
    assert "架空の改正法（令和六年法律第九号）" in body


def test_the_order_of_the_days_does_not_matter_and_ids_are_permalinks(pages: Pages) -> None:
    day = pages.get(f"/-/law/{LAW}?from=2025-04-01&to=2024-12-31").text
    ids = f"from={OLD.revision.revision_id}&to={NEW.revision.revision_id}"
    assert cells(day, "added") == cells(pages.get(f"/-/law/{LAW}?{ids}").text, "added")
    path = f"/-/law/{LAW}/{OLD.revision.revision_id}/{NEW.revision.revision_id}"
    assert f'href="{path}#diff"' in day
    assert cells(day, "added") == cells(pages.get(path).text, "added")
    assert pages.get(f"/-/law/{LAW}/nothing/{NEW.revision.revision_id}?lang=en").text.count("No text of") == 1  # fmt: skip


@pytest.mark.parametrize("day", ["2020-01-01", "yesterday", "", "2024-13-01", "%00", "<b>"])
def test_a_day_without_a_text_is_said(pages: Pages, day: str) -> None:
    answer = pages.get(f"/-/law/{LAW}?from={day}&to=2025-04-01&lang=en")
    assert answer.status_code == 200
    assert ("No text of" in answer.text) == bool(day)
    assert "<b>は" not in answer.text


def test_the_list_names_the_law_as_readers_do(pages: Pages, library: Store) -> None:
    assert "番号法" in pages.get("/-/laws?lang=ja").text
    assert "My Number Act" in pages.get("/-/laws?lang=en").text
    assert pages.get("/-/law/999AC0000000000").status_code == 404


def test_a_use_case_names_the_rows_that_open_it(pages: Pages) -> None:
    body = pages.get("/-/use-case/police:number?lang=ja").text
    assert "この利用を名指す行は見つかりません" in body
    body = pages.get("/-/use-case/local_tax:number?lang=ja").text
    assert "地方税法による地方税の賦課徴収" in body
    assert f"/-/law/{LAW}?lang=ja" in body


def test_a_difference_that_is_not_kept_is_made(pages: Pages, library: Store) -> None:
    with library.writing_public() as db:
        db.execute("DELETE FROM law_changes")
    body = pages.get(f"/-/law/{LAW}?from=2024-12-31&to=2025-04-01").text
    assert "運転免許証の更新" in cells(body, "added")[0][1]
    fill_statutes(library)


def test_marks_cover_what_differs_and_nothing_else() -> None:
    old, new = marked("銀行の口座を開く", "銀行の預金口座を開く")
    assert [part.text for part in new if part.marked] == ["預金"]
    assert "".join(part.text for part in old) == "銀行の口座を開く"
    assert "".join(part.text for part in new) == "銀行の預金口座を開く"
    old, new = marked("あ" * 4000, "い")
    assert [part.marked for part in old] == [False]


@pytest.mark.parametrize(
    ("identity", "number"),
    [
        ("507AC0000000087", "令和7年法律第87号"),
        ("428AC1000000103", "平成28年法律第103号"),
        ("501AC0000000017", "令和元年法律第17号"),
        ("000000000000000", ""),
        ("325CO0000000016", "325CO0000000016"),
        ("", ""),
    ],
)
def test_a_law_without_a_title_is_cited_by_its_number(identity: str, number: str) -> None:
    bare = replace(OLD.revision, amending_law_id=identity, amending_law_num="")
    assert amending_number(bare) == number
    assert amending_number(OLD.revision) == "令和六年法律第九号"
