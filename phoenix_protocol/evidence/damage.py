"""Where a bundle is damaged: every failure is one of verification, and names its place (docs/protocol.md §6.11)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from phoenix_protocol.errors import PhoenixError, Problem, TamperError

_NEXT: Final = (
    "Do not rely on this file: it is damaged, or was changed. Ask whoever made it for another copy."
)


#: Nothing is wrong with a file of another partnership, and the wrong anchor is what is most easily given.
_NEXT_BY_CODE: Final = {
    "E_ANCHOR": (
        "Check the anchor first: it is that of the partnership in which the package was sent, and comes from somebody "
        "else than this file. If it is right, do not rely on this file: ask whoever made it for another copy."
    )
}


class DamagedError(TamperError):
    """A bundle that does not verify. ``place`` is a path such as ``part[2].item[4]``, counted from 1."""

    def __init__(self, code: str, what: str, place: str) -> None:
        next_ = _NEXT_BY_CODE.get(code, _NEXT)
        super().__init__(
            code,
            f"The bundle does not verify at {place}: {what}",
            next=next_,
            problems=[Problem(code=code, message=what, next=next_, place=place)],
        )
        self.place: Final = place
        self.why: Final = what


@contextmanager
def at(place: str) -> Iterator[None]:
    """Whatever fails inside fails at ``place``, and at the place inside it that is known already.

    A rule that refuses is a failure as well: out of a file that claims to prove something, all of them are.
    """
    try:
        yield
    except DamagedError as error:
        raise DamagedError(error.code, error.why, f"{place}.{error.place}") from None
    except PhoenixError as error:
        raise DamagedError(error.code, error.what, place) from None


def numbered(what: str, index: int) -> str:
    """The place of one of several; ``index`` counts from 0."""
    return f"{what}[{index + 1}]"
