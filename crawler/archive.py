"""The raw record: WARC files with request, response and metadata, one file per process and day.

A kill leaves at most one broken record at the end of one file, and no process ever opens a file that
it did not make itself, so several may write at once. Format: WARC 1.1 (ISO 28500:2017). Bodies are
kept as received, content encoding included; only the transfer encoding is undone (traps.md 2.10).
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
from contextlib import suppress
from datetime import datetime
from importlib.metadata import version
from io import BytesIO
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from crawler.items import Capture, Place
from data.clock import now, to_text, tokyo
from data.late import Late

if TYPE_CHECKING:
    from warcio import statusandheaders, warcwriter
else:
    statusandheaders, warcwriter = Late("warcio.statusandheaders"), Late("warcio.warcwriter")

_DROPPED = frozenset({"transfer-encoding", "content-length", "connection", "keep-alive"})


class Archive:
    """Appends to this process's file of the day; `sync` makes what was written survive a power cut."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self._name = _new_name()
        self._day = ""
        self._file: IO[bytes] | None = None
        self._hashes: IO[bytes] | None = None
        self._warc: Any = None

    def write(self, capture: Capture, decision: dict[str, Any]) -> Place:
        """Keep `capture` with what was decided about it (encoding, source); once per response."""
        if capture.kept_as:
            return capture.kept_as[0]
        self._turn_to(tokyo(now()).date().isoformat())
        response = self._response(capture)
        request = self._request(capture)
        response_id = response.rec_headers.get_header("WARC-Record-ID")
        request.rec_headers.add_header("WARC-Concurrent-To", response_id)
        for record in (response, request):
            self._warc.write_record(record)
        facts = self._facts(capture, decision) | {
            "response_headers_sha256": _sha256(response.http_headers.headers_buff),
            "request_sha256": _sha256(request.http_headers.headers_buff),
        }
        # A lone surrogate becomes its escape, as JSON writes it.
        about = json.dumps(facts, ensure_ascii=False, sort_keys=True).encode(
            "utf-8", "backslashreplace"
        )
        metadata = self._metadata(capture, about)
        metadata.rec_headers.add_header("WARC-Concurrent-To", response_id)
        self._warc.write_record(metadata)
        place = Place(f"{self._day}/{self._name}.warc.gz", response_id.strip("<>"))
        self._note(capture, place, about)
        capture.kept_as.append(place)
        return place

    def sync(self) -> None:
        """Force what was written to the disk; called before the documents are stored."""
        for file in (self._file, self._hashes):
            if file is not None:
                file.flush()
                os.fsync(file.fileno())

    def start_anew(self) -> None:
        """After a failed write: its file may end in half a record, so what follows goes into another."""
        with suppress(OSError):
            self.close()
        self._file = self._hashes = self._warc = None
        self._name, self._day = _new_name(), ""

    def close(self) -> None:
        for file in (self._file, self._hashes):
            if file is not None:
                file.close()
        self._file = self._hashes = self._warc = None
        self._day = ""

    def _turn_to(self, day: str) -> None:
        if day == self._day:
            return
        self.close()
        folder = self.directory / day
        folder.mkdir(parents=True, exist_ok=True)
        self._file = (folder / f"{self._name}.warc.gz").open("xb")
        self._hashes = (folder / f"{self._name}.hashes").open("xb")
        self._warc = warcwriter.WARCWriter(self._file, gzip=True, warc_version="1.1")
        self._day = day
        self._warc.write_record(
            self._warc.create_warcinfo_record(
                f"{self._name}.warc.gz",
                {
                    "software": f"scopewatch/{version('scopewatch')}",
                    "format": "WARC File Format 1.1",
                },
            )
        )

    def _response(self, capture: Capture) -> Any:
        headers = [
            (name, value)
            for name, value in capture.response_headers
            if name.lower() not in _DROPPED
        ]
        headers.append(("Content-Length", str(len(capture.body))))
        extra = {"WARC-Date": _warc_date(capture.fetched_at)}
        if capture.ip_address:
            extra["WARC-IP-Address"] = capture.ip_address
        return self._warc.create_warc_record(
            capture.url,
            "response",
            payload=BytesIO(capture.body),
            length=len(capture.body),  # without it warcio copies the body and digests it twice
            http_headers=statusandheaders.StatusAndHeaders(
                str(capture.status), headers, protocol="HTTP/1.1"
            ),
            warc_headers_dict=extra,
        )

    def _request(self, capture: Capture) -> Any:
        return self._warc.create_warc_record(
            capture.url,
            "request",
            http_headers=statusandheaders.StatusAndHeaders(
                f"{capture.method} {capture.url} HTTP/1.1",
                list(capture.request_headers),
                is_http_request=True,
            ),
            warc_headers_dict={"WARC-Date": _warc_date(capture.fetched_at)},
        )

    def _facts(self, capture: Capture, decision: dict[str, Any]) -> dict[str, Any]:
        return {
            "redirects": capture.redirects,
            "tls": capture.tls,
            "transfer_encoding": "removed",
            "body_sha256": _sha256(capture.body),
            **decision,
        }

    def _metadata(self, capture: Capture, body: bytes) -> Any:
        return self._warc.create_warc_record(
            capture.url,
            "metadata",
            payload=BytesIO(body),
            length=len(body),
            warc_content_type="application/json",
            warc_headers_dict={"WARC-Date": _warc_date(capture.fetched_at)},
        )

    def _note(self, capture: Capture, place: Place, about: bytes) -> None:
        """The line of the day's manifest: of the body, and of all that is said about it."""
        line = {
            "about": _sha256(about),
            "at": to_text(capture.fetched_at),
            "url": capture.url,
            "file": place.file,
            "record": place.record_id,
            "sha256": _sha256(capture.body),
        }
        if self._hashes is not None:
            self._hashes.write(
                json.dumps(line, ensure_ascii=False, sort_keys=True).encode() + b"\n"
            )


def _sha256(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


def _new_name() -> str:
    return f"{os.getpid()}-{secrets.token_hex(4)}"


def _warc_date(moment: datetime) -> str:
    return to_text(moment)
