"""What was sent, a page at a time, and one package with all that became of it. Talks to nobody."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from agency_client.ports.vault import (
    AddressProgress,
    Families,
    ObjectKind,
    Progress,
    SentPackage,
    SentSummary,
    Shows,
    Standing,
    Tombstone,
)
from agency_client.record.opened import ReadSection
from agency_client.record.timeline import Heard, Step, Way, timeline
from agency_client.use_cases import viewing
from agency_client.use_cases.home import Home
from agency_client.use_cases.notice_views import Shown, beside_items
from agency_client.use_cases.restricting import shown
from agency_client.use_cases.retaining import readable
from phoenix_protocol import limits, schema
from phoenix_protocol.identifiers import Address, ItemId, ObjectHash, Seconds
from phoenix_protocol.package.envelope import Held, Why
from phoenix_protocol.package.events import AddressAnswer, Verdict
from phoenix_protocol.package.lifecycle import State, recall_reaches
from phoenix_protocol.sealing.contents import Cover
from phoenix_protocol.signed import parse_signed, read_unverified


@dataclass(frozen=True, slots=True, kw_only=True)
class SentPage:
    """A page of what was sent, and how many packages there are of this kind."""

    lines: tuple[SentSummary, ...]
    whole: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """One address and how far a package is there. ``recallable`` says whether taking it back may still reach it."""

    address: Address
    state: State
    since: Seconds
    steps: tuple[Step, ...]
    recallable: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadBy:
    """A section of a package of ours, and which of those written to read it, each with the reason."""

    section: ReadSection
    readers: Mapping[Address, str] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Following:
    """A package of ours. ``sections`` is empty, and ``erased`` says since when, once its contents are gone here."""

    package: SentPackage
    cover: Cover = field(repr=False)
    status: viewing.Status
    recipients: tuple[Followed, ...]
    copies: tuple[Followed, ...]
    sections: tuple[ReadBy, ...]
    notices: Mapping[ItemId, tuple[Shown, ...]]
    verdicts: tuple[tuple[Seconds, tuple[AddressAnswer, ...]], ...]
    erased: tuple[Tombstone, ...]
    has_document: bool


def sent_page(home: Home, shows: Shows, *, start: int, most: int) -> SentPage:
    """At most ``most`` packages after ``start`` others, newest first. Whoever looks has been told of every send."""
    viewing.tidy(home)
    with home.vault.reading() as view:
        untold = view.sent.untold()
        page = SentPage(
            lines=view.sent.page(shows, start=start, most=most), whole=view.sent.count(shows)
        )
    if untold and home.vault.standing is Standing.SOUND:
        with home.vault.transaction() as tx:
            for package in untold:
                tx.sent.forget_outbox(package.core)
    return page


def follow(home: Home, core: ObjectHash) -> Following:
    """One package of ours. Raises RefusedError ``E_NOT_FOUND``."""
    status = viewing.status(home, core)
    notices = beside_items(home, core)
    with home.vault.reading() as view:
        record = view.sent.record(core)
        followed = [_followed(view, status, each) for each in status.addresses]
        sections = _sections(view, core, [a.address for a in status.addresses if a.why is Why.TO])
        verdicts = _verdicts(view, core)
        erased = view.erasure.tombstones(core)
    is_to = {a.address for a in status.addresses if a.why is Why.TO}
    return Following(
        package=status.package,
        cover=schema.decode(Cover, record.cover if record else b"", limit=limits.COVER_BYTES),
        status=status,
        recipients=tuple(f for f in followed if f.address in is_to),
        copies=tuple(f for f in followed if f.address not in is_to),
        sections=sections,
        notices=notices,
        verdicts=verdicts,
        erased=erased,
        has_document=bool(record and record.document),
    )


def _followed(view: Families, status: viewing.Status, address: AddressProgress) -> Followed:
    own = [e for e in status.endpoints if e.address == address.address]
    machines = {e.endpoint for e in own}
    heard = [
        Heard(
            kind=event.kind,
            time=event.time,
            counter=event.counter,
            detail=viewing.detail_of(event),
        )
        for event in status.events
        if event.endpoint in machines
    ]
    way = Way(
        state=address.state,
        since=address.since,
        created=status.package.created,
        expires=status.package.expires,
        held=_held(view, status.package.core, {e.delivery for e in own}),
        given_up=status.package.progress is Progress.GIVEN_UP,
        heard=heard,
    )
    return Followed(
        address=address.address,
        state=address.state,
        since=address.since,
        steps=timeline(way),
        recallable=recall_reaches(e.state for e in own),
    )


def _held(view: Families, core: ObjectHash, deliveries: set[int]) -> Seconds | None:
    """When the relay took the first delivery to an address, by its own word."""
    times = [
        read_unverified(parse_signed(delivery.held), Held).time
        for delivery in view.sent.deliveries(core)
        if delivery.number in deliveries and delivery.held is not None
    ]
    return min(times, default=None)


def _sections(view: Families, core: ObjectHash, written_to: list[Address]) -> tuple[ReadBy, ...]:
    contents = view.contents.get(core)
    if contents is None:
        return ()
    reasons = {section.entry.segment: section.reasons for section in contents.sections}
    return tuple(
        ReadBy(
            section=read,
            readers={a: r for a, r in reasons[s.entry.segment].items() if a in written_to},
        )
        for s in contents.sections
        for read in shown(view, core, list(readable([s])))
    )


def _verdicts(
    view: Families, core: ObjectHash
) -> tuple[tuple[Seconds, tuple[AddressAnswer, ...]], ...]:
    """What the relay answered each time that the package was to be taken back, oldest first."""
    kept = view.objects.of(core, ObjectKind.VERDICT)
    said = [read_unverified(parse_signed(each.signed), Verdict) for each in kept]
    return tuple((verdict.time, verdict.answers) for verdict in said)
