"""The store of laws: content kept once, revisions completed and never blanked, stale differences dropped."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data.statute_diff import diff_states
from data.statutes import LawRevision, LawSentence, LawText, TableRow
from data.store.connection import Store
from data.store.statute_changes import changes_of, keep_only_changes, known_changes, save_changes
from data.store.statutes import (
    revisions_of,
    save_revisions,
    save_texts,
    stored_laws,
    text_of,
    uses_of,
)

LAW = "399AC0000000001"


def revision(day: date, **more: str) -> LawRevision:
    return LawRevision(
        revision_id=f"{LAW}_{day:%Y%m%d}_405AC0000000001",
        law_id=LAW,
        enforced_on=day,
        amending_law_id="405AC0000000001",
        **more,
    )


FIRST, SECOND = revision(date(2024, 1, 1)), revision(date(2025, 1, 1))
ROWS = (
    TableRow(table="別表", number="一", body="町長", task="旅券法による発給", statutes=("旅券法",)),
    TableRow(table="別表", number="二", body="削除", task=""),
    TableRow(
        table="別表第二",
        number="一",
        body="町長",
        task="旅券法による発給",
        lines=(("町長", "情報"),),
    ),
)
SENTENCES = (LawSentence(article="9", paragraph="1", item="", text="個人番号を利用する。"),)


def law(of: LawRevision, rows: tuple[TableRow, ...] = ROWS) -> LawText:
    return LawText(revision=of, rows=rows, sentences=SENTENCES)


def test_a_text_comes_back_as_it_was(store: Store) -> None:
    assert save_texts(store, [law(FIRST)]) == 1
    assert text_of(store.public, FIRST) == law(FIRST)
    assert text_of(store.public, SECOND) is None
    assert save_texts(store, [law(FIRST)]) == 0


def test_equal_states_are_kept_once(store: Store) -> None:
    save_texts(store, [law(FIRST), law(SECOND)])
    assert store.public["law_states"].count == 1
    assert store.public["law_rows"].count == 3
    assert store.public["law_state_rows"].count == 3


def test_a_listed_revision_is_completed_and_never_blanked(store: Store) -> None:
    assert (
        save_revisions(
            store, [revision(date(2024, 1, 1), title="花火法", comment="政令で定める日")]
        )
        == 1
    )
    assert (
        save_revisions(store, [revision(date(2024, 1, 1), amending_law_num="令和五年法律第一号")])
        == 0
    )
    (kept,) = revisions_of(store.public, LAW)
    assert (kept.title, kept.comment, kept.amending_law_num) == (
        "花火法",
        "政令で定める日",
        "令和五年法律第一号",
    )
    assert revisions_of(store.public, LAW, with_text=True) == []


def test_a_new_text_makes_its_differences_stale(store: Store) -> None:
    save_texts(store, [law(FIRST), law(SECOND, ROWS[:1])])
    save_changes(store, [diff_states(law(FIRST), law(SECOND, ROWS[:1]))])
    (change,) = changes_of(store.public, LAW)
    assert (change["added"], change["removed"]) == (0, 1)
    save_texts(store, [law(SECOND)])
    assert known_changes(store.public, LAW) == set()


def test_differences_of_former_neighbours_are_forgotten(store: Store) -> None:
    save_texts(store, [law(FIRST), law(SECOND)])
    save_changes(store, [diff_states(law(FIRST), law(SECOND))])
    keep_only_changes(store, LAW, [(FIRST.revision_id, SECOND.revision_id)])
    assert len(known_changes(store.public, LAW)) == 1
    keep_only_changes(store, LAW, [])
    assert known_changes(store.public, LAW) == set()


def test_uses_are_live_rows_that_say_who_may(store: Store) -> None:
    save_texts(store, [law(FIRST)])
    (line,) = uses_of(store.public, LAW)
    assert (line["sector"], line["uses"]) == ("passport", 1)


def test_only_the_last_revision_of_a_day_counts_as_a_use(store: Store) -> None:
    earlier = LawRevision(
        revision_id=f"{LAW}_20240101_404AC0000000001",
        law_id=LAW,
        enforced_on=date(2024, 1, 1),
        amending_law_id="404AC0000000001",
    )
    save_texts(store, [law(earlier), law(FIRST)])
    assert [line["revision_id"] for line in uses_of(store.public, LAW)] == [FIRST.revision_id]


def test_the_laws_that_are_kept(store: Store) -> None:
    save_texts(store, [law(replace(FIRST, title="花火法"))])
    save_revisions(store, [SECOND])
    (line,) = stored_laws(store.public)
    assert (line["law_id"], line["title"], line["revisions"], line["texts"]) == (
        LAW,
        "花火法",
        2,
        1,
    )


WORDS = st.text(max_size=12)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.builds(
            TableRow,
            table=WORDS,
            number=WORDS,
            body=WORDS,
            task=WORDS,
            lines=st.lists(st.tuples(WORDS, WORDS), max_size=2).map(tuple),
            statutes=st.lists(WORDS, max_size=2).map(tuple),
        ),
        max_size=6,
    )
)
def test_any_rows_come_back(store: Store, rows: list[TableRow]) -> None:
    text = law(FIRST, tuple(rows))
    save_texts(store, [text])
    assert text_of(store.public, FIRST) == text
