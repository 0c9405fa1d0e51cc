"""A zip that proves one document or finding on another machine: record, text, sentence, hashes, manifests."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from pathlib import Path
from typing import Any

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed

from crawler.chain import UNSEALED, chained
from crawler.claims import Claims
from crawler.cover import cover
from crawler.decisions import is_page
from crawler.items import Place
from crawler.shown import Response, from_list, is_address, response_in
from data.errors import InputError
from data.store.proofs import Proof

FORMAT = 3
"""Raised when `verify` asks for more than the packs before could hold."""
DOCUMENT = (
    "id",
    "version",
    "source",
    "title",
    "url",
    "published_at",
    "published_as_written",
    "fetched_at",
    "encoding",
    "body_sha256",
    "text_sha256",
)
FINDING = (
    "id",
    "sector",
    "identifier",
    "stage",
    "evidence",
    "start",
    "end",
    "evidence_sha256",
)
NAMES = ("publisher_ja", "publisher_en", "name_ja", "name_en")
OF_ITS_DAY = ("url", "published_at", "published_as_written")
"""What a version had and the store keeps of the newest only."""


def package(proof: Proof, archive: Path) -> bytes:
    """The zip's bytes; the same store gives the same bytes. Raises `InputError` for a broken archive."""
    files: dict[str, bytes] = {"text.txt": full_text(proof).encode("utf-8", "surrogatepass")}
    place = _place(proof.document["shown_warc_file"], proof.document["shown_warc_record_id"])
    listed = None
    if place:
        files["record.warc.gz"] = _members(archive, place)
        listed = _listed(proof, archive, files["record.warc.gz"])
    if listed:
        files["list.warc.gz"] = _members(archive, listed)
    places = [one for one in (place, listed) if one]
    ids = [one.record_id for one in places]
    named = chained(archive, ids, [one.file for one in places])
    files |= named
    facts = _facts(proof, listed, sealed=bool(named) and UNSEALED not in named)
    response = response_in(files.get("record.warc.gz", b""), facts["record"])
    if response:
        # A publisher may be renamed later: the record has the names of its day.
        facts["names"] = response.about.get("names", facts["names"])
    if response and proof.document["shown_version"] != proof.document["version"]:
        as_recorded(facts["document"], response)
    listing = response_in(files.get("list.warc.gz", b""), facts["list"])
    facts["shown"] = Claims(facts["document"], facts["finding"], proof.text, response, listing).told
    files["evidence.json"] = json.dumps(facts, ensure_ascii=False, indent=1, sort_keys=True).encode(
        "utf-8", "surrogatepass"
    )
    files["cover.html"] = cover(facts, files["text.txt"])
    sums = "".join(f"{_sha256(body)}  {name}\n" for name, body in sorted(files.items()))
    files["SHA256SUMS"] = sums.encode()
    return _zipped(files)


def full_text(proof: Proof) -> str:
    r"""`title + "\n" + text`: what the finding's offsets count in."""
    return f"{proof.document['shown_title']}\n{proof.text}"


def _place(file: object, record: object) -> Place | None:
    return Place(file, record) if isinstance(file, str) and isinstance(record, str) else None


def _listed(proof: Proof, archive: Path, record: bytes) -> Place | None:
    """Where the list lies that named the page: as its record says, else as that of an earlier version says.

    A page that is looked at again is asked for because of what its list said when it was read last.
    """
    response = response_in(record, proof.document["shown_warc_record_id"])
    if response is None or not is_page(response.about.get("encoding", "")):
        return None
    abouts = [response.about]
    for earlier in proof.earlier if response.about.get("list") is None else ():
        place = _place(earlier["warc_file"], earlier["warc_record_id"])
        older = place and response_in(_members(archive, place), place.record_id)
        abouts += [older.about] if older else []
    for about in abouts:
        named = about.get("list")
        if isinstance(named, dict):
            return _place(named.get("file"), named.get("record"))
    return None


def _members(archive: Path, place: Place) -> bytes:
    """The gzip members of the response, its request and its metadata, byte for byte."""
    path = archive / place.file
    if not path.is_file():
        raise InputError(f"{path}: the archive file of this document is missing")
    members: list[bytes] = []
    with path.open("rb") as file, path.open("rb") as raw:
        reader = ArchiveIterator(file)
        try:
            for record in reader:
                headers = record.rec_headers
                ids = {
                    (headers.get_header(field) or "").strip("<>")
                    for field in ("WARC-Record-ID", "WARC-Concurrent-To")
                }
                start = reader.get_record_offset()
                length = reader.get_record_length()
                if place.record_id in ids:
                    raw.seek(start)
                    members.append(raw.read(length))
        except (ArchiveLoadFailed, EOFError) as error:
            if not members:
                raise InputError(f"{path}: is damaged before the record: {error}") from error
    if not members:
        raise InputError(f"{path}: does not hold the record {place.record_id}")
    return b"".join(members)


def _facts(proof: Proof, listed: Place | None, *, sealed: bool) -> dict[str, Any]:
    row, finding = proof.document, proof.finding
    document = {
        **row,
        **{key.removeprefix("shown_"): row[key] for key in row if key.startswith("shown_")},
        "source": row["source_id"],
        "published_as_written": row["published_raw"],
    }
    return {
        "document": {key: document[key] for key in DOCUMENT},
        "finding": finding and {key: finding[key] for key in FINDING},
        "format": FORMAT,
        "list": listed and listed.record_id,
        "names": {key: row[key] for key in NAMES},
        "record": row["shown_warc_record_id"],
        "sealed": sealed,
    }


def as_recorded(document: dict[str, Any], response: Response) -> None:
    """Give an older version the address, date and encoding of its own record: the store has those of the newest."""
    document["encoding"] = response.about.get("encoding", document["encoding"])
    made = response.about.get("document")
    if isinstance(made, dict):
        document |= {key: made[key] for key in OF_ITS_DAY if key in made}
    elif not is_address(document["url"], response, listed=from_list(document["encoding"])):
        document["url"] = response.target


def _zipped(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in sorted(files.items()):
            archive.writestr(zipfile.ZipInfo(name), body, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _sha256(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()
