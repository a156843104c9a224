"""What a directory can be asked: endpoints, addresses with and without openings, signers, earlier sizes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from phoenix_protocol.directory import building
from phoenix_protocol.directory.openings import ADDRESS, NAME, by_commitment, make_opening, name_in
from phoenix_protocol.directory.signers import Signer, SignerKind
from phoenix_protocol.directory.state import Directory
from phoenix_protocol.directory.statements import EndReason, Opening, Role, Standing
from phoenix_protocol.errors import TamperError
from phoenix_protocol.identifiers import Address, EndpointId, ObjectHash, Seconds, SignerId
from phoenix_protocol.merkle import root
from phoenix_protocol.signed import parse_signed, sign, signer_id
from tests.protocol.quillmere import (
    COUNCIL,
    COUNCIL_RECORDS,
    DAY,
    FOUNDED,
    HEALTH,
    MASH,
    NOW,
    OKAFOR,
    POLICE,
    POLICE_RECORDS,
    VALID_UNTIL,
    document_key,
    information_manager,
    machine,
    quillmere,
    seed,
)
from tests.protocol.quillmere_changes import Changes, admitted

HERE = quillmere()
KNOWN = HERE.directory
CHANGES = Changes(HERE)
MASH_1 = HERE.endpoints["mash 1"]
OKAFOR_1 = HERE.endpoints["okafor"]


def code_of(directory: Directory, endpoint: EndpointId, at: int) -> str:
    try:
        directory.certified(endpoint, Seconds(at))
    except TamperError as error:
        return error.code
    return ""


# -- the log --------------------------------------------------------------------------------------------------------


def test_every_root_that_the_log_had_can_be_told() -> None:
    leaves = [parse_signed(signed).hash for signed in HERE.log]
    assert KNOWN.leaf_hashes() == tuple(leaves)
    for size in range(len(leaves) + 1):
        assert KNOWN.root_at(size) == root(leaves[:size])
    for size in (-1, len(leaves) + 1):
        with pytest.raises(ValueError, match="not that long"):
            KNOWN.root_at(size)


def test_statements_are_found_by_their_hash() -> None:
    for index, signed in enumerate(HERE.log):
        assert KNOWN.position_of(parse_signed(signed).hash) == index
        assert KNOWN.at(max(index, 1)).position_of(parse_signed(signed).hash) == (
            None if index >= 1 else 0
        )
    assert KNOWN.position_of(ObjectHash(bytes(32))) is None


@pytest.mark.parametrize("size", [0, -1, 15])
def test_sizes_that_never_were_are_refused(size: int) -> None:
    with pytest.raises(ValueError, match="never had"):
        KNOWN.at(size)


def test_a_view_of_an_earlier_size_knows_no_more_than_then() -> None:
    early = KNOWN.at(3)  # genesis, council, council's keys
    assert [a.id for a in early.agencies()] == [COUNCIL]
    assert early.endpoints() == ()
    assert early.agency(POLICE) is None
    assert early.by_address(MASH, HERE.openings) == ()
    assert early.manager(manager_of(POLICE)) is None
    assert early.signer(signer_id(MASH_1.member.document_key)) is None


# -- endpoints ------------------------------------------------------------------------------------------------------


def test_endpoints_are_certified_while_they_are() -> None:
    assert KNOWN.certified(MASH_1.id, NOW) == MASH_1.member
    assert code_of(KNOWN, MASH_1.id, FOUNDED - 1) == "E_KEY_UNCERTIFIED"
    assert code_of(KNOWN, MASH_1.id, VALID_UNTIL) == "E_KEY_UNCERTIFIED"
    assert code_of(KNOWN, EndpointId(bytes(32)), NOW) == "E_KEY_UNCERTIFIED"


def test_ended_endpoints_are_not() -> None:
    after = CHANGES.after(CHANGES.end(MASH_1.id), CHANGES.managers()).directory
    assert code_of(after, MASH_1.id, NOW - 1) == ""
    assert code_of(after, MASH_1.id, NOW) == "E_KEY_REVOKED"
    since = Seconds(NOW - DAY)
    said = CHANGES.end(MASH_1.id, EndReason.COMPROMISED, since=since)
    compromised = CHANGES.after(said, CHANGES.managers()).directory
    assert code_of(compromised, MASH_1.id, since) == "E_KEY_REVOKED"
    assert code_of(compromised, MASH_1.id, since - 1) == ""


def test_nor_are_those_of_an_agency_that_does_not_take_part() -> None:
    for statement in (CHANGES.suspended(), CHANGES.closed()):
        after = admitted(KNOWN, statement)
        assert code_of(after, MASH_1.id, NOW) == "E_AGENCY_CLOSED"
        assert code_of(after.at(KNOWN.size), MASH_1.id, NOW) == ""
        assert after.acting_at(MASH, NOW, {}) == ()
        assert len(after.by_address(MASH, {})) == 2


def test_a_signature_of_then_is_verified_with_the_key_of_then() -> None:
    new = document_key("mash 1, again")
    rekeyed = CHANGES.next_member(MASH_1.id, document_key=new.public_bytes())
    after = CHANGES.after(rekeyed, [*CHANGES.managers(), MASH_1.key]).directory
    then = after.endpoint_at(MASH_1.id, KNOWN.size, NOW)
    now = after.endpoint_at(MASH_1.id, after.size, NOW)
    assert then is not None
    assert now is not None
    assert then.document_key == MASH_1.member.document_key
    assert now.document_key == new.public_bytes()
    assert after.endpoint_at(MASH_1.id, 7, NOW) is None
    assert after.endpoint_at(MASH_1.id, after.size, Seconds(FOUNDED - 1)) is None
    yesterday = after.endpoint_at(MASH_1.id, after.size, Seconds(NOW - DAY))
    assert yesterday == MASH_1.member


def test_an_end_said_later_does_not_change_what_was_certified_then() -> None:
    said = CHANGES.end(MASH_1.id, EndReason.COMPROMISED, since=FOUNDED)
    after = CHANGES.after(said, CHANGES.managers()).directory
    assert after.endpoint_at(MASH_1.id, KNOWN.size, NOW) == MASH_1.member
    assert after.endpoint_at(MASH_1.id, after.size, NOW) is None
    assert after.end_of(MASH_1.id) is not None
    assert KNOWN.end_of(MASH_1.id) is None
    assert KNOWN.end_of(EndpointId(bytes(32))) is None


# -- addresses ------------------------------------------------------------------------------------------------------


def test_desks_are_found_by_their_address() -> None:
    found = KNOWN.by_address(MASH, {})
    assert [e.id for e in found] == [MASH_1.id, HERE.endpoints["mash 2"].id]
    assert KNOWN.address_of(MASH_1.id, {}) == MASH
    assert KNOWN.by_address(Address(f"nobody@{POLICE}"), HERE.openings) == ()
    [records] = KNOWN.acting_at(POLICE_RECORDS, NOW, {})
    assert records.newest.role is Role.RECORDS


def test_an_endpoint_that_has_ended_is_listed_once() -> None:
    left = CHANGES.after(CHANGES.end(MASH_1.id), CHANGES.managers())
    since = Seconds(NOW - DAY)
    found_out = left.end(MASH_1.id, EndReason.COMPROMISED, since=since)
    for after in (left, left.after(found_out, CHANGES.managers())):
        listed = [e.id for e in after.directory.by_address(MASH, {})]
        assert listed == [MASH_1.id, HERE.endpoints["mash 2"].id]


def test_people_are_found_only_by_openings() -> None:
    assert [e.id for e in KNOWN.by_address(OKAFOR, HERE.openings)] == [OKAFOR_1.id]
    assert KNOWN.by_address(OKAFOR, {}) == ()
    assert KNOWN.address_of(OKAFOR_1.id, HERE.openings) == OKAFOR
    assert KNOWN.address_of(OKAFOR_1.id, {}) is None
    assert KNOWN.address_of(EndpointId(bytes(32)), HERE.openings) is None
    assert name_in(OKAFOR_1.member, HERE.openings) == "J. Okafor"
    assert name_in(OKAFOR_1.member, {}) is None
    assert name_in(MASH_1.member, {}) == "mash 1"


def test_an_opening_that_does_not_fit_opens_nothing() -> None:
    commitment = OKAFOR_1.member.address_commitment
    assert commitment is not None
    good = HERE.openings[commitment]
    for bad in (
        replace(good, text="a.adebayo@quillmere-council"),
        replace(good, salt=bytes(32)),
        replace(good, kind=NAME),
    ):
        assert KNOWN.address_of(OKAFOR_1.id, {commitment: bad}) is None
        assert KNOWN.by_address(OKAFOR, {commitment: bad}) == ()
    assert by_commitment([good]) == {commitment: good}
    assert by_commitment([replace(good, salt=bytes(32))]).keys() != {commitment}


def with_hidden_address(text: str) -> tuple[Directory, EndpointId, Opening]:
    """A manager of the police certifies a person under a commitment to ``text``."""
    commitment, opening = make_opening(ADDRESS, text, seed("hidden"))
    person = machine("hidden", Address(f"x.y@{POLICE}"), HERE.anchor, personal=True)
    member = CHANGES.first_member(person, address_commitment=commitment)
    signed = sign(member, CHANGES.managers())
    return admitted(KNOWN, signed), EndpointId(signed.hash), opening


@pytest.mark.parametrize("text", ["front.door@quillmere-council", "no address", "X@Y", ""])
def test_a_hidden_address_is_one_of_the_agency_or_none(text: str) -> None:
    directory, endpoint, opening = with_hidden_address(text)
    openings = by_commitment([opening])
    assert directory.address_of(endpoint, openings) is None
    if "@" in text:
        assert endpoint not in {e.id for e in directory.by_address(Address(text), openings)}
    good, endpoint, opening = with_hidden_address(f"x.y@{POLICE}")
    assert good.address_of(endpoint, by_commitment([opening])) == f"x.y@{POLICE}"


def test_a_hidden_address_is_not_opened_by_a_name() -> None:
    commitment, opening = make_opening(NAME, f"x.y@{POLICE}", seed("hidden"))
    person = machine("hidden", Address(f"x.y@{POLICE}"), HERE.anchor, personal=True)
    signed = sign(CHANGES.first_member(person, address_commitment=commitment), CHANGES.managers())
    after = admitted(KNOWN, signed)
    assert after.address_of(EndpointId(signed.hash), by_commitment([opening])) is None


def test_openings_can_be_erased_and_the_log_still_folds() -> None:
    folded = Directory.begin(HERE.log[0], HERE.anchor)
    for signed in HERE.log[1:]:
        folded = folded.admit(signed)
    assert folded == KNOWN
    logged = b"".join(HERE.log)
    assert OKAFOR.encode() not in logged
    assert b"J. Okafor" not in logged
    assert MASH.encode() in logged


# -- signers --------------------------------------------------------------------------------------------------------


def manager_of(agency: str) -> SignerId:
    return signer_id(HERE.agencies[agency].managers[0].manager.key)  # type: ignore[index]


def test_it_is_known_whose_key_signed() -> None:
    def whose(key: bytes) -> Signer | None:
        return KNOWN.signer(signer_id(key))

    assert whose(MASH_1.member.document_key) == Signer(
        kind=SignerKind.ENDPOINT, endpoint=MASH_1.id, agency=POLICE
    )
    manager = HERE.agencies[HEALTH].managers[1].manager
    assert whose(manager.key) == Signer(kind=SignerKind.MANAGER, agency=HEALTH)
    assert whose(HERE.governance[0].holder.key) == Signer(kind=SignerKind.GOVERNING)
    assert whose(HERE.agencies[POLICE].roots[0].holder.key) == Signer(kind=SignerKind.GOVERNING)
    assert whose(HERE.relay.keys.receipt_key) == Signer(kind=SignerKind.RELAY)
    assert whose(document_key("nobody").public_bytes()) is None


def test_managers_are_known_while_they_are_in_office() -> None:
    found = KNOWN.manager(manager_of(POLICE))
    assert found is not None
    assert (found.agency, found.manager) == (POLICE, HERE.agencies[POLICE].managers[0].manager)
    assert KNOWN.manager(signer_id(MASH_1.member.document_key)) is None
    assert KNOWN.manager(SignerId(bytes(32))) is None
    assert admitted(KNOWN, CHANGES.suspended()).manager(manager_of(POLICE)) is None
    new = information_manager("new manager").manager
    after = CHANGES.after(CHANGES.agency_keys(managers=(new,)), CHANGES.roots()).directory
    assert after.manager(manager_of(POLICE)) is None
    assert after.manager(signer_id(new.key)) is not None
    assert after.at(KNOWN.size).manager(manager_of(POLICE)) is not None


# -- the partnership ------------------------------------------------------------------------------------------------


def test_what_the_partnership_says() -> None:
    assert KNOWN.relay == HERE.relay.keys
    assert KNOWN.bounds == KNOWN.partnership.bounds
    assert KNOWN.governance == KNOWN.partnership.governance
    assert KNOWN.partnership_head == HERE.anchor
    council = KNOWN.agency(COUNCIL)
    assert council is not None
    assert council.keys is not None
    assert council.keys.records == (COUNCIL_RECORDS,)


def test_the_standing_of_an_agency_at_any_size() -> None:
    suspended = admitted(KNOWN, CHANGES.suspended())
    here = Changes(HERE, suspended)
    resumed = here.after(here.status(Standing.RESUMED), CHANGES.governing).directory
    stood = [resumed.at(size).agency(POLICE) for size in range(KNOWN.size, resumed.size + 1)]
    assert [a.standing.value for a in stood if a] == ["active", "suspended", "active"]
    assert [a.since for a in stood if a] == [FOUNDED, NOW, NOW]


def test_a_standing_is_as_old_as_it_is_whatever_is_corrected_since() -> None:
    suspended = Changes(HERE, admitted(KNOWN, CHANGES.suspended()))
    renamed = suspended.signatory(name="Ardenfold", issued=Seconds(NOW + DAY))
    found = suspended.after(renamed, CHANGES.governing).directory.agency(POLICE)
    assert found is not None
    assert (found.since, found.issued) == (NOW, NOW + DAY)


def test_an_endpoint_renewed_by_the_builder_is_admitted() -> None:
    """What building makes for a renewal follows in the chain, and keeps the person's opening."""
    again = machine("okafor, again", OKAFOR, HERE.anchor, personal=True, name="J. Okafor")
    known = KNOWN.endpoint(OKAFOR_1.id)
    assert known is not None
    replaced = building.Replaced(endpoint=known.id, previous=known.head, newest=known.newest)
    certificate = HERE.certificate(again, replaces=replaced, issued=NOW)
    signers = [*CHANGES.managers(COUNCIL), OKAFOR_1.key]
    after = admitted(KNOWN, sign(certificate.member, signers))
    openings = {**HERE.openings, **by_commitment(certificate.openings)}
    assert [o.kind for o in certificate.openings] == [NAME]
    [found] = after.acting_at(OKAFOR, NOW, openings)
    assert (found.id, found.newest.document_key) == (OKAFOR_1.id, again.key.public_bytes())
