"""Saying that something sent was wrong, is disputed, or is free of a condition: notices (docs/protocol.md §6.8).

What was sent stays as it was signed. The notice is on this disk before it goes out, with all bytes that travel, so that
the same command again finishes an interrupted one and says nothing twice.
"""

from __future__ import annotations

from dataclasses import dataclass

from agency_client.ports.relay import Relay
from agency_client.ports.vault import Families, HandingState, Seen, StoredNotice
from agency_client.record.noticed import Noticed
from agency_client.use_cases.home import Home, endpoint_of, require_in_step
from agency_client.use_cases.knowing import Known, require_current
from agency_client.use_cases.notice_handing import Target, keep_handing, make_handing
from agency_client.use_cases.notice_readying import ready_notice
from agency_client.use_cases.notice_register import enter_notice
from agency_client.use_cases.notice_subjects import Subject, Wanted
from agency_client.use_cases.sayings import flush
from agency_client.use_cases.talking import in_step
from phoenix_protocol import schema
from phoenix_protocol.errors import Problem, RefusedError, UnavailableError
from phoenix_protocol.identifiers import Address, EndpointId, ObjectHash, PackageId
from phoenix_protocol.record import Statement
from phoenix_protocol.sealing.manifest import item_commitment
from phoenix_protocol.sealing.notices import Notice, NoticeAction
from phoenix_protocol.signed import parse_signed, sign


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """A notice that was given. ``repeated`` when exactly this had been said before, and was finished now."""

    notice: ObjectHash
    package: PackageId
    called: str
    audience: tuple[Address, ...]
    left_out: tuple[EndpointId, ...]
    repeated: bool
    hints: tuple[Problem, ...] = ()


async def give_notice(home: Home, wanted: Wanted) -> Given:
    """Say something of one statement or file to everybody who was told of it.

    Raises RefusedError ``E_NOT_FOUND`` (no such package or statement), ``E_NOTICE_ORIGIN`` (somebody else's),
    ``E_NOTICE_STATE`` (it adds nothing), ``E_NOT_ACCEPTED``, ``E_ERASED``,
    ``E_DOC_PROTECTED``; UnavailableError ``E_RELAY``: repeat it.
    """
    require_in_step(home)
    own, _ = endpoint_of(home)
    ready = ready_notice(home, wanted)
    subject, before = ready.subject, ready.before
    async with in_step(home) as (relay, known):
        await flush(home, relay)
        left_out: tuple[EndpointId, ...] = ()
        if before is None:
            given, left_out = await _make(home, relay, known, subject, wanted, ready.replacement)
        else:
            given = before.notice
            left_out = await _finish(home, relay, known, subject, before)
        await flush(home, relay)
    _check_taken(home, given)
    return Given(
        notice=given,
        package=subject.package,
        called=subject.called,
        audience=tuple(a for a in subject.audience if a != own.address),
        left_out=left_out,
        repeated=before is not None,
        hints=ready.hints,
    )


async def _make(
    home: Home,
    relay: Relay,
    known: Known,
    subject: Subject,
    wanted: Wanted,
    replacement: Statement | None,
) -> tuple[ObjectHash, tuple[EndpointId, ...]]:
    """Sign the notice, seal it for its audience, and keep all of it with what waits to be posted."""
    require_current(known, home.now())
    own, own_id = endpoint_of(home)
    with home.vault.reading() as view:
        numbers = view.notices.numbers(subject.core, subject.item.id, own_id)
    said = Notice(
        anchor=known.directory.anchor,
        core=subject.core,
        section=subject.section,
        item=subject.item.id,
        digest=item_commitment(subject.item),
        action=wanted.action,
        replacement=schema.encode(replacement) if replacement is not None else None,
        conditions=wanted.conditions,
        words=wanted.why,
        endpoint=own_id,
        number=max(numbers, default=0) + 1,
        time=home.now(),
        checkpoint=known.checkpoint,
    )
    signed = sign(said, [own.document_key()])
    target = Target(core=subject.core, audience=subject.audience)
    made = await make_handing(home, relay, known, signed, target)
    notice = StoredNotice(
        hash=signed.hash,
        core=said.core,
        item=said.item,
        action=said.action.value,
        endpoint=own_id,
        maker=own.address,
        number=said.number,
        time=said.time,
        signed=signed.encoded(),
    )
    with home.vault.transaction() as tx:
        if tx.notices.keep(notice) is not Seen.NEW:
            raise UnavailableError(
                "E_STORE_BUSY",
                "Another program of this home said something of this statement just now.",
            )
        _stand(tx, home, notice, subject)
        keep_handing(tx, home, made)
    return signed.hash, made.left_out


def _stand(tx: Families, home: Home, notice: StoredNotice, subject: Subject) -> None:
    tx.notices.apply(notice.hash, notice.core, [subject.item.id])
    told = [address for address in subject.audience if address != notice.maker]
    enter_notice(tx, notice, notice.core, told)
    tx.audit.append(
        time=notice.time, actor=home.actor(), action=f"notice.{notice.action}", on=notice.hash
    )


async def _finish(
    home: Home, relay: Relay, known: Known, subject: Subject, before: Noticed
) -> tuple[EndpointId, ...]:
    """What was said before is with the relay or waits for it; what the relay refused is handed to it anew."""
    with home.vault.reading() as view:
        handings = view.notices.handings(before.notice, own=True)
        notice = view.notices.get(before.notice)
    if notice is None or any(h.state is not HandingState.REFUSED for h in handings):
        return ()
    require_current(known, home.now())
    target = Target(core=subject.core, audience=subject.audience)
    made = await make_handing(home, relay, known, parse_signed(notice.signed), target)
    with home.vault.transaction() as tx:
        keep_handing(tx, home, made)
    return made.left_out


def _check_taken(home: Home, notice: ObjectHash) -> None:
    """Raise RefusedError ``E_RECEIPT_STATE`` when the relay refused all that was handed to it: nobody knows yet."""
    with home.vault.reading() as view:
        states = {h.state for h in view.notices.handings(notice, own=True)}
    if states == {HandingState.REFUSED}:
        raise RefusedError(
            "E_RECEIPT_STATE",
            "The relay refused this notice: nobody was told yet.",
            next="'phoenix audit show' says why. Mend that, then repeat the same command.",
        )


# -- what a person says ---------------------------------------------------------------------------------------------


async def withdraw(home: Home, package: str, statement: str, why: str) -> Given:
    """A statement or file that was sent from here does not stand any more. Raises as :func:`give_notice`."""
    return await give_notice(
        home,
        Wanted(action=NoticeAction.WITHDRAW, package=package, statement=statement, why=why),
    )


async def dispute(home: Home, package: str, statement: str, why: str) -> Given:
    """A statement or file that came is wrong. Raises as :func:`give_notice`."""
    return await give_notice(
        home,
        Wanted(action=NoticeAction.DISPUTE, package=package, statement=statement, why=why),
    )


async def release(
    home: Home,
    package: str,
    statement: str,
    conditions: tuple[str, ...],
    why: str | None = None,
) -> Given:
    """Handling conditions of a statement that was sent from here end for everybody. Raises as :func:`give_notice`."""
    return await give_notice(
        home,
        Wanted(
            action=NoticeAction.RELEASE,
            package=package,
            statement=statement,
            conditions=conditions,
            why=why,
        ),
    )
