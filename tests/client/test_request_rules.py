"""What the rules say of requests and responses: exactly this, at this place, and nothing waits for anybody."""

from __future__ import annotations

from typing import Any

import pytest

from agency_client.record.problems import REQUEST_NEXT
from agency_client.record.rules import requests as request_rules
from agency_client.record.rules import responses as response_rules
from agency_client.record.rules.responses import PutHere
from agency_client.record.shipped import shipped_clauses
from phoenix_protocol.identifiers import ItemId
from tests.client.record_values import Edit, edited, told
from tests.client.request_values import (
    CHARITY,
    FRONT,
    HOUSING,
    NURSE,
    PACKAGE,
    POLICE,
    example,
    of_request,
    of_response,
    request_facts,
    response_facts,
    whose,
)

REQUEST = example("p2-request.toml")
VICTIM = example("victim-request.toml")
HEALTH = example("p2-response-health.toml")
WITHHELD = 'answer = "withheld"\nwhat'

ASK = '"school.nurse@quillmere-health" = "You hold the community health record"\n'
DEPUTY = 'instead_of = "school.nurse@quillmere-health"\naddress = "named.nurse@quillmere-health"'
DUE = '[request]\ndue = "%s"\n'

#: name, edits of the council's request, what is found, facts that differ.
OF_REQUESTS: list[tuple[str, list[Edit], set[str], dict[str, Any]]] = [
    ("complete", [], set(), {}),
    (
        "no question",
        [(REQUEST[REQUEST.index("[[question]]") : REQUEST.index("[decision]")], "")],
        {
            "problem E_DOC_EMPTY question",
            "problem E_DOC_RECIPIENT to",
            "warning W_DOC_PERSON people[1]",
        },
        {},
    ),
    ("no id", [('id = "appointments"\n', "")], {"problem E_DOC_MISSING question[1].id"}, {}),
    (
        "twins",
        [('id = "tenancy"', 'id = "appointments"')],
        {"problem E_DOC_DUPLICATE question[2].id"},
        {},
    ),
    (
        "an id that is taken",
        [('id = "tenancy"', 'id = "request"')],
        {"problem E_DOC_DUPLICATE question[2].id"},
        {},
    ),
    (
        "no text",
        [('text = "Does Jordan still come to you, and how does Jordan engage?"\n', "")],
        {"problem E_DOC_MISSING question[3].text"},
        {},
    ),
    (
        "nobody asked",
        [(ASK, "")],
        {
            "problem E_DOC_NEED_TO_KNOW question[1].ask",
            "problem E_DOC_AUDIENCE deputy[1].instead_of",
        },
        {},
    ),
    (
        "no reason to ask them",
        [('"You are the landlord"', '""')],
        {'owed O_SH5 question[2].ask."officer@larkstone-homes"'},
        {},
    ),
    (
        "somebody unknown",
        [(ASK, ASK + '"school.nurs@quillmere-health" = "x"\n')],
        {
            'problem E_DOC_RECIPIENT question[1].ask."school.nurs@quillmere-health"',
            "warning W_DOC_DEPUTY deputy",
        },
        {},
    ),
    (
        "oneself",
        [(ASK, ASK + '"front.door@quillmere-council" = "x"\n')],
        {
            'problem E_DOC_RECIPIENT question[1].ask."front.door@quillmere-council"',
            "warning W_DOC_DEPUTY deputy",
        },
        {},
    ),
    ("about nobody", [('about = ["child"]', "about = []")], {"owed O_Q6 question[1].about"}, {}),
    (
        "about somebody else",
        [('about = ["child"]', 'about = ["chidl"]')],
        {"problem E_DOC_PERSON question[1].about[1]"},
        {},
    ),
    (
        "no period",
        [("period_from = 2026-05-22\nperiod_until = 2026-11-22\n", "")],
        {"owed O_OB2 question[1].period_from"},
        {},
    ),
    (
        "no reason why",
        [('why = "To find an adult whom Jordan trusts"\n', "")],
        {"prompt P_KM3 question[3].why"},
        {},
    ),
    (
        "on nobody's behalf",
        [('on_behalf_of = "Quillmere Council Children\'s Services"\n', "")],
        {"owed O_PR3 request.on_behalf_of"},
        {},
    ),
    (
        "no threshold",
        [('threshold = "ca1989_s47"\n', "")],
        {"owed O_OB1 request.threshold"},
        {},
    ),
    (
        "unknown threshold",
        [('threshold = "ca1989_s47"', 'threshold = "high"')],
        {"problem E_DOC_CODE request.threshold"},
        {},
    ),
    (
        "below section 47 without consent",
        [('threshold = "ca1989_s47"', 'threshold = "ca1989_s17"')],
        {"warning W_DOC_THRESHOLD request.threshold"},
        {},
    ),
    (
        "below section 47 with consent",
        [
            ('threshold = "ca1989_s47"', 'threshold = "ca1989_s17"'),
            ('consent = "not_sought"', 'consent = "yes_explicit"'),
            (
                "[consent]\n",
                '[consent]\nevidence = "File"\nfreely_given = "x"\nunderstanding = "x"\n',
            ),
        ],
        set(),
        {},
    ),
    (
        "no public task",
        [(REQUEST[REQUEST.index("public_task") : REQUEST.index("reply_to")], "")],
        {"owed O_OB1 request.public_task"},
        {},
    ),
    (
        "no power",
        [('gateway = ["ca1989_s47"]\n', "")],
        {"owed O_Q4 legal.gateway"},
        {},
    ),
    (
        "answers to nobody known",
        [('reply_to = "front.door@quillmere-council"', 'reply_to = "left@lantern-youth"')],
        {"problem E_DOC_ENDED request.reply_to"},
        {},
    ),
    ("due soon", [("[request]\n", DUE % "90m")], set(), {}),
    ("due in working time", [("[request]\n", DUE % "2 working days")], set(), {}),
    ("due at a time", [("[request]\n", DUE % "2026-11-22T18:00:00Z")], set(), {}),
    (
        "due before it is asked",
        [("[request]\n", DUE % "2026-11-22T11:00:00Z")],
        {"problem E_DOC_TIME request.due"},
        {},
    ),
    (
        "due at no time",
        [("[request]\n", DUE % "soon")],
        {"problem E_DOC_TIME request.due"},
        {},
    ),
    (
        "due after its end",
        [("[request]\n", DUE % "15d")],
        {"warning W_DOC_TIME request.due"},
        {},
    ),
    (
        "other days off",
        [("[request]\n", DUE % "2 working days")],
        {
            "warning W_DOC_CALENDAR request.due",
            "warning W_DOC_CODE legal.gateway[1]",
            "warning W_DOC_CODE request.threshold",
        },
        {"own": whose(FRONT, jurisdiction="scotland")},
    ),
    (
        "days off that nobody knows",
        [("[request]\n", DUE % "700 working days")],
        {"warning W_DOC_CALENDAR request.due", "warning W_DOC_TIME request.due"},
        {},
    ),
    (
        "a deputy of nobody",
        [(DEPUTY, DEPUTY.replace('"school.nurse', '"nurse'))],
        {
            "problem E_DOC_AUDIENCE deputy[1].instead_of",
            "warning W_DOC_DEPUTY deputy",
        },
        {},
    ),
    (
        "a deputy who is paused",
        [('"named.nurse@quillmere-health"', '"office@paused-charity"')],
        {"problem E_DOC_AGENCY deputy[1].address"},
        {},
    ),
    (
        "a deputy who is the same",
        [('"named.nurse@quillmere-health"', '"school.nurse@quillmere-health"')],
        {"problem E_DOC_DUPLICATE deputy[1].address"},
        {},
    ),
    (
        "two deputies",
        [
            (
                'instead_of = "officer@larkstone-homes"',
                'instead_of = "school.nurse@quillmere-health"',
            )
        ],
        {"problem E_DOC_DUPLICATE deputy[2].instead_of", "warning W_DOC_DEPUTY deputy"},
        {},
    ),
    (
        "a deputy without address",
        [('address = "trustees@lantern-youth"\n', "")],
        {"problem E_DOC_MISSING deputy[3].address"},
        {},
    ),
    (
        "a section of the added part's name",
        [
            (
                "[decision]\n",
                '[[section]]\nid = "request"\nconfidential = "private"\nsensitivity = "personal"\n'
                'need_to_know = { "school.nurse@quillmere-health" = "x" }\n'
                '[[section.statement]]\nkind = "record"\ntext = "x"\nabout = "child"\n'
                "as_of = 2026-11-20\n[decision]\n",
            )
        ],
        {"problem E_DOC_DUPLICATE section[1].id"},
        {},
    ),
    (
        "somebody who is asked nothing",
        [
            ('purpose = "', 'to = ["mash@ardenfold-police"]\npurpose = "'),
            (
                "[decision]\n",
                '[[section]]\nid = "more"\nconfidential = "private"\nsensitivity = "personal"\n'
                'need_to_know = { "school.nurse@quillmere-health" = "x" }\n'
                '[[section.statement]]\nkind = "record"\ntext = "x"\nabout = "child"\n'
                "as_of = 2026-11-20\n[decision]\n",
            ),
        ],
        {"problem E_DOC_AUDIENCE to[1]"},
        {},
    ),
    (
        "counselling records",
        [('why = "To find', 'counselling = true\nwhy = "To find')],
        {
            "warning W_DOC_COUNSELLING question[3].counselling",
            "owed O_OB1 victim.probative_value",
        },
        {},
    ),
]

FOR_POLICE = (
    "legal.gateway[1]",
    "legal.part3_purpose[1]",
    "legal.part3_lawful",
    "legal.regime",
    "legal.retention",
    "people[1].part3_category[1]",
)
OF_VICTIMS: list[tuple[str, list[Edit], set[str], dict[str, Any]]] = [
    ("complete", [], set(), {}),
    (
        "tests not answered",
        [(VICTIM[VICTIM.index("believed_held") : VICTIM.index("notice_given")], "")],
        {
            "owed O_OB1 victim.believed_held",
            "owed O_OB1 victim.relevant_to_enquiry",
            "owed O_OB1 victim.necessary_and_proportionate",
        },
        {},
    ),
    (
        "no notice",
        [("notice_given = 2026-11-20\n", "")],
        {"owed O_Q14 victim.notice_given"},
        {},
    ),
    (
        "no notice, and why",
        [("notice_given = 2026-11-20\n", 'no_notice_reason = "Risk of harm"\n')],
        set(),
        {},
    ),
    (
        "counselling records with their value",
        [
            ("[question.ask]", "counselling = true\n[question.ask]"),
            ("[victim]\n", '[victim]\nprobative_value = "The first account"\n'),
        ],
        {"warning W_DOC_COUNSELLING question[1].counselling"},
        {},
    ),
    (
        "not by police",
        [],
        {
            "warning W_DOC_VICTIM victim",
            *("warning W_DOC_CODE " + at for at in FOR_POLICE),
        },
        {"own": whose(FRONT)},
    ),
    (
        "by police where that law is not",
        [],
        {
            "warning W_DOC_VICTIM victim",
            "warning W_DOC_CALENDAR request.due",
            "warning W_DOC_CODE legal.gateway[1]",
        },
        {"own": whose("mash@ardenfold-police", jurisdiction="northern_ireland")},
    ),
]

OF_RESPONSES: list[tuple[str, list[Edit], set[str], dict[str, Any]]] = [
    ("complete", [], set(), {}),
    (
        "the right request",
        [("[response]\n", f'[response]\nrequest = "{PACKAGE[:12].upper()}"\n')],
        set(),
        {},
    ),
    (
        "another request",
        [("[response]\n", '[response]\nrequest = "0123456789ab"\n')],
        {"problem E_DOC_REQUEST response.request"},
        {},
    ),
    (
        "not to whoever asked",
        [
            ("permitted_action", 'to = ["mash@ardenfold-police"]\npermitted_action'),
            ('"front.door@quillmere-council"', '"mash@ardenfold-police"'),
        ],
        {"problem E_DOC_AUDIENCE to"},
        {},
    ),
    (
        "no answer",
        [(HEALTH[HEALTH.index("[[answer]]") : HEALTH.index("[[people]]")], "")],
        {"problem E_DOC_EMPTY answer"},
        {},
    ),
    (
        "somebody else's question",
        [('question = "appointments"\n', 'question = "tenancy"\n')],
        {"problem E_DOC_QUESTION answer[1].question"},
        {},
    ),
    (
        "to no question",
        [('question = "appointments"\n', "")],
        {"problem E_DOC_MISSING answer[1].question"},
        {},
    ),
    (
        "no word",
        [('answer = "shared"\n', "")],
        {"problem E_DOC_ANSWER answer[1].answer"},
        {},
    ),
    (
        "not known is no answer",
        [('answer = "withheld"\n', 'answer = "not known: lost"\n')],
        {"problem E_DOC_ANSWER answer[2].answer"},
        {},
    ),
    (
        "another word",
        [('answer = "withheld"\n', 'answer = "witheld"\n')],
        {"problem E_DOC_CODE answer[2].answer"},
        {},
    ),
    (
        "shared, and not what",
        [("statements = [1, 2, 3]\n", "")],
        {"problem E_DOC_ANSWER answer[1].statements"},
        {},
    ),
    (
        "withheld, and sent",
        [('answer = "withheld"\n', 'answer = "withheld"\nstatements = 1\n')],
        {"problem E_DOC_ANSWER answer[2]"},
        {},
    ),
    (
        "not held, and sent",
        [('answer = "withheld"\n', 'answer = "not_held"\nsections = "appointments"\n')],
        {"problem E_DOC_ANSWER answer[2]"},
        {},
    ),
    (
        "a statement that is not there",
        [("statements = [1, 2, 3]", "statements = [1, 4]")],
        {"problem E_DOC_ANSWER answer[1].statements[2]"},
        {},
    ),
    (
        "a section that is not there",
        [("statements = [1, 2, 3]", 'sections = ["notes"]')],
        {"problem E_DOC_ANSWER answer[1].sections[1]"},
        {},
    ),
    (
        "a statement that not all get",
        [
            (
                "permitted_action",
                'to = ["front.door@quillmere-council", "mash@ardenfold-police"]\npermitted_action',
            ),
            ("statements = [1, 2, 3]", "statements = 1"),
        ],
        {"problem E_DOC_BASIS answer[1].statements"},
        {},
    ),
    (
        "a question without answer",
        [],
        {"owed O_SH6 answer"},
        {"questions": {n: PutHere(id=ItemId(bytes(16))) for n in ("appointments", "weight")}},
    ),
    (
        "withheld without reason",
        [(HEALTH[HEALTH.index('reason = "Not nec') : HEALTH.index("review_at")], "")],
        {"owed O_SH6 answer[2].reason"},
        {},
    ),
    (
        "not searched without reason",
        [
            (HEALTH[HEALTH.index('reason = "Not nec') : HEALTH.index("review_at")], ""),
            ('answer = "withheld"', 'answer = "not_searched"'),
        ],
        {"owed O_SH6 answer[2].reason"},
        {},
    ),
    (
        "not held, and not where one looked",
        [
            (
                'answer = "withheld"\nwhat = "Notes of two counselling sessions"',
                'answer = "not_held"',
            ),
            (HEALTH[HEALTH.index("searched") : HEALTH.index("involvement")], ""),
        ],
        {"warning W_DOC_SEARCHED answer[2].what"},
        {},
    ),
    (
        "counselling records",
        [],
        {"warning W_DOC_COUNSELLING answer[1].answer"},
        {"questions": {"appointments": PutHere(id=ItemId(bytes(16)), counselling=True)}},
    ),
    (
        "a statement out of counselling records",
        [
            (
                'author = "School nurse"\nevent_from',
                'flags = ["counselling"]\nauthor = "School nurse"\nevent_from',
            )
        ],
        {"warning W_DOC_COUNSELLING answer[1].answer"},
        {},
    ),
    (
        "a section of the added part's name",
        [('[[section]]\nid = "appointments"', '[[section]]\nid = "response"')],
        {"problem E_DOC_DUPLICATE section[1].id"},
        {},
    ),
]


@pytest.mark.parametrize(
    ("name", "edits", "found", "changes"), OF_REQUESTS, ids=[case[0] for case in OF_REQUESTS]
)
def test_of_a_request(
    name: str, edits: list[Edit], found: set[str], changes: dict[str, Any]
) -> None:
    assert told(of_request(edited(*edits, text=REQUEST), request_facts(**changes))) == found, name


@pytest.mark.parametrize(
    ("name", "edits", "found", "changes"), OF_VICTIMS, ids=[case[0] for case in OF_VICTIMS]
)
def test_of_a_request_about_a_victim(
    name: str, edits: list[Edit], found: set[str], changes: dict[str, Any]
) -> None:
    given = request_facts(POLICE, **changes)
    assert told(of_request(edited(*edits, text=VICTIM), given)) == found, name


@pytest.mark.parametrize(
    ("name", "edits", "found", "changes"), OF_RESPONSES, ids=[case[0] for case in OF_RESPONSES]
)
def test_of_a_response(
    name: str, edits: list[Edit], found: set[str], changes: dict[str, Any]
) -> None:
    given = response_facts(NURSE, **changes)
    assert told(of_response(edited(*edits, text=HEALTH), given)) == found, name


@pytest.mark.parametrize(
    ("name", "address"),
    [
        ("p2-response-health.toml", NURSE),
        ("p2-response-housing.toml", HOUSING),
        ("p2-response-charity.toml", CHARITY),
    ],
)
def test_nothing_is_said_of_the_examples(name: str, address: str) -> None:
    found = told(of_response(example(name), response_facts(address)))
    # Whether this duty is in force is not confirmed, and said wherever it is named.
    assert found <= {"warning W_DOC_CODE legal.gateway[1]"}
    assert bool(found) == (address == CHARITY)


def test_that_nothing_is_held_needs_no_section() -> None:
    """Who has nothing says so, decides, and sends no statement."""
    text = HEALTH.replace(HEALTH[HEALTH.index("[[people]]") : HEALTH.index("[decision]")], "")
    text = edited(
        ('answer = "shared"\nstatements = [1, 2, 3]', 'answer = "not_held"'),
        ('outcome = "share_part"', 'outcome = "information_not_held"'),
        ("article_9", "#article_9"),
        ('schedule_1 = ["p18_safeguarding"]', ""),
        ("safeguarding_reason", "#safeguarding_reason"),
        (text_of_capacity(text), ""),
        text=text,
    )
    assert told(of_response(text, response_facts(NURSE))) == set()


def text_of_capacity(text: str) -> str:
    return text[text.index("[[capacity]]") : text.index("[child_voice]")]


def test_every_code_is_brought_about_and_every_clause_exists() -> None:
    cases = (*OF_REQUESTS, *OF_VICTIMS, *OF_RESPONSES)
    used = {line.split()[1] for _, _, found, _ in cases for line in found}
    assert set(REQUEST_NEXT) <= used
    clauses = shipped_clauses()
    for _, _, found, _ in cases:
        for line in found:
            _, code, *_ = line.split()
            if code.startswith(("O_", "P_")):
                assert code[2:] in clauses, code


@pytest.mark.parametrize(
    ("module", "table"),
    [(request_rules, "REQUEST_RULES"), (response_rules, "RESPONSE_RULES")],
    ids=["requests", "responses"],
)
def test_without_a_rule_a_case_fails(
    module: Any, table: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    rules = getattr(module, table)
    for rule in rules:
        monkeypatch.setattr(module, table, tuple(r for r in rules if r is not rule))
        assert any_case_fails(table), rule.__name__


def any_case_fails(table: str) -> bool:
    if table == "REQUEST_RULES":
        return any(
            told(of_request(edited(*edits, text=text), request_facts(address, **changes))) != found
            for cases, text, address in (
                (OF_REQUESTS, REQUEST, FRONT),
                (OF_VICTIMS, VICTIM, POLICE),
            )
            for _, edits, found, changes in cases
        )
    return any(
        told(of_response(edited(*edits, text=HEALTH), response_facts(NURSE, **changes))) != found
        for _, edits, found, changes in OF_RESPONSES
    )
