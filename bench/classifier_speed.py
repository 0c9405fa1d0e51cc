"""How fast texts are classified: the day's mix, the gate, gated sentences, start-up, two processes.

Rival: plain `ja_ginza` with all its pipes over the same words, in the same run. Ratios are what counts;
the rival reads a sample, because the whole mix would take it half an hour.

    python bench/classifier_speed.py [--documents 2000] [--sample 30]
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from functools import cache, partial
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import spacy
from spacy.language import Language
from spacy.tokens import Doc
from threadpoolctl import threadpool_limits

from classifier.classify import Classifier
from classifier.gold import FOLDER, read_all, training_files
from classifier.pipeline import load_pipeline
from data.gate import opens
from data.models import PendingDocument
from data.vocabulary import SourceClass

WIKINEWS = Path("../shared/data/wikinews_ja/jawikinews_articles.jsonl.gz")
LENGTH = 1500
ON_TOPIC = 20
"""One document in so many is on topic: 5 %."""

ROUNDS = 3
"""How often two things that are compared are timed, in turn; the best of each counts."""


def filler() -> Iterable[str]:
    """Texts off topic: Wikinews where the recordings are, else the labelled negatives."""
    if WIKINEWS.exists():
        with gzip.open(WIKINEWS, "rt", encoding="utf-8") as lines:
            yield from (json.loads(line)["article"] for line in lines)
    yield from (t.body for t in read_all(training_files(FOLDER)) if not opens(t.title + t.body))


def mix(count: int) -> list[PendingDocument]:
    """`count` documents of LENGTH characters, one in ON_TOPIC with a labelled text in it."""
    off = "".join(filler())
    topical = [t for t in read_all(training_files(FOLDER)) if t.labels]
    documents = []
    for n in range(count):
        start = n * LENGTH % max(1, len(off) - LENGTH)
        text = off[start : start + LENGTH]
        title = "きょうの記事"
        if n % ON_TOPIC == 0:
            own = topical[n // ON_TOPIC % len(topical)]
            title, text = own.title, (own.body + "\n" + text)[:LENGTH]
        documents.append(
            PendingDocument(
                id=str(n),
                version=1,
                title=title,
                text=text,
                source_id="bench",
                publisher="",
                source_class=SourceClass.NEWS,
                published_at=None,
                fetched_at=datetime(2026, 1, 1, tzinfo=UTC),
            )
        )
    return documents


def seconds(work: Callable[[], object]) -> float:
    """Wall time of one call."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def pieces(text: str) -> list[str]:
    """A text in parts that the tokenizer takes."""
    return [part for part in text.split("。") if part.strip()]


def day(documents: list[PendingDocument], sample: int) -> None:
    """Documents per second of the day's mix against plain ja_ginza over the same texts."""
    classifier = Classifier()
    classifier.read(documents[0])
    ours = len(documents) / seconds(lambda: [classifier.read(d) for d in documents])
    plain = spacy.load("ja_ginza")
    some = documents[:: max(1, len(documents) // sample)][:sample]
    theirs = len(some) / seconds(
        lambda: [list(plain.pipe(pieces(d.text), batch_size=64)) for d in some]
    )
    print(
        f"day's mix      ours {ours:8.1f} docs/s   ja_ginza {theirs:6.2f} docs/s   {ours / theirs:6.1f} x   (goal 60)"
    )


def gate(documents: list[PendingDocument]) -> None:
    """Megabytes of UTF-8 per second that the gate looks through."""
    texts = [d.text for d in documents]
    size = sum(len(text.encode()) for text in texts) / 1e6
    best = min(seconds(lambda: [opens(text) for text in texts]) for _ in range(5))
    print(f"gate           {size / best:8.1f} MB/s   (goal 30)")


def _parse(nlp: Language, texts: list[str], found: list[Doc]) -> None:
    found.extend(nlp.pipe(texts, batch_size=64))


def sentences(count: int) -> None:
    """Gated sentences per second, and whether heads and labels are those of plain ja_ginza."""
    texts = [p for t in read_all(training_files(FOLDER)) for p in pieces(t.body) if opens(p)][
        :count
    ]
    ours, plain = load_pipeline(), spacy.load("ja_ginza")
    list(ours.pipe(texts[:20])), list(plain.pipe(texts[:20]))
    docs: list[list[Doc]] = [[], []]
    fast, slow = [], []
    for _ in range(ROUNDS):  # in turn, so that a neighbour's load falls on both
        for nlp, found, took in ((ours, docs[0], fast), (plain, docs[1], slow)):
            found.clear()
            took.append(seconds(partial(_parse, nlp, texts, found)))
    same = sum(
        [(t.text, t.head.i, t.dep_) for t in a] == [(t.text, t.head.i, t.dep_) for t in b]
        for a, b in zip(*docs, strict=True)
    )
    print(
        f"sentences      ours {len(texts) / min(fast):8.1f}/s   ja_ginza {len(texts) / min(slow):6.1f}/s   "
        f"{min(slow) / min(fast):6.1f} x   (goal 4; best of {ROUNDS} each, in turn; "
        f"{same} of {len(texts)} parses identical)"
    )


def cold_start() -> None:
    """Seconds from nothing to the findings of one short text."""
    line = json.dumps(
        {"id": "1", "title": "銀行", "body": "銀行は住民票コードを使う方針を固めた。"}
    )
    command = [sys.executable, "-m", "scopewatch", "classify", "-"]
    took = seconds(
        lambda: subprocess.run(command, input=line, text=True, check=True, capture_output=True)
    )
    print(f"cold start     {took:8.1f} s   (goal 6)")


@cache
def _reader() -> Classifier:
    """The process's own model, loaded before the clock starts: the cold start has a line of its own."""
    return Classifier()


def _share(documents: list[PendingDocument]) -> int:
    return sum(1 for document in documents if _reader().read(document))


def _burn(rounds: int) -> float:
    """Work of the same kind that shares nothing: matrix products as a sentence batch has, and a dict."""
    threadpool_limits(limits=1, user_api="blas")
    left, right = np.ones((2000, 768), "f"), np.ones((768, 768), "f")
    total = 0.0
    for _ in range(rounds):
        total += float((left @ right)[0, 0])
        total += len({n: str(n) for n in range(20_000)})
    return total


def scaling(documents: list[PendingDocument]) -> None:
    """How much sooner two processes are done than one, each with its own model, loaded; and bare work here."""
    halves = [documents[::2], documents[1::2]]
    one, two, alone, both = [], [], [], []
    with ProcessPoolExecutor(2, get_context("spawn")) as pool:
        list(pool.map(_share, [documents[:40], documents[:40]]))
        for _ in range(ROUNDS):
            one.append(seconds(lambda: pool.submit(_share, documents).result()))
            two.append(seconds(lambda: list(pool.map(_share, halves))))
            alone.append(seconds(lambda: pool.submit(_burn, 200).result()))
            both.append(seconds(lambda: list(pool.map(_burn, [100, 100]))))
    print(
        f"two processes  {min(one) / min(two):8.2f} x one   (goal 1.8 on 2 idle cores; {os.cpu_count()} here, "
        f"where bare work that shares nothing gains {min(alone) / min(both):.2f} x)"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=2000)
    parser.add_argument("--sample", type=int, default=30)
    options = parser.parse_args()
    documents = mix(options.documents)
    gate(documents)
    cold_start()
    sentences(300)
    day(documents, options.sample)
    scaling([d for d in documents if opens(d.title) or opens(d.text)])
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
    print(f"peak memory    {peak:8.0f} MB with both pipelines loaded   (goal 1200 for ours alone)")


if __name__ == "__main__":
    main()
