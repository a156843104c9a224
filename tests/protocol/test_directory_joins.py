"""Asking to be let in: join requests, admission requests, and the statements that are built from them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from phoenix_protocol import schema
from phoenix_protocol.api import Joining
from phoenix_protocol.directory import building
from phoenix_protocol.directory.joins import verify_admission_request, verify_join
from phoenix_protocol.directory.openings import ADDRESS, NAME
from phoenix_protocol.directory.statements import AgencyKeys
from phoenix_protocol.epochs import EpochKey
from phoenix_protocol.errors import PhoenixError, RefusedError
from phoenix_protocol.identifiers import Address, AgencyId, Anchor, ObjectHash, Seconds
from phoenix_protocol.joining import AdmissionRequest, JoinRequest
from phoenix_protocol.signed import Opened, Signed, parse_signed, read_unverified, sign, signer_id
from phoenix_protocol.suite import DocumentPrivateKey
from tests.protocol.quillmere import (
    MASH,
    NOW,
    OKAFOR,
    POLICE,
    VALID_UNTIL,
    admission,
    agency,
    document_key,
    epoch,
    information_manager,
    key_holder,
    key_set,
    machine,
    quillmere,
    seed,
)
from tests.protocol.quillmere_changes import (
    WEAK_ED25519,
    Changes,
    admitted,
    weak_document_key,
)

HERE = quillmere()
CHANGES = Changes(HERE)
MACHINE = machine("joining", MASH, HERE.anchor)
ASKED = MACHINE.request.message
OTHER = document_key("somebody else")


def joining(
    asked: JoinRequest = ASKED,
    keys: Sequence[DocumentPrivateKey] = (MACHINE.key,),
    epochs: Sequence[Signed] | None = None,
) -> Joining:
    weekly = [e.signed for e in MACHINE.epochs] if epochs is None else epochs
    return Joining(
        request=sign(asked, keys).encoded(), epoch_keys=tuple(e.encoded() for e in weekly)
    )


def code_of(asking: Joining, anchor: Anchor = HERE.anchor) -> str:
    try:
        verify_join(asking, anchor)
    except PhoenixError as error:
        return error.code
    return ""


# -- join requests --------------------------------------------------------------------------------------------------


def test_a_machine_that_holds_its_keys_may_ask() -> None:
    verified = verify_join(MACHINE.joining, HERE.anchor)
    assert verified.request.message == ASKED
    assert verified.request.hash == parse_signed(MACHINE.joining.request).hash
    assert [k.hash for k in verified.epoch_keys] == list(ASKED.epoch_keys)
    assert code_of(joining()) == ""


def test_it_asks_under_its_own_signature_alone() -> None:
    assert code_of(joining(keys=[OTHER])) == "E_KEY_UNCERTIFIED"
    assert code_of(joining(keys=[MACHINE.key, OTHER])) == "E_PARSE"
    signed = sign(ASKED, [MACHINE.key])
    forged = replace(signed, signatures=(replace(signed.signatures[0], signature=bytes(3373)),))
    assert code_of(replace(joining(), request=forged.encoded())) == "E_SIG"


def test_somebody_elses_document_key_cannot_be_asked_for() -> None:
    stolen = replace(ASKED, document_key=OTHER.public_bytes())
    assert code_of(joining(stolen)) == "E_KEY_UNCERTIFIED"


def test_it_asks_in_one_partnership() -> None:
    assert code_of(joining(), Anchor(bytes(32))) == "E_ANCHOR"
    assert code_of(joining(replace(ASKED, anchor=Anchor(bytes(32))))) == "E_ANCHOR"


def test_weak_keys_are_refused_at_the_door() -> None:
    for request_key in (WEAK_ED25519, ASKED.document_key[-32:]):
        assert code_of(joining(replace(ASKED, request_key=request_key))) == "E_KEY_WEAK"
    weak = replace(ASKED, document_key=weak_document_key("joining"))
    signed = sign(weak, [MACHINE.key])
    posing = replace(
        signed.signatures[0],
        signer=signer_id(weak.document_key),
    )
    request = replace(signed, signatures=(posing,)).encoded()
    assert code_of(replace(joining(), request=request)) == "E_KEY_WEAK"


def with_epochs(*epochs: Signed, named: Sequence[Signed] | None = None) -> Joining:
    hashes = tuple(e.hash for e in (epochs if named is None else named))
    return joining(replace(ASKED, epoch_keys=hashes), epochs=epochs)


def test_a_weak_sealing_key_is_refused_at_the_door() -> None:
    good = MACHINE.epochs[0].opened.message
    for weak in (good.key[:1184] + bytes(32), bytes(1184) + good.key[1184:]):
        assert code_of(with_epochs(sign(replace(good, key=weak), [MACHINE.key]))) == "E_KEY_WEAK"


def test_the_epoch_keys_are_those_that_the_request_names() -> None:
    one, two = (e.signed for e in MACHINE.epochs)
    third = epoch("joining", MACHINE.key, HERE.anchor, 2, NOW).signed
    assert code_of(with_epochs(one, two)) == ""
    assert code_of(with_epochs(one)) == ""
    for sent, named in (
        ((one,), (one, two)),
        ((one, two), (one,)),
        ((two, one), (one, two)),
        ((one, third), (one, two)),
        ((one, one), (one, one)),
    ):
        assert code_of(with_epochs(*sent, named=named)) == "E_KEY_UNCERTIFIED"


def test_the_epoch_keys_are_the_machines_own() -> None:
    theirs = epoch("other", OTHER, HERE.anchor, 0, NOW).signed
    assert code_of(with_epochs(theirs)) == "E_KEY_UNCERTIFIED"
    elsewhere = epoch("joining", MACHINE.key, Anchor(bytes(32)), 0, NOW).signed
    assert code_of(with_epochs(elsewhere)) == "E_ANCHOR"
    good = read_unverified(MACHINE.epochs[0].signed, EpochKey)
    backwards = replace(good, valid_until=good.valid_from)
    assert code_of(with_epochs(sign(backwards, [MACHINE.key]))) == "E_TIME"


def test_other_objects_do_not_pass() -> None:
    [one, _] = (e.signed for e in MACHINE.epochs)
    assert code_of(replace(joining(), request=one.encoded())) == "E_SIG_TYPE"
    request = sign(ASKED, [MACHINE.key])
    assert code_of(joining(epochs=[request])) == "E_SIG_TYPE"


@settings(max_examples=40)
@given(st.binary(max_size=200), st.binary(max_size=200))
def test_any_bytes_are_refused(request: bytes, key: bytes) -> None:
    assert code_of(Joining(request=request, epoch_keys=(key,))) in {"E_PARSE", "E_SUITE"}
    assert code_of(replace(joining(), epoch_keys=(key,))) in {"E_PARSE", "E_SUITE"}


@settings(max_examples=60)
@given(st.data())
def test_one_changed_bit_is_refused(data: st.DataObject) -> None:
    good = joining()
    bit = data.draw(st.integers(0, len(good.request) * 8 - 1))
    changed = bytearray(good.request)
    changed[bit // 8] ^= 1 << bit % 8
    assert code_of(replace(good, request=bytes(changed))) != ""


# -- admission requests ---------------------------------------------------------------------------------------------

SCHOOL = agency(AgencyId("thorncliffe-academy"))
FIRST = read_unverified(admission(HERE.anchor, SCHOOL, HERE.governance)[1], AgencyKeys)


def asking(first: AgencyKeys = FIRST, signers: int = 2, **changes: object) -> bytes:
    request = building.admission_request(
        anchor=HERE.anchor,
        agency=SCHOOL.id,
        name="Thorncliffe Academy",
        kind="school",
        jurisdiction="england",
        legal_scope="uk_gdpr_part2",
        root=SCHOOL.root,
        agency_keys=sign(first, SCHOOL.root_keys[:signers]),
    )
    return schema.encode(replace(request, **changes))  # type: ignore[arg-type]


def admission_code(data: bytes, anchor: Anchor = HERE.anchor) -> str:
    try:
        verify_admission_request(data, anchor)
    except PhoenixError as error:
        return error.code
    return ""


def test_what_is_verified_is_what_the_directory_admits() -> None:
    verified = verify_admission_request(asking(), HERE.anchor)
    signed = sign(verified.signatory(NOW), CHANGES.governing)
    after = admitted(HERE.directory, signed, verified.agency_keys)
    found = after.agency(SCHOOL.id)
    assert found is not None
    assert found.keys == FIRST
    assert found.signatory.name == "Thorncliffe Academy"


def test_an_agency_asks_by_the_threshold_of_its_root() -> None:
    assert admission_code(asking(signers=1)) == "E_THRESHOLD"
    strangers = key_set([key_holder("a"), key_holder("b")], 2)
    assert admission_code(asking(root=strangers)) == "E_THRESHOLD"
    assert admission_code(asking(replace(FIRST, root=strangers), root=strangers)) == (
        "E_KEY_UNCERTIFIED"
    )


def test_an_agency_asks_in_one_partnership_and_for_itself() -> None:
    assert admission_code(asking(), Anchor(bytes(32))) == "E_ANCHOR"
    assert admission_code(asking(anchor=Anchor(bytes(32)))) == "E_ANCHOR"
    assert admission_code(asking(replace(FIRST, anchor=Anchor(bytes(32))))) == "E_ANCHOR"
    assert admission_code(asking(agency=POLICE)) == "E_PARSE"


def test_what_the_fold_would_refuse_is_refused_before() -> None:
    weak = replace(information_manager("m").manager, request_key=WEAK_ED25519)
    assert admission_code(asking(replace(FIRST, managers=(weak,)))) == "E_KEY_WEAK"
    away = replace(FIRST, records=(Address(f"records@{POLICE}"),))
    assert admission_code(asking(away)) == "E_NAME"
    dangling = replace(FIRST, previous=ObjectHash(bytes(32)))
    assert admission_code(asking(dangling)) == "E_DIR_CHAIN"
    alone = key_set([key_holder("a", person="p"), key_holder("b", person="p")], 2)
    assert admission_code(asking(root=alone)) == "E_THRESHOLD"


def test_forged_admissions_are_refused() -> None:
    request = schema.decode(AdmissionRequest, asking())
    signed = parse_signed(request.agency_keys)
    forged = replace(
        signed, signatures=tuple(replace(s, signature=bytes(3373)) for s in signed.signatures)
    )
    assert admission_code(asking(agency_keys=forged.encoded())) == "E_SIG"
    assert admission_code(asking(agency_keys=b"")) == "E_PARSE"
    assert admission_code(asking(agency_keys=HERE.log[1])) == "E_SIG_TYPE"


@settings(max_examples=40)
@given(st.binary(max_size=200))
def test_any_bytes_are_no_admission(data: bytes) -> None:
    assert admission_code(data) == "E_PARSE"


# -- building -------------------------------------------------------------------------------------------------------


def built(
    request: Opened[JoinRequest], replaces: building.Replaced | None = None
) -> building.Certificate:
    return building.member_from_request(
        request,
        valid_from=NOW,
        valid_until=VALID_UNTIL,
        issued=NOW,
        salts=(seed("one"), seed("two")),
        replaces=replaces,
    )


def replaced(label: str) -> building.Replaced:
    known = HERE.directory.endpoint(HERE.endpoints[label].id)
    assert known is not None
    return building.Replaced(endpoint=known.id, previous=known.head, newest=known.newest)


def test_a_desk_is_certified_in_plain_sight() -> None:
    certificate = built(MACHINE.request)
    member = certificate.member
    assert certificate.openings == ()
    assert (member.address, member.name) == (MASH, "joining")
    assert (member.agency, member.endpoint, member.previous) == (POLICE, None, None)
    assert member.request == MACHINE.request.hash
    assert CHANGES.refusal(member, CHANGES.managers()) == ""


def test_a_person_is_certified_under_commitments() -> None:
    person = machine("p", Address(f"p.obi@{POLICE}"), HERE.anchor, personal=True, name="P. Obi")
    certificate = built(person.request)
    assert [(o.kind, o.text, o.salt) for o in certificate.openings] == [
        (ADDRESS, f"p.obi@{POLICE}", seed("one")),
        (NAME, "P. Obi", seed("two")),
    ]
    encoded = schema.encode(certificate.member)
    assert b"obi" not in encoded.lower()
    assert CHANGES.refusal(certificate.member, CHANGES.managers()) == ""


def test_a_renewed_endpoint_stays_what_it_is() -> None:
    renewed = built(MACHINE.request, replaced("mash 1")).member
    signers = [*CHANGES.managers(), HERE.endpoints["mash 1"].key]
    assert CHANGES.refusal(renewed, signers) == ""
    person = machine("again", OKAFOR, HERE.anchor, personal=True)
    as_person = machine("p", MASH, HERE.anchor, personal=True)
    for request, label in (
        (MACHINE.request, "police records"),
        (person.request, "front door"),
        (as_person.request, "mash 1"),
        (MACHINE.request, "okafor"),
    ):
        with pytest.raises(RefusedError, match="E_ID_TAKEN"):
            built(request, replaced(label))


def test_records_are_listed_in_the_order_of_their_encodings() -> None:
    records = [Address(f"{name}@{POLICE}") for name in ("b", "archive", "a", "ab")]
    keys = building.agency_keys(
        anchor=HERE.anchor,
        agency=POLICE,
        root=SCHOOL.root,
        managers=[SCHOOL.managers[0].manager],
        records=records,
        issued=NOW,
    )
    assert schema.decode(AgencyKeys, schema.encode(keys)).records == (
        records[2],
        records[0],
        records[3],
        records[1],
    )


def test_a_validity_is_what_was_asked_for() -> None:
    member = built(MACHINE.request).member
    assert (member.valid_from, member.valid_until, member.issued) == (NOW, VALID_UNTIL, NOW)
    assert member.valid_until > Seconds(NOW)
