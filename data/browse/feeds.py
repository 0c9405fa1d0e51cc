"""Feeds of the ledger's events: Atom (RFC 4287) and JSON Feed 1.1, of everything, a filter, or one use case."""

from __future__ import annotations

import json
import re
import sqlite3
from dataclasses import dataclass
from uuid import UUID, uuid5

from lxml import etree

from data.browse import ledger_queries as ledger
from data.browse import links, words
from data.browse.rows import Row
from data.browse.visit import Finished, NoSuchRecord, Visit
from data.licence import LICENCE
from data.names import Language
from data.vocabulary import Identifier, Sector, Stage

ENTRIES = 50
ATOM = "http://www.w3.org/2005/Atom"
EPOCH = "1970-01-01T00:00:00Z"
"""What an empty feed says of its last change; it must not move with the clock."""
NAMES = UUID("7f9b8d52-6a0c-5f0e-9d2e-3a0d4c1a7b11")
"""Name space of our entries' ids: they stay the same when the site moves to another address."""
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
VOCABULARY = {"sector": Sector, "identifier": Identifier, "stage": Stage}


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """A list of events under one address, in the reader's language."""

    title: str
    path: str
    home: str
    origin: str
    language: Language
    events: list[Row]

    @property
    def updated(self) -> str:
        return max((event["recorded_at"] for event in self.events), default=EPOCH)


def feed(connection: sqlite3.Connection, visit: Visit) -> Finished:
    """All events, or those of a word of the vocabulary; `?sector=&identifier=&stage=` narrow either."""
    chosen = {key: visit.choice(key, group) for key, group in VOCABULARY.items()}
    by, word = visit.matched.get("by"), visit.matched.get("word")
    if by and word:
        if word not in {member.value for member in VOCABULARY[by]}:
            raise NoSuchRecord
        chosen[by] = word
    names = [words.label(key, value, visit.language) for key, value in chosen.items() if value]
    stem = f"/-/feed/{by}/{word}" if by else "/-/feed/all"
    extra = {key: value for key, value in chosen.items() if key != by}
    return _render(
        Feed(
            title=" · ".join(["scopewatch", *names]),
            path=links.own(f"{stem}.{visit.matched['format']}", visit.chosen, **extra),
            home=links.own("/", visit.chosen),
            origin=visit.origin,
            language=visit.language,
            events=ledger.recorded_events(connection, ENTRIES, **chosen),
        ),
        visit.matched["format"],
    )


def feed_of_filter(connection: sqlite3.Connection, visit: Visit) -> Finished:
    """The events that pass one of the operator's saved filters."""
    name, form = visit.matched["name"], visit.matched["format"]
    chosen = visit.filters.get(name)
    if chosen is None:
        raise NoSuchRecord
    return _render(
        Feed(
            title=f"scopewatch · {name}",
            path=links.own(f"/-/feed/filter/{name}.{form}", visit.chosen),
            home=links.own("/", visit.chosen),
            origin=visit.origin,
            language=visit.language,
            events=ledger.filtered_events(connection, ENTRIES, chosen),
        ),
        form,
    )


def feed_of_use_case(connection: sqlite3.Connection, visit: Visit) -> Finished:
    """The events of one use case."""
    use = ledger.use_case(connection, visit.matched["id"])
    if use is None:
        raise NoSuchRecord
    form = visit.matched["format"]
    title = words.title_of(use["subject"], use["identifier"], visit.language)
    return _render(
        Feed(
            title=f"scopewatch · {title}",
            path=links.record("use-case", use["id"], visit.chosen, f".{form}")
            if form == "atom"
            else links.record("feed/use-case", use["id"], visit.chosen, ".json"),
            home=links.record("use-case", use["id"], visit.chosen),
            origin=visit.origin,
            language=visit.language,
            events=ledger.recorded_events(connection, ENTRIES, use_case_id=use["id"]),
        ),
        form,
    )


def _render(made: Feed, form: str) -> Finished:
    if form == "atom":
        return Finished(body=atom(made), content_type="application/atom+xml; charset=utf-8")
    return Finished(body=json_feed(made), content_type="application/feed+json; charset=utf-8")


def atom(made: Feed) -> str:
    """The feed as Atom; text is text, never markup, and illegal characters are dropped."""
    root = etree.Element(f"{{{ATOM}}}feed", nsmap={None: ATOM})
    root.set("{http://www.w3.org/XML/1998/namespace}lang", made.language)
    _add(root, "id", f"urn:uuid:{uuid5(NAMES, made.path)}")
    _add(root, "title", made.title)
    _add(root, "updated", made.updated)
    _add(root, "link", rel="self", href=made.origin + made.path)
    _add(root, "link", rel="alternate", href=made.origin + made.home)
    _add(_add(root, "author"), "name", "scopewatch")
    _add(root, "rights", LICENCE)
    for event in made.events:
        entry = _add(root, "entry")
        _add(entry, "id", event_urn(event))
        _add(entry, "title", event_title(event, made.language))
        _add(entry, "updated", event["recorded_at"])
        _add(entry, "published", event["at"])
        _add(entry, "link", rel="alternate", href=finding_url(made, event))
        original = links.original(event["url"])
        if original:
            _add(entry, "link", rel="via", href=original)
        _add(entry, "category", term=event["sector"])
        _add(entry, "category", term=event["kind"])
        _add(entry, "content", event_text(event, made.language), type="text")
    text: bytes = etree.tostring(root, xml_declaration=True, encoding="utf-8", pretty_print=True)
    return text.decode()


def _add(parent: etree._Element, name: str, text: str = "", **attributes: str) -> etree._Element:
    child = etree.SubElement(parent, f"{{{ATOM}}}{name}")
    for key, value in attributes.items():
        child.set(key, _NOT_XML.sub("", value))
    if text:
        child.text = _NOT_XML.sub("", text)
    return child


def json_feed(made: Feed) -> str:
    """The feed as JSON Feed 1.1; what is ours alone stands under `_scopewatch`."""
    return json.dumps(
        {
            "version": "https://jsonfeed.org/version/1.1",
            "title": made.title,
            "home_page_url": made.origin + made.home,
            "feed_url": made.origin + made.path,
            "language": made.language,
            "_scopewatch": {"licence": LICENCE},
            "items": [_item(made, event) for event in made.events],
        },
        ensure_ascii=False,
        indent=1,
    )


def _item(made: Feed, event: Row) -> Row:
    item = {
        "id": event_urn(event),
        "url": finding_url(made, event),
        "title": event_title(event, made.language),
        "content_text": event_text(event, made.language),
        "date_published": event["at"],
        "date_modified": event["recorded_at"],
        "tags": [event["sector"], event["identifier"], event["kind"]],
        "_scopewatch": {
            key: event[key]
            for key in ("use_case_id", "kind", "stage_before", "stage_after", "standing", "actor")
        },
    }
    original = links.original(event["url"])
    return {**item, "external_url": original} if original else item


def event_urn(event: Row) -> str:
    """The name of an event, the same wherever and however often it is published."""
    return f"urn:uuid:{uuid5(NAMES, event['id'])}"


def finding_url(made: Feed, event: Row) -> str:
    """The address of the page that proves an event."""
    return made.origin + links.record("finding", event["finding_id"])


def event_title(event: Row, language: Language) -> str:
    """警察×番号: 否定・停止からの転換（否定 → 決定・予定）."""
    use = words.title_of(event["subject"], event["identifier"], language)
    before = words.label("stage", event["stage_before"], language)
    after = words.label("stage", event["stage_after"], language)
    move = f"{before} → {after}" if before and before != after else after
    return f"{use}: {words.label('event', event['kind'], language)} ({move})"


def event_text(event: Row, language: Language) -> str:
    """The sentence that proves an event, who and where; for a reversal, the earlier one before it."""
    lines = []
    if event["against_finding_id"]:
        lines.append(
            f"{words.say('then', language)} {words.day(event['against_at'])}: 「{event['against_evidence']}」 "
            f"({event['against_actor'] or event[f'against_publisher_{language}']})"
        )
        lines.append(f"{words.say('later', language)} {words.day(event['at'])}:")
    lines.append(
        f"「{event['evidence']}」 ({event['actor'] or event[f'publisher_{language}']}, {words.day(event['at'])})"
    )
    lines.append(words.label("standing", event["standing"], language))
    return "\n".join(lines)
