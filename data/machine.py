"""What a machine denies: room on the disk, the right to write, a database that another program holds."""

from __future__ import annotations

import errno
import sqlite3

from data.errors import LockedError, ScopewatchError

_OF_FILES = {
    errno.ENOSPC: "free some room and run it again",
    errno.EDQUOT: "free some room and run it again",
    errno.EFBIG: "raise the limit on the size of files and run it again",
    errno.EROFS: "the disk may only be read; mount it writable",
    errno.EACCES: "give this user the right to read and write there",
    errno.EPERM: "give this user the right to read and write there",
}
HELD = "another program holds it; end that program, or wait, and run it again"
_OF_DATABASES = {
    "disk is full": "free some room and run it again",
    "is locked": HELD,
    "readonly database": "make its file and its directory writable for this user",
    "unable to open database": "make its file and its directory writable for this user",
    "disk I/O error": "look at the disk and at the room on it, then run it again",
}


def denied(error: BaseException) -> str | None:
    """What the machine denied and what to do about it; None for an error that is a bug."""
    if isinstance(error, sqlite3.OperationalError):
        advice = next((words for sign, words in _OF_DATABASES.items() if sign in str(error)), None)
        return f"the store cannot be used: {error}; {advice}" if advice else None
    if isinstance(error, OSError) and error.errno in _OF_FILES:
        place = f"{error.filename}: " if error.filename else ""
        return f"{place}{error.strerror}; {_OF_FILES[error.errno]}"
    return None


def status_of(error: BaseException) -> int:
    """The exit status: 3 for what another program holds, as for a lock of ours, else 1."""
    held = isinstance(error, sqlite3.OperationalError) and "is locked" in str(error)
    return LockedError.exit_status if held else ScopewatchError.exit_status
