"""Requests and answers as they come: only what somebody was asked is an answer, and dues follow."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import pytest

from agency_client.adapters.vault import SqlcipherVault
from agency_client.ports.vault import Escalation, Families, Side
from agency_client.record.asked import ReadResponse, read_response
from agency_client.record.opened import read_section
from agency_client.use_cases.request_dues import OWED_BY_US, OWED_TO_US
from agency_client.use_cases.request_taking import (
    note_offer,
    place_of,
    take_answers,
    take_in,
    unanswered,
)
from phoenix_protocol.encoding import Plain
from phoenix_protocol.identifiers import Address, ObjectHash, Seconds
from phoenix_protocol.package.envelope import read_core
from phoenix_protocol.sealing.contents import Cover
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
from tests.client.request_values import CHARITY, DEPUTY, FRONT, HOUSING, NURSE, example
from tests.client.vault_values import new_home, opened

REQUEST = a_request(example("p2-request.toml"), 4 * 3600)
HEALTH = a_response(example("p2-response-health.toml"), REQUEST, NURSE, "appointments")
LATER = Seconds(NOW + 600)


@pytest.fixture
def vault(tmp_path: Path) -> Iterator[SqlcipherVault]:
    with opened(new_home(tmp_path / "home")) as vault:
        yield vault


def strays(view: Families) -> list[ObjectHash | None]:
    return [alert.core for alert in view.alerts.unseen() if alert.code == "N_STRAY_ANSWER"]


def answers(view: Families) -> list[tuple[str, str, str]]:
    return [(a.address, a.by, a.answer) for a in view.requests.answers(REQUEST.core)]


def test_a_cover_says_that_an_answer_is_wanted_and_acceptance_what_is_asked(
    vault: SqlcipherVault,
) -> None:
    with vault.transaction() as tx:
        offered(tx, NURSE, REQUEST)
        (due,) = tx.dues.open({OWED_BY_US})
        assert (due.core, due.at) == (REQUEST.core, NOW + 4 * 3600)
        assert tx.requests.get(REQUEST.core) is None
        stored(tx, NURSE, REQUEST, LATER)
        kept = tx.requests.get(REQUEST.core)
        assert kept is not None
        assert (kept.side, kept.asker, kept.due) == (Side.THEIRS, FRONT, NOW + 4 * 3600)
        assert {each.address for each in tx.requests.asked(REQUEST.core)} == {NURSE}
        assert len(tx.dues.open({OWED_BY_US})) == 1


def test_a_copy_for_the_records_owes_nothing(vault: SqlcipherVault) -> None:
    records = "records@quillmere-health"
    with vault.transaction() as tx:
        came(tx, records, REQUEST)
        assert tx.dues.open({OWED_BY_US}) == ()
        assert {each.address for each in tx.requests.asked(REQUEST.core)} == {NURSE}


def test_what_says_that_it_asks_and_does_not_owes_nothing(vault: SqlcipherVault) -> None:
    """A cover can say anything; what counts is what the package holds."""
    core, _ = read_core(REQUEST.sealed.core)
    with vault.transaction() as tx:
        offered(tx, NURSE, REQUEST)
        found = tx.received.get(REQUEST.core)
        assert found is not None
        take_in(tx, Address(NURSE), found, core, [], NOW)
        assert tx.dues.open({OWED_BY_US}) == ()
        note_offer(tx, Address(CHARITY), ObjectHash(b"x" * 32), core, cover_with(due=True))
        note_offer(tx, Address(CHARITY), ObjectHash(b"y" * 32), core, cover_with(due=NOW - 1))
        note_offer(tx, Address(CHARITY), ObjectHash(b"z" * 32), core, cover_with(due="soon"))
        note_offer(tx, Address(CHARITY), ObjectHash(b"w" * 32), core, cover_with(due=1 << 60))
        assert tx.dues.open({OWED_BY_US}) == ()


def cover_with(due: Plain) -> Cover:
    cover = REQUEST.sealed.cover_content
    return dataclasses.replace(cover, optional={"request_due": due, "response_to": b"short"})


def test_answers_count_for_whom_they_were_asked_of(vault: SqlcipherVault) -> None:
    with vault.transaction() as tx:
        sent_from_here(tx, REQUEST, example("p2-request.toml"))
        offered(tx, FRONT, HEALTH)
        (reply,) = tx.requests.replies(REQUEST.core)
        assert (reply.by, reply.response) == (NURSE, HEALTH.core)
        assert answers(tx) == [], "what it says is known once it is accepted"
        stored(tx, FRONT, HEALTH, LATER)
        assert answers(tx) == [(NURSE, NURSE, "shared"), (NURSE, NURSE, "withheld")]
        assert unanswered(tx, REQUEST.core, Address(NURSE)) == ()
        assert len(unanswered(tx, REQUEST.core, Address(CHARITY))) == 1
        assert strays(tx) == []
        places = {due.place for due in tx.dues.open({OWED_TO_US})}
        everybody = [Address(NURSE), Address(HOUSING), Address(CHARITY)]
        assert places == {place_of(everybody, Address(a)) for a in (HOUSING, CHARITY)}


def test_an_answer_of_somebody_who_was_not_asked_is_a_finding(vault: SqlcipherVault) -> None:
    """The housing association answers the nurses' question: it stays in its package, and counts for nobody."""
    wrong = a_response(example("p2-response-health.toml"), REQUEST, HOUSING, "appointments")
    with vault.transaction() as tx:
        sent_from_here(tx, REQUEST, example("p2-request.toml"))
        came(tx, FRONT, wrong)
        assert answers(tx) == []
        assert strays(tx) == [wrong.core]
        assert len(tx.dues.open({OWED_TO_US})) == 3


def test_an_answer_to_what_was_never_asked_from_here_is_a_finding(vault: SqlcipherVault) -> None:
    with vault.transaction() as tx:
        came(tx, FRONT, HEALTH)
        assert strays(tx) == [HEALTH.core]
        assert tx.requests.answers(REQUEST.core) == ()


def test_another_agencys_answer_to_a_request_that_was_put_here_counts_for_nothing(
    vault: SqlcipherVault,
) -> None:
    health = a_response(
        example("p2-response-health.toml"), REQUEST, NURSE, "appointments", to=(FRONT, HOUSING)
    )
    with vault.transaction() as tx:
        came(tx, HOUSING, REQUEST)
        came(tx, HOUSING, health)
        assert strays(tx) == [health.core]
        assert len(tx.dues.open({OWED_BY_US})) == 1


def test_a_colleagues_answer_ends_what_is_owed_here(vault: SqlcipherVault) -> None:
    with vault.transaction() as tx:
        came(tx, NURSE, REQUEST)
        came(tx, NURSE, HEALTH)
        assert answers(tx) == [(NURSE, NURSE, "shared"), (NURSE, NURSE, "withheld")]
        assert tx.dues.open({OWED_BY_US}) == ()
        assert strays(tx) == []


def test_a_deputys_answer_counts_for_whom_they_stand_in(vault: SqlcipherVault) -> None:
    escalated = ObjectHash(b"e" * 32)
    response = read(a_response(example("p2-response-charity.toml"), REQUEST, DEPUTY, "engagement"))
    with vault.transaction() as tx:
        sent_from_here(tx, REQUEST, example("p2-request.toml"))
        tx.requests.add_escalation(
            Escalation(
                request=REQUEST.core,
                address=Address(CHARITY),
                deputy=Address(DEPUTY),
                core=escalated,
                time=LATER,
            )
        )
        to_deputy = ReadResponse(request=escalated, answers=response.answers, malformed=0)
        by_other = ObjectHash(b"o" * 32)
        take_answers(tx, Address(FRONT), to_deputy, by_other, Address(HOUSING), LATER)
        assert answers(tx) == []
        assert strays(tx) == [by_other]
        by_deputy = ObjectHash(b"d" * 32)
        take_answers(tx, Address(FRONT), to_deputy, by_deputy, Address(DEPUTY), LATER)
        assert answers(tx) == [(CHARITY, DEPUTY, "shared"), (CHARITY, DEPUTY, "not_held")]
        assert unanswered(tx, REQUEST.core, Address(CHARITY)) == ()


def read(package: Package) -> ReadResponse:
    response = read_response([read_section(s.items) for s in package.sealed.sections])
    assert response is not None
    return response
