"""The rival of sealing and opening: OpenPGP by Sequoia, with the same pair of post-quantum algorithms.

RFC 9580 keys with ML-DSA-65+Ed25519 for signing and ML-KEM-768+X25519 for encrypting; a signed and encrypted message
in memory, without armour; decrypting it and verifying its one signature.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import pysequoia


@dataclass(frozen=True, slots=True, kw_only=True)
class Correspondents:
    """One sender and the recipients, the last of whom opens. Signer and decryptor are unlocked beforehand."""

    signer: pysequoia.PySigner = field(repr=False)
    sender: pysequoia.Cert
    recipients: list[pysequoia.Cert]
    decryptor: pysequoia.PyDecryptor = field(repr=False)


def make_correspondents(count: int) -> Correspondents:
    """A sender and ``count`` recipients."""
    sender, recipients = _make(), [_make() for _ in range(count)]
    return Correspondents(
        signer=sender.signer(),
        sender=sender.extract_certificate(),
        recipients=[secret.extract_certificate() for secret in recipients],
        decryptor=recipients[-1].decryptor(),
    )


def _make() -> pysequoia.Tsk:
    return pysequoia.Tsk.generate(
        "desk@ardenfold.example",
        profile=pysequoia.Profile.RFC9580,
        cipher_suite=pysequoia.CipherSuite.MLDSA65_Ed25519,
    )


def seal(who: Correspondents, content: bytes) -> bytes:
    """Sign ``content`` and encrypt it to all recipients."""
    return pysequoia.encrypt(content, recipients=who.recipients, signer=who.signer, armor=False)


def open_(who: Correspondents, message: bytes) -> bytes:
    """Decrypt for the last recipient and verify the signature."""
    found = pysequoia.decrypt(message, decryptor=who.decryptor, store=lambda _ids: [who.sender])
    if len(found.valid_sigs) != 1 or found.bytes is None:
        raise ValueError("The message is not signed by its sender.")
    return found.bytes
