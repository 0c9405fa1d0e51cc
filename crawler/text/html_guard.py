"""Read any HTML page within limits: ordinary ones here, heavy ones in a child process.

Measured (lxml 6.1, trafilatura 2.3.1): 80,000 tags take up to 26 s and one element with 300,000
attributes does not end; 12,000 tags take under 5 s. Of 40,000 paragraphs (10 s) half was one XPath union.
`python -m crawler.text.html_guard BYTES SECONDS` is the child: JSON on standard input and output, cut off after so
many seconds of processor.
"""

from __future__ import annotations

import html
import io
import json
import re
import sys
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from crawler.text.html import Article, ArticleSelectors, read_html
from crawler.text.markup import one_line, pieces, plain
from crawler.text.reading_child import LIMITS, ask, limit
from data.models import Moment

LIGHT_TAGS = 12_000
LIGHT_CHARACTERS = 1_000_000
LIGHT_TAG = 30_000
"""Characters of one tag; an inline image is longer, and the page then merely takes the longer way."""
MEMORY = 460 << 20
"""Address space of the child, at most; 330 MB were the most that a page took."""
CPU_SECONDS = 10
CLOCK_SECONDS = 16
MAX_CHARACTERS = 4 << 20
_HEAVY_TAG = re.compile(rf"<(?![!?])[^<]{{{LIGHT_TAG}}}")
_TITLE = re.compile(r"<title\b[^<>]{0,200}>([^<]{1,2000})", re.IGNORECASE)
_BREAK = re.compile(
    r"</?(?:p|div|br|li|tr|h[1-6]|td|th|dd|dt|section|article)\b[^<>]{0,300}>", re.IGNORECASE
)
# A lazy dot keeps no stack: a repeated group over five million < took 700 MB.
_SCRIPT = re.compile(r"<(script|style)\b[^<>]{0,500}>.*?(?=</\1|\Z)", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(r"<[^<>]*>")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Selectors:
    title: str | None = None
    text: str | None = None
    date: str | None = None
    byline: str | None = None
    drop: tuple[str, ...] = ()


def read_page(
    markup: str,
    *,
    url: str | None = None,
    near: datetime | None = None,
    selectors: ArticleSelectors | None = None,
) -> Article:
    """As `read_html`, in less than 20 s and 600 MB; what exceeds the child's limits gives its bare words,
    status `truncated`.
    """
    if _is_light(markup):
        light = read_html(markup, url=url, near=near, selectors=selectors)
        # lxml drops what is nested too deep; its words are still there.
        return light if light.status != "empty" else _bare(markup)
    kept = markup[:MAX_CHARACTERS]
    found = _from_child(kept, url, near, selectors)
    if found is None or found.status == "empty":
        found = _bare(kept)
    return (
        found
        if len(kept) == len(markup) or found.status != "ok"
        else replace(found, status="truncated")
    )


def _is_light(markup: str) -> bool:
    return (
        len(markup) <= LIGHT_CHARACTERS
        and markup.count("<") <= 2 * LIGHT_TAGS
        and _HEAVY_TAG.search(markup) is None
    )


def _from_child(
    markup: str, url: str | None, near: datetime | None, selectors: ArticleSelectors | None
) -> Article | None:
    given = {
        "markup": markup,
        "url": url,
        "near": near.isoformat() if near else None,
        "selectors": selectors
        and {
            name: getattr(selectors, name) for name in ("title", "text", "date", "byline", "drop")
        },
    }
    body = json.dumps(given, ensure_ascii=False).encode("utf-8", "replace")
    found = ask(
        "crawler.text.html_guard", CPU_SECONDS, body=body, memory=MEMORY, clock=CLOCK_SECONDS
    )
    if found == LIMITS:
        return None
    date = found.pop("published")
    moment = date and Moment(at=datetime.fromisoformat(date[0]), precision=date[1], raw=date[2])
    return Article(**found, published=moment)


def _bare(markup: str) -> Article:
    """Words without structure, by expressions that take linear time."""
    title = _TITLE.search(markup[:200_000])
    text, kept = io.StringIO(), io.StringIO()  # not lists: a million short lines take 80 MB
    for piece in pieces(_SCRIPT.sub("", markup)):
        text.write(html.unescape(_TAG.sub("", _BREAK.sub("\n", piece))))
    text.seek(0)
    for raw in text:
        if line := one_line(raw):
            kept.write(f"{line}\n")
    lines = kept.getvalue().rstrip("\n")
    return Article(
        title=plain(title[1]) if title else "",
        text=lines,
        published=None,
        lead="",
        byline="",
        canonical_url=None,
        status="truncated" if lines else "title_only" if title else "empty",
    )


def _answer(given: dict[str, Any]) -> dict[str, Any]:
    chosen = given["selectors"] and _Selectors(
        **{**given["selectors"], "drop": tuple(given["selectors"]["drop"])}
    )
    near = datetime.fromisoformat(given["near"]) if given["near"] else None
    found = read_html(given["markup"], url=given["url"], near=near, selectors=chosen)
    date = found.published
    return {
        "title": found.title,
        "text": found.text,
        "published": date and (date.at.isoformat(), date.precision, date.raw),
        "lead": found.lead,
        "byline": found.byline,
        "canonical_url": found.canonical_url,
        "status": found.status,
    }


if __name__ == "__main__":
    limit(int(sys.argv[1]), int(sys.argv[2]))
    found = json.dumps(_answer(json.loads(sys.stdin.buffer.read())), ensure_ascii=False)
    sys.stdout.buffer.write(found.encode("utf-8", "surrogatepass"))
