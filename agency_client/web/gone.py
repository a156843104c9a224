"""A draft that is not there any more, as on a page that somebody went back to: what became of it, and where it is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from agency_client.ports.vault.drafts import Draft
from agency_client.record import listed
from phoenix_protocol.errors import RefusedError

if TYPE_CHECKING:
    from agency_client.web.asked import Asked

_SENT_PAGE: Final = re.compile(r"/share/sent/([0-9a-f]{32})")
_THROWN_AWAY: Final = ""


class DraftGoneError(RefusedError):
    """There is no such draft any more. ``links`` lead to where it may be: path and words."""

    def __init__(self, heading: str, what: str, links: tuple[tuple[str, str], ...]) -> None:
        super().__init__("E_NOT_FOUND", what, next=listed.SENT)
        self.heading = heading
        self.links = links


class Went:
    """What became of the drafts of this sitting, by their ids. In memory alone."""

    def __init__(self) -> None:
        self._to: Final[dict[str, str]] = {}

    def sent(self, draft: str, page: str) -> None:
        """A draft was sent or recorded; ``page`` is what follows."""
        self._to[draft] = _SENT_PAGE.sub(r"/sent/\1", page)

    def thrown_away(self, draft: str) -> None:
        """A draft was thrown away."""
        self._to[draft] = _THROWN_AWAY

    def error_of(self, draft: str) -> DraftGoneError:
        """What a page of a draft says that is not there."""
        lists = (("/sent", "See what was sent"), ("/share", "See your drafts"))
        where = self._to.get(draft)
        if where is None:
            what = "It may have been sent, or thrown away."
            return DraftGoneError("This draft is not here any more", what, lists)
        if where == _THROWN_AWAY:
            what = "It went for good, with its files. Nobody else has seen it."
            return DraftGoneError("You threw this draft away", what, lists[1:])
        what = "It has gone as you wrote it, and is a draft no more."
        return DraftGoneError("This was sent", what, ((where, "See what you sent"),))


def find_draft(asked: Asked, draft: str) -> Draft:
    """A draft by its id. Raises :class:`DraftGoneError`."""
    try:
        found: Draft = asked.client.find_draft(draft)
    except RefusedError as error:
        if error.code != "E_NOT_FOUND":
            raise
        raise asked.desk.went.error_of(draft) from None
    return found
