"""Where slices are read: in this process, or by Dask's workers on this machine or a cluster."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Protocol

from crawler.backfill.slices import Slice, read_slice
from data.errors import InputError

NO_DASK = "more than one worker needs Dask: pip install 'scopewatch[backfill]', or --workers 1"


class Pool(Protocol):
    """Where slices are read."""

    width: int

    def submit(self, path: str, offset: int) -> None: ...
    def finished(self) -> Iterator[Slice]: ...


class Here:
    """Reads slices in this process, one after the other."""

    width = 1

    def __init__(self) -> None:
        self._waiting: deque[tuple[str, int]] = deque()

    def submit(self, path: str, offset: int) -> None:
        self._waiting.append((path, offset))

    def finished(self) -> Iterator[Slice]:
        while self._waiting:
            yield read_slice(*self._waiting.popleft())


class Workers:
    """Reads slices on Dask's workers. One that dies on a slice costs that file, not the others."""

    def __init__(self, dask: Any, client: Any, width: int) -> None:
        self.width = width
        self._client = client
        self._running: dict[Any, tuple[str, int]] = {}
        self._completed: Any = dask.as_completed()

    def submit(self, path: str, offset: int) -> None:
        future = self._client.submit(read_slice, path, offset, pure=False, retries=1)
        self._running[future] = (path, offset)
        self._completed.add(future)

    def finished(self) -> Iterator[Slice]:
        for future in self._completed:
            path, offset = self._running.pop(future)
            error = future.exception()
            if isinstance(error, InputError):
                raise error
            if error is not None:
                yield Slice(path, offset, fault=f"a worker died at byte {offset}: {error}")
            else:
                yield future.result()


@contextmanager
def workers(count: int, scheduler: str | None) -> Iterator[Pool]:
    """The pool for so many local processes, or for the cluster at `scheduler`; raises `InputError`."""
    if count == 1 and scheduler is None:
        yield Here()
        return
    dask: Any = import_module("distributed") if find_spec("distributed") else None
    if dask is None:
        raise InputError(NO_DASK)
    if scheduler is not None:
        try:
            client = dask.Client(scheduler, timeout=10)
        except (OSError, ValueError) as error:
            raise InputError(f"{scheduler}: no Dask scheduler answers there: {error}") from error
        with client:
            yield Workers(dask, client, max(1, len(client.scheduler_info()["workers"])))
        return
    cluster = dask.LocalCluster(n_workers=count, threads_per_worker=1, dashboard_address=None)
    with cluster, dask.Client(cluster) as local:
        yield Workers(dask, local, count)
