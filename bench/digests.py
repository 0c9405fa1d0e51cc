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
from data.config import Config, Filter, MailSection, StoreSection, Subscriber
from data.store.connection import Store, open_store
from tests.alerts.servers import mail_server
from tests.alerts.world import MONDAY, new_use, open_world, tell

SUBSCRIBERS, EVENTS, SYSTEMS = 500, 300, 100
LANGUAGES = ("ja", "en", "both")
FILTERS = (Filter(), Filter(identifiers=("number", "card")), Filter(without_words=("旅券",)))
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
            lambda sql: seen.append(sql) if sql.lstrip().startswith(("SELECT", "WITH")) else None
        )
    yield lambda: len(seen)
    for database in (store.public, store.private):
        database.conn.set_trace_callback(None)


def main() -> None:
    logging.getLogger("mail.log").setLevel(logging.CRITICAL)
    with tempfile.TemporaryDirectory() as name, mail_server() as (box, port):
        config = configuration(Path(name), port)
        with open_store(config) as store:
            fill(store)
            events = store.public.execute("SELECT count(*) FROM events").fetchone()[0]
            with counted(store) as reads:
                started = time.perf_counter()
                written = compose_due(store, config, MONDAY)
                composing = time.perf_counter() - started
                queries = reads()
            megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            started = time.perf_counter()
            done = send_waiting(store, config, MONDAY)
            sending = time.perf_counter() - started
    print(f"subscribers × events         {len(written)} × {events}")
    print(f"composing                    {composing:9.1f} s   (wanted: at most 30)")
    print(f"largest memory               {megabytes:9.0f} MB  (wanted: below 400)")
    print(f"queries per subscriber       {queries / len(written):9.2f}")
    print(
        f"mails sent                   {done.sent:9}     in {sending:.1f} s, {box.connections} connection"
    )
    print(f"rate                         {done.sent / sending:9.1f} /s  (wanted: at least 20)")


if __name__ == "__main__":
    main()
