"""Uploading bodies in blocks, and fetching them, over real HTTP (docs/protocol.md §5)."""

from __future__ import annotations

import io
import json
import os
from pathlib import Path

from phoenix_protocol.api import BLOCK_TYPE, Released, UploadPlan, UploadState
from phoenix_protocol.identifiers import Seconds
from phoenix_protocol.limits import BLOCK
from phoenix_protocol.package.events import EventKind
from phoenix_relay import logs
from phoenix_relay.settings import Bounds, Quotas
from tests.protocol.quillmere import DAY, NOW
from tests.relay.quillmere_relay import Clock, Parcel, Reply, Town, running

SIZE = 2 * BLOCK + 1234


def plan_of(parcel: Parcel) -> UploadPlan:
    return UploadPlan(leaves=parcel.leaves, length=len(parcel.body), expires=parcel.core.expires)


def block(parcel: Parcel, n: int) -> bytes:
    return parcel.body[n * BLOCK : (n + 1) * BLOCK]


async def put(town: Town, parcel: Parcel, n: int, data: bytes | None = None) -> Reply:
    target = f"/v1/uploads/{parcel.core.body.digest.hex()}/{n}"
    content = block(parcel, n) if data is None else data
    return await town.ask(parcel.sender, "PUT", target, content, content_type=BLOCK_TYPE)


async def plan(town: Town, parcel: Parcel) -> UploadState:
    reply = await town.ask(parcel.sender, "POST", "/v1/uploads", plan_of(parcel))
    return reply.message(UploadState)


async def test_a_large_body_is_uploaded_goes_on_and_is_fetched(town: Town) -> None:
    sent = town.package(size=SIZE)
    assert await plan(town, sent) == UploadState(digest=sent.core.body.digest, missing=(0, 1, 2))
    assert (await put(town, sent, 1)).status == 204
    assert (await put(town, sent, 1)).status == 204
    assert (await plan(town, sent)).missing == (0, 2)
    assert (await town.submit(sent)).code == "E_RECEIPT_STATE"
    for n in (0, 2):
        assert (await put(town, sent, n)).status == 204
    held = await town.submit(sent)
    assert held.status == 200
    nurse = town.endpoint("nurse")
    await town.accepted(nurse, sent)
    released = (await town.ask(nurse, "GET", f"{sent.target}/grant")).message(Released)
    assert released.leaves == sent.leaves
    replies = [await town.ask(nurse, "GET", f"{sent.target}/body/{n}") for n in range(3)]
    assert b"".join(reply.content for reply in replies) == sent.body
    assert replies[0].headers["Content-Type"] == BLOCK_TYPE
    assert (await town.ask(nurse, "GET", f"{sent.target}/body/3")).code == "E_NOT_FOUND"
    assert (await town.submit(sent)).content == held.content


async def test_a_damaged_block_is_answered_for_good_and_logged(town: Town) -> None:
    sent = town.package(size=SIZE)
    await plan(town, sent)
    for n in range(3):
        await put(town, sent, n)
    assert (await town.submit(sent)).status == 200
    nurse = town.endpoint("nurse")
    await town.accepted(nurse, sent)
    (file,) = (town.services.settings.home / "bodies").glob("*/*/1")
    with file.open("r+b") as damaging:
        damaging.seek(5000)
        damaging.write(b"oops")
    logged = io.StringIO()
    logs.configure(logged)
    for _ in range(2):
        reply = await town.ask(nurse, "GET", f"{sent.target}/body/1")
        assert (reply.status, reply.code) == (410, "E_DAMAGED")
        assert "Retry-After" not in reply.headers
    lines = [json.loads(line) for line in logged.getvalue().splitlines()]
    assert [(line["event"], line["code"], line["route"]) for line in lines] == [
        ("damaged", "E_DAMAGED", "getBlock")
    ] * 2
    assert {town.services.settings.home / line["file"] for line in lines} == {file}
    assert (await town.ask(nurse, "GET", f"{sent.target}/body/0")).status == 200
    assert (await town.say(nurse, sent, EventKind.UNREADABLE, 2)).status == 204
    assert (await town.ask(nurse, "GET", f"{sent.target}/body/1")).code == "E_RECEIPT_STATE"


async def test_a_wrong_block_is_refused(town: Town) -> None:
    sent = town.package(size=SIZE)
    await plan(town, sent)
    assert (await put(town, sent, 0, block(sent, 1))).code == "E_BODY_DIGEST"
    assert (await put(town, sent, 2, block(sent, 2) + b"x")).code == "E_BODY_DIGEST"
    assert (await put(town, sent, 0, os.urandom(BLOCK + 1))).code == "E_LIMIT"
    assert (await put(town, sent, 3, b"x")).code == "E_NOT_FOUND"
    assert (await put(town, sent, 0, b"")).code in ("E_BODY_DIGEST", "E_REQ_SIG")
    assert (await plan(town, sent)).missing == (0, 1, 2)


async def test_an_upload_belongs_to_its_sender(town: Town) -> None:
    sent = town.package(size=SIZE)
    await plan(town, sent)
    target = f"/v1/uploads/{sent.core.body.digest.hex()}/0"
    reply = await town.ask(
        town.endpoint("nurse"), "PUT", target, block(sent, 0), content_type=BLOCK_TYPE
    )
    assert reply.code == "E_NOT_FOUND"
    unplanned = town.package(size=SIZE)
    assert (await put(town, unplanned, 0)).code == "E_NOT_FOUND"


async def test_a_plan_must_be_possible(tmp_path: Path) -> None:
    bounds = Bounds(package=4 * BLOCK, life=7 * DAY)
    async with running(tmp_path / "relay", Clock(), bounds=bounds) as town:
        sent = town.package(size=SIZE, life=DAY)
        good = plan_of(sent)
        leaf = (bytes(32),)
        expires = Seconds(NOW + DAY)
        cases = (
            ("E_BODY_DIGEST", UploadPlan(leaves=leaf, length=good.length, expires=expires)),
            ("E_LIMIT", UploadPlan(leaves=leaf * 5, length=5 * BLOCK, expires=expires)),
            ("E_TIME", UploadPlan(leaves=leaf, length=1, expires=Seconds(NOW + 9 * DAY))),
            ("E_EXPIRED", UploadPlan(leaves=leaf, length=1, expires=NOW)),
        )
        for code, body in cases:
            assert (await town.ask(sent.sender, "POST", "/v1/uploads", body)).code == code


async def test_open_uploads_are_bounded(tmp_path: Path) -> None:
    quotas = Quotas(open_uploads=2)
    async with running(tmp_path / "relay", Clock(), quotas=quotas) as town:
        parcels = [town.package(size=SIZE) for _ in range(3)]
        for one in parcels[:2]:
            await plan(town, one)
        reply = await town.ask(parcels[2].sender, "POST", "/v1/uploads", plan_of(parcels[2]))
        assert reply.code == "E_QUOTA"
        assert (await plan(town, parcels[0])).missing == (0, 1, 2)
