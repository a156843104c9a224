"""The tables, defined once (docs/protocol.md §7). Secret bytes stand in ``parts`` and ``details``, sealed."""

from __future__ import annotations

from typing import Final

from sqlalchemy import (
    Boolean,
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

#: The version of this schema. ``serve`` refuses another; ``upgrade`` brings an older one up.
SCHEMA_VERSION: Final = 1

METADATA: Final = MetaData()

#: Single values by name: schema version, origin, claim, who took the relay.
FACTS: Final = Table(
    "facts",
    METADATA,
    Column("name", String(64), primary_key=True),
    Column("value", LargeBinary, nullable=False),
)

LEAVES: Final = Table(
    "leaves",
    METADATA,
    Column("place", Integer, primary_key=True, autoincrement=False),
    Column("hash", LargeBinary(32), nullable=False, unique=True),
    Column("statement", LargeBinary, nullable=False),
)

#: The root after each append: what ``check`` holds the leaves against.
ROOTS: Final = Table(
    "roots",
    METADATA,
    Column("size", Integer, primary_key=True, autoincrement=False),
    Column("root", LargeBinary(32), nullable=False),
)

OPENINGS: Final = Table(
    "openings",
    METADATA,
    Column("place", Integer, primary_key=True, autoincrement=False),
    Column("commitment", LargeBinary(32), primary_key=True),
    Column("kind", String(64), nullable=False),
    Column("salt", LargeBinary(32), nullable=False),
    Column("text", Text, nullable=False),
    Index("openings_commitment", "commitment"),
)

JOINS: Final = Table(
    "joins",
    METADATA,
    Column("request", LargeBinary(32), primary_key=True),
    Column("code", String(32), nullable=False, unique=True),
    Column("agency", String(256), nullable=False),
    Column("address", String(256), nullable=False),
    Column("joining", LargeBinary, nullable=False),
    Column("created", Integer, nullable=False),
    Column("expires", Integer, nullable=False, index=True),
    Index("joins_agency", "agency", "created"),
)

EPOCHS: Final = Table(
    "epochs",
    METADATA,
    Column("endpoint", LargeBinary(32), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("hash", LargeBinary(32), nullable=False),
    Column("valid_from", Integer, nullable=False),
    Column("valid_until", Integer, nullable=False),
    Column("opens_until", Integer, nullable=False, index=True),
    Column("signed", LargeBinary, nullable=False),
    UniqueConstraint("endpoint", "hash"),
)

#: ``warn_at`` is when the sender is to be warned next, None when never again.
PACKAGES: Final = Table(
    "packages",
    METADATA,
    Column("core", LargeBinary(32), primary_key=True),
    Column("core_bytes", LargeBinary),
    Column("package", LargeBinary(16), nullable=False),
    Column("sender", LargeBinary(32), nullable=False),
    Column("agency", String(256), nullable=False),
    Column("created", Integer, nullable=False),
    Column("expires", Integer, nullable=False),
    Column("day", Integer, nullable=False),
    Column("held", Integer, nullable=False),
    Column("body", LargeBinary(16)),
    Column("leaves", LargeBinary, nullable=False),
    Column("expired", Boolean, nullable=False),
    Column("warn_at", Integer),
    UniqueConstraint("sender", "package"),
    Index("packages_due", "expired", "expires"),
    Index("packages_warn", "warn_at"),
    Index("packages_lost", "core", sqlite_where=text("day = 0")),
    Index("packages_body", "body", sqlite_where=text("body IS NOT NULL")),
)

DELIVERIES: Final = Table(
    "deliveries",
    METADATA,
    Column("core", LargeBinary(32), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("hash", LargeBinary(32), nullable=False),
    Column("signed", LargeBinary),
    Column("held", LargeBinary, nullable=False),
    Column("held_hash", LargeBinary(32), nullable=False),
    Column("time", Integer, nullable=False),
)

RECIPIENTS: Final = Table(
    "recipients",
    METADATA,
    Column("core", LargeBinary(32), primary_key=True),
    Column("endpoint", LargeBinary(32), primary_key=True),
    Column("address", String(256), nullable=False),
    Column("why", String(16), nullable=False),
    Column("records", Boolean, nullable=False),
    Column("number", Integer, nullable=False),
    Column("delivery", LargeBinary(32), nullable=False),
    Column("state", String(16), nullable=False),
    Column("since", Integer, nullable=False),
    Column("counter", Integer, nullable=False),
    sqlite_with_rowid=False,
)

#: Sealed bytes of a package: cover and inline body (no endpoint), capsule and grant (of an endpoint).
PARTS: Final = Table(
    "parts",
    METADATA,
    Column("core", LargeBinary(32), primary_key=True),
    Column("endpoint", LargeBinary(32), primary_key=True),
    Column("part", String(16), primary_key=True),
    Column("day", Integer, nullable=False, index=True),
    Column("sealed", LargeBinary, nullable=False),
)

SAYINGS: Final = Table(
    "sayings",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("hash", LargeBinary(32), nullable=False, unique=True),
    Column("kind", String(16), nullable=False),
    Column("core", LargeBinary(32), nullable=False, index=True),
    Column("maker", LargeBinary(32)),
    Column("signed", LargeBinary, nullable=False),
    Column("time", Integer, nullable=False, index=True),
    Column("answer", LargeBinary(32)),
    sqlite_autoincrement=True,
)

#: The sealed detail of a saying, under a day of its own: it may outlive the package.
DETAILS: Final = Table(
    "details",
    METADATA,
    Column("saying", LargeBinary(32), primary_key=True),
    Column("day", Integer, nullable=False, index=True),
    Column("sealed", LargeBinary, nullable=False),
)

FEED: Final = Table(
    "feed",
    METADATA,
    Column("cursor", Integer, primary_key=True, autoincrement=True),
    Column("endpoint", LargeBinary(32), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("core", LargeBinary(32), nullable=False),
    Column("saying", LargeBinary(32)),
    Column("time", Integer, nullable=False, index=True),
    Index("feed_endpoint", "endpoint", "cursor"),
    sqlite_autoincrement=True,
)

#: ``claimed`` once a package had it; with no package left that needs it, it is collected.
BODIES: Final = Table(
    "bodies",
    METADATA,
    Column("id", LargeBinary(16), primary_key=True),
    Column("sender", LargeBinary(32), nullable=False),
    Column("digest", LargeBinary(32), nullable=False),
    Column("leaves", LargeBinary, nullable=False),
    Column("length", Integer, nullable=False),
    Column("day", Integer, nullable=False, index=True),
    Column("claimed", Boolean, nullable=False),
    Column("touched", Integer, nullable=False),
    UniqueConstraint("sender", "digest", "day"),
    Index("bodies_unclaimed", "claimed", "touched"),
)

NONCES: Final = Table(
    "nonces",
    METADATA,
    Column("keyid", String(256), primary_key=True),
    Column("nonce", String(256), primary_key=True),
    Column("expires", Integer, nullable=False, index=True),
    sqlite_with_rowid=False,
)

USAGE: Final = Table(
    "usage",
    METADATA,
    Column("subject", String(512), primary_key=True),
    Column("start", Integer, primary_key=True, autoincrement=False),
    Column("ends", Integer, nullable=False, index=True),
    Column("uses", Integer, nullable=False),
    Column("octets", Integer, nullable=False),
)
