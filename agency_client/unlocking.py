"""Opening a home: its keystore, vault and outbox, put together with the adapters that programs use.

The one place where use cases meet adapters. Imports what a command does not need only when it is needed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Final

from agency_client.adapters.draft_files import DiskDraftFiles
from agency_client.adapters.outbox import DiskOutbox
from agency_client.adapters.system_clock import SystemClock
from agency_client.adapters.vault import FILE as VAULT_FILE
from agency_client.adapters.vault import create_vault, open_vault
from agency_client.agent.client import held_key
from agency_client.audit.chain import AuditHead
from agency_client.ports.vault import Standing, VaultHead
from agency_client.use_cases.home import Home, Speaker, UntrustedRelay
from keys import passphrase as passphrases
from keys.keystore import Keystore, create_keystore, has_keystore, open_keystore
from keys.passphrase import Passphrase, Prompt
from keys.wrapping import FLOOR, Cost
from phoenix_protocol.errors import NEXT_STEPS, LockedError
from phoenix_protocol.identifiers import Seconds
from phoenix_protocol.randomness import SystemRandomness

OUTBOX = "outbox"
DRAFTS = "drafts"


@dataclass(frozen=True, slots=True, kw_only=True)
class Unlock:
    """How a home is unlocked: by a master key, else what the environment names, else by asking.

    ``prompt`` is None where nobody can be asked; ``cost`` is lower in tests only.
    """

    environment: Mapping[str, str]
    prompt: Prompt | None = None
    master_key: bytes | None = field(default=None, repr=False)
    cost: Cost = FLOOR


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """How a home asks a relay that does not answer: ``quick`` for what can be asked again at once.

    ``waiting`` is told, once on a connection, that it does not answer, and until when it is asked again.
    """

    quick: bool = False
    waiting: Callable[[Seconds], None] | None = None


_PATIENT: Final = Reach()


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenHome:
    """An open home, and what to warn its owner about."""

    home: Home
    warnings: tuple[str, ...]


def open_home(path: Path, unlock: Unlock, reach: Reach = _PATIENT) -> OpenHome:
    """Unlock an existing home: by the agent that holds its key, else by its passphrase.

    Raises LockedError ``E_KEY_MISSING``, ``E_LOCKED``, ``E_PASSPHRASE``; TamperError ``E_STORE_INTEGRITY``.
    """
    if not has_keystore(path):
        raise LockedError(
            "E_KEY_MISSING",
            "There is no home here yet.",
            next="Choose another home with --home, or begin with 'phoenix join'.",
        )
    keystore, warnings = _unlock(path, unlock)
    home = _assemble(path, keystore, reach)
    return OpenHome(home=home, warnings=(*warnings, *keystore.warnings, *_standing(home)))


def open_with_passphrase(path: Path, passphrase: Passphrase, *, cost: Cost = FLOOR) -> OpenHome:
    """Unlock by the passphrase alone, whoever else holds the key: to show that the right person is back.

    Raises LockedError ``E_PASSPHRASE``; TamperError ``E_STORE_INTEGRITY``.
    """
    keystore = open_keystore(path, passphrase, cost=cost)
    home = _assemble(path, keystore, _PATIENT)
    return OpenHome(home=home, warnings=(*keystore.warnings, *_standing(home)))


def _standing(home: Home) -> tuple[str, ...]:
    standing = home.vault.standing
    if standing is Standing.SOUND:
        return ()
    return (f"{standing.value}: {NEXT_STEPS[standing.value]}",)


def make_home(path: Path, unlock: Unlock, reach: Reach = _PATIENT) -> OpenHome:
    """As :func:`open_home`, or a new home with a new passphrase where there is none."""
    if has_keystore(path):
        return open_home(path, unlock, reach)
    found = passphrases.find(unlock.environment, unlock.prompt, is_new=True)
    keystore = create_keystore(path, found.passphrase, SystemClock().now(), cost=unlock.cost)
    warnings = (*found.warnings, *keystore.warnings)
    return OpenHome(home=_assemble(path, keystore, reach), warnings=warnings)


def _unlock(path: Path, unlock: Unlock) -> tuple[Keystore, tuple[str, ...]]:
    if unlock.master_key is not None:
        return open_keystore(path, unlock.master_key, cost=unlock.cost), ()
    held = held_key(path)
    if held is not None:
        try:
            return open_keystore(path, held, cost=unlock.cost), ()
        except LockedError:
            pass  # the passphrase was changed since the agent started
    found = passphrases.find(unlock.environment, unlock.prompt)
    return open_keystore(path, found.passphrase, cost=unlock.cost), found.warnings


def _assemble(path: Path, keystore: Keystore, reach: Reach) -> Home:
    content = keystore.content
    if not (path / VAULT_FILE).is_file() and content.audit.counter == 0:
        create_vault(path, content.vault_key)
    known = AuditHead(count=content.audit.counter, hash=content.audit.digest)
    expected = VaultHead(audit=known) if known.count else None
    return Home(
        keystore=keystore,
        vault=open_vault(path, content.vault_key, expected),
        outbox=DiskOutbox(path / OUTBOX),
        draft_files=DiskDraftFiles(path / DRAFTS),
        connect=partial(_connect, reach),
        clock=SystemClock(),
        randomness=SystemRandomness(),
        executor=ThreadPoolExecutor(2),
    )


def _connect(
    reach: Reach, url: str, speaker: Speaker, response_key: Callable[[], bytes | None]
) -> AbstractAsyncContextManager[UntrustedRelay]:
    # aiohttp takes long to import, and most commands that only read never need it.
    from agency_client.adapters.relay_address import relay_address
    from agency_client.adapters.relay_connection import Requester
    from agency_client.adapters.relay_http import HttpRelay
    from agency_client.adapters.relay_patience import QUICK, Patience

    return HttpRelay(
        relay_address(url),
        Requester(key_id=speaker.key_id, key=speaker.key),
        response_key=response_key,
        clock=SystemClock(),
        randomness=SystemRandomness(),
        patience=QUICK if reach.quick else Patience(),
        waiting=reach.waiting,
    )


def default_home(environment: Mapping[str, str]) -> Path:
    """``PHOENIX_HOME``, else the platform's folder for a person's data."""
    named = environment.get("PHOENIX_HOME")
    if named:
        return Path(named)
    from platformdirs import user_data_path

    return user_data_path("phoenix", "phoenix")
