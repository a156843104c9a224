"""Sending a package: sealed on this disk first, then handed to the relay, once (docs/protocol.md §5)."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from agency_client.ports.vault import Progress, SentPackage
from agency_client.use_cases.handing_in import Progressed, hand_in
from agency_client.use_cases.home import Home, endpoint_of, require_in_step
from agency_client.use_cases.knowing import Known, require_current
from agency_client.use_cases.recalling import void_numbers
from agency_client.use_cases.sealing import Outgoing, fingerprint, seal
from agency_client.use_cases.talking import in_step
from phoenix_protocol.identifiers import Address, EndpointId, PackageId, Seconds
from phoenix_protocol.package.envelope import Why
from phoenix_protocol.package.lifecycle import State
from phoenix_protocol.sealing.drafts import (
    PackageDraft,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SentTo:
    """One address of a package, and how far it is."""

    address: Address
    state: State


@dataclass(frozen=True, slots=True, kw_only=True)
class SendResult:
    """What a send did. ``repeated`` names an earlier finished send of exactly the same input.

    A program that was stopped after the relay had taken the package told nobody: the same input finishes that send
    (``resumed``) until :func:`told` is called.
    """

    package: PackageId
    recipients: tuple[SentTo, ...]
    left_out: tuple[EndpointId, ...]
    resumed: bool
    repeated: PackageId | None


async def send(
    home: Home,
    prepare: Callable[[Known, Seconds], Outgoing],
    progressed: Progressed = lambda _done, _whole: None,
) -> SendResult:
    """Seal and hand in a package, or finish the send of the same input that an earlier try left unfinished.

    ``prepare`` checks the document against the current directory and drafts it; what it raises leaves nothing behind.
    Raises UnavailableError ``E_RELAY`` (repeat the same), RefusedError and TamperError by their codes.
    """
    require_in_step(home)
    endpoint_of(home)
    async with in_step(home) as (relay, known):
        now = home.now()
        require_current(known, now)
        outgoing = prepare(known, now)
        unfinished = await asyncio.to_thread(_unfinished, home, outgoing, now)
        if unfinished is not None:
            if unfinished.progress is Progress.SEALED:
                await hand_in(home, relay, known, unfinished, progressed)
            return _result(home, unfinished, (), resumed=True, repeated=None)
        # What was stopped or recalled is said before anything with a higher number arrives.
        await void_numbers(home, relay, known)
        sealed, left_out, repeated = await seal(home, relay, known, outgoing, now)
        await hand_in(home, relay, known, sealed, progressed)
    return _result(home, sealed, left_out, resumed=False, repeated=repeated)


def told(home: Home, package: PackageId) -> None:
    """The person knows that this was sent: the same input again is another package."""
    with home.vault.transaction() as tx:
        found = tx.sent.by_package(package)
        if found is not None and found.progress is Progress.HELD and found.outbox:
            tx.sent.forget_outbox(found.core)


def _unfinished(home: Home, outgoing: Outgoing, now: Seconds) -> SentPackage | None:
    """The send of exactly this input that was not handed in, or not told of.

    Files are read only when there may be one.
    """
    with home.vault.reading() as view:
        candidates = [p for p in (*view.sent.untold(), *view.sent.unfinished()) if p.expires > now]
    if not candidates:
        return None
    wanted = fingerprint(outgoing, _digests_of_files(outgoing.draft))
    return next((p for p in candidates if p.fingerprint == wanted), None)


def _digests_of_files(draft: PackageDraft) -> list[bytes]:
    return [
        _digest_of_pieces(attachment.read())
        for section in draft.sections
        for attachment in section.attachments
    ]


def _digest_of_pieces(pieces: Iterable[bytes]) -> bytes:
    digest = hashlib.sha256()
    for piece in pieces:
        digest.update(piece)
    return digest.digest()


def _result(
    home: Home,
    package: SentPackage,
    left_out: tuple[EndpointId, ...],
    *,
    resumed: bool,
    repeated: PackageId | None,
) -> SendResult:
    with home.vault.reading() as view:
        addresses = view.sent.addresses(package.core)
    return SendResult(
        package=package.package,
        recipients=tuple(
            SentTo(address=a.address, state=a.state) for a in addresses if a.why is Why.TO
        ),
        left_out=left_out,
        resumed=resumed,
        repeated=repeated,
    )
