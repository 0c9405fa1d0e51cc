"""The errors scopewatch raises, as one tree; everything that is not in it crashes loudly.

ScopewatchError
├── UsageError            the caller's fault: one clear line, exit status 2
│   ├── ConfigError       a key of scopewatch.toml, a source's YAML, a subscriber
│   ├── InputError        a file that is missing, empty, or not what the verb reads
│   └── DatabaseTooNew    the database was written by a newer scopewatch
├── ChangedMeanwhile      what a person judged is not what was shown any more; nothing was written
├── LockedError           another run holds the lock, exit status 3
└── SourceError           one source (or one of its documents) failed; the others go on
    ├── Unreachable       no connection, time-out, 5xx, robots.txt unreadable
    ├── Refused           an address, scheme, port or robots rule that scopewatch will not fetch
    ├── Blocked           a challenge, a WAF or a maintenance page answered instead of the page
    ├── LayoutChanged     a selector matches nothing, or more than the source's YAML expects
    ├── Malformed         the bytes are not the format that was expected, or are a bomb
    └── Empty             the page is right and holds nothing where there always was something
"""

from __future__ import annotations

import re
from typing import ClassVar

# Controls, of which ESC commands a terminal; line ends; halves of letters; what turns writing round.
_UNPRINTABLE = re.compile("[\0-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\u202a-\u202e\u2066-\u2069]")


def printable(text: str) -> str:
    """`text`, in which strangers may have a word, as a log, a table, a terminal and the store take it."""
    return _UNPRINTABLE.sub(lambda sign: " " if sign[0] in "\n\t" else ascii(sign[0])[1:-1], text)


class ScopewatchError(Exception):
    """Base of every error that scopewatch raises on purpose; its text is one line for a person."""

    exit_status: ClassVar[int] = 1


class UsageError(ScopewatchError):
    """The call cannot be carried out as given; the message says what to do instead."""

    exit_status = 2


class ConfigError(UsageError):
    """A configuration value is wrong; the message names file, key, what was found and what is allowed."""


class InputError(UsageError):
    """An input file is missing, empty, or not what the verb reads."""


class DatabaseTooNew(UsageError):
    """The database carries migrations that this version does not know; it is left untouched."""


class ChangedMeanwhile(ScopewatchError):
    """A verdict on something that has changed since the person saw it; it was not recorded."""


class LockedError(ScopewatchError):
    """Another process holds the run lock; the message says which."""

    exit_status = 3


class SourceError(ScopewatchError):
    """One source failed: a row in `issues`, other sources go on, the digest's coverage says it."""

    kind: ClassVar[str] = "source_error"

    def __init__(self, message: str) -> None:
        super().__init__(printable(message))


class Unreachable(SourceError):
    """No usable answer: no connection, a time-out, a 5xx, or a robots.txt that could not be read."""

    kind = "unreachable"


class Refused(SourceError):
    """scopewatch will not send this request: private address, scheme, port, or robots.txt."""

    kind = "refused"


class Blocked(SourceError):
    """Something answered in the page's place: a challenge, a WAF, a maintenance page."""

    kind = "blocked"


class LayoutChanged(SourceError):
    """The page answered but the source's selectors no longer fit it."""

    kind = "layout_changed"


class Malformed(SourceError):
    """The bytes are not the promised format, are truncated, or are built to exhaust the reader."""

    kind = "malformed"


class Empty(SourceError):
    """The page is right and holds no item, where the source always had some."""

    kind = "empty"
