"""The relay's store: one writer with group commit, reads beside it, storage keys outside it (docs/protocol.md §7).

``await store.write(change)`` runs ``change(tx)`` in a savepoint of its own inside a batch that is committed once,
durably; ``await store.read(question)`` runs ``question(tx)`` on a snapshot that cannot be written to. A transaction has
one attribute for each family of rows: ``tx.log``, ``tx.joins``, ``tx.epochs``, ``tx.packages``, ``tx.sayings``,
``tx.feed``, ``tx.uploads``, ``tx.nonces``, ``tx.claims``, ``tx.quotas``. What is secret of a package is sealed under
the storage key of its expiry day on its way in, and unsealed on its way out.
"""

from __future__ import annotations

from phoenix_relay.storage.store import Store
from phoenix_relay.storage.transaction import Tx

__all__ = ["Store", "Tx"]
