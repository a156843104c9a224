"""A home that is unlocked: its keys, its vault, and how it speaks to the relay."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Protocol

from agency_client.audit.chain import AuditHead
from agency_client.ports.clock import Clock
from agency_client.ports.draft_files import DraftFiles
from agency_client.ports.outbox import Outbox
from agency_client.ports.relay import Relay
from agency_client.ports.vault import Families, Vault
from agency_client.ports.vault import Standing as VaultStanding
from agency_client.ports.vault.settings import RELAY_URL
from keys.content import Content, Endpoint, ManagerKeys, Standing, missing, with_audit
from keys.keystore import Keystore
from phoenix_protocol.errors import LockedError, RefusedError, TamperError
from phoenix_protocol.identifiers import Anchor, EndpointId, Seconds
from phoenix_protocol.key_ids import KeyId, endpoint_key_id, manager_key_id, new_key_id
from phoenix_protocol.randomness import Randomness
from phoenix_protocol.signed import signer_id
from phoenix_protocol.suite.ed25519 import RequestPrivateKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Speaker:
    """As whom a home speaks to the relay."""

    key_id: KeyId
    key: RequestPrivateKey


class UntrustedRelay(Relay, Protocol):
    """A relay whose response key may be learnt only while talking to it."""

    @property
    def unverified(self) -> int: ...

    def verify_later(self, response_key: bytes) -> None: ...


#: Opens a connection to the relay at a URL. The callable gives the relay's response key, once known.
Connect = Callable[
    [str, Speaker, Callable[[], bytes | None]], AbstractAsyncContextManager[UntrustedRelay]
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """Everything a use case works with."""

    keystore: Keystore
    vault: Vault
    outbox: Outbox
    draft_files: DraftFiles
    connect: Connect
    clock: Clock
    randomness: Randomness
    executor: Executor

    @property
    def content(self) -> Content:
        """The keys of this home."""
        return self.keystore.content

    def now(self) -> Seconds:
        """The time, refused when it is before times that this home has seen signed. Raises ``E_CLOCK``."""
        now = self.clock.now()
        with self.vault.reading() as view:
            view.settings.check_clock(now)
        return now

    def actor(self) -> str:
        """Who acts, for the audit record: a hash in hex."""
        content = self.content
        if content.endpoint is not None and content.endpoint.id is not None:
            return f"endpoint:{content.endpoint.id.hex()}"
        if content.manager is not None:
            return f"manager:{signer_id(content.manager.document_key().public_bytes()).hex()}"
        return "nobody"

    def record_alarm(self, error: TamperError) -> None:
        """Record what did not verify and ended what was being done."""
        if self.vault.standing is VaultStanding.SOUND:
            with self.vault.transaction() as tx:
                now = self.clock.now()
                tx.audit.append(time=now, actor=self.actor(), action="alarm", outcome=error.code)

    def record_head(self) -> None:
        """Tell the keystore how far the audit record has come, so that cutting it off shows.

        Never of a vault that is not the one it knows: that would make it so.
        """
        if self.vault.standing is not VaultStanding.SOUND:
            return
        with self.vault.reading() as view:
            head = view.audit.head()
        if head.count > self.content.audit.counter:
            self.keystore.update(lambda content: _with_newer_audit(content, head))


def _with_newer_audit(content: Content, head: AuditHead) -> Content:
    # Another program of this home may have told a newer one meanwhile.
    return (
        with_audit(content, head.hash, head.count)
        if head.count > content.audit.counter
        else content
    )


def anchor_of(home: Home) -> Anchor:
    """The partnership of this home. Raises LockedError ``E_KEY_MISSING``."""
    if home.content.anchor is None:
        raise missing("the keys of a partnership")
    return home.content.anchor


def endpoint_of(home: Home) -> tuple[Endpoint, EndpointId]:
    """This home's endpoint and id. Raises LockedError ``E_KEY_MISSING``, RefusedError ``E_NOT_APPROVED``."""
    endpoint = home.content.endpoint
    if endpoint is None:
        raise missing("the keys of a desk or person")
    if endpoint.id is None:
        raise not_approved()
    return endpoint, endpoint.id


def not_approved() -> RefusedError:
    """The error for a home whose request to join still waits."""
    return RefusedError(
        "E_NOT_APPROVED",
        "This home has asked to join and is not approved yet.",
        next="Read your code or words out to your information manager, then repeat.",
    )


def manager_of(home: Home) -> ManagerKeys:
    """This home's manager keys. Raises LockedError ``E_KEY_MISSING``."""
    if home.content.manager is None:
        raise missing("an information manager's keys")
    return home.content.manager


def require_in_step(home: Home) -> None:
    """Raise RefusedError ``E_RESTORED`` for a home out of a backup that has not caught up."""
    if home.content.standing is Standing.RESTORED:
        raise RefusedError(
            "E_RESTORED",
            "This home was restored from a backup and has not caught up with the relay.",
            next="Run: phoenix inbox. Then repeat.",
        )


def speaker_of(home: Home) -> Speaker:
    """As whom this home speaks: its endpoint, else its manager. Raises LockedError ``E_KEY_MISSING``."""
    content = home.content
    if content.endpoint is not None and content.endpoint.id is not None:
        return endpoint_speaker(home)
    if content.manager is not None:
        return manager_speaker(home)
    if content.endpoint is not None:
        return stranger(home)
    raise LockedError("E_KEY_MISSING", "This home holds no keys that the relay knows.")


def endpoint_speaker(home: Home) -> Speaker:
    """As this home's endpoint."""
    endpoint, id_ = endpoint_of(home)
    return Speaker(key_id=endpoint_key_id(id_), key=endpoint.request_key())


def manager_speaker(home: Home) -> Speaker:
    """As this home's information manager."""
    manager = manager_of(home)
    signer = signer_id(manager.document_key().public_bytes())
    return Speaker(key_id=manager_key_id(signer), key=manager.request_key())


def stranger(home: Home) -> Speaker:
    """As nobody yet: a fresh key, for one conversation; or the key that asks to join."""
    content = home.content
    key = (
        content.endpoint.request_key()
        if content.endpoint is not None and content.endpoint.id is None
        else RequestPrivateKey.from_seed(home.randomness.random_bytes(32))
    )
    return Speaker(key_id=new_key_id(key.public_bytes()), key=key)


def relay_url(view: Families) -> str:
    """Where the relay is. Raises LockedError ``E_KEY_MISSING`` when this home has never met one."""
    url = view.settings.get(RELAY_URL)
    if url is None:
        raise missing("the address of a relay")
    return url
