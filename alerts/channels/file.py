"""The file channel: a digest as Markdown and HTML files under digests/<subscriber>/."""

from __future__ import annotations

import json
import os
from pathlib import Path

from alerts.channels.base import Receipt
from alerts.digest import Digest
from alerts.render import render
from data.config import Config
from data.store.outbox import Part


class FileChannel:
    """Writes each digest once per format; a repeat writes the same file again."""

    def __init__(self, config: Config, target: str) -> None:
        self.directory = config.digests / target if target else config.digests
        self.public_url = config.browse.public_url

    def parts(self, digest: Digest) -> list[str]:
        stem = f"{digest.subscriber.name}/{digest.period}"
        forms = {
            "md": render(digest, "markdown", self.public_url),
            "html": render(digest, "html", self.public_url),
        }
        return [json.dumps({"stem": stem, "files": forms}, ensure_ascii=False)]

    def send(self, part: Part) -> Receipt:
        payload = json.loads(part.payload)
        written = []
        try:
            for suffix, text in payload["files"].items():
                path = self.directory / f"{payload['stem']}.{suffix}"
                write_whole(path, text)
                written.append(str(path))
        except OSError as error:
            return Receipt("temporary", f"{error.filename}: {error.strerror}")
        return Receipt("sent", ", ".join(written))


def write_whole(path: Path, text: str) -> None:
    """Write a file so that a reader sees the old one or the whole new one, never a half."""
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_name(f".{path.name}.{os.getpid()}")
    with half.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    half.replace(path)
