"""Statements that change Quillmere, each right as it stands; tests take one thing away or put one in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from phoenix_protocol.directory import building
from phoenix_protocol.directory.state import Directory
from phoenix_protocol.directory.statements import (
    AgencyKeys,
    EndReason,
    Member,
    MemberEnd,
    Partnership,
    Signatory,
    SignatoryStatus,
    Standing,
)
from phoenix_protocol.errors import PhoenixError
from phoenix_protocol.identifiers import AgencyId, EndpointId, Seconds
from phoenix_protocol.signed import Message, Signed, sign
from phoenix_protocol.suite import DocumentPrivateKey
from tests.protocol.quillmere import NOW, POLICE, VALID_UNTIL, Machine, Quillmere, seed


def observed(directory: Directory) -> object:
    """Everything that a directory can be asked without arguments."""
    return (
        directory.size,
        directory.root,
        directory.partnership,
        directory.agencies(),
        directory.endpoints(),
        directory.leaf_hashes(),
    )


def refusal(directory: Directory, signed: Signed | bytes) -> str:
    """The code with which a directory refuses a statement; empty when it admits it. Either way it stays as it was."""
    before = observed(directory)
    data = signed if isinstance(signed, bytes) else signed.encoded()
    try:
        directory.admit(data)
    except PhoenixError as error:
        assert observed(directory) == before
        return error.code
    assert observed(directory) == before
    return ""


def admitted(directory: Directory, *signed: Signed) -> Directory:
    for each in signed:
        directory = directory.admit(each.encoded())
    return directory


class Changes:
    """What can be said next in a directory of Quillmere. Statements come unsigned unless the name says otherwise."""

    def __init__(self, here: Quillmere, directory: Directory | None = None) -> None:
        self.here = here
        self.directory = directory or here.directory

    # -- who signs --------------------------------------------------------------------------------------------------

    @property
    def governing(self) -> list[DocumentPrivateKey]:
        return [h.key for h in self.here.governance[:2]]

    def roots(self, agency: AgencyId = POLICE, count: int = 2) -> list[DocumentPrivateKey]:
        return list(self.here.agencies[agency].root_keys[:count])

    def managers(self, agency: AgencyId = POLICE, count: int = 1) -> list[DocumentPrivateKey]:
        return [m.key for m in self.here.agencies[agency].managers[:count]]

    # -- the statements ---------------------------------------------------------------------------------------------

    def amendment(self, issued: Seconds = NOW, **changes: Any) -> Partnership:
        return building.amended(
            self.directory.partnership,
            anchor=self.here.anchor,
            previous=self.directory.partnership_head,
            issued=issued,
            **changes,
        )

    def signatory(self, agency: AgencyId = POLICE, **changes: Any) -> Signatory:
        standing = self.directory.agency(agency)
        assert standing is not None
        changes = {"previous": standing.head, "issued": NOW, **changes}
        return replace(standing.signatory, **changes)

    def status(
        self, standing: Standing, agency: AgencyId = POLICE, **changes: Any
    ) -> SignatoryStatus:
        known = self.directory.agency(agency)
        assert known is not None
        statement = building.signatory_status(
            anchor=self.here.anchor,
            agency=agency,
            standing=standing,
            previous=known.head,
            issued=NOW,
        )
        return replace(statement, **changes)

    def agency_keys(self, agency: AgencyId = POLICE, **changes: Any) -> AgencyKeys:
        known = self.directory.agency(agency)
        assert known is not None
        assert known.keys is not None
        return replace(known.keys, **{"previous": known.keys_head, "issued": NOW, **changes})

    def first_member(self, machine: Machine, **changes: Any) -> Member:
        return replace(self.here.certificate(machine).member, **changes)

    def next_member(self, endpoint: EndpointId, **changes: Any) -> Member:
        known = self.directory.endpoint(endpoint)
        assert known is not None
        step = {
            "endpoint": endpoint,
            "previous": known.head,
            "valid_from": NOW,
            "valid_until": VALID_UNTIL,
            "issued": NOW,
        }
        return replace(known.newest, **{**step, **changes})

    def end(
        self, endpoint: EndpointId, reason: EndReason = EndReason.LEFT, **changes: Any
    ) -> MemberEnd:
        known = self.directory.endpoint(endpoint)
        assert known is not None
        statement = building.member_end(
            anchor=self.here.anchor,
            agency=known.agency,
            endpoint=endpoint,
            previous=known.head,
            reason=reason,
            issued=NOW,
        )
        return replace(statement, **changes)

    # -- signed -----------------------------------------------------------------------------------------------------

    def suspended(self, agency: AgencyId = POLICE) -> Signed:
        return sign(self.status(Standing.SUSPENDED, agency), self.governing)

    def closed(self, agency: AgencyId = POLICE) -> Signed:
        return sign(self.status(Standing.CLOSED, agency), self.governing)

    def refusal(self, message: Message, keys: Sequence[DocumentPrivateKey]) -> str:
        """The code with which the directory refuses ``message`` signed by ``keys``; empty when it admits it."""
        return refusal(self.directory, sign(message, keys))

    def after(self, message: Message, keys: Sequence[DocumentPrivateKey]) -> Changes:
        """Changes to the directory with ``message`` admitted."""
        return Changes(self.here, admitted(self.directory, sign(message, keys)))


def weak_document_key(label: str) -> bytes:
    """A document key under which anyone could sign."""
    return seed(label, 32) + bytes(1920) + bytes([1]) + bytes(31)


WEAK_ED25519 = bytes([1]) + bytes(31)
