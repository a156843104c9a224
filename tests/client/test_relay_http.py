"""The client's half of the conversation, over real sockets, with a server that does all it should not."""

from __future__ import annotations

import asyncio
import itertools
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
from aiohttp import web

from agency_client.adapters.relay_address import relay_address
from agency_client.adapters.relay_connection import Requester
from agency_client.adapters.relay_http import HttpRelay
from agency_client.adapters.relay_patience import QUICK, UNTOLD, Patience
from phoenix_protocol import api, schema
from phoenix_protocol.directory.statements import RelayKeys
from phoenix_protocol.errors import PhoenixError, RefusedError, TamperError, UnavailableError
from phoenix_protocol.identifiers import Anchor, EndpointId, ObjectHash, Seconds
from phoenix_protocol.key_ids import endpoint_key_id
from phoenix_protocol.merkle import leaf_hash
from phoenix_protocol.suite import DOCUMENT_KEY_BYTES, Ed25519PrivateKey, RequestPrivateKey, sha256
from phoenix_relay.http.routes import Raw, Route
from phoenix_relay.http.table import ROUTES
from tests.client.small_relay import Reply, Request, SmallRelay, message, problem
from tests.client.steady import SteadyClock
from tests.faults import Fault, FaultProxy
from tests.protocol.seeded_randomness import SeededRandomness

KEY = RequestPrivateKey.from_seed(bytes(range(32)))
KEY_ID = endpoint_key_id(EndpointId(sha256(b"endpoint")))
REQUESTER = Requester(key=KEY, key_id=KEY_ID)
CORE = ObjectHash(sha256(b"core"))
NOTE = api.CheckpointNote(checkpoint="relay.example\n1\nAAAA\n")
CHECKPOINT = "GET /v1/checkpoint"
EVENT = api.Saying(signed=b"event")
PATIENCE = Patience(first=0.5, longest=4.0, budget=20.0, attempt=5.0, connect=2.0, silence=0.5)

#: No two clients draw the same nonces.
SEEDS = itertools.count()

Fixture = tuple[SmallRelay, HttpRelay, SteadyClock]


@asynccontextmanager
async def client_of(
    url: str,
    clock: SteadyClock,
    response_key: Callable[[], bytes | None],
    patience: Patience = PATIENCE,
) -> AsyncIterator[HttpRelay]:
    async with HttpRelay(
        relay_address(url),
        REQUESTER,
        response_key=response_key,
        clock=clock,
        randomness=SeededRandomness(next(SEEDS)),
        patience=patience,
    ) as relay:
        yield relay


@pytest.fixture
async def both() -> AsyncIterator[Fixture]:
    """A relay that answers one question, a client of it, and the clock of both."""
    clock = SteadyClock()
    async with SmallRelay({KEY_ID: KEY.public_bytes()}, clock) as server:
        server.answers[CHECKPOINT] = message(NOTE)
        async with client_of(server.url, clock, server.key.public_bytes) as relay:
            yield server, relay, clock


async def error_of(asking: object) -> PhoenixError:
    with pytest.raises(PhoenixError) as caught:
        await asking  # type: ignore[misc]
    return caught.value


def route_of(request: Request) -> Route:
    """The relay's own route for a request."""
    path = request.target.partition("?")[0]
    for route in ROUTES:
        shape = re.sub(r"\{\w+\}", "[^/]+", route.path)
        if route.method == request.method and re.fullmatch(shape, path):
            return route
    raise AssertionError(f"The relay has no route {request.method} {path}.")


NOTHING, RAW = Raw.NONE, Raw.BLOCK


# -- what goes well -------------------------------------------------------------------------------


async def test_every_route_carries_its_values_both_ways(both: Fixture) -> None:
    server, relay, _ = both
    signed = api.SignedObject(signed=b"signed")
    proof = api.Proof(hashes=(sha256(b"a"),))
    page = api.LogPage(first=3, entries=(), checkpoint=NOTE.checkpoint)
    joining = api.Joining(request=b"request", epoch_keys=(b"epoch",))
    query = api.EpochQuery(endpoints=(EndpointId(sha256(b"e")),), at=Seconds(5))
    answer = api.EpochAnswer(
        endpoints=(api.EndpointEpochKeys(endpoint=query.endpoints[0], keys=(b"key",)),)
    )
    plan = api.UploadPlan(leaves=(leaf_hash(b"block"),), length=5, expires=Seconds(9))
    state = api.UploadState(digest=leaf_hash(b"block"), missing=(0,))
    offer = api.Offer(core=b"c", delivery=b"d", held=b"h", capsule=b"k", cover=b"v")
    released = api.Released(grant=b"g", leaves=plan.leaves)
    states = api.States(
        endpoints=(api.EndpointState(endpoint=query.endpoints[0], state="offered"),)
    )
    submission = api.Submission(core=b"c", delivery=b"d", capsules=(b"k",), grants=(b"g",))
    entry = api.LogEntry(statement=b"statement", openings=())
    claim = api.Claim(claim="phoenix-claim-x", entries=(entry,))
    append = api.Append(entries=(entry,))
    epochs = api.EpochKeys(keys=(b"key",))
    feed = api.FeedPage(items=(), checkpoint=NOTE.checkpoint, whole_from=Seconds(0))
    keys = RelayKeys(
        origin="relay.example",
        url="https://relay.example",
        log_key=sha256(b"log"),
        response_key=sha256(b"response"),
        receipt_key=bytes(DOCUMENT_KEY_BYTES),
    )
    relay_itself = api.RelayDescription(keys=keys)
    anchor = Anchor(sha256(b"anchor"))
    digest = sha256(b"digest").hex()
    table: list[tuple[str, object | None, object | None, object]] = [
        ("GET /v1/relay", None, relay_itself, relay.describe()),
        (CHECKPOINT, None, NOTE, relay.checkpoint()),
        ("POST /v1/claim", claim, NOTE, relay.claim(claim)),
        (f"GET /v1/log?anchor={anchor.hex()}&from=3", None, page, relay.log(anchor, start=3)),
        ("GET /v1/log/inclusion?index=1&size=2", None, proof, relay.inclusion(index=1, size=2)),
        ("GET /v1/log/consistency?from=1&to=2", None, proof, relay.consistency(first=1, second=2)),
        ("POST /v1/log", append, NOTE, relay.append(append)),
        ("POST /v1/joins", joining, None, relay.ask_to_join(joining)),
        ("GET /v1/joins", None, api.Joinings(requests=(joining,)), relay.joinings()),
        ("GET /v1/joins/ABCD-1234", None, joining, relay.joining("ABCD-1234")),
        ("POST /v1/epochs", epochs, None, relay.publish_epoch_keys(epochs)),
        ("POST /v1/epochs/query", query, answer, relay.epoch_keys(query)),
        ("POST /v1/uploads", plan, state, relay.plan_upload(plan)),
        (
            f"PUT /v1/uploads/{digest}/7",
            b"block",
            None,
            relay.put_block(bytes.fromhex(digest), 7, b"block"),
        ),
        ("POST /v1/packages", submission, signed, relay.submit(submission)),
        (f"GET /v1/packages/{CORE.hex()}", None, offer, relay.offer(CORE)),
        (f"GET /v1/packages/{CORE.hex()}/grant", None, released, relay.released(CORE)),
        (f"GET /v1/packages/{CORE.hex()}/states", None, states, relay.states(CORE)),
        ("POST /v1/events", EVENT, None, relay.say(EVENT)),
        ("POST /v1/recalls", EVENT, signed, relay.recall(EVENT)),
        ("POST /v1/voids", signed, None, relay.void(signed)),
        ("POST /v1/notices", EVENT, None, relay.hand_notice(EVENT)),
        ("POST /v1/notices/answers", EVENT, None, relay.answer_notice(EVENT)),
        ("GET /v1/feed?after=4&wait=0", None, feed, relay.feed(after=4)),
    ]
    for target, sent, given, asking in table:
        server.answers[target] = Reply(status=204) if given is None else message(given)
        assert await asking == given  # type: ignore[misc]
        arrived = server.requests[-1]
        assert f"{arrived.method} {arrived.target}" == target
        expected = sent if isinstance(sent, bytes) else b"" if sent is None else schema.encode(sent)
        assert arrived.body == expected
        route = route_of(arrived)
        assert (NOTHING if sent is None else RAW if isinstance(sent, bytes) else type(sent)) == (
            route.reads
        )
        assert (NOTHING if given is None else type(given)) == route.answers
    assert len({request.signed.nonce for request in server.requests}) == len(table)
    asked = {route_of(request).name for request in server.requests}
    assert {route.name for route in ROUTES} - asked == {"getBlock"}


async def test_a_request_says_nothing_about_this_machine(both: Fixture) -> None:
    server, relay, _ = both
    await relay.checkpoint()
    names = set(server.requests[0].headers)
    assert names == {
        "Host",
        "Accept",
        "Accept-Encoding",
        "User-Agent",
        "Signature",
        "Signature-Input",
    }
    assert server.requests[0].headers["User-Agent"] == "phoenix"


async def test_a_body_of_several_mebibytes_travels_whole(both: Fixture) -> None:
    server, relay, _ = both
    server.answers["POST /v1/events"] = Reply(status=204)
    event = api.Saying(signed=bytes(2 << 20))
    await relay.say(event)
    assert server.requests[0].body == schema.encode(event)


async def test_what_cannot_be_a_code_is_not_asked_for(both: Fixture) -> None:
    server, relay, _ = both
    for code in ("", "../relay", "a/b", "a?b", "%2e", "ü", "a\n", "A" * 129):
        assert (await error_of(relay.joining(code))).code == "E_NOT_FOUND"
    assert server.requests == []


# -- the relay says no, or not now ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (400, "E_PARSE"),
        (401, "E_REQ_SIG"),
        (404, "E_NOT_FOUND"),
        (409, "E_CONFLICT"),
        (413, "E_LIMIT"),
    ],
)
async def test_a_refusal_keeps_its_code_and_is_not_repeated(
    both: Fixture, status: int, code: str
) -> None:
    server, relay, clock = both
    server.answers[CHECKPOINT] = problem(status, code, "The desk is closed.")
    error = await error_of(relay.checkpoint())
    assert (type(error), error.code) == (RefusedError, code)
    assert error.what == "The relay says: The desk is closed."
    assert (len(server.requests), clock.slept) == (1, [])


@pytest.mark.parametrize(
    "detail", ["\\u001b[2Jgone", "\\u202eback", "two\\nlines", "x" * 301, "", "\\ud800"]
)
async def test_words_that_are_not_plain_are_not_shown(both: Fixture, detail: str) -> None:
    server, relay, _ = both
    server.answers[CHECKPOINT] = problem(404, "E_NOT_FOUND", detail)
    assert (await error_of(relay.checkpoint())).what == "The relay refused the request."


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{}",
        b"[]",
        b"null",
        b"not json",
        b'{"code": 1}',
        b'{"code": "e_x"}',
        b"[" * 9000,
        b'{"code": "E_\\u001b"}',
        b"\xff",
    ],
)
async def test_a_refusal_that_is_no_problem_document_is_nonsense(
    both: Fixture, content: bytes
) -> None:
    server, relay, _ = both
    server.answers[CHECKPOINT] = Reply(400, content, api.PROBLEM_TYPE)
    error = await error_of(relay.checkpoint())
    assert (type(error), error.code) == (TamperError, "E_PARSE")


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
async def test_not_now_is_repeated_with_a_fresh_nonce_and_never_needs_a_signature(
    both: Fixture, status: int
) -> None:
    server, relay, clock = both
    server.next.extend([lambda *_: web.Response(status=status, text="<h1>Sorry</h1>")] * 3)
    assert await relay.checkpoint() == NOTE
    assert len(server.requests) == 4
    assert server.replayed == []
    assert all(0 <= wait <= 0.5 * 2**n for n, wait in enumerate(clock.slept))
    assert len(set(clock.slept)) == 3, "waits are drawn, not fixed"


async def test_retry_after_is_heeded(both: Fixture) -> None:
    server, relay, clock = both
    server.next.append(lambda *_: web.Response(status=503, headers={"Retry-After": "7"}))
    await relay.checkpoint()
    assert 7 <= clock.slept[0] <= 7.5


@pytest.mark.parametrize(("status", "code"), [(429, "E_QUOTA"), (503, "E_RELAY")])
async def test_a_wait_beyond_the_budget_is_left_to_the_caller(
    both: Fixture, status: int, code: str
) -> None:
    server, relay, clock = both
    server.next.append(lambda *_: web.Response(status=status, headers={"Retry-After": "3600"}))
    error = await error_of(relay.checkpoint())
    assert (type(error), error.code, error.exit_code) == (UnavailableError, code, 4)
    assert clock.slept == []


async def test_patience_ends(both: Fixture) -> None:
    server, relay, clock = both
    server.next.extend([lambda *_: web.Response(status=503)] * 1000)
    assert (await error_of(relay.checkpoint())).code == "E_RELAY"
    assert PATIENCE.budget / 2 < sum(clock.slept) <= PATIENCE.budget
    assert max(clock.slept) <= PATIENCE.longest


# -- connections ----------------------------------------------------------------------------------


def cut(_: SmallRelay, request: web.BaseRequest, __: Request) -> web.Response:
    assert request.transport is not None
    request.transport.abort()
    return web.Response()


async def hang(*_: object) -> web.Response:
    await asyncio.sleep(3600)
    return web.Response()


async def test_a_cut_connection_is_tried_again(both: Fixture) -> None:
    server, relay, _ = both
    server.answers["POST /v1/events"] = Reply(status=204)
    server.next.extend([cut, cut])
    await relay.say(EVENT)
    assert [request.target for request in server.requests] == ["/v1/events"] * 3
    assert server.replayed == []


async def test_a_request_lost_on_a_kept_connection_is_not_sent_again_as_it_was(
    both: Fixture,
) -> None:
    server, relay, clock = both
    await relay.checkpoint()
    server.next.append(cut)
    await relay.checkpoint()
    assert len(server.requests) == 3
    assert server.replayed == []
    assert len(clock.slept) == 1


async def test_a_relay_that_does_not_answer_is_unavailable(both: Fixture) -> None:
    server, _, clock = both
    hasty = Patience(first=0.5, budget=0.4, silence=0.2)
    server.next.extend([hang] * 20)
    async with client_of(server.url, clock, server.key.public_bytes, hasty) as relay:
        error = await error_of(relay.checkpoint())
    assert (error.code, error.exit_code) == ("E_RELAY", 4)
    assert "in time" in error.what


async def test_an_answer_that_drips_is_given_up(both: Fixture) -> None:
    server, _, clock = both

    async def drip(relay: SmallRelay, request: web.BaseRequest, arrived: Request) -> web.Response:
        reply = web.StreamResponse(headers=relay.fields(arrived, message(NOTE)))
        await reply.prepare(request)
        while True:
            await reply.write(b"x")
            await asyncio.sleep(0.05)

    server.next.append(drip)
    hasty = Patience(budget=0.0, attempt=0.5, silence=0.4)
    async with client_of(server.url, clock, server.key.public_bytes, hasty) as relay:
        assert (await error_of(relay.checkpoint())).code == "E_RELAY"


async def test_a_long_poll_is_given_its_time(both: Fixture) -> None:
    server, relay, _ = both
    page = api.FeedPage(items=(), checkpoint=NOTE.checkpoint, whole_from=Seconds(0))

    async def wait(relay: SmallRelay, _: object, arrived: Request) -> web.Response:
        await asyncio.sleep(PATIENCE.silence + 0.2)
        return relay.signed(arrived, message(page))

    server.next.append(wait)
    assert await relay.feed(after=0, wait=1) == page


async def test_nobody_there_is_unavailable(both: Fixture) -> None:
    server, _, clock = both
    async with client_of("http://127.0.0.1:1", clock, server.key.public_bytes) as relay:
        error = await error_of(relay.say(EVENT))
    assert (error.code, error.exit_code) == ("E_RELAY", 4)
    assert len(clock.slept) > 3


@pytest.mark.parametrize("down", [1, 40, 200, 400, 500])
async def test_an_answer_cut_anywhere_is_asked_for_again(both: Fixture, down: int) -> None:
    server, _, clock = both
    async with FaultProxy(server.port) as proxy:
        proxy.faults.extend([Fault(down=down)] * 2)
        async with client_of(proxy.url, clock, server.key.public_bytes) as relay:
            assert await relay.checkpoint() == NOTE
    assert proxy.connections == 3
    assert server.replayed == []


@pytest.mark.parametrize("up", [0, 100, 5000])
async def test_a_request_cut_anywhere_is_sent_again(both: Fixture, up: int) -> None:
    server, _, clock = both
    server.answers["POST /v1/events"] = Reply(status=204)
    async with FaultProxy(server.port) as proxy:
        proxy.faults.extend([Fault(up=up)] * 2)
        async with client_of(proxy.url, clock, server.key.public_bytes) as relay:
            await relay.say(api.Saying(signed=bytes(20_000)))
    assert proxy.connections == 3


# -- answers that are not the relay's -------------------------------------------------------------


def with_fields(**changes: str | None) -> Callable[..., web.Response]:
    """A good answer with other header fields; ``None`` takes one away."""

    def misbehave(relay: SmallRelay, _: object, arrived: Request) -> web.Response:
        reply = relay.reply(arrived)
        fields: dict[str, str | None] = {**relay.fields(arrived, reply)}
        fields |= {name.replace("_", "-"): value for name, value in changes.items()}
        kept = {name: value for name, value in fields.items() if value is not None}
        return web.Response(status=reply.status, body=reply.content, headers=kept)

    return misbehave


def another_body(relay: SmallRelay, _: object, arrived: Request) -> web.Response:
    fields = relay.fields(arrived, relay.reply(arrived))
    return web.Response(body=schema.encode(api.CheckpointNote(checkpoint="forged")), headers=fields)


def shorter_body(relay: SmallRelay, _: object, arrived: Request) -> web.Response:
    reply = relay.reply(arrived)
    return web.Response(body=(reply.content or b"")[:-1], headers=relay.fields(arrived, reply))


def answer_to_another(relay: SmallRelay, _: object, __: Request) -> web.Response:
    first = relay.requests[0]
    return relay.signed(first, relay.reply(first))


def another_relay(relay: SmallRelay, _: object, arrived: Request) -> web.Response:
    ours, relay.key = relay.key, Ed25519PrivateKey.from_seed(bytes(32))
    answer = relay.signed(arrived, relay.reply(arrived))
    relay.key = ours
    return answer


def another_status(relay: SmallRelay, _: object, arrived: Request) -> web.Response:
    reply = relay.reply(arrived)
    fields = relay.fields(arrived, reply)
    return web.Response(status=201, body=reply.content, headers=fields)


def page_of_a_hotel(*_: object) -> web.Response:
    return web.Response(text="<html>Welcome! Please log in.</html>", content_type="text/html")


def redirect(*_: object) -> web.Response:
    return web.Response(status=302, headers={"Location": "/elsewhere"})


@pytest.mark.parametrize(
    "misbehave",
    [
        with_fields(Signature=None, Signature_Input=None),
        with_fields(Signature=None),
        with_fields(Content_Digest=None),
        with_fields(Content_Type="text/html"),
        with_fields(Content_Encoding="gzip"),
        with_fields(Signature="phoenix=:AAAA:"),
        another_body,
        shorter_body,
        answer_to_another,
        another_relay,
        another_status,
        page_of_a_hotel,
        redirect,
        lambda *_: web.Response(status=404, text="Not found"),
        lambda *_: web.Response(status=204),
    ],
)
async def test_an_answer_that_is_not_the_relay_s_is_an_alarm(
    both: Fixture, misbehave: Callable[..., web.Response]
) -> None:
    server, relay, clock = both
    await relay.checkpoint()
    server.next.append(misbehave)
    error = await error_of(relay.checkpoint())
    assert (type(error), error.code, error.exit_code) == (TamperError, "E_RESP_SIG", 5)
    assert (len(server.requests), clock.slept) == (2, []), "an alarm is not tried again"


@pytest.mark.parametrize(
    "reply",
    [
        Reply(content=b""),
        Reply(content=b"\xff\xff"),
        Reply(content=schema.encode(NOTE), content_type="application/json"),
        Reply(content=schema.encode(NOTE) + b"\0"),
        Reply(status=201, content=schema.encode(NOTE)),
        Reply(status=204),
        Reply(status=404, content=schema.encode(NOTE)),
        message(api.Proof(hashes=())),
    ],
)
async def test_a_signed_answer_that_is_nonsense_is_an_alarm(both: Fixture, reply: Reply) -> None:
    server, relay, _ = both
    server.answers[CHECKPOINT] = reply
    error = await error_of(relay.checkpoint())
    assert (type(error), error.code) == (TamperError, "E_PARSE")


async def test_an_answer_that_never_ends_is_read_up_to_its_limit(both: Fixture) -> None:
    server, relay, _ = both
    written = 0

    async def flood(relay: SmallRelay, request: web.BaseRequest, arrived: Request) -> object:
        nonlocal written
        answer = web.StreamResponse(headers=relay.fields(arrived, message(NOTE)))
        await answer.prepare(request)
        while True:
            await answer.write(bytes(65536))
            written += 65536

    server.next.append(flood)
    assert (await error_of(relay.checkpoint())).code == "E_LIMIT"
    assert written < 32 << 20, "what sockets buffer, and no more"


@pytest.mark.parametrize(
    "words", [b"SSH-2.0-OpenSSH_9.6\r\n", b"\0" * 100, b"HTTP/1.1 abc\r\n\r\n"]
)
async def test_what_does_not_speak_http_is_not_a_relay(both: Fixture, words: bytes) -> None:
    server, _, clock = both

    async def speak(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(words)
        await writer.drain()
        writer.close()

    listening = await asyncio.start_server(speak, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
    async with listening, client_of(url, clock, server.key.public_bytes) as relay:
        error = await error_of(relay.checkpoint())
    assert (type(error), error.code) == (TamperError, "E_RESP_SIG")


async def test_pages_that_were_not_asked_for_are_refused(both: Fixture) -> None:
    server, relay, _ = both
    anchor = Anchor(sha256(b"anchor"))
    page = api.LogPage(first=4, entries=(), checkpoint=NOTE.checkpoint)
    server.answers[f"GET /v1/log?anchor={anchor.hex()}&from=3"] = message(page)
    assert (await error_of(relay.log(anchor, start=3))).code == "E_PARSE"
    items = [
        api.FeedItem(cursor=cursor, kind=api.FeedKind.OFFER, core=CORE, time=Seconds(1))
        for cursor in (6, 6)
    ]
    for shown in (
        items,
        [api.FeedItem(cursor=5, kind=api.FeedKind.OFFER, core=CORE, time=Seconds(1))],
    ):
        feed = api.FeedPage(items=tuple(shown), checkpoint=NOTE.checkpoint, whole_from=Seconds(0))
        server.answers["GET /v1/feed?after=5&wait=0"] = message(feed)
        assert (await error_of(relay.feed(after=5))).code == "E_PARSE"
    query = api.EpochQuery(endpoints=(EndpointId(sha256(b"e")),), at=Seconds(5))
    server.answers["POST /v1/epochs/query"] = message(api.EpochAnswer(endpoints=()))
    assert (await error_of(relay.epoch_keys(query))).code == "E_PARSE"


async def test_a_block_is_compared_with_its_leaf(both: Fixture) -> None:
    server, relay, _ = both
    target = f"GET /v1/packages/{CORE.hex()}/body/2"
    server.answers[target] = Reply(content=b"block", content_type=api.BLOCK_TYPE)
    assert await relay.block(CORE, 2, leaf=leaf_hash(b"block")) == b"block"
    assert route_of(server.requests[0]).name == "getBlock"
    error = await error_of(relay.block(CORE, 2, leaf=leaf_hash(b"other")))
    assert (type(error), error.code) == (TamperError, "E_BODY_DIGEST")


# -- before the response key is known -------------------------------------------------------------


async def test_answers_are_kept_until_the_key_is_known_and_verified_then(both: Fixture) -> None:
    server, _, clock = both
    async with client_of(server.url, clock, lambda: None) as relay:
        await relay.checkpoint()
        await error_of(relay.offer(CORE))
        assert relay.unverified == 2
        with pytest.raises(TamperError, match="E_RESP_SIG"):
            relay.verify_later(Ed25519PrivateKey.from_seed(bytes(32)).public_bytes())
        assert relay.unverified == 2, "a wrong key settles nothing"
        relay.verify_later(server.key.public_bytes())
        assert relay.unverified == 0


async def test_an_answer_of_somebody_else_is_found_when_the_key_is_known(both: Fixture) -> None:
    server, _, clock = both
    server.next.append(another_relay)
    async with client_of(server.url, clock, lambda: None) as relay:
        await relay.checkpoint()
        await relay.checkpoint()
        for _ in range(2):
            with pytest.raises(TamperError, match="E_RESP_SIG"):
                relay.verify_later(server.key.public_bytes())


async def test_a_key_that_turns_up_is_tried_on_what_was_kept(both: Fixture) -> None:
    server, _, clock = both
    known: list[bytes] = []
    server.next.append(another_relay)
    async with client_of(server.url, clock, lambda: known[0] if known else None) as relay:
        await relay.checkpoint()
        known.append(server.key.public_bytes())
        assert (await error_of(relay.checkpoint())).code == "E_RESP_SIG"


async def test_an_unsigned_answer_is_kept_by_nobody(both: Fixture) -> None:
    server, _, clock = both
    server.next.extend([page_of_a_hotel, another_body])
    async with client_of(server.url, clock, lambda: None) as relay:
        for _ in range(2):
            assert (await error_of(relay.checkpoint())).code == "E_RESP_SIG"


# -- telling whoever waits ------------------------------------------------------------------------


@asynccontextmanager
async def telling(
    server: SmallRelay, clock: SteadyClock, patience: Patience = PATIENCE
) -> AsyncIterator[tuple[HttpRelay, list[Seconds]]]:
    """A client whose owner is told when the relay does not answer."""
    told: list[Seconds] = []
    async with HttpRelay(
        relay_address(server.url),
        REQUESTER,
        response_key=server.key.public_bytes,
        clock=clock,
        randomness=SeededRandomness(next(SEEDS)),
        patience=patience,
        waiting=told.append,
    ) as relay:
        yield relay, told


async def test_whoever_waits_is_told_once_until_when(both: Fixture) -> None:
    server, _, clock = both
    server.next.extend([lambda *_: web.Response(status=503)] * 1000)
    ends = clock.now() + PATIENCE.budget
    async with telling(server, clock) as (relay, told):
        await error_of(relay.checkpoint())
        await error_of(relay.checkpoint())
    assert [abs(until - ends) <= 1 for until in told] == [True]


async def test_a_relay_that_is_silent_is_told_of_before_it_is_given_up(both: Fixture) -> None:
    server, _, clock = both
    server.next.append(hang)
    hasty = Patience(budget=0.0, silence=UNTOLD + 0.5)
    async with telling(server, clock, hasty) as (relay, told):
        asking = asyncio.ensure_future(error_of(relay.checkpoint()))
        await asyncio.sleep(UNTOLD + 0.2)
        assert (told, asking.done()) == ([round(clock.now() + hasty.silence)], False)
        await asking


async def test_nobody_is_told_of_a_relay_that_answers(both: Fixture) -> None:
    server, _, clock = both
    server.next.append(cut)
    page = api.FeedPage(items=(), checkpoint=NOTE.checkpoint, whole_from=Seconds(0))

    async def wait(relay: SmallRelay, _: object, arrived: Request) -> web.Response:
        await asyncio.sleep(UNTOLD + 0.2)
        return relay.signed(arrived, message(page))

    async with telling(server, clock, replace(PATIENCE, silence=3.0)) as (relay, told):
        await relay.checkpoint()
        server.next.append(wait)
        await relay.feed(after=0, wait=3)
    assert told == []


def test_who_can_ask_again_waits_less() -> None:
    usual = Patience()
    assert QUICK.budget + QUICK.connect < usual.budget / 2
    assert QUICK.silence < usual.silence
    assert QUICK.attempt == usual.attempt, "an answer that comes is awaited as long"
