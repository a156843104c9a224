"""The blocks of bodies as files, each sealed under the storage key of its day (docs/protocol.md §5, §7).

``bodies/<day>/<body id>/<index>``: nonce, ciphertext and tag, bound to the body's id, its digest and the block's place.
The id is random and of one sender and day, so that the same bytes uploaded for another day, or by somebody else, are
another body under another key, and nobody learns from an upload what others have sent. A block that was found damaged
is set aside as ``<index>.damaged``: it counts as missing from then on.
"""

from __future__ import annotations

import asyncio
import re
import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Final, TypeVar

from phoenix_protocol import limits
from phoenix_protocol.errors import RefusedError, TamperError
from phoenix_protocol.merkle import leaf_hash
from phoenix_relay.storage import durable
from phoenix_relay.storage.damage import DamageError
from phoenix_relay.storage.day_keys import OVERHEAD, DayKeyError, DayKeys
from phoenix_relay.storage.rows import Body, BodyId, Day

#: Blocks worked on at one time: bounds memory, and keeps a disk busy.
WORKERS: Final = 4
#: The end of the name of a block that was set aside.
SET_ASIDE: Final = ".damaged"

T = TypeVar("T")


_DAY: Final = re.compile(r"0|[1-9][0-9]{0,15}", re.ASCII)
_BODY: Final = re.compile(r"[0-9a-f]{32}")
_BLOCK: Final = re.compile(rf"(?:0|[1-9][0-9]{{0,9}})(?:{re.escape(SET_ASIDE)})?", re.ASCII)


def is_day(name: str) -> bool:
    """Whether a folder is called as that of a day is."""
    return _DAY.fullmatch(name) is not None


def is_body(name: str) -> bool:
    """Whether a folder is called as that of a body is."""
    return _BODY.fullmatch(name) is not None


def is_block(name: str) -> bool:
    """Whether a file is called as a block is, or one that was set aside."""
    return _BLOCK.fullmatch(name) is not None


class Bodies:
    """Blocks on disk. Every coroutine works on threads of its own; a block is at most 1 MiB."""

    def __init__(self, folder: Path, day_keys: DayKeys) -> None:
        durable.make_folder(folder)
        self._folder: Final = folder
        self._day_keys: Final = day_keys
        self._threads: Final = ThreadPoolExecutor(WORKERS, thread_name_prefix="bodies")

    async def put(self, body: Body, index: int, data: bytes) -> None:
        """Keep a block durably: on return it is on the disk, whole. The same block again is fine.

        Raises RefusedError ``E_NOT_FOUND`` when the body has no such block, ``E_EXPIRED`` when its day is over,
        TamperError ``E_BODY_DIGEST`` when the data are not those that the leaf hash names, UnavailableError ``E_RELAY``
        when the disk is full.
        """
        await self._on_thread(lambda: self.put_now(body, index, data))

    async def missing(self, body: Body) -> tuple[int, ...]:
        """Which blocks have not arrived."""
        return await self._on_thread(lambda: self.missing_now(body))

    async def read(self, body: Body, index: int) -> bytes:
        """One block, checked. Raises as ``Store.block``; DamageError also when the storage key is another."""
        return await self._on_thread(lambda: self.read_now(body, index))

    def put_now(self, body: Body, index: int, data: bytes) -> None:
        """:meth:`put` on the caller's thread."""
        _check_index(body, index)
        if len(data) != block_length(body, index) or leaf_hash(data) != body.leaves[index]:
            raise TamperError("E_BODY_DIGEST", "A block is not the one that was announced.")
        sealed = self._day_keys.seal(body.day, _place(body, index), data)
        with durable.disk_errors():
            durable.make_folder(self.folder_of(body.day, body.id))
            durable.write_over(self._path(body, index), sealed)

    def missing_now(self, body: Body) -> tuple[int, ...]:
        """:meth:`missing` on the caller's thread."""
        folder = self.folder_of(body.day, body.id)
        sizes: dict[str, int] = {}
        with durable.disk_errors(), suppress(FileNotFoundError):
            sizes = {path.name: path.stat().st_size for path in folder.iterdir()}
        return tuple(
            index
            for index in range(len(body.leaves))
            if sizes.get(str(index)) != block_length(body, index) + OVERHEAD
        )

    def read_now(self, body: Body, index: int) -> bytes:
        """:meth:`read` on the caller's thread."""
        _check_index(body, index)
        with durable.disk_errors():
            try:
                sealed = self._path(body, index).read_bytes()
            except FileNotFoundError:
                raise self._not_there(body, index) from None
        try:
            data = self._day_keys.unseal(body.day, _place(body, index), sealed)
        except DayKeyError:
            raise
        except TamperError:
            raise DamageError(self._file(body, index)) from None
        if leaf_hash(data) != body.leaves[index]:
            raise DamageError(self._file(body, index))
        return data

    async def set_aside(self, body: Body, index: int) -> None:
        """Keep a damaged block under another name, so that whoever asks next, or uploads it again, finds none."""
        path = self._path(body, index)

        def rename() -> None:
            # Somebody else may have done it, and a disk that only reads needs no mark.
            with suppress(OSError):
                path.rename(path.with_name(f"{index}{SET_ASIDE}"))

        await self._on_thread(rename)

    def stored(self) -> tuple[tuple[Day, BodyId], ...]:
        """Every body that has a folder. What somebody else put beside them is left alone."""
        return tuple(
            (Day(int(day.name)), BodyId(bytes.fromhex(body.name)))
            for day in self._folder.iterdir()
            if is_day(day.name) and day.is_dir()
            for body in day.iterdir()
            if is_body(body.name)
        )

    def last_arrival(self, day: Day, body: BodyId) -> int:
        """When a body's last block arrived, as the disk has it; 0 when none has."""
        try:
            return int(self.folder_of(day, body).stat().st_mtime)
        except FileNotFoundError:
            return 0

    def remove(self, day: Day, body: BodyId) -> None:
        """Delete the blocks of a body, if there are any."""
        shutil.rmtree(self.folder_of(day, body), ignore_errors=True)
        with suppress(OSError):
            (self._folder / str(day)).rmdir()

    def remove_days(self, until: int) -> None:
        """Delete all bodies of the days that ended by ``until``."""
        for day in self._folder.iterdir():
            if is_day(day.name) and int(day.name) <= until:
                shutil.rmtree(day, ignore_errors=True)

    def folder_of(self, day: Day, body: BodyId) -> Path:
        """Where the blocks of a body are."""
        return self._folder / str(day) / body.hex()

    def close(self) -> None:
        """Finish what was begun."""
        self._threads.shutdown()

    def _not_there(self, body: Body, index: int) -> TamperError:
        if self.folder_of(body.day, body.id).is_dir():
            return DamageError(self._file(body, index))
        # Nothing of the body is there: its folder may be on a disk that is not mounted, and come back.
        return TamperError("E_STORE_INTEGRITY", "A stored block is not there, nor its folder.")

    def _file(self, body: Body, index: int) -> str:
        return str(self._path(body, index).relative_to(self._folder.parent))

    def _path(self, body: Body, index: int) -> Path:
        return self.folder_of(body.day, body.id) / str(index)

    async def _on_thread(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)


def block_length(body: Body, index: int) -> int:
    """How many bytes a block of a body has: 1 MiB, the last what is left."""
    return min(limits.BLOCK, body.length - index * limits.BLOCK)


def _place(body: Body, index: int) -> tuple[str | bytes | int, ...]:
    return ("bodies", body.id, body.digest, index)


def _check_index(body: Body, index: int) -> None:
    if not 0 <= index < len(body.leaves):
        raise RefusedError("E_NOT_FOUND", "The body has no such block.")
