"""Where a passphrase comes from, and the one rule that it must keep: twelve characters or more.

A passphrase comes from a prompt or from the file that ``PHOENIX_PASSPHRASE_FILE`` names. It never
comes from an argument, where every process of the machine could read it.
"""

from __future__ import annotations

import os
import stat
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from phoenix_protocol.errors import LockedError, RefusedError

VARIABLE: Final = "PHOENIX_PASSPHRASE_FILE"
#: Fewest characters of a new passphrase. There is no other rule.
SHORTEST: Final = 12
_LARGEST_FILE: Final = 4096

#: Asks a person: takes the text of the prompt, gives what was typed (without showing it).
Prompt = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Passphrase:
    """What a person types or keeps in a file. It never shows itself."""

    text: str = field(repr=False)

    @property
    def encoded(self) -> bytes:
        """The bytes that the key is derived from: UTF-8 of NFC, so that every keyboard agrees."""
        return unicodedata.normalize("NFC", self.text).encode("utf-8", "surrogatepass")

    def check_new(self) -> None:
        """Raise RefusedError ``E_PASSPHRASE_SHORT`` when it is too short for a new keystore."""
        if len(unicodedata.normalize("NFC", self.text)) < SHORTEST:
            raise RefusedError(
                "E_PASSPHRASE_SHORT",
                f"A passphrase has at least {SHORTEST} characters.",
                next="Choose a longer one: three or four words that do not belong together.",
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A passphrase and what to warn about: texts for people, without secrets."""

    passphrase: Passphrase
    warnings: tuple[str, ...] = ()


def find(
    environment: Mapping[str, str], prompt: Prompt | None = None, *, is_new: bool = False
) -> Found:
    """The passphrase from the file that ``environment`` names, otherwise from ``prompt``.

    ``prompt`` is None where nobody can be asked. A new passphrase is asked for twice. Raises
    LockedError ``E_LOCKED`` when there is none, and RefusedError ``E_PASSPHRASE_SHORT`` or
    ``E_PASSPHRASE_DIFFERS`` for a new one that cannot be used.
    """
    named = environment.get(VARIABLE)
    if named:
        found = from_file(Path(named))
    elif prompt is not None:
        found = Found(passphrase=_asked(prompt, is_new))
    else:
        raise LockedError("E_LOCKED", "The passphrase is needed, and there is nobody to ask.")
    if is_new:
        found.passphrase.check_new()
    return found


def from_file(path: Path) -> Found:
    """The passphrase in a file, without the newline that it may end in.

    Warns when others can read the file. Raises LockedError ``E_LOCKED`` when it cannot be read.
    """
    try:
        with path.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            content = file.read(_LARGEST_FILE + 1)
        text = content.decode("utf-8")
    except (OSError, ValueError):
        raise _unusable("cannot be read as text") from None
    if len(content) > _LARGEST_FILE:
        raise _unusable(f"is larger than {_LARGEST_FILE} bytes")
    return Found(passphrase=Passphrase(_without_newline(text)), warnings=_warnings(mode))


def _without_newline(text: str) -> str:
    return text.removesuffix("\n").removesuffix("\r") if text.endswith("\n") else text


def _warnings(mode: int) -> tuple[str, ...]:
    # A pipe or a descriptor handed over by a service manager has no permissions worth a warning.
    if stat.S_ISREG(mode) and mode & 0o077:
        return (
            "Other users of this machine can read the passphrase file. "
            "Make it yours alone: chmod 600.",
        )
    return ()


def _asked(prompt: Prompt, is_new: bool) -> Passphrase:
    first = prompt(
        f"New passphrase (at least {SHORTEST} characters): " if is_new else "Passphrase: "
    )
    if is_new and prompt("The same again: ") != first:
        raise RefusedError(
            "E_PASSPHRASE_DIFFERS",
            "The two passphrases are not the same.",
            next="Repeat the command. Nothing was changed.",
        )
    return Passphrase(first)


def _unusable(why: str) -> LockedError:
    return LockedError(
        "E_LOCKED",
        f"The passphrase file {why}.",
        next=f"Put the passphrase, and nothing else, into the file that {VARIABLE} names.",
    )
