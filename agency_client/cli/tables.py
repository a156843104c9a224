"""Tables that fit where they are read: as they are, with wrapped cells, or stacked where there is little room."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from itertools import zip_longest
from typing import Final

#: A column whose cells are wrapped keeps at least so many characters, and each of its words whole.
_LEAST: Final = 14
_GAP: Final = "  "


def table_lines(
    headings: Sequence[str], rows: Sequence[Sequence[str]], width: int | None
) -> Iterator[str]:
    """The lines of a table, each at most ``width`` columns where that can be; None is as wide as it takes."""
    cells = [headings, *rows]
    columns = list(zip(*cells, strict=True))
    widths = [max(map(len, column)) for column in columns]
    fitting = widths if width is None else _fitted(widths, list(map(_least, columns)), width)
    if fitting is not None:
        return (line for row in cells for line in _row(row, fitting))
    return (line for row in rows for line in _stacked(headings, row))


def _least(column: Sequence[str]) -> int:
    words = [len(word) for cell in column for word in cell.split()]
    return max([min(_LEAST, max(map(len, column))), *words])


def _fitted(widths: Sequence[int], least: Sequence[int], room: int) -> list[int] | None:
    """Widths that fit, taken from the widest columns first; None where the table has to be stacked."""
    found = list(widths)
    while sum(found) + len(_GAP) * (len(found) - 1) > room:
        if found == least:
            return None
        spare = [(w if w > low else 0) for w, low in zip(found, least, strict=True)]
        found[spare.index(max(spare))] -= 1
    return found


def _row(row: Sequence[str], widths: Sequence[int]) -> Iterator[str]:
    wrapped = [
        textwrap.wrap(cell, width, break_on_hyphens=False) if len(cell) > width else [cell]
        for cell, width in zip(row, widths, strict=True)
    ]
    for line in zip_longest(*wrapped, fillvalue=""):
        yield _GAP.join(cell.ljust(w) for cell, w in zip(line, widths, strict=True)).rstrip()


def _stacked(headings: Sequence[str], row: Sequence[str]) -> Iterator[str]:
    """The first cell, and below it each other one after its heading."""
    yield row[0]
    names = max(map(len, headings))
    for heading, cell in zip(headings[1:], row[1:], strict=True):
        if cell:
            yield f"{_GAP}{heading.ljust(names)}{_GAP}{cell}"
