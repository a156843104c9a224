"""Erasing what is here, for good: rows, files and the vault's log. A tombstone stays; it says that, not what."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass, replace

from agency_client.ports.vault import (
    Contents,
    EraseReason,
    Families,
    Posting,
    ReceivedPackage,
    Tombstone,
)
from agency_client.record import listed
from agency_client.record.retained import RETENTION_REVIEW
from agency_client.use_cases.held import require_not_held
from agency_client.use_cases.home import Home
from agency_client.use_cases.knowing import recall_directory
from agency_client.use_cases.notice_answers import Reply, answers_of_erasing, queue_erased
from agency_client.use_cases.retaining import find_sections, place_of, require_contents
from agency_client.use_cases.sayings import flush, make_event, subject_of
from agency_client.use_cases.talking import in_step
from phoenix_protocol import limits, schema
from phoenix_protocol.errors import PhoenixError, RefusedError, UnavailableError
from phoenix_protocol.identifiers import ItemId, ObjectHash, PackageId, Seconds, SegmentId
from phoenix_protocol.package.events import EventKind
from phoenix_protocol.package.lifecycle import Step
from phoenix_protocol.sealing.contents import Cover, Detail, Grant

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

    When all of a package that came is erased, its sender gets a signed receipt, now or once the relay can be reached.
    Raises RefusedError ``E_NOT_FOUND``, ``E_RECEIPT_STATE``, ``E_HOLD`` (hard block 12), UnavailableError
    ``E_STORE_BUSY`` when the contents are erased and their traces are not, because another program still reads.
    """
    now = home.now()
    with home.vault.reading() as view:
        done = _done_before(view, core)
        wanted = () if done else _wanted(view, core, names)
        whole = not done and _is_whole(view, core, wanted)
        package = view.received.get(core)
    if done is None:
        receipt = await _receipt(home, package, reason) if package and whole else None
        items = None if whole else _items_of(home, core, wanted)
        replies = await answers_of_erasing(home, core, items)
        done = _erase(home, core, wanted, (receipt, replies), _stone(home, core, reason, now))
    finish_erasing(home)
    await _post(home)
    return done


def _stone(home: Home, core: ObjectHash, reason: EraseReason, now: Seconds) -> Tombstone:
    return Tombstone(core=core, reason=reason, time=now, actor=home.actor())


def _done_before(view: Families, core: ObjectHash) -> Erased | None:
    if not view.erasure.is_erased(core):
        return None
    return Erased(package=_package_of(view, core), sections=0, whole=True)


def _wanted(view: Families, core: ObjectHash, names: Collection[str]) -> tuple[SegmentId, ...]:
    contents = require_contents(view, core)
    require_not_held(view, core)
    every = tuple(section.entry.segment for section in contents.sections)
    return find_sections(contents, names) or every


def _items_of(home: Home, core: ObjectHash, wanted: Collection[SegmentId]) -> frozenset[ItemId]:
    with home.vault.reading() as view:
        return _items_in(require_contents(view, core), wanted)


def _items_in(contents: Contents, wanted: Collection[SegmentId]) -> frozenset[ItemId]:
    """The items of some sections: what was said of them goes with them."""
    sections = (s for s in contents.sections if s.entry.segment in wanted)
    return frozenset(item.id for section in sections for item in section.items)


def _is_whole(view: Families, core: ObjectHash, wanted: Collection[SegmentId]) -> bool:
    contents = require_contents(view, core)
    return {section.entry.segment for section in contents.sections} <= set(wanted)


def _erase(
    home: Home,
    core: ObjectHash,
    wanted: Collection[SegmentId],
    said: tuple[Posting | None, tuple[Reply, ...]],
    by: Tombstone,
) -> Erased:
    receipt, replies = said
    with home.vault.transaction() as tx:
        contents = require_contents(tx, core)
        require_not_held(tx, core)
        whole = _is_whole(tx, core, wanted)
        tx.restrictions.end(core, None if whole else _items_in(contents, wanted), by.time)
        if whole:
            tx.erasure.package(core, _blank_cover(tx, core), by)
            queue_erased(tx, home, replies)
            tx.notices.erase(core)
            tx.said_words.erase(core)
        else:
            tx.erasure.sections(core, wanted, _grant_without(contents, wanted), by)
            queue_erased(tx, home, replies)
            tx.notices.erase(core, _items_in(contents, wanted))
        if receipt is not None:
            tx.received.step(core, Step.ERASE, by.time)
            tx.postings.add(receipt)
        _close_reviews(tx, core, None if whole else wanted, by.time)
        tx.audit.append(
            time=by.time,
            actor=by.actor,
            action="package.erased" if whole else "sections.erased",
            on=core,
            detail={"reason": by.reason.value, "sections": str(len(wanted))},
        )
        return Erased(package=_package_of(tx, core), sections=len(wanted), whole=whole)


async def _receipt(home: Home, package: ReceivedPackage, reason: EraseReason) -> Posting:
    """The event that tells the sender. Where the relay cannot be reached it goes without the reason."""
    about, kind = subject_of(home, package), EventKind.ERASED
    try:
        async with in_step(home) as (relay, known):
            await flush(home, relay)
            detail = Detail(reason=reason.value, opened=())
            return await make_event(home, relay, known, about, kind, detail)
    except PhoenixError:
        known_here = recall_directory(home)
        if known_here is None:
            raise
        return await make_event(home, None, known_here, about, kind, None)


async def _post(home: Home) -> None:
    """What waits, the receipt among it. What cannot be posted now stays queued."""
    with home.vault.reading() as view:
        waiting = view.postings.waiting()
    if waiting:
        with suppress(UnavailableError):
            async with in_step(home) as (relay, _):
                await flush(home, relay)


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
    tx: Families, core: ObjectHash, sections: Collection[SegmentId] | None, now: Seconds
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


def _grant_without(contents: Contents, erased: Collection[SegmentId]) -> bytes | None:
    """The grant without the keys of what was erased."""
    if contents.grant is None:
        return None
    gone = {*erased, *(a.entry.segment for a in contents.attachments if a.section in erased)}
    grant = schema.decode(Grant, contents.grant, limit=limits.GRANT_BYTES)
    kept = tuple(entry for entry in grant.entries if entry.place.segment not in gone)
    return schema.encode(replace(grant, entries=kept))


def _package_of(view: Families, core: ObjectHash) -> PackageId:
    found = view.received.get(core) or view.sent.get(core)
    if found is None:
        raise RefusedError(
            "E_NOT_FOUND", "This home does not have that package.", next=listed.PACKAGES
        )
    return found.package
