"""``init``: a new relay's home, with its keys, its database, and the claim that lets one partnership take it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from phoenix_protocol.errors import RefusedError, UsageError
from phoenix_protocol.randomness import Randomness
from phoenix_relay import custody
from phoenix_relay.claim import make_claim
from phoenix_relay.storage import durable, schemas
from phoenix_relay.storage.claims import Claims, digest_of
from phoenix_relay.storage.facts import Fact, Facts
from phoenix_relay.storage.sqlite import DATABASE, transaction

DEFAULT_URL: Final = "http://127.0.0.1:8080"


@dataclass(frozen=True, slots=True, kw_only=True)
class Founded:
    """What the operator hands on: the log's name and public key, and the claim, shown once."""

    origin: str
    log_key: bytes
    claim: str


def found(home: Path, url: str, randomness: Randomness) -> Founded:
    """Make a relay in ``home`` that members reach at ``url``.

    Raises UsageError ``E_URL`` for an address that is none, RefusedError ``E_CONFLICT`` when there is a relay already,
    UnavailableError ``E_RELAY`` for the disk.
    """
    url = checked_url(url)
    origin = origin_of(url)
    if (home / DATABASE).exists():
        raise _taken()
    with durable.disk_errors():
        durable.make_folder(home)
    custody.make(home, randomness)
    keys = custody.load(home, origin=origin, url=url)
    claim = make_claim(keys.public, randomness)
    facts = {
        Fact.ORIGIN: origin.encode(),
        Fact.URL: url.encode(),
        Fact.CLAIM: digest_of(claim),
    }
    with durable.disk_errors():
        schemas.create(home / DATABASE, facts)
    return Founded(origin=origin, log_key=keys.public.log_key, claim=claim)


def renew_claim(home: Path, randomness: Randomness) -> Founded:
    """A new claim in place of one that got lost, while nobody has taken the relay.

    Raises RefusedError ``E_CONFLICT`` when a partnership has it.
    """
    schemas.require_current(home / DATABASE)
    with transaction(home / DATABASE) as connection:
        facts, claims = Facts(connection), Claims(connection)
        if claims.taken() is not None:
            raise RefusedError(
                "E_CONFLICT",
                "A partnership has this relay already.",
                next="Make another relay with phoenix-relay init.",
            )
        origin, url = facts.text(Fact.ORIGIN), facts.text(Fact.URL)
        keys = custody.load(home, origin=origin, url=url)
        claim = make_claim(keys.public, randomness)
        claims.make(claim)
    return Founded(origin=origin, log_key=keys.public.log_key, claim=claim)


def checked_url(url: str) -> str:
    """``url`` without a slash at its end. Raises UsageError ``E_URL`` unless it is http or https with a host."""
    try:
        parts = urlsplit(url)
        well_formed = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        well_formed = False
    plain = url.isascii() and url.isprintable() and not any(c in url for c in " +")
    if not (well_formed and plain) or parts.query or parts.fragment or parts.username:
        raise UsageError(
            "E_URL",
            "This is not an address at which members can reach a relay.",
            next="Write it like https://relay.example.org or http://127.0.0.1:8080.",
        )
    return url.rstrip("/")


def origin_of(url: str) -> str:
    """The name of the log of the relay at ``url``: host, port and path, and ``/log``."""
    parts = urlsplit(url)
    return f"{parts.netloc.lower()}{parts.path}/log"


def _taken() -> RefusedError:
    return RefusedError(
        "E_CONFLICT",
        "There is a relay in this folder already.",
        next="Use it, or choose an empty folder with --home.",
    )
