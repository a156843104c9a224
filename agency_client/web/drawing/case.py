"""A case drawn over time, and who was told which section: lanes, marks and cells out of lines of the register. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Final

from agency_client.record.register_table import ASKED_BY, RECEIVED, SENT, RegisterEntry
from agency_client.web.when import short_day, short_time
from phoenix_protocol.package.lifecycle import STORED, State

#: So many lines of the register are drawn at most, the newest; the table has all that the page has.
DRAWN: Final = 60
#: So many addresses have a column at most.
COLUMNS: Final = 12
_LEFT: Final = 300
_RIGHT: Final = 1060
_TOP: Final = 50
_LEVEL: Final = 34
_APART: Final = 32
_TICKS: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line of the register with the number under which picture and table both know it."""

    number: int
    entry: RegisterEntry


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseMark:
    """One thing in one lane. ``shape`` is sent, received or other."""

    x: int
    y: int
    number: int
    shape: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """Everything with one other side. ``y`` is its middle line, ``below`` where it ends."""

    label: str = field(repr=False)
    y: int
    below: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """A day on the axis."""

    x: int
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CasePicture:
    """A case over time."""

    width: int
    height: int
    lanes: tuple[Lane, ...]
    marks: tuple[CaseMark, ...]
    ticks: tuple[Tick, ...]


def case_picture(lines: Sequence[Line]) -> CasePicture | None:
    """The newest lines over time, a lane for every other side; None for no line."""
    drawn = lines[-DRAWN:]
    if not drawn:
        return None
    first, last = drawn[0].entry.line.time, drawn[-1].entry.line.time
    lanes: list[Lane] = []
    marks: list[CaseMark] = []
    y = _TOP
    for label, own in _by_lane(drawn):
        places = _placed([(line, _x(line.entry.line.time, first, last)) for line in own])
        levels = 1 + max(level for _, _, level in places)
        lanes.append(Lane(label=label, y=y + levels * _LEVEL // 2, below=y + levels * _LEVEL))
        marks += [
            CaseMark(
                x=x,
                y=y + level * _LEVEL + _LEVEL // 2,
                number=line.number,
                shape=_shape(line.entry.line.kind),
            )
            for line, x, level in places
        ]
        y += levels * _LEVEL
    return CasePicture(
        width=_RIGHT + 40,
        height=y + 20,
        lanes=tuple(lanes),
        marks=tuple(marks),
        ticks=tuple(_ticks(first, last)),
    )


def _by_lane(lines: Sequence[Line]) -> list[tuple[str, list[Line]]]:
    lanes: dict[str, list[Line]] = {}
    for line in lines:
        for party in _with_whom(line.entry) or ["Here alone"]:
            lanes.setdefault(party, []).append(line)
    return list(lanes.items())


def _with_whom(entry: RegisterEntry) -> list[str]:
    """Those with whom it is shared; who asked, of what stays here."""
    return [party.name for party in entry.parties] or list(entry.said(ASKED_BY))


def _placed(wanted: Sequence[tuple[Line, int]]) -> list[tuple[Line, int, int]]:
    """Each on the first level on which nothing is in its way."""
    ends: list[int] = []
    found = []
    for line, x in wanted:
        level = next((n for n, end in enumerate(ends) if x - end >= _APART), len(ends))
        ends[level : level + 1] = [x]
        found.append((line, x, level))
    return found


def _x(time: int, first: int, last: int) -> int:
    if first == last:
        return (_LEFT + _RIGHT) // 2
    return _LEFT + (_RIGHT - _LEFT) * (time - first) // (last - first)


def _shape(kind: str) -> str:
    return kind if kind in (SENT, RECEIVED) else "other"


def _ticks(first: int, last: int) -> Iterator[Tick]:
    """Days from the first to the last, or times where all is on one day; each is named once."""
    named = short_time if short_day(first) == short_day(last) else short_day
    if first == last:
        yield Tick(x=_x(first, first, last), label=f"{short_time(first)}, {short_day(first)}")
        return
    seen: set[str] = set()
    for n in range(_TICKS):
        time = first + (last - first) * n // (_TICKS - 1)
        label = named(time)
        if label not in seen:
            on = f", {short_day(time)}" if named is short_time and not seen else ""
            seen.add(label)
            yield Tick(x=_x(time, first, last), label=f"{label}{on}")


# -- who was told what -------------------------------------------------------------------------------------------------


class Told(Enum):
    """How far a section is with an address."""

    THERE = "there"
    ON_ITS_WAY = "on its way"
    NOT_THERE = "did not get there"
    NOT_TOLD = "not told"


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldRow:
    """A section of a package, and how far it is with each address, in the order of the columns."""

    number: int
    title: str = field(repr=False)
    told: tuple[Told, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldMap:
    """Sections by addresses. ``left_out`` counts addresses that have no column."""

    addresses: tuple[str, ...]
    rows: tuple[ToldRow, ...]
    left_out: int


def told_map(lines: Sequence[Line]) -> ToldMap:
    """Who was told which section of what was sent from here."""
    sent = [line for line in lines[-DRAWN:] if line.entry.line.kind == SENT]
    addresses = list(dict.fromkeys(p.name for line in sent for p in line.entry.parties))
    shown = addresses[:COLUMNS]
    rows = tuple(
        ToldRow(
            number=line.number,
            title=section.title,
            told=tuple(_told(line.entry, section.readers, address) for address in shown),
        )
        for line in sent
        for section in line.entry.line.sections
    )
    return ToldMap(addresses=tuple(shown), rows=rows, left_out=len(addresses) - len(shown))


_THERE: Final = frozenset(state.value for state in STORED)
_WAY: Final = frozenset(
    state.value for state in (State.SENT, State.HELD, State.OFFERED, State.ACCEPTED)
)


def _told(entry: RegisterEntry, readers: Sequence[str], address: str) -> Told:
    if address not in readers:
        return Told.NOT_TOLD
    state = next((party.state for party in entry.parties if party.name == address), None)
    if state in _THERE:
        return Told.THERE
    return Told.ON_ITS_WAY if state in _WAY else Told.NOT_THERE
