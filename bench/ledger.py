"""Measure the ledger on 100,000 synthetic findings over 500 use cases; print a table, draw a plot.

    python -m bench.ledger [--findings 100000] [--use-cases 500] [--portion 1000] [--plot FILE.png]

The ledger follows in portions, as it does in life. Promised: at most 1 ms per finding and no growth
once a use case has more evidence than lies between two checkpoints (the first tenth is cheaper); a full
replay within 60 seconds. Wall time and the time of this process, because a busy machine shows in the one.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from matplotlib import pyplot

from data.clock import to_text
from data.config import Config, StoreSection
from data.store.connection import Store, open_store
from data.store.ledger import rebuild_ledger, update_ledger
from data.store.rows import stored_json
from data.systems import load_systems
from data.vocabulary import Identifier, SourceClass, Stage

START = datetime(2006, 1, 1, tzinfo=UTC)
SECONDS = 20 * 365 * 86_400
STAGES = random.Random(7).choices(list(Stage), weights=[30, 25, 35, 5, 5], k=997)
ACTORS = [None, "汐見市", "警察庁", "財務相", "汐見銀行", "白鳥総務相"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--findings", type=int, default=100_000)
    parser.add_argument("--use-cases", type=int, default=500)
    parser.add_argument("--portion", type=int, default=1000)
    parser.add_argument("--plot", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        config = Config(base=Path(folder), store=StoreSection(directory=Path("var")))
        with open_store(config) as store:
            points, own = follow(store, options.findings, options.use_cases, options.portion)
            begin, busy = time.perf_counter(), time.process_time()
            done = rebuild_ledger(store)
            replay, busy = time.perf_counter() - begin, time.process_time() - busy
            counts = {
                name: store.public.table(name).count
                for name in ("use_cases", "events", "promises", "comparisons", "checkpoints")
            }
    print(f"findings     {options.findings:,} over {options.use_cases} use cases")
    for name, values in (("wall", points), ("process", own)):
        tenth = max(1, len(values) // 10)
        parts = [values[:tenth], values[tenth : 2 * tenth], values[-tenth:]]
        means = ", ".join(f"{sum(part) / len(part):.3f}" for part in parts if part)
        print(
            f"{name:12} {sum(values) / len(values):.3f} ms per finding, worst portion {max(values):.3f}; "
            f"first, second, last tenth {means}"
        )
    print(
        f"full replay  {replay:.1f} s, process {busy:.1f} s, {done.events_changed} events changed"
    )
    print(", ".join(f"{name} {count:,}" for name, count in counts.items()))
    if options.plot:
        draw(own, options.portion, options.plot)


def follow(
    store: Store, findings: int, use_cases: int, portion: int
) -> tuple[list[float], list[float]]:
    """Milliseconds per finding of each portion's update, by the wall's clock and by the process's."""
    chance = random.Random(7)
    subjects = [
        (f"{system}-{copy}", sector.sector)
        for copy in range(1 + use_cases // len(load_systems()))
        for system, sector in load_systems().items()
    ][:use_cases]
    add_documents(store, findings)
    points, own = [], []
    for start in range(0, findings, portion):
        rows = [
            finding(number, findings, chance, subjects)
            for number in range(start, min(start + portion, findings))
        ]
        add_findings(store, rows)
        begin, busy = time.perf_counter(), time.process_time()
        update_ledger(store)
        points.append((time.perf_counter() - begin) * 1000 / len(rows))
        own.append((time.process_time() - busy) * 1000 / len(rows))
    return points, own


def moment(number: int, findings: int) -> datetime:
    return START + timedelta(seconds=SECONDS * number / findings)


def add_documents(store: Store, count: int) -> None:
    with store.writing_public() as db:
        for word in SourceClass:
            db.table("sources").insert(
                dict.fromkeys(
                    ("publisher_ja", "publisher_en", "name_ja", "name_en", "terms", "url"), "x"
                )
                | {"id": word, "source_class": word, "source_group": "news", "kind": "feed"}
                | {"enabled": 1, "cadence_minutes": 60}
            )
        db.conn.executemany(
            "INSERT INTO documents (id, source_id, url, title, excerpt, published_at, fetched_at, "
            "last_seen_at, encoding, kind, status, body_sha256, text_sha256, simhash, version, "
            "story_id) VALUES (?1, ?2, ?1, ?1, '', ?3, ?3, ?3, '', '', '', '', '', "
            "'0000000000000000', 1, ?1)",
            ((f"d{n}", list(SourceClass)[n % 9], to_text(moment(n, count))) for n in range(count)),
        )


def finding(
    number: int, findings: int, chance: random.Random, subjects: list[tuple[str, Any]]
) -> dict[str, Any]:
    """One in twenty is late by up to a year."""
    subject, sector = subjects[chance.randrange(len(subjects))]
    at = moment(number, findings)
    if chance.random() < 0.05:
        at -= timedelta(days=chance.randrange(365))
    return {
        "id": f"f{number}",
        "document_id": f"d{number}",
        "version": 1,
        "sector": sector,
        "system": subject,
        "identifier": Identifier.CARD,
        "stage": STAGES[chance.randrange(997)],
        "unlawful": 0,
        "actor": chance.choice(ACTORS),
        "evidence": "x",
        "evidence_sha256": f"{number:064x}",
        "start": 0,
        "end": 1,
        "score": 0.9,
        "conflated_headline": 0,
        "why": "[]",
        "model": "bench",
        "state": "kept",
        "use_case_id": f"{subject}:card",
        "at": to_text(at),
        "source_class": list(SourceClass)[number % 9],
        "read_at": to_text(at),
        "machine": stored_json({}),
    }


def add_findings(store: Store, rows: list[dict[str, Any]]) -> None:
    names = ", ".join(f'"{name}"' for name in rows[0])
    marks = ", ".join("?" * len(rows[0]))
    with store.writing_public() as db:
        db.conn.executemany(
            f"INSERT INTO findings ({names}) VALUES ({marks})", [list(r.values()) for r in rows]
        )
        db.conn.executemany(
            "INSERT INTO ledger_queue VALUES (?, ?) ON CONFLICT DO UPDATE SET "
            "since = min(since, excluded.since)",
            [(row["use_case_id"], row["at"]) for row in rows],
        )


def draw(points: list[float], portion: int, path: Path) -> None:
    figure, axes = pyplot.subplots(figsize=(8, 3))
    axes.plot([portion * (number + 1) for number in range(len(points))], points, linewidth=1)
    axes.set(xlabel="findings in the ledger", ylabel="ms per finding (process)", ylim=(0, None))
    figure.tight_layout()
    figure.savefig(path, dpi=110)


if __name__ == "__main__":
    main()
