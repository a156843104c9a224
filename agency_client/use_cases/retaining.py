"""How long what is here is kept: a rule and a review for every package, and for sections that have their own."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Final

from agency_client.ports.vault import (
    Contents,
    Copy,
    Due,
    Families,
    Progress,
    Retained,
    StoredSection,
    Tombstone,
)
from agency_client.record import listed
from agency_client.record.opened import ReadSection, read_section
from agency_client.record.restricted import RESTRICTED, Live
from agency_client.record.retained import RETENTION_REVIEW, first_review, said_of_keeping
from agency_client.use_cases.held import all_reached
from agency_client.use_cases.home import Home, endpoint_of
from agency_client.use_cases.knowing import Known
from agency_client.use_cases.recipients import records_addresses
from phoenix_protocol.directory.statements import Role
from phoenix_protocol.errors import RefusedError, TamperError
from phoenix_protocol.identifiers import ObjectHash, PackageId, Seconds, SegmentId, agency_of
from phoenix_protocol.package.lifecycle import STORED


class Direction(Enum):
    """Which way a package went."""

    RECEIVED = "received"
    SENT = "sent"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptSection:
    """A section that is here, by its author's word for it, and the rule it is kept by."""

    segment: SegmentId
    name: str
    title: str = field(repr=False)
    kept: Retained


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptPackage:
    """A package that is or was here. ``kept`` is None once it is erased; ``sections`` only where asked for."""

    core: ObjectHash
    package: PackageId
    direction: Direction
    party: str
    kept: Retained | None
    sections: tuple[KeptSection, ...] = ()
    erased: tuple[Tombstone, ...] = ()
    held_by: tuple[ObjectHash, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRule:
    """What to change; None leaves it as it is."""

    copy: Copy | None = None
    rule: str | None = field(repr=False, default=None)
    trigger: str | None = field(repr=False, default=None)
    review: Seconds | None = None


def own_copy(home: Home, known: Known) -> Copy:
    """What a copy at this home is for: the agency's record where it keeps that, or where nobody else does."""
    own, _ = endpoint_of(home)
    if own.role is Role.RECORDS or not records_addresses(known, [agency_of(own.address)]):
        return Copy.RECORD
    return Copy.EXCHANGE


def retain(tx: Families, core: ObjectHash, contents: Contents, copy: Copy, now: Seconds) -> None:
    """Give a package that is being stored its rule, and let its review fall due."""
    said = said_of_keeping(readable(contents.sections))
    kept = Retained(
        core=core,
        copy=copy,
        rule=said.rule,
        trigger=said.trigger,
        review=first_review(copy, said, now),
    )
    tx.retention.put(kept)
    put_review(tx, kept, now)


def put_review(tx: Families, kept: Retained, now: Seconds) -> None:
    """Let the review of a package or section fall due."""
    tx.dues.put(
        Due(
            kind=RETENTION_REVIEW,
            at=kept.review,
            made=now,
            core=kept.core,
            place=place_of(kept.section),
        )
    )


def place_of(section: SegmentId | None) -> str:
    """How a due names a section; empty for a whole package."""
    return section.hex() if section is not None else ""


def readable(sections: Sequence[StoredSection]) -> Iterator[ReadSection]:
    """The sections whose form holds."""
    for section in sections:
        with suppress(TamperError):
            yield read_section(section.items)


# -- looking -----------------------------------------------------------------------------------------------------------


def kept_packages(home: Home, most: int) -> tuple[tuple[KeptPackage, ...], bool]:
    """What is kept here, what is to be reviewed soonest first, and what was erased last: at most ``most`` of each.

    The second value says whether there is more.
    """
    with home.vault.reading() as view:
        kept, erased = view.retention.soonest(most + 1), view.erasure.newest(most + 1)
        cores = dict.fromkeys((*(rule.core for rule in kept[:most]), *erased[:most]))
        held = all_reached(view)
        return tuple(_package(view, core, held) for core in cores), most < max(
            len(kept), len(erased)
        )


def kept_package(home: Home, core: ObjectHash) -> KeptPackage:
    """One package with its sections. Raises RefusedError ``E_NOT_FOUND``."""
    with home.vault.reading() as view:
        package = _package(view, core, all_reached(view))
        contents = view.contents.get(core)
        own = {rule.section: rule for rule in view.retention.of(core)}
        live = view.restrictions.live(core)
    if contents is None or package.kept is None:
        return package
    return replace(package, sections=tuple(_sections(contents, own, package.kept, live)))


def _package(
    view: Families, core: ObjectHash, held: Mapping[ObjectHash, tuple[ObjectHash, ...]]
) -> KeptPackage:
    whole = next((rule for rule in view.retention.of(core) if rule.section is None), None)
    erased = view.erasure.tombstones(core)
    held_by = held.get(core, ()) if whole is not None else ()
    sent = view.sent.get(core)
    if sent is not None:
        to = ", ".join(address.address for address in view.sent.addresses(core))
        return KeptPackage(
            core=core,
            package=sent.package,
            direction=Direction.SENT,
            party=to,
            kept=whole,
            erased=erased,
            held_by=held_by,
        )
    received = view.received.get(core)
    if received is None:
        raise RefusedError(
            "E_NOT_FOUND", "This home does not have that package.", next=listed.PACKAGES
        )
    return KeptPackage(
        core=core,
        package=received.package,
        direction=Direction.RECEIVED,
        party=received.sent_from,
        kept=whole,
        erased=erased,
        held_by=held_by,
    )


def _sections(
    contents: Contents, own: dict[SegmentId | None, Retained], whole: Retained, live: Live
) -> Iterator[KeptSection]:
    for section in contents.sections:
        segment = section.entry.segment
        name, title = _words_for(section)
        if None in live or section.items[0].id in live:
            title = RESTRICTED
        yield KeptSection(
            segment=segment,
            name=name,
            title=title,
            kept=own.get(segment, replace(whole, section=segment)),
        )


def _words_for(section: StoredSection) -> tuple[str, str]:
    read = next(readable([section]), None)
    return (read.id, read.title) if read else (section.entry.segment.hex(), "")


# -- naming ------------------------------------------------------------------------------------------------------------

_SHORTEST: Final = 4


def find_kept(home: Home, text: str) -> ObjectHash:
    """A package that was received or sent here, by its id or the beginning of it, or by the hash of its core.

    Raises RefusedError ``E_NOT_FOUND``, ``E_AMBIGUOUS``.
    """
    wanted = text.strip().lower()
    with home.vault.reading() as view:
        exact = _by_core(view, wanted) or _by_whole_id(view, wanted)
        if exact is not None:
            return exact
        known = [(p.package, p.core) for p in view.received.inbox()]
        known += [(s.package.package, s.package.core) for s in view.sent.listing()]
    found = {core for package, core in known if package.hex().startswith(wanted)}
    if len(wanted) < _SHORTEST or not found:
        raise RefusedError(
            "E_NOT_FOUND",
            "This home has no package of this id.",
            next="Check the id: 'phoenix retention' lists what is kept here.",
        )
    if len(found) > 1:
        raise RefusedError("E_AMBIGUOUS", "Several packages begin with these characters.")
    return found.pop()


def _by_core(view: Families, text: str) -> ObjectHash | None:
    try:
        core = ObjectHash(bytes.fromhex(text))
    except ValueError:
        return None
    known = view.sent.get(core) or view.received.get(core)
    return core if known is not None else None


def _by_whole_id(view: Families, text: str) -> ObjectHash | None:
    """At once, where the whole id is given and means one package."""
    try:
        id_ = PackageId(bytes.fromhex(text))
    except ValueError:
        return None
    sent, received = view.sent.by_package(id_), view.received.by_package(id_)
    if sent is not None and not received:
        return sent.core
    return received[0].core if sent is None and len(received) == 1 else None


def find_sections(contents: Contents, names: Collection[str]) -> tuple[SegmentId, ...]:
    """Sections by their author's words for them, or by their ids. Raises RefusedError ``E_NOT_FOUND``."""
    known = {section.entry.segment.hex(): section.entry.segment for section in contents.sections}
    known |= {_words_for(section)[0]: section.entry.segment for section in contents.sections}
    missing = [name for name in names if name not in known]
    if missing:
        raise RefusedError(
            "E_NOT_FOUND",
            "The package has no such section here.",
            next="See its sections: phoenix retention --package ID.",
        )
    return tuple(dict.fromkeys(known[name] for name in names))


# -- setting -----------------------------------------------------------------------------------------------------------


def set_retention(
    home: Home, core: ObjectHash, sections: Collection[str], new: NewRule
) -> KeptPackage:
    """Change how long a package is kept, or some of its sections. Raises RefusedError ``E_NOT_FOUND``, ``E_ERASED``."""
    now = home.now()
    with home.vault.transaction() as tx:
        contents = require_contents(tx, core)
        rules = {rule.section: rule for rule in tx.retention.of(core)}
        whole = rules.get(None) or Retained(core=core, copy=Copy.RECORD, review=now)
        wanted: tuple[SegmentId | None, ...] = find_sections(contents, sections) or (None,)
        for section in wanted:
            kept = _changed(rules.get(section) or replace(whole, section=section), new)
            tx.retention.put(kept)
            put_review(tx, kept, now)
        tx.audit.append(
            time=now,
            actor=home.actor(),
            action="retention.set",
            on=core,
            detail={"sections": str(len(sections))},
        )
    return kept_package(home, core)


def _changed(kept: Retained, new: NewRule) -> Retained:
    return replace(
        kept,
        copy=new.copy or kept.copy,
        rule=new.rule or kept.rule,
        trigger=new.trigger or kept.trigger,
        review=new.review or kept.review,
    )


def require_contents(view: Families, core: ObjectHash) -> Contents:
    """What is stored of a package. Raises RefusedError ``E_ERASED``, ``E_RECEIPT_STATE`` while nothing is stored."""
    contents = view.contents.get(core)
    if contents is not None and is_stored(view, core):
        return contents
    if view.erasure.is_erased(core):
        raise RefusedError("E_ERASED", "The contents of this package are erased.")
    raise RefusedError(
        "E_RECEIPT_STATE",
        "This package is not stored here, or its sender or the relay does not know yet.",
        next="Run 'phoenix inbox', then look at its state.",
    )


def is_stored(view: Families, core: ObjectHash) -> bool:
    """Whether a package is stored here for good: committed, or sent and no longer on its way."""
    sent, received = view.sent.get(core), view.received.get(core)
    if sent is not None:
        return sent.progress is not Progress.SEALED
    return received is not None and received.state in STORED
