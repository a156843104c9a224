"""Who else is using this machine now: whoever shares it could reach a port of ours, and wait for a mistake."""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Final

#: Where systemd keeps a file for each login session, and where older systems keep their list of them.
SESSIONS: Final = Path("/run/systemd/sessions")
LOGINS: Final = Path("/run/utmp")

# struct utmp of 64-bit Linux (utmp(5)): the type, and the name of the user, are all that is read of it.
_LOGIN: Final = struct.Struct("<hxxi32s4s32s256s8siii16s20x")
_USER_PROCESS: Final = 7
#: States and classes of sessions in which nobody is there (sd_session_get_state(3), sd_session_get_class(3)).
_GONE: Final = frozenset({"closing"})
_NOBODY: Final = frozenset({"background", "manager", "manager-early", "greeter", "none"})


def others_logged_in(own: int, sessions: Path = SESSIONS, logins: Path = LOGINS) -> tuple[str, ...]:
    """The names of users, other than the one with the id ``own``, who have a login session here.

    The superuser counts as nobody else: whoever is that needs no port of ours. What cannot be read tells of nobody.
    """
    import pwd

    found: set[str] = set(_by_logins(logins))
    for user in _by_sessions(sessions):
        try:
            found.add(pwd.getpwuid(user).pw_name)
        except KeyError:
            found.add(str(user))
    ours = {0, own}
    return tuple(sorted(name for name in found if _id_of(name) not in ours))


def _id_of(name: str) -> int | None:
    import pwd

    try:
        return pwd.getpwnam(name).pw_uid
    except KeyError:
        return int(name) if name.isdigit() else None


def _by_sessions(folder: Path) -> Iterator[int]:
    try:
        files = [Path(entry.path) for entry in os.scandir(folder) if entry.is_file()]
    except OSError:
        return
    for file in files:
        said = _assignments(file)
        if said.get("STATE") in _GONE or said.get("CLASS") in _NOBODY:
            continue
        if said.get("UID", "").isdigit():
            yield int(said["UID"])


def _assignments(file: Path) -> dict[str, str]:
    try:
        lines = file.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return {}
    return dict(line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))


def _by_logins(file: Path) -> Iterator[str]:
    try:
        content = file.read_bytes()
    except OSError:
        return
    for at in range(0, len(content) - _LOGIN.size + 1, _LOGIN.size):
        kind, process, _, _, name, *_ = _LOGIN.unpack_from(content, at)
        if kind == _USER_PROCESS and _runs(process):
            yield name.split(b"\0", 1)[0].decode("utf-8", "replace")


def _runs(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True
