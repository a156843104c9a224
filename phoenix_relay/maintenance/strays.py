"""Files in the relay's folders that are not the relay's: no damage, and told, because nobody else would notice them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from phoenix_relay.storage.bodies import is_block, is_body, is_day
from phoenix_relay.storage.day_keys import is_day_key
from phoenix_relay.storage.durable import PART
from phoenix_relay.storage.store import BODIES, DAY_KEYS

_PLAIN: Final = re.compile(r"[^ -~]")


def strays(home: Path) -> tuple[str, ...]:
    """What lies in ``bodies`` and ``daykeys`` and was not put there by the relay, under its home, safe to show."""
    found = (*_of_keys(home / DAY_KEYS), *_of_bodies(home / BODIES))
    return tuple(sorted(_shown(path.relative_to(home)) for path in found))


def _of_keys(folder: Path) -> Iterator[Path]:
    for path in _inside(folder):
        if not (is_day_key(path.name) or _is_part(path)) or not _is_file(path):
            yield path


def _of_bodies(folder: Path) -> Iterator[Path]:
    for day in _inside(folder):
        if not _is_folder(day) or not is_day(day.name):
            yield day
            continue
        for body in _inside(day):
            if not _is_folder(body) or not is_body(body.name):
                yield body
                continue
            yield from (p for p in _inside(body) if not _is_file(p) or not _is_block(p))


def _is_block(path: Path) -> bool:
    return is_block(path.name) or _is_part(path)


def _is_part(path: Path) -> bool:
    """What a write leaves until it is whole; the relay removes it by itself."""
    return path.name.startswith(PART)


def _is_file(path: Path) -> bool:
    return path.is_file() and not path.is_symlink()


def _is_folder(path: Path) -> bool:
    return path.is_dir() and not path.is_symlink()


def _inside(folder: Path) -> list[Path]:
    """What is in a folder now; nothing of one that is not there or went meanwhile."""
    try:
        return list(folder.iterdir())
    except (FileNotFoundError, NotADirectoryError):
        return []


def _shown(path: Path) -> str:
    return _PLAIN.sub(lambda odd: f"<U+{ord(odd[0]):04X}>", str(path))
