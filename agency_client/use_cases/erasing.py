"""Erasing what is here, for good: rows, files and the vault's log. A tombstone stays; it says that, not what."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from agency_client.ports.vault import Contents, EraseReason, Families, Tombstone
from agency_client.record.retained import RETENTION_REVIEW
from agency_client.use_cases.held import require_not_held
from agency_client.use_cases.home import Home
from agency_client.use_cases.retaining import find_sections, place_of, require_contents
from phoenix_protocol import limits, schema
from phoenix_protocol.errors import RefusedError, UnavailableError
from phoenix_protocol.identifiers import ObjectHash, PackageId, Seconds, SegmentId
from phoenix_protocol.sealing.contents import Cover, Grant

#: Stands where a cover had its purpose.
_GONE = "erased"


@dataclass(frozen=True, slots=True, kw_only=True)
class Erased:
    """What was erased: how many sections of a package, and whether nothing of it is left here."""

    package: PackageId
    sections: int
    whole: bool


async def erase(
    home: Home, core: ObjectHash, names: Collection[str], reason: EraseReason
) -> Erased:
    """Erase a package here, or some of its sections, for good. Repeating it finishes what was interrupted.

    Raises RefusedError ``E_NOT_FOUND``, ``E_RECEIPT_STATE``, ``E_HOLD`` (hard block 12), UnavailableError
    ``E_STORE_BUSY`` when the contents are erased and their traces are not, because another program still reads.
    """
    now = home.now()
    with home.vault.reading() as view:
        done_before = view.erasure.is_erased(core)
    if done_before:
        done = Erased(package=_package_of(home, core), sections=0, whole=True)
    else:
        done = _erase(home, core, names, reason, now)
    finish_erasing(home)
    return done


def _erase(
    home: Home, core: ObjectHash, names: Collection[str], reason: EraseReason, now: Seconds
) -> Erased:
    by = Tombstone(core=core, reason=reason, time=now, actor=home.actor())
    with home.vault.transaction() as tx:
        contents = require_contents(tx, core)
        require_not_held(tx, core)
        present = [section.entry.segment for section in contents.sections]
        wanted = find_sections(contents, names) or tuple(present)
        whole = set(wanted) == set(present)
        if whole:
            tx.erasure.package(core, _blank_cover(tx, core), by)
            tx.notices.erase(core)
            tx.said_words.erase(core)
        else:
            tx.erasure.sections(core, wanted, _grant_without(contents, wanted), by)
        _close_reviews(tx, core, None if whole else wanted, now)
        tx.audit.append(
            time=now,
            actor=by.actor,
            action="package.erased" if whole else "sections.erased",
            on=core,
            detail={"reason": reason.value, "sections": str(len(wanted))},
        )
    return Erased(package=_package_of(home, core), sections=len(wanted), whole=whole)


def finish_erasing(home: Home) -> None:
    """Remove the files of what was erased, and what the vault's own log still has of it.

    Raises UnavailableError ``E_STORE_BUSY``.
    """
    with home.vault.reading() as view:
        doomed = view.erasure.doomed()
    for blob in doomed:
        home.vault.blobs.remove(blob)
        with home.vault.transaction() as tx:
            tx.erasure.removed(blob)
    try:
        home.vault.settle()
    except UnavailableError as error:
        raise UnavailableError(
            error.code,
            "It is erased, but another Phoenix program was reading: traces may be in the vault's log.",
            next="Stop the other program (phoenix agent lock), then repeat the same command.",
        ) from None


def _close_reviews(
    tx: Families, core: ObjectHash, sections: Sequence[SegmentId] | None, now: Seconds
) -> None:
    """What is erased is not reviewed."""
    places = None if sections is None else {place_of(section) for section in sections}
    for due in tx.dues.of(core=core):
        ends = places is None or due.place in places
        if due.kind == RETENTION_REVIEW and due.closed is None and ends:
            tx.dues.close(due.number, now)


def _blank_cover(tx: Families, core: ObjectHash) -> bytes | None:
    """The cover with its words taken out, so that lists can still name the package."""
    offer, record = tx.received.offer(core), tx.sent.record(core)
    kept = offer.cover if offer is not None else record.cover if record is not None else None
    if kept is None:
        return None
    cover = schema.decode(Cover, kept, limit=limits.COVER_BYTES)
    blank = replace(
        cover, salt=bytes(32), purpose=_GONE, handling=(), contact={}, reference=_GONE, optional={}
    )
    return schema.encode(blank)


def _grant_without(contents: Contents, erased: Sequence[SegmentId]) -> bytes | None:
    """The grant without the keys of what was erased."""
    if contents.grant is None:
        return None
    gone = {*erased, *(a.entry.segment for a in contents.attachments if a.section in erased)}
    grant = schema.decode(Grant, contents.grant, limit=limits.GRANT_BYTES)
    kept = tuple(entry for entry in grant.entries if entry.place.segment not in gone)
    return schema.encode(replace(grant, entries=kept))


def _package_of(home: Home, core: ObjectHash) -> PackageId:
    with home.vault.reading() as view:
        found = view.received.get(core) or view.sent.get(core)
    if found is None:
        raise RefusedError("E_NOT_FOUND", "This home does not have that package.")
    return found.package
