"""Keeping notices going: to those an item was passed on to, and again to who is silent (docs/protocol.md §6.8)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from agency_client.ports.relay import Relay
from agency_client.ports.vault import Families, StoredHanding, StoredNotice
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
from phoenix_protocol.sealing.notices import MOST_ITEMS, NoticeAction
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
        onward = [(n, t) for n in view.notices.all() for t in _passed_on(view, n)]
        silent = list(_silent(home, view, known, now))
    if silent:
        tidy(home)  # who never took a package in before it expired is not waited for
        with home.vault.reading() as view:
            silent = list(_silent(home, view, known, now))
    for notice, target in onward:
        await _hand_on(home, relay, known, notice, target)
    for notice, target in silent:
        await _hand_again(home, relay, known, notice, target)
    if onward or silent:
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


def _silent(
    home: Home, view: Families, known: Known, now: Seconds
) -> Iterator[tuple[StoredNotice, Target]]:
    """Who was handed a notice by this home that expired before anybody there had answered at all."""
    own, _ = endpoint_of(home)
    for notice in view.notices.all():
        answered = {answer.address for answer in view.notices.answers(notice.hash)}
        newest = {
            (handing.core, address): handing
            for handing in view.notices.handings(notice.hash, own=True)
            for address in handing.audience
        }
        again: dict[StoredHanding, list[Address]] = {}
        for (core, address), handing in newest.items():
            owes = handing.expires <= now and address not in {own.address, *answered}
            if owes and _may_hold(view, known, notice, core, address, now):
                again.setdefault(handing, []).append(address)
        for handing, addresses in again.items():
            audience = in_order(addresses)
            yield notice, Target(core=handing.core, audience=audience, items=handing.items)


def _may_hold(
    view: Families,
    known: Known,
    notice: StoredNotice,
    core: ObjectHash,
    address: Address,
    now: Seconds,
) -> bool:
    if not known.directory.acting_at(address, now, known.openings):
        return False
    if notice.action == NoticeAction.DISPUTE.value and core == notice.core:
        received = view.received.get(
            core
        )  # whoever else reads it, only its sender has to be reached
        return received is not None and address == received.sent_from
    # By endpoints: what those of records do does not move their address.
    return any(
        endpoint.address == address and endpoint.state not in _WITHOUT
        for endpoint in view.sent.endpoints(core)
    )


async def _hand_again(
    home: Home, relay: Relay, known: Known, notice: StoredNotice, target: Target
) -> None:
    made = await make_handing(home, relay, known, parse_signed(notice.signed), target)
    with home.vault.transaction() as tx:
        keep_handing(tx, home, made)
        raise_alert(
            tx, "N_NOTICE_UNCONFIRMED", target.core, notice.hash.hex()[:16], made.handing.time
        )
