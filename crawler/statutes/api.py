"""Ask e-Gov's law API v2 for revisions and texts, never twice for one text."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote

from crawler.statutes.bulk import BulkLists
from crawler.statutes.json_tree import parse_json
from crawler.statutes.reader import read_bytes
from crawler.statutes.revisions import read_revision_list
from data.errors import Empty, InputError, Malformed
from data.statutes import LawRevision, LawText

BASE = "https://laws.e-gov.go.jp/api/2"
"""The official address (no key; public since 2025-03-14). A test's loopback server may stand in."""

Fetch = Callable[[str], bytes]
"""Gives the body of a 200 answer; raises a `SourceError` for everything else."""


@dataclass(frozen=True, slots=True)
class LawApi:
    """The two replies that following a law needs, and the days' lists that say which laws to ask for."""

    fetch: Fetch
    base: str = BASE
    lists: BulkLists | None = None

    def revisions(self, law_id: str) -> list[LawRevision]:
        """All revisions of a law, scheduled ones too.

        Raises `SourceError`: `Malformed` for HTML with status 200 ("sorry"), error replies and
        broken JSON, `Empty` when the list is empty, which no law's is.
        """
        value = parse_json(self.fetch(f"{self.base}/law_revisions/{quote(law_id, safe='')}"))
        if isinstance(value, dict) and "code" in value and "message" in value:
            raise Malformed(f"e-Gov answered with error {value['code']}: {value['message']}"[:200])
        revisions = [r for r in read_revision_list(value) if r.law_id == law_id]
        if not revisions:
            raise Empty(f"{law_id}: e-Gov lists no revision")
        return revisions

    def text(self, revision: LawRevision) -> LawText:
        """The text of one revision, from XML, which is stable (the JSON form is still on trial).

        Raises `SourceError`, also when the reply is another revision than the one asked for.
        """
        url = f"{self.base}/law_data/{quote(revision.revision_id, safe='')}"
        body = self.fetch(f"{url}?law_full_text_format=xml&response_format=xml")
        try:
            found = read_bytes(f"{revision.revision_id}.xml", body).text
        except InputError as error:
            raise Malformed(str(error)) from error
        if found is None or found.revision.revision_id != revision.revision_id:
            raise Malformed(f"{revision.revision_id}: e-Gov answered with something else")
        return LawText(revision=revision, rows=found.rows, sentences=found.sentences)
