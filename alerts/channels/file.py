"""The file channel: a digest as .md, .html and .eml under digests/<subscriber>/."""

from __future__ import annotations

import hashlib
import json
import os
from email.utils import parseaddr
from pathlib import Path

from alerts.channels.base import Letter, Receipt
from alerts.channels.mime import MOST_HTML_BYTES, Mail, message
from alerts.channels.shared import Shared
from alerts.digest import Digest
from alerts.render import render, render_within, subject
from data.clock import now, tokyo
from data.config import Config
from data.store.outbox import Part


class FileChannel:
    """Writes each digest once per format; a repeat writes the same file again."""

    def __init__(self, config: Config) -> None:
        self.directory = config.digests
        self.public_url = config.browse.public_url
        self._sender = config.mail.sender
        self._shared: Shared[dict[str, str]] = Shared()

    def parts(self, digest: Digest, target: str) -> list[str]:
        stem = f"{digest.subscriber.name}/{digest.period}"
        forms = self._shared.of(digest.said, lambda: self._forms(digest))
        files = {
            "md": forms["md"],
            "html": forms["html"],
            "eml": self._eml(digest, stem, forms["txt"], forms["mail"]),
        }
        return [_payload(stem, files)]

    def _forms(self, digest: Digest) -> dict[str, str]:
        return {
            "md": render(digest, "markdown", self.public_url),
            "html": render(digest, "html", self.public_url),
            "txt": render(digest, "text", self.public_url),
            "mail": render_within(digest, "html", self.public_url, MOST_HTML_BYTES),
        }

    def _eml(self, digest: Digest, stem: str, text: str, html: str) -> str:
        """The digest as a letter that any mail program opens and forwards; it is addressed to nobody."""
        domain = parseaddr(self._sender)[1].rpartition("@")[2]
        mail = Mail(
            sender=self._sender,
            to="undisclosed-recipients:;",
            subject=subject(digest),
            message_id=f"{hashlib.sha256(stem.encode()).hexdigest()[:24]}.file@{domain}",
            date=tokyo(digest.composed_at),
            text=text,
            html=html,
        )
        return message(mail).decode("ascii")

    def letter(self, letter: Letter, target: str) -> list[str]:
        text = "\n\n".join((letter.subject, *letter.lines)) + "\n"
        forms = {"txt": text} | ({"html": letter.html} if letter.html else {})
        # Two letters of one second are two files; the same one to two operators is one.
        mark = hashlib.sha256(text.encode()).hexdigest()[:6]
        return [_payload(f"letters/{tokyo(now()):%Y-%m-%dT%H%M%S}-{mark}", forms)]

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
        with half.open("w", encoding="utf-8", newline="") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        half.replace(path)
    except OSError:
        half.unlink(missing_ok=True)
        raise
