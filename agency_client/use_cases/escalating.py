"""Asking a deputy when an answer has not come in time: by itself, once, and never a block (docs/requests.md)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from agency_client.ports.relay import Relay
from agency_client.ports.vault import (
    Contents,
    Due,
    Escalation,
    Families,
    Progress,
    SentPackage,
    SentRecord,
    StoredSection,
)
from agency_client.record.calendar import due_at
from agency_client.record.drafting import DECISION, Setting, fresh_reference, readers_of
from agency_client.record.items import item, new_id
from agency_client.record.opened import read_section
from agency_client.record.placement import entries_of
from agency_client.record.registering import of_document
from agency_client.record.request_drafting import DUE_ON_COVER, REQUEST, iso
from agency_client.record.requests import read_request_document
from agency_client.record.rules.requests import NOT_STATED
from agency_client.record.shipped import shipped_calendar
from agency_client.use_cases.catalogues import catalogue_of
from agency_client.use_cases.document_drafting import setting_for
from agency_client.use_cases.expiring import raise_alert
from agency_client.use_cases.handing_in import hand_in
from agency_client.use_cases.home import Home, endpoint_of
from agency_client.use_cases.knowing import Known
from agency_client.use_cases.reminding import remind
from agency_client.use_cases.request_dues import OWED_TO_US
from agency_client.use_cases.request_taking import (
    place_of,
    unanswered,
    unread_reply,
)
from agency_client.use_cases.sealing import Keep, Outgoing, seal
from phoenix_protocol import limits, schema
from phoenix_protocol.errors import PhoenixError, UnavailableError
from phoenix_protocol.identifiers import Address, ItemId, Seconds
from phoenix_protocol.package.envelope import Why
from phoenix_protocol.record import Head
from phoenix_protocol.sealing.contents import Cover, Item, ItemType
from phoenix_protocol.sealing.drafts import ItemDraft, PackageDraft, SectionDraft

#: Why a deputy reads what another was asked.
INSTEAD: Final = "Asked in place of somebody who has not answered in time"


@dataclass(frozen=True, slots=True, kw_only=True)
class Overdue:
    """One of those asked has not answered in time, and this deputy stands in."""

    package: SentPackage
    record: SentRecord
    contents: Contents
    address: Address
    deputy: Address
    questions: tuple[ItemId, ...]
    place: str


async def escalate(home: Home, relay: Relay, known: Known) -> int:
    """Ask the deputies of those who have not answered in time; gives how many were asked.

    What cannot be sent to a deputy is a finding and stops nothing. Raises UnavailableError when the relay goes away.
    """
    remind(home)
    now = home.now()
    with home.vault.reading() as view:
        waiting = list(overdue_in(view, now))
    if known.is_stale(now):
        return 0
    asked = 0
    for overdue in waiting:
        try:
            await _ask_deputy(home, relay, known, overdue, now)
            asked += 1
        except UnavailableError:
            raise
        except PhoenixError as error:
            if error.code != "E_CONFLICT":  # another program of this home was quicker
                with home.vault.transaction() as tx:
                    raise_alert(tx, "N_NOT_ESCALATED", overdue.package.core, overdue.place, now)
    return asked


def overdue_in(view: Families, now: Seconds) -> Iterator[Overdue]:
    """Each of those asked from this home who has not answered in time, and for whom a deputy can be asked now."""
    for due in view.dues.open({OWED_TO_US}, until=now):
        found = _of_due(view, due)
        if found is not None and not unread_reply(view, found.package.core, found.address):
            yield found


def _of_due(view: Families, due: Due) -> Overdue | None:
    """What is overdue, if it was asked from this home and a deputy is named who was not asked yet."""
    package = view.sent.get(due.core) if due.core is not None else None
    if due.core is None or package is None or package.progress is not Progress.HELD:
        return None
    addresses = [each.address for each in view.requests.asked(due.core)]
    address = next((a for a in addresses if place_of(addresses, a) == due.place), None)
    deputy = view.requests.deputies(due.core).get(address) if address is not None else None
    escalated = {each.address for each in view.requests.escalations(due.core)}
    record, contents = view.sent.record(due.core), view.contents.get(due.core)
    if address is None or deputy is None or address in escalated:
        return None
    if record is None or contents is None or view.restrictions.live(due.core):
        return None  # erased or restricted: there is nothing left to ask
    return Overdue(
        package=package,
        record=record,
        contents=contents,
        address=address,
        deputy=deputy,
        questions=unanswered(view, due.core, address),
        place=due.place,
    )


async def _ask_deputy(
    home: Home, relay: Relay, known: Known, overdue: Overdue, now: Seconds
) -> None:
    outgoing = _outgoing(home, known, overdue, now)
    sealed, _, _ = await seal(home, relay, known, outgoing, now)
    await hand_in(home, relay, known, sealed)
    with home.vault.transaction() as tx:
        tx.sent.forget_outbox(sealed.core)  # nobody waits to be told: it is in the list of requests


def _outgoing(home: Home, known: Known, overdue: Overdue, now: Seconds) -> Outgoing:
    own, _ = endpoint_of(home)
    package, calendar = overdue.package, shipped_calendar()
    setting = setting_for(known, own.address, (overdue.deputy,), catalogue=catalogue_of(home))
    within = calendar.within.get(package.urgency, calendar.within[NOT_STATED])
    due = due_at(calendar, now, within)
    draft = _draft(home, overdue, setting, due)
    readers = sorted({address for section in draft.sections for address in section.readers})
    life = min(package.expires - package.created, known.directory.bounds.life)
    document = replace(read_request_document(overdue.record.document), to=(str(overdue.deputy),))
    return Outgoing(
        draft=draft,
        addresses={address: _why(address, overdue.deputy, own.address) for address in readers},
        expires=Seconds(now + life),
        document=overdue.record.document,
        options=("escalates", package.core.hex(), overdue.address),
        entered=of_document(document, draft.sections),
        keep=_kept(home, overdue),
    )


def _why(address: Address, deputy: Address, own: Address) -> Why:
    if address == deputy:
        return Why.TO
    return Why.OWN if address == own else Why.RECORDS


def _draft(home: Home, overdue: Overdue, setting: Setting, due: Seconds) -> PackageDraft:
    cover = schema.decode(Cover, overdue.record.cover, limit=limits.COVER_BYTES)
    package = overdue.package
    return PackageDraft(
        sent_from=setting.own,
        purpose=package.purpose,
        classification=package.classification,
        handling=cover.handling,
        urgency=package.urgency,
        contact=cover.contact,
        reference=fresh_reference(home.randomness),
        thread=package.thread,
        supersedes=None,
        sections=tuple(_sections(home, overdue, setting, due)),
        cover_optional={DUE_ON_COVER: due},
    )


def _sections(
    home: Home, overdue: Overdue, setting: Setting, due: Seconds
) -> Iterator[SectionDraft]:
    """What the one who has not answered was sent, for the deputy; of the questions those that are open."""
    for stored in overdue.contents.sections:
        section = read_section(stored.items)
        is_question = section.kind == REQUEST and "question.text" in section.answers
        is_own = section.kind == DECISION
        if not is_own and overdue.address not in stored.reasons:
            continue
        if is_question and section.item not in overdue.questions:
            continue
        more = (
            _escalation(home, overdue, due) if section.kind == REQUEST and not is_question else ()
        )
        named: dict[str, str] = {} if is_own else {overdue.deputy: INSTEAD}
        yield _copied(stored, readers_of(named, setting), more)


def _copied(
    stored: StoredSection, readers: dict[Address, str], more: tuple[ItemDraft, ...]
) -> SectionDraft:
    """A section as it was sealed, its ids as they were. Files are not sent again."""
    head, *rest = stored.items
    return SectionDraft(
        head=schema.decode(Head, head.content, limit=limits.STATEMENT_BYTES),
        head_id=head.id,
        items=(
            *(_item(each) for each in rest if each.type is not ItemType.ATTACHMENT),
            *more,
        ),
        readers=readers,
    )


def _item(each: Item) -> ItemDraft:
    return ItemDraft(type=each.type, id=each.id, content=each.content)


def _escalation(home: Home, overdue: Overdue, due: Seconds) -> tuple[ItemDraft, ...]:
    said = {
        "escalation.core": (overdue.package.core.hex(),),
        "escalation.instead_of": (str(overdue.address),),
        "escalation.due": (iso(due),),
    }
    return tuple(
        item(ItemType.ENTRIES, new_id(home.randomness), entries) for entries in entries_of([said])
    )


def _kept(home: Home, overdue: Overdue) -> Keep:
    def keep(tx: Families, sealed: SentPackage) -> None:
        core = overdue.package.core
        tx.requests.add_escalation(
            Escalation(
                request=core,
                address=overdue.address,
                deputy=overdue.deputy,
                core=sealed.core,
                time=sealed.created,
            )
        )
        raise_alert(tx, "N_ESCALATED", core, overdue.place, sealed.created)
        tx.audit.append(
            time=sealed.created, actor=home.actor(), action="request.escalated", on=core
        )

    return keep
