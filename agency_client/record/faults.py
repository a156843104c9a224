"""Collecting what is wrong with a document, one fault for each place, so that everything comes to light at once."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Final

from agency_client.record.places import Lines, Place, line_of, written
from agency_client.record.problems import NEXT, WARNING_NEXT
from phoenix_protocol.errors import Problem

#: More faults than this are not listed: nobody mends a thousand at once.
MOST: Final = 1000
_LONGEST_WORD: Final = 64
#: Parts of a word as short as this stand in too many others.
_LEAST_PART: Final = 4


class Faults:
    """What was found so far. A place that has a fault, and everything inside it, gets no second one."""

    __slots__ = ("_lines", "_notes", "_places", "_problems")

    def __init__(self, lines: Lines) -> None:
        self._lines = lines
        self._places: set[Place] = set()
        self._problems: list[Problem] = []
        self._notes: list[Problem] = []

    def add(
        self,
        code: str,
        at: Place,
        message: str,
        *,
        remedy: str | None = None,
        clause: str | None = None,
    ) -> None:
        """Note a fault at ``at``, unless that place or one around it has one already."""
        if self.full or self.has(at):
            return
        self._places.add(at)
        self._problems.append(
            Problem(
                code=code,
                message=message,
                next=remedy or NEXT[code],
                place=written(at),
                line=line_of(at, self._lines),
                clause=clause,
            )
        )

    def note(self, code: str, at: Place, message: str) -> None:
        """Say how something was read that could be meant otherwise. It is no fault, and stops nothing."""
        if len(self._notes) < MOST:
            where, line = written(at), line_of(at, self._lines)
            next_ = WARNING_NEXT[code]
            self._notes.append(
                Problem(code=code, message=message, next=next_, place=where, line=line)
            )

    @property
    def notes(self) -> tuple[Problem, ...]:
        """How things were read, each once."""
        return tuple(dict.fromkeys(self._notes))

    def has(self, at: Place) -> bool:
        """Whether ``at`` or a place around it has a fault."""
        return any(at[:length] in self._places for length in range(1, len(at) + 1))

    @property
    def full(self) -> bool:
        """Whether so much is wrong that no more is noted."""
        return len(self._problems) >= MOST

    @property
    def problems(self) -> tuple[Problem, ...]:
        """The faults in the order of the file."""
        return tuple(sorted(self._problems, key=lambda p: p.line or 0))


def nearest(written_word: str, known: Iterable[str]) -> str | None:
    """The known word that somebody may have meant, if one is near, whole or in one of its parts."""
    return next(iter(near(written_word, known, 1)), None)


def near(written_word: str, known: Iterable[str], most: int) -> tuple[str, ...]:
    """The known words that somebody may have meant, nearest first: whole, else by one of their parts."""
    if len(written_word) > _LONGEST_WORD:
        return ()
    words = list(known)
    asked = "_".join(written_word.casefold().split())
    found = get_close_matches(asked, words, n=most, cutoff=0.6)
    if found:
        return tuple(found)
    parts: dict[str, list[str]] = {}
    for word in words:
        for part in word.split("_"):
            if len(part) > _LEAST_PART:
                parts.setdefault(part, []).append(word)
    matched = get_close_matches(asked, parts, n=most, cutoff=0.8)
    return tuple(dict.fromkeys(word for part in matched for word in parts[part]))[:most]


def did_you_mean(written_word: str, known: Iterable[str], most: int = 1) -> str:
    """A sentence with the nearest known words, with a blank before it; empty if none is near."""
    words = near(written_word, known, most)
    if not words:
        return ""
    *others, last = words
    return f" Did you mean {', '.join(others)} or {last}?" if others else f" Did you mean {last}?"
