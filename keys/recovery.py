"""When the keystore file is damaged or gone: the generation before takes its place."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from keys import content as contents
from keys import disk
from keys import format as file_format
from keys.keystore import (
    DAMAGED,
    FILE,
    PREVIOUS,
    Keystore,
    check_kind,
    content_of,
    exists,
    gone,
    sealed_file,
)
from keys.passphrase import Passphrase
from keys.wrapping import FLOOR, Cost
from phoenix_protocol.errors import TamperError
from phoenix_protocol.randomness import Randomness, SystemRandomness

_SYSTEM: Final = SystemRandomness()


def recover_previous(
    home: Path,
    passphrase: Passphrase,
    *,
    randomness: Randomness = _SYSTEM,
    cost: Cost = FLOOR,
) -> Keystore:
    """Put the generation before in the place of a keystore that is damaged or gone.

    A deliberate step and never a silent one, because the last change may be missing: what comes
    out is marked as restored. The damaged file is kept beside it. Raises RefusedError ``E_EXISTS``
    when the keystore is whole, and what :func:`keys.open_keystore` raises.
    """
    with disk.locked(home, exclusive=True):
        damaged = disk.read(home / FILE, file_format.LARGEST)
        if damaged is not None and _is_whole(damaged):
            raise exists()
        data = disk.read(home / PREVIOUS, file_format.LARGEST)
        if data is None:
            raise gone()
        before = file_format.parse(data)
        check_kind(before)
        master = file_format.master_key(before, passphrase, cost)
        content = contents.restored(content_of(before, master), None)
        # One number is left out: the generation that is damaged.
        generation = before.generation + 2
        file = sealed_file(before.header, before.wrapped, generation, master, content, randomness)
        aside = {DAMAGED: damaged} if damaged is not None else {}
        disk.replace(home, {**aside, FILE: file.encoded()})
    return Keystore(home, file, master, content, randomness)


def _is_whole(data: bytes) -> bool:
    try:
        file_format.parse(data)
    except TamperError:
        return False
    return True
