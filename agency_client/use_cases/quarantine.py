"""Putting away what did not verify: nothing of a bad object reaches a screen or a log."""

from __future__ import annotations

from agency_client.ports.vault import (
    Alert,
    Families,
    Quarantined,
)
from agency_client.use_cases.home import Home
from phoenix_protocol import schema
from phoenix_protocol.api import FeedItem, Offer
from phoenix_protocol.errors import PhoenixError, TamperError
from phoenix_protocol.package.envelope import Core
from phoenix_protocol.suite.hashing import sha256


def put_away(home: Home, item: FeedItem, error: PhoenixError) -> None:
    """Quarantine and alarm: nothing of a bad object reaches a screen or a log."""
    now = home.clock.now()
    content = item.object or b""
    with home.vault.transaction() as tx:
        if content:
            tx.quarantine.add(
                Quarantined(digest=sha256(content), code=error.code, time=now, content=content)
            )
        tx.alerts.add(Alert(code=error.code, core=item.core, about=item.kind.value, time=now))
        tx.audit.append(
            time=now,
            actor=home.actor(),
            action=f"feed.{item.kind.value}",
            on=item.core,
            outcome=error.code,
        )


def require_unspoilt(view: Families, text: str) -> None:
    """Raise TamperError with its code when a package whose id begins with ``text`` was put away.

    What the sender's side says of its id may have been changed too: it decides nothing but this.
    """
    for digest, code, _ in view.quarantine.listing():
        bad = view.quarantine.get(digest)
        if bad is not None and bad.content is not None and _claims(bad.content, text):
            raise TamperError(
                code, "A package of this id came and did not verify. None of it is shown."
            )


def _claims(content: bytes, text: str) -> bool:
    try:
        offer = schema.decode(Offer, content, limit=len(content))
        return schema.decode(Core, offer.core).package.hex().startswith(text)
    except PhoenixError:
        return False
