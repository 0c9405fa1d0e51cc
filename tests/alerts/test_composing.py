"""Composing: once per subscriber and period, nothing lost between two digests, silence that says so."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from alerts.composing import compose_due, preview
from alerts.sending import send_waiting
from data.config import Config, StoreSection
from data.store.connection import Store, open_store
from data.store.outbox import load_cursor
from data.store.outbox_care import list_parts
from data.subscribers import Cadence, Filter, Subscriber
from tests.alerts.world import MONDAY, PLAN, PROMISE, TURN, new_use, open_world, put_deadline, tell

DAY = timedelta(days=1)


def told_by(store: Store, config: Config) -> list[list[str]]:
    """The event ids that each digest in the outbox covers, oldest digest first."""
    rows = store.private.query(
        "SELECT d.id, group_concat(c.event_id) AS events FROM digests d "
        "LEFT JOIN covered_events c ON c.digest_id = d.id GROUP BY d.id ORDER BY d.composed_at, d.id"
    )
    return [row["events"].split(",") if row["events"] else [] for row in rows]


def with_subscriber(config: Config, **changes: object) -> Config:
    return config.model_copy(update={"subscribers": (Subscriber(name="desk", **changes),)})  # type: ignore[arg-type]


def test_from_event_to_file_and_a_second_run_does_nothing(store: Store, config: Config) -> None:
    open_world(store)
    tell(store, PROMISE, TURN, PLAN)
    assert compose_due(store, config, MONDAY) == ["operator|2026-11-16"]
    assert send_waiting(store, config, MONDAY).sent == 1
    written = config.digests / "operator" / "2026-11-16.md"
    text = written.read_text(encoding="utf-8")
    assert text.index("「否定」とされていたものが") < text.index("新しい利用が")
    assert PROMISE.text in text
    before = written.stat().st_mtime_ns
    later = MONDAY + timedelta(hours=1)
    assert compose_due(store, config, later) == []
    assert send_waiting(store, config, later).sent == 0
    assert written.stat().st_mtime_ns == before


def test_each_event_is_in_exactly_one_digest_over_a_week(store: Store, config: Config) -> None:
    open_world(store)
    for number in range(7):
        at = MONDAY + number * DAY
        said = f"第{number}の計画で番号を使う。"
        crane = f"crane_{number}"
        tell(store, new_use(number, name=crane, text=said, at=at - timedelta(hours=3)))
        compose_due(store, config, at)
        compose_due(store, config, at + timedelta(hours=5))
    told = told_by(store, config)
    assert len(told) == 7
    assert [len(events) for events in told] == [1] * 7
    assert len({event for events in told for event in events}) == 7


def test_two_days_off_make_one_digest_that_covers_both(store: Store, config: Config) -> None:
    open_world(store)
    tell(store, PLAN)
    compose_due(store, config, MONDAY)
    tell(store, replace(TURN, name="tue", at=MONDAY + DAY))
    tell(store, replace(TURN, name="wed", sector="tax", at=MONDAY + 2 * DAY))
    back = MONDAY + 3 * DAY + timedelta(hours=4)
    assert compose_due(store, config, back) == ["operator|2026-11-19"]
    assert compose_due(store, config, back) == []
    assert len(told_by(store, config)[1]) == 2
    [row] = store.private.query("SELECT late FROM digests WHERE id = 'operator|2026-11-19'")
    assert row["late"] == 1
    assert "予定より遅れて" in list_payload(store, "operator|2026-11-19")


def list_payload(store: Store, digest_id: str) -> str:
    [row] = store.private.query("SELECT payload FROM parts WHERE digest_id = ?", [digest_id])
    return str(row["payload"])


def test_the_first_digest_is_not_late_and_old_evidence_is_only_counted(
    store: Store, config: Config
) -> None:
    open_world(store)
    tell(store, PLAN, replace(TURN, name="old", at=MONDAY - timedelta(days=400)))
    digest = preview(store, config.subscribers[0], MONDAY + timedelta(hours=9))
    assert (digest.late, digest.history, len(digest.changes)) == (False, 1, 1)


def test_an_event_recorded_while_a_digest_is_composed_comes_in_the_next_one(
    store: Store, config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The ledger is written by another process: between reading the events and closing the digest."""
    open_world(store)
    tell(store, PLAN)
    reads = preview(store, config.subscribers[0], MONDAY)
    tell(store, TURN)
    [turn] = store.public.query("SELECT max(seq) AS seq FROM events")
    assert reads.last_seq < turn["seq"]
    compose_due(store, config, MONDAY)
    cursor = load_cursor(store, "operator")
    assert cursor is not None
    assert cursor.last_seq == turn["seq"]


@pytest.mark.parametrize(
    ("chosen", "passes"),
    [
        (Filter(), True),
        (Filter(sectors=("police",)), True),
        (Filter(sectors=("bank",)), False),
        (Filter(identifiers=("card",)), False),
        (Filter(identifiers=("number", "card")), True),
        (Filter(stages=("adopted",)), False),
        (Filter(systems=("police",)), True),
        (Filter(sources=("naisei",)), False),
        (Filter(words=("ＰＯＬＩＣＥ",)), True),
        (Filter(words=("照会",)), True),
        (Filter(words=("旅券",)), False),
        (Filter(without_words=("照会",)), False),
        (Filter(sectors=("police",), without_words=("旅券",)), True),
    ],
)
def test_filters_leave_out_and_count(store: Store, chosen: Filter, passes: bool) -> None:
    open_world(store)
    tell(store, TURN)
    digest = preview(store, Subscriber(name="desk", filter=chosen), MONDAY)
    assert (len(digest.changes), digest.filtered) == ((1, 0) if passes else (0, 1))


def test_instant_tells_reversals_at_once_and_waits_at_the_cap(store: Store, config: Config) -> None:
    quick = with_subscriber(config, cadence=Cadence(every="instant", max_per_hour=2))
    open_world(store)
    tell(store, PLAN)
    assert compose_due(store, quick, MONDAY) == []
    for number in range(4):
        at = MONDAY + timedelta(minutes=number + 1)
        said = f"{number}で番号の利用が始まった。"
        tell(
            store,
            new_use(number, name=f"in{number}", text=said, stage="adopted", at=at),
        )
        compose_due(store, quick, at)
    assert len(told_by(store, quick)) == 2
    next_hour = MONDAY + timedelta(hours=1, minutes=2)
    assert len(compose_due(store, quick, next_hour)) == 1
    [digest] = store.private.query("SELECT * FROM digests ORDER BY composed_at DESC LIMIT 1")
    assert "ほか1件" in digest["subject"]


def test_quiet_hours_hold_the_parts_back(store: Store, config: Config) -> None:
    quiet = with_subscriber(config, cadence=Cadence(quiet_from="22:00", quiet_until="09:00"))
    open_world(store)
    compose_due(store, quiet, MONDAY)
    assert send_waiting(store, quiet, MONDAY).sent == 0
    assert send_waiting(store, quiet, MONDAY + timedelta(hours=1, minutes=30)).sent == 1


def test_a_second_attempt_waits_for_the_end_of_the_quiet_hours_too(
    store: Store, config: Config
) -> None:
    """Composed and due before them; the sender comes, for the first or the second time, within them."""
    quiet = with_subscriber(config, cadence=Cadence(quiet_from="08:00", quiet_until="10:00"))
    open_world(store)
    compose_due(store, quiet, MONDAY)
    assert send_waiting(store, quiet, MONDAY + timedelta(hours=1)).sent == 0
    assert send_waiting(store, quiet, MONDAY + timedelta(hours=2, minutes=30)).sent == 1


def test_instant_news_of_the_quiet_hours_is_one_digest_after_them(
    store: Store, config: Config
) -> None:
    night = Cadence(every="instant", quiet_from="22:00", quiet_until="09:00")
    quick = with_subscriber(config, cadence=night)
    open_world(store)
    for number in range(3):
        at = MONDAY + timedelta(minutes=10 * number)
        said = f"{number}番の窓口で番号を使い始めた。"
        tell(store, new_use(number, name=f"in{number}", text=said, stage="adopted", at=at))
        assert compose_due(store, quick, at) == []
    assert len(compose_due(store, quick, MONDAY + timedelta(hours=2))) == 1
    [digest] = store.private.query("SELECT subject FROM digests")
    assert digest["subject"].endswith("ほか2件")


def test_a_clock_that_ran_ahead_does_not_use_up_the_hourly_cap(
    store: Store, config: Config
) -> None:
    quick = with_subscriber(config, cadence=Cadence(every="instant", max_per_hour=1))
    open_world(store)
    for number, at in enumerate((MONDAY + timedelta(hours=3), MONDAY)):
        said = f"{number}番の窓口で番号を使い始めた。"
        tell(store, new_use(number, name=f"in{number}", text=said, stage="adopted", at=MONDAY))
        assert len(compose_due(store, quick, at)) == 1


def test_clock_three_hours_ahead_and_back_doubles_nothing(store: Store, config: Config) -> None:
    open_world(store)
    tell(store, PLAN)
    compose_due(store, config, MONDAY - timedelta(hours=3))
    ahead = compose_due(store, config, MONDAY)
    assert ahead == ["operator|2026-11-16"]
    assert compose_due(store, config, MONDAY - timedelta(hours=3)) == []
    assert compose_due(store, config, MONDAY) == []
    assert sum(len(events) for events in told_by(store, config)) == 1


def test_a_digest_written_under_a_clock_in_2099_does_not_silence_a_subscriber(
    store: Store, config: Config
) -> None:
    open_world(store)
    compose_due(store, config, MONDAY.replace(year=2099))
    assert compose_due(store, config, MONDAY) == ["operator|2026-11-16"]
    assert compose_due(store, config, MONDAY) == []


def test_a_promise_compared_and_a_deadline_are_told_once(store: Store, config: Config) -> None:
    open_world(store)
    licence = replace(TURN, name="licence", system="driving_licence", stage="planned")
    tell(store, PROMISE, TURN, licence)
    put_deadline(store, due="2026-11-20")
    compose_due(store, config, MONDAY)
    first = json.loads(list_payload(store, "operator|2026-11-16"))["files"]["md"]
    assert first.count("との約束から40日後") == 1, "the reversal itself stands above, once"
    assert "意見募集の締切" in first
    compose_due(store, config, MONDAY + DAY)
    second = json.loads(list_payload(store, "operator|2026-11-17"))["files"]["md"]
    assert "約束と、その後" not in second
    assert "新しい動きはありません" in second
    compose_due(store, config, MONDAY + 2 * DAY)
    third = json.loads(list_payload(store, "operator|2026-11-18"))["files"]["md"]
    assert "意見募集の締切" in third, "the last call comes two days before"


def test_dates_pass_the_filter_as_far_as_they_are_known(store: Store) -> None:
    open_world(store)
    tell(store, PLAN)
    put_deadline(store, "2026-11-20", name="bank", use_case="bank:juki")
    put_deadline(store, "2026-11-20", name="open")
    for chosen, passes in (
        (Filter(), {"bank", "open"}),
        (Filter(sectors=("bank",)), {"bank", "open"}),
        (Filter(sectors=("tax",)), {"open"}),
        (Filter(identifiers=("card",)), {"open"}),
        (Filter(systems=("e_tax",)), {"open"}),
        (Filter(words=("締切",)), {"bank", "open"}),
        (Filter(words=("旅券",)), set()),
        (Filter(without_words=("意見",)), set()),
    ):
        told = preview(store, Subscriber(name="d", filter=chosen), MONDAY)
        assert {deadline.id for deadline in told.deadlines} == passes, chosen


def test_a_digest_that_cannot_be_worded_keeps_nobody_else_from_theirs(
    store: Store, config: Config
) -> None:
    odd = Subscriber(name="odd").model_copy(update={"language": "tlh"})
    readers = (Subscriber(name="a"), odd, Subscriber(name="b"))
    open_world(store)
    tell(store, PLAN)
    with pytest.raises(ExceptionGroup, match="could not be composed") as caught:
        compose_due(store, config.model_copy(update={"subscribers": readers}), MONDAY)
    [error] = caught.value.exceptions
    assert error.__notes__ == ["in the digest of odd"]
    assert {row["subscriber"] for row in list_parts(store)} == {"a", "b"}
    mended = (*readers[:1], Subscriber(name="odd"), *readers[2:])
    later = config.model_copy(update={"subscribers": mended})
    assert compose_due(store, later, MONDAY) == ["odd|2026-11-16"]


def test_a_kill_while_writing_leaves_no_half_digest(
    tmp_path: Path, store: Store, config: Config
) -> None:
    open_world(store)
    tell(store, PROMISE, TURN)
    store.private.execute(
        "CREATE TRIGGER full BEFORE INSERT ON cursors BEGIN SELECT RAISE(ABORT, 'disk full'); END"
    )
    with pytest.raises(Exception, match="disk full"):
        compose_due(store, config, MONDAY)
    assert list_parts(store) == []
    store.private.execute("DROP TRIGGER full")
    assert compose_due(store, config, MONDAY) == ["operator|2026-11-16"]


def test_subscribers_have_their_own_cursor(tmp_path: Path) -> None:
    config = Config(
        base=tmp_path,
        store=StoreSection(directory=Path("var")),
        subscribers=(
            Subscriber(name="a"),
            Subscriber(name="b", cadence=Cadence(every="week", on=("mon",), at="07:00")),
        ),
    )
    with open_store(config) as store:
        open_world(store)
        assert compose_due(store, config, MONDAY) == ["a|2026-11-16", "b|2026-11-16"]
        tell(store, PLAN)
        assert compose_due(store, config, MONDAY + DAY) == ["a|2026-11-17"]
        assert compose_due(store, config, MONDAY + 7 * DAY) == ["a|2026-11-23", "b|2026-11-23"]
        covered = store.private.query("SELECT digest_id FROM covered_events ORDER BY digest_id")
        assert [row["digest_id"] for row in covered] == ["a|2026-11-17", "b|2026-11-23"]


@pytest.mark.parametrize("every", ["day", "instant"])
def test_a_pass_reads_once_for_all_and_one_query_per_subscriber(
    store: Store, config: Config, every: str
) -> None:
    """Issue 6: at most one query per subscriber and section. A digest has five sections, and needs one."""
    open_world(store)
    tell(store, PROMISE, TURN, PLAN)
    put_deadline(store, "2026-11-20")
    few, many = (_statements(store, config, every, number) for number in (2, 11))
    reads = [
        sum(statement.startswith(("select", "with", "pragma")) for statement in statements)
        for statements in (few, many)
    ]
    assert reads[1] - reads[0] == 9, "one for each of nine more subscribers"
    assert reads[0] <= 2 + 10, "what all share is read once"
    assert len(many) - len(few) == 9 * 8, (
        "beside it one transaction: a digest, two parts, what it tells, how far"
    )


def _statements(store: Store, config: Config, every: str, number: int) -> list[str]:
    """All statements of a pass in which so many subscribers are told of everything on two channels."""
    seen: list[str] = []
    readers = tuple(
        Subscriber(
            name=f"{every}{number}-{one}",
            channels=("file", f"email:r{one}@example.org"),
            cadence=Cadence(every=every),
        )
        for one in range(number)
    )
    for database in (store.public, store.private):
        database.conn.set_trace_callback(lambda sql: seen.append(sql.strip().lower()))
    written = compose_due(store, config.model_copy(update={"subscribers": readers}), MONDAY)
    for database in (store.public, store.private):
        database.conn.set_trace_callback(None)
    assert len(written) == number
    return seen
