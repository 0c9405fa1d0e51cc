"""Turn what changed in a law's tables into findings of official standing, grouped by sector."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from data.models import Document, Finding, Reading
from data.notices import notice
from data.statute_diff import RowChange, StatuteDiff
from data.statute_matching import clauses
from data.statute_sectors import placement
from data.statute_watch import identifier_named, watched
from data.statutes import LawSentence, TableRow, folded
from data.vocabulary import Identifier, Sector, Stage

SOURCE = "egov_law_revisions"
"""The source of the catalogue under which notices of changed tables are kept; its class is `law`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StatuteFinding:
    """All that one revision opened to one sector: 68 rows on one day are one of these per sector."""

    sector: Sector
    identifier: Identifier
    stage: Stage
    """`adopted` once in force, `planned` while scheduled."""
    system: str | None
    """Where all rows are of one system."""
    domain: str | None
    """For `other`: the domains, joined with a semicolon."""
    law_id: str
    law_num: str
    """The amending law's number where it is known, else its id, else the amended law's number."""
    revision_id: str
    at: date
    """The day it takes effect; with a `comment` the latest possible one."""
    comment: str
    url: str
    rows: tuple[TableRow, ...]
    """Rows that came, then rows whose words were widened, as they stand now."""
    added: int
    """How many of `rows` came; the others were widened."""


def findings_from_diff(
    diff: StatuteDiff, today: date, sentences: Iterable[LawSentence] = ()
) -> list[StatuteFinding]:
    """One finding per sector and identifier that gained uses, in their order; none for a diff that opens nothing.

    A row counts when it came, or when an amendment added a task, a provider or a statute to it. Rows
    that went give no finding: the same use may stand on another row or in an order (docs/statutes.md).
    Of a law that is not on the list only rows count that name an identifier, or whose table one of the
    new state's `sentences` ties to one: a table of fees or courses is no use of the number.
    """
    tied = _Tables(diff.new.law_id, sentences)
    came: dict[tuple[Sector, Identifier], list[TableRow]] = defaultdict(list)
    wider: dict[tuple[Sector, Identifier], list[TableRow]] = defaultdict(list)
    for row in diff.added:
        if identifier := tied.identifier(row):
            came[placement(row).sector, identifier].append(row)
    for change in diff.amended:
        if widened(change) and (identifier := tied.identifier(change.after)):
            wider[placement(change.after).sector, identifier].append(change.after)
    return [
        _finding(
            diff, today, identifier, sector, came[sector, identifier], wider[sector, identifier]
        )
        for sector in Sector
        for identifier in Identifier
        if came[sector, identifier] or wider[sector, identifier]
    ]


class _Tables:
    """Which identifier the tables of a law are about."""

    def __init__(self, law_id: str, sentences: Iterable[LawSentence]) -> None:
        law = watched(law_id)
        self._of_law = law.identifier if law else None
        self._said = [(folded(one.text), identifier_named(one.text)) for one in sentences]

    def identifier(self, row: TableRow) -> Identifier | None:
        """The law's identifier where it is followed, else the one that the row or a sentence on its table names.

        A table that no sentence mentions is taken for the identifier that the law speaks of, if any.
        """
        named = self._of_law or identifier_named(f"{row.body}{row.task}")
        if named:
            return named
        on_it = [identifier for words, identifier in self._said if row.table in words]
        among = on_it or [identifier for _, identifier in self._said]
        return next((identifier for identifier in among if identifier), None)


def widened(change: RowChange) -> bool:
    """True when the row allows more than before: a further provider, statute or task."""
    if change.citation_only:
        return False
    if change.lines_added > change.lines_removed:
        return True
    if len(change.after.statutes) > len(change.before.statutes):
        return True
    names = (*change.before.statutes, *change.after.statutes)
    new = clauses(change.after.task) - clauses(change.before.task) - set(names)
    return len(clauses(change.after.task)) > len(clauses(change.before.task)) and bool(new)


def _finding(
    diff: StatuteDiff,
    today: date,
    identifier: Identifier,
    sector: Sector,
    came: list[TableRow],
    wider: list[TableRow],
) -> StatuteFinding:
    revision = diff.new
    rows = (*came, *wider)
    places = [placement(row) for row in rows]
    systems = {place.system for place in places}
    domains = sorted({place.domain for place in places if place.domain})
    return StatuteFinding(
        sector=sector,
        identifier=identifier,
        stage=Stage.PLANNED if revision.scheduled(today) else Stage.ADOPTED,
        system=systems.pop() if len(systems) == 1 else None,
        domain=";".join(domains) or None,
        law_id=revision.law_id,
        law_num=revision.amending_law_num or revision.amending_law_id or revision.law_num,
        revision_id=revision.revision_id,
        at=revision.enforced_on,
        comment=revision.comment,
        url=revision.url,
        rows=rows,
        added=len(came),
    )


def row_line(row: TableRow) -> str:
    """A row as one quotable line: table, number, body, task."""
    words = (f"{row.table}{row.number}", row.body, row.task.replace("\n", ""))
    return "　".join(word for word in words if word)


def notice_of(
    diff: StatuteDiff, today: date, read_at: datetime, sentences: Iterable[LawSentence] = ()
) -> tuple[Document, Reading] | None:
    """The change as a document of the source `SOURCE` with its findings; None when it opens nothing.

    A revision gives one document while it is planned, dated by its promulgation, and another once
    it is in force, dated by that day; each is the same however often it is made.
    """
    found = findings_from_diff(diff, today, sentences)
    if not found:
        return None
    revision = diff.new
    law = watched(revision.law_id)
    name = law.short if law else revision.title or revision.law_id
    title = f"{name} {revision.enforced_on.isoformat()} {found[0].law_num}"
    lines = [row_line(row) for finding in found for row in finding.rows]
    text = "\n".join(lines)
    body = f"{title}\n{text}"
    planned = revision.scheduled(today)
    document = notice(
        f"{SOURCE}|{revision.revision_id}|{found[0].stage}",
        SOURCE,
        url=revision.url,
        title=title,
        text=text,
        day=revision.promulgated_on if planned else revision.enforced_on,
        read_at=read_at,
    )
    findings = tuple(_quoted(finding, body) for finding in found)
    return document, Reading(document_id=document.id, version=1, gated=False, findings=findings)


def _quoted(finding: StatuteFinding, body: str) -> Finding:
    evidence = row_line(finding.rows[0])
    start = body.index(evidence)
    return Finding(
        sector=finding.sector,
        identifier=finding.identifier,
        stage=finding.stage,
        unlawful=False,
        evidence=evidence,
        start=start,
        end=start + len(evidence),
        score=1.0,
        domain=finding.domain,
        system=finding.system,
        actor=finding.rows[0].body or None,
        why=(
            f"{finding.law_num}, {finding.at.isoformat()}",
            f"{finding.added} rows added, {len(finding.rows) - finding.added} widened",
            finding.url,
            *([finding.comment] if finding.comment else []),
        ),
    )
