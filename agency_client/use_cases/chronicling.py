"""A chronology out of everything that this home may read: received and own, each agency in its own voice (clause PR1).

Packages are found by the register's index. What was erased here is named, and what cannot be read.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Final

from agency_client.ports.vault import (
    Families,
    ReceivedPackage,
    SentPackage,
    Standing,
    Tombstone,
    Wanted,
)
from agency_client.record.chronology import (
    Carrier,
    Chronology,
    Entry,
    Response,
    Wish,
    chronology,
    entries_of,
)
from agency_client.record.dated import USUAL
from agency_client.record.noticed import Noticed, read_notice
from agency_client.record.opened import ReadSection, read_section
from agency_client.record.register_table import RECEIVED, SENT
from agency_client.record.restricted import RestrictedPart, covered, parts
from agency_client.record.subjects import is_named, reference, words
from agency_client.use_cases.home import Home
from agency_client.use_cases.registering import is_about
from agency_client.use_cases.replacing import NOTHING, replacements
from agency_client.use_cases.restricting import hide
from agency_client.use_cases.viewing import detail_of, tidy
from phoenix_protocol.errors import TamperError
from phoenix_protocol.identifiers import Address, ItemId, ObjectHash, PackageId, Seconds
from phoenix_protocol.package.events import EventKind
from phoenix_protocol.sealing.contents import Item


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """What somebody wants in order: about whom or what, of which matter, and from when to when.

    ``subject`` is a whole name, number, label or thread, ``person`` a name or the beginnings of its words, ``thread`` a
    sender's reference; ``until`` is the second after. More than ``gap_days`` days without an entry are a gap.
    """

    subject: str | None = field(repr=False, default=None)
    person: str | None = field(repr=False, default=None)
    thread: str | None = field(repr=False, default=None)
    since: Seconds | None = None
    until: Seconds | None = None
    gap_days: int = USUAL


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasedHere:
    """Something of a package that was found and is erased: all of it, or a section."""

    package: PackageId
    sent_from: Address
    stone: Tombstone


@dataclass(frozen=True, slots=True, kw_only=True)
class RestrictedHere:
    """Something of a package that was found and is restricted: all of it, a section or a statement."""

    package: PackageId
    sent_from: Address
    part: RestrictedPart


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A chronology, and what of the packages that were found is not in it.

    ``unreadable`` are packages with a section whose form does not hold; ``unread`` those of which somebody said
    something that this machine has no key for. What is ``restricted`` here is named, and has no entry.
    """

    found: Chronology
    erased: tuple[ErasedHere, ...] = ()
    restricted: tuple[RestrictedHere, ...] = ()
    unreadable: tuple[PackageId, ...] = ()
    unread: tuple[PackageId, ...] = ()


def chronicle(home: Home, wanted: Stretch, *, exported: tuple[str, ...] = ()) -> Told:
    """Every statement of the packages that are found, by when it happened. Talks to nobody.

    That somebody looked, or took a copy away, is in the audit record.
    """
    tidy(home)
    now = home.clock.now()
    wish = Wish(since=wanted.since, until=wanted.until, now=now, gap_days=wanted.gap_days)
    with home.vault.reading() as view:
        told = _told(home, view, _packages(view, wanted), wish)
    if home.vault.standing is Standing.SOUND:
        with home.vault.transaction() as tx:
            tx.audit.append(
                time=now,
                actor=home.actor(),
                action="chronology.exported" if exported else "chronology.read",
                detail={
                    "entries": str(len(told.found.entries)),
                    **dict.fromkeys(exported, "yes"),
                },
            )
    return told


# -- finding -----------------------------------------------------------------------------------------------------------


def _packages(view: Families, wanted: Stretch) -> dict[ObjectHash, str]:
    """The packages by the index, each with its sender's reference. A text in which nothing counts finds nothing."""
    texts = [reference(text) for text in (wanted.subject, wanted.thread) if text is not None]
    names = words(wanted.person) if wanted.person is not None else ()
    if not all(texts) or (wanted.person is not None and not names):
        return {}
    sought = Wanted(kinds={SENT, RECEIVED}, reference=(*texts, None)[0], words=names)
    lines = [line for line in view.register.find(sought) if is_about(line, names)]
    threads = {line.core: " ".join(line.facts.get("thread", ())) for line in lines if line.core}
    if wanted.thread is None:
        return threads
    thread = reference(wanted.thread)
    return {core: text for core, text in threads.items() if reference(text) == thread}


# -- reading -----------------------------------------------------------------------------------------------------------


def _told(home: Home, view: Families, threads: Mapping[ObjectHash, str], wish: Wish) -> Told:
    known = _known(view, threads)
    items = view.contents.items(threads)
    replaced = replacements(home, view, known)
    entries: list[Entry] = []
    unreadable: list[PackageId] = []
    restricted: list[RestrictedHere] = []
    for core, sections in items.items():
        read = list(_readable(sections))
        if len(read) < len(sections):
            unreadable.append(known[core].package)
        carrier = replace(
            _carrier(home, known[core], threads[core], read),
            replaced_by=replaced.get(core, NOTHING).replaced_by,
            responses=(responses := tuple(_responses(home, view, known[core]))),
            readers=_readers(view, core) if responses else {},
        )
        live = view.restrictions.live(core)
        restricted += [
            RestrictedHere(package=carrier.package, sent_from=carrier.sent_from, part=part)
            for part in parts(read, live)
        ]
        hidden = covered(read, live)
        found = entries_of(carrier, hide(read, live), _notices(view, core))
        entries += [entry for entry in found if entry.statement.id not in hidden]
    return Told(
        found=chronology(entries, wish),
        erased=tuple(_erased(home, view, known)),
        restricted=tuple(restricted),
        unreadable=tuple(unreadable),
        unread=tuple(known[core].package for core in _unread(view, known)),
    )


def people_in(told: Told, person: str) -> tuple[str, ...]:
    """Everybody in a chronology whom ``person`` names: more than one where its words begin several names."""
    names = (name for entry in told.found.entries for name, _ in entry.people)
    return tuple(dict.fromkeys(name for name in names if is_named(name, words(person))))


_Package = ReceivedPackage | SentPackage


def _known(view: Families, cores: Collection[ObjectHash]) -> dict[ObjectHash, _Package]:
    found: dict[ObjectHash, _Package] = {p.core: p for p in view.received.of(cores)}
    return found | {s.package.core: s.package for s in view.sent.summaries(cores)}


def _readable(sections: Sequence[Sequence[Item]]) -> Iterator[ReadSection]:
    for items in sections:
        with suppress(TamperError):
            yield read_section(items)


def _carrier(
    home: Home, package: _Package, thread: str, sections: Sequence[ReadSection]
) -> Carrier:
    is_own = isinstance(package, SentPackage)
    return Carrier(
        core=package.core,
        package=package.package,
        sent_from=_sender(home, package),
        sent=package.created,
        is_own=is_own,
        state=package.progress.value if isinstance(package, SentPackage) else package.state.value,
        thread=thread,
        do_not_alert=tuple(
            dict.fromkeys(line for section in sections for line in section.do_not_alert)
        ),
    )


_ANSWERING: Final = (EventKind.ACKNOWLEDGED, EventKind.OUTCOME)


def _responses(home: Home, view: Families, package: _Package) -> Iterator[Response]:
    """Who took responsibility for a package and what came of it, as far as its receipts say so here."""
    where = {end.endpoint: end.address for end in view.sent.endpoints(package.core)}
    own = home.content.endpoint
    for event in view.events.of(package.core):
        detail = detail_of(event) if event.kind in _ANSWERING else None
        if detail is not None:
            here = own.address if own is not None else Address("")
            yield Response(
                by=where.get(event.endpoint, here),
                kind=event.kind,
                time=event.time,
                words=tuple(text for text in (detail.owner, detail.use, detail.words) if text),
            )


def _readers(view: Families, core: ObjectHash) -> dict[ItemId, tuple[Address, ...]]:
    """Who may read each section of a package, by its head."""
    contents = view.contents.get(core)
    sections = contents.sections if contents is not None else ()
    return {each.items[0].id: tuple(each.entry.audience) for each in sections}


def _sender(home: Home, package: _Package) -> Address:
    if isinstance(package, ReceivedPackage):
        return package.sent_from
    endpoint = home.content.endpoint
    return endpoint.address if endpoint is not None else Address("")


def _notices(view: Families, core: ObjectHash) -> Mapping[ItemId, tuple[Noticed, ...]]:
    found: dict[ItemId, tuple[Noticed, ...]] = {}
    for item, notice in view.notices.of(core):
        read = read_notice(notice.hash, notice.maker, notice.signed)
        found[item] = (*found.get(item, ()), read)
    return found


def _erased(
    home: Home, view: Families, known: Mapping[ObjectHash, _Package]
) -> Iterator[ErasedHere]:
    for core, package in known.items():
        for stone in view.erasure.tombstones(core):
            yield ErasedHere(package=package.package, sent_from=_sender(home, package), stone=stone)


def _unread(view: Families, known: Mapping[ObjectHash, _Package]) -> Iterator[ObjectHash]:
    """The packages with a notice that came and that this machine cannot open."""
    for core in known:
        if any(alert.code == "N_NOTICE_UNREAD" for alert in view.alerts.of(core)):
            yield core
