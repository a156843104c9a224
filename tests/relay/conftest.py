"""What the relay's tests share."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
import structlog

from tests.relay.quillmere_relay import Clock, Town, running


@pytest_asyncio.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    """Quillmere with a relay of its own, nothing sent yet."""
    async with running(tmp_path / "relay", Clock()) as made:
        yield made


@pytest.fixture(autouse=True)
def _fresh_logs() -> Iterator[None]:
    """A command that was run here has pointed the log at a stream of its test."""
    yield
    structlog.reset_defaults()
