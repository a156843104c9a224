"""A partnership's own catalogue: it adds words and tightens them; whatever loosens is refused with its line."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from agency_client.record.catalogue import Whose
from agency_client.record.catalogue_file import FORMAT
from agency_client.record.drafting import draft_package
from agency_client.record.local_catalogue import CLOSED, with_local
from agency_client.record.placement import Rules
from agency_client.record.reading import read_document
from agency_client.record.shipped import shipped_catalogue
from agency_client.use_cases.catalogues import adopt_catalogue, catalogue_of, drop_catalogue
from agency_client.use_cases.home import Home
from phoenix_protocol.errors import UsageError
from phoenix_protocol.suite.hashing import sha256
from tests.client.record_homes import opened_home
from tests.client.record_values import COMPLETE, check, edited, facts, told
from tests.client.test_record_drafting import opened, setting
from tests.protocol.seeded_randomness import SeededRandomness

HEAD = 'format = 1\nversion = "Quillmere 1"\n'


@pytest.fixture(scope="module")
def example(repository: Path) -> bytes:
    return (repository / "config" / "demo" / "catalogue.toml").read_bytes()


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    with opened_home(tmp_path / "home") as home:
        yield home


def test_a_word_that_was_added_can_be_used(example: bytes) -> None:
    text = edited(("urgency =", 'purpose_code = ["quillmere_night_bus"]\nurgency ='))
    assert told(check(text)) == {"problem E_DOC_CODE purpose_code[1]"}
    ours = with_local(shipped_catalogue(), example)
    assert told(check(text, facts(catalogue=ours))) == set()


def test_what_was_tightened_counts_where_documents_are_checked(example: bytes) -> None:
    ours = with_local(shipped_catalogue(), example)
    kept_from_us = edited(("ca2004_s10", "cda1998_s115"))
    assert check(kept_from_us).problems == ()
    assert [p.code for p in check(kept_from_us, facts(catalogue=ours)).problems] == ["E_DOC_LEGAL"]
    ended = edited(('"e_public_task"', '"b_contract"'))
    said = [w.message for w in check(ended, facts(catalogue=ours)).warnings]
    assert any("not in force today" in message for message in said)
    assert not any("not in force" in w.message for w in check(ended).warnings)


def test_what_changes_in_a_list_changes_in_those_that_include_it() -> None:
    data = HEAD + '[power]\ncodes = [{ code = "ca2004_s10", warn = "Ask first." }]\n'
    ours = with_local(shipped_catalogue(), data.encode())
    found = ours.find("gateway", "ca2004_s10")
    assert found is not None
    assert found.warn is not None
    assert found.warn.endswith("Ask first.")


NEW = 'from = 2026-01-01\njurisdiction = ["england"]\nwho_may_use = ["anyone"]\nsource = "s"\nconfirmed = true\n'
REFUSED = {
    "a later format": (HEAD.replace("1", str(FORMAT + 1), 1), 1, "later version"),
    "no version": ("format = 1\n", None, "version"),
    "a list that is not there": (HEAD + "[purposes]\ncodes = []\n", 3, "no list"),
    "another title": (HEAD + '[purpose]\ntitle = "x"\n', 4, "title"),
    "another label": (
        HEAD + '[article_6]\ncodes = [{ code = "a_consent", label = "Best" }]\n',
        4,
        "label",
    ),
    "an earlier beginning": (
        HEAD + '[article_6]\ncodes = [{ code = "a_consent", from = 1990-01-01 }]\n',
        4,
        "loosen",
    ),
    "more users": (
        HEAD + '[grade_scheme]\ncodes = [{ code = "3x5x2", who_may_use = ["police", "health"] }]\n',
        4,
        "loosen",
    ),
    "a marking": (
        HEAD + f'[classification]\n{NEW}codes = [{{ code = "SECRET", label = "Secret" }}]\n',
        9,
        "Nothing can be added",
    ),
    "a word without its source": (
        HEAD + '[purpose]\ncodes = [{ code = "x", label = "X" }]\n',
        4,
        "has no",
    ),
    "an unknown kind of agency": (
        HEAD + '[article_6]\ncodes = [{ code = "a_consent", not_for = ["pub"] }]\n',
        4,
        "kind of agency",
    ),
    "a word twice": (
        HEAD + '[article_6]\ncodes = [{ code = "a_consent" },\n{ code = "a_consent" }]\n',
        5,
        "twice",
    ),
    "no TOML": (HEAD + "[purpose\n", 3, ""),
}


@pytest.mark.parametrize("name", REFUSED)
def test_whatever_would_loosen_is_refused_with_its_line(name: str, home: Home) -> None:
    text, line, reason = REFUSED[name]
    with pytest.raises(UsageError) as caught:
        adopt_catalogue(home, text.encode())
    assert caught.value.code == "E_CATALOGUE"
    problem = caught.value.problems[0]
    assert problem.line == line
    assert reason in problem.message
    assert catalogue_of(home) == shipped_catalogue(), "nothing is changed"


def test_no_list_that_rules_rely_on_grows() -> None:
    assert {"classification", "agency_kind", "jurisdiction"} == CLOSED


def test_it_is_adopted_and_dropped_on_the_record(home: Home, example: bytes) -> None:
    adopted = adopt_catalogue(home, example)
    assert adopted.named(Whose.PARTNERSHIP) == ("Quillmere 2026-11", sha256(example))
    assert catalogue_of(home) == adopted
    assert drop_catalogue(home) == catalogue_of(home) == shipped_catalogue()
    with home.vault.reading() as view:
        actions = [row.action for row in view.audit.rows()]
    assert actions[-2:] == ["catalogue.adopted", "catalogue.dropped"]


def test_a_package_cites_both_catalogues(example: bytes) -> None:
    ours = with_local(shipped_catalogue(), example)
    where = setting(rules=Rules(protocol="Quillmere 1", catalogue=ours))
    draft = draft_package(read_document(COMPLETE.encode()), where, (), SeededRandomness(0))
    answers = opened(draft)["legal"].answers
    assert answers["catalogue.digest"] == (shipped_catalogue().digest.hex(),)
    assert answers["catalogue.local_version"] == ("Quillmere 2026-11",)
    assert answers["catalogue.local_digest"] == (sha256(example).hex(),)
