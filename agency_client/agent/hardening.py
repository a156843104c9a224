"""Asking the operating system to keep the agent's memory to itself; best effort, and reported."""

from __future__ import annotations

import contextlib
import ctypes
import resource
from enum import Enum
from typing import Final

_PR_SET_DUMPABLE: Final = 4
_MCL_CURRENT: Final = 1
_MCL_FUTURE: Final = 2
# Lock pages as they are touched: otherwise all that is merely mapped becomes resident.
_MCL_ONFAULT: Final = 4


class Protection(Enum):
    """Something that the system granted."""

    NO_CORE_DUMP = "core"
    NO_TRACING = "trace"
    NO_SWAP = "swap"


def harden() -> tuple[Protection, ...]:
    """No core dumps, no tracing by other processes of this user, no swapping; what was granted."""
    system = ctypes.CDLL(None)
    asked = (
        (Protection.NO_CORE_DUMP, _no_core_dump()),
        (Protection.NO_TRACING, system.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0) == 0),
        (Protection.NO_SWAP, _no_swap(system)),
    )
    return tuple(protection for protection, granted in asked if granted)


def _no_core_dump() -> bool:
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    return resource.getrlimit(resource.RLIMIT_CORE)[0] == 0


def _no_swap(system: ctypes.CDLL) -> bool:
    unlimited = resource.RLIM_INFINITY
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_MEMLOCK, (unlimited, unlimited))
    # With a limit, locking might succeed now and fail every later request for memory.
    if resource.getrlimit(resource.RLIMIT_MEMLOCK)[0] != unlimited:
        return False
    return bool(system.mlockall(_MCL_CURRENT | _MCL_FUTURE | _MCL_ONFAULT) == 0)
