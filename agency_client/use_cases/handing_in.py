"""Handing sealed bytes to the relay, and keeping its word that it holds them (docs/protocol.md §5)."""

from __future__ import annotations

from collections.abc import Callable

from agency_client.body_transfer import upload_body
from agency_client.ports.outbox import Parcel
from agency_client.ports.relay import Relay
from agency_client.ports.vault import (
    KeptObject,
    ObjectKind,
    SentPackage,
)
from agency_client.use_cases.home import Home
from agency_client.use_cases.knowing import Known
from phoenix_protocol import limits
from phoenix_protocol.api import Submission, UploadPlan
from phoenix_protocol.errors import TamperError
from phoenix_protocol.limits import BLOCK
from phoenix_protocol.sealing.open_offer import open_held
from phoenix_protocol.signed import parse_signed

#: Told how many bytes of how many have been uploaded.
Progressed = Callable[[int, int], None]


async def transmit(
    home: Home,
    relay: Relay,
    known: Known,
    package: SentPackage,
    progressed: Progressed = lambda _done, _whole: None,
) -> None:
    """Hand the sealed bytes to the relay and keep its *held*. Repeating is safe: the relay takes the same once."""
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
        tx.sent.forget_outbox(package.core)
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
