"""Put a digest into words: plain text, Markdown or HTML, in Japanese, English or both."""

from __future__ import annotations

from functools import cache
from typing import Literal

from jinja2 import Environment, PackageLoader, StrictUndefined

from alerts import inert, words
from alerts.digest import Digest
from data.names import Language, name

Format = Literal["text", "markdown", "html"]
TEMPLATES: dict[Format, str] = {
    "text": "digest.txt",
    "markdown": "digest.md",
    "html": "digest.html",
}
MOST_CHANGES = 60
"""Changes that a message spells out; the rest are counted and linked (Gmail clips at 102 KB)."""


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
    }
    environment.globals |= {
        "say": words.say,
        "gloss": words.gloss,
        "use_case": words.use_case,
        "steps": words.steps,
        "day": words.day,
        "name": name,
    }
    return environment


def languages(digest: Digest) -> tuple[Language, ...]:
    chosen = digest.subscriber.language
    return ("ja", "en") if chosen == "both" else (chosen,)


def subject(digest: Digest) -> str:
    """The subject line in the subscriber's first language, inert."""
    return inert.line(words.subject_line(digest, languages(digest)[0]), 80)


def render(digest: Digest, form: Format, public_url: str | None) -> str:
    """The whole digest as one text. Links lead to `public_url` when it is known, else to the originals."""
    return (
        _environment()
        .get_template(TEMPLATES[form])
        .render(
            digest=digest,
            subject=subject(digest),
            languages=languages(digest),
            shown=digest.changes[:MOST_CHANGES],
            rest=max(len(digest.changes) - MOST_CHANGES, 0),
            public_url=public_url.rstrip("/") if public_url else None,
        )
    )
