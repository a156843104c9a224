"""Agencies: admitted by governance, governing themselves, suspended, resumed, closed for ever."""

from __future__ import annotations

from dataclasses import replace

import pytest

from phoenix_protocol.directory import building
from phoenix_protocol.directory.agencies import TakesPart
from phoenix_protocol.directory.statements import (
    Adoption,
    AgencyKeys,
    Assurance,
    EndReason,
    Holder,
    KeySet,
    Manager,
    Signatory,
    Standing,
)
from phoenix_protocol.identifiers import Address, AgencyId, ObjectHash, Seconds
from phoenix_protocol.signed import read_unverified
from tests.protocol.quillmere import (
    COUNCIL,
    FOUNDED,
    HEALTH,
    MASH,
    NOW,
    POLICE,
    admission,
    agency,
    information_manager,
    key_holder,
    key_set,
    machine,
    person_id,
    quillmere,
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
SCHOOL = agency(AgencyId("thorncliffe-academy"))
ADMITTED, FIRST_KEYS = admission(HERE.anchor, SCHOOL, HERE.governance[:2])
JOINING = read_unverified(ADMITTED, Signatory)
FIRST = read_unverified(FIRST_KEYS, AgencyKeys)
SCHOOL_ROOTS = list(SCHOOL.root_keys)

WITH_SCHOOL = Changes(HERE, admitted(HERE.directory, ADMITTED))
NEW_ROOTS = [key_holder(f"new root {n}") for n in (1, 2)]
NEW_ROOT_KEYS = [h.key for h in NEW_ROOTS]


# -- admission ------------------------------------------------------------------------------------------------------


def test_governance_admits_an_agency_by_its_threshold() -> None:
    assert CHANGES.refusal(JOINING, CHANGES.governing) == ""
    assert CHANGES.refusal(JOINING, CHANGES.governing[:1]) == "E_THRESHOLD"
    assert CHANGES.refusal(JOINING, SCHOOL_ROOTS[:2]) == "E_KEY_UNCERTIFIED"
    found = WITH_SCHOOL.directory.agency(SCHOOL.id)
    assert found is not None
    assert (found.standing, found.keys, found.root) == (TakesPart.ACTIVE, None, SCHOOL.root)


def test_an_id_is_had_once() -> None:
    again = replace(JOINING, agency=POLICE)
    assert CHANGES.refusal(again, CHANGES.governing) == "E_ID_TAKEN"
    closed = Changes(HERE, admitted(HERE.directory, CHANGES.closed()))
    assert closed.refusal(again, CHANGES.governing) == "E_ID_TAKEN"


@pytest.mark.parametrize(
    ("lookalike", "code"),
    [
        ("ardenfo1d-police", "E_ID_LOOKALIKE"),
        ("ardenf0ld-police", "E_ID_LOOKALIKE"),
        ("\u0430rdenfold-police", "E_ID_LOOKALIKE"),
        ("ardenfoid-police", ""),
        ("ardenfold.police", ""),
    ],
)
def test_an_id_that_looks_like_another_is_refused(lookalike: str, code: str) -> None:
    other = replace(JOINING, agency=AgencyId(lookalike))
    assert CHANGES.refusal(other, CHANGES.governing) == code


def test_an_id_that_not_every_program_reads_alike_is_refused() -> None:
    # U+A7B5 came with Unicode 8; U+3164 is drawn as nothing.
    for named in ("\ua7b5-school", "school\u3164"):
        other = replace(JOINING, agency=AgencyId(named))
        assert CHANGES.refusal(other, CHANGES.governing) == "E_NAME"
    assert (
        CHANGES.refusal(replace(JOINING, agency=AgencyId("ysgol-tŷ-mawr")), CHANGES.governing) == ""
    )


def test_a_first_statement_has_none_before_it() -> None:
    dangling = replace(JOINING, previous=ObjectHash(bytes(32)))
    assert CHANGES.refusal(dangling, CHANGES.governing) == "E_DIR_CHAIN"
    unknown = building.signatory_status(
        anchor=HERE.anchor,
        agency=SCHOOL.id,
        standing=Standing.SUSPENDED,
        previous=ObjectHash(bytes(32)),
        issued=NOW,
    )
    assert CHANGES.refusal(unknown, CHANGES.governing) == "E_DIR_CHAIN"


def test_a_weak_root_key_is_refused() -> None:
    weak = Holder(key=weak_document_key("r"), person=person_id("weak"), name=seed("n"))  # type: ignore[arg-type]
    other = replace(JOINING, root=KeySet(holders=(*SCHOOL.root.holders, weak), threshold=2))
    assert CHANGES.refusal(other, CHANGES.governing) == "E_KEY_WEAK"


def test_a_root_that_nobody_can_reach_is_refused() -> None:
    one = [key_holder("a", person="same"), key_holder("b", person="same")]
    other = replace(JOINING, root=key_set(one, 2))
    assert CHANGES.refusal(other, CHANGES.governing) == "E_THRESHOLD"


# -- what governance says later -------------------------------------------------------------------------------------


def test_governance_corrects_what_it_said() -> None:
    renamed = CHANGES.signatory(name="Ardenfold Police Service")
    after = CHANGES.after(renamed, CHANGES.governing)
    found = after.directory.agency(POLICE)
    before = HERE.directory.agency(POLICE)
    assert found is not None
    assert before is not None
    assert found.signatory.name == "Ardenfold Police Service"
    assert (found.keys, found.root) == (before.keys, before.root)
    stale = CHANGES.signatory(name="Ardenfold Police")
    assert after.refusal(stale, CHANGES.governing) == "E_DIR_CHAIN"


def test_governance_changes_root_keys_only_until_the_agency_has_spoken() -> None:
    replaced = WITH_SCHOOL.signatory(SCHOOL.id, root=key_set(NEW_ROOTS, 2))
    assert WITH_SCHOOL.refusal(replaced, CHANGES.governing) == ""
    spoken = Changes(HERE, admitted(WITH_SCHOOL.directory, FIRST_KEYS))
    assert spoken.refusal(replaced, CHANGES.governing) == "E_THRESHOLD"


def test_nothing_is_issued_before_what_it_follows() -> None:
    early = Seconds(FOUNDED - 1)
    governed = [
        CHANGES.signatory(issued=early),
        CHANGES.status(Standing.SUSPENDED, issued=early),
    ]
    for statement in governed:
        assert CHANGES.refusal(statement, CHANGES.governing) == "E_TIME"
    assert CHANGES.refusal(CHANGES.agency_keys(issued=early), CHANGES.roots()) == "E_TIME"


def test_the_first_keys_may_be_older_than_the_admission() -> None:
    early = replace(FIRST, issued=Seconds(FOUNDED - 1000))
    assert WITH_SCHOOL.refusal(early, SCHOOL_ROOTS[:2]) == ""


# -- an agency's own word -------------------------------------------------------------------------------------------


def test_the_first_keys_are_signed_by_the_root_that_governance_named() -> None:
    assert WITH_SCHOOL.refusal(FIRST, SCHOOL_ROOTS[:2]) == ""
    assert WITH_SCHOOL.refusal(FIRST, SCHOOL_ROOTS[:1]) == "E_THRESHOLD"
    assert WITH_SCHOOL.refusal(FIRST, CHANGES.governing) == "E_KEY_UNCERTIFIED"
    assert CHANGES.refusal(FIRST, SCHOOL_ROOTS[:2]) == "E_KEY_UNCERTIFIED"


def test_the_first_keys_have_none_before_them() -> None:
    dangling = replace(FIRST, previous=ObjectHash(bytes(32)))
    assert WITH_SCHOOL.refusal(dangling, SCHOOL_ROOTS[:2]) == "E_DIR_CHAIN"
    again = CHANGES.agency_keys(previous=None)
    assert CHANGES.refusal(again, CHANGES.roots()) == "E_DIR_CHAIN"


def test_root_keys_hand_over_by_both_thresholds() -> None:
    handover = CHANGES.agency_keys(root=key_set(NEW_ROOTS, 2))
    old = CHANGES.roots()
    assert CHANGES.refusal(handover, [*old, *NEW_ROOT_KEYS]) == ""
    assert CHANGES.refusal(handover, NEW_ROOT_KEYS) == "E_THRESHOLD"
    assert CHANGES.refusal(handover, old) == "E_THRESHOLD"
    assert CHANGES.refusal(handover, [old[0], *NEW_ROOT_KEYS]) == "E_THRESHOLD"
    assert CHANGES.refusal(handover, [*old, NEW_ROOT_KEYS[0]]) == "E_THRESHOLD"
    after = CHANGES.after(handover, [*old, *NEW_ROOT_KEYS])
    assert after.refusal(after.agency_keys(), old) == "E_KEY_UNCERTIFIED"
    assert after.refusal(after.agency_keys(), NEW_ROOT_KEYS) == ""


def test_a_first_word_may_hand_over_at_once_and_needs_both() -> None:
    handover = replace(FIRST, root=key_set(NEW_ROOTS, 2))
    assert WITH_SCHOOL.refusal(handover, SCHOOL_ROOTS[:2]) == "E_THRESHOLD"
    assert WITH_SCHOOL.refusal(handover, NEW_ROOT_KEYS) == "E_THRESHOLD"
    assert WITH_SCHOOL.refusal(handover, [*SCHOOL_ROOTS[:2], *NEW_ROOT_KEYS]) == ""


def test_another_agencys_root_has_no_say() -> None:
    assert CHANGES.refusal(CHANGES.agency_keys(), CHANGES.roots(HEALTH)) == "E_KEY_UNCERTIFIED"


def test_two_words_that_follow_one_cannot_both_be_admitted() -> None:
    first, second = CHANGES.agency_keys(policy={"a": "1"}), CHANGES.agency_keys(policy={"a": "2"})
    after = CHANGES.after(first, CHANGES.roots())
    assert after.refusal(second, CHANGES.roots()) == "E_DIR_CHAIN"


def test_records_are_kept_at_an_address_of_the_agency() -> None:
    elsewhere = CHANGES.agency_keys(records=(Address("records@quillmere-council"),))
    assert CHANGES.refusal(elsewhere, CHANGES.roots()) == "E_NAME"


def with_managers(*managers: Manager) -> AgencyKeys:
    return CHANGES.agency_keys(managers=managers)


def test_weak_keys_of_a_manager_are_refused() -> None:
    good = information_manager("new manager").manager
    assert CHANGES.refusal(with_managers(good), CHANGES.roots()) == ""
    for weak in (
        replace(good, key=weak_document_key("m")),
        replace(good, request_key=WEAK_ED25519),
        replace(good, request_key=good.key[-32:]),
    ):
        assert CHANGES.refusal(with_managers(weak), CHANGES.roots()) == "E_KEY_WEAK"


def test_the_root_keys_of_an_agencys_own_word_are_looked_at_too() -> None:
    def with_root(key: bytes) -> AgencyKeys:
        third = Holder(key=key, person=person_id("third"), name=seed("n"))  # type: ignore[arg-type]
        known = HERE.agencies[POLICE].root
        return CHANGES.agency_keys(root=KeySet(holders=(*known.holders, third), threshold=2))

    assert CHANGES.refusal(with_root(NEW_ROOT_KEYS[0].public_bytes()), CHANGES.roots()) == ""
    for key in (weak_document_key("r"), HERE.endpoints["nurse"].member.document_key):
        assert CHANGES.refusal(with_root(key), CHANGES.roots()) == "E_KEY_WEAK"


def test_a_managers_keys_are_nobody_elses() -> None:
    good = information_manager("new manager").manager
    another = information_manager("newer manager").manager
    nurse = HERE.endpoints["nurse"].member
    taken = [
        (replace(good, key=nurse.document_key),),
        (replace(good, request_key=nurse.request_key),),
        (replace(good, request_key=HERE.relay.keys.response_key),),
        (good, replace(another, request_key=good.request_key)),
        (HERE.agencies[HEALTH].managers[0].manager,),
    ]
    for managers in taken:
        assert CHANGES.refusal(with_managers(*managers), CHANGES.roots()) == "E_KEY_WEAK"


def test_one_manager_key_under_two_names_is_refused() -> None:
    good = information_manager("new manager").manager
    other = information_manager("newer manager").manager
    doubled = replace(other, key=good.key)
    assert CHANGES.refusal(with_managers(good, doubled), CHANGES.roots()) == "E_THRESHOLD"


def test_what_an_agency_assures_and_adopts_is_its_own_word() -> None:
    said = CHANGES.agency_keys(
        assurances=(Assurance(scheme="DSPT", status="met", valid_to=NOW),),
        adopted=Adoption(version=7, text=seed("no such text"), time=NOW),
    )
    assert CHANGES.refusal(said, CHANGES.governing) == "E_KEY_UNCERTIFIED"
    assert CHANGES.refusal(said, CHANGES.managers()) == "E_KEY_UNCERTIFIED"
    after = CHANGES.after(said, CHANGES.roots())
    agency = after.directory.agency(POLICE)
    assert agency is not None
    assert agency.keys is not None
    assert (agency.keys.assurances, agency.keys.adopted) == (said.assurances, said.adopted)


# -- standing -------------------------------------------------------------------------------------------------------


def acts_of(agency_id: AgencyId, changes: Changes) -> list[str]:
    """The codes with which an agency's own statements are refused: keys, a new endpoint, a renewal, an end."""
    mash = HERE.endpoints["mash 1"].id
    return [
        changes.refusal(CHANGES.agency_keys(), CHANGES.roots()),
        changes.refusal(CHANGES.first_member(machine("x", MASH, HERE.anchor)), CHANGES.managers()),
        changes.refusal(CHANGES.next_member(mash), CHANGES.managers()),
        changes.refusal(CHANGES.end(mash), CHANGES.managers()),
    ]


def test_a_suspended_agency_cannot_act_until_it_is_resumed() -> None:
    suspended = Changes(HERE, admitted(HERE.directory, CHANGES.suspended()))
    assert acts_of(POLICE, CHANGES) == ["", "", "", ""]
    assert acts_of(POLICE, suspended) == ["E_AGENCY_CLOSED"] * 4
    resumed = suspended.after(suspended.status(Standing.RESUMED), CHANGES.governing)
    assert acts_of(POLICE, resumed) == ["", "", "", ""]


def test_a_closed_agency_cannot_act_nor_come_back() -> None:
    for before in (HERE.directory, admitted(HERE.directory, CHANGES.suspended())):
        here = Changes(HERE, before)
        closed = here.after(here.status(Standing.CLOSED), CHANGES.governing)
        assert acts_of(POLICE, closed) == ["E_AGENCY_CLOSED"] * 4
        for standing in Standing:
            statement = closed.status(standing)
            assert closed.refusal(statement, CHANGES.governing) == "E_AGENCY_CLOSED"
        renamed = closed.signatory(name="Ardenfold")
        assert closed.refusal(renamed, CHANGES.governing) == "E_AGENCY_CLOSED"


def test_only_what_changes_the_standing_is_said() -> None:
    assert CHANGES.refusal(CHANGES.status(Standing.RESUMED), CHANGES.governing) == "E_DIR_CHAIN"
    suspended = Changes(HERE, admitted(HERE.directory, CHANGES.suspended()))
    again = suspended.status(Standing.SUSPENDED)
    assert suspended.refusal(again, CHANGES.governing) == "E_DIR_CHAIN"


def test_an_old_word_on_the_standing_cannot_be_said_again() -> None:
    suspended = Changes(HERE, admitted(HERE.directory, CHANGES.suspended()))
    resumed = suspended.after(suspended.status(Standing.RESUMED), CHANGES.governing)
    assert refusal(resumed.directory, CHANGES.suspended()) == "E_DIR_CHAIN"


def test_standing_is_for_governance_to_say() -> None:
    for keys in (CHANGES.governing[:1], CHANGES.roots(), CHANGES.managers()):
        refused = CHANGES.refusal(CHANGES.status(Standing.CLOSED), keys)
        assert refused in {"E_THRESHOLD", "E_KEY_UNCERTIFIED"}


def test_other_agencies_go_on() -> None:
    suspended = Changes(HERE, admitted(HERE.directory, CHANGES.suspended(COUNCIL)))
    assert acts_of(POLICE, suspended) == ["", "", "", ""]


def test_an_agency_without_managers_certifies_nobody() -> None:
    member = CHANGES.first_member(machine("x", Address(f"desk@{SCHOOL.id}"), HERE.anchor))
    manager = [SCHOOL.managers[0].key]
    assert WITH_SCHOOL.refusal(member, manager) == "E_KEY_UNCERTIFIED"
    assert CHANGES.refusal(member, manager) == "E_KEY_UNCERTIFIED"
    spoken = Changes(HERE, admitted(WITH_SCHOOL.directory, FIRST_KEYS))
    assert spoken.refusal(member, manager) == ""


def test_a_manager_out_of_office_certifies_nobody() -> None:
    [first, second] = HERE.agencies[POLICE].managers
    after = CHANGES.after(CHANGES.agency_keys(managers=(second.manager,)), CHANGES.roots())
    end = after.end(HERE.endpoints["mash 1"].id, EndReason.LEFT)
    assert after.refusal(end, [first.key]) == "E_KEY_UNCERTIFIED"
    assert after.refusal(end, [second.key]) == ""
