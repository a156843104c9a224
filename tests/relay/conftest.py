"""What the relay's tests share."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from tests.relay.quillmere_relay import Clock, Town, running


@pytest_asyncio.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    """Quillmere with a relay of its own, nothing sent yet."""
    async with running(tmp_path / "relay", Clock()) as made:
        yield made
