"""What a child of tests/alerts/chaos.py does: the end of a run, from composing to recording."""

from __future__ import annotations

import io
import os
import resource
import sys
import tempfile
from datetime import datetime
from multiprocessing.synchronize import Event
from pathlib import Path

from alerts.channels import email, slack
from alerts.composing import compose_due, preview
from alerts.sending import send_waiting
from data.config import Config
from data.store.connection import open_store
from data.subscribers import Subscriber
from tests.alerts.world import MONDAY, PROMISE, TURN, open_world, tell

HOOK = "SCOPEWATCH_CHAOS_URL"


def warm() -> None:
    """Load what a process loads once, before the fork, so that a kill meets the work and not an import."""
    with tempfile.TemporaryDirectory() as place:
        reader = Subscriber(
            name="x", language="both", channels=("email:x@example.org", f"slack:{HOOK}")
        )
        config = Config(base=Path(place), subscribers=(reader,))
        with open_store(config) as store:
            open_world(store)
            tell(store, PROMISE, TURN)
            digest = preview(store, reader, MONDAY)
        email.EmailChannel(config).parts(digest, "x@example.org")
        slack.SlackChannel(config).parts(digest, HOOK)


def work(
    config: Config,
    at: datetime,
    hook: str | None = None,
    begun: Event | None = None,
    room: int | None = None,
) -> None:
    """Compose what is due and send what waits; `begun` is set before the first step.

    With `room` no file may grow beyond so many bytes, and what that breaks ends the work as it would
    end a run.
    """
    if hook:
        os.environ[HOOK] = hook
    if room:
        resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))
        sys.stderr = io.StringIO()
    if begun:
        begun.set()
    slack.PAUSE, slack.TIMEOUT = 0.0, 1
    with open_store(config) as store:
        compose_due(store, config, at)
        send_waiting(store, config, at)
