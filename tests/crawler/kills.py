"""Cut a crawl off as an operator or a power failure would, and say what must not depend on it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from tests.crawler.web import Place


def content(place: Place) -> list[tuple[Any, ...]]:
    """What must not depend on when a crawl was cut off: documents, their texts, their versions."""
    texts = place.texts()
    keys = ("id", "source_id", "title", "url", "published_at", "status", "version", "text_sha256")
    documents = [(*(row[key] for key in keys), texts[row["id"]]) for row in place.documents()]
    versions = place.rows(
        "SELECT document_id, version FROM document_versions ORDER BY document_id, version"
    )
    return [*documents, *((row["document_id"], row["version"]) for row in versions)]


def family(pid: int) -> list[int]:
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    except OSError:
        return []
    return [pid, *(one for child in children for one in family(int(child)))]


def cut_off(place: Place, after: float, *, whole: bool) -> bool:
    """Start a crawl and kill it after so many seconds; whether it was still running then."""
    process = subprocess.Popen(
        [sys.executable, "-m", "scopewatch", "crawl", "--all"],
        env=place.environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    time.sleep(after)
    running = process.poll() is None
    for pid in family(process.pid) if whole else [process.pid]:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue
    process.wait()
    return running
