"""Composing 500 subscribers × 300 events (≤ 30 s, < 400 MB) and 500 mails through a local server (≥ 20/s), issue 6."""

from __future__ import annotations

import logging
import resource
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from alerts.composing import compose_due
from alerts.sending import send_waiting
from data.config import Config, MailSection, StoreSection
from data.store.connection import Store, open_store
from data.subscribers import Filter, Subscriber
from data.systems import load_systems
from tests.alerts.servers import mail_server
from tests.alerts.world import MONDAY, new_use, open_world, tell

SUBSCRIBERS, EVENTS, SYSTEMS = 500, 300, 100
LANGUAGES = ("ja", "en", "both")
FILTERS = (Filter(), Filter(identifiers=("number", "card")), Filter(without_words=("旅券",)))
READS = ("select", "with", "pragma")
STAGES = ("considered", "planned", "adopted")


def fill(store: Store) -> None:
    """Three events for each of a hundred use cases: considered, planned, in use."""
    open_world(store)
    for step, stage in enumerate(STAGES):
        tell(
            store,
            *(
                new_use(
                    number, name=f"n{number}-{stage}", stage=stage, title=f"第{number}の計画",
                    text=f"第{number}の計画では、窓口での本人確認に番号を使うこととし、" * 3,
                    at=MONDAY - timedelta(days=9 - 3 * step),
                )
                for number in range(SYSTEMS)
            ),
        )  # fmt: skip


def configuration(place: Path, port: int) -> Config:
    return Config(
        base=place,
        store=StoreSection(directory=Path("var")),
        mail=MailSection(host="127.0.0.1", port=port, security="none"),
        subscribers=tuple(
            Subscriber(
                name=f"reader{number}",
                channels=(f"email:reader{number}@example.org",),
                language=LANGUAGES[number % 3],
                filter=FILTERS[number // 3 % 3],
            )
            for number in range(SUBSCRIBERS)
        ),
    )


@contextmanager
def counted(store: Store) -> Iterator[Callable[[], int]]:
    """How many statements read the databases."""
    seen: list[str] = []
    for database in (store.public, store.private):
        database.conn.set_trace_callback(
            lambda sql: seen.append(sql) if sql.lstrip().lower().startswith(READS) else None
        )
    yield lambda: len(seen)
    for database in (store.public, store.private):
        database.conn.set_trace_callback(None)


def composing_apart() -> float:
    """Seconds for as many subscribers who are all told something different: each leaves out two systems."""
    names = sorted(load_systems())
    with tempfile.TemporaryDirectory() as place:
        config = configuration(Path(place), 1)
        readers = []
        for number, reader in enumerate(config.subscribers):
            out = {number % len(names), (number // len(names) * 7 + 3) % len(names)}
            kept = tuple(name for n, name in enumerate(names) if n not in out)
            readers.append(reader.model_copy(update={"filter": Filter(systems=kept)}))
        config = config.model_copy(update={"subscribers": tuple(readers)})
        with open_store(config) as store:
            fill(store)
            started = time.perf_counter()
            assert len(compose_due(store, config, MONDAY)) == SUBSCRIBERS
            return time.perf_counter() - started


def main() -> None:
    logging.getLogger("mail.log").setLevel(logging.CRITICAL)
    with tempfile.TemporaryDirectory() as name, mail_server() as (box, port):
        config = configuration(Path(name), port)
        with open_store(config) as store:
            fill(store)
            events = store.public.execute("SELECT count(*) FROM events").fetchone()[0]
            with counted(store) as reads:
                started, busy = time.perf_counter(), time.process_time()
                written = compose_due(store, config, MONDAY)
                composing, worked = time.perf_counter() - started, time.process_time() - busy
                queries = reads()
            megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            started, busy = time.perf_counter(), time.process_time()
            done = send_waiting(store, config, MONDAY)
            sending, both = time.perf_counter() - started, time.process_time() - busy
    print(f"subscribers × events         {len(written)} × {events}")
    print(
        f"composing                    {composing:9.1f} s   (wanted: at most 30; {worked:.1f} s of CPU)"
    )
    print(f"composing, all different     {composing_apart():9.1f} s   (wanted: at most 30)")
    print(f"largest memory               {megabytes:9.0f} MB  (wanted: below 400)")
    print(
        f"queries per subscriber       {queries / len(written):9.2f}   (wanted: at most 5, one a section)"
    )
    print(
        f"mails sent                   {done.sent:9}     in {sending:.1f} s, {box.connections} connection"
    )
    print(
        f"rate                         {done.sent / sending:9.1f} /s  (wanted: at least 20; {both:.1f} s of CPU, the server's included)"
    )


if __name__ == "__main__":
    main()
