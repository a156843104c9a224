"""The inbox a page at a time; who signed a package, what was said of it here, and what was put away.

Nothing here changes a package (docs/protocol.md §6).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Final

from agency_client.ports.vault import Families, PassedOn, StoredEvent
from agency_client.use_cases.home import Home
from agency_client.use_cases.knowing import Known, recall_directory
from agency_client.use_cases.reading import stored_contents
from agency_client.use_cases.restricting import shown
from agency_client.use_cases.retaining import readable
from agency_client.use_cases.viewing import WAITING, Received, as_lines, detail_of, tidy
from phoenix_protocol.directory.openings import name_in
from phoenix_protocol.directory.statements import EndReason
from phoenix_protocol.errors import RefusedError
from phoenix_protocol.identifiers import (
    Address,
    EndpointId,
    ItemId,
    ObjectHash,
    Seconds,
    agency_of,
)
from phoenix_protocol.package.envelope import read_core
from phoenix_protocol.package.events import EventKind
from phoenix_protocol.package.lifecycle import State
from phoenix_protocol.sealing.contents import Detail

#: The words of the catalogue for how soon somebody has to act, soonest first. A word of another comes before them.
_SOONEST: Final = ("red", "amber", "green")


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxPage:
    """A page of the inbox, and how many packages are here in each state that occurs."""

    lines: tuple[Received, ...]
    counts: Mapping[State, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class SaidHere:
    """What a machine said of a package that came: this one, a colleague's, or the records desk's."""

    kind: EventKind
    time: Seconds
    own: bool
    name: str | None
    detail: Detail | None = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """Who signed a package, as its signatures proved when it came, and what the directory says of them since.

    ``ended`` and ``since`` are there once the keys have ended: a package that was signed after that time may be
    somebody else's.
    """

    address: Address
    name: str | None
    agency: str | None
    signed: Seconds
    verified: Seconds
    ended: EndReason | None = None
    since: Seconds | None = None

    @property
    def is_doubtful(self) -> bool:
        """Whether the keys may have been in other hands when it was signed."""
        return self.ended is EndReason.COMPROMISED and (self.since or 0) <= self.signed


def inbox_page(home: Home, states: Collection[State] | None, *, start: int, most: int) -> InboxPage:
    """At most ``most`` packages in any of ``states`` (None: all) after ``start`` others: what waits, the
    most urgent first, then the newest.

    What expired meanwhile is marked so first.
    """
    tidy(home)
    with home.vault.reading() as view:
        found = view.received.page(states, WAITING, _SOONEST, start=start, most=most)
        return InboxPage(lines=as_lines(home, view, found), counts=view.received.count())


def size_of(home: Home, core: ObjectHash) -> int:
    """How many bytes accepting a package fetches. Raises RefusedError ``E_NOT_FOUND``."""
    with home.vault.reading() as view:
        offer = view.received.offer(core)
    if offer is None:
        raise RefusedError("E_NOT_FOUND", "This home does not have that package.")
    found, _ = read_core(offer.core)
    return found.body.length


def said_here(home: Home, core: ObjectHash) -> tuple[SaidHere, ...]:
    """Everything that machines of this desk said of a package that came, oldest first."""
    known = recall_directory(home)
    own = home.content.endpoint.id if home.content.endpoint is not None else None
    with home.vault.reading() as view:
        events = view.events.of(core)
    return tuple(_said(event, own, known) for event in events)


def _said(event: StoredEvent, own: EndpointId | None, known: Known | None) -> SaidHere:
    return SaidHere(
        kind=event.kind,
        time=event.time,
        own=event.endpoint == own,
        name=_name(known, event.endpoint),
        detail=detail_of(event),
    )


def signature_of(home: Home, core: ObjectHash) -> Signature:
    """Who signed a package that came or that went from here. Raises RefusedError ``E_NOT_FOUND``."""
    known = recall_directory(home)
    with home.vault.reading() as view:
        sender, address, signed, verified = _signed(home, view, core)
    agency = known.directory.agency(agency_of(address)) if known is not None else None
    end = known.directory.end_of(sender) if known is not None else None
    return Signature(
        address=address,
        name=_name(known, sender),
        agency=agency.signatory.name if agency is not None else None,
        signed=signed,
        verified=verified,
        ended=end.reason if end is not None else None,
        since=end.effective if end is not None else None,
    )


def _signed(
    home: Home, view: Families, core: ObjectHash
) -> tuple[EndpointId, Address, Seconds, Seconds]:
    came = view.received.get(core)
    if came is not None:
        return came.sender, came.sent_from, came.created, came.offered
    went, own = view.sent.get(core), home.content.endpoint
    if went is None or own is None or own.id is None:
        raise RefusedError("E_NOT_FOUND", "This home does not have that package.")
    return own.id, own.address, went.created, went.created


def _name(known: Known | None, endpoint: EndpointId) -> str | None:
    found = known.directory.endpoint(endpoint) if known is not None else None
    return name_in(found.newest, known.openings) if known is not None and found else None


def passed_on(home: Home, core: ObjectHash) -> dict[ItemId, tuple[PassedOn, ...]]:
    """What of a package went on from here, by its items, to whom and when."""
    found: dict[ItemId, tuple[PassedOn, ...]] = {}
    with home.vault.reading() as view:
        for entry in view.onward.of((core,)):
            found[entry.item] = (*found.get(entry.item, ()), entry)
    return found


def put_away(home: Home) -> tuple[tuple[bytes, str, Seconds], ...]:
    """Digest, code and time of everything that came and did not verify, oldest first."""
    with home.vault.reading() as view:
        return tuple(view.quarantine.listing())


def text_of(home: Home, core: ObjectHash, item: ItemId) -> str | None:
    """What a statement of a package here says, or what a file is called; None where it is erased or restricted."""
    contents = stored_contents(home, core)
    if contents is None:
        return None
    with home.vault.reading() as view:
        sections = shown(view, core, list(readable(contents.sections)))
    for section in sections:
        for statement in section.statements:
            if statement.id == item:
                return statement.said.text or None
        for file in section.attachments:
            if file.id == item:
                return file.said.name or None
    return None
