"""One transaction: a connection, the storage keys, and one attribute for each family of rows."""

from __future__ import annotations

from phoenix_relay.storage.claims import Claims
from phoenix_relay.storage.epochs import Epochs
from phoenix_relay.storage.feed import Feed
from phoenix_relay.storage.joins import Joins
from phoenix_relay.storage.log import Log
from phoenix_relay.storage.nonces import Nonces
from phoenix_relay.storage.packages import Packages
from phoenix_relay.storage.quotas import Quotas
from phoenix_relay.storage.sayings import Sayings
from phoenix_relay.storage.uploads import Uploads


class Tx:
    """What a change or a question gets to work with."""

    log: Log
    joins: Joins
    epochs: Epochs
    packages: Packages
    sayings: Sayings
    feed: Feed
    uploads: Uploads
    nonces: Nonces
    claims: Claims
    quotas: Quotas
