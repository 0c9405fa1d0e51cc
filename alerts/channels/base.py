"""What a channel promises: `parts` turns a digest into payloads, `send` hands one over and says how it went."""

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


class Channel(Protocol):
    """One way to reach a subscriber. `target` is what stands after the colon in `channels`."""

    def __init__(self, config: Config, target: str) -> None: ...

    def parts(self, digest: Digest) -> list[str]:
        """The payloads to keep in the outbox, one per message; made once, sent as they are."""

    def send(self, part: Part) -> Receipt:
        """Hand one part over. Raises nothing that the other side could cause."""
