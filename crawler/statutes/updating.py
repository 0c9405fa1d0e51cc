"""Bring the kept laws up to date from e-Gov's API: list the revisions, fetch the texts that are missing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from crawler.statutes.api import LawApi
from crawler.statutes.following import known_states
from crawler.statutes.reader import Reading
from data.clock import now
from data.errors import Blocked, Malformed, SourceError
from data.statutes import LawRevision
from data.store.connection import Store
from data.store.sources import record_issue
from data.store.statutes import drop_unlisted


def updates(
    store: Store,
    api: LawApi,
    law_ids: Iterable[str],
    *,
    since: date,
    at_most: int,
) -> Iterator[Reading]:
    """What the API says about each law, for `import_readings`; at most `at_most` texts per law.

    Only texts of effective states are fetched, newest first, none of days before `since`, none
    that is kept already. A law whose list cannot be read is an error and the others go on; a text
    that is broken is an error and the next one is tried; a server that does not answer ends its law,
    one that refuses (429, 403) is left alone until the next run.
    """
    for law_id in law_ids:
        try:
            listed = tuple(api.revisions(law_id))
        except Blocked as error:
            yield failed(store, law_id, error)
            return
        except SourceError as error:
            yield failed(store, law_id, error)
            continue
        drop_unlisted(store, law_id, listed)
        yield Reading(law_id, revisions=listed)
        for revision in wanted(store, law_id, listed, since)[:at_most]:
            try:
                yield Reading(revision.revision_id, text=api.text(revision))
            except Malformed as error:
                yield failed(store, revision.revision_id, error)
            except Blocked as error:
                yield failed(store, revision.revision_id, error)
                return
            except SourceError as error:
                yield failed(store, revision.revision_id, error)
                break


def wanted(
    store: Store, law_id: str, listed: tuple[LawRevision, ...], since: date
) -> list[LawRevision]:
    """The effective states whose text is not kept, newest first; the caller has stored `listed`."""
    ids = {revision.revision_id for revision in listed}
    return [
        state.revision
        for state in reversed(known_states(store.public, law_id))
        if not state.has_text
        and state.revision.revision_id in ids
        and state.revision.enforced_on >= since
    ]


def failed(store: Store, name: str, error: SourceError) -> Reading:
    """Keep the failure for the doctor and the digest's coverage, and hand it on."""
    record_issue(store, at=now(), kind=error.kind, detail=f"e-Gov law API: {name}: {error}")
    return Reading(name, error=type(error)(f"{name}: {error}"))
