"""Endpoints: certified, renewed, re-keyed with and without the old key, ended."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from phoenix_protocol import limits
from phoenix_protocol.directory.endpoints import End
from phoenix_protocol.directory.statements import EndReason, Member, Role
from phoenix_protocol.identifiers import Address, EndpointId, ObjectHash, Seconds
from phoenix_protocol.signed import hash_of, sign
from phoenix_protocol.suite import DocumentPrivateKey
from tests.protocol.quillmere import (
    DAY,
    FOUNDED,
    HEALTH,
    MASH,
    NOW,
    OKAFOR,
    POLICE,
    VALID_UNTIL,
    document_key,
    information_manager,
    machine,
    quillmere,
    request_key,
    seed,
)
from tests.protocol.quillmere_changes import (
    WEAK_ED25519,
    Changes,
    admitted,
    refusal,
    weak_document_key,
)

HERE = quillmere()
CHANGES = Changes(HERE)
MANAGER, BOTH = CHANGES.managers(), CHANGES.managers(count=2)
MASH_1 = HERE.endpoints["mash 1"]
NEW_DESK = machine("new desk", MASH, HERE.anchor)
PERSON = machine("p. obi", Address(f"p.obi@{POLICE}"), HERE.anchor, personal=True)
DELAY = limits.REPLACEMENT_DELAY


def first(**changes: Any) -> Member:
    return CHANGES.first_member(NEW_DESK, **changes)


# -- certified ------------------------------------------------------------------------------------------------------


def test_a_manager_certifies_an_endpoint_of_the_agency() -> None:
    assert CHANGES.refusal(first(), MANAGER) == ""
    assert CHANGES.refusal(first(), CHANGES.managers(HEALTH)) == "E_KEY_UNCERTIFIED"
    assert CHANGES.refusal(first(), CHANGES.roots(count=1)) == "E_KEY_UNCERTIFIED"
    assert CHANGES.refusal(first(), [NEW_DESK.key]) == "E_KEY_UNCERTIFIED"


def test_an_endpoint_is_known_by_its_first_statement_for_ever() -> None:
    after = CHANGES.after(first(), MANAGER)
    new = EndpointId(hash_of(first()))
    known = after.directory.endpoint(new)
    assert known is not None
    assert (known.id, known.head, known.members) == (new, new, (first(),))
    renewed = after.after(after.next_member(new), MANAGER).directory.endpoint(new)
    assert renewed is not None
    assert (renewed.id, len(renewed.members)) == (new, 2)
    assert renewed.head != new


def test_several_endpoints_share_exactly_one_address() -> None:
    assert CHANGES.refusal(first(), MANAGER) == ""
    assert len(HERE.directory.by_address(MASH, {})) == 2


@pytest.mark.parametrize("local", ["rnash", "mаsh", "records", "rec0rds"])
def test_an_address_that_looks_like_another_is_refused(local: str) -> None:
    other = first(address=Address(f"{local}@{POLICE}"))
    expected = "" if local == "records" else "E_ID_LOOKALIKE"
    assert CHANGES.refusal(other, MANAGER) == expected


def test_another_agency_may_have_a_desk_of_the_same_name() -> None:
    elsewhere = first(agency=HEALTH, address=Address(f"mash@{HEALTH}"))
    assert CHANGES.refusal(elsewhere, CHANGES.managers(HEALTH)) == ""


def test_an_address_that_not_every_program_reads_alike_is_refused() -> None:
    other = first(address=Address(f"\ua7b5@{POLICE}"))
    assert CHANGES.refusal(other, MANAGER) == "E_NAME"


def test_a_desk_is_in_its_own_agency() -> None:
    other = first(address=Address(f"mash@{HEALTH}"))
    assert CHANGES.refusal(other, MANAGER) == "E_NAME"


def test_a_member_is_either_a_desk_or_a_person() -> None:
    person = CHANGES.first_member(PERSON)
    assert CHANGES.refusal(person, MANAGER) == ""
    hidden = {
        "address_commitment": person.address_commitment,
        "name_commitment": person.name_commitment,
    }
    mixed = [
        first(address=None),
        first(name=None),
        first(address=None, name=None),
        first(**hidden),
        first(address_commitment=person.address_commitment),
        first(name_commitment=person.name_commitment),
        first(name=None, name_commitment=person.name_commitment),
        first(address=None, address_commitment=person.address_commitment),
        replace(person, name_commitment=None),
        replace(person, address_commitment=None),
        replace(person, name="P. Obi"),
    ]
    for member in mixed:
        assert CHANGES.refusal(member, MANAGER) == "E_PARSE"


def test_the_first_statement_names_none_before_it() -> None:
    head = HERE.directory.endpoint(MASH_1.id)
    assert head is not None
    for changes in (
        {"endpoint": MASH_1.id},
        {"previous": head.head},
        {"endpoint": EndpointId(bytes(32)), "previous": ObjectHash(bytes(32))},
    ):
        assert CHANGES.refusal(first(**changes), MANAGER) == "E_DIR_CHAIN"


def test_a_membership_ends_after_it_begins() -> None:
    assert CHANGES.refusal(first(valid_until=FOUNDED), MANAGER) == "E_TIME"
    assert CHANGES.refusal(first(valid_until=Seconds(FOUNDED + 1)), MANAGER) == ""


# -- keys -----------------------------------------------------------------------------------------------------------


def test_weak_keys_are_refused() -> None:
    weak = [
        first(document_key=weak_document_key("e")),
        first(request_key=WEAK_ED25519),
        first(request_key=first().document_key[-32:]),
    ]
    for member in weak:
        assert CHANGES.refusal(member, MANAGER) == "E_KEY_WEAK"


def test_a_key_is_one_endpoints_only_for_ever() -> None:
    mash = MASH_1.member
    taken = [
        first(document_key=mash.document_key),
        first(request_key=mash.request_key),
        first(document_key=HERE.agencies[POLICE].managers[0].manager.key),
        first(document_key=HERE.governance[0].holder.key),
        first(document_key=HERE.agencies[HEALTH].roots[2].holder.key),
        first(document_key=HERE.relay.keys.receipt_key),
        first(request_key=HERE.agencies[POLICE].managers[0].manager.request_key),
        first(request_key=HERE.relay.keys.log_key),
    ]
    for member in taken:
        assert CHANGES.refusal(member, MANAGER) == "E_KEY_WEAK"
    gone = CHANGES.after(CHANGES.end(MASH_1.id), MANAGER)
    assert gone.refusal(taken[0], MANAGER) == "E_KEY_WEAK"


def test_keys_of_the_past_are_not_had_again() -> None:
    rekeyed = CHANGES.after(rekey(), [*MANAGER, MASH_1.key])
    old = MASH_1.member
    assert rekeyed.refusal(first(document_key=old.document_key), MANAGER) == "E_KEY_WEAK"
    assert rekeyed.refusal(first(request_key=old.request_key), MANAGER) == "E_KEY_WEAK"
    back = rekeyed.next_member(
        MASH_1.id, document_key=old.document_key, request_key=old.request_key
    )
    assert rekeyed.refusal(back, [*MANAGER, document_key("mash 1, again")]) == ""


# -- renewed and re-keyed -------------------------------------------------------------------------------------------


def rekey(changes: Changes = CHANGES, label: str = "mash 1, again", **more: Any) -> Member:
    """New keys for mash 1, to begin at once unless said otherwise."""
    fields = {
        "document_key": document_key(label).public_bytes(),
        "request_key": request_key(label).public_bytes(),
        "request": ObjectHash(seed(label)),
        **more,
    }
    return changes.next_member(MASH_1.id, **fields)


LATER = Seconds(NOW + DELAY)


def test_one_manager_renews_what_keeps_its_keys() -> None:
    renewed = CHANGES.next_member(MASH_1.id, valid_until=Seconds(VALID_UNTIL + DAY))
    assert CHANGES.refusal(renewed, MANAGER) == ""
    assert CHANGES.refusal(renewed, [*MANAGER, MASH_1.key]) == ""
    assert CHANGES.refusal(renewed, [MASH_1.key]) == "E_THRESHOLD"


def test_the_old_key_and_one_manager_change_keys_at_once() -> None:
    assert CHANGES.refusal(rekey(), [*MANAGER, MASH_1.key]) == ""
    assert CHANGES.refusal(rekey(), [MASH_1.key]) == "E_THRESHOLD"
    stranger = HERE.endpoints["mash 2"].key
    assert CHANGES.refusal(rekey(), [*MANAGER, stranger]) == "E_KEY_UNCERTIFIED"


def test_without_the_old_key_two_managers_and_a_day() -> None:
    assert CHANGES.refusal(rekey(valid_from=LATER), BOTH) == ""
    assert CHANGES.refusal(rekey(valid_from=LATER), MANAGER) == "E_THRESHOLD"
    assert CHANGES.refusal(rekey(valid_from=Seconds(LATER - 1)), BOTH) == "E_TIME"
    assert CHANGES.refusal(rekey(), BOTH) == "E_TIME"


def test_the_new_key_does_not_speak_for_the_old() -> None:
    signers = [*MANAGER, document_key("mash 1, again")]
    assert CHANGES.refusal(rekey(), signers) == "E_KEY_UNCERTIFIED"


def test_two_keys_of_one_manager_are_one_person() -> None:
    both = [information_manager("m", person="m"), information_manager("m2", person="m")]
    after = CHANGES.after(
        CHANGES.agency_keys(managers=tuple(m.manager for m in both)), CHANGES.roots()
    )
    signers = [m.key for m in both]
    assert after.refusal(rekey(after, valid_from=LATER), signers) == "E_THRESHOLD"
    assert after.refusal(after.next_member(MASH_1.id), signers) == ""


@pytest.mark.parametrize("field", ["document_key", "request_key"])
def test_changing_either_key_is_changing_keys(field: str) -> None:
    kept = getattr(MASH_1.member, field)
    assert CHANGES.refusal(rekey(valid_from=LATER, **{field: kept}), MANAGER) == "E_THRESHOLD"
    assert CHANGES.refusal(rekey(valid_from=LATER, **{field: kept}), BOTH) == ""


def waiting() -> Changes:
    """Two managers have put another key in the place of mash 1; it begins in a day."""
    return CHANGES.after(rekey(valid_from=LATER), BOTH)


def key_then(changes: Changes, at: int) -> bytes | None:
    known = changes.directory.endpoint(MASH_1.id)
    assert known is not None
    member = known.in_force_at(Seconds(at))
    return None if member is None else member.document_key


def test_until_it_begins_the_old_key_stays_in_force() -> None:
    old, new = MASH_1.member.document_key, document_key("mash 1, again").public_bytes()
    pending = waiting()
    assert key_then(pending, NOW) == old
    assert key_then(pending, LATER - 1) == old
    assert key_then(pending, LATER) == new
    assert key_then(pending, VALID_UNTIL - 1) == new
    assert key_then(pending, VALID_UNTIL) is None


def test_the_holder_of_the_old_key_can_object_until_then() -> None:
    pending = waiting()
    old = MASH_1.member
    back = pending.next_member(
        MASH_1.id,
        document_key=old.document_key,
        request_key=old.request_key,
        issued=Seconds(NOW + 60),
        valid_from=Seconds(NOW + 60),
    )
    after = pending.after(back, [*MANAGER, MASH_1.key])
    assert key_then(after, LATER + 1) == old.document_key


def test_the_day_cannot_be_cut_short_by_renewing_what_waits() -> None:
    pending = waiting()
    waits = pending.directory.endpoint(MASH_1.id)
    assert waits is not None
    same_keys = {
        "document_key": waits.newest.document_key,
        "request_key": waits.newest.request_key,
    }
    at_once = pending.next_member(MASH_1.id, **same_keys)
    assert pending.refusal(at_once, MANAGER) == "E_THRESHOLD"
    assert pending.refusal(at_once, BOTH) == "E_TIME"
    # Nor by dating the renewal to when the new keys will have begun.
    postdated = pending.next_member(MASH_1.id, **same_keys, issued=LATER)
    assert pending.refusal(postdated, MANAGER) == "E_TIME"
    assert pending.refusal(postdated, [*MANAGER, document_key("mash 1, again")]) == "E_TIME"
    moved_on = rekey(pending, "a third key", issued=LATER)
    assert pending.refusal(moved_on, [*MANAGER, document_key("mash 1, again")]) == "E_TIME"
    in_time = pending.next_member(MASH_1.id, **same_keys, issued=LATER, valid_from=LATER)
    assert pending.refusal(in_time, MANAGER) == ""


def test_the_waiting_key_does_not_sign_for_the_endpoint_yet() -> None:
    pending = waiting()
    third = rekey(pending, "a third key")
    signers = [*MANAGER, document_key("mash 1, again")]
    assert pending.refusal(third, signers) == "E_KEY_UNCERTIFIED"
    assert pending.refusal(third, [*MANAGER, MASH_1.key]) == ""


def test_an_expired_endpoint_can_be_renewed_by_its_own_key() -> None:
    late = Seconds(VALID_UNTIL + DAY)
    times = {"issued": late, "valid_from": late, "valid_until": Seconds(late + DAY)}
    assert CHANGES.refusal(rekey(**times), [*MANAGER, MASH_1.key]) == ""
    assert CHANGES.refusal(CHANGES.next_member(MASH_1.id, **times), MANAGER) == ""


@pytest.mark.parametrize(
    "change",
    [
        {"address": Address(f"duty@{POLICE}")},
        {"role": Role.SYSTEM},
    ],
    ids=["address", "role"],
)
def test_an_endpoint_keeps_its_address_and_role(change: dict[str, Any]) -> None:
    assert CHANGES.refusal(CHANGES.next_member(MASH_1.id, **change), MANAGER) == "E_DIR_CHAIN"


def test_a_person_keeps_the_commitment_to_their_address() -> None:
    okafor = HERE.endpoints["okafor"].id
    manager = CHANGES.managers(HERE.endpoints["okafor"].member.agency)
    assert HERE.directory.address_of(okafor, HERE.openings) == OKAFOR
    other = CHANGES.next_member(okafor, address_commitment=seed("other"))
    assert CHANGES.refusal(other, manager) == "E_DIR_CHAIN"
    renamed = CHANGES.next_member(okafor, name_commitment=seed("married name"))
    assert CHANGES.refusal(renamed, manager) == ""


def test_a_desk_may_be_renamed() -> None:
    assert CHANGES.refusal(CHANGES.next_member(MASH_1.id, name="MASH"), MANAGER) == ""


def test_an_endpoint_keeps_its_agency() -> None:
    taken_over = CHANGES.next_member(MASH_1.id, agency=HEALTH)
    assert CHANGES.refusal(taken_over, CHANGES.managers(HEALTH)) == "E_DIR_CHAIN"
    ended = CHANGES.end(MASH_1.id, agency=HEALTH)
    assert CHANGES.refusal(ended, CHANGES.managers(HEALTH)) == "E_DIR_CHAIN"


def test_statements_follow_one_another() -> None:
    early = Seconds(FOUNDED - 1)
    renewed = CHANGES.next_member(MASH_1.id)
    after = CHANGES.after(renewed, MANAGER)
    assert after.refusal(CHANGES.next_member(MASH_1.id, name="x"), MANAGER) == "E_DIR_CHAIN"
    assert after.refusal(CHANGES.end(MASH_1.id), MANAGER) == "E_DIR_CHAIN"
    assert CHANGES.refusal(CHANGES.next_member(MASH_1.id, issued=early), MANAGER) == "E_TIME"
    assert CHANGES.refusal(CHANGES.end(MASH_1.id, issued=early), MANAGER) == "E_TIME"
    halves = [{"endpoint": None}, {"previous": None}]
    for half in halves:
        assert CHANGES.refusal(replace(renewed, **half), MANAGER) == "E_DIR_CHAIN"  # type: ignore[arg-type]


def test_what_was_replaced_cannot_be_said_again() -> None:
    there = CHANGES.after(rekey(), [*MANAGER, MASH_1.key])
    assert refusal(there.directory, sign(MASH_1.member, MANAGER)) == "E_DIR_CHAIN"


# -- ended ----------------------------------------------------------------------------------------------------------


def ended(
    reason: EndReason, since: int | None = None, by: list[DocumentPrivateKey] = MANAGER
) -> Changes:
    return CHANGES.after(CHANGES.end(MASH_1.id, reason, since=since), by)


@pytest.mark.parametrize("reason", [EndReason.LEFT, EndReason.SUPERSEDED])
def test_who_left_or_was_superseded_ends_when_that_is_said(reason: EndReason) -> None:
    after = ended(reason)
    assert after.directory.end_of(MASH_1.id) == End(reason=reason, effective=NOW)
    assert key_then(after, NOW - 1) == MASH_1.member.document_key
    assert key_then(after, NOW) is None


def test_who_was_compromised_ends_when_that_began() -> None:
    since = Seconds(NOW - 5 * DAY)
    after = ended(EndReason.COMPROMISED, since)
    assert after.directory.end_of(MASH_1.id) == End(reason=EndReason.COMPROMISED, effective=since)
    assert key_then(after, since - 1) == MASH_1.member.document_key
    assert key_then(after, since) is None


def test_a_compromise_has_a_beginning_and_nothing_else_does() -> None:
    for reason, since in (
        (EndReason.COMPROMISED, None),
        (EndReason.LEFT, NOW),
        (EndReason.SUPERSEDED, NOW),
    ):
        end = CHANGES.end(MASH_1.id, reason, since=since)
        assert CHANGES.refusal(end, MANAGER) == "E_PARSE"


def test_a_compromise_began_before_it_is_told() -> None:
    end = CHANGES.end(MASH_1.id, EndReason.COMPROMISED, since=Seconds(NOW + 1))
    assert CHANGES.refusal(end, MANAGER) == "E_TIME"


def test_only_the_agencys_managers_end_an_endpoint() -> None:
    end = CHANGES.end(MASH_1.id)
    for keys in ([MASH_1.key], CHANGES.managers(HEALTH), CHANGES.governing):
        assert CHANGES.refusal(end, keys) == "E_KEY_UNCERTIFIED"


def test_what_has_ended_stays_ended() -> None:
    after = ended(EndReason.LEFT)
    assert after.refusal(after.next_member(MASH_1.id), MANAGER) == "E_DIR_CHAIN"
    assert after.refusal(rekey(after), [*MANAGER, MASH_1.key]) == "E_DIR_CHAIN"
    assert after.refusal(rekey(after, valid_from=LATER), BOTH) == "E_DIR_CHAIN"


def test_after_an_end_only_an_earlier_compromise_is_said() -> None:
    left = ended(EndReason.LEFT)
    for reason in (EndReason.LEFT, EndReason.SUPERSEDED):
        again = left.end(MASH_1.id, reason, issued=Seconds(NOW + 1))
        assert left.refusal(again, MANAGER) == "E_DIR_CHAIN"
    late = left.end(MASH_1.id, EndReason.COMPROMISED, since=NOW)
    assert left.refusal(late, MANAGER) == "E_DIR_CHAIN"
    found_out = left.end(MASH_1.id, EndReason.COMPROMISED, since=Seconds(NOW - DAY))
    after = left.after(found_out, MANAGER)
    assert key_then(after, NOW - DAY) is None
    assert after.directory.end_of(MASH_1.id) == End(
        reason=EndReason.COMPROMISED, effective=Seconds(NOW - DAY)
    )


def test_an_endpoint_that_never_was_does_not_end() -> None:
    end = replace(CHANGES.end(MASH_1.id), endpoint=EndpointId(bytes(32)))
    assert CHANGES.refusal(end, MANAGER) == "E_DIR_CHAIN"


def test_a_new_machine_joins_in_the_place_of_one_that_ended() -> None:
    after = ended(EndReason.SUPERSEDED)
    grown = admitted(after.directory, sign(after.first_member(NEW_DESK), MANAGER))
    acting = grown.acting_at(MASH, NOW, {})
    assert [e.newest.document_key for e in acting] == [
        HERE.endpoints["mash 2"].member.document_key,
        NEW_DESK.key.public_bytes(),
    ]
