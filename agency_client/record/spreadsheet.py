"""Rows of words as a spreadsheet that nothing in it can turn into a program (RFC 4180; OWASP, CSV injection). Pure.

A spreadsheet takes a cell that begins with ``=``, ``+``, ``-`` or ``@`` for a formula, whoever wrote it. Such a cell
gets an apostrophe before it. Every cell is quoted, line breaks and tabs become blanks, and characters that cannot be
seen are written out. The file begins with a byte order mark: without one, common spreadsheet programs read UTF-8 as an
older encoding and spoil names such as Zoë; programs that read CSV know the mark (``utf-8-sig``).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Final

from agency_client.record.plain import plain

#: What begins a formula, in ASCII and in the full-width forms that some spreadsheets fold to it.
_FORMULA: Final = frozenset("=+-@\uff1d\uff0b\uff0d\uff20")
_BREAKS: Final = str.maketrans({"\r": " ", "\n": " ", "\t": " ", "\u2028": " ", "\u2029": " "})


def spreadsheet(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """The file's bytes: UTF-8 with a byte order mark, CRLF line ends, a heading, then the rows."""
    file = io.StringIO(newline="")
    writer = csv.writer(file, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(headings)
    for row in rows:
        writer.writerow([safe_cell(cell) for cell in row])
    return file.getvalue().encode("utf-8-sig")


def safe_cell(text: str) -> str:
    """A text as a cell that is shown and never run."""
    shown = plain(text.translate(_BREAKS)).strip()
    return f"'{shown}" if shown[:1] in _FORMULA else shown
