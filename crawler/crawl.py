"""One crawl: choose the sources, read them in batches, isolate what a batch left unread, report."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from crawler.children import CHILDREN, MUCH_NEW, Children, Event, Lane
from crawler.due import due, named
from crawler.indexing import Searchable
from crawler.loader import load_sources, records
from crawler.manifest import seal
from crawler.memory import tree_for
from crawler.reader import Child
from crawler.settings import require_contact
from crawler.source import Source
from data.clock import now, tokyo
from data.config import Config
from data.models import SourceRun
from data.store.connection import Store, open_store
from data.store.harvest import Attempt, attempts
from data.store.runs import finish_run, start_run
from data.store.sources import READ, record_issue, record_source_run, save_sources


@dataclass(slots=True)
class Report:
    """What a crawl did; `states` holds each source's state."""

    states: dict[str, str] = field(default_factory=dict)
    details: dict[str, str] = field(default_factory=dict)
    new: int = 0
    changed: int = 0
    seen: int = 0
    requests: int = 0
    bytes: int = 0

    @property
    def failed(self) -> dict[str, str]:
        """The sources that were not read, with their states."""
        return {name: state for name, state in self.states.items() if state not in READ}

    @property
    def stale(self) -> list[str]:
        """The sources that were read and have been silent for too long: told, but no failure of the run."""
        return sorted(name for name, state in self.states.items() if state == "stale")

    @property
    def exit_status(self) -> int:
        return 1 if self.failed else 0

    def count(self, event: Event) -> None:
        """Take in a child's `done` event, or what it did of a source that another one goes on with (`partly`)."""
        if event.get("event") not in {"done", "partly"}:
            return
        if event["event"] == "done":
            self.states[event["source"]] = event["state"]
            self.details[event["source"]] = event["detail"]
        self.new += event["new"]
        self.changed += event["changed"]
        self.seen += event["seen"]
        self.requests += event["requests"]
        self.bytes += event["bytes"]

    def summary(self) -> dict[str, object]:
        return {
            "sources": len(self.states),
            "failed": self.failed,
            "stale": self.stale,
            "new": self.new,
            "changed": self.changed,
            "seen": self.seen,
            "requests": self.requests,
            "bytes": self.bytes,
        }


def crawl(
    config: Config,
    ids: Sequence[str],
    *,
    everything: bool,
    on_start: Callable[[int], None],
    on_event: Callable[[Event], None],
    first: Child | None = None,
) -> Report:
    """Read the named sources, all enabled ones, or those that are due; store what is new.

    `first` is a reader that was launched before, to save its start.

    Raises `ConfigError` for a wrong source file and for a live run without a contact, `UsageError`
    for an unknown or disabled id.
    """
    sources = load_sources(config)
    with open_store(config) as store:
        save_sources(store, records(sources.values()))
        tried = attempts(store)
        chosen = _chosen(sources, ids, everything, tried)
        require_contact(config, chosen)
        run_id = start_run(store, "crawl")
        on_start(len(chosen))
        seal(config.archive, tokyo(now()).date().isoformat())
        report = Report()
        searchable = Searchable(config)

        def noted(event: Event) -> None:
            if event.get("event") == "large":
                searchable.rest()
            report.count(event)
            on_event(event)

        limit = float(config.crawl.source_limit_seconds)
        most = tree_for(config.crawl.largest_body)
        work = lanes(chosen)
        fresh = sum(not tried.keys() >= set(lane) for lane in work)
        children = Children(
            run_id,
            limit,
            first=first,
            at_once=CHILDREN if fresh >= MUCH_NEW else 1,
            most=most,
        )
        with searchable.kept():
            for source_id in children.read(work, noted):
                alone = Children(run_id, limit, at_most=1, most=most).read([(source_id,)], noted)
                if source_id in alone:
                    _give_up(store, source_id, alone[source_id], run_id, noted)
        finish_run(store, run_id, report.exit_status, report.summary())
    return report


def _chosen(
    sources: dict[str, Source], ids: Sequence[str], everything: bool, tried: dict[str, Attempt]
) -> list[Source]:
    if ids:
        return named(sources, ids)
    if everything:
        return [source for source in sources.values() if source.enabled]
    return due(sources.values(), tried, now())


def lanes(sources: Sequence[Source]) -> list[Lane]:
    """The ids of each host's sources together, so that no two processes ask one host; longest first."""
    hosts: defaultdict[str, list[str]] = defaultdict(list)
    for source in sources:
        hosts[min(source.hosts)].append(source.id)
    return sorted((tuple(members) for members in hosts.values()), key=len, reverse=True)


def _give_up(
    store: Store, source_id: str, reason: str, run_id: int, on_event: Callable[[Event], None]
) -> None:
    """Record a source whose reader hung or crashed even alone."""
    moment = now()
    detail = f"its reader was ended: {reason}"
    record_source_run(
        store,
        SourceRun(
            source_id=source_id,
            started_at=moment,
            finished_at=moment,
            outcome="malformed",
            detail=detail,
        ),
        run_id,
    )
    record_issue(store, at=moment, kind="crash", detail=detail, source_id=source_id)
    on_event(
        {
            "event": "done",
            "source": source_id,
            "state": "malformed",
            "detail": detail,
            "requests": 0,
            "bytes": 0,
            "seen": 0,
            "new": 0,
            "changed": 0,
        }
    )
