"""One transaction: a connection, the storage keys, and one attribute for each family of rows."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy import Connection

from phoenix_protocol.identifiers import EndpointId
from phoenix_protocol.randomness import Randomness
from phoenix_relay.storage.claims import Claims
from phoenix_relay.storage.day_keys import DayKeys
from phoenix_relay.storage.epochs import Epochs
from phoenix_relay.storage.expiry import Expiry
from phoenix_relay.storage.facts import Facts
from phoenix_relay.storage.feed import Feed
from phoenix_relay.storage.joins import Joins
from phoenix_relay.storage.log import Log
from phoenix_relay.storage.nonces import Nonces
from phoenix_relay.storage.packages import Packages
from phoenix_relay.storage.parts import Parts
from phoenix_relay.storage.quotas import Quotas
from phoenix_relay.storage.sayings import Sayings
from phoenix_relay.storage.tally import Tally
from phoenix_relay.storage.uploads import Uploads


@dataclass(frozen=True, slots=True, kw_only=True)
class Tx:
    """What a change or a question gets to work with. ``touched``: whose feeds it put something into."""

    connection: Connection
    day_keys: DayKeys
    randomness: Randomness
    touched: set[EndpointId] = field(default_factory=set)

    @property
    def log(self) -> Log:
        """The directory's log and its openings."""
        return Log(self.connection)

    @property
    def joins(self) -> Joins:
        """Join requests that wait."""
        return Joins(self.connection)

    @property
    def epochs(self) -> Epochs:
        """Published epoch keys."""
        return Epochs(self.connection)

    @property
    def parts(self) -> Parts:
        """The sealed bytes of packages."""
        return Parts(self.connection, self.day_keys)

    @property
    def packages(self) -> Packages:
        """Packages, deliveries, and where each is."""
        return Packages(self.connection, self.parts, self.uploads)

    @property
    def sayings(self) -> Sayings:
        """What was said of packages."""
        return Sayings(self.connection, self.day_keys)

    @property
    def feed(self) -> Feed:
        """What endpoints should know."""
        return Feed(self.connection, self.sayings, self.touched)

    @property
    def uploads(self) -> Uploads:
        """Bodies, on their way and here."""
        return Uploads(self.connection, self.day_keys, self.randomness)

    @property
    def nonces(self) -> Nonces:
        """Nonces that were spent."""
        return Nonces(self.connection)

    @property
    def claims(self) -> Claims:
        """Which partnership has this relay."""
        return Claims(self.connection)

    @property
    def facts(self) -> Facts:
        """Single values by name."""
        return Facts(self.connection)

    @property
    def quotas(self) -> Quotas:
        """What was used of quotas."""
        return Quotas(self.connection)

    @property
    def expiry(self) -> Expiry:
        """What is due to be warned of, expired or deleted: for the sweeper."""
        return Expiry(self.connection)

    @property
    def tally(self) -> Tally:
        """Counts, for whoever runs the relay."""
        return Tally(self.connection)
