"""What a hold does on this machine, in words: for the command line and for pages. Pure."""

from __future__ import annotations

from typing import Final

#: An order that said nothing new here.
KNOWN: Final = "This was known already; nothing changed."
#: A hold that keeps nothing, which is often a name that was written otherwise.
REACHES_NOTHING: Final = "It reaches nothing on this machine now. Check the name or reference."


def reach_in_words(number: int) -> str:
    """How many packages a hold reaches now."""
    if not number:
        return REACHES_NOTHING
    packages = "1 package" if number == 1 else f"{number:,} packages"
    return f"It reaches {packages} on this machine now."
