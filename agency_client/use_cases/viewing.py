"""What a home knows of packages: inbox, sent, status, alerts. Nothing here changes a package (docs/protocol.md §6)."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, TypeVar

from agency_client.ports.vault import (
    AddressProgress,
    Alert,
    Families,
    ReceivedPackage,
    Restriction,
    SentEndpoint,
    SentPackage,
    SentSummary,
    Standing,
    StoredEvent,
)
from agency_client.record import listed
from agency_client.record.noticed import how_to_settle
from agency_client.use_cases.expiring import expire_received, expire_sent, is_owed
from agency_client.use_cases.home import Home
from agency_client.use_cases.replacing import NOTHING, Replaced, replacements
from phoenix_protocol import limits, schema
from phoenix_protocol.errors import RefusedError
from phoenix_protocol.identifiers import Address, ObjectHash, PackageId, Seconds
from phoenix_protocol.package.lifecycle import UNFINISHED, State, Step, allowed, warnings_due

if TYPE_CHECKING:  # loaded where a cover or detail is read: listing what was sent needs neither
    from phoenix_protocol.sealing.contents import Cover, Detail


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """A line of the inbox, with the cover, what colleagues have done with it, what it replaces and what replaced it.

    Of a package that is ``restricted`` here, package and cover say that in place of their purpose.
    """

    package: ReceivedPackage
    cover: Cover
    colleagues: tuple[StoredEvent, ...]
    replaced: Replaced = NOTHING
    restricted: Restriction | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """How far a package of ours is, at every address and endpoint, with what was said about it."""

    package: SentPackage
    addresses: tuple[AddressProgress, ...]
    endpoints: tuple[SentEndpoint, ...]
    events: tuple[StoredEvent, ...]
    alerts: tuple[Alert, ...]


#: How many packages a listing shows beside those that wait for somebody.
RECENT: Final = 500
#: Packages in these states wait for somebody here.
WAITING: Final = frozenset({State.OFFERED, State.ACCEPTED})


def inbox(home: Home, *, everything: bool = False, recent: int = RECENT) -> tuple[Received, ...]:
    """What is here, newest first. What expired meanwhile is marked so first.

    All that waits to be accepted or fetched and the newest ``recent`` of all; ``everything`` is all there is.
    """
    tidy(home)
    with home.vault.reading() as view:
        if everything:
            return as_lines(home, view, view.received.inbox())
        shown = {p.core: p for p in view.received.inbox(limit=recent)}
        shown |= {p.core: p for p in view.received.inbox(WAITING)}
        newest_first = sorted(shown.values(), key=lambda p: p.offered, reverse=True)
        return as_lines(home, view, newest_first)


def how_many_came(home: Home) -> int:
    """How many packages ever came for this home and are known here."""
    with home.vault.reading() as view:
        return sum(view.received.count().values())


def as_lines(
    home: Home, view: Families, packages: Sequence[ReceivedPackage]
) -> tuple[Received, ...]:
    """Packages as the inbox lists them. Raises RefusedError ``E_NOT_FOUND`` for one whose offer is gone."""
    from phoenix_protocol.sealing.contents import Cover

    own = home.content.endpoint.id if home.content.endpoint is not None else None
    cores = [package.core for package in packages]
    covers = view.received.covers(cores)
    said: dict[ObjectHash, list[StoredEvent]] = {}
    for event in view.events.about(cores):
        if event.endpoint != own:
            said.setdefault(event.core, []).append(event)
    replaced = replacements(home, view, cores)
    if len(covers) != len(packages):
        raise RefusedError("E_NOT_FOUND", "This home does not have that package.")
    restricted = view.restrictions.of(cores)
    return tuple(
        Received(
            package=_shown(package, restricted, package.core),
            cover=_shown(
                schema.decode(Cover, covers[package.core], limit=limits.COVER_BYTES),
                restricted,
                package.core,
            ),
            colleagues=tuple(said.get(package.core, ())),
            replaced=replaced.get(package.core, NOTHING),
            restricted=restricted.get(package.core),
        )
        for package in packages
    )


_Told = TypeVar("_Told", "ReceivedPackage", "SentPackage", "Cover")


def _shown(told: _Told, restricted: Mapping[ObjectHash, Restriction], core: ObjectHash) -> _Told:
    """A package or its cover as lists show it: of one that is restricted, that it is, in place of its purpose."""
    if core not in restricted:
        return told
    from agency_client.record.restricted import in_words

    return replace(told, purpose=in_words(restricted[core]))


def received(home: Home, core: ObjectHash) -> Received:
    """One package that came for this home. Raises RefusedError ``E_NOT_FOUND``."""
    with home.vault.reading() as view:
        package = view.received.get(core)
        if package is None:
            raise RefusedError(
                "E_NOT_FOUND", "This home has received no such package.", next=listed.RECEIVED
            )
        return as_lines(home, view, [package])[0]


def sent(home: Home) -> tuple[SentSummary, ...]:
    """What this home has sent, newest first. Whoever looks here has been told of every send."""
    tidy(home)
    with home.vault.reading() as view:
        untold = view.sent.untold()
        listing = view.sent.listing()
        restricted = view.restrictions.of([line.package.core for line in listing])
    if untold and home.vault.standing is Standing.SOUND:
        with home.vault.transaction() as tx:
            for package in untold:
                tx.sent.forget_outbox(package.core)
    if not restricted:
        return listing
    return tuple(
        replace(line, package=_shown(line.package, restricted, line.package.core))
        for line in listing
    )


def restrictions(home: Home, cores: Collection[ObjectHash]) -> Mapping[ObjectHash, Restriction]:
    """Those of some packages that are restricted here as a whole, with since when and why."""
    with home.vault.reading() as view:
        return view.restrictions.of(cores)


def status(home: Home, core: ObjectHash) -> Status:
    """How far one package of ours is. Raises RefusedError ``E_NOT_FOUND``."""
    tidy(home)
    with home.vault.reading() as view:
        package = view.sent.get(core)
        if package is None:
            raise RefusedError(
                "E_NOT_FOUND", "This home did not send that package.", next=listed.SENT
            )
        return Status(
            package=package,
            addresses=view.sent.addresses(core),
            endpoints=view.sent.endpoints(core),
            events=view.events.of(core),
            alerts=view.alerts.of(core),
        )


def detail_of(event: StoredEvent) -> Detail | None:
    """What an event says in words, when this home could open it."""
    from phoenix_protocol.sealing.contents import Detail

    if event.detail is None:
        return None
    return schema.decode(Detail, event.detail, limit=limits.DETAIL_BYTES)


def tidy(home: Home) -> None:
    """Mark what expired by our own clock, and note which warnings are due: the relay may be away or silent.

    A vault that may only be read is left as it is.
    """
    if home.vault.standing is not Standing.SOUND:
        return
    now = home.clock.now()
    with home.vault.reading() as view:
        overdue = view.sent.expiring(now, UNFINISHED)
        soon = view.sent.expiring(Seconds(now + limits.LIFE), UNFINISHED)
        offers = view.received.overdue(WAITING, now)
    late = [p for p in offers if allowed(p.state, Step.EXPIRE)]
    due = [
        s
        for s in soon
        if is_owed(s.addresses) and s.package.expires > now and _warning(s.package, now) is not None
    ]
    fresh = [s for s in due if _unseen(home, s.package, now)]
    if not overdue and not late and not fresh:
        return
    with home.vault.transaction() as tx:
        for summary in overdue:
            # By our own clock: no receipt came, and no report of the relay either.
            expire_sent(tx, summary.package.core, now, "N_UNCONFIRMED")
        for package in late:
            expire_received(tx, package.core)
        for summary in fresh:
            moment = _warning(summary.package, now)
            about = str(moment)
            tx.alerts.add(
                Alert(code="W_EXPIRES_SOON", core=summary.package.core, about=about, time=now)
            )


def _warning(package: SentPackage, now: Seconds) -> Seconds | None:
    """The newest moment at which the sender should have been warned."""
    passed = [t for t in warnings_due(package.created, package.expires) if t <= now]
    return passed[-1] if passed else None


def _unseen(home: Home, package: SentPackage, now: Seconds) -> bool:
    about = str(_warning(package, now))
    with home.vault.reading() as view:
        known = {a.about for a in view.alerts.of(package.core) if a.code == "W_EXPIRES_SOON"}
    return about not in known


# -- names of packages ---------------------------------------------------------------------------------------------


def find_received(home: Home, text: str) -> ObjectHash:
    """The core of a received package by its id, or by enough of its first characters.

    Raises RefusedError ``E_NOT_FOUND``, ``E_AMBIGUOUS``; TamperError for one that was put away.
    """
    with home.vault.reading() as view:
        # Two senders may have chosen one id.
        found = view.received.beginning(_hex(text))
        if not found and _hex(text):
            from agency_client.use_cases.quarantine import require_unspoilt

            require_unspoilt(view, _hex(text))
    return _only(found, text, "received")


def find_sent(home: Home, text: str) -> ObjectHash:
    """The core of a sent package by its id, or by enough of its first characters."""
    with home.vault.reading() as view:
        found = view.sent.beginning(_hex(text))
    return _only(found, text, "sent")


def find_package(home: Home, text: str) -> ObjectHash:
    """The core of a sent or received package by its id, or by enough of its first characters."""
    with home.vault.reading() as view:
        found = {*view.sent.beginning(_hex(text)), *view.received.beginning(_hex(text))}
    return _only(sorted(found), text, "sent or received")


def _hex(text: str) -> str:
    """The beginning of an id in hex, or what no id begins with."""
    wanted = text.strip().lower()
    return wanted if re.fullmatch(r"[0-9a-f]{1,32}", wanted) else ""


_LISTED: Final = {
    "received": listed.RECEIVED,
    "sent": listed.SENT,
    "sent or received": listed.PACKAGES,
}


def _only(found: Sequence[tuple[PackageId, ObjectHash]], text: str, verb: str) -> ObjectHash:
    wanted = text.strip().lower()
    matches = [core for package, core in found if package.hex().startswith(wanted)]
    if not wanted or not matches:
        raise RefusedError(
            "E_NOT_FOUND",
            f"This home has {verb} no package of this id.",
            next=_LISTED[verb],
        )
    if len(matches) > 1:
        raise RefusedError(
            "E_AMBIGUOUS",
            "Several packages begin with these characters.",
            next="Give more of the id.",
        )
    return matches[0]


# -- alerts --------------------------------------------------------------------------------------------------------


def alerts(home: Home) -> Sequence[Alert]:
    """What nobody has seen yet, and what has fallen due of requests meanwhile."""
    from agency_client.use_cases.reminding import remind

    remind(home)
    with home.vault.reading() as view:
        return view.alerts.unseen()


def package_of(home: Home, core: ObjectHash) -> PackageId | None:
    """The id of the package that an alert is about, when it is here."""
    with home.vault.reading() as view:
        found = view.received.get(core) or view.sent.get(core)
    return found.package if found is not None else None


def sender_of(home: Home, alert: Alert) -> Address | None:
    """Whose packages an alert about numbers is about, when the directory knows them."""
    if alert.code != "N_SEQUENCE_GAP":
        return None
    from agency_client.use_cases.knowing import recall_directory

    known = recall_directory(home)
    begins = alert.about.partition(":")[0]
    found = (
        [e.id for e in known.directory.endpoints() if e.id.hex().startswith(begins)]
        if known
        else []
    )
    return known.address_of(found[0]) if known and found else None


_NON_DELIVERY: Final = frozenset({"A_NOT_DELIVERED", "A_RELAY_LOST", "N_UNCONFIRMED"})
#: Hard block 14: what was corrected or withdrawn is not put away before somebody here has said what they did about it.
NEED_OUTCOME: Final = frozenset({"N_CORRECTED", "N_WITHDRAWN"})


def see_alert(home: Home, number: int) -> None:
    """A person has seen an alert. Raises RefusedError ``E_NOT_FOUND``, ``E_NOTICE_OPEN``."""
    now = home.clock.now()
    with home.vault.transaction() as tx:
        found = next((alert for alert in tx.alerts.unseen() if alert.number == number), None)
        if found is None:
            raise RefusedError(
                "E_NOT_FOUND", "There is no such alarm, or it was seen before.", next=listed.ALARMS
            )
        _check_outcome(tx, found)
        tx.alerts.see(number, now)
        tx.audit.append(time=now, actor=home.actor(), action="alert.seen")


def needs_outcome(home: Home, alert: Alert) -> bool:
    """Whether an alert stays until somebody here has said what they did about a correction or withdrawal."""
    with home.vault.reading() as view:
        return _needs_outcome(view, alert)


def _needs_outcome(view: Families, alert: Alert) -> bool:
    if alert.code not in NEED_OUTCOME:
        return False
    return view.notices.get(ObjectHash(bytes.fromhex(alert.about))) is not None


def _check_outcome(tx: Families, alert: Alert) -> None:
    """Raise RefusedError ``E_NOTICE_OPEN`` for a notice that waits for its outcome: answering puts it away."""
    if _needs_outcome(tx, alert):
        raise RefusedError(
            "E_NOTICE_OPEN",
            "Nobody has said yet what was done about this correction or withdrawal.",
            next=f"Put your records right, then: {how_to_settle(alert.about)}",
        )


def see_non_delivery(home: Home, core: ObjectHash) -> bool:
    """A person has seen that a package was not delivered. False when there was nothing to see."""
    now = home.clock.now()
    with home.vault.transaction() as tx:
        found = [a for a in tx.alerts.of(core) if a.code in _NON_DELIVERY and a.seen is None]
        for alert in found:
            tx.alerts.see(alert.number, now)
            tx.audit.append(time=now, actor=home.actor(), action="non-delivery.seen", on=core)
    return bool(found)
