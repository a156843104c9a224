"""The line of every field of a TOML text. `tomllib` says what a text means, not where; this says where.

It walks text that `tomllib` has accepted, so it needs to know where tokens begin and end and nothing about what they
are worth (TOML 1.0: keys, strings, arrays, tables). Given anything else it still ends, and then knows fewer lines.
"""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_right
from contextlib import suppress
from typing import Final

from agency_client.record.places import Place

_BLANK: Final = re.compile(r"(?:[ \t\r\n]+|#[^\n]*)*")
_SPACE: Final = re.compile(r"[ \t]*")
_BARE: Final = re.compile(r"[A-Za-z0-9_-]+")
_SCALAR: Final = re.compile(r"[^,\]}#\n]+")
_BASIC: Final = re.compile(r'"(?:[^"\\\n]|\\.)*+"')
_LITERAL: Final = re.compile(r"'[^'\n]*'")
# Up to two quotes may stand directly before the closing three.
_LONG_BASIC: Final = re.compile(r'"""(?:[^"\\]|\\.|"(?!""))*+"{3,5}', re.DOTALL)
_LONG_LITERAL: Final = re.compile(r"'''(?:[^']|'(?!''))*+'{3,5}")


class _NotTomlError(Exception):
    """The text is not TOML after all."""


def toml_lines(text: str) -> dict[Place, int]:
    """The line, from 1, of every table, field and list item of ``text``, by its place."""
    scanner = _Scanner(text)
    with suppress(_NotTomlError, IndexError, tomllib.TOMLDecodeError):
        scanner.document()
    return scanner.lines


class _Scanner:
    def __init__(self, text: str) -> None:
        self.lines: dict[Place, int] = {}
        self._text = text
        self._at = 0
        self._starts = [0, *(found.end() for found in re.finditer("\n", text))]
        self._tables: dict[Place, int] = {}  # how many tables each array of tables has so far

    def document(self) -> None:
        table: Place = ()
        while self._skip() < len(self._text):
            if self._text.startswith("[", self._at):
                table = self._header()
            else:
                self._field(table)

    def _header(self) -> Place:
        brackets = 2 if self._text.startswith("[[", self._at) else 1
        line = self._line()
        self._at += brackets
        names = self._key()
        self._expect("]" * brackets)
        place: Place = ()
        for name in names[:-1]:
            place = self._inside((*place, name), line)
        place = (*place, names[-1])
        if brackets == 1:
            return self._inside(place, line)
        self._note(place, line)
        self._tables[place] = self._tables.get(place, 0) + 1
        return self._inside(place, line)

    def _inside(self, place: Place, line: int) -> Place:
        """``place`` itself, or the newest table of the array of tables that it is."""
        self._note(place, line)
        if place in self._tables:
            place = (*place, self._tables[place] - 1)
            self._note(place, line)
        return place

    def _field(self, table: Place) -> None:
        line = self._line()
        place = table
        for name in self._key():
            place = (*place, name)
            self._note(place, line)
        self._expect("=")
        self._value(place)

    def _key(self) -> list[str]:
        names = []
        while True:
            self._space()
            names.append(self._name())
            self._space()
            if not self._text.startswith(".", self._at):
                return names
            self._at += 1

    def _name(self) -> str:
        for pattern in (_BARE, _LITERAL, _BASIC):
            found = pattern.match(self._text, self._at)
            if found:
                self._at = found.end()
                return _unquoted(found[0])
        raise _NotTomlError

    def _value(self, place: Place) -> None:
        self._space()
        start = self._text[self._at]
        if start == "[":
            self._array(place)
        elif start == "{":
            self._inline_table(place)
        elif start in "\"'":
            self._string(start)
        else:
            self._take(_SCALAR)

    def _array(self, place: Place) -> None:
        self._at += 1
        position = 0
        while not self._closed("]"):
            self._note((*place, position), self._line())
            self._value((*place, position))
            position += 1

    def _inline_table(self, place: Place) -> None:
        self._at += 1
        while not self._closed("}"):
            self._field(place)

    def _closed(self, bracket: str) -> bool:
        """Go over blanks and commas; whether ``bracket`` follows, which is then taken."""
        self._skip()
        while self._text.startswith(",", self._at):
            self._at += 1
            self._skip()
        if self._text[self._at] != bracket:
            return False
        self._at += 1
        return True

    def _string(self, quote: str) -> None:
        long = self._text.startswith(quote * 3, self._at)
        if quote == '"':
            self._take(_LONG_BASIC if long else _BASIC)
        else:
            self._take(_LONG_LITERAL if long else _LITERAL)

    def _take(self, pattern: re.Pattern[str]) -> None:
        found = pattern.match(self._text, self._at)
        if not found:
            raise _NotTomlError
        self._at = found.end()

    def _expect(self, token: str) -> None:
        self._space()
        if not self._text.startswith(token, self._at):
            raise _NotTomlError
        self._at += len(token)

    def _space(self) -> None:
        found = _SPACE.match(self._text, self._at)
        self._at = found.end() if found else self._at

    def _skip(self) -> int:
        found = _BLANK.match(self._text, self._at)
        self._at = found.end() if found else self._at
        return self._at

    def _line(self) -> int:
        return bisect_right(self._starts, self._at)

    def _note(self, place: Place, line: int) -> None:
        self.lines.setdefault(place, line)


def _unquoted(name: str) -> str:
    if name[0] == "'":
        return name[1:-1]
    return next(iter(tomllib.loads(f"{name}=0"))) if name[0] == '"' else name
