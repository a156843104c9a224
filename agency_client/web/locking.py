"""What somebody was doing when the app locked: kept in memory until they are back, so that nothing is lost."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from aiohttp import web

from agency_client.web.forms import Form

_HERE: Final = "/"


#: The field of a form that a script sent while somebody was typing.
AUTOSAVE: Final = "autosave"
#: In the query of a form that waits and is sent again.
AGAIN: Final = "again"


@dataclass(slots=True)
class Held:
    """One form at most, and the page to go on with."""

    _path: str = _HERE
    _form: Form | None = field(default=None, repr=False)
    _was_pressed: bool = False

    def keep(self, path: str, form: Form) -> None:
        """A form that came while the app was locked. What a script saves never displaces what somebody pressed."""
        pressed = not form.has(AUTOSAVE)
        if pressed or self._form is None or not self._was_pressed:
            self._path, self._form = path, form.without(AUTOSAVE)
            self._was_pressed = pressed

    def look_for(self, path: str) -> None:
        """A page that was asked for while the app was locked. A form that waits goes first."""
        if self._form is None:
            self._path = path

    @property
    def path(self) -> str:
        """Where to go on."""
        return self._path

    @property
    def is_form(self) -> bool:
        """Whether a form waits to be sent again."""
        return self._form is not None

    def take(self) -> str:
        """Where to go on, once."""
        path, self._path = self._path, _HERE
        return path

    def returned(self, request: web.Request, form: Form) -> Form | None:
        """What a form says: the one that waits, when this request sends it again; None when none waits any more.

        A request that sends it again carries ``?again`` and no fields. One with fields for the same page is newer.
        """
        same = request.path == self._path.partition("?")[0]
        if AGAIN not in request.query:
            if same:
                self._forget()
            return form
        found = self._form if same else None
        if found is not None:
            self._forget()
        return found

    def _forget(self) -> None:
        self._path, self._form, self._was_pressed = _HERE, None, False
