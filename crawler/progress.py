"""Progress of a crawl: a live line on a terminal, JSON log lines anywhere else."""

from __future__ import annotations

import json
from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from crawler.children import Event
from data.clock import now, to_text
from data.store.sources import READ


class Log:
    """One JSON line on standard error per source, and per line that a reader writes there: for journald and files."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def __enter__(self) -> Log:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Nothing to put back."""

    def started(self, sources: int) -> None:
        self._line({"event": "crawl", "sources": sources})

    def event(self, event: Event) -> None:
        if event.get("event") in {"done", "stderr"}:
            self._line(event)

    def _line(self, event: Event) -> None:
        line = json.dumps({"at": to_text(now()), **event}, ensure_ascii=False)
        self._console.file.write(line + "\n")


class Bar(Log):
    """Sources done, items and errors in one line that is redrawn; failures stay above it."""

    def __init__(self, console: Console) -> None:
        super().__init__(console)
        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[new]} new, {task.fields[failed]} failed"),
            TimeElapsedColumn(),
            console=console,
            transient=True,
        )
        self._task = self._bar.add_task("sources", total=None, new=0, failed=0)
        self._new = self._failed = 0

    def __enter__(self) -> Bar:
        self._bar.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._bar.stop()

    def started(self, sources: int) -> None:
        self._bar.update(self._task, total=sources)

    def event(self, event: Event) -> None:
        if event.get("event") == "stderr":
            self._bar.console.print(event["line"], markup=False, highlight=False)
        if event.get("event") != "done":
            return
        self._new += event["new"]
        self._failed += event["state"] not in READ
        if event["state"] != "ok":
            self._bar.console.print(
                f"{event['source']}: {event['state']}: {event['detail']}", markup=False
            )
        self._bar.update(self._task, advance=1, new=self._new, failed=self._failed)


def progress() -> Log:
    """The form that suits standard error; a dumb terminal cannot redraw a line."""
    console = Console(stderr=True)
    redrawn = console.is_terminal and not console.is_dumb_terminal
    return Bar(console) if redrawn else Log(console)
