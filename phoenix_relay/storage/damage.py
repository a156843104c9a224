"""Damage to what is kept of one package, which asking again does not mend (docs/protocol.md §7)."""

from __future__ import annotations

from typing import Final

from phoenix_protocol.errors import TamperError


class DamageError(TamperError):
    """Bytes of a package are damaged on the relay's disk while their storage key is right: ``E_DAMAGED``.

    ``file`` names where, under the relay's home: a body's random id and a block's number, or the database.
    """

    def __init__(self, file: str) -> None:
        self.file: Final = file
        super().__init__("E_DAMAGED", "The relay's disk has damaged what it held of this package.")
