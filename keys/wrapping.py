"""From a passphrase to a master key to sealed content, and back (docs/protocol.md §2; RFC 9106).

The passphrase-derived key does one thing: it wraps a random master key. The content is sealed
under a key made from the master key, so that saving costs no Argon2id, and a program that holds
the master key (the agent) does not hold the passphrase.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Final, NewType

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from keys.passphrase import Passphrase
from phoenix_protocol.errors import TamperError, UnavailableError
from phoenix_protocol.randomness import Randomness

#: Thirty-two random bytes that everything in a keystore file hangs on.
MasterKey = NewType("MasterKey", bytes)

KEY_BYTES: Final = 32
KEY_ID_BYTES: Final = 16
SALT_BYTES: Final = 32
NONCE_BYTES: Final = 12
TAG_BYTES: Final = 16
WRAPPED_BYTES: Final = NONCE_BYTES + KEY_BYTES + TAG_BYTES


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What one guess at a passphrase costs: Argon2id's memory in KiB, passes and lanes."""

    memory_kib: int
    iterations: int
    lanes: int

    def is_within(self, other: Cost) -> bool:
        """Whether no part of this cost is above ``other``'s."""
        return (
            self.memory_kib <= other.memory_kib
            and self.iterations <= other.iterations
            and self.lanes <= other.lanes
        )


#: The least that a keystore may ask for outside tests; new keystores ask for it.
FLOOR: Final = Cost(memory_kib=256 * 1024, iterations=3, lanes=4)
#: More than this would let a file that somebody altered stop the machine.
CEILING: Final = Cost(memory_kib=2 * 1024 * 1024, iterations=32, lanes=64)

# Two derivations at once in one process wait for each other's lanes for ever (OpenSSL's thread pool).
_ONE_AT_A_TIME: Final = threading.Lock()


def check_cost(asked: Cost, floor: Cost) -> None:
    """Refuse a file that makes guessing cheap, or opening impossible.

    Raises TamperError ``E_LIMIT`` above :data:`CEILING`, ``E_STORE_INTEGRITY`` below ``floor``.
    """
    if not asked.is_within(CEILING):
        raise TamperError(
            "E_LIMIT",
            "A keystore asks for more work than any keystore of this program.",
            next="Do not use this file. Restore a backup, and tell your information manager.",
        )
    # RFC 9106 §3.1: at least eight blocks of memory for each lane.
    if not floor.is_within(asked) or asked.memory_kib < 8 * asked.lanes:
        raise TamperError("E_STORE_INTEGRITY", "A keystore would make guessing too cheap.")


def derive(passphrase: Passphrase, salt: bytes, cost: Cost) -> bytes:
    """The key (32 bytes) of a passphrase, by Argon2id.

    Takes about half a second and ``cost.memory_kib`` of memory. Raises UnavailableError
    ``E_MEMORY`` when there is not that much.
    """
    try:
        with _ONE_AT_A_TIME:
            return Argon2id(
                salt=salt,
                length=KEY_BYTES,
                iterations=cost.iterations,
                lanes=cost.lanes,
                memory_cost=cost.memory_kib,
            ).derive(passphrase.encoded)
    except MemoryError:
        raise UnavailableError(
            "E_MEMORY",
            f"Unlocking needs {cost.memory_kib // 1024} MiB of memory, which are not free.",
            next="Close other programs and repeat. Nothing was changed.",
        ) from None


def key_id(master: MasterKey) -> bytes:
    """By what a master key is known (16 bytes), without telling anything about it."""
    return _expand(master, b"phoenix keystore key id", KEY_ID_BYTES)


def wrap(key: bytes, master: MasterKey, bound: bytes, randomness: Randomness) -> bytes:
    """``master`` under a derived ``key``, with ``bound`` unalterable beside it; 60 bytes."""
    return _seal(key, master, bound, randomness)


def unwrap(key: bytes, wrapped: bytes, bound: bytes) -> MasterKey | None:
    """The master key, or None: another passphrase, or another ``bound``."""
    master = _open(key, wrapped, bound)
    return MasterKey(master) if master is not None else None


def seal(master: MasterKey, content: bytes, bound: bytes, randomness: Randomness) -> bytes:
    """``content`` sealed under the master key, with ``bound`` unalterable beside it."""
    return _seal(_content_key(master), content, bound, randomness)


def unseal(master: MasterKey, sealed: bytes, bound: bytes) -> bytes | None:
    """The content, or None when one bit of it, of ``bound`` or of the key is another."""
    return _open(_content_key(master), sealed, bound)


def _content_key(master: MasterKey) -> bytes:
    return _expand(master, b"phoenix keystore content", KEY_BYTES)


def _expand(master: MasterKey, purpose: bytes, length: int) -> bytes:
    return HKDFExpand(algorithm=SHA256(), length=length, info=purpose).derive(master)


def _seal(key: bytes, plaintext: bytes, bound: bytes, randomness: Randomness) -> bytes:
    # Random nonces: a keystore is saved far fewer than the 2**32 times that would matter.
    nonce = randomness.random_bytes(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, plaintext, bound)


def _open(key: bytes, sealed: bytes, bound: bytes) -> bytes | None:
    try:
        return AESGCM(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], bound)
    except (InvalidTag, ValueError):
        return None
