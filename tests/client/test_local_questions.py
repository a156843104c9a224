"""What a partnership or an agency asks besides: owed or asked, sealed for the own agency, and never a block."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from agency_client.record.amending import check_answer, field_at, owed_at, place_of
from agency_client.record.catalogue import Catalogue, Whose
from agency_client.record.decisions import DecisionDocument
from agency_client.record.document import Document
from agency_client.record.drafting import draft_package
from agency_client.record.facts import RecordFacts
from agency_client.record.local_catalogue import with_local
from agency_client.record.placement import Rules
from agency_client.record.reading import read_document
from agency_client.record.rules.deciding import check_decision
from agency_client.record.shipped import shipped_catalogue
from agency_client.record.wording import answer_lines
from agency_client.use_cases.amending import answer_record
from agency_client.use_cases.catalogues import adopt_catalogue, catalogue_of, drop_catalogue
from agency_client.use_cases.deciding import decide
from agency_client.use_cases.home import Home
from phoenix_protocol.errors import UsageError
from phoenix_protocol.suite.hashing import sha256
from tests.client.record_homes import opened_home
from tests.client.record_values import COMPLETE, NOW, check, edited, facts, own, told
from tests.client.test_record_drafting import opened, setting
from tests.protocol.seeded_randomness import SeededRandomness

HEAD = 'format = 1\nversion = "Fennick 1"\n'
QUESTION = '[[question]]\nid = "plan"\ntext = "Is there a plan?"\n'
DECISION = 'purpose = "p"\n[decision]\noutcome = "do_not_share"\ndecided_by = "Lead"\n'


def asking(text: str, base: Catalogue | None = None) -> Catalogue:
    """A catalogue with what an agency's file ``text`` adds."""
    return with_local(base or shipped_catalogue(), (HEAD + text).encode(), Whose.AGENCY)


@pytest.fixture(scope="module")
def example(repository: Path) -> bytes:
    return (repository / "config" / "demo" / "agency-catalogue.toml").read_bytes()


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    with opened_home(tmp_path / "home") as home:
        yield home


def test_a_required_question_is_owed_and_another_is_asked(example: bytes) -> None:
    ours = facts(catalogue=with_local(shipped_catalogue(), example, Whose.AGENCY))
    assert told(check(COMPLETE, ours)) == {
        "owed O_SH1 local.attendance_officer",
        "prompt P_SH1 local.siblings",
    }
    answers = '[local]\nattendance_officer = "On Monday"\nsiblings = "One, in year 7"\n'
    assert told(check(COMPLETE + answers, ours)) == set()


@pytest.mark.parametrize("answer", ["", "   ", "not known", "not applicable"])
def test_what_says_nothing_leaves_it_owed(answer: str) -> None:
    ours = facts(catalogue=asking(QUESTION + "required = true\n"))
    document = f'{COMPLETE}[local]\nplan = "{answer}"\n'
    assert told(check(document, ours)) == {"owed O_SH1 local.plan"}
    known = f'{COMPLETE}[local]\nplan = "not known: the register was lost"\n'
    assert told(check(known, ours)) == set()


def test_an_answer_that_documents_have_can_be_required_wherever_it_stands() -> None:
    wanted = '[[required]]\nanswer = "section.statement.verification"\n'
    found = told(check(COMPLETE, facts(catalogue=asking(wanted))))
    assert found == {
        "owed O_SH1 section[1].statement[1].verification",
        "owed O_SH1 section[1].statement[2].verification",
        "owed O_SH1 section[2].statement[1].verification",
    }
    inside = '[[required]]\nanswer = "consent.explained.why"\ntext = "Say why."\n'
    (owing,) = check(COMPLETE, facts(catalogue=asking(inside))).owed
    assert (owing.place, owing.message, owing.clause) == (
        "consent.explained.why",
        "Say why.",
        "SH1",
    )


def test_what_is_wanted_already_is_not_wanted_twice() -> None:
    ours = facts(catalogue=asking('[[required]]\nanswer = "decision.welfare"\n'))
    assert told(check(edited(('welfare = "Safety first"\n', "")), ours)) == {
        "owed O_KM1 decision.welfare"
    }
    assert told(check(COMPLETE, ours)) == set()
    ours = facts(catalogue=asking('[[required]]\nanswer = "decision.outcome"\n'))
    assert told(check(edited(('outcome = "share_part"\n', "")), ours)) == {
        "problem E_DOC_DECISION decision.outcome"
    }


def test_nothing_of_it_ever_stops_a_package() -> None:
    everything = QUESTION + "required = true\n" + '[[required]]\nanswer = "legal.court_order"\n'
    for text in (COMPLETE, COMPLETE + '[local]\nplan = "x"\nother = "y"\n'):
        assert check(text, facts(catalogue=asking(everything))).problems == ()


def test_an_answer_to_a_question_that_nobody_asks_is_looked_at_again() -> None:
    document = COMPLETE + '[local]\nplans = "Yes"\n'
    (warned,) = check(document, facts(catalogue=asking(QUESTION))).warnings
    assert (warned.code, warned.place) == ("W_DOC_LOCAL", "local.plans")
    assert "Did you mean plan?" in warned.message


def test_a_question_is_asked_of_the_documents_that_it_names() -> None:
    ours = asking(QUESTION + 'required = true\ndocuments = ["decision"]\n')
    assert told(check(COMPLETE, facts(catalogue=ours))) == set()
    given = RecordFacts(now=NOW, own=own(), catalogue=ours)
    owed = {p.place for p in check_decision(_decision(DECISION), given).owed}
    assert "local.plan" in owed
    answered = _decision(DECISION + '[local]\nplan = "Yes"\n')
    assert "local.plan" not in {p.place for p in check_decision(answered, given).owed}


def _decision(text: str) -> DecisionDocument:
    from agency_client.record.decisions import read_decision

    return read_decision(text.encode())


# -- nothing is taken away ---------------------------------------------------------------------------------------------

REFUSED = {
    "no id": ('[[question]]\ntext = "x"\n', "no id"),
    "an id that is no name": ('[[question]]\nid = "A b"\ntext = "x"\n', "begins with a letter"),
    "no text": ('[[question]]\nid = "x"\n', "no text"),
    "twice": (QUESTION + QUESTION, "twice"),
    "of no document": (QUESTION + 'documents = ["letter"]\n', "no kind of document"),
    "an answer that is none": ('[[required]]\nanswer = "decision.colour"\n', "no answer"),
    "a whole table": ('[[required]]\nanswer = "consent.scope"\n', "no answer"),
    "of other documents": (
        '[[required]]\nanswer = "section.marking"\ndocuments = ["decision"]\n',
        "no answer",
    ),
    "no answer": ('[[required]]\ntext = "x"\n', "names no answer"),
    "a block": (QUESTION + "stops = true\n", "no field of this name"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_asked_is_refused_with_its_reason(name: str) -> None:
    text, reason = REFUSED[name]
    with pytest.raises(UsageError) as caught:
        asking(text)
    assert caught.value.code == "E_CATALOGUE"
    assert reason in caught.value.problems[0].message
    assert caught.value.problems[0].line


def test_an_agency_can_ask_more_than_its_partnership_and_never_less() -> None:
    theirs = with_local(shipped_catalogue(), (HEAD + QUESTION).encode())
    tighter = '[[question]]\nid = "plan"\nrequired = true\ndocuments = ["decision"]\n'
    ours = asking(tighter, theirs)
    assert ours.questions["plan"].required
    assert ours.questions["plan"].documents == {"package", "response", "decision"}
    for looser in (
        '[[question]]\nid = "plan"\ntext = "Another?"\n',
        '[[question]]\nid = "plan"\nrequired = false\n',
    ):
        with pytest.raises(UsageError):
            asking(looser, ours)
    (kept,) = asking('[[required]]\nanswer = "thread"\n', ours).questions.values()
    assert kept.required, "what an agency does not mention stays"


def test_an_agencys_file_stands_on_its_partnerships(home: Home, example: bytes) -> None:
    theirs, word = (HEAD + QUESTION).encode(), (HEAD + '[[question]]\nid = "plan"\n').encode()
    adopt_catalogue(home, theirs)
    adopt_catalogue(home, word + b"required = true\n", Whose.AGENCY)
    found = catalogue_of(home)
    assert found.named(Whose.PARTNERSHIP) == ("Fennick 1", sha256(theirs))
    assert found.questions["plan"].required
    with pytest.raises(UsageError) as caught:
        drop_catalogue(home)
    assert "agency's own catalogue" in caught.value.what
    with pytest.raises(UsageError) as caught:
        adopt_catalogue(home, HEAD.encode())
    assert catalogue_of(home) == found, "nothing is changed"
    drop_catalogue(home, Whose.AGENCY)
    assert drop_catalogue(home) == shipped_catalogue()


# -- where the answers go ----------------------------------------------------------------------------------------------


def test_answers_are_sealed_for_the_own_agency_alone_with_their_questions() -> None:
    ours = asking(QUESTION)
    document = read_document((COMPLETE + '[local]\nplan = "Since May"\nold = " "\n').encode())
    where = setting(rules=Rules(protocol="P", catalogue=ours))
    draft = draft_package(document, where, (), SeededRandomness(0))
    sections = opened(draft)
    answers = sections["decision"].answers
    assert answers["local.plan"] == ("Since May",)
    assert answers["local_question.plan"] == ("Is there a plan?",)
    assert "local.old" not in answers
    assert sections["legal"].answers["catalogue.agency_version"] == ("Fennick 1",)
    for name in sections.keys() - {"decision"}:
        assert "Since May" not in json.dumps(dict(sections[name].answers))
    told_ = dict(answer_lines(answers, shipped_catalogue()))
    assert told_["Is there a plan?"] == "Since May", "also where nobody asks it any more"
    assert not any("Local" in question for question in told_)


def test_an_answer_can_be_given_later() -> None:
    at = place_of("local.plan")
    found = field_at([Document], at)
    assert found is not None
    assert check_answer(found, at, ["Since May"], shipped_catalogue()) is None
    assert check_answer(found, at, ["not known"], shipped_catalogue()) is not None
    assert field_at([Document], place_of("local.plan.more")) is None


def test_an_address_is_a_place_too() -> None:
    owed = ('SH5:section[1].need_to_know."mash@ardenfold-police"', "KM1:decision.welfare")
    assert owed_at(owed, place_of("decision.welfare")) == owed[1]
    at = place_of('section[1].need_to_know."mash@ardenfold-police"')
    assert owed_at(owed, at) == owed[0]
    assert field_at([Document], at) is not None


def test_what_was_asked_of_a_decision_is_answered_later_beside_it(home: Home) -> None:
    asked = HEAD + QUESTION + 'required = true\ndocuments = ["decision"]\n'
    adopt_catalogue(home, asked.encode(), Whose.AGENCY)
    number = decide(home, DECISION.encode()).record
    assert number is not None
    done = answer_record(home, number, "local.plan", ["Since May"])
    assert "SH1:local.plan" not in done.owed
    with home.vault.reading() as view:
        closed = [due.place for due in view.dues.of(record=number) if due.closed is not None]
    assert closed == ["SH1:local.plan"]
