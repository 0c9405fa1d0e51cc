"""The real revisions of both big laws: dates counted by hand, and every step counted a second way.

How the table was counted. For each date the rows of the Markdown before and after were printed as
`table number | body | task` and read side by side: a row is *added* or *removed* when no row of the
other side is the same use (same statute, same task, if reworded or widened), *amended* when its words
changed, *renumbered* when its number changed. 別表第二 of 番号法 until 2024-05-26 counts one row per
number, not per printed line; 削除 placeholders are no rows. A second count that shares no code with
the readers (`words_of_lines`) checks every step: texts that are new or gone in a table must be exactly
the rows added or removed plus those amended or moved.
"""

from __future__ import annotations

import gzip
import json
import re
import tarfile
import unicodedata
from collections import Counter
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest

from crawler.statutes.json_tree import read_law_json
from crawler.statutes.markdown import read_markdown
from crawler.statutes.reader import read_path
from data.statute_diff import StatuteDiff, diff_states
from data.statute_sectors import placement
from data.statutes import LawText, effective_states, folded

pytestmark = pytest.mark.shared

LAWS = Path(__file__).resolve().parents[3].parent / "shared" / "data" / "laws"
NUMBER_LAW, REGISTER_LAW = "425AC0000000027", "342AC0000000081"

if not LAWS.is_dir():
    pytest.skip("the real laws of ../shared/data are not on this machine", allow_module_level=True)


@cache
def sources(law_id: str) -> dict[str, str]:
    texts = {}
    with tarfile.open(LAWS / "md" / f"{law_id}.tar.xz") as archive:
        for member in archive:
            file = archive.extractfile(member)
            if file is not None and member.name.endswith(".md"):
                texts[Path(member.name).stem] = file.read().decode()
    return texts


@cache
def states(law_id: str) -> dict[str, LawText]:
    """The effective states of a law by their day, in order."""
    texts = {name: read_markdown(text, name) for name, text in sources(law_id).items()}
    effective = effective_states(text.revision for text in texts.values())
    return {state.enforced_on.isoformat(): texts[state.revision_id] for state in effective}


@cache
def steps(law_id: str) -> dict[str, StatuteDiff]:
    """What each state changed, by its day."""
    return {
        new.revision.enforced_on.isoformat(): diff_states(old, new)
        for old, new in pairwise(states(law_id).values())
    }


# law, date, added, removed, amended, renumbered, what it was
COUNTED = [
    (NUMBER_LAW, "2017-04-26", 0, 0, 1, 0, "one provider line more in 別表第二"),
    (
        NUMBER_LAW,
        "2017-05-30",
        2,
        0,
        19,
        0,
        "予防接種 and 特定優良賃貸住宅 ask; 32 lines come, 16 go",
    ),
    (NUMBER_LAW, "2018-01-01", 2, 0, 0, 0, "預金保険機構 and 貯金保険機構"),
    (NUMBER_LAW, "2018-07-06", 0, 0, 5, 0, "雇用対策法 gets its new name in three rows"),
    (NUMBER_LAW, "2019-05-31", 3, 0, 20, 0, "新型インフルエンザ, 母子保健"),
    (
        NUMBER_LAW,
        "2019-10-01",
        3,
        1,
        14,
        6,
        "年金生活者支援給付金 between old rows; 地方法人特別税 goes",
    ),
    (NUMBER_LAW, "2021-05-19", 4, 3, 7, 0, "知的障害者の判定, 特定公的給付; 心神喪失 goes"),
    (NUMBER_LAW, "2022-01-01", 6, 0, 64, 1, "公金受取口座: 68 lines in 別表第二"),
    (NUMBER_LAW, "2022-04-01", 0, 1, 0, 0, "福祉医療機構の小口資金"),
    (NUMBER_LAW, "2023-04-01", 1, 0, 0, 0, "防衛省の療養の給付"),
    (NUMBER_LAW, "2024-03-01", 0, 0, 45, 0, "戸籍関係情報: 45 lines"),
    (NUMBER_LAW, "2024-04-01", 1, 0, 10, 0, "口座管理法: 預金保険機構"),
    (NUMBER_LAW, "2024-05-27", 68, 131, 8, 102, "the merge: 108 uses carried over, 68 new"),
    (NUMBER_LAW, "2025-05-23", 0, 0, 0, 0, "令和七年法律第三十八号: no new use yet"),
    (NUMBER_LAW, "2025-08-16", 1, 0, 0, 0, "家畜人工授精師"),
    (NUMBER_LAW, "2025-10-01", 2, 1, 0, 0, "地域限定保育士 for 国家戦略特別区域限定保育士"),
    (NUMBER_LAW, "2025-12-12", 3, 0, 2, 0, "石綿, 水俣病, B型肝炎"),
    (REGISTER_LAW, "2017-06-01", 0, 0, 3, 0, "公職選挙法: three election tasks reworded"),
    (REGISTER_LAW, "2017-11-01", 1, 0, 0, 0, "技能実習"),
    (REGISTER_LAW, "2018-01-04", 3, 14, 4, 0, "通訳案内士: special zones' 14 rows go"),
    (REGISTER_LAW, "2022-08-20", 10, 0, 1, 68, "rows between old ones in five tables"),
    (REGISTER_LAW, "2025-12-01", 0, 2, 1, 4, "建築基準法の経由 goes from two tables"),
]


@pytest.mark.parametrize(
    ("law_id", "day", "added", "removed", "amended", "renumbered", "what"),
    COUNTED,
    ids=[f"{law}-{day}" for law, day, *_ in COUNTED],
)
def test_the_dates_counted_by_hand(
    law_id: str, day: str, added: int, removed: int, amended: int, renumbered: int, what: str
) -> None:
    step = steps(law_id)[day]
    found = (len(step.added), len(step.removed), len(step.amended), len(step.renumbered))
    assert found == (added, removed, amended, renumbered), what


def test_the_merge_of_2024_05_27_has_68_new_uses() -> None:
    """113 rows of 別表第一 less 5 placeholders are 108, all carried over; 176 less 108 are new."""
    before, step = states(NUMBER_LAW)["2024-04-24"], steps(NUMBER_LAW)["2024-05-27"]
    first = [row for row in before.rows if row.table == "別表第一"]
    assert (len(first), sum(row.deleted for row in first)) == (113, 5)
    second = [row for row in before.rows if row.table == "別表第二" and not row.deleted]
    assert sum(len(row.lines) for row in second) == 413  # 416 printed lines with three placeholders
    assert len(states(NUMBER_LAW)["2024-05-27"].rows) == 176
    assert len(step.added) == 68
    assert {row.table for row in step.removed} == {"別表第二"}
    assert [row for row in step.removed if not row.exchange] == []
    assert len(step.moved) == 108
    carried = {(c.before.number, c.after.number) for c in step.moved}
    assert {("一", "一"), ("三十八", "五十七"), ("百二", "百三十六"), ("六の二", "七")} <= carried
    named = {row.statutes[0] for row in step.added}
    assert {"医師法", "教育職員免許法", "道路運送車両法", "税理士法", "恩給法"} <= named
    kept = {c.after.statutes[0] for c in step.moved}
    assert named & kept == {
        "介護保険法",  # 介護支援専門員の登録 beside 保険給付
        "精神保健及び精神障害者福祉に関する法律",  # 精神保健指定医 beside 診察
    }


def words_of_lines(text: str) -> list[tuple[str, str, str]]:
    """(table, number, words) straight from the lines; shares no code with the readers."""
    rows: list[list[str]] = []
    table = ""
    number = re.compile(r"([一二三四五六七八九十百]+(?:の[一二三四五六七八九十百]+)*)　(.*)")
    for line in text.split("\n"):
        title = re.match(r"\*\*(別表[^*]*)\*\*", line)
        if title or line.startswith("**"):
            table = title[1] if title else ""
        elif table and line.startswith(("| ", "- ")) and not line.startswith("| ---"):
            cells = [cell.strip() for cell in line[2:].removesuffix("|").split(" | ")]
            first = number.match(cells[0])
            if first:
                rows.append([table, first[1], first[2], *cells[1:]])
            elif rows and rows[-1][0] == table:
                rows[-1] += cells
    return [
        (
            row[0],
            row[1],
            "".join(unicodedata.normalize("NFKC", "|".join(filter(None, row[2:]))).split()),
        )
        for row in rows
        if "削除" not in row[2:]
    ]


def second_count(before: str, after: str) -> tuple[int, int, int]:
    """Texts new in their table, texts gone from it, and numbers that texts found again have changed."""
    old, new = words_of_lines(before), words_of_lines(after)
    old_texts, new_texts = Counter((t, w) for t, _, w in old), Counter((t, w) for t, _, w in new)
    again = (old_texts & new_texts).total()
    in_place = (Counter(old) & Counter(new)).total()
    return (new_texts - old_texts).total(), (old_texts - new_texts).total(), again - in_place


def changed(step: StatuteDiff) -> Iterator[tuple[tuple[str, str], tuple[str, str]]]:
    for change in (*step.amended, *step.moved):
        yield change.before.place, change.after.place


@pytest.mark.parametrize("law_id", [NUMBER_LAW, REGISTER_LAW])
def test_every_step_agrees_with_a_second_count(law_id: str) -> None:
    for old, new in pairwise(states(law_id).values()):
        step = steps(law_id)[new.revision.enforced_on.isoformat()]
        both = len(set(changed(step)))
        only_number = [c for c in step.renumbered if c.before.text == c.after.text]
        in_table = [c for c in only_number if c.before.table == c.after.table]
        texts = sources(law_id)
        assert second_count(texts[old.revision.revision_id], texts[new.revision.revision_id]) == (
            len(step.added) + both,
            len(step.removed) + both,
            len(in_table),
        ), new.revision


def test_many_revisions_change_nothing_that_is_followed() -> None:
    assert (len(steps(NUMBER_LAW)), sum(s.empty for s in steps(NUMBER_LAW).values())) == (58, 20)
    assert (len(steps(REGISTER_LAW)), sum(s.empty for s in steps(REGISTER_LAW).values())) == (
        107,
        32,
    )


def test_lines_that_one_day_brings() -> None:
    """Trap h: 68 lines on 2022-01-01."""
    step = steps(NUMBER_LAW)["2022-01-01"]
    lines = sum(c.lines_added for c in step.amended) + sum(len(row.lines) for row in step.added)
    assert lines == 68


def test_the_listed_order_would_lose_the_table() -> None:
    """Trap a: of 17 and 21 days with several revisions only the last of each is a state."""
    for law_id, revisions, days in ((NUMBER_LAW, 90, 17), (REGISTER_LAW, 145, 21)):
        per_day = Counter(name.split("_")[1] for name in sources(law_id))
        assert per_day.total() == revisions
        assert sum(count > 1 for count in per_day.values()) == days
        assert len(states(law_id)) == len(per_day)


@pytest.mark.parametrize(
    ("day", "places"),
    [
        ("2019-01-01", [("9", "3", "", True, True)]),
        ("2023-06-09", [("9", "2", "", True, True)]),
        (
            "2017-05-29",
            [("9", "5", "", True, True), ("19", "1", "12", False, True)],
        ),
    ],
)
def test_changed_sentences_of_the_number_law(day: str, places: list[tuple[object, ...]]) -> None:
    found = [
        (*change.place, change.before is not None, change.after is not None)
        for change in steps(NUMBER_LAW)[day].changed_sentences
    ]
    assert found == places


def test_the_register_law_opens_to_tasks_outside_its_tables() -> None:
    new = [
        change.place
        for change in steps(REGISTER_LAW)["2024-05-27"].changed_sentences
        if change.before is None
    ]
    assert ("30_15_2", "1", "") in new


def test_markdown_and_api_tree_of_one_revision_are_one() -> None:
    name = "326AC0000000267_20250612_507AC0000000039"
    body = json.loads((LAWS / "api_v2_json" / f"{name}.json").read_bytes())
    tree, text = read_law_json(body, name), read_markdown(sources("326AC0000000267")[name], name)
    assert len(tree.sentences) == 175
    assert [(s.place, folded(s.text)) for s in tree.sentences] == [
        (s.place, folded(s.text)) for s in text.sentences
    ]


def test_the_scheduled_tree_follows_on_the_markdown() -> None:
    """From the last Markdown (2025-12-12) to the API tree of 2026-06-14: another format, no noise."""
    name = "342AC0000000081_20260614_506AC0000000059"
    body = gzip.decompress((LAWS / "api_v2_json" / f"{name}.json.gz").read_bytes())
    step = diff_states(states(REGISTER_LAW)["2025-12-12"], read_law_json(json.loads(body), name))
    assert step.removed == ()
    assert (len(step.added), len(step.renumbered), len(step.changed_sentences)) == (32, 53, 0)
    assert len(step.amended) == 39
    added = {(row.table, row.number): row.statutes[0] for row in step.added}
    assert added[("別表第一", "三十九の二")] == "司法書士法"
    assert added[("別表第五", "一")].startswith("武力攻撃事態等")
    assert ("別表第一", "四十の二") not in added  # widened from the register of support bodies


def test_nearly_every_row_of_both_laws_has_a_sector() -> None:
    rows = {
        (law_id, row.text): row
        for law_id in (NUMBER_LAW, REGISTER_LAW)
        for state in states(law_id).values()
        for row in state.rows
        if not row.deleted
    }
    unknown = {row.task[:20] for row in rows.values() if not placement(row).known}
    assert unknown == set()
    assert len(rows) == 1376


def test_the_other_laws_and_the_official_examples_are_read() -> None:
    readings = [
        reading for path in ("egov_xml", "api_samples") for reading in read_path(str(LAWS / path))
    ]
    failed = sorted(reading.name for reading in readings if reading.error)
    assert failed == ["参考URL.md", "法令本文ファイル取得API.md", "添付ファイル取得API.md"]
    rows = {
        reading.text.revision.revision_id: Counter(row.table for row in reading.text.rows)
        for reading in readings
        if reading.text is not None
    }
    # Counted in the XML: two courses over two lines each (rowspan), 4 items, 9 instruments.
    assert rows["359AC0000000086_20210401_502AC0000000030"] == {
        "別表第一": 2,
        "別表第二": 4,
        "別表第三": 9,
    }
