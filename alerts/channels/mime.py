"""E-mail as bytes: headers written by hand and checked, a text and an HTML body, nothing attached.

The standard library's header folding writes encoded words that mail servers refuse (cpython#144156,
odoo PR#254670: empty words, 76 characters, words that touch), so the subject is encoded here.
"""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime, parseaddr

WORD_BYTES = 39
"""UTF-8 bytes in one encoded word: with its wrapping 64 characters, under RFC 2047's 75 for a word, and behind
`Subject: ` under the 76 of a line that holds one."""
MOST_HTML_BYTES = 90_000
"""Gmail hides what comes after 102 KB, the link to unsubscribe first (traps.md 2.9)."""
_PLAIN = re.compile(r"[!-~]([ -~]{0,58}[!-~])?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """What one message says; where it goes stands beside."""

    sender: str
    to: str
    subject: str
    message_id: str
    """Without angle brackets; the same whenever the same part is sent."""
    date: datetime
    text: str
    html: str | None = None
    headers: tuple[tuple[str, str], ...] = ()
    """Further headers, ASCII, as they are to stand on the wire."""


def encoded(text: str) -> str:
    """`text` for a header: as it is when short plain ASCII, else RFC 2047 words on lines of their own.

    Each word holds whole characters, is at most 75 characters long and never empty; between two
    words stands a line break and a blank, which readers remove.
    """
    text = " ".join(text.split())
    if not text or (_PLAIN.fullmatch(text) and "=?" not in text):
        return text
    words, word = [], b""
    for character in text:
        piece = character.encode("utf-8", "replace")
        if len(word) + len(piece) > WORD_BYTES:
            words.append(word)
            word = b""
        word += piece
    words.append(word)
    return "\r\n ".join(f"=?utf-8?B?{base64.b64encode(word).decode()}?=" for word in words)


def address(text: str) -> str:
    """`name <user@host>` for a header, the name encoded."""
    name, mailbox = parseaddr(text)
    if not name:
        return mailbox
    return f"{_quoted(name)} <{mailbox}>" if name.isascii() else f"{encoded(name)}\r\n <{mailbox}>"


def _quoted(name: str) -> str:
    return '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'


def message(mail: Mail) -> bytes:
    """The whole message with CRLF line ends, the same bytes for the same mail.

    Raises `ValueError` for a header value that could start a header of its own.
    """
    headers = [
        ("From", address(mail.sender)),
        ("To", mail.to),
        ("Subject", encoded(mail.subject)),
        ("Date", format_datetime(mail.date)),
        ("Message-ID", f"<{mail.message_id}>"),
        ("Auto-Submitted", "auto-generated"),
        *mail.headers,
        ("MIME-Version", "1.0"),
    ]
    parts = [_part("text/plain", mail.text)]
    if mail.html is None:
        return b"".join(_header(name, value) for name, value in headers) + parts[0]
    parts.append(_part("text/html", mail.html))
    # Base64 holds no hyphen, so a boundary that begins with one cannot occur in a body.
    boundary = f"-=_{hashlib.sha256(mail.message_id.encode()).hexdigest()[:32]}"
    headers.append(("Content-Type", f'multipart/alternative;\r\n boundary="{boundary}"'))
    body = b"".join(f"--{boundary}\r\n".encode() + part + b"\r\n" for part in parts)
    end = f"--{boundary}--\r\n".encode()
    return b"".join(_header(name, value) for name, value in headers) + b"\r\n" + body + end


def _header(name: str, value: str) -> bytes:
    unfolded = value.replace("\r\n ", "")
    if not (unfolded.isascii() and (unfolded.isprintable() or not unfolded)):
        raise ValueError(f"{name}: a line break or a character that is not ASCII in a header")
    return f"{name}: {value}\r\n".encode("ascii")


def _part(kind: str, text: str) -> bytes:
    content = text.replace("\r\n", "\n").replace("\n", "\r\n").encode("utf-8", "replace")
    lines = base64.encodebytes(content).splitlines()
    # encodebytes writes lines of 76 digits, as RFC 2045 wants them.
    head = f"Content-Type: {kind}; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    return head.encode() + b"\r\n".join(lines) + b"\r\n"
