"""Reminders and deputies: when each is due, for whom, and once. Nothing waits for anybody."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from agency_client.ports.vault import Escalation
from agency_client.record.reading import read_document
from agency_client.use_cases.asked_about import asked_about
from agency_client.use_cases.escalating import overdue_in
from agency_client.use_cases.home import Home
from agency_client.use_cases.reminding import remind
from agency_client.use_cases.request_dues import OWED_BY_US, OWED_TO_US
from agency_client.use_cases.request_lines import Stands
from agency_client.use_cases.request_viewing import requests
from phoenix_protocol.identifiers import Address, ObjectHash, Seconds
from phoenix_protocol.package.lifecycle import Step
from tests.client.record_homes import opened_home
from tests.client.record_values import NOW
from tests.client.request_packages import (
    Package,
    a_request,
    a_response,
    came,
    offered,
    sent_from_here,
    stored,
)
from tests.client.request_values import CHARITY, DEPUTY, HOUSING, NURSE, example
from tests.client.steady import SteadyClock
from tests.keys.rings import DESK

HOURS = 3600
P2 = example("p2-request.toml")
REQUEST = a_request(P2, 4 * HOURS)
#: The same, asked from and put to the desk whose home is opened here.
FROM_DESK = a_request(P2, 4 * HOURS, own=DESK)
TO_DESK = a_request(P2.replace(NURSE, DESK), 4 * HOURS)


def health(request: Package) -> Package:
    return a_response(example("p2-response-health.toml"), request, NURSE, "appointments")


def charity(request: Package, own: str = CHARITY) -> Package:
    return a_response(example("p2-response-charity.toml"), request, own, "engagement", to=(DESK,))


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    with ExitStack() as stack:
        home = stack.enter_context(opened_home(tmp_path / "home"))
        at(home, 0)
        yield home


def at(home: Home, hours: float) -> None:
    """So many hours after the request."""
    assert isinstance(home.clock, SteadyClock)
    home.clock.time = NOW + hours * HOURS


def alerts(home: Home) -> list[tuple[str, str]]:
    remind(home)
    remind(home)  # once is enough
    with home.vault.reading() as view:
        return [(alert.code, alert.about) for alert in view.alerts.unseen()]


def overdue(home: Home) -> dict[Address, Address]:
    """For whom which deputy would be asked now."""
    with home.vault.reading() as view:
        return {found.address: found.deputy for found in overdue_in(view, home.clock.now())}


def test_whoever_asked_is_reminded_before_an_answer_is_due_and_when_it_is(home: Home) -> None:
    with home.vault.transaction() as tx:
        sent_from_here(tx, FROM_DESK, P2)
    at(home, 2.9)
    assert alerts(home) == []
    at(home, 3)
    everybody = [f"asked[{n}]" for n in (1, 2, 3)]
    assert sorted(alerts(home)) == [("N_ANSWER_DUE", place) for place in everybody]
    at(home, 4)
    assert sorted(alerts(home)[3:]) == [("N_ANSWER_OVERDUE", place) for place in everybody]


def test_whoever_was_asked_is_reminded_even_before_accepting(home: Home) -> None:
    with home.vault.transaction() as tx:
        offered(tx, DESK, TO_DESK)
    at(home, 3.5)
    assert alerts(home) == [("N_REQUEST_DUE", "")]
    at(home, 5)
    assert ("N_REQUEST_OVERDUE", "") in alerts(home)
    (line,) = requests(home).owed
    assert (line.said, line.stands, line.is_overdue) == (None, Stands.OVERDUE, True)


def test_what_was_returned_or_answered_reminds_nobody(home: Home) -> None:
    with home.vault.transaction() as tx:
        offered(tx, DESK, TO_DESK)
        tx.received.step(TO_DESK.core, Step.RETURN, Seconds(NOW + 60))
    at(home, 5)
    assert alerts(home) == []
    assert requests(home).owed == ()
    with home.vault.reading() as view:
        assert view.dues.open({OWED_BY_US}) == ()


def test_a_request_that_was_taken_back_awaits_nothing(home: Home) -> None:
    with home.vault.transaction() as tx:
        sent_from_here(tx, FROM_DESK, P2)
        nurses = next(e for e in tx.sent.endpoints(FROM_DESK.core) if e.address == NURSE)
        tx.sent.step(FROM_DESK.core, nurses.endpoint, Step.RECALL, Seconds(NOW + 60))
    at(home, 5)
    places = {about for _, about in alerts(home)}
    assert len(places) == 2
    assert set(overdue(home)) == {HOUSING, CHARITY}


def test_a_deputy_is_due_only_when_the_time_has_passed(home: Home) -> None:
    with home.vault.transaction() as tx:
        sent_from_here(tx, FROM_DESK, P2)
    at(home, 3.9)
    assert overdue(home) == {}
    at(home, 4)
    assert overdue(home) == {
        NURSE: "named.nurse@quillmere-health",
        HOUSING: "safeguarding@larkstone-homes",
        CHARITY: DEPUTY,
    }


def test_nobody_stands_in_where_no_deputy_is_named(home: Home) -> None:
    alone = P2[: P2.index("[[deputy]]")] + P2[P2.index("[decision]") :]
    request = a_request(alone, 4 * HOURS, own=DESK)
    with home.vault.transaction() as tx:
        sent_from_here(tx, request, alone)
    at(home, 9)
    assert overdue(home) == {}
    assert {code for code, _ in alerts(home)} == {"N_ANSWER_OVERDUE"}


def test_an_answer_that_lies_unread_comes_before_the_deputy(home: Home) -> None:
    answer = charity(FROM_DESK)
    with home.vault.transaction() as tx:
        sent_from_here(tx, FROM_DESK, P2)
        offered(tx, DESK, answer)
    at(home, 5)
    assert CHARITY not in overdue(home)
    (line,) = requests(home).asked
    stands = {r.address: r.stands for r in line.recipients}
    assert stands == {CHARITY: Stands.COME, NURSE: Stands.OVERDUE, HOUSING: Stands.OVERDUE}
    with home.vault.transaction() as tx:
        stored(tx, DESK, answer, home.clock.now())
    assert CHARITY not in overdue(home)
    (line,) = requests(home).asked
    assert {r.stands for r in line.recipients if r.address == CHARITY} == {Stands.ANSWERED}


def test_an_answer_that_was_sent_back_does_not_hold_the_deputy_up(home: Home) -> None:
    answer = charity(FROM_DESK)
    with home.vault.transaction() as tx:
        sent_from_here(tx, FROM_DESK, P2)
        offered(tx, DESK, answer)
        tx.received.step(answer.core, Step.RETURN, Seconds(NOW + 120))
    at(home, 5)
    assert CHARITY in overdue(home)


def test_a_deputy_is_asked_once_for_each(home: Home) -> None:
    with home.vault.transaction() as tx:
        sent_from_here(tx, FROM_DESK, P2)
        tx.requests.add_escalation(
            Escalation(
                request=FROM_DESK.core,
                address=Address(CHARITY),
                deputy=Address(DEPUTY),
                core=ObjectHash(b"e" * 32),
                time=NOW,
            )
        )
    at(home, 5)
    assert CHARITY not in overdue(home)
    (line,) = requests(home).asked
    (of_charity,) = [r for r in line.recipients if r.address == CHARITY]
    assert of_charity.stands is Stands.ESCALATED


def test_what_was_erased_is_not_asked_again(home: Home) -> None:
    with home.vault.transaction() as tx:
        sent_from_here(tx, FROM_DESK, P2)
        tx.contents.erase(FROM_DESK.core)
    at(home, 5)
    assert overdue(home) == {}
    (line,) = requests(home).asked
    assert (line.said, line.recipients[0].questions[0].said) == (None, None)


def test_a_request_that_another_machine_sent_is_escalated_by_that_one(home: Home) -> None:
    with home.vault.transaction() as tx:
        came(tx, DESK, FROM_DESK)
    at(home, 5)
    assert overdue(home) == {}
    (line,) = requests(home).asked
    assert {r.address for r in line.recipients} == {NURSE, HOUSING, CHARITY}
    assert {r.deputy for r in line.recipients} >= {DEPUTY}


def test_the_words_of_answers_are_shown_beside_their_questions(home: Home) -> None:
    with home.vault.transaction() as tx:
        came(tx, DESK, TO_DESK)
    (owed,) = requests(home).owed
    (question,) = owed.questions
    assert question.said is not None
    assert question.said.text.startswith("Which appointments")
    assert (owed.stands, owed.thread) == (Stands.WAITING, "QM-0417")


def test_some_answers_are_a_part(home: Home) -> None:
    second = P2.replace(
        '"officer@larkstone-homes" = "You are the landlord"', f'"{CHARITY}" = "You know the home"'
    ).replace('instead_of = "officer@larkstone-homes"', f'instead_of = "{HOUSING}"')
    request = a_request(second, 4 * HOURS, own=DESK)
    with home.vault.transaction() as tx:
        sent_from_here(tx, request, second)
        came(tx, DESK, charity(request))
    (line,) = requests(home).asked
    (of_charity,) = [r for r in line.recipients if r.address == CHARITY]
    assert of_charity.stands is Stands.PART
    at(home, 5)
    with home.vault.reading() as view:
        (found,) = [o for o in overdue_in(view, home.clock.now()) if o.address == CHARITY]
        assert len(found.questions) == 1, "only what is open is put to the deputy"
        assert len(view.dues.open({OWED_TO_US})) == 2


def test_whoever_writes_about_the_same_people_is_told_that_an_answer_is_owed(home: Home) -> None:
    same = read_document(b'[[people]]\nid = "x"\nname = "JORDAN  t"\nrole = "child"\n')
    number = read_document(
        b'[[people]]\nid = "x"\nname = "?"\nrole = "child"\n'
        b'identifiers = { nhs_number = "9990417008" }\n'
    )
    other = read_document(b'[[people]]\nid = "x"\nname = "Alex T"\nrole = "child"\n')
    with home.vault.transaction() as tx:
        offered(tx, DESK, TO_DESK)
    assert asked_about(home, same, None) == (), "nobody knows yet whom it is about"
    with home.vault.transaction() as tx:
        stored(tx, DESK, TO_DESK, NOW)
    id_ = TO_DESK.sealed.core_hash.hex()
    assert len(asked_about(home, same, None)) == 1
    assert asked_about(home, number, None) == asked_about(home, same, None)
    assert asked_about(home, other, None) == ()
    assert asked_about(home, same, id_) == (), "not to whoever is answering it"
