"""What a home knows of notices, for reading: beside statements, listed, with what every holder answered.

docs/protocol.md §6.8.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from agency_client.ports.vault import Families, StoredAnswer, StoredNotice
from agency_client.record.noticed import Noticed, as_corrected, read_notice
from agency_client.record.opened import ReadStatement, read_section
from agency_client.record.pointing import called
from agency_client.use_cases.home import Home
from phoenix_protocol import limits, schema
from phoenix_protocol.identifiers import Address, ItemId, ObjectHash, PackageId, Seconds
from phoenix_protocol.package.notices import AnswerKind
from phoenix_protocol.record import CLASS_OF, Statement
from phoenix_protocol.sealing.contents import Detail, Done
from phoenix_protocol.sealing.notices import NoticeAction

#: What settles a correction or withdrawal.
OUTCOMES: Final = frozenset({AnswerKind.DONE, AnswerKind.DISAGREED})
#: These a holder has to answer.
NEED_OUTCOME: Final = frozenset({NoticeAction.CORRECT, NoticeAction.WITHDRAW})


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """What one address did about a notice.

    ``answer`` is its outcome, or *received*; None while nobody there has said anything. ``passed_on`` says to whom it
    had passed the item on; ``second_hand`` that it was passed on to this address itself.
    """

    address: Address
    answer: AnswerKind | None = None
    done: Done | None = None
    words: str | None = field(repr=False, default=None)
    time: Seconds | None = None
    passed_on: str | None = None
    second_hand: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A notice on one item of a package here.

    ``correction`` is what a correction puts in the item's place, ``owed`` whether this address still has to say what it
    did about the notice. ``words`` is what people read in place of ``called``.
    """

    noticed: Noticed
    correction: ReadStatement | None = field(repr=False)
    core: ObjectHash
    package: PackageId | None
    item: ItemId
    called: str
    words: str = field(repr=False)
    own: bool
    owed: bool
    holders: tuple[Holder, ...]


def notices(home: Home) -> tuple[Shown, ...]:
    """Every notice that was made here or came, newest first, once for each item that it is about."""
    with home.vault.reading() as view:
        everything = view.notices.all()
        found = [
            shown
            for notice in everything
            for core in dict.fromkeys(core for core, _ in view.notices.places(notice.hash))
            for shown in _of_package(home, view, core)
            if shown.noticed.notice == notice.hash
        ]
    return tuple(sorted(found, key=lambda shown: shown.noticed.time, reverse=True))


def notices_of(home: Home, core: ObjectHash) -> tuple[Shown, ...]:
    """The notices on items of one package, oldest first."""
    with home.vault.reading() as view:
        return _of_package(home, view, core)


def beside_items(home: Home, core: ObjectHash) -> dict[ItemId, tuple[Shown, ...]]:
    """The notices on items of one package by their items: nothing with a notice is shown without it."""
    found: dict[ItemId, tuple[Shown, ...]] = {}
    for shown in notices_of(home, core):
        found[shown.item] = (*found.get(shown.item, ()), shown)
    return found


def unread(home: Home, core: ObjectHash) -> int:
    """How many notices on a package came for which this machine had no key."""
    with home.vault.reading() as view:
        return sum(alert.code == "N_NOTICE_UNREAD" for alert in view.alerts.of(core))


def is_settled(answers: Iterable[StoredAnswer], own: Address) -> bool:
    """Whether somebody at an address has said what was done."""
    return any(answer.address == own and answer.kind in OUTCOMES for answer in answers)


def detail_of(answer: StoredAnswer) -> Detail | None:
    """What an answer says in words, when this home could open it."""
    if answer.detail is None:
        return None
    return schema.decode(Detail, answer.detail, limit=limits.DETAIL_BYTES)


def _of_package(home: Home, view: Families, core: ObjectHash) -> tuple[Shown, ...]:
    """Notices on the package's own items, and on what was copied into it here: these belong to the first item."""
    stored = tuple(dict.fromkeys((*view.notices.of(core), *_on_copies(view, core))))
    if not stored:
        return ()
    page = _page(view, core)
    return tuple(_shown(home, view, core, item, notice, page) for item, notice in stored)


def _on_copies(view: Families, core: ObjectHash) -> Iterator[tuple[ItemId, StoredNotice]]:
    """What was said of statements that this home passed on in a package of its own, by their ids there."""
    first = {(e.core, e.item): e.to_item for e in view.onward.came_from(core)}
    for origin in dict.fromkeys(origin for origin, _ in first):
        for item, notice in view.notices.of(origin):
            if (origin, item) in first:
                yield first[origin, item], notice


@dataclass(frozen=True, slots=True, kw_only=True)
class _Page:
    """What reading a notice needs of its package: names of items, labels of people, statements as they were sent."""

    package: PackageId | None
    called: Mapping[ItemId, str]
    words: Mapping[ItemId, str]
    labels: Mapping[ItemId, str]
    statements: Mapping[ItemId, Statement]


def _page(view: Families, core: ObjectHash) -> _Page:
    package = view.received.get(core) or view.sent.get(core)
    contents = view.contents.get(core)
    sections = [read_section(section.items) for section in contents.sections] if contents else []
    names = called(sections)
    return _Page(
        package=package.package if package is not None else None,
        called={pointed.item: pointed.called for pointed in names},
        words={pointed.item: pointed.words for pointed in names},
        labels={person.id: person.said.label for s in sections for person in s.people},
        statements={each.id: each.said for s in sections for each in s.statements},
    )


def _shown(
    home: Home,
    view: Families,
    core: ObjectHash,
    item: ItemId,
    notice: StoredNotice,
    page: _Page,
) -> Shown:
    endpoint = home.content.endpoint
    own = endpoint.address if endpoint is not None else None
    answers = view.notices.answers(notice.hash)
    noticed = read_notice(notice.hash, notice.maker, notice.signed)
    is_own = notice.maker == own
    settled = own is not None and is_settled(answers, own)
    return Shown(
        noticed=noticed,
        correction=_correction(item, noticed, page),
        core=core,
        package=page.package,
        item=item,
        called=page.called.get(item, item.hex()),
        words=page.words.get(item, "something that was erased here"),
        own=is_own,
        owed=not is_own and not settled and noticed.action in NEED_OUTCOME,
        holders=_holders(view, notice, answers, own),
    )


def _correction(item: ItemId, noticed: Noticed, page: _Page) -> ReadStatement | None:
    if noticed.replacement is None:
        return None
    # What was erased here is corrected all the same, for whatever was kept of it elsewhere.
    said = as_corrected(page.statements.get(item, noticed.replacement), [noticed])
    about = tuple(page.labels.get(person, person.hex()) for person in said.about)
    return ReadStatement(id=item, class_=CLASS_OF[said.kind], about=about, said=said)


def _holders(
    view: Families, notice: StoredNotice, answers: Iterable[StoredAnswer], own: Address | None
) -> tuple[Holder, ...]:
    """Everybody who was handed it, and everybody who answered; but the maker's address, which has nothing to answer.

    Who was handed it by somebody else is not for this home to list: only what was answered.
    """
    first = _handed(view, notice, notice.core) if notice.maker == own else set()
    onward = {
        address
        for handing in view.notices.handings(notice.hash, own=True)
        if handing.core != notice.core
        for address in handing.audience
    }
    by_address: dict[Address, list[StoredAnswer]] = {a: [] for a in sorted(first | onward)}
    for answer in answers:
        by_address.setdefault(answer.address, []).append(answer)
    by_address.pop(notice.maker, None)
    return tuple(_holder(address, said, notice) for address, said in by_address.items())


def _handed(view: Families, notice: StoredNotice, core: ObjectHash) -> set[Address]:
    return {
        address
        for handing in view.notices.handings(notice.hash)
        if handing.core == core
        for address in handing.audience
    }


def _holder(address: Address, said: list[StoredAnswer], notice: StoredNotice) -> Holder:
    onward = [a for a in said if a.kind is AnswerKind.PASSED_ON]
    rest = [a for a in said if a.kind is not AnswerKind.PASSED_ON]
    outcomes = [a for a in rest if a.kind in OUTCOMES]
    newest = max(outcomes or rest, key=lambda a: (a.time, a.counter), default=None)
    detail = detail_of(newest) if newest is not None else None
    return Holder(
        address=address,
        answer=newest.kind if newest is not None else None,
        done=detail.done if detail is not None else None,
        words=detail.words if detail is not None else None,
        time=newest.time if newest is not None else None,
        passed_on=_all_words(onward),
        second_hand=bool(said) and all(a.core != notice.core for a in said),
    )


def _all_words(onward: Iterable[StoredAnswer]) -> str | None:
    """To whom it was passed on, in all the packages in which it was."""
    details = [detail_of(answer) for answer in onward]
    words = [detail.words for detail in details if detail is not None and detail.words]
    return ", ".join(dict.fromkeys(name for line in words for name in line.split(", "))) or None
