"""How people name a record: by its number in this home, such as ``r12``. No id of a package begins so."""

from __future__ import annotations

import re
from typing import Final

from phoenix_protocol.errors import RefusedError

_NAME: Final = re.compile(r"r([1-9][0-9]{0,17})")


def record_name(number: int) -> str:
    """How people name a record: ``r12``. No id of a package begins so."""
    return f"r{number}"


def record_number(text: str) -> int:
    """The number of a record by its name. Raises RefusedError ``E_NOT_FOUND``."""
    found = _NAME.fullmatch(text.strip().lower())
    if found is None:
        raise RefusedError(
            "E_NOT_FOUND",
            "This is not the name of a record.",
            next="Records are named r1, r2 and so on: see 'phoenix register'.",
        )
    return int(found[1])


def is_record_name(text: str) -> bool:
    """Whether ``text`` names a record, and not a package."""
    return _NAME.fullmatch(text.strip().lower()) is not None
