"""Setting and lifting holds: signed by an information manager, applied on the desks of the agency.

docs/protocol.md §6.13.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, TypeVar

from agency_client.ports.vault import Due, Families, StoredHold
from agency_client.use_cases.held import hold_name, reached
from agency_client.use_cases.home import Home, anchor_of
from agency_client.use_cases.knowing import Known, recall_directory
from agency_client.use_cases.talking import in_step
from keys.content import ManagerKeys, missing
from phoenix_protocol.errors import RefusedError, TamperError
from phoenix_protocol.identifiers import (
    Address,
    AgencyId,
    ObjectHash,
    PackageId,
    Seconds,
    SignerId,
    agency_of,
)
from phoenix_protocol.limits import CLOCK_SKEW
from phoenix_protocol.sealing.holds import Hold, HoldAuthority, HoldLift
from phoenix_protocol.signed import (
    Message,
    Opened,
    Signed,
    open_signed,
    parse_signed,
    sign,
    signer_id,
)

M = TypeVar("M", bound=Message)

#: What falls due when it is to be looked at whether a hold is still needed.
HOLD_REVIEW: Final = "hold_review"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewHold:
    """A hold as its manager wrote it: exactly one of ``subject``, ``thread`` and ``package`` says what it reaches."""

    authority: HoldAuthority
    reference: str = field(repr=False)
    subject: str | None = field(repr=False, default=None)
    thread: str | None = field(repr=False, default=None)
    package: PackageId | None = None
    set_by: str = field(repr=False)
    review_at: Seconds


async def set_hold(home: Home, new: NewHold) -> tuple[StoredHold, bytes]:
    """Sign a hold, apply it here, and give the order for the agency's desks. Raises RefusedError ``E_ROLE``."""
    manager, known = await _in_office(home)
    now = home.now()
    hold = Hold(
        anchor=known.directory.anchor,
        agency=manager.agency,
        salt=home.randomness.random_bytes(32),
        authority=new.authority,
        reference=new.reference,
        subject=new.subject,
        thread=new.thread,
        package=new.package,
        set_by=new.set_by,
        review_at=new.review_at,
        time=now,
        checkpoint=known.checkpoint,
    )
    signed = sign(hold, [manager.document_key()])
    kept, _ = _keep_hold(home, hold, signed, now)
    return kept, signed.encoded()


async def lift_hold(home: Home, name: str, by: str, reason: str) -> tuple[StoredHold, bytes]:
    """Sign that a hold is needed no longer, apply it here, and give the order for the agency's desks.

    Raises RefusedError ``E_ROLE``, ``E_NOT_FOUND``.
    """
    manager, known = await _in_office(home)
    with home.vault.reading() as view:
        hold = find_hold(view, name)
    now = home.now()
    lift = HoldLift(
        anchor=known.directory.anchor,
        agency=manager.agency,
        hold=hold.hash,
        lifted_by=by,
        reason=reason,
        time=now,
        checkpoint=known.checkpoint,
    )
    signed = sign(lift, [manager.document_key()])
    _keep_lift(home, lift, signed, now)
    with home.vault.reading() as view:
        return find_hold(view, hold.hash.hex()), signed.encoded()


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """What an order came to here. ``hold`` is None for the lifting of a hold that was never seen here.

    ``is_known``: it was known already, or set a hold that is lifted, and nothing changed. ``reaches`` is how many
    packages here the hold reaches now, None where none holds.
    """

    hold: StoredHold | None
    is_known: bool
    reaches: int | None


def apply_order(home: Home, data: bytes) -> Applied:
    """Apply an order of an information manager of this home's agency.

    Applying it again changes nothing. Raises RefusedError ``E_ROLE`` when nobody in that office signed it, TamperError
    ``E_PARSE``, ``E_SIG``, ``E_SIG_TYPE``, ``E_ANCHOR``, ``E_TIME``.
    """
    signed = parse_signed(data)
    now = home.now()
    if signed.type == HoldLift.TYPE:
        lift = _opened(home, signed, HoldLift, now).message
        fresh = _keep_lift(home, lift, signed, now)
        with home.vault.reading() as view:
            lifted = next((h for h in view.holds.all() if h.hash == lift.hold), None)
        return Applied(hold=lifted, is_known=not fresh, reaches=None)
    kept, fresh = _keep_hold(home, _opened(home, signed, Hold, now).message, signed, now)
    changed = fresh and kept.lifted is None
    return Applied(hold=kept, is_known=not changed, reaches=reach(home, kept))


def reach(home: Home, hold: StoredHold) -> int | None:
    """How many packages here a hold reaches now; None for one that is lifted."""
    if hold.lifted is not None:
        return None
    with home.vault.reading() as view:
        return len(reached(view, hold))


def lifting_order(home: Home, hold: StoredHold) -> bytes | None:
    """The order that lifted a hold, to be handed on again; None while nothing did."""
    with home.vault.reading() as view:
        return view.holds.lifting(hold.hash)


def holds(home: Home) -> tuple[StoredHold, ...]:
    """Every hold that ever was here, oldest first."""
    with home.vault.reading() as view:
        return view.holds.all()


def find_hold(view: Families, name: str) -> StoredHold:
    """A hold by its name. Raises RefusedError ``E_NOT_FOUND``, ``E_AMBIGUOUS``."""
    wanted = name.strip().lower()
    found = [hold for hold in view.holds.all() if wanted and hold.hash.hex().startswith(wanted)]
    if not found:
        raise RefusedError(
            "E_NOT_FOUND", "There is no such hold here.", next="See them: phoenix hold list."
        )
    if len(found) > 1:
        raise RefusedError("E_AMBIGUOUS", "Several holds begin with these characters.")
    return found[0]


def desks_of_agency(home: Home) -> tuple[tuple[Address | None, int], ...]:
    """The addresses of this home's agency and how many machines each has, as it last knew: who must apply an order.

    None is for addresses of people that this home may not know. Nothing tells who has applied it.
    """
    known = recall_directory(home)
    if known is None:
        raise missing("a directory")
    agency, now = _own_agency(home), home.now()
    found = Counter(
        known.address_of(endpoint.id)
        for endpoint in known.directory.endpoints()
        if endpoint.agency == agency and endpoint.in_force_at(now) is not None
    )
    return tuple(sorted(found.items(), key=lambda row: row[0] or ""))


# -- who may -----------------------------------------------------------------------------------------------------------


async def _in_office(home: Home) -> tuple[ManagerKeys, Known]:
    """This home's manager, as the directory knows them. Raises RefusedError ``E_ROLE``."""
    manager = home.content.manager
    if manager is None:
        raise _no_role("This home holds no information manager's keys.")
    signer = signer_id(manager.document_key().public_bytes())
    known = recall_directory(home)
    if known is None or signer not in _managers(known, manager.agency):
        async with in_step(home) as (_, known):
            pass
    if signer not in _managers(known, manager.agency):
        raise _no_role("The directory does not know this home's key as an information manager's.")
    return manager, known


def _managers(known: Known, agency: AgencyId) -> dict[SignerId, bytes]:
    """The document keys of an agency's information managers, also while the agency is suspended."""
    found = known.directory.agency(agency)
    if found is None or found.keys is None:
        return {}
    return {signer_id(manager.key): manager.key for manager in found.keys.managers}


def _no_role(what: str) -> RefusedError:
    return RefusedError(
        "E_ROLE",
        what,
        next="Nothing was changed. Ask your agency's information manager: they set and lift holds.",
    )


def _opened(home: Home, signed: Signed, message: type[M], now: Seconds) -> Opened[M]:
    known = recall_directory(home)
    if known is None:
        raise missing("a directory")
    agency = _own_agency(home)
    opened = open_signed(signed, message, _only_managers(_managers(known, agency)))
    said: Hold | HoldLift = opened.message  # type: ignore[assignment]
    if said.anchor != anchor_of(home):
        raise TamperError("E_ANCHOR", "The order belongs to another partnership.")
    if said.agency != agency:
        raise _no_role("The order is for another agency.")
    if said.time > now + CLOCK_SKEW:
        raise TamperError("E_TIME", "The order is from the future.")
    return opened


def _only_managers(keys: dict[SignerId, bytes]) -> Callable[[SignerId], bytes]:
    def key_of(signer: SignerId) -> bytes:
        if signer not in keys:
            raise _no_role("The order is not signed by an information manager of this agency.")
        return keys[signer]

    return key_of


def _own_agency(home: Home) -> AgencyId:
    content = home.content
    if content.endpoint is not None:
        return agency_of(content.endpoint.address)
    if content.manager is not None:
        return content.manager.agency
    raise missing("the keys of a desk or person")


# -- keeping -----------------------------------------------------------------------------------------------------------


def _keep_hold(home: Home, hold: Hold, signed: Signed, now: Seconds) -> tuple[StoredHold, bool]:
    """The hold as it stands here, and whether it is new."""
    with home.vault.transaction() as tx:
        fresh = tx.holds.add(StoredHold(hash=signed.hash, said=hold, signed=signed.encoded()))
        kept = find_hold(tx, signed.hash.hex())
        if fresh:
            if kept.lifted is None:
                place = hold_name(signed.hash)
                tx.dues.put(Due(kind=HOLD_REVIEW, at=hold.review_at, made=now, place=place))
            _record(home, tx, "hold.set", signed.hash, now)
    return kept, fresh


def _keep_lift(home: Home, lift: HoldLift, signed: Signed, now: Seconds) -> bool:
    """Whether that is new."""
    with home.vault.transaction() as tx:
        if not tx.holds.lift(lift.hold, signed.encoded(), lift.time):
            return False
        due = tx.dues.find(HOLD_REVIEW, place=hold_name(lift.hold))
        if due is not None:
            tx.dues.close(due.number, now)
        _record(home, tx, "hold.lifted", lift.hold, now)
    return True


def _record(home: Home, tx: Families, action: str, on: ObjectHash, now: Seconds) -> None:
    tx.audit.append(time=now, actor=home.actor(), action=action, on=on)
