"""The line of every field of a JSON text, and the fields written twice, which `json` would pass over.

It walks text that `json` has accepted (RFC 8259), so it only needs to know where tokens begin and end.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from typing import Final

from agency_client.record.places import Place

_BLANK: Final = re.compile(r"[ \t\r\n]*")
_STRING: Final = re.compile(r'"(?:[^"\\]|\\.)*+"')
_SCALAR: Final = re.compile(r"[^,\]}\s]+")


def json_lines(text: str) -> tuple[dict[Place, int], list[Place]]:
    """The line, from 1, of every field and list item of ``text`` by its place; and the places written twice."""
    scanner = _Scanner(text)
    scanner.value(())
    return scanner.lines, scanner.twice


class _Scanner:
    def __init__(self, text: str) -> None:
        self.lines: dict[Place, int] = {}
        self.twice: list[Place] = []
        self._text = text
        self._at = 0
        self._starts = [0, *(found.end() for found in re.finditer("\n", text))]

    def value(self, place: Place) -> None:
        start = self._next()
        if start == "{":
            self._object(place)
        elif start == "[":
            self._array(place)
        else:
            self._take(_STRING if start == '"' else _SCALAR)

    def _object(self, place: Place) -> None:
        self._at += 1
        while not self._closed("}"):
            line = bisect_right(self._starts, self._at)
            field = (*place, json.loads(self._take(_STRING)))
            if field in self.lines:
                self.twice.append(field)
            self.lines[field] = line
            self._next()
            self._at += 1  # the colon
            self.value(field)

    def _array(self, place: Place) -> None:
        self._at += 1
        position = 0
        while not self._closed("]"):
            self.lines[(*place, position)] = bisect_right(self._starts, self._at)
            self.value((*place, position))
            position += 1

    def _closed(self, bracket: str) -> bool:
        if self._next() == ",":
            self._at += 1
        if self._next() != bracket:
            return False
        self._at += 1
        return True

    def _next(self) -> str:
        found = _BLANK.match(self._text, self._at)
        self._at = found.end() if found else self._at
        return self._text[self._at]

    def _take(self, pattern: re.Pattern[str]) -> str:
        found = pattern.match(self._text, self._at)
        if found is None:
            raise ValueError("only text that json accepted is walked")
        self._at = found.end()
        return found[0]
