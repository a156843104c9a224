"""A real relay for tests: a home with Quillmere's relay keys, a server on a real port, a clock that tests turn.

Requests are signed as the protocol says, and every signed answer is verified. What a package contains is random bytes:
the relay reads none of it.
"""

from __future__ import annotations

import base64
import json
import os
import re
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

import aiohttp
import yarl

from phoenix_protocol import encoding, schema
from phoenix_protocol.api import (
    MEDIA_TYPE,
    PROBLEM_TYPE,
    Claim,
    FeedItem,
    FeedPage,
    LogEntry,
    Saying,
    SealedDetail,
    SignedObject,
    Submission,
)
from phoenix_protocol.directory.statements import BY_TYPE, Member
from phoenix_protocol.identifiers import Address, ObjectHash, PackageId, Seconds
from phoenix_protocol.key_ids import KeyId, endpoint_key_id, manager_key_id, new_key_id
from phoenix_protocol.merkle import leaf_hash
from phoenix_protocol.package.blocks import blocks_of, digest_of
from phoenix_protocol.package.envelope import (
    SUITE,
    Core,
    Delivery,
    Granted,
    Held,
    Recipient,
    Sealed,
    Why,
)
from phoenix_protocol.package.events import Event, EventKind, Recall
from phoenix_protocol.requests import RequestHead, sign_request
from phoenix_protocol.responses import response_head, verify_response
from phoenix_protocol.schema import decode, encode
from phoenix_protocol.signed import (
    hash_of,
    object_hash,
    open_signed,
    parse_signed,
    read_unverified,
    sign,
    signer_id,
)
from phoenix_protocol.suite import Ed25519PrivateKey, sha256
from phoenix_relay import custody
from phoenix_relay.app import Running, listening
from phoenix_relay.http.openapi import document
from phoenix_relay.http.services import Services
from phoenix_relay.http.table import ROUTES
from phoenix_relay.settings import Quotas, Settings
from phoenix_relay.storage import durable, schemas
from phoenix_relay.storage.claims import digest_of as digest_of_claim
from phoenix_relay.storage.facts import Fact
from phoenix_relay.storage.rows import StoredEpochKey
from phoenix_relay.storage.sqlite import DATABASE
from tests.protocol.quillmere import (
    DAY,
    NOW,
    ORIGIN,
    Endpoint,
    InformationManager,
    Quillmere,
    quillmere,
    seed,
)

T = TypeVar("T")

CLAIM = "phoenix-claim-quillmere"
URL = "http://127.0.0.1:8080"


class Clock:
    """The time at the relay and at everybody who asks it."""

    def __init__(self, now: Seconds = NOW) -> None:
        self.now = now

    def __call__(self) -> Seconds:
        return self.now

    def turn(self, seconds: int) -> None:
        self.now = Seconds(self.now + seconds)


def make_home(home: Path) -> None:
    """What ``init`` makes, with Quillmere's keys and a claim that tests know."""
    seeds = {
        custody.LOG: seed("log key of relay"),
        custody.RESPONSE: seed("response key of relay"),
        custody.RECEIPT: seed("document key of receipts of relay", 64),
    }
    durable.make_folder(home / custody.KEYS)
    for name, content in seeds.items():
        durable.write_new(home / custody.KEYS / name, content)
    facts = {
        Fact.ORIGIN: ORIGIN.encode(),
        Fact.URL: URL.encode(),
        Fact.CLAIM: digest_of_claim(CLAIM),
    }
    schemas.create(home / DATABASE, facts)


def settings_for(home: Path, **changes: Any) -> Settings:
    generous = Quotas(
        requests_per_second=10_000, request_burst=10_000, newcomer_requests_per_minute=100_000
    )
    return replace(Settings(home=home, port=0, drain=5, quotas=generous), **changes)


# -- who asks -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """A key id and its key."""

    key_id: KeyId
    key: Ed25519PrivateKey


def as_endpoint(endpoint: Endpoint) -> Asker:
    return Asker(key_id=endpoint_key_id(endpoint.id), key=endpoint.request_key)


def as_manager(manager: InformationManager) -> Asker:
    return Asker(key_id=manager_key_id(signer_id(manager.manager.key)), key=manager.request_key)


def as_newcomer(key: Ed25519PrivateKey | None = None) -> Asker:
    key = key or Ed25519PrivateKey.from_seed(os.urandom(32))
    return Asker(key_id=new_key_id(key.public_bytes()), key=key)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """An answer whose signature was verified."""

    status: int
    content: bytes
    headers: Mapping[str, str]

    def message(self, kind: type[T]) -> T:
        assert self.status == 200, (self.status, self.content)
        return decode(kind, self.content, limit=1 << 26)

    @property
    def code(self) -> str:
        return problem(self.status, self.content, self.headers)["code"]


DESCRIPTION: dict[str, Any] = json.loads(document(ROUTES))


def operation_of(method: str, target: str) -> dict[str, Any] | None:
    """What the OpenAPI description says of a request."""
    path = target.partition("?")[0]
    for template, operations in DESCRIPTION["paths"].items():
        pattern = re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(template))
        if re.fullmatch(pattern, path):
            found: dict[str, Any] | None = operations.get(method.lower())
            return found
    return None


def check_documented(request: Prepared, reply: Reply) -> None:
    """Every answer in every test is one that /openapi.json promises: status, type and problem code."""
    operation = operation_of(request.method, request.target)
    if operation is None:
        assert reply.status in (404, 405)
        return
    answer = operation["responses"][str(reply.status)]
    if reply.status >= 300:
        said = answer["content"][PROBLEM_TYPE]["schema"]["allOf"][1]["properties"]["code"]["enum"]
        assert reply.code in said, (request.method, request.target, reply.code)


def problem(status: int, content: bytes, headers: Mapping[str, str]) -> dict[str, Any]:
    """A problem document, checked for its form."""
    assert headers["Content-Type"] == PROBLEM_TYPE
    document: dict[str, Any] = json.loads(content)
    assert set(document) == {"type", "title", "status", "detail", "code", "next"}
    assert document["status"] == status
    assert status not in (500, 501, 502)
    return document


@dataclass(slots=True, kw_only=True)
class Prepared:
    """A request ready to be sent, for tests to take apart."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes | None


@dataclass(kw_only=True)
class Town:
    """Quillmere with its relay running."""

    here: Quillmere
    relay: Running
    clock: Clock
    session: aiohttp.ClientSession

    @property
    def services(self) -> Services:
        return self.relay.services

    def endpoint(self, label: str) -> Endpoint:
        return self.here.endpoints[label]

    # -- asking -----------------------------------------------------------------------------------------------------

    def prepared(
        self,
        who: Asker,
        method: str,
        target: str,
        body: object = None,
        *,
        content_type: str = MEDIA_TYPE,
        nonce: bytes | None = None,
        now: Seconds | None = None,
        lifetime: int = 300,
    ) -> Prepared:
        """A signed request; ``body`` is a message, bytes, or nothing."""
        content = body if body is None or isinstance(body, bytes) else encode(body)
        path, _, query = target.partition("?")
        head = RequestHead(
            method=method,
            authority=urlsplit(self.relay.url).netloc,
            path=path,
            query=query,
            content_digest=None if content is None else sha256(content),
            content_type=None if content is None else content_type,
            content_length=None if content is None else len(content),
        )
        signature = sign_request(
            head,
            key=who.key,
            key_id=who.key_id,
            now=self.clock() if now is None else now,
            nonce=nonce or os.urandom(16),
            lifetime=lifetime,
        )
        return Prepared(
            method=method,
            target=target,
            headers={**head.body_fields(), **signature},
            body=content,
        )

    async def send(self, request: Prepared) -> Reply:
        """Send it as it is, and verify that the answer belongs to it."""
        url = yarl.URL(self.relay.url + request.target, encoded=True)
        async with self.session.request(
            request.method,
            url,
            data=request.body,
            headers=request.headers,
            skip_auto_headers=("Content-Type", "Accept-Encoding", "User-Agent"),
        ) as response:
            content = await response.read()
            lines = tuple(response.headers.items())
        head = response_head(status=response.status, headers=lines)
        signature = request.headers["Signature"].removeprefix("phoenix=:").removesuffix(":")
        verify_response(
            head,
            lines,
            answered=base64.b64decode(signature),
            public=self.here.relay.keys.response_key,
        )
        if response.status != 204:
            assert head.content_digest == sha256(content)
        reply = Reply(status=response.status, content=content, headers=dict(response.headers))
        check_documented(request, reply)
        return reply

    async def ask(
        self, who: Asker | Endpoint, method: str, target: str, body: object = None, **how: Any
    ) -> Reply:
        asker = as_endpoint(who) if isinstance(who, Endpoint) else who
        return await self.send(self.prepared(asker, method, target, body, **how))

    # -- packages ---------------------------------------------------------------------------------------------------

    def package(self, **how: Any) -> Parcel:
        return parcel(self.here, self.clock(), **how)

    async def submit(self, parcel: Parcel) -> Reply:
        return await self.ask(parcel.sender, "POST", "/v1/packages", parcel.submission())

    async def held(self, **how: Any) -> Parcel:
        made = self.package(**how)
        assert (reply := await self.submit(made)).status == 200, reply.content
        return made

    async def say(
        self,
        who: Endpoint,
        parcel: Parcel,
        kind: EventKind,
        counter: int,
        detail: SealedDetail | None = None,
        **changes: Any,
    ) -> Reply:
        saying = self.event(who, parcel, kind, counter, detail, **changes)
        return await self.ask(who, "POST", "/v1/events", saying)

    def event(
        self,
        who: Endpoint,
        parcel: Parcel,
        kind: EventKind,
        counter: int,
        detail: SealedDetail | None = None,
        **changes: Any,
    ) -> Saying:
        event = Event(
            anchor=self.here.anchor,
            core=parcel.hash,
            delivery=hash_of(parcel.delivery),
            endpoint=who.id,
            kind=kind,
            counter=counter,
            time=self.clock(),
            checkpoint=self.here.checkpoint(time=self.clock()),
            detail=sha256(detail.ciphertext) if detail is not None else None,
        )
        signed = sign(replace(event, **changes), [who.key])
        return Saying(signed=signed.encoded(), detail=detail)

    def recall(self, parcel: Parcel, **changes: Any) -> Saying:
        recall = Recall(
            anchor=self.here.anchor,
            core=parcel.hash,
            endpoint=parcel.sender.id,
            time=self.clock(),
            checkpoint=self.here.checkpoint(time=self.clock()),
        )
        return Saying(signed=sign(replace(recall, **changes), [parcel.sender.key]).encoded())

    async def accepted(self, who: Endpoint, parcel: Parcel) -> None:
        offer = await self.ask(who, "GET", f"/v1/packages/{parcel.hash.hex()}")
        assert offer.status == 200, offer.content
        assert (await self.say(who, parcel, EventKind.ACCEPTED, 1)).status == 204

    async def feed(self, who: Endpoint, after: int = 0, wait: int = 0) -> tuple[FeedItem, ...]:
        reply = await self.ask(who, "GET", f"/v1/feed?after={after}&wait={wait}")
        return reply.message(FeedPage).items

    def open_held(self, reply: Reply) -> Held:
        signed = parse_signed(reply.message(SignedObject).signed)
        return open_signed(signed, Held, lambda _: self.here.relay.keys.receipt_key).message


# -- a package whose content is random ------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Parcel:
    """A package by its parts, for tests to change one of."""

    sender: Endpoint
    core: Core
    delivery: Delivery
    cover: bytes | None
    body: bytes
    capsules: tuple[bytes, ...]
    grants: tuple[bytes, ...]
    signer: Any = None

    @property
    def hash(self) -> ObjectHash:
        return object_hash(Core.TYPE, encode(self.core))

    @property
    def target(self) -> str:
        return f"/v1/packages/{self.hash.hex()}"

    @property
    def leaves(self) -> tuple[bytes, ...]:
        return tuple(leaf_hash(block) for block in blocks_of(self.body))

    def submission(self) -> Submission:
        small = self.cover is not None and len(self.body) <= 1 << 20
        return Submission(
            core=encode(self.core),
            delivery=sign(self.delivery, [self.signer or self.sender.key]).encoded(),
            cover=self.cover,
            body=self.body if small else None,
            capsules=self.capsules,
            grants=self.grants,
        )

    def with_core(self, **changes: Any) -> Parcel:
        """The same with another core, signed anew."""
        core = replace(self.core, **changes)
        delivery = replace(self.delivery, core=object_hash(Core.TYPE, encode(core)))
        return replace(self, core=core, delivery=delivery)

    def with_delivery(self, **changes: Any) -> Parcel:
        return replace(self, delivery=replace(self.delivery, **changes))


def parcel(
    here: Quillmere,
    now: Seconds,
    *,
    sender: str = "front door",
    to: Sequence[str] = ("mash 1", "mash 2", "nurse"),
    why: Mapping[Address, Why] | None = None,
    size: int = 1000,
    life: int = 14 * DAY,
    package: bytes | None = None,
    checkpoint: str | None = None,
) -> Parcel:
    """A package from one endpoint to others, sealed to nobody."""
    named = [here.endpoints[label] for label in to]
    reasons = dict(why or {})
    addresses = {endpoint.address: reasons.get(endpoint.address, Why.TO) for endpoint in named}
    cover, body = os.urandom(600), os.urandom(size)
    capsules = {endpoint.id: os.urandom(1232) for endpoint in named}
    grants = {endpoint.id: os.urandom(500) for endpoint in named}
    core = Core(
        anchor=here.anchor,
        suite=SUITE,
        relay=ORIGIN,
        package=PackageId(package or os.urandom(16)),
        sender=here.endpoints[sender].id,
        recipients=ordered(
            [Recipient(address=address, why=reason) for address, reason in addresses.items()]
        ),
        cover=Sealed(digest=sha256(cover), length=len(cover)),
        body=Sealed(digest=digest_of(body), length=len(body)),
        cover_commitment=os.urandom(32),
        manifest_commitment=os.urandom(32),
        created=now,
        expires=Seconds(now + life),
        checkpoint=checkpoint or here.checkpoint(time=now),
    )
    granted = ordered(
        [
            Granted(
                endpoint=endpoint.id,
                epoch_key=endpoint.epoch.signed.hash,
                capsule=sha256(capsules[endpoint.id]),
                grant=sha256(grants[endpoint.id]),
            )
            for endpoint in named
        ]
    )
    delivery = Delivery(
        anchor=here.anchor,
        core=object_hash(Core.TYPE, encode(core)),
        number=1,
        endpoints=granted,
    )
    return Parcel(
        sender=here.endpoints[sender],
        core=core,
        delivery=delivery,
        cover=cover,
        body=body,
        capsules=tuple(capsules[g.endpoint] for g in granted),
        grants=tuple(grants[g.endpoint] for g in granted),
    )


def ordered(rows: Sequence[T]) -> tuple[T, ...]:
    """Messages in the order of their encodings as rows."""
    codec = schema.Row(type(rows[0]))
    return tuple(sorted(rows, key=lambda row: encoding.encode(codec.to_plain(row, ""))))


# -- running --------------------------------------------------------------------------------------------------------


def entries(here: Quillmere) -> tuple[LogEntry, ...]:
    """The log with the openings that belong to each statement."""
    return tuple(entry(here, signed) for signed in here.log)


def entry(here: Quillmere, statement: bytes) -> LogEntry:
    signed = parse_signed(statement)
    message = read_unverified(signed, BY_TYPE[signed.type])
    hidden = (
        [message.address_commitment, message.name_commitment] if isinstance(message, Member) else []
    )
    found = [here.openings[c] for c in hidden if c is not None and c in here.openings]
    return LogEntry(statement=statement, openings=tuple(found))


async def publish_epochs(services: Services, here: Quillmere) -> None:
    """Everybody's sealing keys, put straight into the store."""
    rows = [
        StoredEpochKey(
            hash=epoch.opened.hash,
            endpoint=endpoint.id,
            number=epoch.opened.message.number,
            valid_from=epoch.opened.message.valid_from,
            valid_until=epoch.opened.message.valid_until,
            opens_until=epoch.opened.message.opens_until,
            signed=epoch.signed.encoded(),
        )
        for endpoint in here.endpoints.values()
        for epoch in endpoint.epochs
    ]
    await services.store.write(lambda tx: tx.epochs.publish(rows))


@asynccontextmanager
async def running(
    home: Path,
    clock: Clock,
    *,
    claimed: bool = True,
    accept_lost_keys: bool = False,
    **changes: Any,
) -> AsyncIterator[Town]:
    """A relay in ``home``, which is made when it is not there; ``claimed`` with all of Quillmere in its log."""
    if not home.exists():
        make_home(home)
    here = quillmere()
    async with (
        listening(
            settings_for(home, **changes), clock=clock, accept_lost_keys=accept_lost_keys
        ) as relay,
        aiohttp.ClientSession(
            auto_decompress=False, timeout=aiohttp.ClientTimeout(total=30)
        ) as session,
    ):
        town = Town(here=here, relay=relay, clock=clock, session=session)
        if claimed and relay.services.log.state is None:
            claim = Claim(claim=CLAIM, entries=entries(here))
            assert (
                reply := await town.ask(as_newcomer(), "POST", "/v1/claim", claim)
            ).status == 200, reply
            await publish_epochs(relay.services, here)
        yield town
