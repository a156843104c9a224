"""The values that fields of a document have: how each is read from plain TOML or JSON, every fault noted.

Whatever cannot be read is noted in :class:`Faults` and left out, so that reading always goes on to the end.

Own checks and not pydantic, because `phoenix check` should feel instant (pydantic takes 0.22 s to import, `tomllib` and
these together 0.01 s), and because each message must say, in the words of the template, where, what and what next.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time
from typing import Final, Generic, Protocol, TypeVar

from agency_client.record.as_people_write import in_code
from agency_client.record.faults import Faults
from agency_client.record.places import Place
from agency_client.record.unanswerable import is_open
from agency_client.record.when import span
from agency_client.record.zones import said_of, with_zone
from phoenix_protocol import limits
from phoenix_protocol.errors import RefusedError

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class Reader(Protocol[T_co]):
    """Turns one plain value into a Python value, or notes a fault and gives None."""

    def read(self, value: object, at: Place, faults: Faults) -> T_co | None: ...


@dataclass(frozen=True, slots=True)
class Text:
    """Text of at most ``limit`` bytes in UTF-8, kept exactly as written. Blank text is as good as none."""

    limit: int = limits.LINE

    def read(self, value: object, at: Place, faults: Faults) -> str | None:
        if not isinstance(value, str):
            faults.add("E_DOC_TYPE", at, "This should be text in quotes.")
            return None
        if "\0" in value or any("\ud800" <= c <= "\udfff" for c in value):
            faults.add("E_DOC_TEXT", at, "This text holds a character that is not allowed.")
            return None
        size = len(value.encode())
        if size > self.limit:
            message = f"This text is too long: {size} bytes, and {self.limit} are allowed."
            faults.add("E_DOC_LIMIT", at, message)
            return None
        return value if value.strip() else None


LINE: Final = Text()
LONG: Final = Text(limits.LONG_TEXT)
CODE: Final = Text(limits.CODE)


@dataclass(frozen=True, slots=True)
class YesNo:
    """True or false."""

    def read(self, value: object, at: Place, faults: Faults) -> bool | None:
        if isinstance(value, bool):
            return value
        faults.add("E_DOC_TYPE", at, "This should be true or false, without quotes.")
        return None


@dataclass(frozen=True, slots=True)
class Number:
    """A whole number from one."""

    def read(self, value: object, at: Place, faults: Faults) -> int | None:
        if type(value) is int and value >= 1:
            return value
        faults.add("E_DOC_TYPE", at, "This should be a whole number from 1, without quotes.")
        return None


class Label:
    """A short text, or a whole number, which counts as its text."""

    def read(self, value: object, at: Place, faults: Faults) -> str | None:
        return CODE.read(str(value) if type(value) is int else value, at, faults)


#: How days and times are written.
WRITTEN_WHEN: Final = (
    'Write it as 2026, "2026-11" or 2026-11-20, or with a time: 2026-11-20T15:20 (UK time) or '
    "2026-11-20T15:20:00Z (UTC)."
)
_YEARS: Final = range(1850, 2150)


@dataclass(frozen=True, slots=True)
class When:
    """A day or time as somebody knows it, kept as written; a time without its zone gets that of the United Kingdom.

    ``or_why_not``: or "not known" and the reason. ``remedy`` says what to write here.
    """

    or_why_not: bool = False
    remedy: str = WRITTEN_WHEN

    def read(self, value: object, at: Place, faults: Faults) -> str | None:
        if type(value) is int and value in _YEARS:
            return str(value)
        if isinstance(value, int | float | time) and not isinstance(value, bool):
            faults.add("E_DOC_TIME", at, NO_DAY, remedy=self.remedy)
            return None
        text = value.isoformat() if isinstance(value, date) else LINE.read(value, at, faults)
        if text is None:
            return None
        if self.or_why_not and is_open(text):
            return text
        known = _in_code(text, at, faults)
        if known is None:
            return None
        if len(known) <= _LONGEST_TIME and span(known):
            return _zoned(known, at, faults)
        faults.add("E_DOC_TIME", at, NO_DAY, remedy=self.remedy)
        return None


def _in_code(text: str, at: Place, faults: Faults) -> str | None:
    """A day, time or length as documents write it; None where it is not clear, which is a fault then."""
    try:
        return in_code(text)
    except RefusedError as error:
        faults.add("E_DOC_TIME", at, error.what, remedy=error.next)
        return None


#: Said of what is neither.
NO_DAY: Final = "This is not a day or time."
_LONGEST_TIME: Final = 40


def _zoned(text: str, at: Place, faults: Faults) -> str:
    """A time with its zone, and a note where that was not written; anything else as it is."""
    known = with_zone(text)
    if known is None or len(known) > _LONGEST_TIME:
        return text
    faults.note("W_DOC_ZONE", at, said_of(text))
    return known


class End:
    """When a package ends: a length or a time, kept as written; :func:`agency_client.record.when.expiry` reads it."""

    def read(self, value: object, at: Place, faults: Faults) -> str | None:
        if isinstance(value, date):
            return _zoned(value.isoformat(), at, faults)
        text = Text(40).read(value, at, faults)
        known = None if text is None else _in_code(text, at, faults)
        return None if known is None else _zoned(known, at, faults)


@dataclass(frozen=True, slots=True)
class ListOf(Generic[T]):
    """A list of at most ``most`` values; with ``or_one`` a single value counts as a list of one.

    A value that cannot be read leaves ``hole`` behind, so that the others keep their positions, or nothing if None.
    """

    item: Reader[T]
    most: int = 64
    or_one: bool = False
    hole: T | None = None

    def read(self, value: object, at: Place, faults: Faults) -> tuple[T, ...] | None:
        if self.or_one and not isinstance(value, list):
            one = self.item.read(value, at, faults)
            return None if one is None else (one,)
        if not isinstance(value, list):
            faults.add("E_DOC_TYPE", at, 'This should be a list, such as ["..."].')
            return None
        if len(value) > self.most:
            message = f"This list has {len(value)} entries, and {self.most} are allowed."
            faults.add("E_DOC_LIMIT", at, message)
            return None
        read = [self._entry(item, (*at, n), faults) for n, item in enumerate(value)]
        return tuple(item for item in read if item is not None)

    def _entry(self, value: object, at: Place, faults: Faults) -> T | None:
        read = self.item.read(value, at, faults)
        if read is None:
            faults.add(
                "E_DOC_MISSING", at, "This entry is empty.", remedy="Fill it in or remove it."
            )
            return self.hole
        return read


def texts(text: Text = LINE, most: int = 64) -> ListOf[str]:
    """A list of texts, or one text."""
    return ListOf(text, most, or_one=True, hole="")


@dataclass(frozen=True, slots=True)
class MapOf:
    """A table whose field names are the author's own, of at most ``most`` texts. Blank texts stay."""

    text: Text = LINE
    most: int = 64
    key_limit: int = limits.ADDRESS

    def read(self, value: object, at: Place, faults: Faults) -> dict[str, str] | None:
        if not isinstance(value, dict):
            faults.add("E_DOC_TYPE", at, "This should be a table of names and texts.")
            return None
        if len(value) > self.most:
            message = f"This table has {len(value)} entries, and {self.most} are allowed."
            faults.add("E_DOC_LIMIT", at, message)
            return None
        read = {}
        for key, item in value.items():
            if Text(self.key_limit).read(key, (*at, key), faults) is None:
                faults.add("E_DOC_FIELD", (*at, key), "The name of this field is blank.")
                continue
            text = self.text.read(item, (*at, key), faults)
            if not faults.has((*at, key)):
                read[key] = text or ""
        return read
