"""What a channel promises: `parts` and `letter` make payloads, `send` hands one over and says how it went."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

from alerts.digest import Digest
from data.config import Config
from data.store.outbox import Part


@dataclass(frozen=True, slots=True)
class Receipt:
    """How one attempt ended. `temporary` is tried again, `permanent` is not."""

    state: Literal["sent", "temporary", "permanent"]
    detail: str
    """What the other side said, or where the file lies; never a secret."""
    retry_after: float | None = None
    """Seconds that the other side asked to wait."""
    down: bool = False
    """The way itself is down (no connection, no login): the others of this kind need not be tried now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A plain message to the operator: a dead delivery, a test, the weekly report."""

    subject: str
    lines: tuple[str, ...]
    html: str | None = None
    """The same as a page, for channels that show one."""


class Channel(Protocol):
    """One way to reach subscribers. `target` is what stands after the colon in `channels`.

    An instance lives for one pass over the outbox, so it may keep a connection; `close` ends it.
    Secrets are read from the environment in `send` only: composing needs none.
    """

    def __init__(self, config: Config) -> None: ...

    def parts(self, digest: Digest, target: str) -> list[str]:
        """The payloads to keep in the outbox, one per message; made once, sent as they are."""

    def letter(self, letter: Letter, target: str) -> list[str]:
        """The same for a letter."""

    def send(self, part: Part, target: str) -> Receipt:
        """Hand one part over. Raises nothing that the other side could cause."""

    def close(self) -> None:
        """Give back what `send` kept open."""
