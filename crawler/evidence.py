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

from crawler.cover import cover
from crawler.manifest import manifests
from crawler.shown import Response, from_list, is_address, response_in, shown
from data.errors import InputError
from data.store.proofs import Proof

FORMAT = 2
"""Raised when `verify` asks for more than the packs before could hold."""


def package(proof: Proof, archive: Path) -> bytes:
    """The zip's bytes; the same store gives the same bytes. Raises `InputError` for a broken archive."""
    files: dict[str, bytes] = {"text.txt": full_text(proof).encode("utf-8", "surrogatepass")}
    record = _record(proof, archive)
    if record:
        files["record.warc.gz"] = record
    sealed = _manifests(proof, archive)
    files |= sealed
    facts = _facts(proof, bool(sealed))
    response = response_in(record, facts["record"])
    if response:
        # A publisher may be renamed later: the record has the names of its day.
        facts["names"] = response.about.get("names", facts["names"])
    if response and proof.document["shown_version"] != proof.document["version"]:
        as_recorded(facts["document"], response)
    facts["shown"] = shown(facts["document"], facts["finding"], proof.text, response)
    files["evidence.json"] = json.dumps(facts, ensure_ascii=False, indent=1, sort_keys=True).encode(
        "utf-8", "surrogatepass"
    )
    files["cover.html"] = cover(facts, files["text.txt"], archived=bool(record))
    sums = "".join(f"{_sha256(body)}  {name}\n" for name, body in sorted(files.items()))
    files["SHA256SUMS"] = sums.encode()
    return _zipped(files)


def full_text(proof: Proof) -> str:
    r"""`title + "\n" + text`: what the finding's offsets count in."""
    return f"{proof.document['shown_title']}\n{proof.text}"


def _record(proof: Proof, archive: Path) -> bytes:
    """The gzip members of the response, its request and its metadata, byte for byte."""
    name, wanted = proof.document["shown_warc_file"], proof.document["shown_warc_record_id"]
    path = archive / name if name else None
    if path is None:
        return b""
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
                if wanted in ids:
                    raw.seek(start)
                    members.append(raw.read(length))
        except (ArchiveLoadFailed, EOFError) as error:
            if not members:
                raise InputError(f"{path}: is damaged before the record: {error}") from error
    if not members:
        raise InputError(f"{path}: does not hold the record {wanted}")
    return b"".join(members)


def _manifests(proof: Proof, archive: Path) -> dict[str, bytes]:
    """The manifest that names the record, and the whole chain from the first to the last."""
    wanted = (proof.document["shown_warc_record_id"] or "\0").encode()
    paths = manifests(archive)
    if not any(wanted in path.read_bytes() for path in paths):
        return {}
    return {f"manifests/{path.name}": path.read_bytes() for path in paths}


def _facts(proof: Proof, sealed: bool) -> dict[str, Any]:
    document = proof.document
    finding = proof.finding
    return {
        "document": {
            "id": document["id"],
            "version": document["shown_version"],
            "source": document["source_id"],
            "title": document["shown_title"],
            "url": document["url"],
            "published_at": document["published_at"],
            "published_as_written": document["published_raw"],
            "fetched_at": document["shown_fetched_at"],
            "encoding": document["encoding"],
            "body_sha256": document["shown_body_sha256"],
            "text_sha256": document["shown_text_sha256"],
        },
        "finding": finding
        and {
            key: finding[key]
            for key in (
                "id",
                "sector",
                "identifier",
                "stage",
                "evidence",
                "start",
                "end",
                "evidence_sha256",
            )
        },
        "format": FORMAT,
        "names": {
            key: document[key] for key in ("publisher_ja", "publisher_en", "name_ja", "name_en")
        },
        "record": document["shown_warc_record_id"],
        "sealed": sealed,
    }


def as_recorded(document: dict[str, Any], response: Response) -> None:
    """Give an older version the address and the encoding of its own record: the store has those of the newest."""
    document["encoding"] = response.about.get("encoding", document["encoding"])
    if not is_address(document["url"], response, listed=from_list(document["encoding"])):
        document["url"] = response.target


def _zipped(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in sorted(files.items()):
            archive.writestr(zipfile.ZipInfo(name), body, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _sha256(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()
