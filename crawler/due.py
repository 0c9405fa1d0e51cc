"""Which sources a run reads: those whose time has come, those that are named, or all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from crawler.source import Source
from data.errors import UsageError
from data.store.harvest import Attempt

EARLY = 0.05
"""Share of the cadence by which a run may come early: cron does not fire to the second."""
FIRST_RETRY = timedelta(minutes=30)
"""After a failure a source is tried again at this distance, doubled with each further one."""


def due(
    sources: Iterable[Source], attempts: Mapping[str, Attempt], moment: datetime
) -> list[Source]:
    """The enabled sources to read at `moment`: never read, or read long enough ago for their cadence."""
    return [
        source
        for source in sources
        if source.enabled and _is_due(source, attempts.get(source.id), moment)
    ]


def _is_due(source: Source, last: Attempt | None, moment: datetime) -> bool:
    if (
        last is None or last.at > moment
    ):  # a clock that ran ahead must not silence a source for years
        return True
    if last.paused_until and moment < last.paused_until:
        return False
    pause = timedelta(minutes=source.cadence) * (1 - EARLY)
    if last.outcome not in {"ok", "stale"}:
        pause = min(pause, FIRST_RETRY * 2 ** min(last.failures, 10))
    return moment - last.at >= pause


def named(sources: Mapping[str, Source], ids: Sequence[str]) -> list[Source]:
    """The sources with these ids; raises `UsageError` for one that is unknown or disabled."""
    for source_id in ids:
        if source_id not in sources:
            raise UsageError(
                f"{source_id}: there is no such source; `scopewatch sources list` shows them"
            )
        if not sources[source_id].enabled:
            reason = sources[source_id].disabled_reason
            raise UsageError(
                f"{source_id}: is disabled ({reason}); a copy of its file with `enabled: true` in a "
                "directory of your own turns it on"
            )
    return [sources[source_id] for source_id in dict.fromkeys(ids)]
