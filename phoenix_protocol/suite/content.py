"""Encrypting content of any length under a key used once: Cobblestone-256.

docs/protocol.md §2; c2sp.org/chunked-encryption with SHA-512 and AES-256-GCM. A header of 24 bytes
of salt and 32 of key commitment, chunks of 16 KiB each with a tag of 16 bytes, and a last chunk
that is always shorter than 16 KiB, which is how an end is told from a cut.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum
from io import BytesIO
from typing import Final

from cryptography.cobblestone import Cobblestone256Decryptor, Cobblestone256Encryptor
from cryptography.exceptions import InvalidTag

from phoenix_protocol.errors import TamperError

CONTENT_KEY_BYTES: Final = 32
#: Salt 24, key commitment 32.
CONTENT_HEADER_BYTES: Final = 56
CHUNK_BYTES: Final = 16384
CHUNK_TAG_BYTES: Final = 16

_SALT_BYTES: Final = 24
_SEALED_CHUNK_BYTES: Final = CHUNK_BYTES + CHUNK_TAG_BYTES
#: Long content goes through in pieces of this size: they fit the cache, and their memory is used again.
PIECE_BYTES: Final = 1 << 18

_LONGER: Final = "Encrypted content is longer than it was said to be."
_CUT_SHORT: Final = "Encrypted content is cut short."


def pieces_of(data: bytes | bytearray | memoryview) -> Iterator[memoryview]:
    """``data`` in pieces that are quick to encrypt and decrypt, without copying."""
    view = memoryview(data)
    return (view[at : at + PIECE_BYTES] for at in range(0, len(view), PIECE_BYTES))


def encrypted_length(plaintext_length: int) -> int:
    """Exactly how many bytes ``plaintext_length`` bytes become."""
    chunks = plaintext_length // CHUNK_BYTES + 1
    return CONTENT_HEADER_BYTES + plaintext_length + chunks * CHUNK_TAG_BYTES


def key_commitment(ciphertext_prefix: bytes) -> bytes:
    """The 32-byte commitment to its key that encrypted content starts with.

    Raises TamperError ``E_TRUNCATED`` when fewer than the first 56 bytes are given.
    """
    if len(ciphertext_prefix) < CONTENT_HEADER_BYTES:
        raise TamperError("E_TRUNCATED", _CUT_SHORT)
    return bytes(ciphertext_prefix[_SALT_BYTES:CONTENT_HEADER_BYTES])


class Encryptor:
    """Encrypts one message piece by piece.

    ``key`` is 32 random bytes and must never encrypt a second message; ValueError for another
    length. ``context`` of any length is bound, not sent.
    """

    __slots__ = ("_cobblestone",)

    def __init__(self, key: bytes, context: bytes) -> None:
        self._cobblestone: Final = Cobblestone256Encryptor(key, context)

    def update(self, data: bytes | bytearray | memoryview) -> bytes:
        """The ciphertext that ``data`` completes; the first call begins with the header."""
        return self._cobblestone.update(data)

    def finalize(self) -> bytes:
        """The rest of the ciphertext. Without it the message cannot be opened."""
        return self._cobblestone.finalize()


class _State(Enum):
    OPEN = "open"
    CLOSED = "closed"


class Decryptor:
    """Decrypts one message piece by piece; :meth:`finalize` alone says that it was whole.

    What :meth:`update` returns is authentic but may be the beginning of a message that was cut:
    keep it out of sight until :meth:`finalize` returns. ``expected_length`` is the length of the
    whole ciphertext, where it is known from something signed; give it whenever it is.

    Errors are TamperError: ``E_KEY_COMMIT`` for a key or context that the content was not
    encrypted under, ``E_CHUNK`` for a chunk that is changed, out of place or too much, and
    ``E_TRUNCATED`` for a message that ends early. Without ``expected_length`` a cut inside a chunk
    cannot be told from a changed last chunk and is ``E_CHUNK``. After an error nothing more is
    accepted (ValueError).
    """

    __slots__ = ("_cobblestone", "_expected", "_received", "_state")

    def __init__(self, key: bytes, context: bytes, *, expected_length: int | None = None) -> None:
        if len(key) != CONTENT_KEY_BYTES:
            raise TamperError("E_KEY_COMMIT", "A content key is not 32 bytes.")
        self._cobblestone: Final = Cobblestone256Decryptor(key, context)
        self._expected: Final = expected_length
        self._received = 0
        self._state = _State.OPEN

    def update(self, data: bytes | bytearray | memoryview) -> bytes:
        """The plaintext of the chunks that ``data`` completes."""
        self._require_open()
        header_missing = max(0, CONTENT_HEADER_BYTES - self._received)
        self._received += len(data)
        if self._expected is not None and self._received > self._expected:
            raise self._failure("E_CHUNK", _LONGER)
        view = memoryview(data)
        # The header goes in alone: the library has one exception for a wrong key and a bad chunk.
        self._feed(view[:header_missing], "E_KEY_COMMIT", "Content is not encrypted under its key.")
        return self._feed(view[header_missing:], "E_CHUNK", "A chunk is changed or out of place.")

    def finalize(self) -> bytes:
        """The plaintext of the last chunk, once it has proved to be the last."""
        self._require_open()
        if self._expected is not None and self._received < self._expected:
            raise self._failure("E_TRUNCATED", _CUT_SHORT)
        self._state = _State.CLOSED
        try:
            return self._cobblestone.finalize()
        except InvalidTag:
            raise self._bad_ending() from None

    def _require_open(self) -> None:
        if self._state is _State.CLOSED:
            raise ValueError("This decryption has ended.")

    def _feed(self, data: memoryview, code: str, what: str) -> bytes:
        if not data:
            return b""
        try:
            return self._cobblestone.update(data)
        except InvalidTag:
            raise self._failure(code, what) from None

    def _failure(self, code: str, what: str) -> TamperError:
        self._state = _State.CLOSED
        return TamperError(code, what)

    def _bad_ending(self) -> TamperError:
        last_chunk = (self._received - CONTENT_HEADER_BYTES) % _SEALED_CHUNK_BYTES
        no_message_ends_here = last_chunk < CHUNK_TAG_BYTES
        if self._received < CONTENT_HEADER_BYTES or no_message_ends_here:
            return TamperError("E_TRUNCATED", _CUT_SHORT)
        return TamperError("E_CHUNK", "The last chunk is changed, out of place or incomplete.")


def encrypt(key: bytes, context: bytes, plaintext: bytes) -> bytes:
    """``plaintext`` encrypted under ``key`` (32 random bytes, used once) and ``context``.

    Raises ValueError when ``key`` is not 32 bytes.
    """
    return _whole(Encryptor(key, context), plaintext)


def decrypt(
    key: bytes, context: bytes, ciphertext: bytes, *, expected_length: int | None = None
) -> bytes:
    """The whole plaintext of ``ciphertext``, or nothing.

    ``expected_length`` is what the ciphertext's length must be; it is compared first. Errors as
    for :class:`Decryptor`.
    """
    _check_length(len(ciphertext), expected_length)
    return _whole(Decryptor(key, context, expected_length=expected_length), ciphertext)


def _check_length(length: int, expected: int | None) -> None:
    if expected is None or length == expected:
        return
    if length < expected:
        raise TamperError("E_TRUNCATED", _CUT_SHORT)
    raise TamperError("E_CHUNK", _LONGER)


def _whole(cipher: Encryptor | Decryptor, data: bytes) -> bytes:
    if len(data) <= PIECE_BYTES:
        return cipher.update(data) + cipher.finalize()
    # Joining two large results took as long again as the cipher itself.
    out = BytesIO()
    for piece in pieces_of(data):
        out.write(cipher.update(piece))
    out.write(cipher.finalize())
    return out.getvalue()
