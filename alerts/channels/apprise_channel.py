"""The apprise channel: Matrix, Discord, LINE and many more, through the optional package apprise."""

from __future__ import annotations

import json
import logging
import os
import re
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import Any

from alerts.channels.base import Letter, Receipt
from alerts.channels.shared import Shared
from alerts.digest import Digest
from alerts.inert import line
from alerts.render import render, subject
from data.config import Config
from data.store.outbox import Part

MOST_CHARACTERS = 1_800
"""Discord takes 2,000 characters in a message, others more."""
_MARKUP = re.compile(r"(?m)(?<= )https?://\S+$|^\* |\]\(|[*_~`|@<>#]")
_WIDE = str.maketrans("*_~`|@<>#(", "＊＿～｀｜＠＜＞＃（")
MISSING = "apprise is not installed: pip install 'scopewatch[channels]'"


def installed() -> ModuleType | None:
    """The package apprise, or None: it is an extra."""
    return import_module("apprise") if find_spec("apprise") else None


class AppriseChannel:
    """`target` is the NAME of the variable with an address of apprise (discord://, matrix://, line://)."""

    def __init__(self, config: Config) -> None:
        self._public_url = config.browse.public_url
        self._shared: Shared[list[str]] = Shared()
        logging.getLogger("apprise").setLevel(logging.CRITICAL)

    def parts(self, digest: Digest, target: str) -> list[str]:
        return self._shared.of(
            digest.said,
            lambda: _payloads(subject(digest), render(digest, "text", self._public_url)),
        )

    def letter(self, letter: Letter, target: str) -> list[str]:
        return _payloads(letter.subject, "\n\n".join(line(text) for text in letter.lines))

    def send(self, part: Part, target: str) -> Receipt:
        apprise = installed()
        if apprise is None:
            return Receipt("temporary", MISSING)
        url = os.environ.get(target, "")
        way: Any = apprise.Apprise()
        if not url or not way.add(url):
            return Receipt("temporary", f"apprise: {target} holds no address that apprise knows")
        payload = json.loads(part.payload)
        done = way.notify(title=payload["title"], body=payload["body"], body_format="text")
        return (
            Receipt("sent", "apprise: taken") if done else Receipt("temporary", "apprise: refused")
        )

    def close(self) -> None:
        """Nothing is kept open."""


def _payloads(title: str, text: str) -> list[str]:
    """Messages cut at empty lines, numbered when there are several."""
    pieces: list[str] = [""]
    for paragraph in unmarked(text).split("\n\n"):
        for start in range(0, len(paragraph) or 1, MOST_CHARACTERS):
            piece = paragraph[start : start + MOST_CHARACTERS]
            joined = f"{pieces[-1]}\n\n{piece}".strip("\n")
            if len(joined) > MOST_CHARACTERS:
                pieces.append(piece)
            else:
                pieces[-1] = joined
    kept = [piece for piece in pieces if piece]
    return [
        json.dumps(
            {
                "title": unmarked(title) + (f" ({number}/{len(kept)})" if len(kept) > 1 else ""),
                "body": piece,
            },
            ensure_ascii=False,
        )
        for number, piece in enumerate(kept, 1)
    ]


def unmarked(text: str) -> str:
    """`text` without what some service reads as markup: pings by @, marks, links behind other words.

    The marks become their wide forms, but for our own bullets and the addresses that end our lines.
    """
    return _MARKUP.sub(
        lambda found: (
            found[0] if len(found[0]) > 2 or found[0] == "* " else found[0].translate(_WIDE)
        ),
        text,
    )
