"""Who may ask: signatures, nonces, bodies, standing, quotas; and that a refused request changes nothing (§8)."""

from __future__ import annotations

import asyncio
import os
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from phoenix_protocol import limits
from phoenix_protocol.api import Append, LogEntry
from phoenix_protocol.directory.statements import EndReason
from phoenix_protocol.signed import sign
from phoenix_protocol.suite import Ed25519PrivateKey
from phoenix_relay.settings import Quotas
from tests.protocol.quillmere import HEALTH, NOW, POLICE
from tests.protocol.quillmere_changes import Changes
from tests.relay.quillmere_relay import (
    Asker,
    Clock,
    Prepared,
    Town,
    as_endpoint,
    as_manager,
    as_newcomer,
    problem,
    running,
)

CHECKPOINT = "/v1/checkpoint"


def plain_get(town: Town, **how: object) -> Prepared:
    return town.prepared(as_endpoint(town.endpoint("nurse")), "GET", CHECKPOINT, **how)  # type: ignore[arg-type]


async def test_a_signed_request_is_answered(town: Town) -> None:
    assert (await town.send(plain_get(town))).status == 200


@pytest.mark.parametrize(
    "now", [NOW - 2 * limits.CLOCK_SKEW - 10, NOW + limits.CLOCK_SKEW + 10], ids=["old", "future"]
)
async def test_a_request_of_another_time_is_refused(town: Town, now: int) -> None:
    reply = await town.send(plain_get(town, now=now))
    assert (reply.status, reply.code) == (401, "E_REQ_SIG")


async def test_a_replayed_request_is_refused(town: Town) -> None:
    request = plain_get(town)
    assert (await town.send(request)).status == 200
    assert (await town.send(request)).code == "E_REQ_SIG"


async def test_a_replayed_change_is_refused_after_a_restart(tmp_path: Path) -> None:
    clock = Clock()
    async with running(tmp_path / "relay", clock) as town:
        sent = town.package()
        request = town.prepared(as_endpoint(sent.sender), "POST", "/v1/packages", sent.submission())
        assert (await town.send(request)).status == 200
        authority = request.headers
    async with running(tmp_path / "relay", clock, port=urlsplit(town.relay.url).port) as again:
        assert (await again.send(request)).code == "E_REQ_SIG"
        assert request.headers is authority


@pytest.mark.parametrize("part", ["method", "target", "query", "signature", "body", "nonce"])
async def test_one_changed_part_is_refused_and_changes_nothing(town: Town, part: str) -> None:
    sent = town.package()
    who = as_endpoint(sent.sender)
    request = town.prepared(who, "POST", "/v1/packages", sent.submission())
    if part == "method":
        request.method = "PUT"
    if part == "target":
        request.target = "/v1/events"
    if part == "query":
        request.target = "/v1/packages?x=1"
    if part == "body":
        assert request.body is not None
        request.body = request.body[:-1] + bytes([request.body[-1] ^ 1])
    if part == "signature":
        other = town.prepared(who, "POST", "/v1/packages", sent.submission())
        request.headers["Signature"] = other.headers["Signature"]
    if part == "nonce":
        parameters = request.headers["Signature-Input"]
        at = parameters.index('nonce="') + 7
        changed = "A" if parameters[at] != "A" else "B"
        request.headers["Signature-Input"] = parameters[:at] + changed + parameters[at + 1 :]
    reply = await town.send(request)
    expected = (405, "E_NOT_FOUND") if part == "method" else (401, "E_REQ_SIG")
    assert (reply.status, reply.code) == expected
    assert await town.services.store.read(lambda tx: tx.packages.find(sent.hash)) is None


async def test_another_key_cannot_speak_for_an_endpoint(town: Town) -> None:
    nurse = as_endpoint(town.endpoint("nurse"))
    stranger = Asker(key_id=nurse.key_id, key=Ed25519PrivateKey.from_seed(os.urandom(32)))
    assert (await town.ask(stranger, "GET", CHECKPOINT)).code == "E_REQ_SIG"


async def test_an_unknown_endpoint_is_a_bad_signature(town: Town) -> None:
    nurse = as_endpoint(town.endpoint("nurse"))
    unknown = replace(nurse, key_id=replace(nurse.key_id, id=bytes(32)))
    assert (await town.ask(unknown, "GET", CHECKPOINT)).code == "E_REQ_SIG"


async def test_an_unsigned_request_gets_an_unsigned_problem(town: Town) -> None:
    async with town.session.get(town.relay.url + CHECKPOINT) as response:
        content = await response.read()
    assert response.status == 401
    assert problem(401, content, response.headers)["code"] == "E_REQ_SIG"
    assert "Signature" not in response.headers
    assert response.headers["Server"] == "phoenix-relay"


async def test_a_route_for_others_is_not_found(town: Town) -> None:
    manager = as_manager(town.here.agencies[POLICE].managers[0])
    sent = await town.held()
    for who, method, target in (
        (manager, "GET", "/v1/feed"),
        (manager, "GET", sent.target),
        (as_newcomer(), "GET", "/v1/joins"),
        (as_endpoint(town.endpoint("nurse")), "GET", "/v1/joins"),
        (as_newcomer(), "GET", sent.target),
    ):
        assert (await town.ask(who, method, target)).code == "E_NOT_FOUND"


async def test_unknown_paths_and_methods_are_signed_problems(town: Town) -> None:
    nurse = town.endpoint("nurse")
    assert (await town.ask(nurse, "GET", "/v1/nothing")).status == 404
    assert (await town.ask(nurse, "GET", "/")).status == 404
    reply = await town.ask(nurse, "DELETE", "/v1/log")
    assert (reply.status, reply.code) == (405, "E_NOT_FOUND")
    assert reply.headers["Allow"] == "GET,POST"


async def test_a_member_of_a_suspended_agency_may_read_the_log_and_nothing_else(
    town: Town,
) -> None:
    sent = await town.held()
    suspended = Changes(town.here).suspended(POLICE)
    added = Append(entries=(LogEntry(statement=suspended.encoded(), openings=()),))
    assert (await town.ask(as_newcomer(), "POST", "/v1/log", added)).status == 200
    mash = town.endpoint("mash 1")
    assert (await town.ask(mash, "GET", f"/v1/log?anchor={town.here.anchor.hex()}")).status == 200
    for target in (sent.target, "/v1/feed"):
        reply = await town.ask(mash, "GET", target)
        assert (reply.status, reply.code) == (403, "E_AGENCY_CLOSED")
    manager = as_manager(town.here.agencies[POLICE].managers[0])
    assert (await town.ask(manager, "GET", "/v1/joins")).code == "E_REQ_SIG"


async def test_an_endpoint_that_has_ended_cannot_ask(town: Town) -> None:
    nurse = town.endpoint("nurse")
    changes = Changes(town.here)
    ended = sign(changes.end(nurse.id, EndReason.LEFT), changes.managers(HEALTH))
    added = Append(entries=(LogEntry(statement=ended.encoded(), openings=()),))
    assert (await town.ask(as_newcomer(), "POST", "/v1/log", added)).status == 200
    town.clock.turn(1)
    assert (await town.ask(nurse, "GET", CHECKPOINT)).code == "E_REQ_SIG"


async def test_a_body_over_the_limit_is_refused_before_it_is_read(town: Town) -> None:
    reader, writer = await connection(town)
    big = town.prepared(
        as_endpoint(town.endpoint("nurse")), "POST", "/v1/epochs/query", b"x" * 70_000
    )
    writer.write(head_of(big, town))
    await writer.drain()
    status = await asyncio.wait_for(reader.readline(), 5)
    assert b" 413 " in status
    writer.close()


async def test_the_body_is_asked_for_only_once_its_request_is_authentic(town: Town) -> None:
    sent = town.package()
    good = town.prepared(as_endpoint(sent.sender), "POST", "/v1/packages", sent.submission())
    good.headers["Expect"] = "100-continue"
    reader, writer = await connection(town)
    writer.write(head_of(good, town))
    assert b" 100 " in await asyncio.wait_for(reader.readline(), 5)
    assert await reader.readline() == b"\r\n"
    writer.write(good.body or b"")
    assert b" 200 " in await asyncio.wait_for(reader.readline(), 5)
    writer.close()
    good.headers["Signature"] = good.headers["Signature"].replace("phoenix=:", "phoenix=:AAAA", 1)
    reader, writer = await connection(town)
    writer.write(head_of(good, town))
    assert b" 401 " in await asyncio.wait_for(reader.readline(), 5)
    writer.close()


async def test_a_body_that_is_cut_is_never_handled(town: Town) -> None:
    sent = town.package()
    request = town.prepared(as_endpoint(sent.sender), "POST", "/v1/packages", sent.submission())
    reader, writer = await connection(town)
    writer.write(head_of(request, town) + (request.body or b"")[:-10])
    writer.write_eof()
    await asyncio.wait_for(reader.read(), 5)
    assert await town.services.store.read(lambda tx: tx.packages.find(sent.hash)) is None
    assert town.services.gate.running == 0


async def test_a_flood_is_429_for_its_maker_and_nothing_for_others(tmp_path: Path) -> None:
    quotas = Quotas(requests_per_second=1, request_burst=5, newcomer_requests_per_minute=50)
    async with running(tmp_path / "relay", Clock(), quotas=quotas) as town:
        nurse, mash = town.endpoint("nurse"), town.endpoint("mash 1")
        replies = [await town.ask(nurse, "GET", CHECKPOINT) for _ in range(8)]
        refused = [reply for reply in replies if reply.status == 429]
        assert refused
        assert all(reply.code == "E_QUOTA" for reply in refused)
        assert all(int(reply.headers["Retry-After"]) >= 1 for reply in refused)
        assert (await town.ask(mash, "GET", CHECKPOINT)).status == 200
        assert (await town.ask(as_newcomer(), "GET", CHECKPOINT)).status == 200


async def test_newcomers_share_the_quota_of_their_address(tmp_path: Path) -> None:
    quotas = Quotas(newcomer_requests_per_minute=3)
    async with running(tmp_path / "relay", Clock(), quotas=quotas) as town:
        replies = [await town.ask(as_newcomer(), "GET", CHECKPOINT) for _ in range(4)]
        assert replies[-1].code == "E_QUOTA"


# -- raw connections ------------------------------------------------------------------------------------------------


async def connection(town: Town) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    at = urlsplit(town.relay.url)
    return await asyncio.open_connection(at.hostname, at.port)


def head_of(request: Prepared, town: Town) -> bytes:
    fields = {"Host": urlsplit(town.relay.url).netloc, **request.headers}
    lines = [f"{request.method} {request.target} HTTP/1.1"]
    lines += [f"{name}: {value}" for name, value in fields.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


GARBAGE = {
    "not HTTP": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
    "no method": b" / HTTP/1.1\r\nHost: a\r\n\r\n",
    "bad version": b"GET / HTTP/9.9\r\nHost: a\r\n\r\n",
    "long line": b"GET /" + b"a" * 10_000 + b" HTTP/1.1\r\nHost: a\r\n\r\n",
    "long field": b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"a" * 10_000 + b"\r\n\r\n",
    "many fields": b"GET / HTTP/1.1\r\nHost: a\r\n" + b"X: y\r\n" * 500 + b"\r\n",
    "bad field": b"GET / HTTP/1.1\r\nHost: a\r\nX\x00Y: z\r\n\r\n",
    "two lengths": b"POST /v1/log HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
    "length and chunks": b"POST /v1/log HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n"
    b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "bad length": b"POST /v1/log HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
    "bad chunk": b"POST /v1/log HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n\r\n",
    "gzip": b"POST /v1/log HTTP/1.1\r\nHost: a\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\nab",
    "no host": b"GET /v1/relay HTTP/1.1\r\n\r\n",
    "two hosts": b"GET /v1/relay HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
    "asterisk": b"OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n",
    "absolute": b"GET http://other/v1/relay HTTP/1.1\r\nHost: a\r\n\r\n",
    "connect": b"CONNECT other:443 HTTP/1.1\r\nHost: a\r\n\r\n",
    "expectation": b"POST /v1/log HTTP/1.1\r\nHost: a\r\nExpect: miracles\r\nContent-Length: 0\r\n\r\n",
    "expectation of nothing": b"GET /nowhere HTTP/1.1\r\nHost: a\r\nExpect: miracles\r\n\r\n",
    "asterisk with expectation": b"OPTIONS * HTTP/1.1\r\nHost: a\r\nExpect: miracles\r\n\r\n",
    "upgrade": b"GET /v1/feed HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
    "HTTP/1.0": b"GET /v1/relay HTTP/1.0\r\n\r\n",
    "bytes in the path": b"GET /v1/\xff\xfe%00%2e HTTP/1.1\r\nHost: a\r\n\r\n",
    "bytes in fields": b"GET /v1/relay HTTP/1.1\r\nHost: \xff\xfe\r\nSignature: \xff\r\n\r\n",
    "bad port": b"GET /v1/relay HTTP/1.1\r\nHost: a:99999999\r\n\r\n",
    "bracket path": b"GET //[::1 HTTP/1.1\r\nHost: [\r\n\r\n",
}


async def test_any_bytes_get_a_problem_document(town: Town) -> None:
    for name, sent in GARBAGE.items():
        status, fields, content = await answer_to(town, sent)
        assert 400 <= status < 500, name
        problem(status, content, fields)


async def answer_to(town: Town, sent: bytes) -> tuple[int, dict[str, str], bytes]:
    reader, writer = await connection(town)
    writer.write(sent)
    async with asyncio.timeout(5):
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        lines = head.strip().split("\r\n")
        status = int(lines[0].split(" ")[1])
        fields = dict(line.split(": ", 1) for line in lines[1:])
        content = await reader.readexactly(int(fields["Content-Length"]))
    writer.close()
    return status, fields, content
