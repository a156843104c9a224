"""The catalogue is data, loaded strictly; the shipped one has every word that documents need."""

from __future__ import annotations

import dataclasses
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agency_client.record.catalogue_file import FORMAT, load_catalogue, used_by_documents
from agency_client.record.shipped import shipped, shipped_catalogue
from phoenix_protocol.errors import UsageError
from phoenix_protocol.suite.hashing import sha256
from tests.client.record_values import COMPLETE, check, edited, facts, told

SHIPPED = shipped("catalogue.toml").decode()
MORE_HARM = '    { code = "finely_balanced", label = "Finely balanced" },\n'


def refused(text: str) -> UsageError:
    with pytest.raises(UsageError) as caught:
        load_catalogue(text.encode())
    assert caught.value.code == "E_CATALOGUE"
    assert {p.code for p in caught.value.problems} == {"E_CATALOGUE"}
    assert all(p.next for p in caught.value.problems)
    return caught.value


def test_the_shipped_catalogue_is_whole() -> None:
    catalogue = load_catalogue(SHIPPED.encode())
    assert catalogue.digest == sha256(SHIPPED.encode())
    assert catalogue.version
    assert used_by_documents() <= catalogue.enumerations.keys()
    for name, words in catalogue.enumerations.items():
        assert words, name
        assert catalogue.titles[name]


#: Enumerations of the design that documents rely on, word for word.
WORDS = {
    "classification": "OFFICIAL OFFICIAL-SENSITIVE",
    "urgency": "green amber red",
    "article_6": "a_consent b_contract c_legal_obligation d_vital_interests e_public_task "
    "ea_recognised_legitimate_interest f_legitimate_interests",
    "safeguarding_reason": "consent_cannot_be_given cannot_reasonably_be_expected_to_obtain "
    "obtaining_would_prejudice_protection",
    "article_6_condition": "public_task_disclosure_request national_public_security_defence emergency "
    "crime safeguarding_vulnerable_individual",
    "person_category_part3": "suspect convicted victim_or_possible_victim witness_or_information_holder none",
    "decision_outcome": "share_all_requested share_part share_on_condition defer do_not_share "
    "information_not_held refer_elsewhere",
    "consent": "yes_explicit yes_limited refused withdrawn not_sought cannot_be_given not_needed",
    "confidence_basis": "not_confidential explicit_consent implied_consent_direct_care "
    "overriding_public_interest statutory_duty court_order s251",
    "jurisdiction": "england wales scotland northern_ireland",
    "source_type": "own_observation own_record child parent_carer family_other peer public_named "
    "public_anonymous professional_same_agency professional_other_agency police_intelligence open_source protected",
    "verification": "unverified corroborated verified disputed corrected withdrawn",
}


@pytest.mark.parametrize("name", WORDS)
def test_the_shipped_words_are_these(name: str) -> None:
    assert list(shipped_catalogue().enumerations[name]) == WORDS[name].split()


def test_every_word_has_its_dates_places_users_source_and_confirmation() -> None:
    catalogue = shipped_catalogue()
    kinds = {*catalogue.enumerations["agency_kind"], "anyone"}
    for words in catalogue.enumerations.values():
        for word in words.values():
            assert isinstance(word.since, date)
            assert word.jurisdiction <= catalogue.enumerations["jurisdiction"].keys()
            assert word.jurisdiction
            assert word.who_may_use | word.not_for <= kinds
            assert word.source
            assert isinstance(word.confirmed, bool)


def test_only_what_was_read_in_the_primary_text_is_confirmed() -> None:
    find = shipped_catalogue().find
    sure = [
        ("safeguarding_reason", "consent_cannot_be_given"),
        ("not_informed_reason", "part3_s44_4_inquiry"),
    ]
    unsure = [
        ("duty", "ca2004_s16LA"),
        ("power", "ca2004_s10"),
        ("retention", "looked_after_child"),
    ]
    assert all((word := find(*name)) and word.confirmed for name in sure)
    assert all((word := find(*name)) and not word.confirmed for name in unsure)


def test_a_gateway_is_a_duty_a_power_or_neither() -> None:
    enumerations = shipped_catalogue().enumerations
    gateway = enumerations["gateway"]
    assert gateway.keys() == {*enumerations["duty"], *enumerations["power"], "neither"}


@pytest.mark.parametrize(
    ("old", "new", "line_of", "words"),
    [
        (MORE_HARM, MORE_HARM + MORE_HARM, MORE_HARM + MORE_HARM, "twice"),
        (MORE_HARM, '    { code = "x" },\n', '{ code = "x" }', "label"),
        (MORE_HARM, '    { label = "x" },\n', '{ label = "x" }', "code"),
        (MORE_HARM, MORE_HARM.replace(" }", ", colour = 1 }"), "colour", "no field"),
        (MORE_HARM, MORE_HARM.replace(" }", ", confirmed = 1 }"), "confirmed = 1", "true or false"),
        (MORE_HARM, MORE_HARM.replace(" }", ', from = "x" }'), 'from = "x"', "day"),
        (MORE_HARM, MORE_HARM.replace(" }", ", to = 2018-05-24 }"), "to = 2018-05-24", "before"),
        (MORE_HARM, MORE_HARM.replace(" }", ', jurisdiction = ["eire"] }'), "eire", "jurisdiction"),
        (
            MORE_HARM,
            MORE_HARM.replace(" }", ", jurisdiction = [] }"),
            "jurisdiction = []",
            "jurisdiction",
        ),
        (
            MORE_HARM,
            MORE_HARM.replace(" }", ', who_may_use = ["x"] }'),
            'use = ["x"]',
            "kind of agency",
        ),
        (
            MORE_HARM,
            MORE_HARM.replace(" }", ', not_for = ["x"] }'),
            'for = ["x"]',
            "kind of agency",
        ),
        ('title = "Marking"\n', "", "[classification]", "title"),
        ('includes = ["duty", "power"]', 'includes = ["dutty"]', "dutty", "table"),
        (f"format = {FORMAT}", f"format = {FORMAT + 1}", f"format = {FORMAT + 1}", "later version"),
    ],
)
def test_a_broken_catalogue_is_refused_with_line_and_reason(
    old: str, new: str, line_of: str, words: str
) -> None:
    text = edited((old, new), text=SHIPPED)
    error = refused(text)
    line = text[: text.index(line_of)].count("\n") + 1
    if line_of.startswith("    {"):
        line += 1
    assert any(words in p.message and p.line == line for p in error.problems), error.problems
    assert "line" in error.what


@pytest.mark.parametrize("name", ["format", "version"])
def test_a_catalogue_says_what_it_is(name: str) -> None:
    text = "\n".join(line for line in SHIPPED.splitlines() if not line.startswith(f"{name} ="))
    assert name in refused(text).what


@pytest.mark.parametrize("name", sorted(used_by_documents()))
def test_a_catalogue_without_what_documents_need_is_refused(name: str) -> None:
    start = SHIPPED.index(f"\n[{name}]\n") + 1
    end = SHIPPED.find("\n[", start)
    text = SHIPPED[:start] + (SHIPPED[end:] if end > 0 else "")
    assert any(f"[{name}]" in p.message for p in refused(text).problems)


def test_every_fault_is_told_at_once() -> None:
    text = edited(
        (MORE_HARM, MORE_HARM.replace(" }", ", colour = 1 }")),
        ('title = "Marking"\n', ""),
        text=SHIPPED,
    )
    assert len(refused(text).problems) == 2


@given(st.binary(max_size=200))
def test_any_bytes_are_loaded_or_refused(data: bytes) -> None:
    with pytest.raises(UsageError) as caught:
        load_catalogue(data)
    assert caught.value.problems


def test_words_come_from_the_catalogue_and_not_from_code() -> None:
    added = edited(
        (MORE_HARM, MORE_HARM + '    { code = "cannot_say", label = "Cannot say" },\n'),
        text=SHIPPED,
    )
    document = edited(('more_harm = "no"', 'more_harm = "cannot_say"'), text=COMPLETE)
    assert told(check(document)) == {"problem E_DOC_CODE decision.more_harm"}
    assert told(check(document, facts(catalogue=load_catalogue(added.encode())))) == set()


def test_a_word_that_has_ended_is_warned_of() -> None:
    ended = edited(
        (
            '    { code = "no", label = "No" },\n    { code = "finely_balanced"',
            '    { code = "no", label = "No", to = 2026-11-21 },\n    { code = "finely_balanced"',
        ),
        text=SHIPPED,
    )
    given_facts = facts(catalogue=load_catalogue(ended.encode()))
    assert told(check(COMPLETE, given_facts)) == {"warning W_DOC_CODE decision.more_harm"}
    a_day_earlier = dataclasses.replace(given_facts, now=given_facts.now - 86400)
    assert "warning W_DOC_CODE decision.more_harm" not in told(check(COMPLETE, a_day_earlier))
