"""What `phoenix keys status` shows: which keys there are, as whom, until when. No secrets.

A fingerprint is the SHA-256 of a public document key; its code is the first 80 bits of that, in
the letters of join codes, short enough to compare by phone.
"""

from __future__ import annotations

from dataclasses import dataclass

from keys import epochs
from keys.content import Content, EpochSecret, Publication, Standing
from keys.epochs import Phase
from phoenix_protocol.identifiers import ObjectHash, Seconds
from phoenix_protocol.joining import join_code
from phoenix_protocol.signed import signer_id
from phoenix_protocol.suite import DocumentPrivateKey


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyStatus:
    """One document key: its kind, whom or what it stands for, its fingerprint in hex and as a code."""

    kind: str
    subject: str
    fingerprint: str
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EpochStatus:
    """One epoch key: its number, phase, whether the relay has it, and its times."""

    number: int
    phase: Phase
    published: bool
    valid_from: Seconds
    valid_until: Seconds
    opens_until: Seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class KeysStatus:
    """The whole of it. ``reach`` is until when senders can seal; ``next_due`` the next destruction."""

    standing: Standing
    created: Seconds
    backup_taken: Seconds | None
    waiting_for_approval: bool
    keys: tuple[KeyStatus, ...]
    epochs: tuple[EpochStatus, ...]
    reach: Seconds | None
    next_due: Seconds | None
    overdue: int
    unpublished: int


def status(content: Content, now: Seconds) -> KeysStatus:
    """What the keys of ``content`` are at ``now``."""
    rows = tuple(_epoch(secret, now) for secret in content.epochs)
    return KeysStatus(
        standing=content.standing,
        created=content.created,
        backup_taken=content.backup_taken,
        waiting_for_approval=content.endpoint is not None and content.endpoint.id is None,
        keys=_keys(content),
        epochs=rows,
        reach=max((row.valid_until for row in rows), default=None),
        next_due=min((row.opens_until for row in rows), default=None),
        overdue=sum(row.phase is Phase.DUE for row in rows),
        unpublished=sum(not row.published for row in rows),
    )


def _keys(content: Content) -> tuple[KeyStatus, ...]:
    found = []
    if content.governance is not None:
        found.append(_key("governance", "partnership", content.governance.document_key()))
    if content.root is not None:
        found.append(_key("root", content.root.agency, content.root.document_key()))
    if content.manager is not None:
        found.append(_key("manager", content.manager.agency, content.manager.document_key()))
    if content.endpoint is not None:
        found.append(_key("endpoint", content.endpoint.address, content.endpoint.document_key()))
    return tuple(found)


def _key(kind: str, subject: str, key: DocumentPrivateKey) -> KeyStatus:
    fingerprint = signer_id(key.public_bytes())
    return KeyStatus(
        kind=kind,
        subject=subject,
        fingerprint=fingerprint.hex(),
        code=join_code(ObjectHash(fingerprint)),
    )


def _epoch(secret: EpochSecret, now: Seconds) -> EpochStatus:
    return EpochStatus(
        number=secret.number,
        phase=epochs.phase(secret, now),
        published=secret.publication is Publication.PUBLISHED,
        valid_from=secret.valid_from,
        valid_until=secret.valid_until,
        opens_until=secret.opens_until,
    )
