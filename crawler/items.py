"""What spiders yield and count: a publication with its raw response, and the tally of one run."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from data.errors import SourceError
from data.models import Entry, Extract
from data.store.validators import Validator


@dataclass(frozen=True, slots=True)
class Place:
    """Where a response lies: the file's name below archive/, and the record's id."""

    file: str
    record_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture:
    """One response as it came over the wire (transfer encoding undone, content encoding not)."""

    url: str
    status: int
    method: str
    request_headers: tuple[tuple[str, str], ...]
    response_headers: tuple[tuple[str, str], ...]
    body: bytes
    fetched_at: datetime
    ip_address: str | None
    tls: str
    """`verified`, `unverified`, or `none` for plain http."""
    redirects: tuple[tuple[str, str], ...] = ()
    """(address, reason) of each hop before this response."""
    encoding: str = "utf-8"
    """How a list was decoded: codec and rung."""
    kept_as: list[Place] = field(default_factory=list, compare=False, repr=False)
    """Filled by the archive: a list that proves a hundred items is written once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """One item of a source, joined from its entry and, where it could be read, its page."""

    document_id: str
    entry: Entry
    fetched_at: datetime
    url: str
    extract: Extract | None = None
    """None: title only."""
    body_sha256: str = ""
    capture: Capture | None = None
    """The response that proves it: the page's, or the list's where there is no page."""
    listed: Capture | None = None
    """The list that named the page: title and date are the list's."""
    validator: Validator | None = None
    validator_url: str = ""
    """The address of the page's last request, under which its validator is kept."""


@dataclass(slots=True, kw_only=True)
class Tally:
    """What one run over one source did, counted while it runs."""

    started_at: datetime
    requests: int = 0
    bytes: int = 0
    seen: int = 0
    new: int = 0
    changed: int = 0
    dated: int = 0
    lists_read: int = 0
    lists_unmodified: int = 0
    newest: datetime | None = None
    dropped: dict[str, int] = field(default_factory=dict)
    failures: list[tuple[str, SourceError]] = field(default_factory=list)
    """(address, error) of lists: they decide the source's state."""
    page_failures: list[tuple[str, SourceError]] = field(default_factory=list)
    """(address, error) of single pages: their items are kept with the title only."""
    list_validators: dict[str, Validator] = field(default_factory=dict)
    waiting: dict[str, str] = field(default_factory=dict)
    """Item id -> hash of a text that differs by numbers alone: a version if the next run shows it too."""
    sighted: list[str] = field(default_factory=list)
    """Ids of items that are stored already and were seen again."""
    pages_read: int = 0
    """Pages of items that were read, or were as they were."""
    html_read: int = 0
    html_texts: int = 0
    """HTML pages that were read anew, and those of them in which a text was found."""
    rechecked: list[str] = field(default_factory=list)
    """Addresses of stored pages that were looked at again."""
    paused_until: datetime | None = None
    """Set when the server asked to be left alone for longer than a run waits."""
    unwritten: int = 0
    """Publications that could not be stored."""
    crash: str | None = None
    """The first unexpected error; a bug, told loudly."""

    def drop(self, reason: str) -> None:
        self.dropped[reason] = self.dropped.get(reason, 0) + 1

    @property
    def complete(self) -> bool:
        """Whether everything that the lists named is in the store or was refused for good."""
        transient = any(error.kind in {"unreachable", "blocked"} for _, error in self.page_failures)
        return not (self.failures or transient or self.unwritten or self.crash)
