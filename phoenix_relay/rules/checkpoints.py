"""Which checkpoint notes this relay stands by: its own, of the one log that it has (docs/protocol.md §4)."""

from __future__ import annotations

from functools import lru_cache

from phoenix_protocol import limits
from phoenix_protocol.directory.state import Directory
from phoenix_protocol.errors import RefusedError, TamperError
from phoenix_protocol.identifiers import Seconds
from phoenix_protocol.notes import NoteKey, OpenedCheckpoint, open_checkpoint


def log_key(directory: Directory) -> NoteKey:
    """The key that signs the log's checkpoints."""
    return NoteKey(name=directory.relay.origin, public=directory.relay.log_key)


def check_ours(note: str, directory: Directory, *, written: Seconds, now: Seconds) -> None:
    """Check the checkpoint that an object relies on, which was written at ``written``.

    Raises TamperError as ``open_checkpoint``; ``E_DIR_FORK`` when this log never had that tree; ``E_TIME`` for one out
    of the future; RefusedError ``E_DIR_STALE`` when it was stale when the object was written.
    """
    opened = _opened(note, log_key(directory))
    named = opened.checkpoint
    if named.size > directory.size or named.root != directory.root_at(named.size):
        raise TamperError("E_DIR_FORK", "The checkpoint is of a log that this relay does not have.")
    if opened.time > now + limits.CLOCK_SKEW:
        raise TamperError("E_TIME", "The checkpoint is out of the future.")
    if opened.time + limits.CHECKPOINT_AGE < written:
        raise RefusedError("E_DIR_STALE", "The checkpoint was too old when this was written.")


@lru_cache(maxsize=256)
def _opened(note: str, key: NoteKey) -> OpenedCheckpoint:
    # Everybody relies on the same few notes: verifying each once is enough.
    return open_checkpoint(note, log_key=key)
