"""The genesis, versions walked one by one, governance's thresholds, the anchor in everything."""

from __future__ import annotations

from dataclasses import replace

import pytest

from phoenix_protocol.directory.state import Directory
from phoenix_protocol.directory.statements import (
    BY_TYPE,
    Holder,
    KeySet,
    Partnership,
    Standing,
    Statement,
    Witness,
)
from phoenix_protocol.errors import PhoenixError, RefusedError
from phoenix_protocol.identifiers import NO_ANCHOR, Anchor, ObjectHash, Seconds
from phoenix_protocol.signed import Signed, hash_of, parse_signed, read_unverified, sign
from tests.protocol.quillmere import (
    founded,
    key_holder,
    key_set,
    machine,
    person_id,
    quillmere,
    relay,
    seed,
)
from tests.protocol.quillmere_changes import (
    WEAK_ED25519,
    Changes,
    admitted,
    observed,
    refusal,
    weak_document_key,
)

HERE = quillmere()
CHANGES = Changes(HERE)
GENESIS = read_unverified(parse_signed(HERE.log[0]), Partnership)
GOVERNANCE = [h.key for h in HERE.governance]
NEW = [key_holder(f"new governance {n}") for n in (1, 2)]
NEW_KEYS = [h.key for h in NEW]
NEW_SET = key_set(NEW, 2)


def begins(statement: Partnership, count: int = 2, anchor: Anchor | None = None) -> str:
    """The code with which a genesis is refused that ``count`` of its governance sign; empty when it is not."""
    signed = sign(statement, GOVERNANCE[:count]).encoded()
    try:
        Directory.begin(signed, Anchor(hash_of(statement)) if anchor is None else anchor)
    except PhoenixError as error:
        return error.code
    return ""


# -- the beginning --------------------------------------------------------------------------------------------------


def test_a_partnership_begins_with_what_its_anchor_names() -> None:
    assert begins(GENESIS) == ""
    assert begins(GENESIS, anchor=Anchor(bytes(32))) == "E_ANCHOR"
    assert begins(replace(GENESIS, name="Quilmere"), anchor=HERE.anchor) == "E_ANCHOR"


@pytest.mark.parametrize(
    "change",
    [{"version": 2}, {"previous": ObjectHash(bytes(32))}, {"anchor": HERE.anchor}],
    ids=["version", "previous", "anchor"],
)
def test_it_begins_with_version_one_and_nothing_before_it(change: dict[str, object]) -> None:
    assert begins(replace(GENESIS, **change)) == "E_ROOT_CHAIN"  # type: ignore[arg-type]


def test_it_is_signed_by_a_threshold_of_its_own_governance() -> None:
    assert begins(GENESIS, count=1) == "E_THRESHOLD"
    other = sign(GENESIS, [GOVERNANCE[0], NEW_KEYS[0]]).encoded()
    with pytest.raises(PhoenixError, match="E_KEY_UNCERTIFIED"):
        Directory.begin(other, HERE.anchor)


def test_another_statement_is_no_beginning() -> None:
    with pytest.raises(PhoenixError, match="E_SIG_TYPE"):
        Directory.begin(HERE.log[1], HERE.anchor)


def test_a_second_genesis_is_refused() -> None:
    assert refusal(HERE.directory, HERE.log[0]) == "E_ANCHOR"


# -- versions -------------------------------------------------------------------------------------------------------


def test_governance_hands_over_by_both_thresholds() -> None:
    handover = CHANGES.amendment(governance=NEW_SET)
    assert CHANGES.refusal(handover, [*GOVERNANCE[:2], *NEW_KEYS]) == ""
    assert CHANGES.refusal(handover, NEW_KEYS) == "E_THRESHOLD"
    assert CHANGES.refusal(handover, GOVERNANCE[:2]) == "E_THRESHOLD"
    assert CHANGES.refusal(handover, [GOVERNANCE[0], *NEW_KEYS]) == "E_THRESHOLD"
    assert CHANGES.refusal(handover, [*GOVERNANCE[:2], NEW_KEYS[0]]) == "E_THRESHOLD"


def test_from_then_on_the_new_governance_decides() -> None:
    handover = CHANGES.amendment(governance=NEW_SET)
    after = CHANGES.after(handover, [*GOVERNANCE[:2], *NEW_KEYS])
    assert after.refusal(after.status(Standing.SUSPENDED), NEW_KEYS) == ""
    assert after.refusal(after.status(Standing.SUSPENDED), GOVERNANCE[:2]) == "E_KEY_UNCERTIFIED"
    assert after.directory.governance == NEW_SET


def test_versions_are_walked_one_by_one() -> None:
    assert CHANGES.refusal(CHANGES.amendment(), GOVERNANCE[:2]) == ""
    skipped = replace(CHANGES.amendment(), version=3)
    assert CHANGES.refusal(skipped, GOVERNANCE[:2]) == "E_ROOT_CHAIN"
    repeated = replace(CHANGES.amendment(), version=1)
    assert CHANGES.refusal(repeated, GOVERNANCE[:2]) == "E_ROOT_CHAIN"


def test_the_next_version_names_the_hash_of_the_last() -> None:
    for previous in (None, ObjectHash(bytes(32)), ObjectHash(hash_of(GENESIS)[::-1])):
        other = replace(CHANGES.amendment(), previous=previous)
        assert CHANGES.refusal(other, GOVERNANCE[:2]) == "E_DIR_CHAIN"


def test_two_next_versions_cannot_both_be_admitted() -> None:
    first = CHANGES.amendment(name="Quillmere and Ardenfold")
    second = CHANGES.amendment(name="Ardenfold and Quillmere")
    after = CHANGES.after(first, GOVERNANCE[:2])
    assert after.refusal(second, GOVERNANCE[:2]) == "E_ROOT_CHAIN"
    assert after.directory.partnership.name == "Quillmere and Ardenfold"


def test_no_version_is_issued_before_the_one_it_follows() -> None:
    early = CHANGES.amendment(issued=Seconds(GENESIS.issued - 1))
    assert CHANGES.refusal(early, GOVERNANCE[:2]) == "E_TIME"
    assert CHANGES.refusal(CHANGES.amendment(issued=GENESIS.issued), GOVERNANCE[:2]) == ""


def test_another_name_or_text_is_the_next_version_of_the_protocol() -> None:
    for change in ({"protocol": "2"}, {"protocol_text": seed("text")}):
        changed = CHANGES.amendment(**change)
        assert changed.protocol_version == GENESIS.protocol_version + 1 == 2
        assert CHANGES.refusal(changed, GOVERNANCE[:2]) == ""
        for wrong in (1, 3):
            misnamed = replace(changed, protocol_version=wrong)
            assert CHANGES.refusal(misnamed, GOVERNANCE[:2]) == "E_ROOT_CHAIN"


def test_a_version_of_the_protocol_has_one_name_and_text() -> None:
    same = CHANGES.amendment(name="Quillmere and Ardenfold", review=ObjectHash(seed("review")))
    assert same.protocol_version == 1
    assert CHANGES.refusal(same, GOVERNANCE[:2]) == ""
    for wrong in (2, 3):
        misnamed = replace(same, protocol_version=wrong)
        assert CHANGES.refusal(misnamed, GOVERNANCE[:2]) == "E_ROOT_CHAIN"


def test_the_protocol_begins_with_its_first_version() -> None:
    assert begins(replace(GENESIS, protocol_text=seed("text"))) == ""
    assert begins(replace(GENESIS, protocol_version=2)) == "E_ROOT_CHAIN"


def test_the_lowest_version_allowed_never_goes_down_nor_beyond_this_program() -> None:
    assert CHANGES.refusal(CHANGES.amendment(minimum_version=2), GOVERNANCE[:2]) == "E_SUITE"
    raised = replace(GENESIS, minimum_version=2)
    assert begins(raised) == "E_SUITE"


def test_the_lowest_version_cannot_be_lowered(monkeypatch: pytest.MonkeyPatch) -> None:
    # As in a program that speaks version 2.
    monkeypatch.setattr("phoenix_protocol.directory.partnership.SPEAKS", 2)
    raised = CHANGES.after(CHANGES.amendment(minimum_version=2), GOVERNANCE[:2])
    assert raised.refusal(raised.amendment(minimum_version=1), GOVERNANCE[:2]) == "E_SUITE"
    assert raised.refusal(raised.amendment(minimum_version=2), GOVERNANCE[:2]) == ""


# -- keys and people ------------------------------------------------------------------------------------------------


def test_two_keys_of_one_person_count_once() -> None:
    alone = [key_holder("one", person="one"), key_holder("two", person="one"), key_holder("three")]
    keys = [h.key for h in alone]
    handover = CHANGES.amendment(governance=key_set(alone, 2))
    assert CHANGES.refusal(handover, [*GOVERNANCE[:2], *keys[:2]]) == "E_THRESHOLD"
    assert CHANGES.refusal(handover, [*GOVERNANCE[:2], *keys[1:]]) == ""


def test_one_key_under_two_names_is_refused() -> None:
    [first, second] = (h.holder for h in NEW)
    renamed = Holder(key=first.key, person=person_id("somebody else"), name=second.name)
    for people in ((first, renamed), (first, first)):
        doubled = KeySet(holders=people, threshold=1)
        signers = [*GOVERNANCE[:2], NEW_KEYS[0]]
        assert CHANGES.refusal(CHANGES.amendment(governance=doubled), signers) == "E_THRESHOLD"


def test_a_threshold_that_nobody_can_reach_is_refused() -> None:
    unreachable = KeySet(holders=NEW_SET.holders, threshold=3)
    signers = [*GOVERNANCE[:2], *NEW_KEYS]
    assert CHANGES.refusal(CHANGES.amendment(governance=unreachable), signers) == "E_THRESHOLD"


def test_a_signature_by_somebody_else_spoils_a_statement() -> None:
    assert CHANGES.refusal(CHANGES.amendment(), [*GOVERNANCE[:2], NEW_KEYS[0]]) == (
        "E_KEY_UNCERTIFIED"
    )


def test_one_bad_signature_among_enough_good_ones_is_refused() -> None:
    signed = sign(CHANGES.amendment(), GOVERNANCE)
    broken = replace(signed.signatures[1], signature=bytes(3373))
    forged = replace(signed, signatures=(signed.signatures[0], broken, signed.signatures[2]))
    assert refusal(HERE.directory, signed) == ""
    assert refusal(HERE.directory, forged) == "E_SIG"


def test_a_signature_does_not_serve_another_statement() -> None:
    signed = sign(CHANGES.amendment(), GOVERNANCE[:2])
    moved = replace(sign(CHANGES.amendment(name="x"), NEW_KEYS), signatures=signed.signatures)
    assert refusal(HERE.directory, moved) == "E_SIG"


# -- the relay's and witnesses' keys --------------------------------------------------------------------------------


@pytest.mark.parametrize("field", ["log_key", "response_key", "receipt_key"])
def test_weak_keys_of_a_relay_are_refused(field: str) -> None:
    weak = weak_document_key("relay") if field == "receipt_key" else WEAK_ED25519
    changed = replace(HERE.relay.keys, **{field: weak})
    assert CHANGES.refusal(CHANGES.amendment(relay=changed), GOVERNANCE[:2]) == "E_KEY_WEAK"


def test_a_relay_has_separate_keys_for_separate_jobs() -> None:
    keys = HERE.relay.keys
    doubled = replace(keys, response_key=keys.log_key)
    assert CHANGES.refusal(CHANGES.amendment(relay=doubled), GOVERNANCE[:2]) == "E_KEY_WEAK"
    swapped = replace(keys, response_key=keys.log_key, log_key=keys.response_key)
    assert CHANGES.refusal(CHANGES.amendment(relay=swapped), GOVERNANCE[:2]) == "E_KEY_WEAK"
    theirs = replace(keys, receipt_key=HERE.endpoints["nurse"].key.public_bytes())
    assert CHANGES.refusal(CHANGES.amendment(relay=theirs), GOVERNANCE[:2]) == "E_KEY_WEAK"


def test_a_relay_is_replaced_by_governance() -> None:
    after = CHANGES.after(CHANGES.amendment(relay=relay("another relay").keys), GOVERNANCE[:2])
    assert after.directory.relay == relay("another relay").keys
    assert after.directory.at(HERE.directory.size).relay == HERE.relay.keys


def test_an_origin_that_no_checkpoint_can_bear_is_refused() -> None:
    for origin in ("relay example", "re+lay", "rel\u0430y.example"):
        changed = replace(HERE.relay.keys, origin=origin)
        assert CHANGES.refusal(CHANGES.amendment(relay=changed), GOVERNANCE[:2]) == "E_PARSE"


def test_witnesses_are_as_many_as_must_cosign_and_strong() -> None:
    def refused(witnesses: tuple[Witness, ...], threshold: int) -> str:
        changes = {"witnesses": witnesses, "witness_threshold": threshold}
        return CHANGES.refusal(CHANGES.amendment(**changes), GOVERNANCE[:2])

    key = relay("a witness").keys.log_key
    first, again = Witness(name="one", key=key), Witness(name="two", key=key)
    assert refused((first,), 1) == ""
    assert refused((first,), 2) == "E_THRESHOLD"
    assert refused((first, again), 2) == "E_THRESHOLD"
    assert refused((Witness(name="weak", key=WEAK_ED25519),), 0) == "E_KEY_WEAK"
    assert refused((Witness(name="log", key=HERE.relay.keys.log_key),), 0) == "E_KEY_WEAK"


def test_a_weak_governance_key_is_refused() -> None:
    weak = Holder(key=weak_document_key("g"), person=person_id("weak"), name=seed("n"))  # type: ignore[arg-type]
    widened = KeySet(holders=(*GENESIS.governance.holders, weak), threshold=2)
    assert CHANGES.refusal(CHANGES.amendment(governance=widened), GOVERNANCE[:2]) == "E_KEY_WEAK"


# -- every statement ------------------------------------------------------------------------------------------------


def every_kind() -> dict[str, Signed]:
    """One good next statement of each kind."""
    new = machine("every kind", HERE.endpoints["mash 1"].address, HERE.anchor)
    return {
        "partnership": sign(CHANGES.amendment(), GOVERNANCE[:2]),
        "signatory": sign(CHANGES.signatory(), GOVERNANCE[:2]),
        "signatory-status": sign(CHANGES.status(Standing.SUSPENDED), GOVERNANCE[:2]),
        "agency-keys": sign(CHANGES.agency_keys(), CHANGES.roots()),
        "member": sign(CHANGES.first_member(new), CHANGES.managers()),
        "member-end": sign(CHANGES.end(HERE.endpoints["mash 1"].id), CHANGES.managers()),
    }


SIGNERS = {
    "partnership": GOVERNANCE[:2],
    "signatory": GOVERNANCE[:2],
    "signatory-status": GOVERNANCE[:2],
    "agency-keys": CHANGES.roots(),
    "member": CHANGES.managers(),
    "member-end": CHANGES.managers(),
}


def read(signed: Signed) -> Statement:
    return read_unverified(signed, BY_TYPE[signed.type])


@pytest.mark.parametrize("kind", SIGNERS)
def test_every_kind_is_admitted_and_not_from_another_partnership(kind: str) -> None:
    good = every_kind()[kind]
    assert refusal(HERE.directory, good) == ""
    for anchor in (Anchor(bytes(32)), NO_ANCHOR, Anchor(HERE.anchor[::-1])):
        elsewhere = replace(read(good), anchor=anchor)
        assert refusal(HERE.directory, sign(elsewhere, SIGNERS[kind])) == "E_ANCHOR"


@pytest.mark.parametrize("kind", SIGNERS)
def test_every_kind_can_be_said_once_only(kind: str) -> None:
    good = every_kind()[kind]
    after = HERE.directory.admit(good.encoded())
    assert refusal(after, good) == "E_DIR_CHAIN"
    # Another signature on the same words is the same statement.
    again = sign(read(good), SIGNERS[kind])
    assert again.signatures != good.signatures
    assert refusal(after, again) == "E_DIR_CHAIN"


@pytest.mark.parametrize("kind", SIGNERS)
def test_no_kind_passes_for_another(kind: str) -> None:
    good = every_kind()[kind]
    for other in every_kind().values():
        if other.type != good.type:
            posing = replace(good, type=other.type)
            assert refusal(HERE.directory, posing) in {"E_PARSE", "E_SIG"}


@pytest.mark.parametrize("name", ["phoenix/1/delivery", "phoenix/1/", "phoenix/1/member2"])
def test_what_is_no_statement_is_refused(name: str) -> None:
    other = replace(every_kind()["member"], type=name)
    assert refusal(HERE.directory, other) == "E_SUITE"


def test_another_version_of_the_protocol_is_refused() -> None:
    other = replace(every_kind()["member"], type="phoenix/2/member")
    assert refusal(HERE.directory, other) == "E_SUITE"


def test_an_unknown_critical_entry_refuses_and_an_optional_one_is_kept() -> None:
    critical = CHANGES.amendment(critical={"new": 1})
    assert CHANGES.refusal(critical, GOVERNANCE[:2]) == "E_CRITICAL"
    kept = CHANGES.after(CHANGES.amendment(optional={"new": 1}), GOVERNANCE[:2])
    assert kept.directory.partnership.optional == {"new": 1}


# -- the fold is a value --------------------------------------------------------------------------------------------


def test_earlier_directories_stay_what_they_were() -> None:
    directories = [Directory.begin(HERE.log[0], HERE.anchor)]
    seen = [observed(directories[0])]
    for signed in HERE.log[1:]:
        directories.append(directories[-1].admit(signed))
        seen.append(observed(directories[-1]))
    assert [observed(d) for d in directories] == seen
    assert [observed(HERE.directory.at(d.size)) for d in directories] == seen


def test_two_futures_of_one_directory_do_not_meet() -> None:
    base = founded().directory
    one = machine("one future", HERE.endpoints["mash 1"].address, HERE.anchor)
    two = machine("two future", HERE.endpoints["mash 1"].address, HERE.anchor)
    changes = Changes(HERE, base)
    first = admitted(base, sign(changes.first_member(one), changes.managers()))
    second = admitted(base, sign(changes.first_member(two), changes.managers()))
    assert first != second
    assert [e.newest.document_key for e in first.endpoints()] == [one.key.public_bytes()]
    assert [e.newest.document_key for e in second.endpoints()] == [two.key.public_bytes()]
    assert base.endpoints() == ()
    both = admitted(second, sign(changes.first_member(one), changes.managers()))
    assert len(both.endpoints()) == 2
    assert len(first.endpoints()) == 1


def test_what_was_verified_is_replayed_to_the_same_directory() -> None:
    replayed = Directory.replay_verified(HERE.log, HERE.anchor)
    assert observed(replayed) == observed(HERE.directory)
    assert replayed == HERE.directory
    after = admitted(replayed, every_kind()["member"])
    assert after == admitted(HERE.directory, every_kind()["member"])


def test_replaying_skips_signatures_and_nothing_else() -> None:
    signed = sign(CHANGES.amendment(), GOVERNANCE[:2])
    unverifiable = replace(
        signed, signatures=tuple(replace(s, signature=bytes(3373)) for s in signed.signatures)
    )
    assert refusal(HERE.directory, unverifiable) == "E_SIG"
    replayed = Directory.replay_verified([*HERE.log, unverifiable.encoded()], HERE.anchor)
    assert replayed.partnership.version == 2
    too_few = sign(CHANGES.amendment(), GOVERNANCE[:1])
    with pytest.raises(RefusedError, match="E_THRESHOLD"):
        Directory.replay_verified([*HERE.log, too_few.encoded()], HERE.anchor)
    with pytest.raises(RefusedError, match="E_DIR_CHAIN"):
        Directory.replay_verified([*HERE.log, HERE.log[-1]], HERE.anchor)
    with pytest.raises(RefusedError, match="E_ROOT_CHAIN"):
        Directory.replay_verified([], HERE.anchor)
