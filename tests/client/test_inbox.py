"""The inbox of a home: all that waits, what came last, who of the colleagues did what; and ids by their beginnings."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from agency_client.use_cases.home import Home
from agency_client.use_cases.viewing import (
    find_package,
    find_received,
    find_sent,
    how_many_came,
    inbox,
    received,
)
from phoenix_protocol import schema
from phoenix_protocol.errors import RefusedError
from phoenix_protocol.identifiers import Anchor, Seconds
from phoenix_protocol.package.lifecycle import State
from phoenix_protocol.sealing.contents import Cover
from tests.client.record_homes import DESK_ID, opened_home
from tests.client.vault_values import (
    NOW,
    NURSE,
    core_hash,
    event,
    offer,
    package_id,
    send,
)
from tests.client.vault_values import received as received_values

COVER = Cover(
    anchor=Anchor(bytes(32)),
    salt=bytes(32),
    sent_from=NURSE,
    purpose="Ask",
    classification="OFFICIAL-SENSITIVE",
    handling=(),
    urgency="amber",
    contact={},
    reference="K7QD-2MXA",
)
LATE = Seconds(NOW + 10**8)


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    """A home to which eight packages came; the first and the third wait."""
    with opened_home(tmp_path / "home") as home:
        with home.vault.transaction() as tx:
            for n in range(8):
                state = State.OFFERED if n in (0, 2) else State.COMMITTED
                values = replace(received_values(n, state=state), expires=LATE)
                tx.received.add(values, replace(offer(n), cover=schema.encode(COVER)))
            tx.events.add(event(7, by=4))
            tx.events.add(replace(event(7, 2), endpoint=DESK_ID))
            send(tx, 20)
        yield home


def test_what_waits_is_shown_however_old_and_beside_it_what_came_last(home: Home) -> None:
    shown = [line.package.core for line in inbox(home, recent=3)]
    assert shown == [core_hash(n) for n in (7, 6, 5, 2, 0)]
    assert [line.package.core for line in inbox(home, everything=True, recent=3)] == [
        core_hash(n) for n in reversed(range(8))
    ]
    assert how_many_came(home) == 8
    assert len(inbox(home)) == 8


def test_a_line_has_its_cover_and_what_colleagues_did(home: Home) -> None:
    newest = inbox(home, recent=1)[0]
    assert newest.cover == COVER
    assert [e.counter for e in newest.colleagues] == [1], "what this desk said itself is not theirs"
    assert received(home, core_hash(7)) == newest


def test_a_package_is_found_by_enough_of_its_id(home: Home) -> None:
    for n in range(8):
        id_ = package_id(n).hex()
        assert find_received(home, id_) == core_hash(n)
        assert find_received(home, f" {id_[:9].upper()} ") == core_hash(n)
        assert find_package(home, id_[:9]) == core_hash(n)
    assert find_sent(home, package_id(20).hex()[:7]) == core_hash(20)
    assert find_package(home, package_id(20).hex()[:7]) == core_hash(20)
    for nothing in ("", "zz", "0" * 33, package_id(20).hex()):
        with pytest.raises(RefusedError) as refused:
            find_received(home, nothing)
        assert refused.value.code == "E_NOT_FOUND"


def test_too_little_of_an_id_is_not_enough(home: Home) -> None:
    first = [package_id(n).hex()[0] for n in range(8)]
    twice = next(digit for digit in first if first.count(digit) > 1)
    with pytest.raises(RefusedError) as refused:
        find_received(home, twice)
    assert refused.value.code == "E_AMBIGUOUS"
