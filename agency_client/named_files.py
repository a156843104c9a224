"""Opening a file that a person named: a plain one, and nothing that could keep its reader waiting for ever."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import BinaryIO

from phoenix_protocol.errors import UsageError


def open_named(path: Path, what: str = "The file", *, take_stdin: bool = False) -> BinaryIO:
    """The file for reading; close it. ``what`` is what people call it, at the beginning of a sentence.

    Raises UsageError ``E_FILE`` for one that cannot be read, and for a pipe, device or socket. ``take_stdin``: the
    command reads ``-``, which the way out then says.
    """
    try:
        # A pipe that nobody writes to would keep an ordinary open waiting.
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        raise UsageError(
            "E_FILE", f"{what} cannot be read: {error.strerror}.", next="Check its name."
        ) from None
    kind = os.fstat(handle).st_mode
    if stat.S_ISREG(kind):
        return os.fdopen(handle, "rb")
    os.close(handle)
    named = "a folder" if stat.S_ISDIR(kind) else "a pipe, a device or a socket, not a file"
    instead = " To read what another program writes, name it '-'." if take_stdin else ""
    raise UsageError(
        "E_FILE", f"{what} cannot be read: it is {named}.", next=f"Name a plain file.{instead}"
    )
