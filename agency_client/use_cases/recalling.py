"""Taking a package back, and voiding the numbers of what nobody will read (docs/protocol.md §6)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from agency_client.ports.relay import Relay
from agency_client.ports.vault import (
    Alert,
    Families,
    KeptObject,
    ObjectKind,
    Posting,
    Progress,
    Route,
    SentPackage,
    SequenceUse,
)
from agency_client.record import listed
from agency_client.use_cases.handing_in import give_up
from agency_client.use_cases.home import Home, endpoint_of, require_in_step
from agency_client.use_cases.knowing import Known
from agency_client.use_cases.protecting import refuse_naming, sources_of
from agency_client.use_cases.proving import keep_words
from agency_client.use_cases.sayings import detail_readers, flush
from agency_client.use_cases.talking import in_step
from phoenix_protocol import schema
from phoenix_protocol.api import Saying, SignedObject
from phoenix_protocol.errors import RefusedError, TamperError
from phoenix_protocol.identifiers import Address, EndpointId, ObjectHash, SignerId
from phoenix_protocol.package.envelope import Why
from phoenix_protocol.package.events import (
    AddressAnswer,
    Answer,
    Recall,
    Verdict,
    Void,
    Voided,
    VoidReason,
)
from phoenix_protocol.package.lifecycle import RELEASED, State, Step, allowed
from phoenix_protocol.sealing.contents import Detail
from phoenix_protocol.sealing.details import seal_detail
from phoenix_protocol.signed import (
    open_signed,
    parse_signed,
    read_unverified,
    sign,
    signer_id,
)

#: Most entries of one note about numbers.
_VOIDED_AT_ONCE: Final = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class RecallResult:
    """A recall's answer for each address that was written to."""

    package: SentPackage
    answers: tuple[tuple[Address, Answer], ...]


async def recall(home: Home, core: ObjectHash, reason: str) -> RecallResult:
    """Take a package back from every address that has not accepted it.

    An unfinished send is given up first: whatever becomes of the recall, it does not go out any more. What the relay
    does not know is UNKNOWN. Raises UnavailableError ``E_RELAY``; RefusedError ``E_DOC_PROTECTED`` for a reason that
    names a source to somebody who may not know.
    """
    require_in_step(home)
    with home.vault.reading() as view:
        package = view.sent.get(core)
        addresses = view.sent.addresses(core)
        sources = sources_of(view, [core])
    if package is None:
        raise RefusedError("E_NOT_FOUND", "This home did not send that package.", next=listed.SENT)
    written_to = tuple(a.address for a in addresses if a.why is Why.TO)
    refuse_naming(sources, [reason], written_to)
    with home.vault.transaction() as tx:
        now = home.clock.now()
        tx.audit.append(time=now, actor=home.actor(), action="package.recall", on=core)
        if package.progress is Progress.HELD:
            tx.sent.forget_outbox(core)  # whoever takes it back knows that it was sent
    await give_up(home, package)
    async with in_step(home) as (relay, known):
        posting = await _make_recall(home, relay, known, core, written_to, reason)
        try:
            answer = await relay.recall(schema.decode(Saying, posting.body))
        except RefusedError as error:
            if error.code != "E_NOT_FOUND":
                raise
            verdict: tuple[AddressAnswer, ...] = ()
        else:
            with home.vault.transaction() as tx:
                _keep_recall(tx, home, core, posting)
            verdict = keep_verdict(home, known, core, answer.signed).answers
        await void_numbers(home, relay, known)
    found = {a.address: a.answer for a in verdict}
    return RecallResult(
        package=package,
        answers=tuple((a, found.get(a, Answer.UNKNOWN)) for a in written_to),
    )


def _keep_recall(tx: Families, home: Home, core: ObjectHash, posting: Posting) -> None:
    """Our own recall as evidence, with its words."""
    saying = schema.decode(Saying, posting.body)
    said = read_unverified(parse_signed(saying.signed), Recall)
    tx.objects.keep(
        KeptObject(
            hash=posting.hash,
            kind=ObjectKind.RECALL,
            core=core,
            time=posting.made,
            signed=saying.signed,
        )
    )
    keep_words(tx, home, posting.hash, said, saying.detail)


async def _make_recall(
    home: Home,
    relay: Relay,
    known: Known,
    core: ObjectHash,
    written_to: tuple[Address, ...],
    reason: str,
) -> Posting:
    own, own_id = endpoint_of(home)
    now = home.now()
    readers = {
        reader.endpoint: reader
        for address in written_to
        for reader in await detail_readers(relay, known, own.address, address, now)
    }
    sealed, digest = seal_detail(
        Detail(reason=reason, opened=()),
        known.directory.anchor,
        core,
        own_id,
        tuple(readers.values()),
        home.randomness,
    )
    message = Recall(
        anchor=known.directory.anchor,
        core=core,
        endpoint=own_id,
        time=now,
        checkpoint=known.checkpoint,
        detail=digest,
    )
    signed = sign(message, [own.document_key()])
    body = schema.encode(Saying(signed=signed.encoded(), detail=sealed))
    return Posting(hash=signed.hash, route=Route.RECALLS, core=core, body=body, made=now)


def keep_verdict(home: Home, known: Known, core: ObjectHash, signed_bytes: bytes) -> Verdict:
    """Verify the relay's verdict on a recall of ours and follow it. Raises TamperError ``E_RECEIPT_BINDING``."""
    key = known.directory.relay.receipt_key

    def key_of(signer: SignerId) -> bytes:
        if signer != signer_id(key):
            raise TamperError("E_RECEIPT_BINDING", "A verdict is not signed by the relay.")
        return key

    signed = parse_signed(signed_bytes)
    verdict = open_signed(signed, Verdict, key_of, code="E_RECEIPT_BINDING")
    if verdict.message.core != core or verdict.message.anchor != known.directory.anchor:
        raise TamperError("E_RECEIPT_BINDING", "A verdict is for another package.")
    now = home.now()
    with home.vault.transaction() as tx:
        tx.objects.keep(
            KeptObject(
                hash=verdict.hash,
                kind=ObjectKind.VERDICT,
                core=core,
                time=verdict.message.time,
                signed=signed_bytes,
            )
        )
        _follow_verdict(tx, core, verdict.message)
        tx.audit.append(time=now, actor=home.actor(), action="package.verdict", on=core)
    return verdict.message


def _follow_verdict(tx: Families, core: ObjectHash, verdict: Verdict) -> None:
    recalled = {a.address for a in verdict.answers if a.answer is Answer.RECALLED}
    for endpoint in tx.sent.endpoints(core):
        if endpoint.address not in recalled:
            continue
        if allowed(endpoint.state, Step.RECALL):
            tx.sent.step(core, endpoint.endpoint, Step.RECALL, verdict.time)
        elif endpoint.state in RELEASED:
            # It said "recalled" of what this endpoint had already accepted.
            tx.alerts.add(
                Alert(
                    code="A_RELAY_LIED",
                    core=core,
                    about=endpoint.endpoint.hex()[:16],
                    time=verdict.time,
                )
            )


async def void_numbers(home: Home, relay: Relay, known: Known) -> None:
    """Tell every endpoint which of the numbers given to it lead to nothing, so that a gap is always a finding.

    Not while another program of this home seals: its numbers lead nowhere yet.
    """
    with home.outbox.tidying() as alone:
        if not alone:
            return
        with home.vault.reading() as view:
            uses = (*view.sequences.unused(), *view.sequences.to_void())
        by_recipient: dict[EndpointId, list[SequenceUse]] = {}
        for use in sorted(uses, key=lambda use: use.sequence):
            by_recipient.setdefault(use.recipient, []).append(use)
        for recipient, numbers in by_recipient.items():
            _void(home, known, recipient, numbers[:_VOIDED_AT_ONCE])
    if by_recipient:
        await flush(home, relay)


def _void(home: Home, known: Known, recipient: EndpointId, numbers: list[SequenceUse]) -> None:
    """Void numbers in the vault, together with the signed note that waits to be posted."""
    own, own_id = endpoint_of(home)
    now = home.now()
    message = Void(
        anchor=known.directory.anchor,
        sender=own_id,
        recipient=recipient,
        entries=tuple(_voided(home, use) for use in numbers),
        time=now,
        checkpoint=known.checkpoint,
    )
    signed = sign(message, [own.document_key()])
    note = signed.encoded()
    body = schema.encode(SignedObject(signed=note))
    with home.vault.transaction() as tx:
        for use, entry in zip(numbers, message.entries, strict=True):
            tx.sequences.void(use, entry.reason)
        tx.objects.keep(
            KeptObject(hash=signed.hash, kind=ObjectKind.VOID, core=None, time=now, signed=note)
        )
        tx.postings.add(
            Posting(hash=signed.hash, route=Route.VOIDS, core=None, body=body, made=now)
        )


def _voided(home: Home, use: SequenceUse) -> Voided:
    return Voided(
        sequence=use.sequence,
        core=use.core if use.core is not None else ObjectHash(bytes(32)),
        reason=_reason(home, use),
    )


def _reason(home: Home, use: SequenceUse) -> VoidReason:
    if use.core is None:
        return VoidReason.GIVEN_UP
    with home.vault.reading() as view:
        states = {e.endpoint: e.state for e in view.sent.endpoints(use.core)}
    state = states.get(use.recipient)
    if state is State.RECALLED:
        return VoidReason.RECALLED
    return VoidReason.EXPIRED if state is State.EXPIRED else VoidReason.GIVEN_UP
