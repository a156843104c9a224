"""Putting away what did not verify: nothing of a bad object reaches a screen or a log."""

from __future__ import annotations

from agency_client.ports.vault import (
    Alert,
    Quarantined,
)
from agency_client.use_cases.home import Home
from phoenix_protocol.api import FeedItem
from phoenix_protocol.errors import PhoenixError
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
