"""Put a digest into words: plain text, Markdown or HTML, in Japanese, English or both."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache, lru_cache
from typing import Any, Literal
from urllib.parse import quote

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from alerts import inert, words
from alerts.digest import Change, Digest
from alerts.words import languages_of
from data.names import Language, name
from data.vocabulary import EventKind

Format = Literal["text", "markdown", "html"]
TEMPLATES: dict[Format, str] = {
    "text": "digest.txt",
    "markdown": "digest.md",
    "html": "digest.html",
}
MOST_CHANGES = 60
"""Changes that a message spells out; the rest are counted and linked."""
MOST_COMPARISONS = 10
MOST_DEADLINES = 20
MOST_FAILING = 15
UNSUBSCRIBE_SLOT = "<!-- unsubscribe -->"
"""A comment at the end of the HTML where e-mail puts its link; the token is not kept in the outbox."""
COLOURS = {
    EventKind.REVERSAL: "#b42318",
    EventKind.ADVANCE: "#b54708",
    EventKind.NEW: "#1d4ed8",
    EventKind.HALT: "#475467",
    EventKind.DENIAL: "#067647",
}
LIGHT_COLOURS = {
    EventKind.REVERSAL: "#ff9b8f",
    EventKind.ADVANCE: "#fdb876",
    EventKind.NEW: "#8fb4ff",
    EventKind.HALT: "#b8c0cc",
    EventKind.DENIAL: "#6fd3a0",
}
"""The same on a dark ground."""
SPOKEN = (
    "say", "phrase", "sentence", "gloss", "compared_gloss", "use_case", "before", "steps", "step", "between", "apart",
    "source", "source_name", "since", "read", "counts", "tally", "nothing", "due", "titled", "day", "dated",
    "subject_line",
)  # fmt: skip
"""What templates ask alerts/words.py for."""


@cache
def _environment() -> Environment:
    # Only the HTML form is HTML; Markdown and text escape by the filters of alerts/inert.py.
    environment = Environment(
        loader=PackageLoader("alerts"),
        autoescape=lambda file: file is not None and file.endswith(".html"),  # noqa: S701
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
        keep_trailing_newline=True,
    )
    environment.filters |= {
        "line": inert.line,
        "markdown": inert.markdown,
        "link": inert.link,
        "host": inert.host,
        "segment": segment,
    }
    environment.globals |= {
        "change_block": change_block,
        "name": name,
        "colour": COLOURS.__getitem__,
        "light": LIGHT_COLOURS.__getitem__,
        "kinds": tuple(COLOURS),
        "finding_page": finding_page,
        "promise_page": promise_page,
        "also_seen_page": also_seen_page,
        **{word: getattr(words, word) for word in SPOKEN},
    }
    return environment


def segment(text: str) -> str:
    """`text` as one segment of a path."""
    return quote(text, safe="")


def finding_page(public_url: str, finding_id: str) -> str:
    return f"{public_url}/-/finding/{segment(finding_id)}"


def promise_page(public_url: str, promise_id: str) -> str:
    return f"{public_url}/-/promise/{segment(promise_id)}"


def also_seen_page(public_url: str) -> str:
    return f"{public_url}/watch/findings?state=also_seen&_sort_desc=read_at"


def languages(digest: Digest) -> tuple[Language, ...]:
    return languages_of(digest.subscriber)


def subject(digest: Digest) -> str:
    """The subject line in the subscriber's first language, inert."""
    return inert.line(words.subject_line(digest, languages(digest)[0]), 120)


def render_report(subject: str, said: dict[Language, Any], public_url: str | None) -> str:
    """The operator's report as a page: in each language its sections, with `title` and `rows`."""
    template = _environment().get_template("report.html")
    return template.render(subject=subject, said=said, public_url=public_url).lstrip()


def base_url(public_url: str | None) -> str | None:
    return public_url.rstrip("/") if public_url else None


@dataclass(frozen=True, slots=True)
class Room:
    """How many of each a message spells out; the rest are counted and, where there is a page, linked."""

    changes: int = MOST_CHANGES
    comparisons: int = MOST_COMPARISONS
    deadlines: int = MOST_DEADLINES


def render(digest: Digest, form: Format, public_url: str | None, room: Room = Room()) -> str:
    """The whole digest as one text. Links lead to `public_url` when it is known, else to the originals."""
    return (
        _environment()
        .get_template(TEMPLATES[form])
        .render(_values(digest, form, base_url(public_url), room))
        .lstrip()
    )


def render_within(digest: Digest, form: Format, public_url: str | None, most_bytes: int) -> str:
    """As `render`, with as much as fits into `most_bytes` of UTF-8; the rest is counted.

    Comparisons and dates give way until they leave the changes half of the room, then the changes do.
    """
    room = Room(changes=min(MOST_CHANGES, len(digest.changes)))
    text = render(digest, form, public_url, room)
    if len(text.encode()) <= most_bytes:
        return text
    while room.comparisons + room.deadlines:
        bare = len(render(digest, form, public_url, replace(room, changes=0)).encode())
        if bare <= most_bytes // 2:
            break
        room = replace(
            room, comparisons=room.comparisons * 2 // 3, deadlines=room.deadlines * 2 // 3
        )
    while True:
        text = render(digest, form, public_url, room)
        size = len(text.encode())
        if size <= most_bytes or room.changes == 0:
            return text
        room = replace(room, changes=min(room.changes - 1, room.changes * most_bytes // size))


@lru_cache(maxsize=8192)
def change_block(change: Change, form: Format, language: Language, public_url: str | None) -> str:
    """One change in words: made once, however many digests of a pass tell it."""
    template = _environment().get_template(TEMPLATES[form].replace("digest", "change"))
    block = template.render(change=change, language=language, public_url=public_url)
    return Markup(block) if form == "html" else block  # noqa: S704 - autoescaped by its template


def _values(digest: Digest, form: Format, public_url: str | None, room: Room) -> dict[str, Any]:
    failing = digest.coverage.failing
    return {
        "digest": digest,
        "form": form,
        "subject": subject(digest),
        "preheader": words.preheader(digest, languages(digest)[0]),
        "languages": languages(digest),
        "shown": digest.changes[: room.changes],
        "rest": max(len(digest.changes) - room.changes, 0),
        "compared": digest.comparisons[: room.comparisons],
        "more_compared": max(len(digest.comparisons) - room.comparisons, 0),
        "due_soon": digest.deadlines[: room.deadlines],
        "more_due": max(len(digest.deadlines) - room.deadlines, 0),
        "failing": failing[:MOST_FAILING],
        "more_failing": max(len(failing) - MOST_FAILING, 0),
        "public_url": public_url,
    }
