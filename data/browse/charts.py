"""Charts as plain SVG geometry that a template draws; every chart has the table that it was made from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from data.browse.rows import Row
from data.vocabulary import Sector

WIDTH, HEIGHT = 720, 200
LEFT, BOTTOM, TOP = 36, 24, 8


@dataclass(frozen=True, slots=True)
class Bar:
    """One coloured rectangle: a sector in a month."""

    x: float
    y: float
    width: float
    height: float
    word: str
    month: str
    count: int


@dataclass(frozen=True, slots=True)
class Tick:
    at: float
    text: str


@dataclass(frozen=True, slots=True)
class StackedBars:
    """Counts by month and sector: rectangles, axis marks, and the same as rows of a table."""

    bars: tuple[Bar, ...]
    months: tuple[Tick, ...]
    levels: tuple[Tick, ...]
    words: tuple[str, ...]
    table: tuple[tuple[str, tuple[int, ...]], ...]


def stacked_bars(counts: Sequence[Row], months: Sequence[str]) -> StackedBars:
    """A column for each of `months` (YYYY-MM), stacked by sector; months without events stay empty."""
    by_cell = {(row["month"], row["sector"]): row["n"] for row in counts}
    present = tuple(s.value for s in Sector if any(by_cell.get((m, s.value)) for m in months))
    table = tuple(
        (month, tuple(by_cell.get((month, word), 0) for word in present)) for month in months
    )
    highest = max((sum(cells) for _, cells in table), default=0)
    top = _round_up(highest)
    slot = (WIDTH - LEFT) / max(len(months), 1)
    bars: list[Bar] = []
    for index, (month, cells) in enumerate(table):
        base = float(HEIGHT - BOTTOM)
        for word, count in zip(present, cells, strict=True):
            if count:
                height = count / top * (HEIGHT - BOTTOM - TOP)
                base -= height
                x = LEFT + index * slot + slot * 0.15
                bars.append(
                    Bar(round(x, 1), round(base, 1), round(slot * 0.7, 1), round(height, 1),
                        word, month, count)
                )  # fmt: skip
    every = max(1, -(-len(months) // 8))
    return StackedBars(
        bars=tuple(bars),
        months=tuple(
            Tick(round(LEFT + (i + 0.5) * slot, 1), month)
            for i, month in enumerate(months)
            if i % every == 0
        ),
        levels=tuple(
            Tick(round(HEIGHT - BOTTOM - share * (HEIGHT - BOTTOM - TOP), 1), f"{top * share:g}")
            for share in ((0, 0.5, 1) if top % 2 == 0 else (0, 1))
        ),
        words=present,
        table=table,
    )


def _round_up(highest: int) -> int:
    """The smallest of 1, 2, 4, 10, 20, 40, 100, … that is not below `highest`."""
    scale = 1
    while True:
        for step in (1, 2, 4):
            if highest <= step * scale:
                return step * scale
        scale *= 10


def months_until(last: str, count: int) -> list[str]:
    """The `count` months that end with `last` (YYYY-MM), oldest first."""
    year, month = int(last[:4]), int(last[5:7])
    numbers = range(year * 12 + month - count, year * 12 + month)
    return [f"{number // 12:04d}-{number % 12 + 1:02d}" for number in numbers]
