"""A program that writes to a vault and says when each transaction has returned. Run and killed by
tests.

``python -m tests.client.vault_writer HOME MODE``, where MODE is ``many`` (transactions for ever),
``middle`` (stops inside one that is larger than memory keeps), ``count`` (200 increments) or
``blob`` (stops inside a blob).
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from agency_client.ports.vault.settings import FEED_CURSOR
from tests.client.vault_values import (
    contents,
    core_hash,
    digest,
    event,
    fill,
    offer,
    opened,
    posting,
    received,
    record,
)


def say(text: object) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def many(home: Path) -> None:
    with opened(home) as vault:
        for n in range(1_000_000):
            with vault.transaction() as tx:
                tx.received.add(received(n), offer(n))
                tx.contents.put(core_hash(n), contents(n))
                tx.events.add(event(n))
                tx.postings.add(posting(n))
                record(tx, n)
            say(n)


def middle(home: Path) -> None:
    with opened(home) as vault:
        with vault.transaction() as tx:
            fill(tx, 0)
        with vault.transaction() as tx:
            for n in range(1, 260):
                tx.received.add(received(n), offer(n))
                tx.contents.put(core_hash(n), contents(n, sections=20))
                record(tx, n)
            say("middle")
            time.sleep(60)


def count(home: Path) -> None:
    with opened(home) as vault:
        for n in range(200):
            with vault.transaction() as tx:
                tx.settings.put(FEED_CURSOR, (tx.settings.get(FEED_CURSOR) or 0) + 1)
                record(tx, n)
    say("done")


def blob(home: Path) -> None:
    with opened(home) as vault, vault.blobs.create(digest("blob")) as writer:
        writer.write(bytes(1 << 20))
        say("middle")
        time.sleep(60)


if __name__ == "__main__":
    {"many": many, "middle": middle, "count": count, "blob": blob}[sys.argv[2]](Path(sys.argv[1]))
