"""A copy of a keystore for the day when the machine is gone, and the way back from it.

A backup is a file of the same form under the same passphrase, with a salt and a master key of its
own. What is restored from it is marked, because it does not know what was done since: it reads,
and sends again once it is in step. Epoch keys that are due are destroyed before anything else.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from keys import content as contents
from keys import disk, epochs
from keys import format as file_format
from keys.format import KeyFile, Kind
from keys.keystore import Keystore, install, open_keystore
from keys.passphrase import Passphrase
from keys.wrapping import FLOOR, Cost
from phoenix_protocol.errors import LockedError, RefusedError, TamperError
from phoenix_protocol.identifiers import ObjectHash, Seconds
from phoenix_protocol.randomness import Randomness, SystemRandomness

_SYSTEM: Final = SystemRandomness()


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """A keystore out of a backup, and the epoch keys that had become due since."""

    keystore: Keystore
    destroyed: tuple[ObjectHash, ...]


def back_up(
    home: Path,
    passphrase: Passphrase,
    file: Path,
    now: Seconds,
    *,
    randomness: Randomness = _SYSTEM,
    cost: Cost = FLOOR,
) -> None:
    """Write a backup of the keystore of ``home`` to ``file``, and read it back.

    Keys that are due are left out. Takes the passphrase even where a master key is held, because
    the backup is under it. Raises what :func:`keys.open_keystore` raises, RefusedError
    ``E_EXISTS`` and UnavailableError ``E_STORE_WRITE``.
    """
    content = open_keystore(home, passphrase, randomness=randomness, cost=cost).content
    content, _ = epochs.without_due(content, now)
    content = replace(content, backup_taken=now)
    header, wrapped, master = file_format.new_lock(Kind.BACKUP, passphrase, cost, randomness)
    written = file_format.write(header, wrapped, 0, master, contents.encode(content), randomness)
    disk.create(file, written.encoded())
    if contents.decode(file_format.read(_read(file), master)) != content:
        raise TamperError(
            "E_STORE_INTEGRITY",
            "The backup does not read back as it was written.",
            next="Do not keep this file. Write the backup to another disk.",
        )


def restore(
    file: Path,
    home: Path,
    passphrase: Passphrase,
    now: Seconds,
    *,
    randomness: Randomness = _SYSTEM,
    cost: Cost = FLOOR,
) -> Restored:
    """Make a keystore in ``home``, which has none, out of the backup ``file``.

    ``passphrase`` is the one that the backup was made under. Raises LockedError ``E_PASSPHRASE``
    or ``E_KEY_MISSING`` (no such file), RefusedError ``E_EXISTS``, ``E_CLOCK`` (``now`` is before
    the backup) or ``E_RESTORE`` (not a backup), TamperError ``E_STORE_INTEGRITY``.
    """
    backup = _read(file)
    master = file_format.master_key(backup, passphrase, cost)
    content = contents.decode(file_format.read(backup, master))
    # Without keys the relay cannot be asked for the time, so a clock that is fast goes unnoticed.
    epochs.check_not_before(now, content.backup_taken or content.newest_time)
    content, destroyed = epochs.without_due(content, now)
    content = contents.restored(content, content.backup_taken)
    # The vault is not in a backup: a new one has a new record of what was done, from its first row.
    content = contents.with_audit(content, bytes(32), 0)
    keystore = install(home, passphrase, content, randomness, cost)
    return Restored(keystore=keystore, destroyed=destroyed)


def _read(file: Path) -> KeyFile:
    data = disk.read(file, file_format.LARGEST)
    if data is None:
        raise LockedError(
            "E_KEY_MISSING", "There is no backup of this name.", next="Check the file's name."
        )
    if not file_format.is_of_this_program(data):
        raise RefusedError(
            "E_RESTORE",
            "This file is not a backup of keys, or it is damaged at its beginning.",
            next="Choose the file that 'phoenix keys backup' wrote.",
        )
    parsed = file_format.parse(data)
    if parsed.header.kind is not Kind.BACKUP:
        raise RefusedError(
            "E_RESTORE",
            "This is a keystore, and not a backup.",
            next="Make a backup of it with: phoenix keys backup.",
        )
    return parsed
