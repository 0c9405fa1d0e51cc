"""What every test shares: a configuration in tmp_path, an open store, and no network but loopback."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from data.config import Config, StoreSection
from data.store.connection import Store, open_store

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"


LONGEST = "test_main_job.py"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the file that takes longest: begun last, it leaves the other processor idle."""
    items.sort(key=lambda item: item.path.name != LONGEST)


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return Config(base=tmp_path, store=StoreSection(directory=Path("var")))


@pytest.fixture
def store(config: Config) -> Iterator[Store]:
    with open_store(config) as opened:
        yield opened


@pytest.fixture
def shared_data() -> Path:
    """The real recordings; a test that asks for them is skipped where they are not."""
    path = SHARED / "data"
    if not path.is_dir():
        pytest.skip("the real recordings of ../shared/data are not on this machine")
    return path


@pytest.fixture(autouse=True)
def loopback_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test that would reach another machine fails, whatever library it goes through."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: object) -> object:
        host = address[0] if isinstance(address, tuple) else address
        if isinstance(host, str) and not host.startswith(("127.", "::1", "/", "\0", "localhost")):
            raise AssertionError(f"a test tried to reach {host}")
        return connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)
