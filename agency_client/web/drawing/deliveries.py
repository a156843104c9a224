"""How deliveries go, as bars: one for every agency, cut by how far its packages are. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from agency_client.record.health import Health

_LEFT: Final = 270
_WIDE: Final = 780
_HIGH: Final = 36
_STEP: Final = 58
#: A count fits into a piece of this width.
_ROOM: Final = 26

#: The pieces of a bar: what each is called, and its pattern.
PIECES: Final = (
    ("owned", "Somebody took responsibility", "solid"),
    ("stored", "Stored there, nobody responsible yet", "hatch"),
    ("waiting", "On its way", "dots"),
    ("returned", "Returned: not theirs", "lines"),
    ("failed", "Expired or did not open", "cross"),
    ("recalled", "Taken back by you", "empty"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A piece of a bar."""

    x: int
    wide: int
    count: int
    pattern: str
    has_room: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One agency."""

    y: int
    label: str = field(repr=False)
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bars:
    """All agencies, the longest bar for the one that most was sent to."""

    width: int
    height: int
    left: int
    high: int
    bars: tuple[Bar, ...]


def bars(found: Sequence[Health]) -> Bars:
    """The picture of deliveries."""
    most = max((each.sent for each in found), default=1)
    return Bars(
        width=_LEFT + _WIDE + 10,
        height=len(found) * _STEP + 20,
        left=_LEFT,
        high=_HIGH,
        bars=tuple(
            Bar(y=10 + n * _STEP, label=each.agency, pieces=_pieces(each, most))
            for n, each in enumerate(found)
        ),
    )


def _pieces(health: Health, most: int) -> tuple[Piece, ...]:
    found: list[Piece] = []
    before = 0
    for name, _, pattern in PIECES:
        count = getattr(health, name)
        if count:
            start, end = (_LEFT + _WIDE * n // most for n in (before, before + count))
            found.append(
                Piece(
                    x=start,
                    wide=end - start,
                    count=count,
                    pattern=pattern,
                    has_room=end - start >= _ROOM,
                )
            )
        before += count
    return tuple(found)
