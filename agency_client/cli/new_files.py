"""New files that a command writes: for nobody else's eyes, whole or not at all, over nothing."""

from __future__ import annotations

import os
from pathlib import Path

from phoenix_protocol.errors import UsageError


def require_new(path: Path) -> None:
    """Raise UsageError ``E_FILE`` when there is a file already."""
    if path.exists():
        raise UsageError(
            "E_FILE",
            "There is a file of this name already.",
            next="Choose another name; nothing is overwritten.",
        )


def write_new(path: Path, data: bytes) -> None:
    """A file for nobody else's eyes, whole or not at all. Nothing is overwritten."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise _not_written(error) from None
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
    except OSError as error:
        path.unlink(missing_ok=True)
        raise _not_written(error) from None


def _not_written(error: OSError) -> UsageError:
    return UsageError(
        "E_FILE",
        f"The file cannot be written: {error.strerror}.",
        next="Choose another name or folder; nothing is overwritten.",
    )
