"""All families of the vault over one transaction."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from agency_client.adapters.vault.alerts import AlertTable, QuarantineTable
from agency_client.adapters.vault.audit import AuditTable
from agency_client.adapters.vault.comparisons import ComparisonTables
from agency_client.adapters.vault.directory import DirectoryTables
from agency_client.adapters.vault.guard import GuardTables
from agency_client.adapters.vault.onward import OnwardTable
from agency_client.adapters.vault.received import ReceivedTables
from agency_client.adapters.vault.records import DueTable, RecordTables
from agency_client.adapters.vault.register import RegisterTables
from agency_client.adapters.vault.replacements import ReplacementTable
from agency_client.adapters.vault.requests import RequestTables
from agency_client.adapters.vault.restrictions import RestrictionTable
from agency_client.adapters.vault.retention import ErasureTables, RetentionTable
from agency_client.adapters.vault.said_words import SaidWordsTable
from agency_client.adapters.vault.sayings import EventTable, ObjectTable, PostingTable
from agency_client.adapters.vault.sent import SentTables
from agency_client.adapters.vault.sequences import SequenceTables
from agency_client.adapters.vault.session import Session
from agency_client.adapters.vault.settings import SettingsTable

if TYPE_CHECKING:
    from agency_client.adapters.vault.contents import ContentsTables
    from agency_client.adapters.vault.drafts import DraftTables
    from agency_client.adapters.vault.holds import HoldTables
    from agency_client.adapters.vault.needing import NeedingTables
    from agency_client.adapters.vault.notices import NoticeTables


class TransactionFamilies:
    """Implements :class:`agency_client.ports.vault.Families`; each family is made when asked for."""

    def __init__(self, session: Session) -> None:
        self._session = session

    @cached_property
    def settings(self) -> SettingsTable:
        return SettingsTable(self._session)

    @cached_property
    def directory(self) -> DirectoryTables:
        return DirectoryTables(self._session)

    @cached_property
    def received(self) -> ReceivedTables:
        return ReceivedTables(self._session)

    @cached_property
    def guard(self) -> GuardTables:
        return GuardTables(self._session)

    @cached_property
    def contents(self) -> ContentsTables:
        # Its messages take a while to import, and listings do not need them.
        from agency_client.adapters.vault.contents import ContentsTables

        return ContentsTables(self._session)

    @cached_property
    def sent(self) -> SentTables:
        return SentTables(self._session)

    @cached_property
    def sequences(self) -> SequenceTables:
        return SequenceTables(self._session)

    @cached_property
    def events(self) -> EventTable:
        return EventTable(self._session)

    @cached_property
    def objects(self) -> ObjectTable:
        return ObjectTable(self._session)

    @cached_property
    def postings(self) -> PostingTable:
        return PostingTable(self._session)

    @cached_property
    def alerts(self) -> AlertTable:
        return AlertTable(self._session)

    @cached_property
    def quarantine(self) -> QuarantineTable:
        return QuarantineTable(self._session)

    @cached_property
    def records(self) -> RecordTables:
        return RecordTables(self._session)

    @cached_property
    def dues(self) -> DueTable:
        return DueTable(self._session)

    @cached_property
    def register(self) -> RegisterTables:
        return RegisterTables(self._session)

    @cached_property
    def retention(self) -> RetentionTable:
        return RetentionTable(self._session)

    @cached_property
    def erasure(self) -> ErasureTables:
        return ErasureTables(self._session)

    @cached_property
    def requests(self) -> RequestTables:
        return RequestTables(self._session)

    @cached_property
    def holds(self) -> HoldTables:
        from agency_client.adapters.vault.holds import HoldTables

        return HoldTables(self._session)

    @cached_property
    def said_words(self) -> SaidWordsTable:
        return SaidWordsTable(self._session)

    @cached_property
    def drafts(self) -> DraftTables:
        from agency_client.adapters.vault.drafts import DraftTables

        return DraftTables(self._session)

    @cached_property
    def needing(self) -> NeedingTables:
        from agency_client.adapters.vault.needing import NeedingTables

        return NeedingTables(self._session)

    @cached_property
    def restrictions(self) -> RestrictionTable:
        return RestrictionTable(self._session)

    @cached_property
    def comparisons(self) -> ComparisonTables:
        return ComparisonTables(self._session)

    @cached_property
    def replacements(self) -> ReplacementTable:
        return ReplacementTable(self._session)

    @cached_property
    def audit(self) -> AuditTable:
        return AuditTable(self._session)

    @cached_property
    def notices(self) -> NoticeTables:
        from agency_client.adapters.vault.notices import NoticeTables

        return NoticeTables(self._session)

    @cached_property
    def onward(self) -> OnwardTable:
        return OnwardTable(self._session)
