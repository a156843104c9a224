"""Checkpoints: what the log says its tree is, when, and who else saw the same.

docs/protocol.md §4; c2sp.org/tlog-checkpoint and c2sp.org/tlog-cosignature. A checkpoint as such
has no time, and a client must be able to refuse a stale one. So the log signs each checkpoint
twice under its one name and key: a plain signature, and a ``cosignature/v1``, whose statement (as
of this second, this is the largest tree I have for this log) is what a log has to say::

    relay.quillmere.example/log
    42
    CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

    — relay.quillmere.example/log (key id 0x01, signature)
    — relay.quillmere.example/log (key id 0x04, time, signature)
    — witness.northshire.example (key id 0x04, time, signature)

The two signed messages cannot be taken for one another: one begins with the origin, which is never
``cosignature/v1``.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from phoenix_protocol.errors import TamperError
from phoenix_protocol.merkle import EMPTY_ROOT
from phoenix_protocol.notes.signed_note import (
    LogSigner,
    NoteKey,
    SignatureKind,
    SignedNote,
    WitnessSigner,
    decode_base64,
    parse_note,
    verify_plain,
    verify_timed,
)
from phoenix_protocol.suite.hashing import HASH_BYTES

_MAX_SIZE: Final = 2**63 - 1
_DECIMAL: Final = re.compile(r"0|[1-9][0-9]{0,18}", re.ASCII)
_RESERVED_ORIGIN: Final = "cosignature/v1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """The tree of the log named ``origin`` at ``size`` leaves; ``root`` is 32 bytes.

    Raises TamperError ``E_PARSE`` when the size is out of range, the root not a hash, or an empty
    tree does not have the empty root.
    """

    origin: str
    size: int
    root: bytes

    def __post_init__(self) -> None:
        if not (0 <= self.size <= _MAX_SIZE and len(self.root) == HASH_BYTES):
            raise _malformed()
        if (self.size == 0) != (self.root == EMPTY_ROOT) or self.origin == _RESERVED_ORIGIN:
            raise _malformed()

    def text(self) -> str:
        """The text that is signed: three lines."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedCheckpoint:
    """A checkpoint that its log has signed, as of ``time`` (seconds since 1970, UTC)."""

    checkpoint: Checkpoint
    time: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Cosignature:
    """That ``witness`` saw a checkpoint, at ``time`` (seconds since 1970, UTC)."""

    witness: NoteKey
    time: int


def sign_checkpoint(checkpoint: Checkpoint, *, signer: LogSigner, now: int) -> str:
    """The note with which the log publishes ``checkpoint`` as of ``now``.

    The caller has recomputed the root and knows that the tree contains every one signed before.
    Raises ValueError when ``signer`` does not bear the checkpoint's origin or ``now`` is out of
    range.
    """
    if signer.key.name != checkpoint.origin:
        raise ValueError("A log signs only checkpoints of its own origin.")
    text = checkpoint.text()
    return f"{text}\n{signer.plain_line(text)}{signer.timed_line(text, now)}"


def open_checkpoint(note: str, *, log_key: NoteKey) -> OpenedCheckpoint:
    """Verify a checkpoint of the log whose origin is ``log_key.name``.

    In this order: limits and form of the note (TamperError ``E_LIMIT``, ``E_PARSE``); plain
    signature by the log (``E_SIG``); timed signature by the log, which must be there (``E_SIG``,
    ``E_TIME``); three lines and no more, with this origin (``E_PARSE``). Whether it is too old,
    from the future, smaller than one seen before or inconsistent with it is the caller's to judge.
    """
    return _open(parse_note(note), log_key)


def cosign(note: str, *, log_key: NoteKey, witness: WitnessSigner, now: int) -> str:
    """``note`` with a line by ``witness`` as of ``now``; an earlier line by it is replaced.

    The caller has verified that the tree is consistent with the largest it has seen of this log.
    Raises what :func:`open_checkpoint` raises, and ValueError when ``now`` is out of range.
    """
    parsed = parse_note(note)
    _open(parsed, log_key)
    others = parsed.without(witness.key, SignatureKind.COSIGNATURE_V1)
    cosigned = others.encoded() + witness.timed_line(parsed.text, now)
    parse_note(cosigned)
    return cosigned


def verify_cosignatures(
    note: str, *, log_key: NoteKey, witnesses: Iterable[NoteKey], threshold: int
) -> tuple[Cosignature, ...]:
    """Who of ``witnesses`` cosigned ``note``, in their order, each with their time.

    Raises what :func:`open_checkpoint` raises; TamperError ``E_SIG`` when a line by one of
    ``witnesses`` fails; ``E_THRESHOLD`` when fewer than ``threshold`` did. One key counts once,
    whatever its names, and the log's own key never counts.
    """
    parsed = parse_note(note)
    _open(parsed, log_key)
    found: dict[bytes, Cosignature] = {}
    for witness in witnesses:
        time = verify_timed(parsed, witness)
        if time is not None and witness.public != log_key.public:
            found.setdefault(witness.public, Cosignature(witness=witness, time=time))
    if len(found) < threshold:
        raise TamperError("E_THRESHOLD", f"{len(found)} of {threshold} witnesses have cosigned.")
    return tuple(found.values())


def _open(note: SignedNote, log_key: NoteKey) -> OpenedCheckpoint:
    verify_plain(note, log_key)
    time = verify_timed(note, log_key)
    if time is None:
        raise TamperError("E_SIG", "A checkpoint does not carry its log's signed time.")
    checkpoint = _parse_text(note.text)
    if checkpoint.origin != log_key.name:
        raise _malformed()
    return OpenedCheckpoint(checkpoint=checkpoint, time=time)


def _parse_text(text: str) -> Checkpoint:
    lines = text.split("\n")
    if len(lines) != 4 or not _DECIMAL.fullmatch(lines[1]):
        raise _malformed()
    return Checkpoint(origin=lines[0], size=int(lines[1]), root=decode_base64(lines[2]))


def _malformed() -> TamperError:
    return TamperError("E_PARSE", "The text is not a well-formed checkpoint.")
