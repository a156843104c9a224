"""Decisions that go with no package: what the rules say of them, and how they are recorded."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from agency_client.ports.vault import Wanted
from agency_client.record.decisions import read_decision
from agency_client.record.facts import Own, RecordFacts
from agency_client.record.findings import Findings
from agency_client.record.looks import a_month_after, access_looks
from agency_client.record.rules.deciding import RULES, check_decision
from agency_client.record.shipped import shipped_catalogue, shipped_clauses
from agency_client.record.subjects import reference, words
from agency_client.record.when import span
from agency_client.use_cases.deciding import decide, look_at_decision
from agency_client.use_cases.home import Home
from phoenix_protocol.errors import RefusedError, TamperError
from phoenix_protocol.identifiers import Address, ObjectHash
from phoenix_protocol.sealing.recorded import Recorded
from phoenix_protocol.signed import open_signed, parse_signed
from phoenix_protocol.suite.hashing import sha256
from tests.client.record_homes import DESK_ID, opened_home
from tests.client.record_values import NOW, Edit, edited, told

SCHOOL = Own(
    address=Address("nurse@quillmere-health"),
    kind="health",
    jurisdiction="england",
    legal_scope="a",
)
PACKAGE = "00112233445566778899aabbccddeeff"


@pytest.fixture(scope="module")
def decision(repository: Path) -> str:
    return (repository / "config" / "demo" / "decision.toml").read_text("utf-8")


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    with opened_home(tmp_path / "home") as home:
        yield home


def check(text: str, **changes: Any) -> Findings:
    values: dict[str, Any] = {"now": NOW, "own": SCHOOL, "catalogue": shipped_catalogue()}
    return check_decision(read_decision(text.encode()), RecordFacts(**values | changes))


def line_of(text: str, beginning: str) -> str:
    """The first line that begins so."""
    return next(line for line in text.splitlines(keepends=True) if line.startswith(beginning))


def test_nothing_is_said_of_the_example(decision: str) -> None:
    assert told(check(decision)) == set()


def without(decision: str, *beginnings: str) -> str:
    for beginning in beginnings:
        decision = decision.replace(line_of(decision, beginning), "", 1)
    return decision


LEFT_OUT = {
    "outcome =": {"problem E_DOC_DECISION decision.outcome"},
    "decided_by =": {"problem E_DOC_DECISION decision.decided_by"},
    "purpose =": {"owed O_PR2 purpose"},
    "by =": {"owed O_SH6 asked.by"},
    "welfare =": {"owed O_KM1 decision.welfare"},
    "if_shared =": {"owed O_CF5 decision.if_shared"},
    "if_not_shared =": {"owed O_CF5 decision.if_not_shared"},
    "review_at =": {"owed O_KM4 decision.review_at"},
    "detriment =": {"owed O_Q8 decision.detriment"},
    "more_harm =": {"prompt P_Q8 decision.more_harm"},
    "consequence_of_not_sharing =": {"prompt P_KM2 decision.consequence_of_not_sharing"},
    "information_known_at =": {"prompt P_CF6 decision.information_known_at"},
    "needed =": {"prompt P_Q3 consent.needed"},
    "words =": {"prompt P_CO6 child_voice.words"},
}


@pytest.mark.parametrize("beginning", LEFT_OUT)
def test_what_is_left_out_is_owed_or_asked(decision: str, beginning: str) -> None:
    assert told(check(without(decision, beginning))) == LEFT_OUT[beginning]


EXEMPT = 'exemption = "sch2_p16_third_party"\n'
CASES: dict[str, tuple[Edit, set[str]]] = {
    "a request for access": (
        (
            'detriment = "Jordan said it in counselling and asked that it stay there. Losing that would harm Jordan '
            'more than the plan gains."\n',
            EXEMPT,
        ),
        set(),
    ),
    "kept back, and not said what": (
        (
            'withheld = ["Counselling notes of 6 and 13 October: held, and not shared"]\n',
            EXEMPT,
        ),
        {"owed O_Q9 decision.withheld"},
    ),
    "a condition": (
        ("do_not_share", "share_on_condition"),
        {"owed O_SH6 decision.conditions", "warning W_DOC_OUTCOME decision.outcome"},
    ),
    "not held": (
        ("do_not_share", "information_not_held"),
        {"owed O_SH6 decision.searched"},
    ),
    "referred": (("do_not_share", "refer_elsewhere"), {"owed O_SH6 decision.refer_to"}),
    "later": (("do_not_share", "defer"), set()),
    "a part": (("do_not_share", "share_part"), {"warning W_DOC_OUTCOME decision.outcome"}),
    "not known, and no reason": (
        (
            'if_shared = "Jordan may stop talking, and then nobody hears what happens."',
            'if_shared = "not known"',
        ),
        {"owed O_SH6 decision.if_shared"},
    ),
    "no such outcome": (
        ("do_not_share", "refuse"),
        {"problem E_DOC_CODE decision.outcome"},
    ),
    "somebody else": (
        ('person = "child"', 'person = "sibling"'),
        {"problem E_DOC_PERSON capacity[1].person"},
    ),
    "without a name": (('name = "Jordan T"\n', ""), {"problem E_DOC_MISSING people[1].name"}),
    "no such package": (
        ('thread = "QM-0417"', f'packages = ["{PACKAGE}"]'),
        {"problem E_REC_PACKAGE packages[1]"},
    ),
    "no such field": (("for_whom", "forwhom"), {"problem E_DOC_FIELD asked.forwhom"}),
    "reviewed already": (("2026-12-05", "2026-11-01"), {"warning W_DOC_TIME decision.review_at"}),
    "not decided yet": (
        ("decided_at = 2026-11-21", "decided_at = 2026-12-21"),
        {"warning W_DOC_TIME decision.decided_at"},
    ),
    "nobody": (
        (
            'id = "child"\nname = "Jordan T"\nrole = "child"\nborn = 2011-03-02\n'
            'identifiers = { nhs_number = "999 041 7008" }',
            'id = "a"\nname = "A"\n\n[[people]]\nid = "a"\nname = "B"',
        ),
        {"problem E_DOC_DUPLICATE people[2].id", "problem E_DOC_PERSON capacity[1].person"},
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_a_rule_says_what_it_should(decision: str, name: str) -> None:
    edit, found = CASES[name]
    assert told(check(edited(edit, text=decision))) == found


def test_a_package_that_is_here_can_be_named(decision: str) -> None:
    named = edited(('thread = "QM-0417"', f'packages = ["{PACKAGE}"]'), text=decision)
    core = ObjectHash(bytes(32))
    assert told(check(named, packages={PACKAGE: core})) == set()


@pytest.mark.parametrize("changes", [{"jurisdiction": "scotland"}, {"legal_scope": "none"}])
def test_the_duty_to_share_is_asked_of_whom_it_binds(
    decision: str, changes: dict[str, str]
) -> None:
    other = dataclasses.replace(SCHOOL, **changes)
    found = told(check(without(decision, "detriment ="), own=other))
    assert "owed O_Q8 decision.detriment" not in found


def test_whom_it_is_about_is_owed_and_stops_nothing() -> None:
    found = check('[decision]\noutcome = "do_not_share"\ndecided_by = "Head"\n')
    assert found.problems == ()
    assert "owed O_Q6 people" in told(found)
    assert "prompt P_CF2 advice" in told(found)


def test_every_finding_names_a_clause_of_the_protocol() -> None:
    found = check("")
    for problem in (*found.problems, *found.owed, *found.prompts):
        assert problem.clause in shipped_clauses()
        assert problem.message.endswith((".", "?"))
        assert problem.next


def test_no_rule_recommends_scores_or_answers() -> None:
    found = check("")
    texts = [p.message for p in (*found.problems, *found.owed, *found.prompts, *found.warnings)]
    assert len(RULES) > 10
    for text in texts:
        assert not any(word in text.lower() for word in ("should share", "recommend", "score"))


# -- recorded --------------------------------------------------------------------------------------------------------


def test_a_decision_is_numbered_signed_registered_and_falls_due(home: Home, decision: str) -> None:
    done = decide(home, decision.encode())
    assert done.record == 1
    with home.vault.reading() as view:
        record = view.records.get(1)
        assert record is not None
        assert record.kind == "decision"
        assert record.summary.startswith("Do not share: Asked whether")
        assert view.records.document(1) == decision.encode()
        assert [(d.kind, d.place) for d in view.dues.of(record=1)] == [
            ("decision_review", "decision.review_at")
        ]
        review = span("2026-12-05")
        assert review is not None
        assert view.dues.of(record=1)[0].at == review.first
        for wanted in (
            Wanted(reference=reference("QM 0417")),
            Wanted(reference=reference("9990417008")),
            Wanted(words=words("jordan")),
            Wanted(agency="lantern-youth", kinds={"decision"}),
        ):
            (line,) = view.register.find(wanted)
            assert line.record == 1
            assert line.facts["outcome"] == ("do_not_share",)
            assert line.facts["decided_by"] == ("Named nurse for safeguarding",)
            assert line.facts["reasons"][0].startswith("Jordan said it in counselling")
        row = view.audit.rows()[-1]
        assert row.action == "record.decision"
        assert record.signed is not None
        assert row.on == parse_signed(record.signed).hash


def test_its_signature_is_the_desks_and_over_these_bytes(home: Home, decision: str) -> None:
    decide(home, decision.encode())
    endpoint = home.content.endpoint
    assert endpoint is not None
    with home.vault.reading() as view:
        record = view.records.get(1)
    assert record is not None
    assert record.signed is not None
    key = endpoint.document_key().public_bytes()
    said = open_signed(parse_signed(record.signed), Recorded, lambda _: key).message
    assert said.document == sha256(decision.encode())
    assert (said.kind, said.endpoint, said.time) == ("decision", DESK_ID, record.time)
    other = bytearray(record.signed)
    other[-1] ^= 1
    with pytest.raises(TamperError) as bad:
        open_signed(parse_signed(bytes(other)), Recorded, lambda _: key)
    assert bad.value.code == "E_SIG"


def test_what_is_owed_falls_due_after_a_day(home: Home, decision: str) -> None:
    short = without(decision, "welfare =", "review_at =")
    now = home.clock.now()
    done = decide(home, short.encode())
    assert {p.place for p in done.findings.owed} >= {"decision.welfare", "decision.review_at"}
    with home.vault.reading() as view:
        owed = {d.place: d.at for d in view.dues.open({"owed_answer"})}
    assert owed == {"KM1:decision.welfare": now + 86400, "KM4:decision.review_at": now + 86400}


def test_a_decision_with_a_problem_is_not_recorded(home: Home) -> None:
    with pytest.raises(RefusedError) as refused:
        decide(home, b'purpose = "x"\n')
    assert refused.value.code == "E_DOCUMENT"
    assert "Nothing was recorded" in refused.value.what
    assert [p.code for p in refused.value.problems] == ["E_DOC_DECISION"] * 2
    with home.vault.reading() as view:
        assert view.records.listing() == ()
        assert view.dues.open() == ()
        assert view.register.find(Wanted()) == ()


def test_looking_records_nothing(home: Home, decision: str) -> None:
    assert look_at_decision(home, decision.encode()).record is None
    with home.vault.reading() as view:
        assert view.records.listing() == ()


@pytest.mark.parametrize(
    ("asked", "answered"),
    [
        ("2026-11-25", "2026-12-25"),
        ("2026-12-03", "2027-01-03"),
        ("2027-01-31", "2027-02-28"),
        ("2028-01-30", "2028-02-29"),
    ],
)
def test_whoever_asks_what_is_held_about_them_is_answered_in_a_month(
    repository: Path, asked: str, answered: str
) -> None:
    text = (repository / "config" / "demo" / "p3-subject-access.toml").read_text("utf-8")
    document = read_decision(
        text.replace("asked_at = 2026-11-25\nhow", f"asked_at = {asked}\nhow").encode()
    )
    (look,) = access_looks(document, NOW)
    due = span(answered)
    assert due is not None
    assert (look.kind, look.at) == ("access_answer", due.last)
    unknown = read_decision(text.replace("asked_at = 2026-11-25\nhow", "how").encode())
    (look,) = access_looks(unknown, NOW)
    assert look.at == a_month_after(NOW)
    plain = (repository / "config" / "demo" / "decision.toml").read_bytes()
    assert list(access_looks(read_decision(plain), NOW)) == []
