"""How many must sign: thresholds over distinct keys and distinct people (docs/protocol.md §4).

A statement is signed by keys that have a say in it and by no others; each quorum that it needs is reached by counting
people, not keys, so that neither two names for one key nor two keys of one person reach it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from phoenix_protocol.directory.statements import Holder, KeySet, Manager
from phoenix_protocol.errors import RefusedError, TamperError
from phoenix_protocol.identifiers import SignerId
from phoenix_protocol.signed import Signed, signer_id
from phoenix_protocol.suite import verify

#: Checks one signature: document key, message, signature, context. Raises when it does not verify.
Verifier = Callable[[bytes, bytes, bytes, bytes], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Quorum:
    """Document keys with the person behind each, and how many of the people must sign."""

    keys: Mapping[SignerId, bytes]
    people: Mapping[SignerId, bytes]
    threshold: int

    def with_threshold(self, threshold: int) -> Quorum:
        """The same people, of whom ``threshold`` must sign."""
        return Quorum(keys=self.keys, people=self.people, threshold=threshold)

    def reached_by(self, signers: Iterable[SignerId]) -> bool:
        """Whether ``signers`` include enough different people."""
        signed = {self.people[signer] for signer in signers if signer in self.people}
        return len(signed) >= self.threshold


@dataclass(frozen=True, slots=True, kw_only=True)
class Authority:
    """Who may sign a statement: every quorum must be reached; ``also`` are keys that may sign beside them."""

    quorums: tuple[Quorum, ...]
    also: Mapping[SignerId, bytes] = field(default_factory=dict)

    def key_of(self, signer: SignerId) -> bytes:
        """The document key of a signer with a say. Raises TamperError ``E_KEY_UNCERTIFIED``."""
        for keys in (self.also, *(quorum.keys for quorum in self.quorums)):
            if signer in keys:
                return keys[signer]
        raise TamperError(
            "E_KEY_UNCERTIFIED", "A statement is signed by a key that has no say in it."
        )


def quorum_of(keys: KeySet) -> Quorum:
    """The quorum that a key set describes.

    Raises RefusedError ``E_THRESHOLD`` when a key stands in it twice, or more people would have to sign than there are.
    """
    quorum = _quorum(keys.holders, keys.threshold)
    if keys.threshold > len(set(quorum.people.values())):
        raise RefusedError("E_THRESHOLD", "More people would have to sign than hold keys.")
    return quorum


def managers_quorum(managers: Iterable[Manager]) -> Quorum:
    """The information managers, of whom one must sign. Raises RefusedError ``E_THRESHOLD`` for a key listed twice."""
    return _quorum(managers, 1)


def _quorum(holders: Iterable[Holder | Manager], threshold: int) -> Quorum:
    keys: dict[SignerId, bytes] = {}
    people: dict[SignerId, bytes] = {}
    for holder in holders:
        signer = signer_id(holder.key)
        if signer in keys:
            raise RefusedError("E_THRESHOLD", "One key stands under two names.")
        keys[signer], people[signer] = holder.key, holder.person
    return Quorum(keys=keys, people=people, threshold=threshold)


def require(signed: Signed, authority: Authority, verifier: Verifier) -> tuple[SignerId, ...]:
    """Verify every signature on ``signed`` and that all quorums are reached; who signed, in order.

    Raises TamperError ``E_KEY_UNCERTIFIED`` for a signer without a say, ``E_SIG`` or ``E_KEY_WEAK`` for a signature
    that does not count, and RefusedError ``E_THRESHOLD`` when too few people signed.
    """
    for signature in signed.signatures:
        key = authority.key_of(signature.signer)
        verifier(key, signed.payload, signature.signature, signed.type.encode())
    signers = tuple(signature.signer for signature in signed.signatures)
    if not all(quorum.reached_by(signers) for quorum in authority.quorums):
        raise RefusedError("E_THRESHOLD", "Too few of the people who decide this have signed.")
    return signers


#: For statements from anywhere: every signature is verified.
VERIFYING: Final[Verifier] = verify


def _verified_before(key: bytes, message: bytes, signature: bytes, context: bytes) -> None:
    """Signatures were verified when the statement was first admitted, and its store is authenticated."""


#: For :meth:`Directory.replay_verified` alone.
VERIFIED_BEFORE: Final[Verifier] = _verified_before
