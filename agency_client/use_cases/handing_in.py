"""Handing sealed bytes to the relay, and keeping its word that it holds them (docs/protocol.md §5)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Final

from agency_client.body_transfer import upload_body
from agency_client.ports.outbox import Parcel
from agency_client.ports.relay import Relay
from agency_client.ports.vault import (
    KeptObject,
    ObjectKind,
    Progress,
    SentPackage,
)
from agency_client.use_cases.home import Home
from agency_client.use_cases.knowing import Known
from agency_client.use_cases.sayings import OF_THE_REQUEST
from phoenix_protocol import limits
from phoenix_protocol.api import Submission, UploadPlan
from phoenix_protocol.errors import RefusedError, TamperError
from phoenix_protocol.limits import BLOCK
from phoenix_protocol.sealing.open_offer import open_held
from phoenix_protocol.signed import parse_signed

#: Told how many bytes of how many have been uploaded.
Progressed = Callable[[int, int], None]

#: How often to look whether another program has finished with a parcel (seconds).
_PATIENCE: Final = 0.2


async def hand_in(
    home: Home,
    relay: Relay,
    known: Known,
    package: SentPackage,
    progressed: Progressed = lambda _done, _whole: None,
    *,
    patient: bool = True,
) -> None:
    """Hand in what is sealed, unless another program of this home has done so meanwhile. Repeating is safe.

    A program that is at it is waited for, unless not ``patient``. What the relay refuses for good, and what is damaged
    on this disk, is given up: sending the same again makes a new package. Raises what the relay says.
    """
    async with _alone_with(home, package, patient=patient) as alone:
        if not alone or not _is_sealed(home, package):
            return
        try:
            await _transmit(home, relay, known, package, progressed)
        except RefusedError as error:
            if error.code not in OF_THE_REQUEST:
                _abandon(home, package, error.code)
            if error.code == "E_EXPIRED":
                raise _too_late() from None
            raise
        except TamperError as error:
            if error.code == "E_STORE_INTEGRITY":
                _abandon(home, package, error.code)
            raise


def _too_late() -> RefusedError:
    """The relay's refusal of what expired on its way, as its sender needs it."""
    return RefusedError(
        "E_EXPIRED",
        "The package expired before the relay had it. Nobody got it.",
        next="Send it again, with a longer time: --expires 14d.",
    )


async def give_up(home: Home, package: SentPackage) -> None:
    """An unfinished send will not be finished, once no other program is at it. What is held stays held."""
    if package.outbox:
        async with _alone_with(home, package, patient=True):
            if _is_sealed(home, package):
                _abandon(home, package, "done")


def _abandon(home: Home, package: SentPackage, outcome: str) -> None:
    """Give up an unfinished send that no other program is at."""
    now = home.clock.now()
    with home.vault.transaction() as tx:
        tx.sent.give_up(package.core, now)
        tx.sent.forget_outbox(package.core)
        tx.audit.append(
            time=now,
            actor=home.actor(),
            action="package.given-up",
            on=package.core,
            outcome=outcome,
        )
    home.outbox.parcel(package.outbox).remove()


@asynccontextmanager
async def _alone_with(home: Home, package: SentPackage, *, patient: bool) -> AsyncIterator[bool]:
    parcel = home.outbox.parcel(package.outbox)
    while True:
        with parcel.alone() as alone:
            if alone or not patient:
                yield alone
                return
        await home.clock.sleep(_PATIENCE)


def _is_sealed(home: Home, package: SentPackage) -> bool:
    with home.vault.reading() as view:
        current = view.sent.get(package.core)
    return current is not None and current.progress is Progress.SEALED


async def _transmit(
    home: Home, relay: Relay, known: Known, package: SentPackage, progressed: Progressed
) -> None:
    """Hand the sealed bytes to the relay and keep its *held*. The relay takes the same once."""
    parcel = home.outbox.parcel(package.outbox)
    submission = parcel.submission()
    length = parcel.body_length()
    if length > BLOCK:
        plan = UploadPlan(leaves=parcel.leaves(), length=length, expires=package.expires)
        await _upload(relay, parcel, plan, progressed)
    else:
        submission = Submission(
            core=submission.core,
            delivery=submission.delivery,
            cover=submission.cover,
            body=parcel.block(0),
            capsules=submission.capsules,
            grants=submission.grants,
        )
    answer = await relay.submit(submission)
    signed = parse_signed(submission.delivery)
    held = open_held(parse_signed(answer.signed), package.core, signed.hash, known.register)
    if held.message.time > home.clock.now() + limits.CLOCK_SKEW:
        raise TamperError("E_TIME", "The relay says that it held this in the future.")
    with home.vault.transaction() as tx:
        tx.sent.hold(package.core, 1, answer.signed, held.message.time)
        tx.objects.keep(
            KeptObject(
                hash=held.hash,
                kind=ObjectKind.HELD,
                core=package.core,
                time=held.message.time,
                signed=answer.signed,
            )
        )
        tx.settings.raise_clock_floor(held.message.time)
        tx.audit.append(
            time=home.clock.now(), actor=home.actor(), action="package.held", on=package.core
        )
    parcel.remove()


async def _upload(relay: Relay, parcel: Parcel, plan: UploadPlan, progressed: Progressed) -> None:
    sent = 0

    def read_block(number: int) -> bytes:
        nonlocal sent
        block = parcel.block(number)
        sent += len(block)
        progressed(sent, plan.length)
        return block

    await upload_body(relay, plan, read_block)
