"""The vault: everything a home keeps, encrypted at rest, durable when a transaction returns.

::

    with vault.transaction() as tx:  # durable when the block has ended; nothing when it raised
        tx.received.add(package, offer)
        tx.audit.append(...)
    with vault.reading() as view:  # one consistent moment; writing is refused
        view.received.inbox()

Calls block: a coroutine hands them to a thread. Transactions do not nest, and none
is held across an ``await``.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Protocol

from agency_client.audit.chain import EMPTY, AuditHead, AuditRow
from agency_client.ports.vault.alerts import Alert, Alerts, Quarantine, Quarantined
from agency_client.ports.vault.blobs import Blobs, BlobWriter
from agency_client.ports.vault.comparisons import Comparison, Comparisons
from agency_client.ports.vault.contents import (
    Contents,
    ContentsStore,
    StoredAttachment,
    StoredSection,
)
from agency_client.ports.vault.directory import Directory, KeptCheckpoint
from agency_client.ports.vault.drafts import Draft, DraftFile, Drafts
from agency_client.ports.vault.holds import Holds, StoredHold
from agency_client.ports.vault.needing import Counted, DueCount, Needing
from agency_client.ports.vault.notices import (
    HandingState,
    Notices,
    StoredAnswer,
    StoredHanding,
    StoredNotice,
)
from agency_client.ports.vault.onward import Onward, PassedOn
from agency_client.ports.vault.received import (
    Gap,
    OfferRecord,
    Received,
    ReceivedPackage,
    ReplayGuard,
    Seen,
)
from agency_client.ports.vault.records import Due, Dues, Record, Records
from agency_client.ports.vault.register import (
    Register,
    RegisterLine,
    SharedSection,
    Term,
    TermKind,
    Wanted,
)
from agency_client.ports.vault.replacements import Replacements
from agency_client.ports.vault.requests import (
    AskedOf,
    Escalation,
    QuestionAnswer,
    Reply,
    Requests,
    Side,
    StoredRequest,
)
from agency_client.ports.vault.restrictions import (
    Restriction,
    Restrictions,
    RestrictReason,
)
from agency_client.ports.vault.retention import (
    Copy,
    EraseReason,
    Erasure,
    Retained,
    Retention,
    Tombstone,
)
from agency_client.ports.vault.said_words import KeptWords, SaidWords
from agency_client.ports.vault.sayings import (
    Events,
    KeptObject,
    ObjectKind,
    Objects,
    Posting,
    Postings,
    Route,
    StoredEvent,
)
from agency_client.ports.vault.sent import (
    AddressProgress,
    Journey,
    Progress,
    Sent,
    SentDelivery,
    SentEndpoint,
    SentPackage,
    SentRecord,
    SentSummary,
    Sequences,
    SequenceUse,
    Shows,
)
from agency_client.ports.vault.settings import Setting, Settings

if TYPE_CHECKING:
    from phoenix_protocol.errors import Problem
    from phoenix_protocol.identifiers import PackageId, Seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class VaultHead:
    """How new a vault is. The keystore keeps the newest one, so that an older vault shows.

    ``generation`` counts the transactions that wrote, 0 where that is not known; ``audit`` is the
    end of the audit chain.
    """

    generation: int = 0
    audit: AuditHead = EMPTY


class Standing(Enum):
    """Whether a vault may be written. All but SOUND are for reading only."""

    SOUND = "sound"
    ROLLED_BACK = "E_STORE_ROLLBACK"  # older than the keystore knows it
    AUDIT_BROKEN = (
        "E_AUDIT_BROKEN"  # its audit chain is not a continuation of the one the keystore knows
    )
    READ_ONLY = "E_STORE_READ_ONLY"  # sound, on a disk that takes no writes


class Audit(Protocol):
    """The audit chain: appended only."""

    def append(
        self,
        *,
        time: Seconds,
        actor: str,
        action: str,
        on: bytes = b"",
        outcome: str = "done",
        detail: Mapping[str, str] | None = None,
    ) -> AuditRow:
        """Add one row. Codes only, no words: ValueError for anything that is not a code (see
        ``audit.chain``).
        """
        ...

    def head(self) -> AuditHead:
        """Count and hash of the newest row."""
        ...

    def rows(self, first: int = 1, count: int | None = None) -> tuple[AuditRow, ...]:
        """Rows from number ``first`` (from 1) on, as they are stored: ``audit.chain.verify`` judges
        them.
        """
        ...

    def packages(self, objects: Collection[bytes]) -> Mapping[bytes, PackageId]:
        """The package that each of these hashes is about: a core, an event, a notice, something
        posted. Hashes of anything else are left out.
        """
        ...


class Families(Protocol):
    """All that one transaction can see and do."""

    @property
    def settings(self) -> Settings: ...
    @property
    def directory(self) -> Directory: ...
    @property
    def received(self) -> Received: ...
    @property
    def guard(self) -> ReplayGuard: ...
    @property
    def contents(self) -> ContentsStore: ...
    @property
    def sent(self) -> Sent: ...
    @property
    def sequences(self) -> Sequences: ...
    @property
    def events(self) -> Events: ...
    @property
    def objects(self) -> Objects: ...
    @property
    def postings(self) -> Postings: ...
    @property
    def alerts(self) -> Alerts: ...
    @property
    def quarantine(self) -> Quarantine: ...
    @property
    def records(self) -> Records: ...
    @property
    def dues(self) -> Dues: ...
    @property
    def register(self) -> Register: ...
    @property
    def notices(self) -> Notices: ...
    @property
    def onward(self) -> Onward: ...
    @property
    def retention(self) -> Retention: ...
    @property
    def erasure(self) -> Erasure: ...
    @property
    def requests(self) -> Requests: ...
    @property
    def holds(self) -> Holds: ...
    @property
    def said_words(self) -> SaidWords: ...
    @property
    def drafts(self) -> Drafts: ...
    @property
    def needing(self) -> Needing: ...
    @property
    def comparisons(self) -> Comparisons: ...
    @property
    def restrictions(self) -> Restrictions: ...
    @property
    def replacements(self) -> Replacements: ...
    @property
    def audit(self) -> Audit: ...


class Vault(Protocol):
    """One open vault. Threads and processes may share its file; a writer waits for the writer
    before it.
    """

    @property
    def standing(self) -> Standing:
        """Whether it may be written, as found when it was opened."""
        ...

    @property
    def blobs(self) -> Blobs:
        """The ciphertext files. Write a blob before the transaction that refers to it."""
        ...

    def transaction(self) -> AbstractContextManager[Families]:
        """Read and write, all or nothing, durable when the block has ended.

        Raises TamperError ``E_STORE_ROLLBACK``, ``E_AUDIT_BROKEN`` when the vault is for reading
        only, ``E_STORE_INTEGRITY`` for damage; UnavailableError ``E_STORE_BUSY`` when another
        writer does not finish, ``E_STORE_FULL`` when the disk is full, ``E_STORE_READ_ONLY`` when
        it can only be read.
        """
        ...

    def reading(self) -> AbstractContextManager[Families]:
        """Read one consistent moment. Raises TamperError ``E_STORE_INTEGRITY`` for damage."""
        ...

    def head(self) -> VaultHead:
        """How new the vault is now: for the keystore, after the work is done."""
        ...

    def settle(self) -> None:
        """Move the write-ahead log into the file and empty it: what was erased is then gone from
        both. Raises UnavailableError ``E_STORE_BUSY`` while somebody still reads an older moment.
        """
        ...

    def check(self) -> Sequence[Problem]:
        """Read and verify everything: pages, rows, audit chain, blobs. Empty when sound. Slow on a
        large vault.
        """
        ...

    def close(self) -> None:
        """Close the file. Closing twice is once."""
        ...


__all__ = [
    "AddressProgress",
    "Alert",
    "Alerts",
    "AskedOf",
    "Audit",
    "BlobWriter",
    "Blobs",
    "Comparison",
    "Comparisons",
    "Contents",
    "ContentsStore",
    "Copy",
    "Counted",
    "Directory",
    "Draft",
    "DraftFile",
    "Drafts",
    "Due",
    "DueCount",
    "Dues",
    "EraseReason",
    "Erasure",
    "Escalation",
    "Events",
    "Families",
    "Gap",
    "HandingState",
    "Holds",
    "Journey",
    "KeptCheckpoint",
    "KeptObject",
    "KeptWords",
    "Needing",
    "Notices",
    "ObjectKind",
    "Objects",
    "OfferRecord",
    "Onward",
    "PassedOn",
    "Posting",
    "Postings",
    "Progress",
    "Quarantine",
    "Quarantined",
    "QuestionAnswer",
    "Received",
    "ReceivedPackage",
    "Record",
    "Records",
    "Register",
    "RegisterLine",
    "Replacements",
    "ReplayGuard",
    "Reply",
    "Requests",
    "RestrictReason",
    "Restriction",
    "Restrictions",
    "Retained",
    "Retention",
    "Route",
    "SaidWords",
    "Seen",
    "Sent",
    "SentDelivery",
    "SentEndpoint",
    "SentPackage",
    "SentRecord",
    "SentSummary",
    "SequenceUse",
    "Sequences",
    "Setting",
    "Settings",
    "SharedSection",
    "Shows",
    "Side",
    "Standing",
    "StoredAnswer",
    "StoredAttachment",
    "StoredEvent",
    "StoredHanding",
    "StoredHold",
    "StoredNotice",
    "StoredRequest",
    "StoredSection",
    "Term",
    "TermKind",
    "Tombstone",
    "Vault",
    "VaultHead",
    "Wanted",
]
