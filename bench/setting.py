"""What measurements share: a folder that is removed in the end, and a partnership that is founded when first needed."""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

from bench.partnership import Partnership

MIB = 1 << 20


class Setting:
    """Use it as a context."""

    def __init__(self) -> None:
        self._stack = ExitStack()
        self._partnership: Partnership | None = None
        self.folder = Path()

    def __enter__(self) -> Self:
        # A short path: the agent's socket is in a home below, and the path of a socket is short.
        self.folder = Path(tempfile.mkdtemp(prefix="phoenix-bench-"))
        self._stack.callback(shutil.rmtree, self.folder, ignore_errors=True)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self._stack.close()

    @property
    def partnership(self) -> Partnership:
        """A relay and two desks whose agents hold their keys."""
        if self._partnership is None:
            founded = Partnership(folder=self.folder / "partnership")
            self._partnership = self._stack.enter_context(founded)
        return self._partnership

    def file(self, name: str, mebibytes: int) -> Path:
        """A file of random bytes, written a mebibyte at a time so that this process stays small."""
        path = self.folder / name
        with path.open("wb") as file:
            for _ in range(mebibytes):
                file.write(os.urandom(MIB))
            file.flush()
            os.fsync(file.fileno())
        return path

    def has_room(self, mebibytes: int) -> bool:
        """Whether the disk takes that much more."""
        return shutil.disk_usage(self.folder).free > mebibytes * MIB
