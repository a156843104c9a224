"""Notices between homes over a real relay: who hears, who answers, and what if nobody does or somebody lies."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from agency_client.ports.vault import EraseReason, HandingState, PassedOn
from agency_client.record.register_table import people_in_words
from agency_client.use_cases import erasing
from agency_client.use_cases.notice_subjects import Wanted
from agency_client.use_cases.notice_views import notices_of
from agency_client.use_cases.noticing import release
from agency_client.use_cases.registering import Sought
from phoenix_protocol import encoding
from phoenix_protocol.api import EpochQuery, Saying
from phoenix_protocol.errors import RefusedError, UnavailableError
from phoenix_protocol.identifiers import Address, ItemId, ObjectHash, Seconds
from phoenix_protocol.package.notices import AnswerKind, NoticeAnswer
from phoenix_protocol.sealing.contents import Done
from phoenix_protocol.sealing.manifest import entry_commitment, item_commitment
from phoenix_protocol.sealing.notices import Handing, Notice, NoticeAction, hand_notice
from phoenix_protocol.sealing.words import WordsReader
from phoenix_protocol.signed import sign
from phoenix_protocol.suite.sealing_keys import SealingKey
from tests.client.quillmere_homes import Desk, Desks, desks
from tests.end_to_end.documents import package
from tests.protocol.quillmere import DAY, FRONT_DOOR, MASH, NURSE
from tests.protocol.seeded_randomness import SeededRandomness

WHY = "One session was entered late"
FIRST = "Said in attendance"


@pytest_asyncio.fixture
async def here(tmp_path: Path) -> AsyncIterator[Desks]:
    async with desks(tmp_path, "front door", "mash 1", "nurse") as made:
        yield made


async def sent(here: Desks, *accepting: str, **how: Any) -> str:
    """A package of the council's front door that some have accepted."""
    id_ = await here["front door"].send(package("Notices", **how))
    for label in accepting:
        await here[label].accept(id_)
    return id_


async def correct(here: Desks, id_: str, text: str = "Absent 12", place: str = "1") -> Any:
    return await here["front door"].client.correct(id_, place, text, WHY)


async def shown(desk: Desk, id_: str, text: str = FIRST) -> list[Any]:
    """The notices beside the statement with a text."""
    read = await desk.open(id_)
    [item] = [
        item.id
        for section in read.contents.sections
        for item in section.items
        if text.encode() in item.content
    ]
    return list(read.notices.get(item, ()))


def people(addresses: Iterable[Address]) -> set[Address]:
    """Addresses but those of an agency's records, which get everything that their agencies get."""
    return {address for address in addresses if not address.startswith("records@")}


async def answered(here: Desks, id_: str) -> dict[str, Any]:
    """What each address did about the newest notice, as its sender knows."""
    door = here["front door"]
    await door.client.catch_up()
    [*_, newest] = door.client.notices_of(door.client.find_sent(id_))
    found = {holder.address: holder for holder in newest.holders}
    return {address: found[address] for address in people(found)}


# -- who hears and who answers --------------------------------------------------------------------------------------


async def test_every_reader_hears_of_it_and_says_by_itself_that_it_is_here(here: Desks) -> None:
    id_ = await sent(here, "mash 1", "nurse")
    given = await correct(here, id_)
    assert (given.called, people(given.audience)) == ("attendance.1", {MASH, NURSE})
    for label in ("mash 1", "nurse"):
        assert await here[label].hear() == ["N_CORRECTED"]
        [notice] = await shown(here[label], id_)
        assert (notice.noticed.by, notice.noticed.words, notice.owed) == (FRONT_DOOR, WHY, True)
        assert notice.correction.said.text == "Absent 12"
        assert notice.correction.about == ("child",)
    found = await answered(here, id_)
    assert {a: h.answer for a, h in found.items()} == {
        MASH: AnswerKind.RECEIVED,
        NURSE: AnswerKind.RECEIVED,
    }


@pytest.mark.parametrize("outcome", ["rectified", "restricted", "erased", "disagreed"])
async def test_an_outcome_puts_it_away_and_reaches_the_maker(here: Desks, outcome: str) -> None:
    id_ = await sent(here, "mash 1")
    given = await correct(here, id_)
    mash = here["mash 1"]
    assert await mash.hear() == ["N_CORRECTED"]
    [alert] = await mash.client.alerts()
    with pytest.raises(RefusedError) as refused:
        await mash.client.see_alert(alert.number)
    assert refused.value.code == "E_NOTICE_OPEN"
    assert refused.value.next.endswith("--outcome rectified|restricted|erased|disagreed")
    for _ in range(2):
        await mash.client.settle(given.notice.hex()[:10], outcome, "As we found it")
    assert await mash.alerts() == []
    holder = (await answered(here, id_))[MASH]
    assert holder.words == "As we found it"
    done = None if outcome == "disagreed" else Done(outcome)
    assert (holder.done, holder.answer is AnswerKind.DISAGREED) == (done, outcome == "disagreed")
    alerts = await here["front door"].alerts()
    assert ("N_NOTICE_DISAGREED" in alerts) is (outcome == "disagreed")
    with mash.home.vault.reading() as view:
        said = [answer.kind for answer in view.notices.answers(given.notice)]
    assert len(said) == 2, "received, then what was done, once"


async def test_no_words_name_a_source_to_somebody_who_may_not_know(here: Desks) -> None:
    """The friend is known to the police alone; the nurse gets another section of the same package."""
    friend = (
        '[[people]]\nid = "friend"\nname = "Robin S"\nrole = "peer"\nsource_known_to = ["%s"]\n'
    )
    first, then, rest = package("Protected").partition('id = "observed"')
    text = first.replace("[[people]]", f"{friend % MASH}[[people]]", 1) + then
    text += rest.replace('["child"]', '["friend"]', 1)
    id_ = await here["front door"].send(text)
    door, mash, nurse = here["front door"].client, here["mash 1"].client, here["nurse"].client
    for label in ("mash 1", "nurse"):
        await here[label].accept(id_)
    disputed = await nurse.dispute(id_, "attendance.1", "It was another day")
    await here["mash 1"].hear()
    named = "Robin S saw it"
    for attempt in (
        mash.settle(disputed.notice.hex(), "disagreed", named),
        mash.dispute(id_, "attendance.1", named),
        door.withdraw(id_, "attendance.1", named),
        door.recall(door.find_sent(id_), named),
    ):
        with pytest.raises(RefusedError) as refused:
            await attempt
        assert refused.value.code == "E_DOC_PROTECTED"
    looked = await mash.look_at_notice(
        Wanted(
            action=NoticeAction.DISPUTE,
            package=id_,
            statement="attendance.1",
            why="Robin was there",
        )
    )
    assert looked.hints
    given = await mash.dispute(id_, "attendance.1", "Robin was there")
    assert given.hints == looked.hints, "a part is warned of"
    assert (given.repeated, given.audience) == (False, looked.audience)
    told = await door.correct(id_, "observed.1", named)
    assert people(told.audience) == {MASH}
    assert len(told.audience) > 1, "the records keep it as they keep everything"
    assert told.hints == ()
    about = {e.line.kind: people_in_words(e) for e in await door.register(Sought())}
    assert list(about["notice_correct"]) == ["Robin S (peer, PROTECTED SOURCE)"], "and no other"
    disputes = [e for e in await mash.register(Sought()) if e.line.kind == "notice_dispute"]
    assert disputes
    assert {name for e in disputes for name, _ in e.people} == {"Jordan T"}


async def test_only_readers_of_the_section_hear_of_it(here: Desks) -> None:
    id_ = await sent(here, "mash 1", "nurse")
    given = await correct(here, id_, place="observed.1")
    assert people(given.audience) == {MASH}
    assert await here["nurse"].hear() == []
    assert await here["mash 1"].hear() == ["N_CORRECTED"]


async def test_a_machine_that_accepts_later_has_it_at_once_and_one_settles_for_its_desk(
    here: Desks,
) -> None:
    await here.begin("mash 2")
    id_ = await sent(here, "mash 1")
    given = await correct(here, id_)
    day, night = here["mash 1"], here["mash 2"]
    assert await night.hear() == [], "nothing is read before it is accepted"
    assert await night.client.notices() == ()
    await night.accept(id_)
    assert [n.noticed.action for n in await shown(night, id_)] == [NoticeAction.CORRECT]
    assert await night.alerts() == ["N_CORRECTED"]
    await day.client.catch_up()
    await day.client.settle(given.notice.hex(), "erased")
    assert await night.hear() == []
    [notice] = await shown(night, id_)
    assert (notice.owed, notice.holders[0].done) == (False, Done.ERASED)


async def test_colleagues_of_the_sender_correct_too_and_owe_nothing(tmp_path: Path) -> None:
    # The police send from one machine, and correct from the other.
    async with desks(tmp_path, "mash 1", "mash 2", "nurse") as here:
        first, second, nurse = here["mash 1"], here["mash 2"], here["nurse"]
        id_ = await first.send(package("Two machines", sections={"attendance": (NURSE,)}))
        await nurse.accept(id_)
        await second.accept(id_)
        await second.client.correct(id_, "attendance.1", "Absent 12")
        assert await nurse.hear() == ["N_CORRECTED"]
        assert (await shown(nurse, id_))[0].noticed.by == MASH
        assert await first.hear() == []
        [notice] = first.client.notices_of(first.client.find_sent(id_))
        assert (notice.own, notice.owed) == (True, False)
        [holder] = [h for h in notice.holders if h.address == NURSE]
        assert holder.answer is AnswerKind.RECEIVED


async def test_the_same_again_is_said_once(here: Desks) -> None:
    id_ = await sent(here, "mash 1")
    first = await correct(here, id_)
    again = await correct(here, id_)
    assert (again.repeated, again.notice) == (True, first.notice)
    second = await correct(here, id_, "Absent 13")
    assert second.notice != first.notice
    assert await here["mash 1"].hear() == ["N_CORRECTED"] * 2
    notices = await shown(here["mash 1"], id_)
    assert [n.correction.said.text for n in notices] == ["Absent 12", "Absent 13"]
    assert [n.noticed.number for n in notices] == [1, 2]


async def test_a_withdrawal_ends_what_can_be_said(here: Desks) -> None:
    id_ = await sent(here, "mash 1")
    door, mash = here["front door"].client, here["mash 1"]
    given = await door.withdraw(id_, "1", "The register was wrong")
    assert (await door.withdraw(id_, "1", "The register was wrong")).notice == given.notice
    assert await mash.hear() == ["N_WITHDRAWN"]
    for work in (
        door.withdraw(id_, "1", "Another reason"),
        door.correct(id_, "1", "Absent 12"),
        mash.client.dispute(id_, "attendance.1", "Late"),
    ):
        with pytest.raises(RefusedError) as refused:
            await work
        assert refused.value.code == "E_NOTICE_STATE"


async def test_a_dispute_goes_to_the_sender_and_the_other_readers(here: Desks) -> None:
    id_ = await sent(here, "mash 1", "nurse")
    given = await here["nurse"].client.dispute(id_, "attendance.1", "She was with us")
    assert people(given.audience) == {FRONT_DOOR, MASH}
    assert await here["front door"].hear() == ["N_DISPUTED"]
    assert await here["mash 1"].hear() == ["N_DISPUTED"]
    [alert] = await here["mash 1"].client.alerts()
    await here["mash 1"].client.see_alert(alert.number)
    await here["nurse"].client.catch_up()
    [made] = await here["nurse"].client.notices()
    found = {holder.address: holder.answer for holder in made.holders}
    assert {address: found[address] for address in people(found)} == {
        FRONT_DOOR: AnswerKind.RECEIVED,
        MASH: AnswerKind.RECEIVED,
    }


async def test_a_release_says_which_conditions_end(here: Desks) -> None:
    id_ = await sent(here, "mash 1")
    conditions = ("RECIPIENTS_ONLY",)
    await release(here["front door"].home, id_, "1", conditions, "The operation is over")
    assert await here["mash 1"].hear() == ["N_RELEASED"]
    [notice] = await shown(here["mash 1"], id_)
    assert (notice.noticed.conditions, notice.owed) == (conditions, False)


async def test_what_nobody_may_say_changes_nothing(here: Desks) -> None:
    id_ = await sent(here, "mash 1")
    door, mash, nurse = (here[n].client for n in ("front door", "mash 1", "nurse"))
    await nurse.catch_up()
    for code, work in (
        ("E_NOT_FOUND", door.correct("00" * 16, "1", "x")),
        ("E_NOT_FOUND", door.correct(id_, "99", "x")),
        ("E_NOTICE_STATE", door.correct(id_, "1", FIRST)),
        ("E_NOTICE_STATE", door.dispute(id_, "1", "x")),
        ("E_NOTICE_ORIGIN", mash.correct(id_, "attendance.1", "x")),
        ("E_NOTICE_ORIGIN", mash.withdraw(id_, "attendance.1", "x")),
        ("E_NOT_FOUND", mash.dispute(id_, "health.1", "x")),
        ("E_NOT_ACCEPTED", nurse.dispute(id_, "attendance.1", "x")),
        ("E_NOT_FOUND", mash.settle("00" * 32, "erased")),
    ):
        with pytest.raises(RefusedError) as refused:
            await work
        assert refused.value.code == code
    for desk in here.open.values():
        assert await desk.client.notices() == ()
        with desk.home.vault.reading() as view:
            assert view.notices.handings() == ()
            assert view.postings.waiting() == ()
    given = await correct(here, id_)
    with pytest.raises(RefusedError) as refused:
        await door.settle(given.notice.hex(), "erased")
    assert refused.value.code == "E_NOTICE_STATE"


# -- passed on ------------------------------------------------------------------------------------------------------


async def passed_on(here: Desks, id_: str) -> str:
    """The first statement of a package passed on by the police to the school nurses."""
    text = Path("config/demo/onward.toml").read_text("utf-8")
    onward = await here["mash 1"].send(text.replace("ID OF THE PACKAGE", id_))
    await here["nurse"].accept(onward)
    return onward


async def test_it_follows_what_was_passed_on_before_and_after_it(here: Desks) -> None:
    id_ = await sent(here, "mash 1", sections={"attendance": (MASH,)})
    onward = await passed_on(here, id_)
    given = await correct(here, id_)
    mash, nurse = here["mash 1"], here["nurse"]
    await mash.client.catch_up()
    assert await nurse.hear() == ["N_CORRECTED"]
    [copy] = await shown(nurse, onward)
    assert (copy.noticed.by, copy.correction.said.text) == (FRONT_DOOR, "Absent 12")
    assert copy.correction.said.chain_depth == 1
    later = await passed_on(here, id_)
    await mash.client.catch_up()
    await nurse.client.catch_up()
    assert [n.noticed.notice for n in await shown(nurse, later)] == [given.notice]
    await nurse.client.settle(given.notice.hex(), "restricted")
    assert await nurse.alerts() == []
    holders = await answered(here, id_)
    assert (holders[MASH].passed_on, holders[MASH].second_hand) == (NURSE, False)
    assert (holders[NURSE].done, holders[NURSE].second_hand) == (Done.RESTRICTED, True)
    with mash.home.vault.reading() as view:
        handed = view.notices.handings(given.notice, own=True)
    assert len(handed) == 2, "each who got it is told once"
    for passed in (onward, later):
        [ours] = notices_of(mash.home, mash.client.find_sent(passed))
        assert (ours.noticed.notice, ours.owed) == (given.notice, True), "our copy is as wrong"
        assert ours.correction.said.text == "Absent 12"
    await mash.client.settle(given.notice.hex(), "rectified")
    [ours] = notices_of(mash.home, mash.client.find_sent(onward))
    assert ours.owed is False
    with pytest.raises(RefusedError) as refused:
        await mash.client.withdraw(onward, "1", "x")
    assert refused.value.code == "E_NOTICE_ORIGIN"


# -- erased ---------------------------------------------------------------------------------------------------------


async def erase(desk: Desk, id_: str, *names: str) -> None:
    core = desk.client.find_received(id_)
    await erasing.erase(desk.home, core, names, EraseReason.IN_OWN_RECORD)


@pytest.mark.parametrize("names", [(), ("attendance",)])
async def test_erasing_what_was_corrected_is_an_answer(here: Desks, names: tuple[str, ...]) -> None:
    id_ = await sent(here, "mash 1")
    given = await correct(here, id_)
    mash = here["mash 1"]
    assert await mash.hear() == ["N_CORRECTED"]
    await erase(mash, id_, *names)
    assert await mash.hear() == []
    assert (await answered(here, id_))[MASH].done is Done.ERASED
    with mash.home.vault.reading() as view:
        assert view.notices.get(given.notice) is None, "its words are erased too"
        assert view.notices.handings() == ()


@pytest.mark.parametrize("names", [(), ("attendance",)])
async def test_who_erased_it_is_told_of_a_correction_all_the_same(
    here: Desks, names: tuple[str, ...]
) -> None:
    id_ = await sent(here, "mash 1")
    mash = here["mash 1"]
    await erase(mash, id_, *names)
    given = await correct(here, id_)
    assert await mash.hear() == ["N_CORRECTED"]
    [notice] = await mash.client.notices()
    assert (notice.owed, notice.correction.said.text) == (True, "Absent 12")
    await mash.client.settle(given.notice.hex(), "rectified", "In our own record")
    assert await mash.alerts() == []
    assert (await answered(here, id_))[MASH].done is Done.RECTIFIED


# -- nobody answers -------------------------------------------------------------------------------------------------


async def test_who_is_silent_is_handed_it_again_until_they_have_it(here: Desks) -> None:
    id_ = await sent(here, "mash 1", "nurse", expires="84d")
    given = await correct(here, id_)
    door, mash = here["front door"], here["mash 1"]
    assert await mash.hear() == ["N_CORRECTED"]
    for _ in range(5):  # the nurses are away; epoch keys have to be published in the meantime
        here.town.clock.turn(6 * DAY)
        await mash.client.catch_up()
        await door.client.catch_up()
    assert "N_NOTICE_UNCONFIRMED" in await door.alerts()
    with door.home.vault.reading() as view:
        first, again = view.notices.handings(given.notice, own=True)
    assert people(first.audience) == {FRONT_DOOR, MASH, NURSE}
    assert people(again.audience) == {NURSE}
    await here["nurse"].client.catch_up()  # publishes keys; what came is under one that is gone
    await here.everybody()
    assert len(await shown(mash, id_)) == 1


async def test_who_never_had_it_is_not_asked_again(here: Desks) -> None:
    id_ = await sent(here, "mash 1", expires="7d")
    nurse = here["nurse"].client
    await nurse.catch_up()
    await nurse.give_back(nurse.find_received(id_), "Not ours")
    given = await correct(here, id_)
    await here["mash 1"].client.catch_up()
    for _ in range(6):
        here.town.clock.turn(5 * DAY)
        await here.everybody()
    door = here["front door"]
    with door.home.vault.reading() as view:
        assert len(view.notices.handings(given.notice, own=True)) == 1
    assert "N_NOTICE_UNCONFIRMED" not in await door.alerts()
    assert (await answered(here, id_))[NURSE].answer is None


async def test_a_machine_without_a_key_learns_that_something_was_said(tmp_path: Path) -> None:
    async with desks(tmp_path, "front door", "mash 1", "mash 2") as here:
        id_ = await here["front door"].send(package("Keys", sections={"only": (MASH,)}))
        for label in ("mash 1", "mash 2"):
            await here[label].accept(id_)
        store = here.town.services.store
        whose = here["mash 2"].endpoint.id
        await store.write(
            lambda tx: tx.connection.exec_driver_sql(
                "DELETE FROM epochs WHERE endpoint = ?", (bytes(whose),)
            )
        )
        given = await here["front door"].client.correct(id_, "1", "Absent 12")
        assert given.left_out == (whose,)
        assert "N_NOTICE_UNREAD" in await here["mash 2"].hear()
        assert (await here["mash 2"].open(id_)).unread == 1
        assert await here["mash 1"].hear() == ["N_CORRECTED"]
        assert (await here["mash 1"].open(id_)).unread == 0


async def test_what_the_relay_refuses_is_said_and_handed_anew(
    here: Desks, monkeypatch: pytest.MonkeyPatch
) -> None:
    from agency_client.adapters.relay_http import HttpRelay

    id_ = await sent(here, "mash 1", expires="84d")
    door = here["front door"]

    async def away(_self: HttpRelay, _notice: Saying) -> None:
        raise UnavailableError("E_RELAY", "The relay is away.")

    with monkeypatch.context() as patched:
        patched.setattr(HttpRelay, "hand_notice", away)
        with pytest.raises(UnavailableError):
            await correct(here, id_)
    with door.home.vault.reading() as view:
        [handing] = view.notices.handings(own=True)
        assert handing.state is HandingState.QUEUED
    for _ in range(5):
        here.town.clock.turn(6 * DAY)
        await here["mash 1"].client.catch_up()
    await door.client.catch_up()
    assert "A_NOTICE_NOT_SENT" in await door.alerts(), "it had expired before it was handed in"
    with door.home.vault.reading() as view:
        refused, again = view.notices.handings(own=True)
    assert (refused.state, again.state) == (HandingState.OVER, HandingState.POSTED)
    assert "N_CORRECTED" in await here["mash 1"].hear()
    assert len(await shown(here["mash 1"], id_)) == 1


# -- somebody lies --------------------------------------------------------------------------------------------------


async def forged(
    here: Desks, id_: str, by: str, *, to: str = "mash 1", handed: bool = True, **changes: Any
) -> ObjectHash:
    """A notice that an endpoint makes itself, whatever its program would say, handed to another."""
    maker, reader = here[by], here[to]
    with here["mash 1"].home.vault.reading() as view:
        core = here["front door"].client.find_sent(id_)
        contents = view.contents.get(core) or _contents(here, core)
    section = contents.sections[0]
    item = next(i for i in section.items if FIRST.encode() in i.content)
    now, note = here.town.clock(), here.town.here.checkpoint(time=here.town.clock())
    anchor = here.town.here.anchor
    said = Notice(
        anchor=anchor,
        core=core,
        section=entry_commitment(section.entry, section.salt),
        item=item.id,
        digest=item_commitment(item),
        action=NoticeAction.WITHDRAW,
        conditions=(),
        words="Forget it",
        endpoint=maker.endpoint.id,
        number=1,
        time=now,
        checkpoint=note,
    )
    signed = sign(replace(said, **changes), [maker.endpoint.key])
    made = hand_notice(
        signed,
        Handing(
            anchor=anchor,
            core=core,
            endpoint=maker.endpoint.id,
            audience=(reader.endpoint.address,),
            items=(),
            time=now,
            expires=Seconds(now + DAY),
            checkpoint=note,
        ),
        [await _reader(maker, reader)],
        maker.endpoint.key,
        SeededRandomness(int.from_bytes(signed.hash[:4], "big")),
    )
    if handed:
        saying = Saying(signed=made.signed.encoded(), detail=made.sealed)
        reply = await here.town.ask(maker.endpoint, "POST", "/v1/notices", saying)
        assert reply.status == 204, reply.content
    return signed.hash


def _contents(here: Desks, core: ObjectHash) -> Any:
    with here["front door"].home.vault.reading() as view:
        return view.contents.get(core)


async def _reader(maker: Desk, reader: Desk) -> WordsReader:
    from agency_client.use_cases.talking import in_step
    from phoenix_protocol.epochs import choose, open_epoch_key
    from phoenix_protocol.signed import parse_signed

    now = maker.home.now()
    async with in_step(maker.home) as (relay, known):
        query = EpochQuery(endpoints=(reader.endpoint.id,), at=now)
        [served] = (await relay.epoch_keys(query)).endpoints
        public = reader.endpoint.key.public_bytes()
        keys = [
            open_epoch_key(parse_signed(k), public, known.directory.anchor) for k in served.keys
        ]
    chosen = choose(tuple(keys), now, Seconds(now + DAY))
    return WordsReader(
        endpoint=reader.endpoint.id, epoch_key=chosen.hash, key=SealingKey(chosen.message.key)
    )


async def test_a_withdrawal_by_a_reader_is_put_away_with_its_alarm(here: Desks) -> None:
    id_ = await sent(here, "mash 1", "nurse")
    notice = await forged(here, id_, "nurse")
    assert await here["mash 1"].hear() == ["E_KEY_UNCERTIFIED"]
    assert await shown(here["mash 1"], id_) == []
    with here["mash 1"].home.vault.reading() as view:
        assert view.notices.get(notice) is None
        assert [code for _, code, _ in view.quarantine.listing()] == ["E_KEY_UNCERTIFIED"]


async def test_a_lie_that_waited_for_its_package_stands_beside_nothing(here: Desks) -> None:
    id_ = await sent(here, "nurse")
    await forged(here, id_, "nurse")
    assert await here["mash 1"].hear() == []
    await here["mash 1"].accept(id_)
    assert await here["mash 1"].alerts() == ["E_KEY_UNCERTIFIED"]
    assert await shown(here["mash 1"], id_) == []
    given = await correct(here, id_)
    await here["mash 1"].client.catch_up()
    assert [n.noticed.notice for n in await shown(here["mash 1"], id_)] == [given.notice]


async def test_two_notices_under_one_number_are_an_alarm(here: Desks) -> None:
    id_ = await sent(here, "mash 1")
    given = await correct(here, id_)
    await forged(here, id_, "front door", words="Something else")
    assert set(await here["mash 1"].hear()) == {"N_CORRECTED", "E_REPLAY"}
    assert [n.noticed.notice for n in await shown(here["mash 1"], id_)] == [given.notice]


async def test_a_number_that_is_missing_is_an_alarm_until_it_comes(here: Desks) -> None:
    id_ = await sent(here, "mash 1")
    await forged(here, id_, "front door", number=2, action=NoticeAction.DISPUTE)
    assert set(await here["mash 1"].hear()) == {"N_DISPUTED", "N_SEQUENCE_GAP"}
    assert len(await shown(here["mash 1"], id_)) == 1, "it is shown all the same"
    await forged(here, id_, "front door", number=1)
    assert set(await here["mash 1"].hear()) == {"N_DISPUTED", "N_WITHDRAWN"}


async def test_an_answer_counts_from_holders_only_and_once_under_one_number(here: Desks) -> None:
    id_ = await sent(here, "mash 1", sections={"attendance": (MASH,)})
    given = await correct(here, id_)
    core = here["front door"].client.find_sent(id_)

    async def said(by: str, **changes: Any) -> None:
        answer = NoticeAnswer(
            anchor=here.town.here.anchor,
            notice=given.notice,
            core=core,
            endpoint=here[by].endpoint.id,
            audience=(Address(FRONT_DOOR),),
            answer=AnswerKind.DONE,
            counter=1,
            time=here.town.clock(),
            checkpoint=here.town.here.checkpoint(time=here.town.clock()),
        )
        signed = sign(replace(answer, **changes), [here[by].endpoint.key])
        saying = Saying(signed=signed.encoded())
        target = "/v1/notices/answers"
        assert (await here.town.ask(here[by].endpoint, "POST", target, saying)).status == 204

    await said("nurse")
    assert await here["front door"].hear() == ["E_NOT_ADDRESSED"]
    await said("mash 1")
    await said("mash 1", answer=AnswerKind.DISAGREED)
    assert "E_RECEIPT_STATE" in await here["front door"].hear()
    assert (await answered(here, id_))[MASH].answer is AnswerKind.DONE
    await said("nurse", core=ObjectHash(b"p" * 32), counter=2)
    holder = (await answered(here, id_))[NURSE]
    assert holder.second_hand, "by their own word it was passed on to them"


# -- at rest --------------------------------------------------------------------------------------------------------


async def test_audit_rows_have_codes_and_nothing_of_what_was_said(here: Desks) -> None:
    id_ = await sent(here, "mash 1")
    given = await correct(here, id_)
    await here["mash 1"].client.catch_up()
    await here["mash 1"].client.settle(given.notice.hex(), "rectified", "Changed in our log")
    await here.everybody()
    for label, actions in (
        ("front door", {"notice.correct", "notice.handed", "notice.posted", "notice.done"}),
        ("mash 1", {"notice.correct", "notice.answered", "notice.answer-posted"}),
    ):
        rows = await here[label].client.show_audit(500)
        assert actions <= {row.action for row in rows}
        packages = await here[label].client.audited_packages(rows)
        named = {row.action for row in rows if packages.get(row.on, b"").hex() == id_}
        assert actions <= named, "a person finds the package that each row is about"
        count, problems = await here[label].client.verify_audit()
        assert (count > 5, problems) == (True, ())
        text = repr(rows)
        assert not any(word in text for word in ("Absent", WHY, "Changed", MASH))


async def test_an_item_passed_on_in_many_copies_is_handed_in_portions(here: Desks) -> None:
    id_ = await sent(here, "mash 1")
    mash = here["mash 1"]
    core = mash.client.find_received(id_)
    given = await correct(here, id_)
    await mash.client.catch_up()
    [(_, item)] = _places(mash, given.notice)
    with mash.home.vault.transaction() as tx:
        for n in range(70):
            tx.onward.add(
                PassedOn(
                    core=core,
                    item=item,
                    to_core=ObjectHash(b"t" * 32),
                    to_item=ItemId(n.to_bytes(16, "big")),
                    to_address=Address(NURSE),
                    time=here.town.clock(),
                )
            )
    for _ in range(2):
        await mash.client.catch_up()
    with mash.home.vault.reading() as view:
        handed = view.notices.handings(given.notice, own=True)
    assert sorted(len(handing.items) for handing in handed) == [6, 64]
    assert {handing.audience for handing in handed} == {(NURSE,)}


def _places(desk: Desk, notice: ObjectHash) -> Any:
    with desk.home.vault.reading() as view:
        return view.notices.places(notice)


def test_an_audience_stands_in_the_order_of_its_encodings() -> None:
    from agency_client.use_cases.notice_handing import in_order

    names = [Address(name) for name in ("mash@b", "a.long.desk@a-much-longer-agency", "mash@a")]
    assert in_order([*names, names[0]]) == tuple(sorted(names, key=encoding.encode))
