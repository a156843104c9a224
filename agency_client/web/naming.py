"""Which package a path names: by its core, or by its id or the beginning of that, as people have it from elsewhere."""

from __future__ import annotations

from typing import Final

from aiohttp import web

from agency_client.web.asked import Asked
from phoenix_protocol.identifiers import ItemId, ObjectHash

_CORE_DIGITS: Final = 64
_ITEM_BYTES: Final = 16


def received_core(asked: Asked) -> ObjectHash:
    """The package that came here. Raises RefusedError ``E_NOT_FOUND``, ``E_AMBIGUOUS``."""
    return _core(asked) or asked.client.find_received(asked.part("package"))


def sent_core(asked: Asked) -> ObjectHash:
    """The package that was sent from here. Raises RefusedError ``E_NOT_FOUND``, ``E_AMBIGUOUS``."""
    return _core(asked) or asked.client.find_sent(asked.part("package"))


def inbox_path(core: ObjectHash) -> str:
    """Where a package that came is shown."""
    return f"/inbox/{core.hex()}"


def kept_core(asked: Asked) -> ObjectHash:
    """A package that came or was sent. Raises RefusedError ``E_NOT_FOUND``, ``E_AMBIGUOUS``."""
    return asked.client.find_kept(asked.part("package"))


def record_of(asked: Asked) -> int:
    """The record that the path names. Raises HTTPNotFound."""
    text = asked.part("record")
    if not (text.isascii() and text.isdecimal() and len(text) <= 18):
        raise web.HTTPNotFound
    return int(text)


def item_of(asked: Asked) -> ItemId:
    """The statement or file that the path names. Raises HTTPNotFound."""
    found = _hex(asked.part("item"))
    if found is None or len(found) != _ITEM_BYTES:
        raise web.HTTPNotFound
    return ItemId(found)


def number_of(text: str) -> int:
    """The number of a page out of the address; the first for anything else."""
    return max(1, int(text)) if text.isascii() and text.isdecimal() and len(text) <= 6 else 1


def _core(asked: Asked) -> ObjectHash | None:
    name = asked.part("package")
    if len(name) != _CORE_DIGITS:
        return None
    found = _hex(name)
    return None if found is None else ObjectHash(found)


def _hex(text: str) -> bytes | None:
    try:
        return bytes.fromhex(text)
    except ValueError:
        return None
