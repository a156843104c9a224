"""The claim: what lets one partnership take this relay, and proves the relay's keys to it (docs/protocol.md §9).

``phoenix-claim-`` and base 32 of 20 random bytes and the first 20 of the SHA-256 of the encoded RelayKeys: who has the
claim from the operator can tell whether the keys that a relay shows are the ones it was made with.
"""

from __future__ import annotations

import base64
from typing import Final

from phoenix_protocol import schema
from phoenix_protocol.directory.statements import RelayKeys
from phoenix_protocol.randomness import Randomness
from phoenix_protocol.suite.hashing import sha256

PREFIX: Final = "phoenix-claim-"
#: Bytes of the secret, and of the digest.
HALF: Final = 20


def make_claim(keys: RelayKeys, randomness: Randomness) -> str:
    """A new claim for the relay with these keys."""
    secret = randomness.random_bytes(HALF)
    digest = sha256(schema.encode(keys))[:HALF]
    return PREFIX + base64.b32encode(secret + digest).decode().lower()
