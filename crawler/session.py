"""What the spiders of one child process share: configuration, store, archive, gate, robots rules."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from crawler.gate import Gate
from crawler.memory import Room
from data.config import Config

if TYPE_CHECKING:
    from crawler.middleware.robots import Rules
    from crawler.recording import Recorder
    from crawler.writer import Writer


@dataclass(slots=True, kw_only=True)
class Session:
    config: Config
    gate: Gate
    writer: Writer
    room: Room
    robots: dict[str, Rules] = field(default_factory=dict)
    """Rules per scheme, host and port, read once per process."""
    recorder: Recorder | None = None
    """Set by `sources record`: keeps the bytes of this run."""
