"""Save the bytes of one run as they came, so that a fixture can be written in their shape."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from pathlib import Path
from typing import Literal

from scrapy.http import Response

from crawler.text.sniff import sniff
from data.clock import to_text
from data.errors import UsageError

_ENDINGS = {"feed": "xml", "text": "txt", "unknown": "bin", "gzip": "gz"}

Part = Literal["list", "page"]


class Recorder:
    """Writes each response to `directory`: `list-1.xml`, `page-1.html` …, and a line in `record.jsonl`.

    Bodies are kept with their content encoding undone, not decoded to text: encodings, slips and all.
    """

    def __init__(self, directory: Path, most_pages: int) -> None:
        self.directory = directory
        self._left = most_pages
        self._counts: dict[Part, int] = {"list": 0, "page": 0}

    def page_wanted(self) -> bool:
        """Whether one more page is to be asked for; counts it."""
        self._left -= 1
        return self._left >= 0

    def keep(self, response: Response, part: Part, moment: datetime) -> Path:
        """Write one response; gives the path of its body."""
        self._counts[part] += 1
        kind = sniff(response.body)
        name = f"{part}-{self._counts[part]}.{_ENDINGS.get(kind, kind)}"
        path = self.directory / name
        path.write_bytes(response.body)
        line = {
            "file": name,
            "url": response.url,
            "asked": (response.request.meta.get("redirect_urls") or [response.url])[0]
            if response.request
            else response.url,
            "status": response.status,
            "content_type": (response.headers.get("Content-Type") or b"").decode("latin-1"),
            "fetched_at": to_text(moment),
            "bytes": len(response.body),
            "sha256": hashlib.sha256(response.body).hexdigest(),
        }
        with (self.directory / "record.jsonl").open("a", encoding="utf-8") as file:
            file.write(json.dumps(line, ensure_ascii=False) + "\n")
        return path


def empty_directory(path: Path) -> Path:
    """`path`, made if need be; raises `UsageError` when it holds something or cannot be made."""
    try:
        path.mkdir(parents=True, exist_ok=True)
        if any(path.iterdir()):
            raise UsageError(f"{path}: is not empty; a recording needs a directory of its own")
    except OSError as error:
        raise UsageError(f"{path}: cannot be used: {error.strerror}") from error
    return path
