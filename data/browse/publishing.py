"""A static copy of the pages: ask them in process, follow their links, write files with relative links."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass
from html import escape, unescape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, unquote, urlsplit

from data.browse.visit import LANGUAGES
from data.errors import ScopewatchError

_LINK = re.compile(r'(?<= href=")/[^"]*(?=")')
_USE_CASE = re.compile(r"/-/use-case/[^.]+$")
_PUBLISHED = re.compile(r"/$|/assets/|/-/(?!search)")
MOST_FILES = 200_000
"""A copy larger than this is a job for the live pages."""


class UnpublishableError(ScopewatchError):
    """A page that another one leads to could not be made; the message names it."""


@dataclass(frozen=True, slots=True)
class Address:
    """A page of the copy: its path on the site and its language."""

    path: str
    language: str

    @property
    def file(self) -> str:
        """Where it lies: Japanese at the top, English under `en/`; no sign that a file system refuses."""
        path = unquote(self.path)
        if path.startswith("/assets/"):
            return path.lstrip("/")
        name = "index" if path == "/" else path.removeprefix("/-/").replace(":", "--")
        page = name if posixpath.splitext(name)[1] else f"{name}.html"
        return f"en/{page}" if self.language == "en" else page

    @property
    def question(self) -> str:
        if self.path.startswith("/assets/"):
            return self.path
        # What the live pages show on a second page, or in a table, is on the first in a copy.
        whole = "&all=1" if _USE_CASE.match(self.path) else ""
        return f"{self.path}?lang={self.language}{whole}"


async def publish(datasette: Any, directory: Path) -> int:
    """Write every page that can be reached from the front page in both languages; says how many files.

    `directory` must be new or empty. Raises `UnpublishableError`.
    """
    waiting = [Address("/", language) for language in LANGUAGES]
    known = set(waiting)
    done = 0
    while waiting:
        address = waiting.pop()
        answer = await datasette.client.request("GET", address.question, avoid_path_rewrites=True)
        if answer.status_code != 200:
            raise UnpublishableError(f"{address.path}: answered {answer.status_code}")
        content = answer.content
        if answer.headers["content-type"].startswith("text/html"):
            content, found = relink(answer.text, address)
            waiting += sorted(found - known, key=lambda each: each.path)
            known |= found
        target = directory / address.file
        if not target.resolve().is_relative_to(directory.resolve()):
            raise UnpublishableError(f"{address.path}: would lie outside of {directory}")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
        done += 1
        if len(known) > MOST_FILES:
            raise UnpublishableError(f"more than {MOST_FILES:,} pages can be reached")
    return done


def relink(html: str, address: Address) -> tuple[bytes, set[Address]]:
    """The page with links between files instead of addresses, and the pages that it leads to."""
    found: set[Address] = set()
    here = posixpath.dirname(address.file)

    def moved(match: re.Match[str]) -> str:
        parts = urlsplit(unescape(match.group()))
        if not _PUBLISHED.match(parts.path):
            return match.group()
        asked = parse_qs(parts.query).get("lang", [address.language])[0]
        target = Address(parts.path, "ja" if parts.path.startswith("/assets/") else asked)
        found.add(target)
        anchor = f"#{parts.fragment}" if parts.fragment else ""
        return escape(quote(posixpath.relpath(target.file, here or ".")) + anchor)

    return _LINK.sub(moved, html).encode(), found
