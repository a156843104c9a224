"""The statements and files of a package of ours, each with what may still be said of it. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Final

from agency_client.record.copied import CONTROLLED
from agency_client.record.noticed import is_withdrawn, marks
from agency_client.record.pointing import Pointed, called
from agency_client.use_cases.following import Following, ReadBy
from agency_client.use_cases.notice_views import Shown
from phoenix_protocol.identifiers import Address, ItemId
from phoenix_protocol.package.lifecycle import State

#: Who is at one of these has seen the cover at most: a notice waits at their machines until they accept.
_NOT_ACCEPTED: Final = frozenset({State.SENT, State.HELD, State.OFFERED})


@dataclass(frozen=True, slots=True, kw_only=True)
class SentItem:
    """One statement or file. ``text`` is what it says by now, ``may`` what may be said of it: correct, withdraw,
    release. ``class_`` is empty for a file. What is said goes to ``goes_to`` now, and to those in ``later`` once they
    accept the package.
    """

    id: ItemId
    called: str
    words: str = field(repr=False)
    class_: str
    text: str = field(repr=False)
    section: str = field(repr=False)
    goes_to: tuple[Address, ...]
    later: tuple[Address, ...]
    marks: tuple[str, ...]
    may: frozenset[str]

    @property
    def name(self) -> str:
        """What it is called in a sentence."""
        return f"the statement {self.called}" if self.class_ else f"the file {self.called}"


def what_can_be_said(items: Iterable[SentItem]) -> str:
    """The words of the link to them: what may be said of one of them at least; empty for nothing."""
    may = {word for item in items for word in item.may}
    words = [word for word in ("correct", "withdraw", "release") if word in may]
    if len(words) < 2:
        return "".join(words).capitalize()
    return f"{', '.join(words[:-1])} or {words[-1]}".capitalize()


def items_of(found: Following) -> tuple[SentItem, ...]:
    """All of them, section by section."""
    names = {p.item: p for p in called([each.section for each in found.sections])}
    return tuple(item for each in found.sections for item in _of_section(found, each, names))


def _of_section(found: Following, each: ReadBy, names: dict[ItemId, Pointed]) -> Iterable[SentItem]:
    section = each.section
    waiting = {a.address for a in found.recipients if a.state in _NOT_ACCEPTED}
    for statement in section.statements:
        notices = found.notices.get(statement.id, ())
        can = _may(notices, is_own=not statement.said.chain_depth)
        controlled = CONTROLLED in section.handling and not _is_released(notices)
        yield SentItem(
            id=statement.id,
            called=names[statement.id].called,
            words=names[statement.id].words,
            class_=statement.class_.value,
            text=_by_now(statement.said.text, notices),
            section=section.title,
            goes_to=tuple(a for a in each.readers if a not in waiting),
            later=tuple(a for a in each.readers if a in waiting),
            marks=marks(notice.noticed for notice in notices),
            may=can | ({"release"} if can and controlled else frozenset()),
        )
    for file in section.attachments:
        notices = found.notices.get(file.id, ())
        yield SentItem(
            id=file.id,
            called=names[file.id].called,
            words=names[file.id].words,
            class_="",
            text=file.said.name,
            section=section.title,
            goes_to=tuple(a for a in each.readers if a not in waiting),
            later=tuple(a for a in each.readers if a in waiting),
            marks=marks(notice.noticed for notice in notices),
            may=_may(notices, is_own=True) - {"correct"},
        )


def _may(notices: Collection[Shown], *, is_own: bool) -> frozenset[str]:
    """What was passed on is somebody else's to correct; what is withdrawn is withdrawn."""
    if not is_own or is_withdrawn(notice.noticed for notice in notices):
        return frozenset()
    return frozenset({"correct", "withdraw"})


def _is_released(notices: Iterable[Shown]) -> bool:
    return any(CONTROLLED in notice.noticed.conditions for notice in notices)


def _by_now(text: str, notices: Iterable[Shown]) -> str:
    """The newest correction, or the words as they were sent."""
    corrections = [n for n in notices if n.correction is not None]
    newest = max(corrections, key=lambda n: n.noticed.time, default=None)
    return newest.correction.said.text if newest and newest.correction else text
