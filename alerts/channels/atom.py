"""The Atom channel: one feed file per subscriber, so one per filter, with ids that never change."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from lxml import etree

from alerts import inert, words
from alerts.channels.base import Letter, Receipt
from alerts.channels.file import write_whole
from alerts.digest import Change, Digest, reminder
from alerts.render import base_url, finding_page, languages, promise_page
from data.clock import to_text, tokyo
from data.config import Config
from data.names import use_case_name
from data.store.outbox import Part
from data.store.told import ToldComparison, ToldDeadline

NAMESPACE = "http://www.w3.org/2005/Atom"
MOST_ENTRIES = 100
_ATOM = f"{{{NAMESPACE}}}"


class AtomChannel:
    """Writes digests/feeds/<subscriber>.atom: new entries first, a repeated one replaces itself."""

    def __init__(self, config: Config) -> None:
        self._directory = config.digests / "feeds"
        self._public_url = base_url(config.browse.public_url)

    def parts(self, digest: Digest, target: str) -> list[str]:
        language = languages(digest)[0]
        coverage = digest.coverage
        return [
            json.dumps(
                {
                    "feed": digest.subscriber.name,
                    "title": f"{words.say('title', language)}: {digest.subscriber.name}",
                    "subtitle": words.say(
                        "read", language, enabled=coverage.enabled, read=coverage.read
                    ),
                    "updated": to_text(digest.composed_at),
                    "language": language,
                    "entries": [
                        *(_entry(change, digest, self._public_url) for change in digest.changes),
                        *(_compared(c, digest, self._public_url) for c in digest.comparisons),
                        *(_due(deadline, digest) for deadline in digest.deadlines),
                    ],
                },
                ensure_ascii=False,
            )
        ]

    def letter(self, letter: Letter, target: str) -> list[str]:
        """A feed has no operator to write to."""
        return []

    def send(self, part: Part, target: str) -> Receipt:
        payload = json.loads(part.payload)
        path = self._directory / f"{payload['feed']}.atom"
        try:
            write_whole(path, feed(payload, kept_entries(path)))
        except OSError as error:
            return Receipt("temporary", f"{path}: {error.strerror}", down=True)
        return Receipt("sent", str(path))

    def close(self) -> None:
        """Nothing is kept open."""


def _entry(change: Change, digest: Digest, public_url: str | None) -> dict[str, Any]:
    event, language = change.event, languages(digest)[0]
    original = inert.link(event.quotation.url)
    return {
        "id": f"urn:scopewatch:event:{event.id}",
        "title": inert.line(
            f"{words.use_case(change, language)}: {words.steps(change, language)}", 200
        ),
        "updated": to_text(digest.composed_at),
        "published": to_text(event.at),
        "link": finding_page(public_url, event.quotation.finding_id) if public_url else original,
        "original": original,
        "category": str(event.kind),
        "summary": " ".join(
            (
                *(words.gloss(change, x) for x in languages(digest)),
                f"「{inert.line(event.quotation.text)}」",
                inert.line(event.quotation.actor or "", 80),
                inert.line(words.source(event.quotation, language), 80),
            )
        ).strip(),
    }


def _compared(comparison: ToldComparison, digest: Digest, public_url: str | None) -> dict[str, Any]:
    original = inert.link(comparison.later.url)
    language = languages(digest)[0]
    use_case = use_case_name(comparison.subject, comparison.identifier, language)
    quotations = (comparison.promised, comparison.later)
    return {
        "id": f"urn:scopewatch:{comparison.id}",
        "title": inert.line(f"{words.say('compared', language)}: {use_case}", 200),
        "updated": to_text(digest.composed_at),
        "published": to_text(comparison.later.at),
        "link": promise_page(public_url, comparison.promise_id) if public_url else original,
        "original": original,
        "category": "comparison",
        "summary": " ".join(
            (
                *(words.compared_gloss(comparison, x) for x in languages(digest)),
                *(
                    f"{words.day(said.at, language)}「{inert.line(said.text)}」"
                    f"{inert.line(said.actor or '', 80)}"
                    for said in quotations
                ),
            )
        ),
    }


def _due(deadline: ToldDeadline, digest: Digest) -> dict[str, Any]:
    language = languages(digest)[0]
    title = inert.line(words.titled(deadline, language), 160)
    return {
        "id": f"urn:scopewatch:{reminder(deadline, tokyo(digest.composed_at).date())}",
        "title": f"{words.due(digest, deadline, language)}: {title}",
        "updated": to_text(digest.composed_at),
        "published": to_text(digest.composed_at),
        "link": inert.link(deadline.url),
        "original": None,
        "category": "deadline",
        "summary": title,
    }


def kept_entries(path: Path) -> list[etree._Element]:
    """The entries of the feed as it is; none when there is no feed or it cannot be read."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    try:
        root = etree.fromstring(path.read_bytes(), parser)
    except (FileNotFoundError, etree.XMLSyntaxError):
        return []
    return list(root.findall(f"{_ATOM}entry"))


def feed(payload: dict[str, Any], kept: list[etree._Element]) -> str:
    """The feed's XML: all of the payload's entries, then those kept, as far as a hundred leave room."""
    root = etree.Element(f"{_ATOM}feed", nsmap={None: NAMESPACE})
    root.set("{http://www.w3.org/XML/1998/namespace}lang", payload["language"])
    for name in ("title", "subtitle", "updated"):
        etree.SubElement(root, _ATOM + name).text = payload[name]
    etree.SubElement(root, f"{_ATOM}id").text = f"urn:scopewatch:feed:{payload['feed']}"
    author = etree.SubElement(root, f"{_ATOM}author")
    etree.SubElement(author, f"{_ATOM}name").text = "scopewatch"
    new = {entry["id"] for entry in payload["entries"]}
    for entry in payload["entries"]:
        _append(root, entry)
    room = max(MOST_ENTRIES - len(payload["entries"]), 0)
    old = [element for element in kept if element.findtext(f"{_ATOM}id") not in new]
    root.extend(old[:room])
    return str(etree.tostring(root, encoding="unicode", pretty_print=True))


def _append(root: etree._Element, entry: dict[str, Any]) -> None:
    element = etree.SubElement(root, f"{_ATOM}entry")
    for name in ("id", "title", "updated", "published", "summary"):
        etree.SubElement(element, _ATOM + name).text = entry[name]
    etree.SubElement(element, f"{_ATOM}category", term=entry["category"])
    if entry["link"]:
        etree.SubElement(element, f"{_ATOM}link", rel="alternate", href=entry["link"])
    if entry["original"]:
        etree.SubElement(element, f"{_ATOM}link", rel="via", href=entry["original"])
