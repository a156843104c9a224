"""The one place in the agent where the master key stays: a page of memory that can be wiped.

Python copies bytes as it likes and cannot erase them. A page of our own is kept out of swap, of
core dumps and of child processes, as far as the system grants it, and is zeros after wiping. The
short-lived copies that leave it are what is left over.
"""

from __future__ import annotations

import contextlib
import ctypes
import mmap
from typing import Final

from phoenix_protocol.errors import LockedError

_KEY_BYTES: Final = 32


class HeldKey:
    """A master key in memory, until it is wiped."""

    __slots__ = ("_page",)

    def __init__(self, key: bytes) -> None:
        """Hold ``key``, 32 bytes; ValueError for another length."""
        if len(key) != _KEY_BYTES:
            raise ValueError("A master key is 32 bytes.")
        page = mmap.mmap(-1, mmap.PAGESIZE, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
        _protect(page)
        page[:_KEY_BYTES] = key
        self._page: mmap.mmap | None = page

    @property
    def is_wiped(self) -> bool:
        """Whether the key is gone."""
        return self._page is None

    def key(self) -> bytes:
        """The key. Raises LockedError ``E_LOCKED`` once it is wiped."""
        if self._page is None:
            raise LockedError("E_LOCKED", "The agent is locked.")
        return self._page[:_KEY_BYTES]

    def wipe(self) -> None:
        """Overwrite the key with zeros. Wiping twice is fine."""
        page, self._page = self._page, None
        if page is not None:
            page[:_KEY_BYTES] = bytes(_KEY_BYTES)
            page.close()

    def __repr__(self) -> str:
        return "<HeldKey>"


def _protect(page: mmap.mmap) -> None:
    for advice in (mmap.MADV_DONTDUMP, mmap.MADV_DONTFORK):
        with contextlib.suppress(OSError):
            page.madvise(advice)
    start = ctypes.c_char.from_buffer(page)
    ctypes.CDLL(None).mlock(ctypes.byref(start), ctypes.c_size_t(mmap.PAGESIZE))
