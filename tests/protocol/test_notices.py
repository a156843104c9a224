"""Notices (docs/protocol.md §6.8): sealed like details, and checked one by one before they stand beside a statement."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

import pytest

from phoenix_protocol import limits, schema
from phoenix_protocol.errors import RefusedError, TamperError
from phoenix_protocol.identifiers import Address, Anchor, EndpointId, ItemId, ObjectHash
from phoenix_protocol.package.notices import NoticeDelivery
from phoenix_protocol.record import Source, Statement
from phoenix_protocol.sealing import open_notice
from phoenix_protocol.sealing.contents import ItemType
from phoenix_protocol.sealing.notices import MOST_ITEMS, Notice, NoticeAction
from phoenix_protocol.sealing.open_notice import check_number, replacement_of
from phoenix_protocol.signed import Signed, parse_signed, sign
from phoenix_protocol.suite.content import encrypted_length
from phoenix_protocol.suite.hashing import sha256
from tests.protocol import notice_world as world
from tests.protocol.check_removal import Removal, removals
from tests.protocol.notice_world import Arrival, arrival, held, notice, passed_on
from tests.protocol.offer_attacks import flip

ACTIONS: Final = tuple(NoticeAction)


# -- what is honest -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("action", ACTIONS)
def test_a_notice_arrives_and_says_of_which_item_it_is(action: NoticeAction) -> None:
    said = notice(action)
    came = arrival(said)
    opened = came.opened()
    assert (opened.maker, opened.hander, opened.notice.message) == (
        world.SCHOOL,
        world.SCHOOL,
        said,
    )
    assert came.run() == (said.item,)
    assert replace(came, reader=world.MASH).run() == (said.item,)


def test_a_correction_brings_the_whole_statement() -> None:
    assert replacement_of(arrival(notice()).opened().notice.message).text == "A black car"


def test_a_colleague_may_correct_and_may_hand_on_again() -> None:
    assert arrival(notice(endpoint=world.DEPUTY), by=world.DEPUTY).run()
    assert arrival(notice(), by=world.DEPUTY).run()


def test_who_was_granted_the_section_may_dispute_it() -> None:
    came = arrival(notice(NoticeAction.DISPUTE, endpoint=world.MASH), by=world.MASH)
    assert came.run() == (world.SEEN.items[2].id,)
    assert came.opened().maker == world.POLICE


def test_a_file_is_withdrawn_and_disputed_like_a_statement() -> None:
    for action in (NoticeAction.WITHDRAW, NoticeAction.DISPUTE):
        assert arrival(notice(action, of=4)).run() == (world.SEEN.items[4].id,)


@pytest.mark.parametrize("action", ACTIONS)
def test_a_notice_that_was_passed_on_is_of_the_ids_under_which_it_was(action: NoticeAction) -> None:
    assert passed_on(notice(action)).run() == (world.COPIED.items[2].id,)


def test_one_delivery_names_every_copy() -> None:
    ids = tuple(world.COPIED.items[n].id for n in (2, 3))
    assert passed_on(items=ids).run() == ids


def test_the_key_that_opens_it_is_kept_for_whoever_proves_it() -> None:
    came = arrival(notice())
    assert len(came.opened().key) == 32
    assert came.opened().signed == parse_signed(came.opened().signed).encoded()


# -- what is sealed -------------------------------------------------------------------------------------------------


def test_the_relay_reads_the_audience_and_nothing_of_the_notice() -> None:
    came = arrival(notice())
    everything = came.data + schema.encode(came.sealed)
    said = notice()
    for hidden in (b"black car", b"Looked again", b"correct", said.item, said.digest, said.section):
        assert hidden not in everything
    delivery = schema.decode(NoticeDelivery, parse_signed(came.data).payload)
    assert delivery.audience == world.SEEN.entry.audience
    assert delivery.notice == sha256(came.sealed.ciphertext)


def test_the_longest_notice_fits_where_a_detail_does() -> None:
    source = Source(type="own_record", detail="d" * limits.LONG_TEXT, identity_protected=False)
    longest = replace(
        world.statement("t" * limits.LONG_TEXT),
        test="w" * limits.LONG_TEXT,
        source=source,
        basis=tuple(ItemId(n.to_bytes(16, "big")) for n in range(limits.STATEMENTS)),
    )
    content = schema.encode(longest)
    room = content + bytes(limits.CORRECTION_BYTES - len(content))
    assert len(room) == limits.CORRECTION_BYTES
    said = notice(
        replacement=room, words="y" * limits.LONG_TEXT, checkpoint="c" * limits.CHECKPOINT_BYTES
    )
    ids = tuple(ItemId(n.to_bytes(16, "big")) for n in range(MOST_ITEMS))
    sealed = arrival(said, items=ids).sealed
    assert encrypted_length(limits.CORRECTION_BYTES) < len(sealed.ciphertext)
    assert schema.encode(sealed)


def test_what_does_not_fit_is_refused_before_it_is_signed() -> None:
    more = {f"extension {n}": b"z" * 4000 for n in range(16)}
    said = notice(replacement=bytes(limits.CORRECTION_BYTES), optional=more)
    with pytest.raises(RefusedError) as refused:
        arrival(said)
    assert refused.value.code == "E_LIMIT"


# -- attacks --------------------------------------------------------------------------------------------------------


def _other_type(came: Arrival) -> Arrival:
    signed = parse_signed(came.data)
    return replace(came, data=replace(signed, type=Notice.TYPE).encoded())


def _as_delivery(said: Notice) -> Signed:
    """A notice whose envelope says that it is something else."""
    signed = sign(said, [world.KEY_OF[said.endpoint]])
    return replace(signed, type=NoticeDelivery.TYPE)


def _changed_words(came: Arrival) -> Arrival:
    return replace(came, sealed=replace(came.sealed, ciphertext=flip(came.sealed.ciphertext)))


def _forged_section() -> Arrival:
    """A section whose entry does not commit to the items beside it: what a damaged store would give."""
    changed = (*world.SEEN.items[:3], world.SEEN.items[4])
    return arrival(notice(), holding=held(replace(world.SEEN, items=changed)))


def _statement_with(**changes: Any) -> bytes:
    return schema.encode(replace(world.statement("A black car"), **changes))


def _disputed_by(endpoint: EndpointId) -> Arrival:
    return arrival(notice(NoticeAction.DISPUTE, endpoint=endpoint), by=endpoint)


FIRST_HAND: Final[dict[str, tuple[str, Callable[[], Arrival]]]] = {
    "N1 another type": ("E_SIG_TYPE", lambda: _other_type(arrival(notice()))),
    "N1 nonsense": ("E_PARSE", lambda: replace(arrival(notice()), data=b"\x80")),
    "N2 a fork": ("E_DIR_FORK", lambda: arrival(notice(), handing={"checkpoint": "another"})),
    "N2 handed on by nobody": (
        "E_KEY_UNCERTIFIED",
        lambda: arrival(notice(), handing={"endpoint": world.STRANGER}),
    ),
    "N2 signed by another": (
        "E_RECEIPT_BINDING",
        lambda: arrival(notice(), handing={"endpoint": world.DEPUTY}),
    ),
    "N2 another partnership": (
        "E_ANCHOR",
        lambda: arrival(notice(), handing={"anchor": Anchor(bytes(32))}),
    ),
    "N3 other words": ("E_RECEIPT_BINDING", lambda: _changed_words(arrival(notice()))),
    "N3 not for this one": ("E_NOT_ADDRESSED", lambda: arrival(notice(), readers=(world.MASH,))),
    "N4 another type": ("E_SIG_TYPE", lambda: arrival(_as_delivery(notice()))),
    "N5 a fork": ("E_DIR_FORK", lambda: arrival(notice(checkpoint="another"))),
    "N5 made by nobody": (
        "E_KEY_UNCERTIFIED",
        lambda: arrival(notice(endpoint=world.STRANGER)),
    ),
    "N5 signed by another": ("E_SIG", lambda: arrival(notice(), signer=world.DEPUTY)),
    "N5 another partnership": ("E_ANCHOR", lambda: arrival(notice(anchor=Anchor(bytes(32))))),
    "N5 a correction of nothing": ("E_PARSE", lambda: arrival(notice(replacement=None))),
    "N5 a withdrawal with a statement": (
        "E_PARSE",
        lambda: arrival(notice(NoticeAction.WITHDRAW, replacement=_statement_with())),
    ),
    "N5 a correction with conditions": (
        "E_PARSE",
        lambda: arrival(notice(conditions=("RECIPIENTS_ONLY",))),
    ),
    "N5 a release of nothing": (
        "E_PARSE",
        lambda: arrival(notice(NoticeAction.RELEASE, conditions=())),
    ),
    "N5 a correction that is no statement": (
        "E_PARSE",
        lambda: arrival(notice(replacement=b"\x01")),
    ),
    "N6 another package": (
        "E_NOT_ADDRESSED",
        lambda: arrival(notice(), holding=held(core=world.PASSED_ON)),
    ),
    "N6 handed on under another package": (
        "E_NOT_ADDRESSED",
        lambda: arrival(notice(), handing={"core": world.PASSED_ON}),
    ),
    "N6 handed on by a reader": ("E_NOT_ADDRESSED", lambda: arrival(notice(), by=world.MASH)),
    "N6 handed on as a copy": (
        "E_NOT_ADDRESSED",
        lambda: arrival(notice(), items=(world.SEEN.items[2].id,)),
    ),
    "N6 another section": (
        "E_NOT_ADDRESSED",
        lambda: arrival(notice(), holding=held(replace(world.SEEN, salt=bytes(32)))),
    ),
    "N6 another item": ("E_NOT_ADDRESSED", lambda: arrival(notice(item=ItemId(bytes(16))))),
    "N6 of a person": ("E_NOT_ADDRESSED", lambda: arrival(notice(NoticeAction.WITHDRAW, of=1))),
    "N7 another statement": (
        "E_COMMITMENT",
        lambda: arrival(notice(digest=notice(of=3).digest)),
    ),
    "N7 another section's items": ("E_COMMITMENT", _forged_section),
    "N7 a file corrected": ("E_PARSE", lambda: arrival(notice(of=4))),
    "N7 about a stranger": (
        "E_PARSE",
        lambda: arrival(notice(replacement=_statement_with(about=(ItemId(bytes(16)),)))),
    ),
    "N8 corrected by a reader": (
        "E_KEY_UNCERTIFIED",
        lambda: arrival(notice(endpoint=world.MASH), by=world.MASH),
    ),
    "N8 withdrawn by a reader": (
        "E_KEY_UNCERTIFIED",
        lambda: arrival(notice(NoticeAction.WITHDRAW, endpoint=world.NURSE), by=world.NURSE),
    ),
    "N8 disputed by somebody else": ("E_KEY_UNCERTIFIED", lambda: _disputed_by(world.HOMES)),
    "N8 a copy corrected by whoever passed it on": (
        "E_KEY_UNCERTIFIED",
        lambda: arrival(
            notice(section=world.COPIED.commitment, digest=_copied_digest()),
            holding=held(world.COPIED),
        ),
    ),
}


def _copied_digest() -> bytes:
    from phoenix_protocol.sealing.manifest import item_commitment

    return item_commitment(world.COPIED.items[2])


SECOND_HAND: Final[dict[str, tuple[str, Callable[[], Arrival]]]] = {
    "N5 a correction that is no statement": (
        "E_PARSE",
        lambda: passed_on(notice(replacement=b"\x01")),
    ),
    "N6 of nothing": ("E_NOT_ADDRESSED", lambda: passed_on(items=())),
    "N6 handed on by another": (
        "E_NOT_ADDRESSED",
        lambda: passed_on(holding=held(world.COPIED, core=world.PASSED_ON, sent_from=world.HEALTH)),
    ),
    "N6 another item": ("E_NOT_ADDRESSED", lambda: passed_on(items=(ItemId(bytes(16)),))),
    "N6 of a person": ("E_NOT_ADDRESSED", lambda: passed_on(items=(world.COPIED.items[1].id,))),
    "N7 a file corrected": ("E_PARSE", lambda: passed_on(items=(world.COPIED.items[4].id,))),
    "N8 by another agency": (
        "E_KEY_UNCERTIFIED",
        lambda: passed_on(notice(endpoint=world.NURSE)),
    ),
    "N8 of a statement that nobody passed on": (
        "E_KEY_UNCERTIFIED",
        lambda: passed_on(
            holding=held(world.SEEN, core=world.PASSED_ON, sent_from=world.POLICE),
            items=(world.SEEN.items[2].id,),
        ),
    ),
}
ATTACKS: Final = {**FIRST_HAND, **{f"passed on, {k}": v for k, v in SECOND_HAND.items()}}


@pytest.mark.parametrize("name", ATTACKS)
def test_a_notice_that_is_not_honest_is_refused_with_its_code(name: str) -> None:
    code, attack = ATTACKS[name]
    attempt = attack()
    with pytest.raises(TamperError) as caught:
        attempt.run()
    assert caught.value.code == code


def test_who_never_held_it_at_first_may_dispute_only_through_whom_they_got_it() -> None:
    said = notice(NoticeAction.DISPUTE, endpoint=world.NURSE)
    assert passed_on(said).run() == (world.COPIED.items[2].id,), "the word of whoever passed it on"


def test_a_file_that_was_passed_on_is_withdrawn_by_the_word_of_whoever_did() -> None:
    said = notice(NoticeAction.WITHDRAW, of=4)
    assert passed_on(said, items=(world.COPIED.items[4].id,)).run() == (world.COPIED.items[4].id,)
    assert world.COPIED.items[4].type is ItemType.ATTACHMENT


# -- erased ---------------------------------------------------------------------------------------------------------


def _erased(came: Arrival, sent_from: Address = world.SCHOOL) -> Arrival:
    """The same at a reader who erased what it had."""
    return replace(came, erased=True, holding=replace(came.holding, sent_from=sent_from))


ERASED: Final[dict[str, tuple[str, Callable[[], Arrival]]]] = {
    "handed on by a reader": ("E_NOT_ADDRESSED", lambda: _erased(arrival(notice(), by=world.MASH))),
    "handed on as a copy": (
        "E_NOT_ADDRESSED",
        lambda: _erased(arrival(notice(), items=(world.SEEN.items[2].id,))),
    ),
    "passed on of nothing": ("E_NOT_ADDRESSED", lambda: _erased(passed_on(items=()), world.POLICE)),
    "passed on by another": ("E_NOT_ADDRESSED", lambda: _erased(passed_on(), world.HEALTH)),
    "by a colleague of nobody": (
        "E_KEY_UNCERTIFIED",
        lambda: _erased(arrival(notice(endpoint=world.MASH), by=world.TUTOR)),
    ),
    "a dispute": ("E_KEY_UNCERTIFIED", lambda: _erased(arrival(notice(NoticeAction.DISPUTE)))),
}


@pytest.mark.parametrize("action", [NoticeAction.CORRECT, NoticeAction.WITHDRAW])
def test_who_erased_it_hears_of_it_all_the_same(action: NoticeAction) -> None:
    assert _erased(arrival(notice(action))).run() == (world.SEEN.items[2].id,)
    assert _erased(passed_on(notice(action)), world.POLICE).run() == (world.COPIED.items[2].id,)


@pytest.mark.parametrize("name", ERASED)
def test_of_what_was_erased_only_its_sender_speaks(name: str) -> None:
    code, attack = ERASED[name]
    with pytest.raises(TamperError) as caught:
        attack().run()
    assert caught.value.code == code


# -- numbers --------------------------------------------------------------------------------------------------------


def test_numbers_say_what_is_missing() -> None:
    one, two, three = (ObjectHash(bytes([n]) * 32) for n in (1, 2, 3))
    assert check_number(1, one, {}) == ()
    assert check_number(2, two, {1: one}) == ()
    assert check_number(2, two, {1: one, 2: two}) == (), "the same again"
    assert check_number(3, three, {1: one}) == ((2, 2),)
    assert check_number(2, two, {1: one, 3: three}) == (), "what was missing has come"
    assert check_number(limits.COUNTER, three, {}) == ((1, limits.COUNTER - 1),)
    with pytest.raises(TamperError) as replayed:
        check_number(2, three, {1: one, 2: two})
    assert replayed.value.code == "E_REPLAY"


# -- every check is needed ------------------------------------------------------------------------------------------

REMOVALS: Final = [*removals(open_notice)]


def is_refused(attempt: Arrival, code: str) -> bool:
    try:
        attempt.run()
    except TamperError as error:
        return error.code == code
    except Exception:  # noqa: BLE001  # without its check the code may do anything
        return False
    return False


@pytest.fixture(scope="module")
def attempts() -> list[tuple[str, Arrival]]:
    return [(code, attack()) for code, attack in (*ATTACKS.values(), *ERASED.values())]


def test_the_checks_were_found() -> None:
    places = {removal.name for removal in REMOVALS}
    assert {"open_delivery", "_check_form", "_judge_at_first_hand", "_judge_passed_on"} <= places


@pytest.mark.parametrize("removal", REMOVALS, ids=str)
def test_without_a_check_some_attack_is_not_refused_any_more(
    removal: Removal, attempts: list[tuple[str, Arrival]]
) -> None:
    if removal.name == "check_number":
        with removal.applied():
            known = {1: ObjectHash(bytes(32))}
            assert open_notice.check_number(1, ObjectHash(b"x" * 32), known) == ()
        return
    with removal.applied():
        assert arrival(notice()).run()
        assert passed_on().run()
        assert _erased(arrival(notice())).run()
        assert not all(is_refused(attempt, code) for code, attempt in attempts)


def test_the_statement_of_a_correction_is_a_whole_one() -> None:
    assert isinstance(replacement_of(notice()), Statement)
