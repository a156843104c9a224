"""Keeping a home in order: epoch keys rolled and published, unfinished work finished, records verified."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from agency_client.audit.chain import AuditHead, AuditRow, verify
from agency_client.ports.relay import Relay
from agency_client.ports.vault import Alert
from agency_client.ports.vault.settings import ADDRESS, AGENCY, ANCHOR, ENDPOINT, RELAY_URL
from agency_client.use_cases.asking import ask_after_held
from agency_client.use_cases.committing import say_committed
from agency_client.use_cases.escalating import escalate
from agency_client.use_cases.expiring import raise_alert
from agency_client.use_cases.handing_in import give_up, hand_in
from agency_client.use_cases.home import Home, anchor_of, endpoint_of, stranger
from agency_client.use_cases.joining import require_approved
from agency_client.use_cases.knowing import Known, meet
from agency_client.use_cases.leaving import note_who_left
from agency_client.use_cases.notice_keeping import keep_notices
from agency_client.use_cases.recalling import void_numbers
from agency_client.use_cases.receiving import fetch
from agency_client.use_cases.sayings import flush
from agency_client.use_cases.talking import in_step
from agency_client.use_cases.telling_originators import tell_originators
from keys import epochs
from keys.content import Publication, Standing
from keys.content import in_step as back_in_step
from phoenix_protocol.api import EpochKeys, EpochQuery
from phoenix_protocol.errors import PhoenixError, Problem, UnavailableError
from phoenix_protocol.identifiers import PackageId, agency_of
from phoenix_protocol.package.lifecycle import State
from phoenix_protocol.signed import parse_signed


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What one round of keeping did."""

    published: int
    destroyed: int
    finished: int


async def catch_up(home: Home, wait: int = 0) -> Kept:
    """One round: approval noticed, epoch keys rolled, waiting words posted, the feed taken, unfinished sends finished.

    Raises RefusedError ``E_NOT_APPROVED``, UnavailableError ``E_RELAY``.
    """
    await require_approved(home)
    async with in_step(home) as (relay, known):
        published, destroyed = await roll_epoch_keys(home, relay, known)
        await check_served_keys(home, relay)
        await flush(home, relay)
        known = await fetch(home, relay, known, wait)
        await _say_what_is_stored(home, relay, known)
        await flush(home, relay)
        await keep_notices(home, relay, known)
        finished = await finish_sends(home, relay, known)
        await void_numbers(home, relay, known)
        await ask_after_held(home, relay)
        await escalate(home, relay, known)
        note_who_left(home, known)
    if home.content.standing is Standing.RESTORED:
        home.keystore.update(back_in_step)
    await tell_originators(home)
    home.record_head()
    return Kept(published=published, destroyed=destroyed, finished=finished)


async def _say_what_is_stored(home: Home, relay: Relay, known: Known) -> None:
    """A sender waits for the word that a package is stored: whatever kept it from the relay, it is said again."""
    with home.vault.reading() as view:
        accepted = view.received.inbox({State.ACCEPTED})
    for package in accepted:
        await say_committed(home, relay, known, package)


async def roll_epoch_keys(home: Home, relay: Relay, known: Known) -> tuple[int, int]:
    """Make the epoch keys that are due, publish them, and destroy those past their time."""
    endpoint_of(home)
    before = {e.hash for e in home.content.epochs}
    now = home.clock.now()
    home.keystore.update(
        lambda content: epochs.roll(content, now, home.randomness, vouched=known.checked).content
    )
    destroyed = len(before - {e.hash for e in home.content.epochs})
    waiting = [e for e in home.content.epochs if e.publication is Publication.MADE]
    if waiting:
        signed = epochs.signed(home.content, waiting)
        await relay.publish_epoch_keys(EpochKeys(keys=tuple(s.encoded() for s in signed)))
        home.keystore.update(lambda c: epochs.published(c, [e.hash for e in waiting]))
    if waiting or destroyed:
        with home.vault.transaction() as tx:
            tx.audit.append(
                time=home.clock.now(),
                actor=home.actor(),
                action="epochs.rolled",
                detail={"published": str(len(waiting)), "destroyed": str(destroyed)},
            )
    return len(waiting), destroyed


async def check_served_keys(home: Home, relay: Relay) -> None:
    """Look at what the relay serves to those who write to this endpoint: our own current key and no other."""
    _, own_id = endpoint_of(home)
    now = home.now()
    answer = await relay.epoch_keys(EpochQuery(endpoints=(own_id,), at=now))
    served = {parse_signed(key).hash for key in answer.endpoints[0].keys}
    own = {e.hash for e in home.content.epochs}
    current = {e.hash for e in home.content.epochs if e.valid_from <= now < e.valid_until}
    if served <= own and (served or not current):
        return
    code = "E_KEY_UNCERTIFIED" if served - own else "E_KEY_SUPERSEDED"
    with home.vault.transaction() as tx:
        day = str(now // 86400)
        tx.alerts.add(Alert(code=code, core=None, about=f"served-keys:{day}", time=now))
        tx.audit.append(time=now, actor=home.actor(), action="epochs.served", outcome=code)


async def finish_sends(home: Home, relay: Relay, known: Known) -> int:
    """Hand in what an earlier send sealed and did not hand in; give up what expired meanwhile.

    What the relay refuses for good is an alarm and stops nothing else.
    """
    now = home.now()
    with home.vault.reading() as view:
        unfinished = view.sent.unfinished()
    for package in unfinished:
        if package.expires <= now:
            await give_up(home, package)
            continue
        try:
            await hand_in(home, relay, known, package, patient=False)
        except UnavailableError:
            raise
        except PhoenixError as error:
            with home.vault.transaction() as tx:
                raise_alert(tx, "A_NOT_SENT", package.core, error.code, now)
    _tidy_outbox(home)
    return sum(1 for p in unfinished if p.expires > now)


def _tidy_outbox(home: Home) -> None:
    """Remove the sealed bytes of sends that were stopped before they were kept, or after they were held."""
    with home.outbox.tidying() as alone:
        if not alone:
            return
        with home.vault.reading() as view:
            kept = {package.outbox for package in view.sent.unfinished()}
        # The parcel of a stopped send goes last: it says that files may have been left as well.
        if home.outbox.holds_others(kept) and not _tidy_files(home):
            return
        home.outbox.keep_only(kept)


def _tidy_files(home: Home) -> bool:
    """Remove the files that no package refers to, while nobody sends; False while somebody may be fetching some.

    The transaction holds off whoever begins to: a package is accepted in one, before its files come.
    """
    with home.vault.transaction() as tx:
        if tx.received.inbox({State.ACCEPTED}):
            return False
        for blob in tx.contents.unreferred(home.vault.blobs.names()):
            home.vault.blobs.remove(blob)
    home.vault.blobs.sweep()
    return True


# -- the audit record ------------------------------------------------------------------------------------------------


def verify_audit(home: Home) -> tuple[int, tuple[Problem, ...]]:
    """How many rows the audit record has, and everything wrong with it."""
    known = home.content.audit
    with home.vault.reading() as view:
        rows, head = view.audit.rows(), view.audit.head()
    return len(rows), verify(rows, head, known=AuditHead(count=known.counter, hash=known.digest))


def show_audit(home: Home, last: int) -> tuple[AuditRow, ...]:
    """The newest rows, oldest first."""
    with home.vault.reading() as view:
        count = view.audit.head().count
        return view.audit.rows(max(1, count - last + 1))


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditPage:
    """Some rows, newest first, and how many there are in all."""

    rows: tuple[AuditRow, ...]
    whole: int


def audit_page(home: Home, *, start: int, most: int) -> AuditPage:
    """``most`` rows after the newest ``start``."""
    with home.vault.reading() as view:
        whole = view.audit.head().count
        last = max(0, whole - start)
        first = max(1, last - most + 1)
        rows = view.audit.rows(first, last - first + 1) if last else ()
    return AuditPage(rows=rows[::-1], whole=whole)


def audited_packages(home: Home, rows: Sequence[AuditRow]) -> Mapping[bytes, PackageId]:
    """The packages that rows of the audit record are about, by what the rows name; without those of nothing known."""
    with home.vault.reading() as view:
        return view.audit.packages({row.on for row in rows})


async def adopt_restored(home: Home, relay_at: str) -> None:
    """Give a home out of a backup its directory again. It reads; it sends and receipts once it has caught up."""
    anchor = anchor_of(home)
    endpoint = home.content.endpoint
    async with home.connect(relay_at, stranger(home), lambda: None) as relay:
        await meet(home, relay, anchor)
    with home.vault.transaction() as tx:
        tx.settings.put(ANCHOR, bytes(anchor))
        tx.settings.put(RELAY_URL, relay_at)
        if endpoint is not None:
            tx.settings.put(ADDRESS, str(endpoint.address))
            tx.settings.put(AGENCY, str(agency_of(endpoint.address)))
            if endpoint.id is not None:
                tx.settings.put(ENDPOINT, bytes(endpoint.id))
        tx.audit.append(time=home.clock.now(), actor=home.actor(), action="home.restored")
