"""The one session of the app: begun by a launch token that works once, known by a cookie, bound into every form."""

from __future__ import annotations

import hmac
from dataclasses import dataclass, field
from typing import Final

from phoenix_protocol.randomness import Randomness

#: The cookie of a session. Its name holds the port: cookies of one machine are shared by all its ports.
COOKIE: Final = "phoenix-{port}"
_BYTES: Final = 32


@dataclass(slots=True)
class Sessions:
    """At most one launch token that nobody used yet, and at most one session."""

    randomness: Randomness
    _launch: str | None = field(default=None, repr=False)
    _session: str | None = field(default=None, repr=False)
    _form: str = field(default="", repr=False)

    def new_launch(self) -> str:
        """A token that begins a session, once. An older one that nobody used is void."""
        self._launch = self._secret()
        return self._launch

    def begin(self, token: str) -> str | None:
        """The value of the cookie of a new session, or None for a token that is not, or no longer, good."""
        if self._launch is None or not _same(token, self._launch):
            return None
        self._launch = None
        self._session, self._form = self._secret(), self._secret()
        return self._session

    def knows(self, cookie: str | None) -> bool:
        """Whether a cookie is that of the session."""
        return cookie is not None and self._session is not None and _same(cookie, self._session)

    @property
    def form_token(self) -> str:
        """What every form of the session sends back."""
        return self._form

    def is_form_token(self, token: str) -> bool:
        """Whether a form was made for this session."""
        return bool(self._form) and _same(token, self._form)

    def end(self) -> None:
        """Nobody is in any more."""
        self._launch = self._session = None
        self._form = ""

    def _secret(self) -> str:
        return self.randomness.random_bytes(_BYTES).hex()


def _same(given: str, known: str) -> bool:
    return hmac.compare_digest(given.encode("utf-8", "surrogatepass"), known.encode())
