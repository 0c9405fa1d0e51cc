"""Bring the kept laws up to date from e-Gov: the days' lists first, then the laws that they name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, timedelta

from crawler.statutes.api import LawApi
from crawler.statutes.bulk import AskedToWait
from crawler.statutes.following import Imported, import_readings, known_states
from crawler.statutes.news import News, news_of
from crawler.statutes.reader import Reading
from data.clock import now, tokyo
from data.errors import Blocked, Malformed, SourceError
from data.statutes import UNCONFIRMED, LawRevision
from data.store.connection import Store
from data.store.law_following import Heard, heard_of, save_heard
from data.store.sources import record_issue
from data.store.statutes import drop_unlisted


def update(
    store: Store,
    api: LawApi,
    law_ids: Iterable[str],
    *,
    since: date,
    at_most: int,
    poll: bool = False,
) -> Imported:
    """Keep what e-Gov has that is new of the laws, and remember how far each is known now."""
    heard: list[Heard] = []
    done = import_readings(
        store, updates(store, api, law_ids, since=since, at_most=at_most, poll=poll, heard=heard)
    )
    # Only now: a kill before this line means that the same days are asked for again.
    save_heard(store, heard)
    return done


def updates(
    store: Store,
    api: LawApi,
    law_ids: Iterable[str],
    *,
    since: date,
    at_most: int,
    poll: bool = False,
    heard: list[Heard] | None = None,
) -> Iterator[Reading]:
    """What e-Gov says about each law, for `import_readings`; at most `at_most` texts per law.

    Only texts of effective states are fetched, newest first, none of days before `since`, none
    that is kept already. A law whose list cannot be read is an error and the others go on; a text
    that is broken is an error and the next one is tried; a server that does not answer ends its law,
    one that refuses (429, 403) is left alone until the next run.
    """
    laws = list(dict.fromkeys(law_ids))
    try:
        news = news_of(store, api.lists, laws, poll=poll)
    except AskedToWait as error:
        yield failed(store, "the list of the day", error)
        return
    known = heard_of(store, laws)
    yesterday = tokyo(now()).date() - timedelta(days=1)
    for law_id in laws:
        polled = known[law_id].polled_at if law_id not in news.ask else now()
        try:
            yield from _law(store, api, law_id, news, since, at_most)
        except _Left:
            return
        except SourceError:
            continue
        if heard is not None:
            heard.append(Heard(law_id, yesterday, polled))


class _Left(Exception):
    """The server wants to be left alone."""


def _law(
    store: Store, api: LawApi, law_id: str, news: News, since: date, at_most: int
) -> Iterator[Reading]:
    """One law: its list where it has to be asked for, the texts in hand, then those that are missing.

    Raises `SourceError` when its list could not be read, `_Left` when the server refuses.
    """
    in_hand: set[str] = set()
    listed: tuple[LawRevision, ...] | None = None
    if law_id in news.ask:
        error: SourceError | None = None
        try:
            listed = tuple(api.revisions(law_id))
        except SourceError as caught:
            error = caught
            yield failed(store, law_id, caught)
        else:
            drop_unlisted(store, law_id, listed)
            yield Reading(law_id, revisions=listed)
        for reading in _in_hand(store, news.found.get(law_id, ()), listed or ()):
            in_hand.add(reading.name)
            yield reading
        if error is not None:
            raise _Left if isinstance(error, Blocked) else error
    for revision in wanted(store, law_id, listed, since, in_hand)[:at_most]:
        try:
            yield Reading(revision.revision_id, text=api.text(revision))
        except Malformed as error:
            yield failed(store, revision.revision_id, error)
        except Blocked as error:
            yield failed(store, revision.revision_id, error)
            raise _Left from error
        except SourceError as error:
            yield failed(store, revision.revision_id, error)
            break


def _in_hand(
    store: Store, found: Iterable[Reading], listed: tuple[LawRevision, ...]
) -> Iterator[Reading]:
    """What came with a day's list: as the API describes it, else unconfirmed (a ghost, or the API is late)."""
    known = {revision.revision_id: revision for revision in listed}
    for reading in found:
        if reading.error is not None:
            kind = getattr(reading.error, "kind", Malformed.kind)
            detail = f"e-Gov bulk download: {reading.error}"
            record_issue(store, at=now(), kind=kind, detail=detail)
        elif reading.text is not None:
            own = reading.text.revision
            revision = known.get(own.revision_id) or replace(own, status=UNCONFIRMED)
            yield replace(reading, text=replace(reading.text, revision=revision))
        else:
            yield replace(
                reading,
                revisions=tuple(
                    known.get(one.revision_id) or replace(one, status=UNCONFIRMED)
                    for one in reading.revisions
                ),
            )


def wanted(
    store: Store,
    law_id: str,
    listed: tuple[LawRevision, ...] | None,
    since: date,
    in_hand: Iterable[str] = (),
) -> list[LawRevision]:
    """The effective states whose text is not kept, newest first; the caller has stored `listed`.

    Without a fresh list those that e-Gov's API listed earlier (they have its status).
    """
    ids = None if listed is None else {revision.revision_id for revision in listed}
    have = frozenset(in_hand)
    return [
        state.revision
        for state in reversed(known_states(store.public, law_id))
        if not state.has_text
        and state.revision.revision_id not in have
        and (state.revision.revision_id in ids if ids is not None else state.revision.status)
        and state.revision.enforced_on >= since
    ]


def failed(store: Store, name: str, error: SourceError) -> Reading:
    """Keep the failure for the doctor and the digest's coverage, and hand it on."""
    record_issue(store, at=now(), kind=error.kind, detail=f"e-Gov law API: {name}: {error}")
    told = f"{name}: {error}"
    if isinstance(error, AskedToWait):
        return Reading(name, error=AskedToWait(told, until=error.until))
    return Reading(name, error=type(error)(told))
