"""When what a statement says happened, as precisely as somebody knew it, and the stretches that nothing is known of.

Days are whole days in UTC, numbered as POSIX seconds // 86,400. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final

from agency_client.record.when import DAY, Span, span
from phoenix_protocol.record import Statement


class Means(Enum):
    """What the time beside a statement is."""

    HAPPENED = "happened"  # when it happened, or from when to when
    AS_OF = "as_of"  # when it held


@dataclass(frozen=True, slots=True, kw_only=True)
class When:
    """A time as it was written, and what it covers. Without ``span`` nobody can put it in an order.

    ``is_rough`` is true where a month or a year stands for a day.
    """

    said: str
    means: Means
    span: Span | None
    is_rough: bool = False


def when_of(said: Statement) -> When | None:
    """When it happened, or as of when it held; None where neither was said. When it was written down is neither."""
    happened = tuple(t for t in (said.event_from, said.event_to) if t)
    if happened:
        return _when(happened, Means.HAPPENED)
    return _when((said.as_of,), Means.AS_OF) if said.as_of else None


def _when(texts: Sequence[str], means: Means) -> When:
    words = " to ".join(dict.fromkeys(texts))
    spans = [found for found in map(span, texts) if found is not None]
    if len(spans) < len(texts):
        return When(said=words, means=means, span=None)
    # Somebody may write an end before its beginning: then it is the time between the two all the same.
    whole = Span(first=min(s.first for s in spans), last=max(s.last for s in spans))
    rough = any(s.last - s.first >= DAY for s in spans)
    return When(said=words, means=means, span=whole, is_rough=rough)


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """Days in a row, ``first`` to ``last``, in which no entry is dated.

    ``roughly`` counts the entries that are dated by a month or a year alone and may lie in it.
    """

    first: int
    last: int
    roughly: int = 0

    @property
    def days(self) -> int:
        """How many days it has."""
        return self.last - self.first + 1


#: Without another wish, as many days in a row without an entry are not yet a gap.
USUAL: Final = 30


def gaps(
    times: Iterable[When | None],
    longest: int,
    since: int | None = None,
    until: int | None = None,
) -> tuple[Gap, ...]:
    """Every stretch of more than ``longest`` days without an entry: between entries, and up to the ends if given.

    ``since`` and ``until`` are days, both included. What is known to the month or year alone fills no gap.
    """
    spans = [when for when in times if when is not None and when.span is not None]
    exact = sorted(_days(when.span) for when in spans if when.span and not when.is_rough)
    rough = [_days(when.span) for when in spans if when.span and when.is_rough]
    found = []
    free = since  # the first day after everything so far
    for first, last in exact:
        if free is not None and first - free > longest:
            found.append((free, first - 1))
        free = last + 1 if free is None else max(free, last + 1)
    if free is not None and until is not None and until + 1 - free > longest:
        found.append((free, until))
    return tuple(Gap(first=a, last=b, roughly=_within(rough, a, b)) for a, b in found)


def _days(covered: Span) -> tuple[int, int]:
    return covered.first // DAY, covered.last // DAY


def _within(rough: Iterable[tuple[int, int]], first: int, last: int) -> int:
    return sum(start <= last and end >= first for start, end in rough)
