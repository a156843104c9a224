"""Bodies in blocks: bounded memory, resumption where it stopped, and every block checked."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from agency_client.adapters.relay_http import HttpRelay
from agency_client.body_transfer import WINDOW, download_blocks, upload_body
from phoenix_protocol import api, limits, schema
from phoenix_protocol.errors import PhoenixError, TamperError, UnavailableError
from phoenix_protocol.identifiers import ObjectHash, Seconds
from phoenix_protocol.merkle import leaf_hash, root
from phoenix_protocol.suite import sha256
from tests.client.small_relay import Reply, Request, SmallRelay, message
from tests.client.steady import SteadyClock
from tests.client.test_relay_http import KEY, KEY_ID, client_of
from tests.faults import Fault, FaultProxy

BLOCKS = [bytes([number]) * (limits.BLOCK if number < 11 else 5) for number in range(12)]
LEAVES = tuple(leaf_hash(block) for block in BLOCKS)
DIGEST = root(LEAVES)
PLAN = api.UploadPlan(leaves=LEAVES, length=sum(map(len, BLOCKS)), expires=Seconds(9))
CORE = ObjectHash(sha256(b"core"))


class Store:
    """What a relay keeps of one body."""

    def __init__(self, server: SmallRelay) -> None:
        self.blocks: dict[int, bytes] = {}
        self.puts: list[int] = []
        server.answers["POST /v1/uploads"] = self.state
        for index, block in enumerate(BLOCKS):
            server.answers[f"PUT /v1/uploads/{DIGEST.hex()}/{index}"] = self.put
            server.answers[f"GET /v1/packages/{CORE.hex()}/body/{index}"] = Reply(
                content=block, content_type=api.BLOCK_TYPE
            )

    def state(self, request: Request) -> Reply:
        plan = schema.decode(api.UploadPlan, request.body)
        missing = tuple(n for n in range(len(plan.leaves)) if n not in self.blocks)
        return message(api.UploadState(digest=root(plan.leaves), missing=missing))

    def put(self, request: Request) -> Reply:
        index = int(request.target.rpartition("/")[2])
        self.puts.append(index)
        self.blocks[index] = request.body
        return Reply(status=204)

    def whole(self) -> bool:
        return [self.blocks.get(n) for n in range(len(BLOCKS))] == BLOCKS


@pytest.fixture
async def parts() -> AsyncIterator[tuple[SmallRelay, Store, HttpRelay, SteadyClock]]:
    clock = SteadyClock()
    async with SmallRelay({KEY_ID: KEY.public_bytes()}, clock) as server:
        store = Store(server)
        async with client_of(server.url, clock, server.key.public_bytes) as relay:
            yield server, store, relay, clock


Parts = tuple[SmallRelay, Store, HttpRelay, SteadyClock]


async def test_a_body_goes_up_once_and_comes_down_in_order(parts: Parts) -> None:
    _, store, relay, _ = parts
    await upload_body(relay, PLAN, BLOCKS.__getitem__)
    assert store.whole()
    assert sorted(store.puts) == list(range(12))
    await upload_body(relay, PLAN, BLOCKS.__getitem__)
    assert len(store.puts) == 12, "what is there is not sent again"
    came = [item async for item in download_blocks(relay, CORE, LEAVES, range(12))]
    assert came == list(enumerate(BLOCKS))


async def test_an_upload_that_broke_off_goes_on_where_it_stopped(parts: Parts) -> None:
    _, store, relay, _ = parts
    read: list[int] = []

    def disk(index: int) -> bytes:
        read.append(index)
        if len(read) == 8:
            raise OSError("The disk was pulled out.")
        return BLOCKS[index]

    with pytest.raises(OSError, match="pulled out"):
        await upload_body(relay, PLAN, disk)
    before = set(store.blocks)
    assert 0 < len(before) < 12
    read.clear()
    await upload_body(relay, PLAN, lambda index: read.append(index) or BLOCKS[index])  # type: ignore[func-returns-value]
    assert store.whole()
    assert set(read).isdisjoint(before)


async def test_a_body_gets_through_connections_that_break(parts: Parts) -> None:
    server, store, _, clock = parts
    async with FaultProxy(server.port) as proxy:
        async with client_of(proxy.url, clock, server.key.public_bytes) as relay:
            proxy.faults.extend(Fault(up=n * 700_000) for n in range(4))
            await upload_body(relay, PLAN, BLOCKS.__getitem__)
            assert store.whole()
        async with client_of(proxy.url, clock, server.key.public_bytes) as relay:
            proxy.faults.extend(Fault(down=n * 700_000) for n in range(4))
            came = [item async for item in download_blocks(relay, CORE, LEAVES, range(12))]
    assert came == list(enumerate(BLOCKS))
    assert server.replayed == []


async def test_only_what_is_wanted_comes_down(parts: Parts) -> None:
    server, _, relay, _ = parts
    came = [index async for index, _ in download_blocks(relay, CORE, LEAVES, [7, 11])]
    assert came == [7, 11]
    assert len(server.requests) == 2


async def test_a_reader_who_leaves_does_not_wait_for_the_rest(parts: Parts) -> None:
    server, _, relay, _ = parts

    async def hang(*_: object) -> object:
        return await asyncio.sleep(3600)

    server.next.extend([lambda server, _, arrived: server.signed(arrived, server.reply(arrived))])
    server.next.extend([hang] * 12)
    blocks = download_blocks(relay, CORE, LEAVES, range(12))
    assert (await anext(blocks))[0] == 0
    async with asyncio.timeout(0.2):
        await blocks.aclose()  # type: ignore[attr-defined]


async def test_few_blocks_are_under_way_at_once_and_none_when_the_reader_leaves(
    parts: Parts,
) -> None:
    server, _, relay, _ = parts
    running = most = 0

    async def slowly(server: SmallRelay, _: object, arrived: Request) -> object:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0.02)
        running -= 1
        return server.signed(arrived, server.reply(arrived))

    server.next.extend([slowly] * 12)
    blocks = download_blocks(relay, CORE, LEAVES, range(12))
    assert (await anext(blocks))[0] == 0
    await blocks.aclose()  # type: ignore[attr-defined]
    await asyncio.sleep(0.05)
    asked = len(server.requests)
    await asyncio.sleep(0.05)
    assert len(server.requests) == asked <= 2 * WINDOW
    async for _ in download_blocks(relay, CORE, LEAVES, range(12)):
        pass
    assert 1 < most <= WINDOW


@pytest.mark.parametrize("index", [0, 5, 11])
async def test_a_block_that_is_cut_short_or_another_is_an_alarm(parts: Parts, index: int) -> None:
    server, _, relay, _ = parts
    target = f"GET /v1/packages/{CORE.hex()}/body/{index}"
    for content in (BLOCKS[index][:-1], b"", BLOCKS[index - 1]):
        server.answers[target] = Reply(content=content, content_type=api.BLOCK_TYPE)
        blocks = download_blocks(relay, CORE, LEAVES, range(12))
        assert [(await anext(blocks))[0] for _ in range(index)] == list(range(index))
        with pytest.raises(TamperError, match="E_BODY_DIGEST"):
            await anext(blocks)


async def test_an_altered_outbox_is_not_sent(parts: Parts) -> None:
    _, store, relay, _ = parts
    with pytest.raises(TamperError, match="E_STORE_INTEGRITY"):
        await upload_body(relay, PLAN, lambda index: BLOCKS[index - 1])
    assert store.puts == []


@pytest.mark.parametrize(
    "state",
    [
        api.UploadState(digest=sha256(b"other"), missing=()),
        api.UploadState(digest=DIGEST, missing=(12,)),
        api.UploadState(digest=DIGEST, missing=(3, 3)),
        api.UploadState(digest=DIGEST, missing=(4, 3)),
    ],
)
async def test_a_relay_that_asks_for_other_blocks_is_refused(
    parts: Parts, state: api.UploadState
) -> None:
    server, store, relay, _ = parts
    server.answers["POST /v1/uploads"] = message(state)
    with pytest.raises(TamperError, match="E_PARSE"):
        await upload_body(relay, PLAN, BLOCKS.__getitem__)
    assert store.puts == []


async def test_one_block_refused_ends_the_upload(parts: Parts) -> None:
    server, _, relay, _ = parts
    del server.answers[f"PUT /v1/uploads/{DIGEST.hex()}/2"]
    with pytest.raises(PhoenixError, match="E_NOT_FOUND") as caught:
        await upload_body(relay, PLAN, BLOCKS.__getitem__)
    assert not isinstance(caught.value, UnavailableError)
    assert len(server.requests) <= 3 + WINDOW
