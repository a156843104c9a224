"""Every list of words can be looked up, by its name and by its fields, and a wrong word leads there."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from agency_client.cli.program import main
from agency_client.record.amending import check_answer
from agency_client.record.answers import Legal
from agency_client.record.catalogue_file import used_by_documents
from agency_client.record.shipped import shipped_catalogue
from agency_client.record.tables import declared
from agency_client.record.word_lists import KIND_LIST, found_by, word_lists
from agency_client.use_cases.localising import word_lists_here
from tests.client.record_homes import opened_home
from tests.client.record_values import COMPLETE, check, edited

LISTS = word_lists(shipped_catalogue())


def codes(name: str, kind: str = "", place: str = "") -> set[str]:
    (found,) = found_by(word_lists(shipped_catalogue(), kind, place), name)
    return {word.code for word in found.words}


def test_every_word_of_the_catalogue_is_listed_with_its_meaning() -> None:
    catalogue = shipped_catalogue()
    assert {each.name for each in LISTS} == {KIND_LIST, *catalogue.enumerations}
    assert all(word.label for each in LISTS for word in each.words)
    for name, words in catalogue.enumerations.items():
        assert codes(name) == set(words)


def test_a_list_names_the_fields_that_take_its_words() -> None:
    fields = {each.name: each.fields for each in LISTS}
    assert "legal.gateway" in fields["gateway"]
    assert "people.part3_category" in fields["person_category_part3"]
    assert "section.statement.source.type" in fields["source_type"]
    assert [name for name in used_by_documents() if not fields[name]] == []


def test_a_list_is_found_by_a_field_as_well() -> None:
    for asked in ("purpose", "purpose_code", "PURPOSE "):
        assert [each.name for each in found_by(LISTS, asked)] == ["purpose"]
    assert found_by(LISTS, "consent.position.says") == found_by(LISTS, "consent_position")
    assert found_by(LISTS, "nothing_like_it") == ()


def test_what_is_not_open_to_an_agency_is_left_out() -> None:
    assert "ca2004_s16LA" in codes("gateway", place="england")
    assert "ca2004_s16LA" not in codes("gateway", place="scotland")
    assert "f_legitimate_interests" not in codes("article_6", kind="council")
    assert "f_legitimate_interests" in codes("article_6", kind="voluntary")
    assert codes("gateway", place="atlantis") == codes("gateway")


@pytest.mark.parametrize(
    ("good", "bad", "near", "name"),
    [
        ('gateway = ["ca2004_s10"]', 'gateway = ["ca2004_s12"]', "ca2004_s10", "gateway"),
        ('urgency = "amber"', 'urgency = "ambr"', "amber", "urgency"),
        ('kind = "reported"', 'kind = "report"', "reported", "kind"),
        ('consent = "not_needed"', 'consent = "not needed"', "not_needed", "consent"),
    ],
)
def test_an_unknown_word_names_near_ones_and_the_list(
    good: str, bad: str, near: str, name: str
) -> None:
    (found,) = [p for p in check(edited((good, bad), text=COMPLETE)).problems if "DOC" in p.code]
    assert re.search(rf"Did you mean .*\b{near}\b", found.message)
    assert found.next.endswith(f"See: phoenix catalogue {name}")
    assert found_by(LISTS, name)


def test_words_that_are_for_other_kinds_of_agency_are_named_as_such() -> None:
    bad = edited(('"e_public_task"', '"e_public"'), text=COMPLETE)
    (found,) = [p for p in check(bad).problems if p.code == "E_DOC_CODE"]
    offered, rest = found.next.split(" Not for your kind of agency: ")
    assert "c_legal_obligation" in offered
    assert rest.startswith("ea_recognised_legitimate_interest, f_legitimate_interests. See:")
    assert "f_legitimate_interests" not in offered
    (elsewhere,) = check(edited(('"amber"', '"ambr"'), text=COMPLETE)).problems
    assert "kind of agency" not in elsewhere.next


def test_an_answer_that_is_given_later_leads_to_the_list_too() -> None:
    gateway = next(entry for entry in declared(Legal) if entry.name == "gateway")
    found = check_answer(gateway, ("legal", "gateway"), ["ca2004_s99"], shipped_catalogue())
    assert found is not None
    assert "Did you mean" in found.message
    assert found.next.endswith("See: phoenix catalogue gateway")


def run(words: list[str], tmp_path: Path) -> int:
    with pytest.raises(SystemExit) as left:
        main(["--home", str(tmp_path / "none"), *words])
    return int(left.value.code or 0)


def test_the_words_are_there_without_a_home(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["--json", "catalogue", "legal.gateway"], tmp_path) == 0
    (found,) = json.loads(capsys.readouterr().out)["lists"]
    assert found["list"] == "gateway"
    assert run(["catalogue"], tmp_path) == 0
    shown = capsys.readouterr().out
    assert "  in legal.gateway" in shown
    assert "ca2004_s16LA" in shown
    assert run(["catalogue", "gatway"], tmp_path) == 2
    assert "gateway" in capsys.readouterr().err


def test_a_home_that_knows_no_directory_yet_leaves_nothing_out(tmp_path: Path) -> None:
    with opened_home(tmp_path / "home") as home:
        assert word_lists_here(home, shipped_catalogue()) == LISTS
