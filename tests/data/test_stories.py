"""Stories: measured on a set of labelled reports, and the same in whatever order reports come."""

from __future__ import annotations

import random
import time
from datetime import UTC, datetime, timedelta
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
import yaml

from data.corrections import notice_of, title_of_corrected
from data.fingerprint import simhash64
from data.store.connection import Store
from data.store.ledger import update_ledger
from data.store.stories import new_in_story, story, update_stories
from data.stories import Report, components, head_of, pair_kind, title_likeness
from data.vocabulary import SourceClass
from tests.data.record import DAY_ONE, add_sources, record

FOLDER = Path(__file__).parent / "stories"
CLASSES = {"town": "localgov", "prefecture": "localgov"}


def labelled() -> list[tuple[Report, str]]:
    found = []
    for path in sorted(FOLDER.glob("*.yml")):
        for number, row in enumerate(yaml.safe_load(path.read_text(encoding="utf-8"))):
            for place, (source, at, title, actor, *wire) in enumerate(row["documents"]):
                text = row["wire"] + wire[0].strip() if wire else f"{title}。{source}の短い記事。"
                report = Report(
                    id=f"{path.stem}-{number}-{place}",
                    source_id=source,
                    source_class=SourceClass(
                        CLASSES.get(source.rstrip("0123456789"), source.rstrip("0123456789"))
                    ),
                    title=title,
                    at=datetime.strptime(f"2026-{at}", "%Y-%m-%d %H:%M").replace(tzinfo=UTC),
                    simhash=simhash64(text),
                    characters=len(text),
                    uses=frozenset({tuple(row["use"].split())}),
                    actors=frozenset({actor} if actor else ()),
                )
                found.append((report, f"{path.stem}-{number}"))
    return found


def measure() -> tuple[float, float, list[str]]:
    """Pairwise precision and recall over stories, as they are after joining; and what went wrong."""
    reports = labelled()
    gold = {report.id: name for report, name in reports}
    titles = {report.id: report.title for report, _ in reports}
    pairs = [
        (one.id, other.id)
        for (one, _), (other, _) in combinations(reports, 2)
        if pair_kind(one, other)
    ]
    mine = {pair for group in components(gold, pairs) for pair in combinations(sorted(group), 2)}
    true = {
        (one, other) for one, other in combinations(sorted(gold), 2) if gold[one] == gold[other]
    }
    wrong = [f"+ {titles[a]} / {titles[b]}" for a, b in sorted(mine - true)]
    wrong += [f"- {titles[a]} / {titles[b]}" for a, b in sorted(true - mine)]
    return len(mine & true) / len(mine), len(mine & true) / len(true), wrong


def test_stories_are_as_good_as_promised() -> None:
    assert len(labelled()) >= 120
    precision, recall, wrong = measure()
    print(f"precision {precision:.3f} recall {recall:.3f}")
    assert precision >= 0.98, wrong
    assert recall >= 0.90, wrong


def test_the_strongest_official_source_stands_first() -> None:
    reports = [report for report, name in labelled() if name == "national-0"]
    assert head_of(reversed(reports)).source_class is SourceClass.MINISTRY


@pytest.mark.parametrize(
    "title", ["", "　", "【】", "\x00", "マイナンバーカードについて", "|" * 300]
)
def test_junk_titles_are_like_nothing(title: str) -> None:
    assert title_likeness(title, "汐見市、図書館の利用券をカードに") == 0.0


COPY = (
    "汐見市は一日、市役所の窓口で交付する証明書の手数料を、カードを使う人に限り半額にすると発表した。"
    * 5
)


def told(store: Store) -> dict[str, frozenset[str]]:
    update_stories(store)
    groups: dict[str, set[str]] = {}
    for row in store.public.query("SELECT id, story_id FROM documents"):
        groups.setdefault(row["story_id"], set()).add(row["id"])
    return {name: frozenset(group) for name, group in groups.items()}


def test_stories_do_not_depend_on_the_order_of_arrival(store: Store) -> None:
    add_sources(store)
    cases: dict[str, dict[str, Any]] = {
        "m": {
            "day": 0.2,
            "source": "ministry",
            "title": "窓口における本人確認の方法の変更について",
        },
        "n": {"day": 0.5, "source": "news", "title": "窓口の本人確認、方法を変更　財務省"},
        "t": {"day": 1.1, "source": "trade", "title": "財務省、窓口の本人確認の方法を変更へ"},
        "w": {"day": 1.2, "source": "blog", "text": COPY, "title": "手数料、カードで半額"},
        "x": {
            "day": 1.0,
            "source": "company",
            "text": COPY + "（配信）",
            "title": "証明書が半額に",
        },
        "far": {"day": 9, "source": "blog", "title": "窓口の本人確認、方法を変更　財務省"},
    }
    chance = random.Random(1)
    seen = []
    for attempt in range(4):
        names = chance.sample(sorted(cases), len(cases))
        for name in names:
            more = {"stage": "planned", "actor": "財務省", **cases[name]}
            if "text" in more:
                more |= {"stage": None}
            record(store, f"{attempt}{name}", **{**more, "day": more["day"] + attempt * 100})
            if chance.random() < 0.5:
                told(store)
        groups = {
            frozenset(n[1:] for n in g) for g in told(store).values() if min(g)[0] == str(attempt)
        }
        seen.append(groups)
    assert seen[0] == {frozenset("mnt"), frozenset("wx"), frozenset({"far"})}
    assert all(groups == seen[0] for groups in seen)
    shown = story(store, "0m")
    assert [row["id"] for row in shown] == ["0m", "0n", "0t"]
    assert update_stories(store) == 0


def test_what_is_new_in_a_story(store: Store) -> None:
    add_sources(store)
    record(store, "n", "planned", 0, title="窓口の本人確認、方法を変更　財務省", actor="財務省")
    record(
        store,
        "m",
        "planned",
        1,
        source="ministry",
        title="窓口の本人確認の方法の変更",
        actor="財務省",
    )
    update_stories(store)
    fresh = new_in_story(store, "n", DAY_ONE + timedelta(hours=12))
    assert fresh == {"official": "m", "stages": {}}
    assert list(new_in_story(store, "n", DAY_ONE)["stages"]) == ["atm:card planned"]


NOTICES = {
    "【訂正】汐見市、窓口でカードを必須に": ("corrected", "汐見市、窓口でカードを必須に"),
    "おわびと訂正「汐見市、窓口でカードを必須に」": ("corrected", "汐見市、窓口でカードを必須に"),
    "記事の取り消し　「汐見市、窓口でカードを必須に」": (
        "retracted",
        "汐見市、窓口でカードを必須に",
    ),
    "汐見市、窓口でカードを必須に": (None, "汐見市、窓口でカードを必須に"),
    "改訂正式版の公表": (None, "改訂正式版の公表"),
}


@pytest.mark.parametrize("title", NOTICES)
def test_a_notice_is_known_by_its_title(title: str) -> None:
    assert (notice_of(title), title_of_corrected(title)) == NOTICES[title]


def live(store: Store) -> list[tuple[str, str]]:
    update_stories(store)
    update_ledger(store)
    rows = store.public.query(
        "SELECT kind, finding_id FROM events WHERE state = 'live' ORDER BY seq"
    )
    return [(row["kind"], row["finding_id"]) for row in rows]


def test_a_retraction_withdraws_the_event_and_a_correction_tells_its_own(store: Store) -> None:
    add_sources(store)
    record(store, "wrong", "adopted", 0, title="汐見市、窓口でカードを必須に")
    other = record(store, "other", "planned", 0, title="鳴海市の献血会場", system="blood_donation")
    assert len(live(store)) == 2
    record(store, "sorry", None, 2, title="記事の取り消し「汐見市、窓口でカードを必須に」")
    assert live(store) == [("new", other)]
    record(store, "wrong", "adopted", 0, title="汐見市、窓口でカードを必須に", model="model-2")
    assert live(store) == [("new", other)]


def test_a_corrected_version_is_told_again_under_a_new_id(store: Store) -> None:
    add_sources(store)
    record(store, "a", "adopted", 0, title="汐見市、窓口でカードを必須に")
    live(store)
    [first] = store.public.query("SELECT id, seq FROM events")
    record(store, "a", "planned", 0, title="【訂正】汐見市、窓口でカードを必須に", version=2)
    live(store)
    rows = list(store.public.query("SELECT id, seq, stage_after, state FROM events ORDER BY seq"))
    assert [row["state"] for row in rows] == ["withdrawn", "live"]
    assert rows[1]["id"] != first["id"]
    assert rows[1]["stage_after"] == "planned"


@pytest.mark.slow
def test_two_thousand_documents_of_a_day_take_seconds(store: Store) -> None:
    add_sources(store)
    chance = random.Random(3)
    words = [f"語{number}句" for number in range(3000)]
    for number in range(2000):
        text = "".join(chance.sample(words, 60))
        stage = "planned" if number % 20 == 0 else None
        record(
            store, f"d{number}", stage, number / 2000, title=text[:20], text="" if stage else text
        )
    begin = time.monotonic()
    assert update_stories(store) == 2000
    assert time.monotonic() - begin < 20
