"""Checkpoints against what we know ourselves: nothing smaller, nothing else, nothing stale (docs/protocol.md §4).

When one of these fails with ``E_DIR_ROLLBACK`` or ``E_DIR_FORK``, the note and the newest one that was good are proof
against the relay: keep both.
"""

from __future__ import annotations

from typing import Final

from phoenix_protocol import limits
from phoenix_protocol.directory.state import Directory
from phoenix_protocol.errors import TamperError, UnavailableError
from phoenix_protocol.identifiers import Seconds
from phoenix_protocol.notes import NoteKey, OpenedCheckpoint, open_checkpoint
from phoenix_protocol.notes.signed_note import parse_note

_MOST_DIGITS: Final = 19


class BehindError(UnavailableError):
    """A checkpoint is of a longer log than ours: fetch statements up to ``size``, then ask again."""

    def __init__(self, size: int) -> None:
        super().__init__(
            "E_DIR_STALE",
            "There is more in the relay's log than is known here.",
            next="Fetch the directory and repeat.",
        )
        self.size = size


def check_checkpoint(note: str, directory: Directory, now: Seconds) -> OpenedCheckpoint:
    """Check the note that the relay shows as its newest, after all statements up to it were admitted.

    In this order: well formed (TamperError ``E_PARSE``, ``E_LIMIT``); not of a longer log than ours
    (:class:`BehindError`; nothing is verified yet); signed by its log (``E_SIG``, ``E_TIME``); not smaller than what we
    know (``E_DIR_ROLLBACK``); our root (``E_DIR_FORK``); neither from the future (``E_TIME``) nor more than a day old
    (``E_DIR_STALE``).
    """
    size = claimed_size(note)
    if size > directory.size:
        raise BehindError(size)
    opened = open_checkpoint(note, log_key=log_key(directory, size))
    if size < directory.size:
        raise TamperError("E_DIR_ROLLBACK", "The relay shows a shorter log than it did before.")
    _check_root(opened, directory)
    check_age(opened, now)
    return opened


def check_relied_on(
    note: str, directory: Directory, at: Seconds, *, up_to_date: bool = False
) -> OpenedCheckpoint:
    """Check the note inside something that was made at ``at``: a package, an event, a receipt.

    In this order: well formed; not of a longer log than ours (:class:`BehindError`); signed by its log; the root that
    our log had at its size (``E_DIR_FORK``); made neither after ``at``, but for clocks (``E_TIME``), nor more than a
    day before (``E_DIR_STALE``). Pass ``up_to_date`` when the directory was fetched after the note arrived: a longer
    log that the relay did sign was then kept from us (``E_DIR_ROLLBACK``); one that it did not sign is ``E_SIG``.
    """
    size = claimed_size(note)
    if size > directory.size and not up_to_date:
        raise BehindError(size)
    opened = open_checkpoint(note, log_key=log_key(directory, size))
    if size > directory.size:
        raise TamperError("E_DIR_ROLLBACK", "The relay signed a longer log than it shows.")
    _check_root(opened, directory)
    check_age(opened, at)
    return opened


def log_key(directory: Directory, size: int) -> NoteKey:
    """The key that signs the checkpoint of ``size`` statements: the one that the log names at that size."""
    relay = directory.at(min(max(size, 1), directory.size)).relay
    return NoteKey(name=relay.origin, public=relay.log_key)


def claimed_size(note: str) -> int:
    """The size that a note says, before its signature is verified. Raises TamperError ``E_PARSE``, ``E_LIMIT``."""
    lines = parse_note(note).text.split("\n")
    digits = lines[1] if len(lines) > 1 else ""
    if not (digits.isascii() and digits.isdecimal()) or len(digits) > _MOST_DIGITS:
        raise TamperError("E_PARSE", "The text is not a well-formed checkpoint.")
    return int(digits)


def _check_root(opened: OpenedCheckpoint, directory: Directory) -> None:
    if opened.checkpoint.root != directory.root_at(opened.checkpoint.size):
        raise TamperError("E_DIR_FORK", "The relay shows another past than the one we know.")


def check_age(opened: OpenedCheckpoint, at: Seconds) -> None:
    """Raise TamperError ``E_TIME``, ``E_DIR_STALE`` when a note is not of the day before ``at``."""
    if opened.time > at + limits.CLOCK_SKEW:
        raise TamperError("E_TIME", "A checkpoint is from the future.")
    if opened.time < at - limits.CHECKPOINT_AGE:
        raise TamperError("E_DIR_STALE", "A checkpoint is more than a day old.")
