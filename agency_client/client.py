"""The agency client as programs use it: everything that the command line and the web app do, on one class.

A case system links it so::

    with Client.open(path, Unlock(environment=os.environ)) as client:
        await client.catch_up()
        for line in await client.inbox():
            ...

Every method that may talk to the relay or wait for a disk is a coroutine. Values are those of the use cases.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from agency_client import unlocking
from agency_client.audit.chain import AuditRow
from agency_client.ports.vault import (
    Alert,
    EraseReason,
    ReceivedPackage,
    SentPackage,
    SentSummary,
    Shows,
    StoredAttachment,
)
from agency_client.unlocking import OpenHome, Reach, Unlock
from agency_client.use_cases import viewing
from agency_client.use_cases.home import Home
from agency_client.use_cases.viewing import Received, Status
from phoenix_protocol.directory.statements import EndReason, Role, Standing
from phoenix_protocol.errors import Problem, TamperError
from phoenix_protocol.identifiers import (
    Address,
    AgencyId,
    Anchor,
    ItemId,
    ObjectHash,
    PackageId,
    Seconds,
)
from phoenix_protocol.package.lifecycle import State

# The use cases that talk to the relay are imported when they are used: reading what is here must be quick.


class Client:
    """An open home. Close it, or use it as a context: closing keeps the books (see :meth:`close`)."""

    def __init__(self, opened: OpenHome) -> None:
        self.home: Final[Home] = opened.home
        self.warnings: Final = opened.warnings

    @classmethod
    def open(cls, path: Path, unlock: Unlock, reach: Reach = Reach()) -> Self:  # noqa: B008  # frozen
        """Unlock an existing home. Raises LockedError ``E_KEY_MISSING``, ``E_LOCKED``, ``E_PASSPHRASE``.

        ``reach`` says how it asks a relay that does not answer.
        """
        return cls(unlocking.open_home(path, unlock, reach))

    @classmethod
    def make(cls, path: Path, unlock: Unlock, reach: Reach = Reach()) -> Self:  # noqa: B008  # frozen
        """Unlock a home, or make a new one."""
        return cls(unlocking.make_home(path, unlock, reach))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        try:
            if isinstance(error, TamperError):
                self.home.record_alarm(error)
        finally:
            self.close()

    def close(self) -> None:
        """Tell the keystore how far the audit record has come, and close the vault."""
        try:
            self.home.record_head()
        finally:
            self.home.executor.shutdown()
            self.home.vault.close()

    # -- governance --------------------------------------------------------------------------------------------------

    async def create_partnership(self, relay: str, claim: str, new: Any) -> Anchor:
        """Found a partnership; ``new`` is a :class:`~agency_client.use_cases.founding.NewPartnership`."""
        from agency_client.use_cases.founding import create_partnership

        return await create_partnership(self.home, relay, claim, new)

    async def create_agency(self, relay: str, anchor: Anchor, profile: Any, person: str) -> bytes:
        """An agency's keys and its admission request."""
        from agency_client.use_cases.agencies import create_agency

        return await create_agency(self.home, relay, anchor, profile, person)

    async def look_at_admission(self, request: bytes) -> Any:
        """Who asks to be admitted, with the words of their keys; admits nobody."""
        from agency_client.use_cases.agencies import look_at_admission

        return look_at_admission(self.home, request)

    async def admit(self, request: bytes) -> Any:
        """Admit an agency by its request."""
        from agency_client.use_cases.agencies import admit

        return await admit(self.home, request)

    async def set_standing(self, agency: AgencyId, standing: Standing) -> ObjectHash:
        """Suspend, resume or close an agency."""
        from agency_client.use_cases.agencies import set_standing

        return await set_standing(self.home, agency, standing)

    async def amend(self, *, text: bytes | None = None, **changes: Any) -> Any:
        """A new version of the partnership; ``text`` is its protocol's text from now on."""
        from agency_client.use_cases.governing import amend

        return await amend(self.home, text=text, **changes)

    async def look_at_review(self, document: bytes, new: Any) -> Any:
        """What the rules say of a review of the protocol; records nothing."""
        from agency_client.use_cases.protocol_review import look_at_review

        return look_at_review(self.home, document, new)

    async def review_protocol(self, document: bytes, new: Any) -> Any:
        """Record a review of the protocol, and amend the partnership by it."""
        from agency_client.use_cases.protocol_review import review_protocol

        return await review_protocol(self.home, document, new)

    async def protocol(self, text: bytes | None = None, *, offline: bool = False) -> Any:
        """The protocol that the partnership signed; ``text`` is a copy of it to keep here."""
        from agency_client.use_cases.protocols import protocol_here

        return await protocol_here(self.home, text, offline=offline)

    async def adopt_protocol(self, text: bytes | None = None) -> Any:
        """Sign the newest version of the protocol for this manager's agency."""
        from agency_client.use_cases.adopting import adopt

        return await adopt(self.home, text)

    async def look_at_assurances(self, document: bytes) -> Any:
        """What the rules say of a declaration of assurances; declares nothing."""
        from agency_client.use_cases.adopting import look_at_assurances

        return look_at_assurances(self.home, document)

    async def declare_assurances(self, document: bytes) -> Any:
        """Declare what this manager's agency assures of its security."""
        from agency_client.use_cases.adopting import declare

        return await declare(self.home, document)

    async def partnership_status(self, *, offline: bool = False) -> Any:
        """The partnership as it stands."""
        from agency_client.use_cases.governing import partnership_status

        return await partnership_status(self.home, offline=offline)

    # -- people ------------------------------------------------------------------------------------------------------

    async def join(
        self,
        address: Address,
        anchor: Anchor,
        relay: str,
        name: str,
        *,
        personal: bool = False,
        role: Role = Role.PRACTITIONER,
    ) -> Any:
        """Ask to join with this machine."""
        from agency_client.use_cases.joining import ask_to_join

        return await ask_to_join(
            self.home, address, anchor, relay, name, personal=personal, role=role
        )

    def asked_to_join(self) -> Any:
        """What this home reads out while its request to join waits; None where it asks for nothing."""
        from agency_client.use_cases.joining import asked_to_join

        return asked_to_join(self.home)

    async def waiting(self) -> Any:
        """The requests to join that wait for this manager."""
        from agency_client.use_cases.joining import waiting

        return await waiting(self.home)

    async def approve(self, code: str) -> Any:
        """Certify the machine whose code was read out."""
        from agency_client.use_cases.joining import approve

        return await approve(self.home, code)

    async def end_member(
        self, address: Address, reason: EndReason, since: Seconds | None = None
    ) -> Any:
        """End the endpoints of an address."""
        from agency_client.use_cases.joining import end_member

        return await end_member(self.home, address, reason, since)

    async def members(self, *, offline: bool = False) -> Any:
        """Every endpoint of the manager's agency."""
        from agency_client.use_cases.joining import members

        return await members(self.home, offline=offline)

    async def directory(self, address: Address | None = None, *, offline: bool = False) -> Any:
        """Who there is, and what their agencies assure."""
        from agency_client.use_cases.joining import directory

        return await directory(self.home, address, offline=offline)

    async def record_training(self, new: Any) -> int:
        """Record somebody's training and when it ends; gives the record's number."""
        from agency_client.use_cases.training import record_training

        return record_training(self.home, new)

    async def trainings(self) -> Any:
        """Every training that was recorded here; talks to nobody."""
        from agency_client.use_cases.training import trainings

        return trainings(self.home)

    async def fingerprint(self, address: Address) -> Any:
        """Words to compare by phone, and when they were last compared."""
        from agency_client.use_cases.comparing import fingerprint

        return await fingerprint(self.home, address)

    async def compared(self, address: Address, by: str | None = None) -> Any:
        """The words that were shown last were compared by phone, and were the same."""
        from agency_client.use_cases.comparing import compared

        return await compared(self.home, address, by)

    def last_compared(self, address: Address) -> Any:
        """When the words of an address were last compared."""
        from agency_client.use_cases.comparing import last_compared

        return last_compared(self.home, address)

    def compared_here(self, addresses: Collection[Address]) -> Any:
        """When the words of each of several addresses were last compared, by address."""
        from agency_client.use_cases.comparing import compared_here

        return compared_here(self.home, addresses)

    # -- sending -----------------------------------------------------------------------------------------------------

    async def check(self, document: bytes, options: Any) -> Any:
        """What the record rules say of a document, against the directory as this home knows it."""
        from agency_client.use_cases.documents import check
        from agency_client.use_cases.joining import require_approved

        await require_approved(self.home)
        return await check(self.home, document, options)

    async def send(
        self,
        document: bytes,
        options: Any,
        progressed: Callable[[int, int], None] = lambda _done, _whole: None,
        seen: Callable[[Any], None] = lambda _findings: None,
    ) -> Any:
        """Seal a package and hand it in, or finish the same unfinished send. Call :meth:`told` with the result.

        ``seen`` is told the findings before anything is sealed: what the rules say, and who reads what.
        """
        from agency_client.use_cases.joining import require_approved
        from agency_client.use_cases.sending_documents import send_document

        await require_approved(self.home)
        return await send_document(self.home, document, options, progressed, seen)

    async def told(self, package: PackageId) -> None:
        """The result of a send has reached its sender: sending the same again is another package."""
        from agency_client.use_cases.sending import told

        told(self.home, package)

    async def disclosed(self, said: Any) -> Any:
        """Record that something left the system; talks to nobody."""
        from agency_client.use_cases.disclosing import record_disclosure

        return record_disclosure(self.home, said)

    async def request_release(self, document: bytes) -> Any:
        """Ask whoever controls what a document passes on to release it."""
        from agency_client.use_cases.joining import require_approved
        from agency_client.use_cases.releasing import request_release

        await require_approved(self.home)
        return await request_release(self.home, document)

    async def recall(self, core: ObjectHash, reason: str) -> Any:
        """Take a package back where it was not accepted."""
        from agency_client.use_cases.recalling import recall

        return await recall(self.home, core, reason)

    # -- receiving ---------------------------------------------------------------------------------------------------

    async def catch_up(self, wait: int = 0) -> Any:
        """Everything that is due with the relay: keys, words, feed, unfinished sends."""
        from agency_client.use_cases.keeping import catch_up

        return await catch_up(self.home, wait)

    async def ask_where(self, core: ObjectHash) -> None:
        """Ask the relay which endpoints have been offered a package of ours."""
        from agency_client.use_cases.asking import ask_where

        await ask_where(self.home, core)

    async def accept(
        self,
        core: ObjectHash,
        progressed: Callable[[int, int], None] = lambda _done, _whole: None,
    ) -> Any:
        """This is ours and we know that it is confidential."""
        from agency_client.use_cases.accepting import accept

        return await accept(self.home, core, progressed)

    async def give_back(self, core: ObjectHash, reason: str) -> ReceivedPackage:
        """This is not ours."""
        from agency_client.use_cases.answering import give_back

        return await give_back(self.home, core, reason)

    async def open_package(self, core: ObjectHash, why: str | None = None) -> Any:
        """A package from the vault; talks to nobody. What is restricted is shown to whoever says ``why``."""
        from agency_client.use_cases.reading import open_package

        return open_package(self.home, core, why)

    async def reread(self, core: ObjectHash, why: str | None = None) -> Any:
        """A package of our own from the vault; talks to nobody. ``why`` as for :meth:`open_package`."""
        from agency_client.use_cases.reading import reread

        return reread(self.home, core, why)

    def attachment_pieces(
        self, package: ReceivedPackage | SentPackage, attachment: StoredAttachment
    ) -> Iterator[bytes]:
        """The content of an attachment, piece by piece, from the vault."""
        from agency_client.use_cases.reading import attachment_pieces

        return attachment_pieces(self.home, package.package, attachment)

    async def acknowledge(
        self,
        core: ObjectHash,
        owner: str,
        use: str,
        due: Seconds | None = None,
        *,
        from_now: bool = False,
    ) -> ReceivedPackage:
        """A person takes responsibility. ``from_now``: ``due`` was said as a length, such as three days."""
        from agency_client.use_cases.answering import acknowledge

        return await acknowledge(self.home, core, owner, use, due, from_now=from_now)

    async def outcome(self, core: ObjectHash, words: str) -> ReceivedPackage:
        """What came of it."""
        from agency_client.use_cases.answering import outcome

        return await outcome(self.home, core, words)

    async def inbox_page(self, states: Collection[State] | None, *, start: int, most: int) -> Any:
        """A page of the inbox: what waits, then the newest; talks to nobody."""
        from agency_client.use_cases.inbox_pages import inbox_page

        return inbox_page(self.home, states, start=start, most=most)

    async def received(self, core: ObjectHash) -> Received:
        """One package that came, by its cover; talks to nobody."""
        return viewing.received(self.home, core)

    def is_received(self, core: ObjectHash) -> bool:
        """Whether a package came to this home."""
        with self.home.vault.reading() as view:
            return view.received.get(core) is not None

    async def size_of(self, core: ObjectHash) -> int:
        """How many bytes accepting a package fetches."""
        from agency_client.use_cases.inbox_pages import size_of

        return size_of(self.home, core)

    async def said_here(self, core: ObjectHash) -> Any:
        """Everything that machines of this desk said of a package that came."""
        from agency_client.use_cases.inbox_pages import said_here

        return said_here(self.home, core)

    async def signature_of(self, core: ObjectHash) -> Any:
        """Who signed a package, and what the directory says of them since; talks to nobody."""
        from agency_client.use_cases.inbox_pages import signature_of

        return signature_of(self.home, core)

    async def passed_on(self, core: ObjectHash) -> Any:
        """What of a package went on from here, by its items."""
        from agency_client.use_cases.inbox_pages import passed_on

        return passed_on(self.home, core)

    async def find_attachment(
        self, core: ObjectHash, item: ItemId, why: str | None = None
    ) -> StoredAttachment:
        """A file of a package that is here, for :meth:`attachment_pieces`; that it was taken out is recorded.

        One that is restricted is found only for somebody who says ``why``.
        """
        from agency_client.use_cases.reading import find_attachment

        return find_attachment(self.home, core, item, why)

    def text_of(self, core: ObjectHash, item: ItemId) -> str | None:
        """What a statement of a package here says, or what a file is called; None where it is erased."""
        from agency_client.use_cases.inbox_pages import text_of

        return text_of(self.home, core, item)

    async def put_away(self) -> Any:
        """Digest, code and time of everything that came and did not verify."""
        from agency_client.use_cases.inbox_pages import put_away

        return put_away(self.home)

    # -- notices -----------------------------------------------------------------------------------------------------

    async def correct(self, package: str, statement: str, text: str, why: str | None = None) -> Any:
        """Correct a statement that was sent from here, for everybody who was told."""
        from agency_client.use_cases.notice_subjects import Correction

        said = Correction(package=package, statement=statement, text=text, why=why)
        return await self.give_notice(said.wanted)

    async def give_notice(self, wanted: Any) -> Any:
        """Say what a :class:`~agency_client.use_cases.notice_subjects.Wanted` wants said."""
        from agency_client.use_cases.noticing import give_notice

        return await give_notice(self.home, wanted)

    async def look_at_notice(self, wanted: Any) -> Any:
        """What such a notice would say, and to whom; talks to nobody."""
        from agency_client.use_cases.notice_readying import look_at_notice

        return look_at_notice(self.home, wanted)

    async def withdraw(self, package: str, statement: str, why: str) -> Any:
        """Withdraw a statement or file that was sent from here."""
        from agency_client.use_cases.noticing import withdraw

        return await withdraw(self.home, package, statement, why)

    async def dispute(self, package: str, statement: str, why: str) -> Any:
        """Dispute a statement or file that came."""
        from agency_client.use_cases.noticing import dispute

        return await dispute(self.home, package, statement, why)

    async def release(
        self, package: str, statement: str, conditions: tuple[str, ...], why: str | None = None
    ) -> Any:
        """End handling conditions of a statement that was sent from here."""
        from agency_client.use_cases.noticing import release

        return await release(self.home, package, statement, conditions, why)

    async def settle(self, notice: str, outcome: str, why: str | None = None) -> Any:
        """Say what was done about a notice: rectified, restricted, erased, or disagreed, which needs words."""
        from agency_client.use_cases.notice_answers import settle

        return await settle(self.home, notice, outcome, why)

    async def notices(self) -> Any:
        """What came and what was sent, with each holder's answer; talks to nobody."""
        from agency_client.use_cases.notice_views import notices

        return notices(self.home)

    def notices_of(self, core: ObjectHash) -> Any:
        """The notices on one package; talks to nobody."""
        from agency_client.use_cases.notice_views import notices_of

        return notices_of(self.home, core)

    # -- looking -----------------------------------------------------------------------------------------------------

    async def inbox(self, *, everything: bool = False) -> tuple[Received, ...]:
        """What waits here and what came last, or everything; talks to nobody."""
        return viewing.inbox(self.home, everything=everything)

    async def how_many_came(self) -> int:
        """How many packages ever came for this home."""
        return viewing.how_many_came(self.home)

    async def sent(self) -> tuple[SentSummary, ...]:
        """What was sent from here; talks to nobody."""
        return viewing.sent(self.home)

    async def status(self, core: ObjectHash) -> Status:
        """How far a package is, as last heard; talks to nobody."""
        return viewing.status(self.home, core)

    async def alerts(self) -> Sequence[Alert]:
        """What nobody has seen yet."""
        return viewing.alerts(self.home)

    def package_of(self, core: ObjectHash) -> PackageId | None:
        """The id of the package that an alert is about, when it is here."""
        return viewing.package_of(self.home, core)

    def sender_of(self, alert: Alert) -> Address | None:
        """Whose packages an alert about numbers is about."""
        return viewing.sender_of(self.home, alert)

    def needs_outcome(self, alert: Alert) -> bool:
        """Whether an alert stays until somebody has said what they did about a correction or withdrawal."""
        return viewing.needs_outcome(self.home, alert)

    async def see_alert(self, number: int) -> None:
        """A person has seen an alert."""
        viewing.see_alert(self.home, number)

    async def see_non_delivery(self, core: ObjectHash) -> bool:
        """A person has seen that a package was not delivered."""
        return viewing.see_non_delivery(self.home, core)

    def find_received(self, text: str) -> ObjectHash:
        """A received package by its id or the beginning of it."""
        return viewing.find_received(self.home, text)

    def find_sent(self, text: str) -> ObjectHash:
        """A sent package by its id or the beginning of it."""
        return viewing.find_sent(self.home, text)

    # -- what waits, and how it goes ---------------------------------------------------------------------------------

    async def look(self) -> Any:
        """One look at the relay for whoever this home is: a desk's news, or who waits for a manager."""
        from agency_client.use_cases.looking import look

        return await look(self.home)

    async def needs_me(self) -> Any:
        """What needs the person at this home now, in counts; talks to nobody."""
        from agency_client.use_cases.needing import needs_me

        return needs_me(self.home)

    async def sent_page(self, shows: Shows, *, start: int, most: int) -> Any:
        """A page of what was sent, newest first; talks to nobody."""
        from agency_client.use_cases.following import sent_page

        return sent_page(self.home, shows, start=start, most=most)

    async def follow(self, core: ObjectHash) -> Any:
        """One package of ours with all that became of it, address by address; talks to nobody."""
        from agency_client.use_cases.following import follow

        return follow(self.home, core)

    def kept_document(self, core: ObjectHash) -> dict[str, Any]:
        """The document of a package of ours, to be written on and sent again."""
        from agency_client.use_cases.again import kept_document

        return kept_document(self.home, core)

    def has_files(self, core: ObjectHash) -> bool:
        """Whether a package came or went with files whose bytes are here."""
        with self.home.vault.reading() as view:
            contents = view.contents.get(core)
        return contents is not None and any(each.stored for each in contents.attachments)

    async def attach_again(self, core: ObjectHash, draft: str) -> int:
        """Put the files of a package of ours into a draft; how many."""
        import asyncio

        from agency_client.use_cases.again import attach_again

        return await asyncio.to_thread(attach_again, self.home, core, draft)

    async def delivery_health(self, since: Seconds) -> Any:
        """How what was sent from here since then went, agency by agency; talks to nobody."""
        from agency_client.use_cases.overviews import delivery_health

        return delivery_health(self.home, since)

    async def expiring(self, until: Seconds) -> Any:
        """What expires by then and is not with everybody; talks to nobody."""
        from agency_client.use_cases.overviews import expiring

        return expiring(self.home, until)

    # -- the record --------------------------------------------------------------------------------------------------

    async def look_at_decision(self, document: bytes) -> Any:
        """What the rules say of a decision that goes with no package; records nothing."""
        from agency_client.use_cases.deciding import look_at_decision

        return look_at_decision(self.home, document)

    async def decide(self, document: bytes) -> Any:
        """Record a decision that goes with no package, above all one not to share. It stays here."""
        from agency_client.use_cases.deciding import decide

        return decide(self.home, document)

    async def answer(
        self, of: ObjectHash | int, place: str, said: Sequence[str], by: str | None = None
    ) -> Any:
        """Give an answer that is owed of a sent package (by its core) or of a record (by its number)."""
        from agency_client.use_cases.amending import answer_package, answer_record

        if isinstance(of, int):
            return answer_record(self.home, of, place, said, by)
        return answer_package(self.home, of, place, said, by)

    async def look_at_breach(self, document: bytes, follows: int | None = None) -> Any:
        """What the rules and receipts say of a breach; records nothing."""
        from agency_client.use_cases.breaching import look_at_breach

        return look_at_breach(self.home, document, follows)

    async def breach(self, document: bytes, follows: int | None = None) -> Any:
        """Record a breach, or what was learnt later about one."""
        from agency_client.use_cases.breaching import breach

        return breach(self.home, document, follows)

    async def ask_advice(self, about: ObjectHash | int | None, question: Any) -> int:
        """File a question; it is sent to nobody and nothing waits for its answer."""
        from agency_client.use_cases.advising import ask

        return ask(self.home, about, question)

    async def send_question(self, about: ObjectHash | int | None, wanted: Any) -> Any:
        """Send a question to an address, and file it. Call :meth:`told` with the package of the result."""
        from agency_client.use_cases.advice_packages import send_question
        from agency_client.use_cases.joining import require_approved

        await require_approved(self.home)
        return await send_question(self.home, about, wanted)

    async def answer_advice(self, question: int, text: str, by: str | None = None) -> int:
        """File the advice that was given to a question of ours."""
        from agency_client.use_cases.advising import answer_advice

        return answer_advice(self.home, question, text, by)

    async def send_advice(self, question: int, text: str, by: str | None = None) -> Any:
        """Give advice on a question that came in a package: filed, and sent back. As :meth:`send_question`."""
        from agency_client.use_cases.advice_packages import send_advice
        from agency_client.use_cases.joining import require_approved

        await require_approved(self.home)
        return await send_advice(self.home, question, text, by)

    def was_put_here(self, question: int) -> bool:
        """Whether a question for advice came from somebody else."""
        from agency_client.use_cases.advice_packages import came_in_a_package

        return came_in_a_package(self.home, question)

    async def advice(self, about: ObjectHash | int | None = None) -> Any:
        """The questions about a package or record, or all, each with its answers."""
        from agency_client.use_cases.advising import advice

        return advice(self.home, about)

    async def show_record(self, number: int) -> Any:
        """One record, whole, with what followed it."""
        from agency_client.use_cases.showing import show_record

        return show_record(self.home, number)

    async def records_of(self, core: ObjectHash) -> Any:
        """Everything that was recorded about a package."""
        from agency_client.use_cases.showing import records_of

        return records_of(self.home, core)

    async def dues_of(self, core: ObjectHash) -> Any:
        """What is not done yet about a package."""
        from agency_client.use_cases.showing import dues_of

        return dues_of(self.home, core)

    def find_package(self, text: str) -> ObjectHash:
        """A sent or received package by its id or the beginning of it."""
        return viewing.find_package(self.home, text)

    async def register(self, sought: Any, *, exported: tuple[str, ...] = ()) -> Any:
        """The lines of the register that are sought. ``exported`` says which copies leave the system (csv, page)."""
        from agency_client.use_cases.registering import register

        return register(self.home, sought, exported=exported)

    async def near_names(self, text: str) -> Any:
        """Names of people that somebody may have meant by a text that finds nothing."""
        from agency_client.use_cases.near_names import near_names

        return near_names(self.home, text)

    async def register_page(self, sought: Any, *, start: int, most: int) -> Any:
        """Some of the lines that are sought, newest first, and how many there are in all."""
        from agency_client.use_cases.registering import register_page

        return register_page(self.home, sought, start=start, most=most)

    async def register_lines_of(self, core: ObjectHash) -> Any:
        """The lines of the register that tell of a package."""
        from agency_client.use_cases.registering import entries_of

        return entries_of(self.home, core)

    async def chronology(self, wanted: Any, *, exported: tuple[str, ...] = ()) -> Any:
        """The statements that are wanted, by when they happened. ``exported`` as for :meth:`register`."""
        from agency_client.use_cases.chronicling import chronicle

        return chronicle(self.home, wanted, exported=exported)

    def whose(self) -> str:
        """Whose home this is: its address, or its manager's agency."""
        from agency_client.use_cases.recording import whose

        return whose(self.home)

    # -- retention and erasure ---------------------------------------------------------------------------------------

    def find_kept(self, text: str) -> ObjectHash:
        """A package that was received or sent here, by its id or the beginning of it."""
        from agency_client.use_cases.retaining import find_kept

        return find_kept(self.home, text)

    async def kept_packages(self, most: int = 1000) -> Any:
        """How long what is here is kept, and what was erased; and whether there is more."""
        from agency_client.use_cases.retaining import kept_packages

        return kept_packages(self.home, most)

    async def kept_package(self, core: ObjectHash) -> Any:
        """How long one package is kept, section by section."""
        from agency_client.use_cases.retaining import kept_package

        return kept_package(self.home, core)

    async def set_retention(self, core: ObjectHash, sections: Sequence[str], new: Any) -> Any:
        """Change how long a package or its sections are kept."""
        from agency_client.use_cases.retaining import set_retention

        return set_retention(self.home, core, sections, new)

    async def erase(self, core: ObjectHash, sections: Sequence[str], reason: EraseReason) -> Any:
        """Erase a package here, or some of its sections, for good."""
        from agency_client.use_cases.erasing import erase

        return await erase(self.home, core, sections, reason)

    async def restrict(
        self, core: ObjectHash, names: Sequence[str], reason: Any, words: str | None = None
    ) -> Any:
        """Keep a package here, or parts of it, and show its words to nobody day by day."""
        from agency_client.use_cases.restricting import restrict

        return restrict(self.home, core, names, reason, words)

    async def lift_restriction(
        self, core: ObjectHash, names: Sequence[str], words: str | None = None
    ) -> Any:
        """End restrictions of a package."""
        from agency_client.use_cases.restricting import lift

        return lift(self.home, core, names, words)

    def restrictions(self, cores: Sequence[ObjectHash]) -> Any:
        """Those of some packages that are restricted as a whole, with since when and why."""
        return viewing.restrictions(self.home, cores)

    async def review(self, until: Seconds, most: int = 1000) -> Any:
        """What is to be looked at by a time; and how much more there is."""
        from agency_client.use_cases.falling_due import review

        return review(self.home, until, most)

    async def review_page(self, until: Seconds, *, start: int, most: int) -> Any:
        """Some of what is to be looked at by a time, soonest first, each with what it is about."""
        from agency_client.use_cases.review_pages import review_page

        return review_page(self.home, until, start=start, most=most)

    async def reviewed(self, name: str, said: Any) -> int:
        """Record that somebody has looked at a package, a record or a hold; gives the record's number."""
        from agency_client.use_cases.reviewing import reviewed

        return await reviewed(self.home, name, said)

    async def set_hold(self, new: Any) -> Any:
        """Set a hold, as this agency's information manager; gives it and the order for the desks."""
        from agency_client.use_cases.holding import set_hold

        return await set_hold(self.home, new)

    async def lift_hold(self, hold: str, by: str, reason: str) -> Any:
        """Lift a hold, as this agency's information manager; gives it and the order for the desks."""
        from agency_client.use_cases.holding import lift_hold

        return await lift_hold(self.home, hold, by, reason)

    async def desks_of_agency(self) -> Any:
        """The addresses that an order is for, and how many machines each has; talks to nobody."""
        from agency_client.use_cases.holding import desks_of_agency

        return desks_of_agency(self.home)

    async def apply_hold(self, order: bytes) -> Any:
        """Apply an order of this agency's information manager here; gives what it came to."""
        from agency_client.use_cases.holding import apply_order

        return apply_order(self.home, order)

    async def reach_of_hold(self, hold: Any) -> Any:
        """How many packages here a hold reaches now; None for one that is lifted."""
        from agency_client.use_cases.holding import reach

        return reach(self.home, hold)

    async def lifting_order(self, hold: Any) -> Any:
        """The order that lifted a hold; None while nothing did."""
        from agency_client.use_cases.holding import lifting_order

        return lifting_order(self.home, hold)

    async def holds(self) -> Any:
        """Every hold that is known here."""
        from agency_client.use_cases.holding import holds

        return holds(self.home)

    # -- requests ----------------------------------------------------------------------------------------------------

    async def look_at_request(self, document: bytes, options: Any) -> Any:
        """What the rules say of a request; asks nobody."""
        from agency_client.use_cases.joining import require_approved
        from agency_client.use_cases.requesting import look_at_request

        await require_approved(self.home)
        return await look_at_request(self.home, document, options)

    async def request(
        self,
        document: bytes,
        options: Any,
        progressed: Callable[[int, int], None] = lambda _done, _whole: None,
        seen: Callable[[Any], None] = lambda _findings: None,
    ) -> Any:
        """Ask other agencies, and await their answers. Call :meth:`told` with the result."""
        from agency_client.use_cases.joining import require_approved
        from agency_client.use_cases.requesting import request

        await require_approved(self.home)
        return await request(self.home, document, options, progressed, seen)

    async def look_at_response(self, core: ObjectHash, document: bytes, options: Any) -> Any:
        """What the rules say of a response to a request that was put here; sends nothing."""
        from agency_client.use_cases.responding import look_at_response

        return await look_at_response(self.home, core, document, options)

    async def respond(
        self,
        core: ObjectHash,
        document: bytes,
        options: Any,
        progressed: Callable[[int, int], None] = lambda _done, _whole: None,
        seen: Callable[[Any], None] = lambda _findings: None,
    ) -> Any:
        """Answer a request that was put here. Call :meth:`told` with the result."""
        from agency_client.use_cases.joining import require_approved
        from agency_client.use_cases.responding import respond

        await require_approved(self.home)
        return await respond(self.home, core, document, options, progressed, seen)

    async def template(self, kind: Any) -> str:
        """A commented document, in the words of this agency's jurisdiction."""
        from agency_client.use_cases.localising import template_here

        return template_here(self.home, kind)

    async def request_here(self, core: ObjectHash) -> Any:
        """A request that was put to this address, with the questions that are for it."""
        from agency_client.use_cases.responding import find_request

        return find_request(self.home, core)

    async def due_if_asked_now(self, document: bytes) -> Seconds | None:
        """By when answers would be due if this request went now; None where it does not say a time to come."""
        from agency_client.use_cases.requesting import due_if_asked_now

        return due_if_asked_now(self.home, document)

    async def response_template(self, core: ObjectHash) -> str:
        """A commented document that answers a request: its questions are in it, and no answer."""
        from agency_client.use_cases.responding import response_template

        return response_template(self.home, core)

    async def requests(self) -> Any:
        """What was asked from here and what is owed here; talks to nobody."""
        from agency_client.use_cases.request_viewing import requests

        return requests(self.home)

    def request_due(self, package: PackageId) -> Seconds | None:
        """By when the answers to a request of ours are due."""
        from agency_client.use_cases.requesting import request_due

        return request_due(self.home, package)

    # -- drafts ------------------------------------------------------------------------------------------------------

    def writer(self) -> Any:
        """Who writes here, and by which words."""
        from agency_client.use_cases.writers import writer_of

        return writer_of(self.home)

    def addressees(self) -> Any:
        """Everybody else who can be written to, as the directory was last known."""
        from agency_client.use_cases.writers import addressees

        return addressees(self.home)

    def last_contact(self) -> dict[str, str]:
        """How to reach the sender, as the newest package that was sent from here says."""
        from agency_client.use_cases.writers import last_contact

        return last_contact(self.home)

    def new_draft(
        self, kind: str, tree: Mapping[str, Any], about: str = "", id_: str | None = None
    ) -> Any:
        """Begin a document that is written by and by; kept here, encrypted, and sent to nobody."""
        from agency_client.use_cases.drafts import new_draft

        return new_draft(self.home, kind, tree, about, id_)

    def new_draft_id(self) -> str:
        """A name for a draft that is not begun yet."""
        from agency_client.use_cases.drafts import new_id

        return new_id(self.home)

    def save_draft(self, draft: str, tree: Mapping[str, Any]) -> Any:
        """Keep a draft as it is written by now."""
        from agency_client.use_cases.drafts import save_draft

        return save_draft(self.home, draft, tree)

    def find_draft(self, draft: str) -> Any:
        """A draft by its id."""
        from agency_client.use_cases.drafts import find_draft

        return find_draft(self.home, draft)

    def drafts(self, kind: str | None = None) -> Any:
        """All drafts, or those of a kind, the one changed last first."""
        from agency_client.use_cases.drafts import drafts

        return drafts(self.home, kind)

    def drop_draft(self, draft: str) -> None:
        """Throw a draft away, with its files."""
        from agency_client.use_cases.drafts import drop_draft

        drop_draft(self.home, draft)

    def attaching(self, draft: str, section: str, name: str) -> Any:
        """A context that takes a file into a draft, piece by piece."""
        from agency_client.use_cases.drafts import Attaching

        return Attaching(self.home, draft, section, name)

    def draft_files(self, draft: str) -> Any:
        """The files of a draft."""
        from agency_client.use_cases.drafts import files_of

        return files_of(self.home, draft)

    def detach(self, draft: str, file: str) -> None:
        """Take a file out of a draft."""
        from agency_client.use_cases.drafts import detach

        detach(self.home, draft, file)

    def rename_draft_section(self, draft: str, old: str, new: str) -> None:
        """Let the files of a section of a draft go along when its id changes."""
        from agency_client.use_cases.drafts import rename_section

        rename_section(self.home, draft, old, new)

    def draft_sources(self, draft: str) -> Any:
        """The files of a draft, as attachments to send."""
        from agency_client.use_cases.drafts import sources_of

        return sources_of(self.home, draft)

    # -- disagreements -----------------------------------------------------------------------------------------------

    async def raise_disagreement(self, core: ObjectHash, said: Any) -> Any:
        """Tell another agency's contact what is disagreed with. Call :meth:`told` with the result's package."""
        from agency_client.use_cases.disagreeing import raise_disagreement
        from agency_client.use_cases.joining import require_approved

        await require_approved(self.home)
        return await raise_disagreement(self.home, core, said)

    async def answer_disagreement(self, number: int, text: str, by: str | None = None) -> Any:
        """Answer a disagreement that was raised with this address. As :meth:`raise_disagreement`."""
        from agency_client.use_cases.disagreeing import answer_disagreement
        from agency_client.use_cases.joining import require_approved

        await require_approved(self.home)
        return await answer_disagreement(self.home, number, text, by)

    async def close_disagreement(
        self, number: int, ended: Any, text: str, by: str | None = None
    ) -> Any:
        """Say how a disagreement of ours ended. As :meth:`raise_disagreement`."""
        from agency_client.use_cases.disagreeing import close_disagreement
        from agency_client.use_cases.joining import require_approved

        await require_approved(self.home)
        return await close_disagreement(self.home, number, ended, text, by)

    async def disagreements(self) -> Any:
        """Every disagreement that was raised here or with this address; talks to nobody."""
        from agency_client.use_cases.disagreeing import disagreements

        return disagreements(self.home)

    # -- the catalogue ---------------------------------------------------------------------------------------------

    async def catalogue(self) -> Any:
        """The words that this home goes by."""
        from agency_client.use_cases.catalogues import catalogue_of

        return catalogue_of(self.home)

    async def word_lists(self, catalogue: Any) -> Any:
        """Every list of words of a catalogue, with the words that are open to this home's agency."""
        from agency_client.use_cases.localising import word_lists_here

        return word_lists_here(self.home, catalogue)

    async def adopt_catalogue(self, data: bytes, whose: Any) -> Any:
        """Go by what the partnership or agency (``Whose``) adds to the shipped catalogue, tightens and asks."""
        from agency_client.use_cases.catalogues import adopt_catalogue

        return adopt_catalogue(self.home, data, whose)

    async def drop_catalogue(self, whose: Any) -> Any:
        """Go by what is left without the partnership's or the agency's file."""
        from agency_client.use_cases.catalogues import drop_catalogue

        return drop_catalogue(self.home, whose)

    # -- evidence ----------------------------------------------------------------------------------------------------

    async def leavable(self, core: ObjectHash) -> Any:
        """What of a package can be left out of evidence, by the names that ``choice.redact`` takes."""
        from agency_client.use_cases.leavable import leavable

        return leavable(self.home, core)

    async def export_to(self, core: ObjectHash, made: Any, choice: Any) -> Any:
        """As :meth:`export`, to a file of the caller's."""
        from agency_client.use_cases.evidence import export

        return await export(self.home, core, choice, made)

    async def export(self, core: ObjectHash, out: Path, choice: Any) -> Any:
        """Write a bundle of evidence about a package to a new file, and verify it.

        ``choice`` is a :class:`~agency_client.use_cases.evidence.Choice`. Verifying one needs no home:
        :func:`agency_client.verifying.verify_file`.
        """
        from agency_client.adapters.new_file import new_file
        from agency_client.use_cases.evidence import export

        return await export(self.home, core, choice, new_file(out))

    # -- keeping -----------------------------------------------------------------------------------------------------

    def keys_status(self) -> Any:
        """Which keys are here and what is due. Never a secret."""
        from keys.status import status

        return status(self.home.content, self.home.clock.now())

    async def verify_audit(self) -> tuple[int, tuple[Problem, ...]]:
        """How many rows the audit record has, and what is wrong with it."""
        from agency_client.use_cases.keeping import verify_audit

        return verify_audit(self.home)

    async def show_audit(self, last: int) -> tuple[AuditRow, ...]:
        """The newest rows of the audit record."""
        from agency_client.use_cases.keeping import show_audit

        return show_audit(self.home, last)

    async def audit_page(self, *, start: int, most: int) -> Any:
        """Some rows of the audit record, newest first, and how many there are."""
        from agency_client.use_cases.keeping import audit_page

        return audit_page(self.home, start=start, most=most)

    async def audited_packages(self, rows: Sequence[AuditRow]) -> Mapping[bytes, PackageId]:
        """The packages that rows of the audit record are about, by what the rows name (``on``)."""
        from agency_client.use_cases.keeping import audited_packages

        return audited_packages(self.home, rows)

    async def adopt_restored(self, relay: str) -> None:
        """Meet the relay again from a home whose keys came out of a backup."""
        from agency_client.use_cases.keeping import adopt_restored

        await adopt_restored(self.home, relay)
