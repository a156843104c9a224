"""What somebody was doing when the app locked: kept in memory until they are back, so that nothing is lost."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from aiohttp import web

from agency_client.web.forms import Form

_HERE: Final = "/"


@dataclass(slots=True)
class Held:
    """One form at most, and the page to go on with."""

    _path: str = _HERE
    _form: Form | None = field(default=None, repr=False)

    def keep(self, path: str, form: Form) -> None:
        """A form that came while the app was locked."""
        self._path, self._form = path, form

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

    def returned(self, request: web.Request) -> Form | None:
        """The form that waits, when this request sends it again: it carries ``?again`` and no fields."""
        if self._form is None or "again" not in request.query:
            return None
        if request.path != self._path.partition("?")[0]:
            return None
        form, self._form, self._path = self._form, None, _HERE
        return form
