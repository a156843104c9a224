"""Signed notes: text, a blank line, and lines of signatures (c2sp.org/signed-note).

Understood are plain Ed25519 on the text, and Ed25519 with a time (``cosignature/v1``). Lines of
other keys and kinds must be well formed and few, and are otherwise ignored, as is specified.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from enum import IntEnum
from typing import Final, Self

from phoenix_protocol.errors import TamperError
from phoenix_protocol.suite.ed25519 import (
    ED25519_SIGNATURE_BYTES,
    Ed25519PrivateKey,
    check_ed25519_key,
    ed25519_verify,
)
from phoenix_protocol.suite.hashing import sha256

MAX_NOTE_BYTES: Final = 16_384
MAX_SIGNATURE_LINES: Final = 64
#: One signature, decoded, with its key id: room for the post-quantum ones that we ignore.
MAX_SIGNATURE_BYTES: Final = 8_192
MAX_NAME_BYTES: Final = 255
#: The last second of the year 9999, in seconds since 1970-01-01T00:00:00Z.
MAX_TIME: Final = 253_402_300_799

_KEY_ID_BYTES: Final = 4
_TIME_BYTES: Final = 8
_LINE_START: Final = "\N{EM DASH} "


class SignatureKind(IntEnum):
    """The type byte that goes into a key id."""

    ED25519 = 0x01
    COSIGNATURE_V1 = 0x04


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteKey:
    """A name and an Ed25519 public key whose signatures on notes count.

    ``name`` is printable ASCII without space or plus, at most 255 bytes; ``public`` is 32 bytes.
    Raises TamperError ``E_PARSE`` for another name, ``E_KEY_WEAK`` for a key nobody may use.
    """

    name: str
    public: bytes

    def __post_init__(self) -> None:
        # Ours are ASCII, so that no two names can look alike; the standard allows more.
        if not (_is_name(self.name) and self.name.isascii() and self.name.isprintable()):
            raise TamperError("E_PARSE", "A log or witness has a name that is not allowed.")
        check_ed25519_key(self.public)

    def key_id(self, kind: SignatureKind) -> bytes:
        """The four bytes that stand for this key and ``kind`` in a signature line."""
        return sha256(self.name.encode(), b"\n", bytes([kind]), self.public)[:_KEY_ID_BYTES]


class NoteSigner:
    """Who signs notes: a name with an Ed25519 private key that is used for nothing else."""

    __slots__ = ("_private", "key")

    def __init__(self, name: str, private: Ed25519PrivateKey) -> None:
        """Raises TamperError ``E_PARSE`` for a name that :class:`NoteKey` refuses."""
        self.key: Final = NoteKey(name=name, public=private.public_bytes())
        self._private: Final = private

    @classmethod
    def from_seed(cls, name: str, seed: bytes) -> Self:
        """The signer of a 32-byte seed. Raises ValueError for another length."""
        return cls(name, Ed25519PrivateKey.from_seed(seed))

    def plain_line(self, text: str) -> str:
        """A signature line on ``text`` that says nothing about time."""
        return self._line(SignatureKind.ED25519, self._private.sign(text.encode()))

    def timed_line(self, text: str, time: int) -> str:
        """A ``cosignature/v1`` line on ``text`` as of ``time``, seconds since 1970 in UTC.

        Raises ValueError for a time outside 1 to ``MAX_TIME``.
        """
        if not 1 <= time <= MAX_TIME:
            raise ValueError("The time of a cosignature is out of range.")
        signature = self._private.sign(_timed_message(text, time))
        return self._line(
            SignatureKind.COSIGNATURE_V1, time.to_bytes(_TIME_BYTES, "big") + signature
        )

    def _line(self, kind: SignatureKind, signature: bytes) -> str:
        name, key_id = self.key.name, self.key.key_id(kind)
        return SignatureLine(name=name, key_id=key_id, signature=signature).encoded()


class LogSigner(NoteSigner):
    """The log. Its name is the log's origin, its key the log key."""

    __slots__ = ()


class WitnessSigner(NoteSigner):
    """A witness, who cosigns what it has found to be consistent."""

    __slots__ = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureLine:
    """One line under a note. ``key_id`` is 4 bytes, ``signature`` what follows it."""

    name: str
    key_id: bytes
    signature: bytes

    def encoded(self) -> str:
        """The line with its newline."""
        encoded = base64.b64encode(self.key_id + self.signature).decode()
        return f"{_LINE_START}{self.name} {encoded}\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedNote:
    """A note taken apart and not yet believed."""

    text: str
    lines: tuple[SignatureLine, ...]

    def signature_by(self, key: NoteKey, kind: SignatureKind) -> bytes | None:
        """The one signature of ``kind`` by ``key``; ``None`` when there is none.

        Raises TamperError ``E_PARSE`` when there are several: no two may tell different times.
        """
        found = [line.signature for line in self.lines if _is_by(line, key, kind)]
        if len(found) > 1:
            raise TamperError("E_PARSE", "A note is signed twice by one key.")
        return found[0] if found else None

    def without(self, key: NoteKey, kind: SignatureKind) -> SignedNote:
        """This note less the lines of ``kind`` by ``key``."""
        kept = tuple(line for line in self.lines if not _is_by(line, key, kind))
        return SignedNote(text=self.text, lines=kept)

    def encoded(self) -> str:
        """The note as it travels."""
        return f"{self.text}\n{''.join(line.encoded() for line in self.lines)}"


def parse_note(note: str) -> SignedNote:
    """Take ``note`` apart.

    Raises TamperError ``E_LIMIT`` when it is too long or has too many signatures, and ``E_PARSE``
    when its text is not exactly that of a signed note: valid UTF-8, no control character but
    newline, one blank line between text and signatures, a newline at every end, canonical base64.
    """
    _check_characters(note)
    text, blank, signatures = note.rpartition("\n\n")
    if not (blank and text and signatures.endswith("\n")):
        raise _malformed()
    lines = signatures[:-1].split("\n")
    if len(lines) > MAX_SIGNATURE_LINES:
        raise TamperError("E_LIMIT", f"A note has more than {MAX_SIGNATURE_LINES} signatures.")
    return SignedNote(text=text + "\n", lines=tuple(_parse_line(line) for line in lines))


def verify_plain(note: SignedNote, key: NoteKey) -> None:
    """Verify the plain signature on ``note`` by ``key``.

    Raises TamperError ``E_SIG`` when there is none or it fails.
    """
    signature = note.signature_by(key, SignatureKind.ED25519)
    if signature is None:
        raise TamperError("E_SIG", "A note is not signed by the key that was asked for.")
    ed25519_verify(key.public, note.text.encode(), signature)


def verify_timed(note: SignedNote, key: NoteKey) -> int | None:
    """The time of the ``cosignature/v1`` on ``note`` by ``key``; ``None`` when there is none.

    Raises TamperError ``E_SIG`` when there is one and it fails, ``E_TIME`` when its time is out of
    range.
    """
    stamped = note.signature_by(key, SignatureKind.COSIGNATURE_V1)
    if stamped is None:
        return None
    if len(stamped) != _TIME_BYTES + ED25519_SIGNATURE_BYTES:
        raise TamperError("E_SIG", "A cosignature is not 72 bytes.")
    time = int.from_bytes(stamped[:_TIME_BYTES], "big")
    ed25519_verify(key.public, _timed_message(note.text, time), stamped[_TIME_BYTES:])
    if not 1 <= time <= MAX_TIME:
        raise TamperError("E_TIME", "A cosignature is of an impossible time.")
    return time


def decode_base64(encoded: str) -> bytes:
    """Standard base64 in its one canonical form. Raises TamperError ``E_PARSE``."""
    try:
        decoded = base64.b64decode(encoded.encode("ascii"), validate=True)
    except (binascii.Error, UnicodeEncodeError):
        raise _malformed() from None
    # Padding bits that are not zero would give one signature several texts.
    if base64.b64encode(decoded).decode() != encoded:
        raise _malformed()
    return decoded


def _check_characters(note: str) -> None:
    try:
        length = len(note.encode())
    except UnicodeEncodeError:
        raise _malformed() from None
    if length > MAX_NOTE_BYTES:
        raise TamperError("E_LIMIT", f"A note is longer than {MAX_NOTE_BYTES} bytes.")
    if any(character < " " and character != "\n" for character in note):
        raise _malformed()


def _parse_line(line: str) -> SignatureLine:
    name, space, encoded = line.removeprefix(_LINE_START).partition(" ")
    if not (line.startswith(_LINE_START) and space and _is_name(name)):
        raise _malformed()
    decoded = decode_base64(encoded)
    if not _KEY_ID_BYTES < len(decoded) <= MAX_SIGNATURE_BYTES:
        raise _malformed()
    return SignatureLine(
        name=name, key_id=decoded[:_KEY_ID_BYTES], signature=decoded[_KEY_ID_BYTES:]
    )


def _is_name(name: str) -> bool:
    separate = any(character == "+" or character.isspace() for character in name)
    return bool(name) and not separate and len(name.encode()) <= MAX_NAME_BYTES


def _is_by(line: SignatureLine, key: NoteKey, kind: SignatureKind) -> bool:
    return line.name == key.name and line.key_id == key.key_id(kind)


def _timed_message(text: str, time: int) -> bytes:
    return f"cosignature/v1\ntime {time}\n{text}".encode()


def _malformed() -> TamperError:
    return TamperError("E_PARSE", "The text is not a well-formed signed note.")
