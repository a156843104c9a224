"""Ids that look alike: the skeleton of UTS #39, frozen for this version of the protocol (docs/protocol.md §4).

Everybody's directory has to refuse the same ids, whatever Python and Unicode data it runs on. So the table of
look-alikes is part of the protocol, and ids are made of characters that every supported Unicode version treats alike.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from typing import Final

from phoenix_protocol.errors import RefusedError

_TABLE: Final = "lookalikes.txt"
#: Letters that are drawn as nothing.
_INVISIBLE: Final = frozenset("\u115f\u1160\u3164\uffa0")


def check_id(text: str) -> None:
    """Raise RefusedError ``E_NAME`` unless every program reads the characters of ``text`` alike.

    In NFC, visible, and in Unicode since version 3.2. What an id is made of otherwise is for
    :mod:`phoenix_protocol.identifiers`.
    """
    if text.isascii():
        return
    known = all(unicodedata.ucd_3_2_0.category(character) != "Cn" for character in text)
    if not known or _INVISIBLE.intersection(text) or not unicodedata.is_normalized("NFC", text):
        raise RefusedError("E_NAME", "An id has a character that not every program reads alike.")


def skeleton(text: str) -> str:
    """A key that two ids share when people cannot tell them apart.

    The skeleton of UTS #39 §4, and again without regard to case: ids have no capitals, and a nought has the skeleton of
    a capital O.
    """
    return _drawn(_drawn(text).casefold())


def _drawn(text: str) -> str:
    decomposed = unicodedata.normalize("NFD", text)
    return unicodedata.normalize("NFD", decomposed.translate(lookalikes()))


@lru_cache(maxsize=1)
def lookalikes() -> Mapping[int, str]:
    """From a character's code point to what it is drawn like, in the form of :meth:`str.translate`."""
    lines = files(__package__).joinpath(_TABLE).read_text("ascii").splitlines()
    table: dict[int, str] = {}
    for line in lines:
        if not line.startswith("#"):
            target, _, sources = line.partition(" < ")
            drawn = "".join(chr(int(code, 16)) for code in target.split())
            table.update((int(code, 16), drawn) for code in sources.split())
    return table
