"""Checkpoints of the log as signed notes, with their time, and witnesses' cosignatures.

docs/protocol.md §4; c2sp.org/signed-note, c2sp.org/tlog-checkpoint, c2sp.org/tlog-cosignature.
"""

from __future__ import annotations

from phoenix_protocol.notes.checkpoint import (
    Checkpoint,
    Cosignature,
    OpenedCheckpoint,
    cosign,
    open_checkpoint,
    sign_checkpoint,
    verify_cosignatures,
)
from phoenix_protocol.notes.signed_note import (
    MAX_NAME_BYTES,
    MAX_NOTE_BYTES,
    MAX_SIGNATURE_BYTES,
    MAX_SIGNATURE_LINES,
    MAX_TIME,
    LogSigner,
    NoteKey,
    NoteSigner,
    SignatureKind,
    WitnessSigner,
)

__all__ = [
    "MAX_NAME_BYTES",
    "MAX_NOTE_BYTES",
    "MAX_SIGNATURE_BYTES",
    "MAX_SIGNATURE_LINES",
    "MAX_TIME",
    "Checkpoint",
    "Cosignature",
    "LogSigner",
    "NoteKey",
    "NoteSigner",
    "OpenedCheckpoint",
    "SignatureKind",
    "WitnessSigner",
    "cosign",
    "open_checkpoint",
    "sign_checkpoint",
    "verify_cosignatures",
]
