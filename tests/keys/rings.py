"""Key rings for tests: a cheap passphrase, a fixed time, contents with every kind of key."""

from __future__ import annotations

from pathlib import Path

import keys
from keys import content as contents
from keys import holders
from keys.content import Content
from keys.keystore import Keystore, create_keystore
from keys.passphrase import Passphrase
from keys.wrapping import Cost
from phoenix_protocol.identifiers import Address, AgencyId, Anchor, Seconds
from phoenix_protocol.randomness import Randomness, SystemRandomness

CHEAP = Cost(memory_kib=64, iterations=1, lanes=1)
PASSPHRASE = Passphrase("correct horse battery")
WRONG = Passphrase("correct horse batterx")
#: A Wednesday: 2026-11-18T12:00:00Z.
NOW = Seconds(1_795_003_200)
ANCHOR = Anchor(bytes(range(32)))
DESK = Address("mash@ardenfold-police")
POLICE = AgencyId("ardenfold-police")
SYSTEM = SystemRandomness()


def with_desk(content: Content, now: Seconds = NOW, randomness: Randomness = SYSTEM) -> Content:
    """``content`` with an endpoint that waits for approval."""
    return holders.with_endpoint(
        content, anchor=ANCHOR, address=DESK, name="MASH desk", now=now, randomness=randomness
    )


def full(randomness: Randomness = SYSTEM) -> Content:
    """A content with every kind of key."""
    content = holders.with_person(contents.empty(NOW, randomness), "Sam Reeve", randomness)
    content = holders.with_governance(content, randomness)
    content = holders.with_root(content, POLICE, randomness)
    content = holders.with_manager(content, POLICE, randomness)
    return with_desk(content, randomness=randomness)


def new_keystore(home: Path) -> Keystore:
    """A keystore that guesses cheaply, with nothing in it."""
    return create_keystore(home, PASSPHRASE, NOW, cost=CHEAP)


def reopened(home: Path) -> Keystore:
    """The keystore of ``home``, by its passphrase."""
    return keys.open_keystore(home, PASSPHRASE, cost=CHEAP)


def counted(content: Content) -> Content:
    """One more row in the audit chain."""
    return contents.with_audit(content, bytes(32), content.audit.counter + 1)
