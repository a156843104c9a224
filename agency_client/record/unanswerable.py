"""Answers that say that there is no answer: "not known" and "not applicable", which count once they say why.

The protocol wants something recorded, not something made up: "not known: the register was lost" is a good answer.
"""

from __future__ import annotations

import re
from typing import Final

_OPEN: Final = re.compile(
    r"\s*not[ _](?:known|applicable)\s*(?:[:,-]\s*(?P<reason>\S.*))?", re.IGNORECASE | re.DOTALL
)


def is_open(answer: str) -> bool:
    """Whether ``answer`` says that something is not known or not applicable, with or without the reason."""
    return _OPEN.fullmatch(answer) is not None


def lacks_reason(answer: str) -> bool:
    """Whether ``answer`` says that something is not known or not applicable, and not why."""
    found = _OPEN.fullmatch(answer)
    return found is not None and found["reason"] is None


def settled(answer: str | tuple[str, ...] | None) -> bool:
    """Whether ``answer`` really chooses or says something."""
    if isinstance(answer, str):
        return not is_open(answer)
    return any(entry and not is_open(entry) for entry in answer or ())
