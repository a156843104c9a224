"""Answering notices: received by itself, and what a person did about them (docs/protocol.md §6.8)."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Final, Self

from agency_client.ports.relay import Relay
from agency_client.ports.vault import (
    Families,
    Posting,
    RestrictReason,
    Route,
    StoredAnswer,
    StoredNotice,
)
from agency_client.use_cases.home import Home, anchor_of, endpoint_of, require_in_step
from agency_client.use_cases.knowing import Known, recall_directory, require_current
from agency_client.use_cases.notice_views import NEED_OUTCOME, OUTCOMES, is_settled
from agency_client.use_cases.protecting import refuse_naming, sources_of
from agency_client.use_cases.proving import keep_words
from agency_client.use_cases.recipients import records_addresses
from agency_client.use_cases.restricting import restrict_items, restricted_items
from agency_client.use_cases.sayings import flush, readers_at
from agency_client.use_cases.talking import in_step
from phoenix_protocol import encoding, schema
from phoenix_protocol.api import Saying, SealedDetail
from phoenix_protocol.errors import PhoenixError, RefusedError
from phoenix_protocol.identifiers import Address, ItemId, ObjectHash, Seconds, agency_of
from phoenix_protocol.package.notices import AnswerKind, NoticeAnswer
from phoenix_protocol.sealing.contents import Detail, Done
from phoenix_protocol.sealing.details import seal_detail
from phoenix_protocol.sealing.notices import NoticeAction
from phoenix_protocol.signed import sign

#: An answer is sealed to keys that open for at least this long (seconds).
_OPENS_FOR: Final = 7 * 86400


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What is to be answered, with its words sealed already: signing and keeping it needs nobody else."""

    notice: StoredNotice
    kind: AnswerKind
    audience: tuple[Address, ...]
    core: ObjectHash
    checkpoint: str
    detail: Detail | None = None
    sealed: SealedDetail | None = None
    digest: bytes | None = None

    @classmethod
    def without_words(
        cls, home: Home, view: Families, known: Known, notice: StoredNotice, kind: AnswerKind
    ) -> Self:
        """An answer that says all by its kind."""
        core, audience = _of_whom(home, view, known, notice)
        return cls(
            notice=notice, kind=kind, audience=audience, core=core, checkpoint=known.checkpoint
        )

    @classmethod
    async def made(
        cls,
        home: Home,
        relay: Relay,
        known: Known,
        notice: StoredNotice,
        kind: AnswerKind,
        detail: Detail,
    ) -> Self:
        """An answer with words, sealed to whoever gets it."""
        _, own_id = endpoint_of(home)
        now = home.now()
        with home.vault.reading() as view:
            core, audience = _of_whom(home, view, known, notice)
        readers, _ = await readers_at(relay, known, audience, now, Seconds(now + _OPENS_FOR))
        anchor = known.directory.anchor
        sealed, digest = seal_detail(detail, anchor, core, own_id, readers, home.randomness)
        return cls(
            notice=notice,
            kind=kind,
            audience=audience,
            core=core,
            checkpoint=known.checkpoint,
            detail=detail,
            sealed=sealed,
            digest=digest,
        )


def _of_whom(
    home: Home, view: Families, known: Known, notice: StoredNotice
) -> tuple[ObjectHash, tuple[Address, ...]]:
    """Under which core the item is held here, and who is told what was done about it."""
    own, _ = endpoint_of(home)
    handers = {h.hander for h in view.notices.handings(notice.hash, own=False)}
    addresses = {own.address, notice.maker, *handers}
    records = records_addresses(known, sorted(map(agency_of, (own.address, notice.maker))))
    addresses.update(address for desks in records.values() for address in desks)
    cores = [core for core, _ in view.notices.places(notice.hash)]
    core = notice.core if notice.core in cores or not cores else cores[0]
    return core, tuple(sorted(addresses, key=encoding.encode))


def queue_answer(tx: Families, home: Home, reply: Reply) -> ObjectHash:
    """Sign the next answer of this endpoint, keep it, and queue it for the relay."""
    own, own_id = endpoint_of(home)
    now = home.clock.now()
    said = NoticeAnswer(
        anchor=anchor_of(home),
        notice=reply.notice.hash,
        core=reply.core,
        endpoint=own_id,
        audience=reply.audience,
        answer=reply.kind,
        counter=tx.notices.next_counter(reply.notice.hash, own_id),
        time=now,
        checkpoint=reply.checkpoint,
        detail=reply.digest,
    )
    signed = sign(said, [own.document_key()])
    tx.notices.answer(
        StoredAnswer(
            hash=signed.hash,
            notice=said.notice,
            core=said.core,
            endpoint=own_id,
            address=own.address,
            kind=said.answer,
            counter=said.counter,
            time=now,
            signed=signed.encoded(),
            detail=schema.encode(reply.detail) if reply.detail is not None else None,
        )
    )
    keep_words(tx, home, signed.hash, said, reply.sealed)
    body = schema.encode(Saying(signed=signed.encoded(), detail=reply.sealed))
    tx.postings.add(
        Posting(hash=signed.hash, route=Route.NOTICE_ANSWERS, core=said.core, body=body, made=now)
    )
    tx.audit.append(
        time=now,
        actor=home.actor(),
        action="notice.answered",
        on=said.notice,
        outcome=_outcome(said.answer, reply.detail),
    )
    return signed.hash


def _outcome(kind: AnswerKind, detail: Detail | None) -> str:
    return detail.done.value if detail is not None and detail.done is not None else kind.value


# -- by a person ----------------------------------------------------------------------------------------------------


async def settle(home: Home, notice: str, outcome: str, words: str | None) -> StoredNotice:
    """Say what was done about a notice: a word of ``Done``, or ``disagreed``. Restricting is done by saying it.

    The same again says nothing new. Raises RefusedError ``E_NOT_FOUND``, ``E_AMBIGUOUS``, ``E_NOTICE_STATE``,
    ``E_ERASED`` where nothing is here any more to restrict, ``E_DOC_PROTECTED`` for words that name a source to
    somebody who may not know.
    """
    require_in_step(home)
    found = find_notice(home, notice)
    _refuse_naming(home, found, words)
    if outcome == Done.RESTRICTED.value:
        _require_here(home, found)
    done = None if outcome == AnswerKind.DISAGREED.value else Done(outcome)
    kind = AnswerKind.DONE if done is not None else AnswerKind.DISAGREED
    detail = Detail(done=done, words=words, opened=())
    async with in_step(home) as (relay, known):
        await flush(home, relay)
        if not _is_newest(home, found, kind, detail):
            require_current(known, home.now())
            reply = await Reply.made(home, relay, known, found, kind, detail)
            with home.vault.transaction() as tx:
                queue_answer(tx, home, reply)
                put_away(tx, found.hash, home.clock.now())
                if done is Done.RESTRICTED:
                    _restrict(home, tx, found, words)
            await flush(home, relay)
    return found


def _refuse_naming(home: Home, notice: StoredNotice, words: str | None) -> None:
    """An answer reaches whoever made a notice and whoever handed it on: neither need know every source."""
    with home.vault.reading() as view:
        handers = {h.hander for h in view.notices.handings(notice.hash, own=False)}
        places = (core for core, _ in view.notices.places(notice.hash))
        refuse_naming(sources_of(view, (notice.core, *places)), [words], {notice.maker, *handers})


def _require_here(home: Home, notice: StoredNotice) -> None:
    """Raise RefusedError ``E_ERASED`` where nothing of what a notice is about is here."""
    with home.vault.reading() as view:
        if not any(True for _ in restricted_items(view, view.notices.places(notice.hash))):
            raise RefusedError(
                "E_ERASED",
                "Nothing of what this is about is here any more to restrict.",
                next="Say what was done: phoenix settle --outcome erased.",
            )


def _restrict(home: Home, tx: Families, notice: StoredNotice, words: str | None) -> None:
    """Restrict what a notice is about, wherever it is here: as it came, and as this home has passed it on."""
    places = dict.fromkeys(restricted_items(tx, tx.notices.places(notice.hash)))
    for core in dict.fromkeys(core for core, _ in places):
        live = tx.restrictions.live(core)
        items = [item for of, item in places if of == core and item not in live]
        if items:
            restrict_items(home, tx, core, items, RestrictReason.EVIDENCE, words, home.clock.now())


def find_notice(home: Home, text: str) -> StoredNotice:
    """A notice of somebody else's by its id or enough of its first characters.

    Raises RefusedError ``E_NOT_FOUND``, ``E_AMBIGUOUS``, and ``E_NOTICE_STATE`` for one of the own address.
    """
    own, _ = endpoint_of(home)
    wanted = text.strip().lower()
    with home.vault.reading() as view:
        found = [n for n in view.notices.all() if wanted and n.hash.hex().startswith(wanted)]
    if len(found) > 1:
        raise RefusedError(
            "E_AMBIGUOUS", "Several notices begin with these characters.", next="Give more of it."
        )
    if not found:
        raise RefusedError(
            "E_NOT_FOUND", "There is no such notice here.", next="'phoenix notices' lists them."
        )
    if found[0].maker == own.address:
        raise RefusedError("E_NOTICE_STATE", "This is a notice of your own desk: others answer it.")
    return found[0]


def _is_newest(home: Home, notice: StoredNotice, kind: AnswerKind, detail: Detail) -> bool:
    """Whether exactly this was the last thing that this endpoint answered, but for what it passed on."""
    _, own_id = endpoint_of(home)
    with home.vault.reading() as view:
        said = [a for a in view.notices.answers(notice.hash) if a.endpoint == own_id]
    outcomes = [answer for answer in said if answer.kind in OUTCOMES]
    return bool(outcomes) and (outcomes[-1].kind, outcomes[-1].detail) == (
        kind,
        schema.encode(detail),
    )


def put_away(tx: Families, notice: ObjectHash, now: Seconds) -> None:
    """A notice has its outcome: nobody needs to be told of it any more."""
    for alert in tx.alerts.unseen():
        if alert.about == notice.hex():
            tx.alerts.see(alert.number, now)


# -- by erasing -----------------------------------------------------------------------------------------------------


async def answers_of_erasing(
    home: Home, core: ObjectHash, items: Collection[ItemId] | None = None
) -> tuple[Reply, ...]:
    """Answers to what is still owed on a package, or on some of its items, that is about to be erased here.

    Queue them with :func:`queue_erased`. Where the relay cannot be reached they go without words.
    """
    with home.vault.reading() as view:
        owed = _owed(home, view, core, items)
    if not owed:
        return ()
    detail = Detail(done=Done.ERASED, opened=())
    try:
        async with in_step(home) as (relay, known):
            return tuple(
                [await Reply.made(home, relay, known, n, AnswerKind.DONE, detail) for n in owed]
            )
    except PhoenixError:
        known_here = recall_directory(home)
        if known_here is None:
            raise
    with home.vault.reading() as view:
        return tuple(Reply.without_words(home, view, known_here, n, AnswerKind.DONE) for n in owed)


def _owed(
    home: Home, view: Families, core: ObjectHash, items: Collection[ItemId] | None
) -> list[StoredNotice]:
    own, _ = endpoint_of(home)
    found = {n.hash: n for item, n in view.notices.of(core) if items is None or item in items}
    return [
        notice
        for notice in found.values()
        if notice.maker != own.address
        and NoticeAction(notice.action) in NEED_OUTCOME
        and not is_settled(view.notices.answers(notice.hash), own.address)
    ]


def queue_erased(tx: Families, home: Home, replies: Iterable[Reply]) -> None:
    """What was owed is answered by erasing, in the transaction that erases."""
    for reply in replies:
        queue_answer(tx, home, reply)
        put_away(tx, reply.notice.hash, home.clock.now())
