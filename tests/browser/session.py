"""Somebody who is in, for requests byte for byte: what a browser keeps of an app that it opened."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from tests.browser.apps import App
from tests.browser.raw import Answer, asked, written

Headers = Sequence[tuple[str, str]]

_TOKEN = re.compile(r'name="form_token" value="([0-9a-f]{64})"')


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """Somebody who is in: the address of an app, the cookie and the token of its forms."""

    authority: str
    cookie: str
    token: str

    @property
    def ours(self) -> Headers:
        """What the app's own pages send along."""
        return (
            ("Host", self.authority),
            ("Cookie", self.cookie),
            ("Origin", f"http://{self.authority}"),
            ("Sec-Fetch-Site", "same-origin"),
        )

    def without(self, *names: str) -> Headers:
        return tuple(pair for pair in self.ours if pair[0] not in names)

    def get(self, path: str, headers: Headers | None = None) -> Answer:
        return asked(
            self.authority, written("GET", path, self.ours if headers is None else headers)
        )

    def post(
        self, path: str, headers: Headers | None = None, *, body: str = "", token: str | None = None
    ) -> Answer:
        form = f"form_token={self.token if token is None else token}&{body}".encode()
        head = self.ours if headers is None else headers
        return asked(self.authority, written("POST", path, head, form))


def begun(app: App) -> Session:
    """Open the link as a browser would."""
    path = "/launch/" + app.link.partition("/launch/")[2]
    answer = asked(app.authority, written("GET", path, [("Host", app.authority)]))
    cookie = answer.cookies[0].partition(";")[0]
    headers = [("Host", app.authority), ("Cookie", cookie)]
    page = asked(app.authority, written("GET", "/share", headers))
    found = _TOKEN.search(page.text)
    assert found is not None, page.text
    return Session(authority=app.authority, cookie=cookie, token=found[1])
