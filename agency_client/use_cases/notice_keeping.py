"""Keeping notices going: to those an item was passed on to, and again to who is silent (docs/protocol.md §6.8)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from agency_client.ports.relay import Relay
from agency_client.ports.vault import Families, HandingState, StoredHanding, StoredNotice
from agency_client.use_cases.expiring import raise_alert
from agency_client.use_cases.home import Home, endpoint_of
from agency_client.use_cases.knowing import Known, is_stale
from agency_client.use_cases.notice_answers import Reply, queue_answer
from agency_client.use_cases.notice_handing import Target, in_order, keep_handing, make_handing
from agency_client.use_cases.sayings import flush
from agency_client.use_cases.viewing import tidy
from phoenix_protocol import limits
from phoenix_protocol.identifiers import Address, ItemId, ObjectHash, Seconds
from phoenix_protocol.package.lifecycle import State
from phoenix_protocol.package.notices import AnswerKind
from phoenix_protocol.sealing.contents import Detail
from phoenix_protocol.sealing.notices import MOST_ITEMS
from phoenix_protocol.signed import parse_signed

#: Endpoints that never got to read a package, or no more: nobody there answers for it.
_WITHOUT: Final = frozenset(
    {State.SENT, State.RETURNED, State.RECALLED, State.EXPIRED, State.UNREADABLE}
)


async def keep_notices(home: Home, relay: Relay, known: Known) -> None:
    """Hand every notice on to those it is about and who do not have it: passed on since, or silent until it expired.

    By a stale directory nothing goes out; the next round does it.
    """
    now = home.now()
    if home.content.endpoint is None or is_stale(known.checked, now):
        return
    with home.vault.reading() as view:
        onward = [(n, t) for n in view.notices.passed_on() for t in _passed_on(view, n)]
        expired = view.notices.expired(now)
    for notice, target in onward:
        await _hand_on(home, relay, known, notice, target)
    if expired:
        tidy(home)  # who never took a package in before it expired is not waited for
    for handing in expired:
        await _after_expiry(home, relay, known, handing, now)
    if onward or expired:
        await flush(home, relay)


def _passed_on(view: Families, notice: StoredNotice) -> Iterator[Target]:
    """To whom an item with this notice was passed on and who was not told of it: together who got the same items."""
    got: dict[tuple[ObjectHash, Address], list[ItemId]] = {}
    for core, item in view.notices.places(notice.hash):
        for entry in view.onward.passed_on(core, item):
            got.setdefault((entry.to_core, entry.to_address), []).append(entry.to_item)
    told: dict[tuple[ObjectHash, Address], set[ItemId]] = {}
    for handing in view.notices.handings(notice.hash, own=True):
        for address in handing.audience:
            told.setdefault((handing.core, address), set()).update(handing.items)
    together: dict[tuple[ObjectHash, tuple[ItemId, ...]], list[Address]] = {}
    for (core, address), items in got.items():
        known = told.get((core, address), set())
        for some in _portions([item for item in dict.fromkeys(items) if item not in known]):
            together.setdefault((core, some), []).append(address)
    for (core, some), addresses in together.items():
        yield Target(core=core, audience=in_order(addresses), items=some)


def _portions(items: Sequence[ItemId]) -> Iterator[tuple[ItemId, ...]]:
    for n in range(0, len(items), MOST_ITEMS):
        yield tuple(items[n : n + MOST_ITEMS])


async def _hand_on(
    home: Home, relay: Relay, known: Known, notice: StoredNotice, target: Target
) -> None:
    """Hand a notice on, and tell its maker to whom."""
    own, _ = endpoint_of(home)
    made = await make_handing(home, relay, known, parse_signed(notice.signed), target)
    reply: Reply | None = None
    if notice.maker != own.address:
        detail = Detail(words=_names(target.audience), opened=())
        reply = await Reply.made(home, relay, known, notice, AnswerKind.PASSED_ON, detail)
    with home.vault.transaction() as tx:
        keep_handing(tx, home, made)
        if reply is not None:
            queue_answer(tx, home, reply)


def _names(addresses: Sequence[Address]) -> str:
    """Addresses as the words of an answer, as many as these have room for."""
    room = limits.LONG_TEXT
    for named, address in enumerate(addresses):
        room -= len(f"{address}, ".encode())
        if room < _MORE:
            return ", ".join(addresses[:named]) + f" and {len(addresses) - named} more"
    return ", ".join(addresses)


#: Room for saying how many there are beside those that are named, in bytes.
_MORE: Final = 32


# -- silence --------------------------------------------------------------------------------------------------------


async def _after_expiry(
    home: Home, relay: Relay, known: Known, handing: StoredHanding, now: Seconds
) -> None:
    """Hand a notice again to who was handed it, may hold what it is about, and has not answered at all.

    Who may not act now, because an agency is suspended, say, is waited for.
    """
    with home.vault.reading() as view:
        notice = view.notices.get(handing.notice)
        silent = _silent(home, view, handing, now) if notice is not None else set()
    acting = {a for a in silent if known.directory.acting_at(a, now, known.openings)}
    if notice is None or (silent and not acting):
        return
    made = None
    if acting:
        target = Target(core=handing.core, audience=in_order(acting), items=handing.items)
        made = await make_handing(home, relay, known, parse_signed(notice.signed), target)
    with home.vault.transaction() as tx:
        if made is not None:
            keep_handing(tx, home, made)
            raise_alert(
                tx, "N_NOTICE_UNCONFIRMED", handing.core, notice.hash.hex()[:16], made.handing.time
            )
        if silent == acting:
            tx.notices.set_state(handing.hash, HandingState.OVER)


def _silent(home: Home, view: Families, handing: StoredHanding, now: Seconds) -> set[Address]:
    """Who was handed a notice, may hold the item, has not answered, and was not handed it again."""
    own, _ = endpoint_of(home)
    answered = {answer.address for answer in view.notices.answers(handing.notice)}
    again = {
        address
        for other in view.notices.handings(handing.notice, own=True)
        if other.core == handing.core and other.expires > now and other.items == handing.items
        for address in other.audience
    }
    left = set(handing.audience) - answered - again - {own.address}
    return {address for address in left if _may_hold(view, handing, address)}


def _may_hold(view: Families, handing: StoredHanding, address: Address) -> bool:
    """Whether somebody at an address took the package in, or still may.

    Of a package that came, whoever else reads it, its sender alone has to be reached.
    """
    received = view.received.get(handing.core)
    if received is not None:
        return address == received.sent_from
    # By endpoints: what those of records do does not move their address.
    return any(
        endpoint.address == address and endpoint.state not in _WITHOUT
        for endpoint in view.sent.endpoints(handing.core)
    )
