"""What a package replaces and what replaced it, for scripts and for a person."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any


def replaced_json(replaced: Any) -> dict[str, Any]:
    """What a package replaces, and what replaced it."""
    return {
        "replaces": replaced.replaces.hex() if replaced.replaces is not None else None,
        "replaced_by": [package.hex() for package in replaced.replaced_by],
    }


def replaced_lines(replaced: Any) -> Iterator[str]:
    """The same for a person."""
    if replaced.replaces is not None:
        yield f"replaces {replaced.replaces.hex()[:12]}"
    for package in replaced.replaced_by:
        yield f"was REPLACED BY {package.hex()[:12]}"
