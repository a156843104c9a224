"""The template: whoever reads it and nothing else can write a package."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from typing import Any

from agency_client.record.document import Document
from agency_client.record.reading import read_document
from agency_client.record.shipped import shipped_catalogue, shipped_clauses, template
from agency_client.record.tables import declared
from phoenix_protocol.record import CLASS_OF
from tests.client.record_values import check, edited, facts

#: A field that can be left out: its line starts with # and no blank.
OUT = re.compile(r"^#(?=[\[a-z])", re.MULTILINE)


def in_full() -> str:
    """The template with every field that can be left out put in."""
    return OUT.sub("", template())


def fields(table: Any, path: str = "") -> Iterator[str]:
    for entry in declared(table):
        yield f"{path}{entry.name}"
        inner = getattr(entry.reader, "table", None)
        if inner is not None:
            yield from fields(inner, f"{path}{entry.name}.")


def written(value: Any, path: str = "") -> Iterator[str]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield f"{path}{name}"
            yield from written(inner, f"{path}{name}.")
    if isinstance(value, list):
        for inner in value:
            yield from written(inner, path)


def test_every_field_is_in_the_template_and_no_other() -> None:
    shown = set(written(tomllib.loads(in_full())))
    known = set(fields(Document))
    own_names = {"section.need_to_know.", "people.identifiers.", "local."}
    assert known - shown == set()
    assert {name for name in shown - known if not name.startswith(tuple(own_names))} == set()


def test_every_field_is_explained_in_the_line_before_it_or_beside_its_kin() -> None:
    lines = template().splitlines()
    for n, line in enumerate(lines):
        if not re.match(r"#?[a-z_]+ = ", line):
            continue
        before = next(
            text for text in reversed(lines[:n]) if not re.match(r"#?[a-z_]+ = ", text) and text
        )
        assert before.startswith(("#", "[")), line


def test_nothing_in_the_template_is_wrong_but_what_the_author_must_fill_in() -> None:
    must = {
        "to[1]",
        "purpose",
        "people[1].name",
        "section[1].need_to_know",
        "section[1].statement[1].kind",
        "section[1].statement[1].text",
        "decision.outcome",
        "decision.decided_by",
        "legal.article_6",
        "legal.retention",
    }
    assert {p.place for p in check(template()).problems} == must
    assert read_document(in_full().encode()).faults.problems[0].place == "to[1]"
    assert len(read_document(in_full().encode()).faults.problems) == 1


def test_the_examples_in_the_template_are_good() -> None:
    assert {p.place for p in check(in_full()).problems} <= {
        *("to[1]", "purpose", "supersedes", "people[1].name", "section[1].need_to_know"),
        *("section[1].statement[1].kind", "section[1].statement[1].text"),
        *("section[1].statement[1].basis[1]", "decision.outcome", "decision.decided_by"),
        "section[1].statement[1].copy_of",
        "legal.retention",
    }


def filled_in() -> str:
    return edited(
        ('to = [""]', 'to = ["mash@ardenfold-police"]'),
        ('purpose = ""', 'purpose = "Ask for advice"'),
        ('name = ""\n#role', 'name = "Lead"\n#role'),
        ('phone = ""', 'phone = "01632 960 001"'),
        ('\nname = ""\n# Who they are', '\nname = "Jordan T"\n# Who they are'),
        (
            "[section.need_to_know]\n",
            '[section.need_to_know]\n"mash@ardenfold-police" = "To advise"\n',
        ),
        ('kind = ""', 'kind = "observed"'),
        ('text = ""', 'text = "Jordan got into a car"'),
        ('outcome = ""', 'outcome = "share_part"'),
        ('decided_by = ""', 'decided_by = "Lead"'),
        ('article_6 = ""', 'article_6 = "e_public_task"'),
        ('retention = ""', 'retention = "safeguarding_default"'),
        text=template(),
    )


def test_a_filled_in_template_can_be_sent() -> None:
    check(filled_in(), facts()).refuse()


#: A line of an example that is shown indented in notes.
EXAMPLE = re.compile(r"^#     (.*\n)", re.MULTILINE)


def test_the_example_of_a_protected_source_is_good_and_protects_it() -> None:
    shown = template().partition("# Example: a friend told you")[2].partition("# To pass on")[0]
    source, _, rest = "".join(EXAMPLE.findall(shown)).partition("[[people]]")
    assert tomllib.loads(source)["source"] == {"type": "peer", "identity_protected": True}
    text = edited(
        ('\nto = ["mash@', '\nto = ["front.door@quillmere-council", "mash@'),
        ("[decision]", f"[[people]]{rest}\n[decision]"),
        text=filled_in(),
    )
    assert check(text, facts()).problems == ()
    named = edited(('text = "Jordan got', 'text = "Sam R saw that Jordan got'), text=text)
    assert {p.code for p in check(named, facts()).problems} == {"E_DOC_PROTECTED"}


def test_codes_of_urgency_and_handling_are_explained_in_one_line_each() -> None:
    for name in ("urgency", "handling"):
        for word in shipped_catalogue().enumerations[name]:
            assert re.search(rf"^#   {word} +\w+ \w+", template(), re.MULTILINE), word


def test_what_the_template_says_of_texts_and_times_is_so() -> None:
    head = template().partition("# -- The cover")[0]
    quoted = ("'''" + 'She said "no"' + "'''", '"Don\'t"')
    for said in (*quoted, "2026-11-20", '"2026-11"', "2026-11-19T15:20"):
        assert said in head, said
        assert read_document(f"purpose = {said}".encode())
    assert "2026-11-19T15:20:00Z" in head


def test_the_words_that_can_stand_in_a_field_are_in_the_template() -> None:
    text = template()
    shown_in_full = (
        *(
            "classification",
            "permitted_action",
            "urgency",
            "confidential",
            "sensitivity",
            "source_type",
        ),
        *(
            "verification",
            "statement_flag",
            "special_category",
            "decision_outcome",
            "more_harm",
            "regime",
        ),
        *(
            "article_6",
            "article_6_condition",
            "article_9",
            "article_10",
            "confidence_basis",
            "purpose",
        ),
        *(
            "public_interest_ground",
            "consent",
            "consent_not_sought_reason",
            "informed",
            "three_way",
        ),
        *("consent_needed", "consent_capacity", "capacity_outcome", "identifier_absent_reason"),
        *("person_category_part3",),
    )
    for name in shown_in_full:
        for word in shipped_catalogue().enumerations[name]:
            assert word in text, f"{name}: {word}"
    for kind, class_ in CLASS_OF.items():
        assert re.search(rf"^#.*\b{kind.value}\b", text, re.MULTILINE)
        assert class_.value in text


def test_the_checklist_of_the_protocol_is_in_the_template() -> None:
    """Each of the sixteen questions can be answered in a field of the template, or is answered by the software."""
    text = in_full()
    questions = [c for c in shipped_clauses().values() if c.question]
    assert len(questions) == 16
    for clause in questions:
        for path in clause.fields:
            assert re.search(
                rf'^"?{path.rpartition(".")[2]}\b|^\[.*{path.rpartition(".")[2]}',
                text,
                re.MULTILINE,
            ), path


def test_nothing_in_the_template_is_too_wide_for_a_screen() -> None:
    assert max(len(line) for line in template().splitlines()) <= 150
