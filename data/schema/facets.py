"""What is counted on the pages, kept beside what it counts by triggers: findings by facet, documents by kind."""

from __future__ import annotations

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

PUBLIC = Migrations("facets")


_FACETS = """
    INSERT INTO evidence_facets SELECT f.id, f.document_id, f.use_case_id, f.search_id, f.at,
        f.sector, f.system, f.identifier, f.stage,
        (SELECT e.kind FROM events e WHERE e.finding_id = f.id AND e.state = 'live' LIMIT 1),
        d.source_id, s.publisher_ja, s.source_group, f.source_class, strftime('%Y', f.at, '+9 hours')
    FROM findings f LEFT JOIN documents d ON d.id = f.document_id LEFT JOIN sources s ON s.id = d.source_id
    WHERE f.state = 'kept'
"""
_TOLD = """
    UPDATE evidence_facets SET event = (SELECT e.kind FROM events e
        WHERE e.finding_id = {0}.finding_id AND e.state = 'live' LIMIT 1)
    WHERE finding_id = {0}.finding_id;
"""
_GONE = "DELETE FROM evidence_facets WHERE finding_id = {}.id;"
_KEPT_TRUE = {
    "finding_comes AFTER INSERT ON findings": _GONE.format("NEW") + f"{_FACETS} AND f.id = NEW.id;",
    "finding_changes AFTER UPDATE ON findings": _GONE.format("OLD") + f"{_FACETS} AND f.id = NEW.id;",
    "finding_goes AFTER DELETE ON findings": _GONE.format("OLD"),
    "event_comes AFTER INSERT ON events": _TOLD.format("NEW"),
    "event_changes AFTER UPDATE OF finding_id, kind, state ON events": (
        _TOLD.format("OLD") + _TOLD.format("NEW")
    ),
    "event_goes AFTER DELETE ON events": _TOLD.format("OLD"),
    "document_moves AFTER UPDATE OF source_id ON documents WHEN NEW.source_id != OLD.source_id": (
        f"DELETE FROM evidence_facets WHERE document_id = NEW.id; {_FACETS} AND f.document_id = NEW.id;"  # noqa: S608  # our own words
    ),
    "source_changes AFTER UPDATE OF publisher_ja, source_group ON sources "
    "WHEN NEW.publisher_ja != OLD.publisher_ja OR NEW.source_group != OLD.source_group": (
        "UPDATE evidence_facets SET publisher = NEW.publisher_ja, source_group = NEW.source_group "
        "WHERE source_id = NEW.id;"
    ),
}  # fmt: skip
"""The triggers of `evidence_facets`, and what each does; released, so not to be edited."""


@PUBLIC()
def m0001_evidence_facets(db: Database) -> None:
    """What readers facet by, each kept finding once in a narrow table that triggers keep true.

    Any facet is counted from one small index, where the view asked until now fifty thousand times
    for an event and a source.
    """
    for index in ("findings_facets", "findings_by_year", "findings_by_time"):
        db.execute(f"DROP INDEX {index}")
    db.execute("CREATE INDEX findings_by_time ON findings(at, search_id)")
    db.execute(
        """
        CREATE TABLE evidence_facets (
            finding_id TEXT PRIMARY KEY, document_id TEXT, use_case_id TEXT, search_id INTEGER, at TEXT,
            sector TEXT, system TEXT, identifier TEXT, stage TEXT, event TEXT, source_id TEXT,
            publisher TEXT, source_group TEXT, source_class TEXT, year TEXT
        )
        """
    )
    db.execute(_FACETS)
    db.execute("CREATE INDEX evidence_by_at ON evidence_facets(at, search_id)")
    db.execute("CREATE INDEX evidence_by_search_id ON evidence_facets(search_id)")
    for column in (
        "sector", "system", "identifier", "stage", "event", "publisher", "source_group", "source_class",
        "year", "source_id", "document_id", "use_case_id",
    ):  # fmt: skip
        db.execute(f"CREATE INDEX evidence_by_{column} ON evidence_facets({column}, at)")
    for trigger, deed in _KEPT_TRUE.items():
        db.execute(f"CREATE TRIGGER evidence_{trigger} BEGIN {deed} END")
    db.execute("DROP VIEW evidence")
    db.execute(
        """
        CREATE VIEW evidence AS
        SELECT x.at, x.finding_id, x.sector, x.system, x.identifier, x.stage, x.event,
            (SELECT f.evidence FROM findings f WHERE f.id = x.finding_id) AS evidence,
            (SELECT f.actor FROM findings f WHERE f.id = x.finding_id) AS actor,
            x.publisher, x.source_group, x.source_class, x.year,
            (SELECT d.title FROM documents d WHERE d.id = x.document_id) AS title,
            (SELECT d.url FROM documents d WHERE d.id = x.document_id) AS url,
            (SELECT f.score FROM findings f WHERE f.id = x.finding_id) AS score,
            (SELECT f.unlawful FROM findings f WHERE f.id = x.finding_id) AS unlawful,
            x.use_case_id, x.document_id, x.search_id
        FROM evidence_facets x
        """
    )


@PUBLIC()
def m0002_document_counts(db: Database) -> None:
    """How many documents there are of each source, kind and status, so that nobody counts a million.

    With the indexes the rows of one source, kind or status come in the page's order.
    """
    db.execute(
        "CREATE TABLE document_counts (source_id TEXT, kind TEXT, status TEXT, documents INTEGER, "
        "PRIMARY KEY (source_id, kind, status)) WITHOUT ROWID"
    )
    db.execute(
        "INSERT INTO document_counts SELECT source_id, kind, status, count(*) FROM documents GROUP BY 1, 2, 3"
    )
    key = "source_id = {0}.source_id AND kind = {0}.kind AND status = {0}.status"
    come = (
        "INSERT INTO document_counts VALUES (NEW.source_id, NEW.kind, NEW.status, 1) "
        "ON CONFLICT DO UPDATE SET documents = documents + 1;"
    )
    old = key.format("OLD")
    go = (
        f"UPDATE document_counts SET documents = documents - 1 WHERE {old}; "  # noqa: S608  # as above
        f"DELETE FROM document_counts WHERE {old} AND documents = 0;"
    )
    for name, when, body in (
        ("comes", "INSERT ON documents", come),
        ("changes", "UPDATE OF source_id, kind, status ON documents", go + come),
        ("goes", "DELETE ON documents", go),
    ):
        db.execute(f"CREATE TRIGGER document_{name} AFTER {when} BEGIN {body} END")
    for column, name in (("source_id", "source"), ("kind", "kind"), ("status", "status")):
        db.execute(f"CREATE INDEX documents_found_of_{name} ON documents({column}, search_id)")
