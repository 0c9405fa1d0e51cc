from __future__ import annotations

from collections.abc import Iterator

import pytest
from law_server import Server, serving


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as known:
        yield known
