"""A template in the words of one jurisdiction: what does not apply there is left out of notes, examples and fields.

Which words apply where, the catalogue says. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from agency_client.record.catalogue import Catalogue, Code

_FIELD: Final = re.compile(r"#?[a-z0-9_]+ = ")
_QUOTED: Final = re.compile(r'"([A-Za-z0-9_]+)"')
_WORD: Final = re.compile(r"\w+")
#: A note that begins with the names of places is for these alone.
_PLACES: Final = re.compile(r"# ((?:[A-Z][a-z]+ ?)+(?:, (?:[A-Z][a-z]+ ?)+)*): ")


def applies(code: Code, place: str) -> bool:
    """Whether a word applies in a jurisdiction; in one that no catalogue knows nothing is said against it."""
    return not place or place in code.jurisdiction


def localised(text: str, catalogue: Catalogue, place: str) -> str:
    """A commented document without the words of elsewhere; ``text`` itself where ``place`` is no known jurisdiction."""
    places = catalogue.enumerations["jurisdiction"]
    if place not in places:
        return text
    labels = frozenset(code.label for code in places.values())
    elsewhere = _elsewhere(catalogue, place)
    kept: list[str] = []
    for line in text.splitlines(keepends=True):
        if _is_for_others(line, labels, places[place].label):
            continue
        if _FIELD.match(line):
            shown = _example(line, elsewhere)
            if shown is None:
                _drop_note(kept)
                continue
            kept.append(shown.replace('jurisdiction = "england"', f'jurisdiction = "{place}"'))
        else:
            kept.append(_without(line, elsewhere) if line.startswith("#") else line)
    return "".join(kept)


def _elsewhere(catalogue: Catalogue, place: str) -> dict[str, str | None]:
    """Every word that applies in no list here, and a word of its list that does, if there is one."""
    found: dict[str, str | None] = {}
    lists = catalogue.enumerations.values()
    known = {name for words in lists for name in _applying(words, place)}
    for words in lists:
        here = tuple(_applying(words, place))
        for name in words.keys() - known:
            found.setdefault(name, _most_specific(here, words))
    return found


def _applying(words: Mapping[str, Code], place: str) -> Iterator[str]:
    return (name for name, code in words.items() if applies(code, place))


def _most_specific(here: Iterable[str], words: Mapping[str, Code]) -> str | None:
    """The word that applies in the fewest other places: the one that belongs here."""
    return min(here, key=lambda name: len(words[name].jurisdiction), default=None)


def _is_for_others(line: str, labels: frozenset[str], own: str) -> bool:
    found = _PLACES.match(line)
    named = frozenset(found[1].split(", ")) if found else frozenset[str]()
    return bool(named) and named <= labels and own not in named


def _example(line: str, elsewhere: Mapping[str, str | None]) -> str | None:
    """A field with an example that applies here; None where nothing does."""
    words = _QUOTED.findall(line)
    away = [word for word in words if word in elsewhere]
    if not away:
        return line
    if all(elsewhere[word] is None for word in away):
        return None
    return _QUOTED.sub(lambda found: f'"{elsewhere.get(found[1]) or found[1]}"', line)


def _drop_note(kept: list[str]) -> None:
    """The lines that explain a field which is left out."""
    while kept and kept[-1].startswith("# "):
        kept.pop()


def _without(line: str, elsewhere: Mapping[str, str | None]) -> str:
    """A note without the words of elsewhere, each with what stands beside it in brackets."""
    for word in _WORD.findall(line):
        if word in elsewhere:
            item = rf"\b{word}\b(?: \([^)]*\))?"
            line = re.sub(rf"{item},(?: |(?=\n))|, {item}(?=[.\n])", "", line, count=1)
    return line.rstrip() + "\n"
