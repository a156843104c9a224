"""Homes of Quillmere's desks in one process, real to the last file, over a real relay; one clock that tests turn.

What end-to-end tests cannot wait for, weeks that pass, is tested with these.
"""

from __future__ import annotations

import asyncio
import time
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
from agency_client.use_cases.document_options import Options
from agency_client.use_cases.home import Home, Speaker, UntrustedRelay
from keys.content import (
    AuditHead,
    Content,
    Endpoint,
    EpochSecret,
    Publication,
    Standing,
)
from keys.keystore import install
from keys.passphrase import Passphrase
from phoenix_protocol.identifiers import ObjectHash, Seconds
from phoenix_protocol.randomness import SystemRandomness
from tests.keys.rings import CHEAP
from tests.protocol import quillmere
from tests.protocol.quillmere import NOW, seed
from tests.relay.quillmere_relay import Clock, Town, running


@dataclass(frozen=True, slots=True)
class TownClock:
    """The relay's clock as a home's."""

    clock: Clock

    def now(self) -> Seconds:
        return self.clock()

    def elapsed(self) -> float:
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


@dataclass(kw_only=True)
class Desk:
    """A desk's home, open."""

    label: str
    home: Home
    client: Client
    endpoint: quillmere.Endpoint

    async def send(self, document: str) -> str:
        """Send a document; the package's id."""
        sent = await self.client.send(document.encode(), Options())
        await self.client.told(sent.result.package)
        return str(sent.result.package.hex())

    async def accept(self, id_: str) -> None:
        await self.client.catch_up()
        await self.client.accept(self.client.find_received(id_))

    async def open(self, id_: str) -> Any:
        """A package as it is read, with the notices beside its items."""
        return await self.client.open_package(self.client.find_received(id_))

    async def alerts(self) -> list[str]:
        """The codes of what nobody has seen."""
        return [alert.code for alert in await self.client.alerts()]

    async def hear(self) -> list[str]:
        """Fetch what is new; then as :meth:`alerts`."""
        await self.client.catch_up()
        return await self.alerts()


@dataclass(kw_only=True)
class Desks:
    """Quillmere's relay and the homes that were opened."""

    town: Town
    folder: Path
    open: dict[str, Desk] = field(default_factory=dict)

    def __getitem__(self, label: str) -> Desk:
        return self.open[label]

    async def begin(self, *labels: str) -> None:
        """Open the homes of these endpoints, each in step with the relay."""
        for label in labels:
            self.open[label] = await self._desk(label)

    async def everybody(self) -> None:
        """One round for everybody, twice: what one says the others hear."""
        for _ in range(2):
            for desk in self.open.values():
                await desk.client.catch_up()

    async def _desk(self, label: str) -> Desk:
        folder = self.folder / label.replace(" ", "-")
        endpoint = self.town.endpoint(label)
        keystore = install(
            folder,
            Passphrase("a long enough passphrase"),
            _content(endpoint, self.town.here.anchor),
            SystemRandomness(),
            CHEAP,
        )
        create_vault(folder, keystore.content.vault_key)
        home = Home(
            keystore=keystore,
            vault=open_vault(folder, keystore.content.vault_key),
            outbox=DiskOutbox(folder / "outbox"),
            draft_files=DiskDraftFiles(folder / "drafts"),
            connect=self._connect,
            clock=TownClock(self.town.clock),
            randomness=SystemRandomness(),
            executor=ThreadPoolExecutor(2),
        )
        client = Client(OpenHome(home=home, warnings=()))
        await client.adopt_restored(self.town.relay.url)
        await client.catch_up()
        return Desk(label=label, home=home, client=client, endpoint=endpoint)

    def _connect(
        self, url: str, speaker: Speaker, response_key: Callable[[], bytes | None]
    ) -> AbstractAsyncContextManager[UntrustedRelay]:
        return HttpRelay(
            relay_address(url),
            Requester(key_id=speaker.key_id, key=speaker.key),
            response_key=response_key,
            clock=TownClock(self.town.clock),
            randomness=SystemRandomness(),
        )


def _content(endpoint: quillmere.Endpoint, anchor: Any) -> Content:
    label, machine = endpoint.machine.label, endpoint.machine
    return Content(
        version=1,
        created=quillmere.FOUNDED,
        newest_time=NOW,
        standing=Standing.IN_STEP,
        anchor=anchor,
        vault_key=SystemRandomness().random_bytes(32),
        audit=AuditHead(digest=bytes(32), counter=0),
        endpoint=Endpoint(
            id=endpoint.id,
            address=endpoint.address,
            name=label,
            personal=False,
            role=endpoint.member.role,
            document_seed=seed(f"document key of {label}", 64),
            request_seed=seed(f"request key of {label}"),
            request=machine.joining.request,
        ),
        epochs=tuple(_epoch(label, number, made) for number, made in enumerate(machine.epochs)),
        next_epoch=len(machine.epochs),
    )


def _epoch(label: str, number: int, made: quillmere.Epoch) -> EpochSecret:
    said = made.opened.message
    return EpochSecret(
        number=said.number,
        valid_from=said.valid_from,
        valid_until=said.valid_until,
        opens_until=said.opens_until,
        speaks=said.speaks,
        hash=ObjectHash(made.signed.hash),
        publication=Publication.PUBLISHED,
        seed=seed(f"epoch {number} of {label}", 96),
    )


@asynccontextmanager
async def desks(folder: Path, *labels: str) -> AsyncIterator[Desks]:
    """A relay of one's own, and the homes of some of Quillmere's endpoints."""
    async with running(folder / "relay", Clock()) as town:
        made = Desks(town=town, folder=folder)
        await made.begin(*labels)
        try:
            yield made
        finally:
            for desk in made.open.values():
                desk.client.close()
