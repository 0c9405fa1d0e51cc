"""The ledger's rules, as a table of examples and as properties."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.authority import concerns_trial
from data.ledger import BaselineUse, replay
from data.models import Evidence, UseCaseKey
from data.vocabulary import EventKind, Identifier, SourceClass, Stage

USE = UseCaseKey("driving_licence", Identifier.CARD)
DAY_ONE = datetime(2024, 4, 1, 3, tzinfo=UTC)


def evidence(
    day: int,
    stage: str,
    source_class: str = "news",
    *,
    name: str | None = None,
    decides: bool = True,
    trial: bool = False,
) -> Evidence:
    return Evidence(
        finding_id=name or f"{day}-{stage}-{source_class}",
        document_id="d",
        use_case=USE,
        stage=Stage(stage),
        at=DAY_ONE + timedelta(days=day),
        source_class=SourceClass(source_class),
        decides=decides,
        trial=trial,
    )


def told(
    items: list[Evidence], baseline: BaselineUse | None = None
) -> tuple[list[str], str | None]:
    position, events = replay(USE, items, baseline)
    return [event.kind.value for event in events], position.stage


EXAMPLES = {
    "a first report": ([(0, "considered")], ["new"], "considered"),
    "it climbs": (
        [(0, "considered"), (1, "planned"), (2, "adopted")],
        ["new", "advance", "advance"],
        "adopted",
    ),
    "coverage": (
        [(0, "planned"), (1, "planned"), (2, "considered")],
        ["new", "repeat", "repeat"],
        "planned",
    ),
    "a promise, then its reversal": (
        [(0, "denied"), (400, "considered")],
        ["denial", "reversal"],
        "considered",
    ),
    "a halt, then it goes on": (
        [(0, "planned"), (1, "halted"), (9, "planned")],
        ["new", "halt", "reversal"],
        "planned",
    ),
    "denied twice": ([(0, "denied"), (1, "denied")], ["denial", "repeat"], "denied"),
    "planned, then ruled out": ([(0, "planned"), (5, "denied")], ["new", "denial"], "denied"),
    "halted after a denial": ([(0, "denied"), (1, "halted")], ["denial", "halt"], "halted"),
    "skips a rung": ([(0, "considered"), (1, "adopted")], ["new", "advance"], "adopted"),
    "a late old report": ([(5, "adopted"), (0, "considered")], ["new", "advance"], "adopted"),
}


@pytest.mark.parametrize("case", EXAMPLES.values(), ids=EXAMPLES.keys())
def test_examples(case: tuple[list[tuple[int, str]], list[str], str]) -> None:
    items, kinds, stage = case
    assert told([evidence(day, word) for day, word in items]) == (kinds, stage)


def test_one_day_is_ordered_by_source_class_so_the_law_speaks_before_the_paper() -> None:
    paper = evidence(0, "considered", "news")
    law = evidence(0, "adopted", "law")
    assert told([paper, law]) == (["new", "repeat"], "adopted")


def test_a_reversal_names_the_denial_it_stands_against() -> None:
    denial = evidence(0, "denied", name="the-promise")
    _, events = replay(USE, [denial, evidence(30, "planned")])
    assert events[1].kind is EventKind.REVERSAL
    assert events[1].against_finding_id == "the-promise"


def test_reported_until_an_official_source_confirms() -> None:
    position, _ = replay(USE, [evidence(0, "planned")])
    assert position.standing == "reported"
    position, events = replay(USE, [evidence(0, "planned"), evidence(2, "planned", "ministry")])
    assert position.standing == "official"
    assert [event.standing for event in events] == ["reported", "official"]


def test_a_weaker_official_word_does_not_confirm_a_higher_reported_rung() -> None:
    position, _ = replay(USE, [evidence(0, "adopted"), evidence(2, "considered", "diet")])
    assert position.standing == "reported"


def test_a_single_town_that_refuses_does_not_end_a_use_in_force() -> None:
    items = [
        evidence(0, "adopted", "law"),
        evidence(1, "denied", "localgov", decides=False),
        evidence(2, "denied", "company", decides=False),
        evidence(3, "adopted"),
    ]
    assert told(items) == (["new", "denial", "repeat", "repeat"], "adopted")


def test_a_single_town_that_stops_does_not_end_what_a_ministry_has_confirmed() -> None:
    items = [
        evidence(0, "planned", "ministry"),
        evidence(1, "halted", "localgov", decides=False),
        evidence(2, "planned", "news"),
    ]
    assert told(items) == (["new", "halt", "repeat"], "planned")
    assert told([evidence(0, "planned"), items[1]]) == (["new", "halt"], "halted")


def test_the_end_of_a_trial_is_told_and_does_not_end_the_system() -> None:
    """A ministry stopped the trial in home nursing: the insurance card is in force all the same."""
    baseline = BaselineUse(USE, Stage.ADOPTED, DAY_ONE)
    stopped = [evidence(day, "halted", "ministry", trial=True) for day in (10, 20)]
    assert told([*stopped, evidence(30, "adopted")], baseline) == (
        ["halt", "repeat", "repeat"],
        "adopted",
    )
    assert told([stopped[0], evidence(40, "halted", "ministry")], baseline) == (
        ["halt", "halt"],
        "halted",
    )


def test_a_use_that_was_only_on_trial_ends_with_the_trial() -> None:
    trial = evidence(0, "adopted", "ministry", trial=True)
    stopped = evidence(20, "halted", "ministry", trial=True)
    assert told([trial, stopped]) == (["new", "halt"], "halted")
    assert told([trial, evidence(5, "planned"), stopped]) == (["new", "repeat", "halt"], "halted")
    assert told([trial, evidence(5, "adopted"), stopped]) == (["new", "repeat", "halt"], "adopted")


def test_the_baseline_is_quiet_about_what_was_in_force_and_loud_about_what_turns() -> None:
    baseline = BaselineUse(USE, Stage.ADOPTED, DAY_ONE)
    assert told([evidence(10, "adopted"), evidence(11, "planned")], baseline) == (
        ["repeat", "repeat"],
        "adopted",
    )
    assert told([evidence(10, "halted", "ministry"), evidence(20, "adopted")], baseline) == (
        ["halt", "reversal"],
        "adopted",
    )


def test_a_denial_from_before_the_baseline_does_not_undo_it() -> None:
    baseline = BaselineUse(USE, Stage.ADOPTED, DAY_ONE)
    assert told([evidence(-300, "denied", "diet")], baseline) == (["denial"], "adopted")


@given(
    st.lists(
        st.builds(
            evidence,
            st.integers(-400, 400),
            st.sampled_from([s.value for s in Stage]),
            st.sampled_from([c.value for c in SourceClass]),
            decides=st.booleans(),
            trial=st.booleans(),
        ),
        max_size=25,
        unique_by=lambda item: item.finding_id,
    ),
    st.booleans(),
    st.randoms(),
)
def test_the_order_of_arrival_never_matters(
    items: list[Evidence], with_baseline: bool, chance: random.Random
) -> None:
    baseline = BaselineUse(USE, Stage.PLANNED, DAY_ONE) if with_baseline else None
    expected = replay(USE, items, baseline)
    shuffled = items[:]
    chance.shuffle(shuffled)
    assert replay(USE, shuffled, baseline) == expected
    assert len({event.id for event in expected[1]}) == len(items)


@pytest.mark.parametrize(
    ("words", "trial"),
    [
        ("訪問看護での実証実験を中止した。", True),
        ("試行運用を見合わせる。", True),
        ("モデル事業は打ち切る。", True),
        ("効果は実証済みだが、利用をやめる。", False),
        ("試行錯誤の末、利用をやめる。", False),
        ("保険証としての利用を停止する。", False),
    ],
)
def test_words_about_a_trial(words: str, trial: bool) -> None:
    assert concerns_trial(words) is trial
