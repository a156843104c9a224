"""A file that somebody chose, as pages name it before it is signed: its name, its size and its SHA-256."""

from __future__ import annotations

from dataclasses import dataclass, field

from phoenix_protocol.suite.hashing import sha256

#: So many characters of a file's name are kept.
_LONGEST = 255


@dataclass(frozen=True, slots=True, kw_only=True)
class ChosenFile:
    """What tells a file from another: ``size`` in bytes, ``digest`` the SHA-256 in hex."""

    name: str = field(repr=False)
    size: int
    digest: str


def chosen_file(name: str, data: bytes) -> ChosenFile:
    """A file as pages name it."""
    return ChosenFile(name=name[:_LONGEST], size=len(data), digest=sha256(data).hex())
