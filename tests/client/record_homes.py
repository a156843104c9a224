"""A desk's home with its keys and vault and no relay at all: whoever asks for one fails the test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import NoReturn

from agency_client.adapters.draft_files import DiskDraftFiles
from agency_client.adapters.outbox import DiskOutbox
from agency_client.adapters.vault import create_vault, open_vault
from agency_client.ports.vault.settings import CHECKPOINT
from agency_client.use_cases.home import Home, Speaker
from keys.content import Content
from phoenix_protocol.identifiers import EndpointId
from phoenix_protocol.randomness import SystemRandomness
from tests.client.steady import SteadyClock
from tests.keys.rings import new_keystore, with_desk

DESK_ID = EndpointId(b"D" * 32)
NOTE = "relay.quillmere.example/log\n7\nroot\n\nsignature\n"


def approved(content: Content) -> Content:
    """A content whose desk has its endpoint."""
    content = with_desk(content)
    assert content.endpoint is not None
    return replace(content, endpoint=replace(content.endpoint, id=DESK_ID))


def nobody(_url: str, _speaker: Speaker, _key: Callable[[], bytes | None]) -> NoReturn:
    """There is no relay."""
    raise AssertionError("a record asked for the relay")


@contextmanager
def opened_home(path: Path, change: Callable[[Content], Content] = approved) -> Iterator[Home]:
    """A new home in ``path``; its clock is a SteadyClock."""
    keystore = new_keystore(path)
    keystore.update(change)
    create_vault(path, keystore.content.vault_key)
    with ThreadPoolExecutor(1) as executor, open_vault(path, keystore.content.vault_key) as vault:
        with vault.transaction() as tx:
            tx.settings.put(CHECKPOINT, NOTE)
        yield Home(
            keystore=keystore,
            vault=vault,
            outbox=DiskOutbox(path / "outbox"),
            draft_files=DiskDraftFiles(path / "drafts"),
            connect=nobody,
            clock=SteadyClock(),
            randomness=SystemRandomness(),
            executor=executor,
        )
