"""Nonces of changes, spent in the change's own transaction (docs/protocol.md §8)."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Connection

from phoenix_protocol.errors import RefusedError
from phoenix_protocol.identifiers import Seconds
from phoenix_relay.storage.prepared import Prepared
from phoenix_relay.storage.sqlite import insert_new
from phoenix_relay.storage.tables import NONCES

_SPEND: Final = Prepared(insert_new(NONCES))


class Nonces:
    """Each once for each key."""

    __slots__ = ("_connection",)

    def __init__(self, connection: Connection) -> None:
        self._connection: Final = connection

    def spend(self, keyid: str, nonce: str, expires: Seconds) -> None:
        """Remember a nonce until ``expires``. Raises RefusedError ``E_REQ_SIG`` when it was spent before."""
        row = {"keyid": keyid, "nonce": nonce, "expires": expires}
        if _SPEND.run(self._connection, row) == 0:
            raise RefusedError("E_REQ_SIG", "This request was made before.")
