"""Names that somebody may have meant when nothing was found: by the beginnings of their words alone, never by likeness.

Case, accents and punctuation do not count, as everywhere in the register. Nothing here says how likely a name is.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import Final

from agency_client.ports.vault import Families, Wanted
from agency_client.record.subjects import has_any, is_named, words
from agency_client.use_cases.home import Home
from agency_client.use_cases.registering import newest_shown

#: The newest lines that are looked through, and the most names that are told.
_LOOKED: Final = 300
_TOLD: Final = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Near:
    """Names of the register, newest first, and whether there are others."""

    names: tuple[str, ...] = field(repr=False, default=())
    more: bool = False


def near_names(home: Home, text: str) -> Near:
    """People of whose names the words of ``text`` are beginnings; else people who have one of its words."""
    wanted = words(text)
    if not wanted:
        return Near()
    with home.vault.reading() as view:
        found = [name for name in _names(view, wanted) if is_named(name, wanted)]
        if not found:
            found = [
                name for word in wanted for name in _names(view, (word,)) if has_any(name, wanted)
            ]
    names = tuple(dict.fromkeys(found))
    return Near(names=names[:_TOLD], more=len(names) > _TOLD)


def _names(view: Families, wanted: Collection[str]) -> Iterator[str]:
    """Everybody in the newest lines that the index finds by these words."""
    for entry in newest_shown(view, Wanted(words=tuple(wanted)), _LOOKED):
        yield from entry.said("people")
