"""Check an evidence zip on any machine: nothing but the file is needed, and nothing in it is trusted."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from crawler import chain
from crawler.claims import WHAT, Claims
from crawler.cover import cover
from crawler.decisions import MADE, is_page
from crawler.evidence import DOCUMENT, FINDING, FORMAT, NAMES
from crawler.pack_files import files_of, is_known, sums_hold
from crawler.raw_records import RawRecord, raw_record
from crawler.rereading import BAD_CONTENT
from crawler.shown import Response, from_list, response_in
from data.clock import from_text
from data.errors import InputError

LONGEST_READING = timedelta(hours=1)
"""Between a response and the document made of it; a PDF takes seconds."""
_FROM_FIELDS = frozenset({"api", "registry"})
"""What was put together from fields has labels and dates of its own, and need not stand there as it is."""
_RECORDS = {"record": "record.warc.gz", "list": "list.warc.gz"}
_WHOSE = {"record": "the record", "list": "the list's record"}


class OtherFormat(InputError):
    """A pack that another version of scopewatch made, or says so; it is neither right nor broken."""


@dataclass(frozen=True, slots=True)
class Check:
    """`holds` is None for what the pack does not show, such as the title in a record that lacks its list.

    A `remark` says what no pack can show by itself, and counts for nothing.
    """

    what: str
    holds: bool | None
    remark: bool = False


def verify(path: Path, known: str | None = None) -> list[Check]:
    """Every check with its outcome; raises `InputError` for what is no evidence zip at all.

    `known` is the hash of a manifest that was kept elsewhere: the pack's chain must hold it.
    """
    files = files_of(path)
    try:
        files["text.txt"].decode("utf-8", "surrogatepass")
    except ValueError as error:
        raise InputError(f"{path}: its text.txt is not UTF-8") from error
    try:
        facts = json.loads(files["evidence.json"])
        if facts.get("format") != FORMAT:
            raise OtherFormat(
                f"{path}: was packed by another version of scopewatch, and is not checked: pack it anew"
            )
        checks = [
            Check("it holds the files of a pack and no others", all(map(is_known, files))),
            Check("each file has the hash that SHA256SUMS names", sums_hold(files)),
            Check("evidence.json says what a pack says and no more", _is_complete(facts)),
            *_text(files["text.txt"], facts),
            *_responses(files, facts, known),
            Check(
                "the cover shows the facts as they are, and nothing else",
                files.get("cover.html") == cover(facts, files["text.txt"]),
            ),
        ]
        checks += [Check(one, None, remark=True) for one in _remarks(files, facts, known)]
    except BAD_CONTENT as error:
        raise InputError(f"{path}: its evidence.json is not one that scopewatch wrote") from error
    return checks


def _is_complete(facts: dict[str, Any]) -> bool:
    kept = {"document": DOCUMENT, "finding": FINDING, "names": NAMES}
    parts = all(not facts[part] or set(facts[part]) == set(keys) for part, keys in kept.items())
    return parts and set(facts) == {*kept, "format", "list", "record", "sealed", "shown"}


def _remarks(files: dict[str, bytes], facts: dict[str, Any], known: str | None) -> Iterator[str]:
    yield "the number of the version, and ids that no record names, are the own words of the store that packed this"
    if facts["finding"]:
        yield "identifier, sector and stage are what scopewatch makes of the sentence"
    last = chain.last_of(files)
    if last and not known:
        yield (
            f"that nobody wrote all manifests anew, only a hash from elsewhere shows (--known); the last here is "
            f"{last[1]}, of {last[0]}"
        )


def _text(body: bytes, facts: dict[str, Any]) -> Iterator[Check]:
    whole = body.decode("utf-8", "surrogatepass")
    title, _, text = whole.partition("\n")
    document = facts["document"]
    yield Check(
        "the text has the hash that the pack names",
        _sha256(text.encode("utf-8", "surrogatepass")) == document["text_sha256"]
        and title == document["title"],
    )
    finding = facts["finding"]
    if finding:
        sentence = finding["evidence"]
        yield Check(
            "the sentence stands in the text at its offsets",
            0 <= finding["start"] < finding["end"]
            and whole[finding["start"] : finding["end"]] == sentence
            and _sha256(sentence.encode("utf-8", "surrogatepass")) == finding["evidence_sha256"],
        )


def _responses(
    files: dict[str, bytes], facts: dict[str, Any], known: str | None
) -> Iterator[Check]:
    """The archived responses: whole, named by the manifests, and showing what the pack says of them."""
    held = {key: files[name] for key, name in _RECORDS.items() if name in files}
    if "record" not in held:
        claimed = facts["record"] or facts["list"] or facts["sealed"] or held
        yield Check("no response was archived for this document", not claimed)
    elif ("list" in held) != bool(facts["list"]):
        yield Check("it holds the list that it names, and no other", False)
    raw = {key: raw_record(body, facts[key]) for key, body in held.items()}
    for key, one in raw.items():
        whose = _WHOSE[key]
        yield Check(f"{whose} can be read and has its own digests", one is not None)
        if one:
            what = f"{whose} has the headers, the body and the request that it describes"
            yield Check(what, one.is_described)
    if own := raw.get("record"):
        yield Check(
            "the record's body has the hash that the pack names",
            facts["document"]["body_sha256"] in {own.body, own.unpacked},
        )
    responses = {key: response_in(body, facts[key]) for key, body in held.items()}
    yield from _origin(files["text.txt"], facts, responses.get("record"), responses.get("list"))
    yield from _chain(files, facts["sealed"], {facts[key]: one for key, one in raw.items()}, known)


def _origin(
    text: bytes, facts: dict[str, Any], response: Response | None, listing: Response | None
) -> Iterator[Check]:
    """Address, title, text, sentence and dates against the responses: all else can be written anew.

    Lists and registries may have given what an old record does not hold; then the pack never said that it does.
    """
    title, _, body = text.decode("utf-8", "surrogatepass").partition("\n")
    document, finding, said = facts["document"], facts["finding"], facts["shown"]
    claims = Claims(document, finding, body, response, listing)
    required = claims.required or _of_old(facts, title, response)
    for key, holds in claims.told.items():
        must = bool(said.get(key)) or required.get(key, False)
        yield Check(WHAT[key], holds or (False if must else None))
    if response is None:
        return
    about = response.about
    yield Check(
        "it comes from the source that the record names, and was read as it says",
        about.get("source") == document["source"]
        and about.get("names", facts["names"]) == facts["names"]
        and _is_read_as(str(about.get("encoding", "")), str(document["encoding"])),
    )
    apart = abs(from_text(document["fetched_at"]) - from_text(response.date))
    yield Check("it was fetched when the record says", apart <= LONGEST_READING)
    made = about.get("document")
    if is_page(document["encoding"]) and isinstance(made, dict):
        own = {key: document[key] for key in MADE}
        yield Check(
            "id, address, title, date and text are those that its record names", made == own
        )
    if listing is not None:
        named = about.get("list") or {"record": facts["list"]}
        yield Check(
            "the list is the one that its record names, of the same source",
            named["record"] == facts["list"] and listing.about.get("source") == document["source"],
        )
    elif about.get("list"):
        yield Check("it holds the list that its record names", False)


def _is_read_as(recorded: str, said: str) -> bool:
    """A page's record has its very encoding; that of a list serves items that were read in several ways."""
    return recorded == said if is_page(said) else from_list(recorded) and from_list(said)


def _of_old(facts: dict[str, Any], title: str, response: Response | None) -> dict[str, bool]:
    """What a record from before 2026-11-30 must show, which does not say how it was read."""
    document, finding = facts["document"], facts["finding"]
    rung = str(document["encoding"]).rpartition("/")[2]
    listed = from_list(document["encoding"]) and rung != "registry"
    readable = response is not None and response.readable
    in_text = bool(finding) and finding["start"] > len(title)
    return {
        # A page may be titled by its list; what a list alone tells is titled by the list.
        "title": listed and readable and not response.mostly_says(title) if response else False,
        "url": response is not None and rung not in {"list", *_FROM_FIELDS},
        "text": readable and rung not in _FROM_FIELDS,
        "sentence": readable and in_text and rung != "registry",
    }


def _chain(
    files: dict[str, bytes],
    sealed: object,
    records: dict[str, RawRecord | None],
    known: str | None,
) -> Iterator[Check]:
    """Whether manifests name the records, and what they cannot show."""
    try:
        holds = chain.follow_each_other(files)
        by_day = {
            name: tuple(
                _names(chain.rows(files, name, sealed=closed), name, one)
                for closed in (True, False)
            )
            for name, one in records.items()
        }
        hashes = chain.hashes_of(files)
    except BAD_CONTENT:
        yield Check("the manifests can be read", False)
        return
    if hashes or chain.UNSEALED in files:
        yield Check("the manifests follow each other without a gap", holds)
        for name in records:
            what = "a manifest, or a line of the day not yet sealed, names the record with its address, time and hashes"
            yield Check(f"{what} ({name})", any(by_day[name]))
    is_sealed = bool(records) and all(closed for closed, _ in by_day.values())
    yield Check(
        "it says rightly whether its day was sealed when it was packed", sealed == is_sealed
    )
    if records and not is_sealed:
        what = "a sealed manifest names the records: until one does, whoever made the pack may have written them"
        yield Check(f"{what}; ask for a pack that is made on a later day", None)
    if known:
        yield Check("the manifest whose hash was given is in the chain", known.lower() in hashes)


def _names(rows: Iterable[dict[str, Any]], name: str, record: RawRecord | None) -> bool:
    """Whether a line of the manifests says of the record what it is."""
    return record is not None and any(
        (row["record"], row["url"], row["at"], row["sha256"])
        == (name, record.url, record.at, record.body)
        and row.get("about", record.about) == record.about
        for row in rows
    )


def _sha256(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()
