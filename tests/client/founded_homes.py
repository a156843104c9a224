"""A partnership founded by the client itself over a real relay, in one process: its managers' homes and desks.

What Quillmere of the protocol's tests cannot do, because its agencies need two people for their word.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from agency_client.adapters.draft_files import DiskDraftFiles
from agency_client.adapters.outbox import DiskOutbox
from agency_client.adapters.relay_address import relay_address
from agency_client.adapters.relay_connection import Requester
from agency_client.adapters.relay_http import HttpRelay
from agency_client.adapters.vault import create_vault, open_vault
from agency_client.client import Client
from agency_client.unlocking import OpenHome
from agency_client.use_cases.agencies import AgencyProfile
from agency_client.use_cases.founding import NewPartnership
from agency_client.use_cases.home import Home, Speaker, UntrustedRelay
from phoenix_protocol.identifiers import Address, AgencyId, Anchor, Seconds
from phoenix_protocol.randomness import SystemRandomness
from phoenix_relay.app import listening
from phoenix_relay.maintenance.founding import found
from tests.client.quillmere_homes import TownClock
from tests.keys.rings import new_keystore
from tests.relay.quillmere_relay import Clock, settings_for

COUNCIL = AgencyId("quillmere-council")
POLICE = AgencyId("ardenfold-police")
MASH = Address("mash@ardenfold-police")
YEAR = 365 * 86_400
PROTOCOL = b"The welfare of a child comes first.\n"


def profile(agency: AgencyId, kind: str) -> AgencyProfile:
    return AgencyProfile(
        agency=agency, name=f"The {kind}", kind=kind, jurisdiction="england", legal_scope="a"
    )


@dataclass(kw_only=True)
class Founded:
    """The relay's address, the clock that tests turn, and the clients of open homes by name."""

    folder: Path
    url: str
    claim: str
    clock: Clock
    clients: dict[str, Client] = field(default_factory=dict)
    anchor: Anchor = field(default_factory=lambda: Anchor(bytes(32)))

    def __getitem__(self, name: str) -> Client:
        return self.clients[name]

    def home(self, name: str) -> Client:
        """A new home."""
        path = self.folder / name
        keystore = new_keystore(path)
        create_vault(path, keystore.content.vault_key)
        home = Home(
            keystore=keystore,
            vault=open_vault(path, keystore.content.vault_key),
            outbox=DiskOutbox(path / "outbox"),
            draft_files=DiskDraftFiles(path / "drafts"),
            connect=self._connect,
            clock=TownClock(self.clock),
            randomness=SystemRandomness(),
            executor=ThreadPoolExecutor(1),
        )
        self.clients[name] = Client(OpenHome(home=home, warnings=()))
        return self.clients[name]

    def _connect(
        self, url: str, speaker: Speaker, response_key: Callable[[], bytes | None]
    ) -> AbstractAsyncContextManager[UntrustedRelay]:
        return HttpRelay(
            relay_address(url),
            Requester(key_id=speaker.key_id, key=speaker.key),
            response_key=response_key,
            clock=TownClock(self.clock),
            randomness=SystemRandomness(),
        )

    async def begin(self, **changes: Any) -> None:
        """The council founds and governs, the police are admitted, their desk joins."""
        given: dict[str, Any] = {
            "name": "Quillmere",
            "protocol": "Sharing protocol",
            "protocol_text": PROTOCOL,
            "review_due": Seconds(self.clock() + YEAR),
            "threshold": 1,
            "founder": profile(COUNCIL, "council"),
            "person": "A. Okafor",
        }
        new = NewPartnership(**{**given, **changes})
        self.anchor = await self.home("council").create_partnership(self.url, self.claim, new)
        police = self.home("police")
        request = await police.create_agency(
            self.url, self.anchor, profile(POLICE, "police"), "B. Lindqvist"
        )
        await self["council"].admit(request)
        await self.join("desk", MASH, "police")

    async def join(self, name: str, address: Address, manager: str) -> None:
        """A new home joins as ``address``, and its manager approves it."""
        desk = self.home(name)
        asked = await desk.join(address, self.anchor, self.url, name)
        await self[manager].approve(asked.code)
        await desk.catch_up()


@asynccontextmanager
async def founding(folder: Path, **changes: Any) -> AsyncIterator[Founded]:
    """A partnership of one's own, with the homes "council", "police" and "desk"."""
    clock = Clock()
    made = found(folder / "relay", "http://127.0.0.1:8080", SystemRandomness())
    async with listening(settings_for(folder / "relay"), clock=clock) as relay:
        founded = Founded(folder=folder, url=relay.url, claim=made.claim, clock=clock)
        try:
            await founded.begin(**changes)
            yield founded
        finally:
            for client in founded.clients.values():
                client.close()
