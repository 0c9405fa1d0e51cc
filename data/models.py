"""The frozen records that pass between the stages; what a stage hands over is one of these."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from data.vocabulary import EventKind, Identifier, Sector, SourceClass, Stage

Precision = Literal["day", "time"]
DocumentStatus = Literal["ok", "title_only", "pdf_unreadable", "empty", "malformed", "truncated"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """A date found in the wild: aware (UTC), how exact it is, and the text it was read from."""

    at: datetime
    precision: Precision
    raw: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One item of a feed, listing or API reply, before its page is fetched."""

    title: str
    url: str | None
    published: Moment | None = None
    updated: Moment | None = None
    summary: str = ""
    id: str | None = None
    outlet: str | None = None
    """The publisher that an aggregator names for the item."""

    @property
    def dated(self) -> Moment | None:
        """When it was published; where a list tells only that (Atom may), when it was last updated."""
        return self.published or self.updated


@dataclass(frozen=True, slots=True, kw_only=True)
class Extract:
    """What could be read from one response body."""

    title: str
    text: str
    published: Moment | None
    encoding: str
    """Codec name and, after a slash, the rung of the ladder that decided: `cp932/meta`."""
    kind: Literal["html", "pdf", "docx", "xlsx", "text", "feed", "json", "unknown"]
    status: DocumentStatus
    lead: str = ""
    byline: str = ""
    canonical_url: str | None = None
    replacement_characters: int = 0

    @property
    def says_nothing(self) -> bool:
        """Whether no text was read, of what is no unreadable PDF: that one's file is what was published."""
        return not self.text.strip() and self.status != "pdf_unreadable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One fetched publication. `id` is stable for its identity (canonical URL, or link and title)."""

    id: str
    source_id: str
    url: str
    title: str
    text: str
    published: Moment | None
    fetched_at: datetime
    encoding: str
    kind: str
    status: DocumentStatus
    body_sha256: str
    text_sha256: str
    simhash: int
    """64-bit simhash over character 4-grams of the NFKC text (data/fingerprint.py), unsigned."""
    outlet: str | None = None
    warc_file: str | None = None
    warc_record_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PendingDocument:
    """A document version that the present classifier has not read, with its private text."""

    id: str
    version: int
    title: str
    text: str
    source_id: str
    publisher: str
    source_class: SourceClass
    published_at: datetime | None
    fetched_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    r"""One assertion about a use, per annotation-guidelines.md.

    `start` and `end` are character offsets of `evidence` in `title + "\n" + text`, verbatim.
    """

    sector: Sector
    identifier: Identifier
    stage: Stage
    unlawful: bool
    evidence: str
    start: int
    end: int
    score: float
    domain: str | None = None
    system: str | None = None
    actor: str | None = None
    conflated_headline: bool = False
    why: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    """Ids of the rules that spoke in its best sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What the classifier made of one document: findings kept, findings below the threshold, and state."""

    document_id: str
    version: int
    gated: bool
    """True when the text names no identifier and the parser never saw it."""
    findings: tuple[Finding, ...] = ()
    also_seen: tuple[Finding, ...] = ()
    truncated: bool = False
    error: str | None = None
    fired: tuple[str, ...] = ()
    """Ids of the rules that fired anywhere in the text, whatever came of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One thing that can propose or decide a finding, as an operator can change it; `id` is `kind:name`."""

    id: str
    ja: str
    en: str

    @property
    def kind(self) -> str:
        return self.id.partition(":")[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """A stored finding as the ledger sees it: dated, with the class of its source."""

    finding_id: str
    document_id: str
    use_case: UseCaseKey
    stage: Stage
    at: datetime
    source_class: SourceClass
    decides: bool = True
    """False when the actor speaks for itself only: a single town, bank or hospital."""
    trial: bool = False
    """True when the words are about a pilot (実証実験, 試行), not about the system itself."""
    edition: int = 0
    """The version of a document that bears a correction: what it says is told again."""


@dataclass(frozen=True, slots=True, order=True)
class UseCaseKey:
    """(system or sector, identifier): one row of the ledger. Its text form is `driving_licence:card`."""

    subject: str
    """A system's id from the lexicon, else the sector."""
    identifier: Identifier

    def __str__(self) -> str:
        return f"{self.subject}:{self.identifier}"

    @classmethod
    def parse(cls, text: str) -> UseCaseKey:
        subject, _, identifier = text.rpartition(":")
        return cls(subject, Identifier(identifier))


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """What one finding did to its use case; `id` is the same whenever the ledger is replayed."""

    id: str
    use_case: UseCaseKey
    kind: EventKind
    stage_before: Stage | None
    stage_after: Stage
    finding_id: str
    at: datetime
    standing: Literal["reported", "official"]
    against_finding_id: str | None = None
    """For a reversal: the finding (denial or halt) that it stands against."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceRun:
    """How reading one source went, for the health table."""

    source_id: str
    started_at: datetime
    finished_at: datetime
    outcome: str
    """`ok` or the `kind` of the SourceError."""
    requests: int = 0
    bytes: int = 0
    items_seen: int = 0
    items_new: int = 0
    items_changed: int = 0
    dropped: dict[str, int] = field(default_factory=dict)
    dated_share: float | None = None
    detail: str = ""
    extra: dict[str, Any] = field(default_factory=dict)
