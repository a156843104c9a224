"""What the C library does with freed memory: asked, once and before threads start, to give large blocks back."""

from __future__ import annotations

import ctypes
import sys
from contextlib import suppress
from typing import Final

_MMAP_THRESHOLD: Final = -3  # malloc.h
_ARENA_MAX: Final = -8
#: From this size on (bytes) a block is mapped by itself, and unmapped when it is freed.
_LARGE: Final = 1 << 18
_ARENAS: Final = 2


def give_back_large_blocks() -> bool:
    """Ask glibc to keep nothing of large freed blocks and to share arenas among threads; False where it is not glibc.

    By itself it keeps blocks of a mebibyte once it has seen some, in one arena for each thread, which took a fifth more
    memory while bodies travel.
    """
    if not sys.platform.startswith("linux"):
        return False
    with suppress(OSError, AttributeError):
        mallopt = ctypes.CDLL(None).mallopt
        return all([mallopt(_MMAP_THRESHOLD, _LARGE), mallopt(_ARENA_MAX, _ARENAS)])
    return False
