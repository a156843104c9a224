"""Each agency is shown the law of its own jurisdiction: in templates, suggestions and questions."""

from __future__ import annotations

import re
import tomllib
from functools import partial

import pytest

from agency_client.record.catalogue import Catalogue
from agency_client.record.localising import localised
from agency_client.record.shipped import shipped_catalogue
from agency_client.record.templates import Template, response_document, template
from tests.client.record_values import COMPLETE, check, edited, facts, own, told
from tests.client.test_record_template import OUT
from tests.client.test_request_templates import question

PLACES = ("england", "wales", "scotland", "northern_ireland")
CATALOGUE = shipped_catalogue()


def here(place: str, kind: Template = Template.PACKAGE) -> str:
    return template(kind, partial(localised, catalogue=CATALOGUE, place=place))


def only_elsewhere(catalogue: Catalogue, place: str) -> set[str]:
    """Words that apply in no list in ``place``."""
    lists = catalogue.enumerations.values()
    known = {n for words in lists for n, code in words.items() if place in code.jurisdiction}
    return {n for words in lists for n in words} - known


@pytest.mark.parametrize("kind", list(Template), ids=lambda kind: kind.value)
@pytest.mark.parametrize("place", PLACES)
def test_a_template_shows_no_word_of_elsewhere(place: str, kind: Template) -> None:
    text = here(place, kind)
    elsewhere = only_elsewhere(CATALOGUE, place)
    assert len(elsewhere) > 3
    assert elsewhere & set(re.findall(r"\w+", text)) == set()
    tomllib.loads(OUT.sub("", text))
    assert not re.search(r" ,|,,|, \.|\.\.\.\w|[ \t]$", text, re.MULTILINE)
    if place == "scotland":
        assert "s16LA" not in text
        assert "England" not in text
        assert "Gillick" not in text


def test_words_of_the_place_take_the_place_of_examples() -> None:
    scottish, english = here("scotland"), here("england")
    assert '#gateway = ["scot_children_act1995"]' in scottish
    assert '#gateway = ["ca2004_s10"]' in english
    assert '#jurisdiction = "scotland"' in scottish
    assert "identifier_absent_reason" in english
    assert "identifier_absent_reason" not in scottish
    assert "NHS number" not in scottish.split("#location_sensitive")[0].rpartition("identifiers")[2]
    found = check(OUT.sub("", scottish), facts(own=own(jurisdiction="scotland")))
    assert {p.place for p in found.warnings if p.code == "W_DOC_CODE"}.isdisjoint({"legal.gateway"})


def test_a_place_that_no_catalogue_knows_leaves_the_template_as_it_is() -> None:
    for place in ("", "eire"):
        assert here(place) == template(Template.PACKAGE)


def test_what_others_asked_is_never_localised() -> None:
    asked = question(text="England: by ca2004_s16LA, what do you hold?")
    text = response_document(
        "front.door@quillmere-council",
        [asked],
        partial(localised, catalogue=CATALOGUE, place="scotland"),
    )
    assert "# England: by ca2004_s16LA, what do you hold?" in text
    assert text.count("s16LA") == 1


@pytest.mark.parametrize(
    ("word", "suggested"),
    [("ca2004_s16L", None), ("scot_childrn_act1995", "scot_children_act1995")],
)
def test_no_message_suggests_a_word_of_elsewhere(word: str, suggested: str | None) -> None:
    text = edited(('["ca2004_s10"]', f'["{word}"]'))
    (problem,) = check(text, facts(own=own(jurisdiction="scotland"))).problems
    assert problem.place == "legal.gateway[1]"
    assert ("Did you mean" in problem.message) is (suggested is not None)
    assert (suggested or "") in problem.message
    assert "ca2004" not in problem.next
    (english,) = check(edited(('["ca2004_s10"]', '["ca2004_s16L"]'))).problems
    assert "ca2004_s16LA" in english.message


def test_a_list_of_which_nothing_applies_is_left_out() -> None:
    text = edited(('role = "child"\n', 'role = "child"\nidentifier_absent_reason = "lost"\n'))
    (problem,) = check(text, facts(own=own(jurisdiction="scotland"))).problems
    assert problem.next.startswith("Remove it")


@pytest.mark.parametrize(
    ("place", "words"),
    [("scotland", "From the age of 12"), ("england", "Gillick"), ("", "No age decides it.")],
)
def test_what_is_presumed_of_a_child_stands_beside_the_question_and_decides_nothing(
    place: str, words: str
) -> None:
    unanswered = COMPLETE[: COMPLETE.index("[[capacity]]")] + COMPLETE[COMPLETE.index("[child_v") :]
    for born in ("2024-05-01", "2014-11-23", "2014-11-21", "2009-01-01"):
        text = edited(('role = "child"\n', f'role = "child"\nborn = {born}\n'), text=unanswered)
        found = check(text, facts(own=own(jurisdiction=place)))
        assert told(found) - {"warning W_DOC_CODE legal.gateway[1]"} == {"prompt P_CO5 capacity"}
        (prompt,) = found.prompts
        assert words in prompt.message
        assert "No age decides it." in prompt.message
        assert ("12" in prompt.message) is (place == "scotland")


def test_a_request_about_a_victim_names_an_act_only_where_it_applies() -> None:
    act = "Police, Crime, Sentencing and Courts Act 2022"
    named = {place for place in PLACES if act in here(place, Template.VICTIM_REQUEST)}
    assert named == {"england", "wales"}
    assert "by what right you ask" in here("scotland", Template.VICTIM_REQUEST)
