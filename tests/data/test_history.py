"""Incremental replays: whatever arrives, in whatever order and however often, the ledger is the same."""

from __future__ import annotations

import os
import random
import select
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data.config import Config, StoreSection
from data.ledger import EVERY
from data.store.connection import Store, open_store
from data.store.ledger import rebuild_ledger, save_baseline, update_ledger
from data.vocabulary import Stage
from tests.conftest import ROOT
from tests.data.record import add_sources, record

SAID = st.tuples(
    st.sampled_from([stage.value for stage in Stage]),
    st.integers(-40, 40),
    st.sampled_from(["news", "ministry", "localgov", "diet"]),
    st.sampled_from([("atm", "bank"), (None, "police"), ("prison", "police"), ("e_tax", "tax")]),
    st.sampled_from([None, "汐見市", "財務省", "白鳥総務相"]),
)


def picture(store: Store) -> dict[str, Any]:
    """The ledger without the moments at which rows were written, nor their places."""
    events = "id, use_case_id, kind, stage_before, stage_after, finding_id, against_finding_id, at, standing"
    return {
        "use_cases": store.public.execute(
            "SELECT * FROM use_cases WHERE stage IS NOT NULL ORDER BY id"
        ).fetchall(),
        "events": store.public.execute(
            f"SELECT {events} FROM events WHERE state = 'live' ORDER BY id"
        ).fetchall(),
        "promises": store.public.execute("SELECT * FROM promises ORDER BY id").fetchall(),
        "comparisons": store.public.execute(
            "SELECT promise_id, finding_id, days FROM comparisons ORDER BY 1, 2"
        ).fetchall(),
    }


def fill(store: Store, said: list[tuple[int, Any]], every: int) -> None:
    for count, (number, (stage, day, source, (system, sector), actor)) in enumerate(said):
        record(
            store,
            f"d{number}",
            stage,
            day,
            source=source,
            system=system,
            sector=sector,
            actor=actor,
        )
        if count % every == every - 1:
            update_ledger(store)
    update_ledger(store)


@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(SAID, min_size=1, max_size=60), st.integers(1, 20), st.randoms())
def test_any_order_of_arrival_in_any_portions_gives_the_same_ledger(
    tmp_path_factory: pytest.TempPathFactory, said: list[Any], every: int, chance: random.Random
) -> None:
    pictures = []
    numbered = list(enumerate(said))
    for order in (numbered, chance.sample(numbered, len(numbered))):
        config = Config(
            base=tmp_path_factory.mktemp("ledger"), store=StoreSection(directory=Path("var"))
        )
        with open_store(config) as store:
            add_sources(store)
            save_baseline(store)
            fill(store, order, every if not pictures else len(order))
            pictures.append(picture(store))
            rebuild_ledger(store)
            pictures.append(picture(store))
    assert all(one == pictures[0] for one in pictures)


def test_a_long_history_is_resumed_from_its_checkpoints(store: Store) -> None:
    add_sources(store)
    for day in range(EVERY * 3):
        record(store, f"d{day}", ("considered", "planned", "denied")[day % 3], day)
    update_ledger(store)
    points = store.public.execute("SELECT day, evidence FROM checkpoints").fetchall()
    assert len(points) >= 2
    before = picture(store)
    record(store, "last", "planned", EVERY * 3)
    done = update_ledger(store)
    assert (done.events_new, done.events_changed) == (1, 0)
    record(store, "late", "denied", -1)
    update_ledger(store)
    assert len(picture(store)["events"]) == len(before["events"]) + 2
    rebuilt = picture(store)
    rebuild_ledger(store)
    assert picture(store) == rebuilt


# One write for each word: an unbuffered `print` writes the word and its newline apart, and a kill
# that came between them looked like an update cut short.
UPDATES = """
import os
import sys
import traceback
from pathlib import Path
from data.config import Config, StoreSection
from data.store.connection import open_store
from data.store.ledger import update_ledger
config = Config(base=Path(sys.argv[1]), store=StoreSection(directory=Path("var")))
while sys.stdin.readline():
    child = os.fork()
    if child == 0:
        try:
            with open_store(config) as store:
                os.write(1, b"%d\\n" % os.getpid())
                update_ledger(store)
                os.write(1, b"done\\n")
        except BaseException:
            traceback.print_exc()
            os.write(1, b"failed\\n")
        os._exit(0)
    sys.stdin.readline()
    os.waitpid(child, 0)
    os.write(1, b"over\\n")
"""
"""Forks a process for each update, so that fifty of them import once; the end of one is waited for when asked."""
SYSTEMS = ("atm", "prison", "e_tax", "libraries", "deposit_account", "driving_licence")


def arrive(store: Store, numbers: range, chance: random.Random) -> None:
    """Documents of any day, class and stage; the same for the same numbers."""
    for number in numbers:
        record(
            store,
            f"d{number}",
            chance.choice(["considered", "planned", "adopted", "halted", "denied"]),
            chance.randint(-90, 90),
            source=chance.choice(["news", "ministry", "localgov"]),
            system=chance.choice(SYSTEMS),
            sector="other",
            identifier=chance.choice(["card", "number"]),
        )


def queue_all(store: Store) -> None:
    store.public.execute(
        "INSERT INTO ledger_queue SELECT DISTINCT use_case_id, '' FROM findings WHERE true "
        "ON CONFLICT DO UPDATE SET since = ''"
    )


@contextmanager
def updates(config: Config) -> Iterator[Callable[[float], float | None]]:
    """Update in a process that is killed after so many seconds; how long it took if it was quicker."""
    parent = subprocess.Popen(
        [sys.executable, "-c", UPDATES, str(config.base)],
        cwd=ROOT, bufsize=0, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    asked, told = parent.stdin, parent.stdout
    assert asked
    assert told

    def update_for(seconds: float) -> float | None:
        asked.write(b"\n")
        pid = int(told.readline())
        begin = time.monotonic()
        select.select([told], [], [], seconds)
        took = time.monotonic() - begin
        os.kill(pid, signal.SIGKILL)
        asked.write(b"\n")
        said = told.readline()
        if said == b"over\n":
            return None
        assert (said, told.readline()) == (b"done\n", b"over\n")
        return took

    with parent:
        yield update_for
        asked.close()


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_killed_at_fifty_moments_the_ledger_is_the_same(store: Store, config: Config) -> None:
    """New documents arrive between the kills; what an update left undone the next one does."""
    add_sources(store)
    arrive(store, range(400), random.Random(5))
    store.close()
    chance, cut_short = random.Random(6), 0
    with updates(config) as update_for:
        whole = update_for(60)
        assert whole is not None
        for kill in range(50):
            with open_store(config) as between:
                arrive(between, range(400 + 3 * kill, 403 + 3 * kill), random.Random(kill))
                queue_all(between)
            cut_short += update_for(chance.uniform(0, whole)) is None
    with sqlite3.connect(config.watch_db) as check:
        assert check.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    check.close()
    with open_store(config) as again:
        update_ledger(again)
        killed = picture(again)
        rebuild_ledger(again)
        assert picture(again) == killed
    assert cut_short >= 10, "the kills came too late to cut an update short"
