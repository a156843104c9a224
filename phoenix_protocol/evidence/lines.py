"""The lines under a bundle's checkpoint: only those that its reader can verify (docs/protocol.md §4.8, §6.11)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from phoenix_protocol.errors import TamperError
from phoenix_protocol.notes import NoteKey
from phoenix_protocol.notes.signed_note import SignatureKind, SignatureLine, parse_note


def check_lines(note: str, log: NoteKey, witnesses: Sequence[NoteKey]) -> None:
    """Raise TamperError ``E_PARSE`` for a line by neither the log nor a witness that the partnership names.

    A note may have others, which are passed over elsewhere. In a bundle a changed bit must not be.
    """
    known = _known(log, witnesses)
    if not all(_of(line) in known for line in parse_note(note).lines):
        raise TamperError("E_PARSE", "The checkpoint has a line that nobody here can verify.")


def without_strangers(note: str, log: NoteKey, witnesses: Sequence[NoteKey]) -> str:
    """``note`` without the lines that :func:`check_lines` refuses."""
    known = _known(log, witnesses)
    parsed = parse_note(note)
    return replace(
        parsed, lines=tuple(line for line in parsed.lines if _of(line) in known)
    ).encoded()


def _known(log: NoteKey, witnesses: Sequence[NoteKey]) -> frozenset[tuple[str, bytes]]:
    timed = {(key.name, key.key_id(SignatureKind.COSIGNATURE_V1)) for key in (log, *witnesses)}
    return frozenset({(log.name, log.key_id(SignatureKind.ED25519)), *timed})


def _of(line: SignatureLine) -> tuple[str, bytes]:
    return line.name, line.key_id
