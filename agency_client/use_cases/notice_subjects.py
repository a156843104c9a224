"""What a notice is to be about: the statement that a person means, and whether they may say this of it.

docs/protocol.md §6.8.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from agency_client.ports.vault import Families, Progress
from agency_client.record.noticed import Noticed, as_corrected, is_withdrawn, read_notice
from agency_client.record.opened import ReadSection, read_section
from agency_client.record.pointing import find_item
from agency_client.use_cases import viewing
from agency_client.use_cases.home import Home, endpoint_of
from agency_client.use_cases.reading import not_open
from phoenix_protocol.commitments import Commitment
from phoenix_protocol.errors import RefusedError, UsageError
from phoenix_protocol.identifiers import Address, EndpointId, ObjectHash, PackageId
from phoenix_protocol.record import Attachment, Statement
from phoenix_protocol.sealing.contents import Item
from phoenix_protocol.sealing.manifest import entry_commitment
from phoenix_protocol.sealing.notices import NoticeAction
from phoenix_protocol.sealing.open_body import parse_item


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What somebody wants to say: of which statement of which package, as they name it.

    ``text`` is there for a correction, or ``part``: words of the statement, and what stands there instead;
    ``conditions`` for a release.
    """

    action: NoticeAction
    package: str
    statement: str
    text: str | None = field(repr=False, default=None)
    part: tuple[str, str] | None = field(repr=False, default=None)
    why: str | None = field(repr=False, default=None)
    conditions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """What a statement should say: ``text``, all of it, or ``part``: words of it, and what stands there instead."""

    package: str
    statement: str
    text: str | None = field(repr=False, default=None)
    part: tuple[str, str] | None = field(repr=False, default=None)
    why: str | None = field(repr=False, default=None)

    @property
    def wanted(self) -> Wanted:
        """The notice that says it."""
        return Wanted(
            action=NoticeAction.CORRECT,
            package=self.package,
            statement=self.statement,
            text=self.text,
            part=self.part,
            why=self.why,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """The item that is meant, where it stands, and what was said of it before."""

    core: ObjectHash
    package: PackageId
    sent_from: Address
    section: Commitment
    audience: tuple[Address, ...]
    item: Item
    called: str
    notices: tuple[Noticed, ...]

    @property
    def statement(self) -> Statement | None:
        """What it says as it was sent; None for a file."""
        said = parse_item(self.item)
        return said if isinstance(said, Statement) else None

    @property
    def file_name(self) -> str:
        """What the file is called; empty for a statement."""
        said = parse_item(self.item)
        return said.name if isinstance(said, Attachment) else ""

    def as_it_stands(self, without: Noticed | None = None) -> Statement | None:
        """The statement by the newest correction of whoever sent it; ``without`` leaves one of them out."""
        by_origin = [n for n in self.notices if n.by == self.sent_from and n is not without]
        return as_corrected(self.statement, by_origin) if self.statement is not None else None

    def text_before(self, notice: Noticed | None) -> str:
        """What the statement says, or said before ``notice``; nothing for a file."""
        standing = self.as_it_stands(notice)
        return standing.text if standing is not None else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Package:
    """A package whose contents are here."""

    core: ObjectHash
    package: PackageId
    sent_from: Address


def find_subject(home: Home, wanted: Wanted) -> Subject:
    """The item that is meant.

    Raises RefusedError ``E_NOT_FOUND``, ``E_AMBIGUOUS``, ``E_RECEIPT_STATE`` (never handed in), ``E_NOT_ACCEPTED``,
    ``E_ERASED``, and ``E_NOTICE_ORIGIN`` for what only somebody else may say.
    """
    own, _ = endpoint_of(home)
    core = _core(home, wanted)
    with home.vault.reading() as view:
        package = _package(view, own.address, core)
        if package.sent_from != own.address and wanted.action is not NoticeAction.DISPUTE:
            raise RefusedError("E_NOTICE_ORIGIN", "This statement is not your desk's own.")
        return _subject(view, package, wanted.statement)


def _core(home: Home, wanted: Wanted) -> ObjectHash:
    """One that this home sent, or one that came: colleagues may have sent it."""
    try:
        return viewing.find_sent(home, wanted.package)
    except RefusedError as unknown:
        if unknown.code != "E_NOT_FOUND":
            raise
        not_sent = unknown
    try:
        return viewing.find_received(home, wanted.package)
    except RefusedError as unknown:
        nowhere = unknown.code == "E_NOT_FOUND" and wanted.action is not NoticeAction.DISPUTE
        raise (not_sent if nowhere else unknown) from None


def _package(view: Families, own: Address, core: ObjectHash) -> _Package:
    received = view.received.get(core)
    if received is not None:
        if view.contents.get(core) is None:
            raise not_open(received.state)
        return _Package(core=core, package=received.package, sent_from=received.sent_from)
    sent = view.sent.get(core)
    if sent is None or sent.progress is not Progress.HELD:
        raise RefusedError(
            "E_RECEIPT_STATE",
            "This package never reached the relay: nobody was told anything.",
            next="Finish the send with the same command, or send it anew with the right words.",
        )
    return _Package(core=core, package=sent.package, sent_from=own)


def _subject(view: Families, package: _Package, statement: str) -> Subject:
    contents = view.contents.get(package.core)
    if contents is None:
        raise RefusedError(
            "E_ERASED",
            "What you sent in this package is erased here.",
            next="Say it in a new package that supersedes this one: its recipients see that.",
        )
    read: Sequence[ReadSection] = [read_section(section.items) for section in contents.sections]
    pointed = find_item(read, statement)
    section = contents.sections[pointed.section]
    notices = [n for item, n in view.notices.of(package.core) if item == pointed.item]
    return Subject(
        core=package.core,
        package=package.package,
        sent_from=package.sent_from,
        section=entry_commitment(section.entry, section.salt),
        audience=section.entry.audience,
        item=next(item for item in section.items if item.id == pointed.item),
        called=pointed.called,
        notices=tuple(read_notice(n.hash, n.maker, n.signed) for n in notices),
    )


def replacement_for(subject: Subject, wanted: Wanted) -> Statement | None:
    """The statement with its new text, all else as it stands now.

    Raises RefusedError ``E_NOTICE_STATE`` for a file, ``E_NOTICE_ORIGIN`` for somebody else's statement, and UsageError
    ``E_USAGE`` for a part that does not stand in it exactly once.
    """
    if wanted.text is None and wanted.part is None:
        return None
    statement, standing = subject.statement, subject.as_it_stands()
    if statement is None or standing is None:
        raise RefusedError(
            "E_NOTICE_STATE",
            "A file cannot be corrected.",
            next="Withdraw it, and send the right file in a new package.",
        )
    if statement.chain_depth:
        raise RefusedError(
            "E_NOTICE_ORIGIN", "This statement was passed on, and is somebody else's."
        )
    text = wanted.text if wanted.part is None else _with_part(subject, standing, wanted.part)
    return replace(standing, text=text or "")


def _with_part(subject: Subject, standing: Statement, part: tuple[str, str]) -> str:
    """The whole text with a part replaced. The same again, after it was said, means what it meant then."""
    newest = max(subject.notices, key=lambda n: (n.time, n.endpoint, n.number), default=None)
    old, new = part
    before = subject.text_before(newest)
    if newest is not None and before.count(old) == 1 and before.replace(old, new) == standing.text:
        return standing.text
    found = standing.text.count(old) if old else 0
    if found != 1:
        times = "do not stand" if not found else f"stand {found} times"
        raise UsageError(
            "E_USAGE",
            f"The words to replace {times} in the statement as it is now.",
            next="Give words that stand in it exactly once, or the whole statement with --text.",
        )
    return standing.text.replace(old, new)


def said_before(
    subject: Subject, own_id: EndpointId, wanted: Wanted, replacement: Statement | None
) -> Noticed | None:
    """The newest notice of this endpoint on the item, if it says exactly this."""
    mine = [notice for notice in subject.notices if notice.endpoint == own_id]
    newest = max(mine, key=lambda notice: notice.number, default=None)
    if newest is None:
        return None
    said = (newest.action, newest.words, newest.replacement, newest.conditions)
    same = said == (wanted.action, wanted.why, replacement, wanted.conditions)
    return newest if same else None


def check_state(
    subject: Subject, own: Address, wanted: Wanted, replacement: Statement | None
) -> None:
    """A notice adds something to what was said of the statement before."""
    statement = subject.statement
    if is_withdrawn(subject.notices):
        raise RefusedError(
            "E_NOTICE_STATE",
            "This statement is withdrawn already.",
            next="Nothing more can be said of it. Go back.",
        )
    if wanted.action is NoticeAction.DISPUTE:
        if subject.sent_from == own and not (statement and statement.chain_depth):
            raise RefusedError(
                "E_NOTICE_STATE",
                "This is a statement of your own desk.",
                next="If it is wrong, correct or withdraw it.",
            )
        return
    if statement is not None and statement.chain_depth:
        raise RefusedError(
            "E_NOTICE_ORIGIN", "This statement was passed on, and is somebody else's."
        )
    if statement is not None and replacement == subject.as_it_stands():
        raise RefusedError(
            "E_NOTICE_STATE",
            "This is what the statement says already.",
            next="Change its words, or go back.",
        )
