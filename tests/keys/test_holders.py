"""Keys are made whole, and what is said of them publicly verifies."""

from __future__ import annotations

from dataclasses import replace

import pytest

from keys import content as contents
from keys import epochs, holders
from keys.content import Publication
from phoenix_protocol.commitments import commit
from phoenix_protocol.directory.statements import Role
from phoenix_protocol.epochs import open_epoch_key
from phoenix_protocol.errors import LockedError, RefusedError, TamperError
from phoenix_protocol.identifiers import Anchor, EndpointId, Seconds
from phoenix_protocol.joining import JoinRequest
from phoenix_protocol.signed import open_signed, parse_signed, signer_id
from phoenix_protocol.suite import check_document_key, check_request_key, ed25519_verify
from phoenix_protocol.suite.sealing_keys import check_epoch_key
from tests.keys.rings import ANCHOR, DESK, NOW, POLICE, SYSTEM, full, with_desk

FULL = full()
EMPTY = contents.empty(NOW, SYSTEM)
WEEKS_LATER = Seconds(NOW + 7 * epochs.WEEK)


def test_holders_say_keys_that_anyone_admits() -> None:
    said = [
        holders.governance_holder(FULL),
        holders.root_holder(FULL),
        holders.manager(FULL),
    ]
    for holder in said:
        check_document_key(holder.key)
    assert len({holder.key for holder in said}) == 3
    check_request_key(holders.manager(FULL).request_key)


def test_one_person_is_one_person_in_every_role() -> None:
    assert FULL.person is not None
    name = commit("name", FULL.person.name.salt, b"Sam Reeve")
    for holder in (
        holders.governance_holder(FULL),
        holders.root_holder(FULL),
        holders.manager(FULL),
    ):
        assert holder.person == FULL.person.id
        assert holder.name == name


def test_public_keys_are_those_of_the_private_ones() -> None:
    assert FULL.manager is not None
    assert holders.manager(FULL).key == FULL.manager.document_key().public_bytes()
    signature = FULL.manager.request_key().sign(b"request")
    ed25519_verify(holders.manager(FULL).request_key, b"request", signature)


def test_the_join_request_verifies_and_names_its_epoch_keys() -> None:
    joining = holders.joining(FULL)
    signed = parse_signed(joining.request)
    assert FULL.endpoint is not None
    key = FULL.endpoint.document_key().public_bytes()
    request = open_signed(signed, JoinRequest, lambda _: key).message
    assert (request.address, request.anchor, request.role) == (DESK, ANCHOR, Role.PRACTITIONER)
    assert request.document_key == key
    assert request.created == NOW
    check_request_key(request.request_key)
    opened = [
        open_epoch_key(parse_signed(data), request.document_key, ANCHOR)
        for data in joining.epoch_keys
    ]
    assert tuple(epoch.hash for epoch in opened) == request.epoch_keys
    for epoch in opened:
        check_epoch_key(epoch.message.key)


def test_asking_again_asks_the_same() -> None:
    first, second = holders.joining(FULL), holders.joining(FULL)
    assert first.request == second.request
    hashes = [[parse_signed(data).hash for data in j.epoch_keys] for j in (first, second)]
    assert hashes[0] == hashes[1]


def test_a_request_that_waited_too_long_is_withdrawn() -> None:
    content = epochs.roll(FULL, WEEKS_LATER, SYSTEM, vouched=WEEKS_LATER).content
    with pytest.raises(RefusedError) as refused:
        holders.joining(content)
    assert refused.value.code == "E_EXPIRED"
    again = with_desk(holders.withdrawn(content), WEEKS_LATER)
    assert holders.joining(again).request != holders.joining(FULL).request


def test_a_request_can_wait_for_weeks() -> None:
    later = Seconds(NOW + 4 * epochs.WEEK)
    content = epochs.roll(FULL, later, SYSTEM, vouched=later).content
    assert holders.joining(content).request == holders.joining(FULL).request


def test_approval_gives_the_id_and_makes_the_first_keys_live() -> None:
    approved = holders.approved(FULL, EndpointId(bytes([7]) * 32))
    assert approved.endpoint is not None
    assert approved.endpoint.id == bytes([7]) * 32
    assert {epoch.publication for epoch in approved.epochs} == {Publication.PUBLISHED}
    with pytest.raises(RefusedError):
        holders.withdrawn(approved)


def test_no_key_is_ever_made_over_another() -> None:
    attempts = (
        lambda: holders.with_governance(FULL, SYSTEM),
        lambda: holders.with_root(FULL, POLICE, SYSTEM),
        lambda: holders.with_manager(FULL, POLICE, SYSTEM),
        lambda: with_desk(FULL),
        lambda: holders.with_person(FULL, "Somebody Else", SYSTEM),
    )
    for attempt in attempts:
        with pytest.raises(RefusedError) as refused:
            attempt()
        assert refused.value.code == "E_KEY_EXISTS"
        assert "Sam" not in str(refused.value)
    assert holders.with_person(FULL, "Sam Reeve", SYSTEM) == FULL


def test_a_missing_key_is_named_by_kind() -> None:
    nameless = replace(FULL, person=None)
    attempts = (
        lambda: holders.governance_holder(EMPTY),
        lambda: holders.root_holder(EMPTY),
        lambda: holders.manager(EMPTY),
        lambda: holders.joining(EMPTY),
        lambda: holders.approved(EMPTY, EndpointId(bytes(32))),
        lambda: holders.manager(nameless),
    )
    for attempt in attempts:
        with pytest.raises(LockedError) as refused:
            attempt()
        assert refused.value.code == "E_KEY_MISSING"


def test_an_endpoint_of_another_partnership_is_refused() -> None:
    elsewhere = contents.with_anchor(EMPTY, Anchor(bytes([9]) * 32))
    with pytest.raises(TamperError) as refused:
        with_desk(elsewhere)
    assert refused.value.code == "E_ANCHOR"


def test_two_homes_share_no_key() -> None:
    other = full()
    assert not contents.secrets_of(FULL) & contents.secrets_of(other)
    first, second = holders.bootstrap_key(SYSTEM), holders.bootstrap_key(SYSTEM)
    assert first.public_bytes() != second.public_bytes()
    assert signer_id(holders.manager(FULL).key) != signer_id(holders.manager(other).key)
