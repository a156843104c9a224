"""Any bytes at any endpoint: a problem document, and nothing changed (docs/protocol.md §8)."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import cbor2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from phoenix_protocol.api import BLOCK_TYPE, MEDIA_TYPE
from phoenix_protocol.key_ids import KeyKind
from phoenix_protocol.schema import encode
from phoenix_relay.http.routes import Raw, Route
from phoenix_relay.http.table import ROUTES
from tests.protocol.quillmere import HEALTH
from tests.relay.quillmere_relay import (
    Asker,
    Clock,
    Reply,
    Town,
    as_endpoint,
    as_manager,
    as_newcomer,
    running,
)

EXAMPLES = 40


class Running:
    """A relay that outlives one event loop's test function: hypothesis runs many examples in one."""

    def __init__(self, loop: asyncio.AbstractEventLoop, town: Town) -> None:
        self.loop, self.town = loop, town

    def ask(self, who: Asker, method: str, target: str, body: Any, kind: str) -> Reply:
        asked = self.town.ask(who, method, target, body, content_type=kind)
        return self.loop.run_until_complete(asked)

    def size(self) -> dict[str, int]:
        """How many rows there are of each kind, nonces aside."""

        def count(tx: Any) -> dict[str, int]:
            raw = tx.log._connection
            names = [
                row[0]
                for row in raw.exec_driver_sql(
                    "SELECT name FROM sqlite_master WHERE type = 'table'"
                )
            ]
            return {
                name: raw.exec_driver_sql(f"SELECT COUNT(*) FROM {name}").scalar_one()
                for name in names
                if name != "nonces" and not name.startswith("sqlite")
            }

        return self.loop.run_until_complete(self.town.services.store.read(count))


@pytest.fixture(scope="module")
def relay(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """One relay for all examples."""
    with ExitStack() as stack:
        yield stack.enter_context(_running(tmp_path_factory.mktemp("fuzz") / "relay"))


@contextmanager
def _running(home: Path) -> Iterator[Running]:
    loop = asyncio.new_event_loop()
    opened = running(home, Clock())
    try:
        town = loop.run_until_complete(opened.__aenter__())
        yield Running(loop, town)
        loop.run_until_complete(opened.__aexit__(None, None, None))
    finally:
        loop.close()


def asker(town: Town, route: Route) -> Asker:
    if KeyKind.ENDPOINT in route.callers:
        return as_endpoint(town.endpoint("front door"))
    if KeyKind.MANAGER in route.callers:
        return as_manager(town.here.agencies[HEALTH].managers[0])
    return as_newcomer()


PLAIN = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.binary(max_size=40)
    | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(max_size=12) | st.integers(), inner, max_size=4)
    ),
    max_leaves=12,
)
#: Maps with the names of the fields, so that decoding gets further than its first look.
FIELDS = (
    "claim",
    "entries",
    "request",
    "epoch_keys",
    "keys",
    "endpoints",
    "at",
    "leaves",
    "length",
    "expires",
    "core",
    "delivery",
    "capsules",
    "grants",
    "signed",
    "detail",
)
SHAPED = st.dictionaries(st.sampled_from(FIELDS), PLAIN, max_size=6)
BODIES = st.one_of(
    st.binary(max_size=200),
    PLAIN.map(cbor2.dumps),
    SHAPED.map(lambda value: cbor2.dumps(value, canonical=True)),
)
READING = [route for route in ROUTES if route.reads is not Raw.NONE]
ASKING = [route for route in ROUTES if route.reads is Raw.NONE]
PARTS = st.text(
    st.characters(codec="ascii", exclude_characters='/?#{}\\ %"<>|^`\x7f', min_codepoint=33),
    min_size=1,
    max_size=70,
).filter(lambda part: part not in (".", ".."))


@pytest.mark.parametrize("route", READING, ids=lambda route: route.name)
@settings(max_examples=EXAMPLES)
@given(body=BODIES)
def test_any_body_is_refused_and_changes_nothing(relay: Running, route: Route, body: bytes) -> None:
    before = relay.size()
    target = route.path.replace("{digest}", "ab" * 32).replace("{n}", "0")
    kind = BLOCK_TYPE if route.reads is Raw.BLOCK else MEDIA_TYPE
    reply = relay.ask(asker(relay.town, route), route.method, target, body, kind)
    if reply.status < 300:
        # Publishing no keys at all is the one empty thing that may be said.
        assert (route.name, reply.status) == ("publishEpochKeys", 204)
    else:
        assert reply.status in (400, 401, 404, 413)
    assert relay.size() == before


@pytest.mark.parametrize("route", ASKING, ids=lambda route: route.name)
@settings(max_examples=EXAMPLES)
@given(parts=st.lists(PARTS, min_size=2, max_size=2), query=PARTS)
def test_any_path_and_query_get_an_answer_and_change_nothing(
    relay: Running, route: Route, parts: list[str], query: str
) -> None:
    before = relay.size()
    target = route.path
    for name, part in zip(("{core}", "{n}"), parts, strict=True):
        target = target.replace(name, part)
    target = target.replace("{code}", parts[0]) + f"?{query}"
    reply = relay.ask(asker(relay.town, route), route.method, target, None, MEDIA_TYPE)
    assert reply.status in (200, 400, 404)
    assert relay.size() == before


def test_bombs_are_refused_at_once(relay: Running) -> None:
    door = as_endpoint(relay.town.endpoint("front door"))
    many = b"\x9a" + (3_000_000).to_bytes(4, "big") + bytes(3_000_000)
    deep = b"\x81" * 100_000
    claims_much = b"\x9b" + (1 << 60).to_bytes(8, "big") + bytes(70_000)
    for body, code in ((many, "E_LIMIT"), (deep, "E_PARSE"), (claims_much, "E_PARSE")):
        reply = relay.ask(door, "POST", "/v1/packages", body, MEDIA_TYPE)
        assert reply.code == code


def test_a_body_of_another_type_is_refused(relay: Running) -> None:
    door = as_endpoint(relay.town.endpoint("front door"))
    for method, target, kind in (
        ("POST", "/v1/packages", "text/plain"),
        ("POST", "/v1/packages", BLOCK_TYPE),
        ("PUT", f"/v1/uploads/{'ab' * 32}/0", MEDIA_TYPE),
    ):
        assert relay.ask(door, method, target, b"\xa0", kind).code == "E_PARSE"
    assert relay.ask(door, "GET", "/v1/checkpoint", b"", MEDIA_TYPE).code == "E_PARSE"
    assert relay.ask(door, "GET", "/v1/checkpoint", b"x", MEDIA_TYPE).code == "E_LIMIT"
    assert relay.ask(door, "POST", "/v1/packages", None, MEDIA_TYPE).code == "E_PARSE"


@settings(max_examples=60)
@given(data=st.data())
def test_one_flipped_bit_in_a_package_is_refused(relay: Running, data: st.DataObject) -> None:
    sent = relay.town.package()
    content = bytearray(encode(sent.submission()))
    place = data.draw(st.integers(0, 8 * len(content) - 1))
    content[place // 8] ^= 1 << place % 8
    before = relay.size()
    door = as_endpoint(sent.sender)
    reply = relay.ask(door, "POST", "/v1/packages", bytes(content), MEDIA_TYPE)
    assert 400 <= reply.status < 500
    assert relay.size() == before
