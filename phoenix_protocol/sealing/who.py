"""Who is who, as opening asks it, answered out of a directory (docs/protocol.md §4, §5)."""

from __future__ import annotations

from typing import Final

from phoenix_protocol.directory.agencies import TakesPart
from phoenix_protocol.directory.checkpoints import check_relied_on
from phoenix_protocol.directory.openings import Openings
from phoenix_protocol.directory.state import Directory
from phoenix_protocol.errors import TamperError
from phoenix_protocol.identifiers import Anchor, EndpointId, Seconds
from phoenix_protocol.sealing.open_offer import SenderAt


class Register:
    """A directory with the openings at hand, in the reader's newest state. Implements ``WhoIsWho``.

    ``up_to_date`` says that the directory was fetched after what is judged had arrived.
    """

    def __init__(
        self, directory: Directory, openings: Openings, *, up_to_date: bool = False
    ) -> None:
        self._directory: Final = directory
        self._openings: Final = openings
        self._up_to_date: Final = up_to_date

    @property
    def anchor(self) -> Anchor:
        """The partnership."""
        return self._directory.anchor

    @property
    def relay_origin(self) -> str:
        """The relay's name in cores and checkpoints."""
        return self._directory.relay.origin

    @property
    def receipt_key(self) -> bytes:
        """What the relay signs *held*, verdicts and tombstones with."""
        return self._directory.relay.receipt_key

    @property
    def longest_life(self) -> int:
        """The longest life of a package in seconds."""
        return self._directory.bounds.life

    def size_relied_on(self, note: str, at: Seconds) -> int:
        """The size of the log that something made at ``at`` relied on."""
        opened = check_relied_on(note, self._directory, at, up_to_date=self._up_to_date)
        return opened.checkpoint.size

    def sender_at(self, endpoint: EndpointId, size: int, time: Seconds) -> SenderAt:
        """What a log of ``size`` statements certified of a sender for ``time``."""
        member = self._directory.endpoint_at(endpoint, size, time)
        found = self._directory.address_of(endpoint, self._openings)
        if member is None or found is None:
            raise TamperError("E_KEY_UNCERTIFIED", "The directory did not certify the sender then.")
        return SenderAt(address=found, document_key=member.document_key)

    def check_not_ended(self, endpoint: EndpointId, time: Seconds) -> None:
        """Raise TamperError ``E_KEY_REVOKED`` or ``E_AGENCY_CLOSED`` when the endpoint had ended by ``time``."""
        end = self._directory.end_of(endpoint)
        if end is not None and end.effective <= time:
            raise TamperError("E_KEY_REVOKED", "The sender had ended before the relay held this.")
        found = self._directory.endpoint(endpoint)
        agency = self._directory.agency(found.agency) if found is not None else None
        if agency is None:
            raise TamperError("E_KEY_UNCERTIFIED", "The directory does not know the sender.")
        if agency.standing is not TakesPart.ACTIVE and agency.since <= time:
            raise TamperError("E_AGENCY_CLOSED", "The sender's agency does not take part.")
