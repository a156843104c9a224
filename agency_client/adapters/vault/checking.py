"""A whole vault read and judged: pages, tables, audit chain, blobs."""

from __future__ import annotations

from collections.abc import Iterator

from agency_client.adapters.vault.audit import AuditTable
from agency_client.adapters.vault.blobs import BlobFiles
from agency_client.adapters.vault.session import Session
from agency_client.audit import chain
from agency_client.ports.vault import VaultHead
from phoenix_protocol.errors import NEXT_STEPS, Problem, TamperError

_CHECKS = ("cipher_integrity_check", "integrity_check", "foreign_key_check")


def problems(session: Session, blobs: BlobFiles, known: VaultHead) -> tuple[Problem, ...]:
    """Everything wrong with the vault, given the head that the keystore knows of it."""
    found: list[Problem] = []
    for name in _CHECKS:
        found.extend(_database(session, name))
    for look in (_blobs(session, blobs), _audit(session, known)):
        try:
            found.extend(look)
        except TamperError as error:  # a page that these had to read
            found.append(_problem(error.what, "vault"))
    return tuple(found)


def _database(session: Session, name: str) -> Iterator[Problem]:
    try:
        rows = session.all(f"PRAGMA {name}")
    except TamperError as error:
        yield _problem(error.what, name)
        return
    if rows and rows != [("ok",)]:
        yield _problem(f"A part of the vault's file failed the check {name}.", name)


def _blobs(session: Session, blobs: BlobFiles) -> Iterator[Problem]:
    for (digest,) in session.all("SELECT DISTINCT blob FROM attachments WHERE stored = 1"):
        try:
            blobs.open(digest).close()
        except TamperError:
            yield _problem("A stored attachment is missing or damaged.", f"blob[{digest.hex()}]")


def _audit(session: Session, known: VaultHead) -> Iterator[Problem]:
    table = AuditTable(session)
    yield from chain.verify(table.rows(), table.head(), known=known.audit)


def _problem(what: str, place: str) -> Problem:
    return Problem(
        code="E_STORE_INTEGRITY",
        message=what,
        next=NEXT_STEPS["E_STORE_INTEGRITY"],
        place=place,
    )
