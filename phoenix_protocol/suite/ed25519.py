"""Ed25519, with the one strict verify of the whole product (docs/protocol.md §2, RFC 8032).

Libraries disagree about keys and signatures at the edges: some take a key of small order, under
which one signature fits any message. Here such keys are refused twice, by our own arithmetic and
by libsodium, where a key is admitted and again at every verification.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final, Self

from nacl.bindings import crypto_core_ed25519_is_valid_point
from nacl.exceptions import BadSignatureError
from nacl.signing import SigningKey, VerifyKey

from phoenix_protocol.errors import TamperError

ED25519_SEED_BYTES: Final = 32
ED25519_KEY_BYTES: Final = 32
ED25519_SIGNATURE_BYTES: Final = 64

_P: Final = 2**255 - 19
_Y_MASK: Final = 2**255 - 1

# The y coordinates of all eight points of small order; each stands for both signs of x.
_ORDER_EIGHT_Y: Final = 0x05FC536D880238B13933C6D305ACDFD5F098EFF289F4C345B027B2C28F95E826
_SMALL_ORDER_Y: Final = frozenset({0, 1, _P - 1, _ORDER_EIGHT_Y, _P - _ORDER_EIGHT_Y})


class Ed25519PrivateKey:
    """An Ed25519 signing key. What it may sign is said by the class or value that holds it."""

    __slots__ = ("_key",)

    def __init__(self, key: SigningKey) -> None:
        self._key: Final = key

    @classmethod
    def from_seed(cls, seed: bytes) -> Self:
        """The key of a 32-byte seed. Raises ValueError for another length."""
        if len(seed) != ED25519_SEED_BYTES:
            raise ValueError("An Ed25519 seed is 32 bytes.")
        return cls(SigningKey(seed))

    def public_bytes(self) -> bytes:
        """The public half, 32 bytes."""
        return bytes(self._key.verify_key)

    def sign(self, message: bytes) -> bytes:
        """The signature of ``message``, 64 bytes, the same every time."""
        return self._key.sign(message).signature

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"


class RequestPrivateKey(Ed25519PrivateKey):
    """The key with which an endpoint signs its requests to the relay (docs/protocol.md §8)."""

    __slots__ = ()


def weakness_of_encoding(public: bytes) -> str:
    """What is wrong with the 32 bytes of a public key by themselves; empty when nothing is.

    Our own check, in plain arithmetic: small order, in any encoding, and y not below the prime.
    """
    if len(public) != ED25519_KEY_BYTES:
        return "is not 32 bytes"
    y = int.from_bytes(public, "little") & _Y_MASK
    if y >= _P:
        return "is not canonically encoded"
    if y in _SMALL_ORDER_Y:
        return "is a point of small order"
    return ""


@lru_cache(maxsize=4096)
def _weakness(public: bytes) -> str:
    found = weakness_of_encoding(public)
    # Beyond small order: a torsion component lets one signature verify here and fail elsewhere.
    if not found and not crypto_core_ed25519_is_valid_point(public):
        found = "is not a point of the prime-order group"
    return found


def check_ed25519_key(public: bytes) -> None:
    """Admit an Ed25519 public key of any use.

    Raises TamperError ``E_KEY_WEAK`` unless it is the canonical encoding of a point of the
    prime-order group other than its identity.
    """
    found = _weakness(bytes(public))
    if found:
        raise TamperError("E_KEY_WEAK", f"An Ed25519 public key {found}.")


def check_request_key(public: bytes) -> None:
    """Admit a request key (32 bytes). Raises TamperError ``E_KEY_WEAK``."""
    check_ed25519_key(public)


def ed25519_verify(public: bytes, message: bytes, signature: bytes, *, code: str = "E_SIG") -> None:
    """Verify ``signature`` (64 bytes) on ``message`` under ``public`` (32 bytes).

    Raises TamperError ``E_KEY_WEAK`` for a key that nobody may use, and ``code`` when the
    signature is not one by this key on this message.
    """
    check_ed25519_key(public)
    if len(signature) != ED25519_SIGNATURE_BYTES:
        raise TamperError(code, "An Ed25519 signature is not 64 bytes.")
    try:
        VerifyKey(public).verify(message, signature)
    except BadSignatureError:
        raise TamperError(code, "An Ed25519 signature does not verify.") from None
