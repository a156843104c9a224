"""Nobody waits before a page for as long as a program may for a relay that does not answer."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import Final, TypeVar

from phoenix_protocol.errors import UnavailableError

T = TypeVar("T")

#: Seconds after which a page says that the relay does not answer.
PATIENCE: Final = 10.0


async def in_time(work: Awaitable[T], patience: float = PATIENCE) -> T:
    """What ``work`` gives. Raises UnavailableError ``E_RELAY`` when it takes longer, and stops it.

    Only for what may be stopped anywhere and repeated: all that use cases say is said once.
    """
    try:
        async with asyncio.timeout(patience):
            return await work
    except TimeoutError:
        raise UnavailableError("E_RELAY", "The relay does not answer.") from None
