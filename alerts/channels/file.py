"""The file channel: a digest as Markdown, HTML and e-mail files under digests/<subscriber>/."""

from __future__ import annotations

import json
import os
from pathlib import Path

from alerts.channels.base import Letter, Receipt
from alerts.digest import Digest
from alerts.render import render
from data.clock import now, tokyo
from data.config import Config
from data.store.outbox import Part


class FileChannel:
    """Writes each digest once per format; a repeat writes the same file again."""

    def __init__(self, config: Config) -> None:
        self.directory = config.digests
        self.public_url = config.browse.public_url

    def parts(self, digest: Digest, target: str) -> list[str]:
        forms = {
            "md": render(digest, "markdown", self.public_url),
            "html": render(digest, "html", self.public_url),
        }
        return [_payload(f"{digest.subscriber.name}/{digest.period}", forms)]

    def letter(self, letter: Letter, target: str) -> list[str]:
        text = "\n\n".join((letter.subject, *letter.lines)) + "\n"
        return [_payload(f"letters/{tokyo(now()):%Y-%m-%dT%H%M%S}", {"txt": text})]

    def send(self, part: Part, target: str) -> Receipt:
        payload = json.loads(part.payload)
        written = []
        try:
            for suffix, text in payload["files"].items():
                path = self.directory / target / f"{payload['stem']}.{suffix}"
                write_whole(path, text)
                written.append(str(path))
        except OSError as error:
            return Receipt("temporary", f"{self.directory}: {error.strerror}", down=True)
        return Receipt("sent", ", ".join(written))

    def close(self) -> None:
        """Nothing is kept open."""


def _payload(stem: str, forms: dict[str, str]) -> str:
    return json.dumps({"stem": stem, "files": forms}, ensure_ascii=False)


def write_whole(path: Path, text: str) -> None:
    """Write a file so that a reader sees the old one or the whole new one, never a half."""
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with half.open("w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        half.replace(path)
    except OSError:
        half.unlink(missing_ok=True)
        raise
