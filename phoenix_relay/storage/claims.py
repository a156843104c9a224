"""Which partnership has this relay, and the claim with which one may take it (docs/protocol.md §9)."""

from __future__ import annotations

import hmac
from typing import Final

from sqlalchemy import Connection

from phoenix_protocol.errors import RefusedError
from phoenix_protocol.identifiers import Anchor, Seconds
from phoenix_protocol.suite.hashing import sha256
from phoenix_relay.storage.facts import Fact, Facts
from phoenix_relay.storage.rows import Taken


class Claims:
    """A claim is used once, by one partnership. Only its digest is kept."""

    __slots__ = ("_facts",)

    def __init__(self, connection: Connection) -> None:
        self._facts: Final = Facts(connection)

    def make(self, claim: str) -> None:
        """Let ``claim`` be the one that takes this relay."""
        self._facts.put(Fact.CLAIM, digest_of(claim))

    def taken(self) -> Taken | None:
        """Who took this relay, if anybody."""
        anchor = self._facts.get(Fact.ANCHOR)
        if anchor is None:
            return None
        return Taken(anchor=Anchor(anchor), time=Seconds(self._facts.number(Fact.TAKEN)))

    def take(self, claim: str, anchor: Anchor, now: Seconds) -> None:
        """Give the relay to ``anchor``. The same claim and anchor again change nothing.

        Raises RefusedError ``E_NOT_FOUND`` when the claim is not the one that was made, ``E_CONFLICT`` when another
        partnership took it.
        """
        made = self._facts.get(Fact.CLAIM)
        if made is None or not hmac.compare_digest(made, digest_of(claim)):
            raise RefusedError("E_NOT_FOUND", "This is not this relay's claim.")
        taken = self.taken()
        if taken is not None and taken.anchor != anchor:
            raise RefusedError("E_CONFLICT", "Another partnership has taken this relay.")
        if taken is None:
            self._facts.put(Fact.ANCHOR, anchor)
            self._facts.put(Fact.TAKEN, str(now).encode())


def digest_of(claim: str) -> bytes:
    """What is kept of a claim."""
    # Base 32 is read out and typed in either case.
    return sha256(claim.strip().lower().encode())
