"""The bad documents that are shipped: each refused unsealed, with every problem, its line and its way out."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from agency_client.record.facts import AttachedFile, Reach
from agency_client.record.reading import read_document
from phoenix_protocol import limits
from phoenix_protocol.errors import RefusedError, UsageError
from tests.client.record_values import ADDRESSES, check, facts

Found = tuple[str, int | None, str]

BAD: dict[str, list[Found]] = {
    "unknown-field.toml": [("E_DOC_FIELD", 35, "section[1].statement[2].autor_role")],
    "untyped.toml": [("E_DOC_UNTYPED", 24, "section[1].statement[1].kind")],
    "no-author.toml": [("E_DOC_AUTHOR", 30, "section[1].statement[2].author")],
    "unknown-recipient.toml": [("E_DOC_RECIPIENT", 3, "to[1]")],
    "no-need-to-know.toml": [
        ("E_DOC_AUDIENCE", 3, "to[1]"),
        ("E_DOC_AUDIENCE", 3, "to[2]"),
        ("E_DOC_NEED_TO_KNOW", 18, "section[1].need_to_know"),
    ],
    "unknown-kind.toml": [("E_DOC_KIND", 25, "section[1].statement[1].kind")],
    "past.toml": [("E_DOC_TIME", 7, "expires")],
    "no-source.toml": [("E_DOC_SOURCE", 24, "section[1].statement[1].source")],
    "basis.toml": [("E_DOC_BASIS", 39, "section[2].statement[1].basis[1]")],
    "not-in-to.toml": [
        ("E_DOC_AUDIENCE", 23, 'section[1].need_to_know."school.nurse@quillmere-health"')
    ],
    "no-decision.toml": [
        ("E_DOC_DECISION", None, "decision.outcome"),
        ("E_DOC_DECISION", None, "decision.decided_by"),
        ("E_DOC_LEGAL", None, "legal.article_6"),
        ("E_DOC_RETENTION", None, "legal.retention"),
    ],
    "secret.toml": [("E_DOC_MARKING", 5, "classification")],
    "consent.toml": [
        ("E_DOC_CONSENT", 42, "legal.article_6"),
        ("E_DOC_CONSENT", None, "consent.explained.why"),
        ("E_DOC_CONSENT", None, "consent.explained.who"),
        ("E_DOC_CONSENT", None, "consent.explained.how_much"),
        ("E_DOC_CONSENT", None, "consent.explained.implications"),
        ("E_DOC_CONSENT", None, "consent.freely_given"),
    ],
    "attachment.toml": [("E_DOC_ATTACHMENT", None, "--attach[1].file")],
    "everything.toml": [
        ("E_DOC_RECIPIENT", 3, "to[1]"),
        ("E_DOC_ENDED", 3, "to[3]"),
        ("E_DOC_PURPOSE", 4, "purpose"),
        ("E_DOC_MARKING", 5, "classification"),
        ("E_DOC_TIME", 6, "expires"),
        ("E_DOC_FIELD", 7, "recipients"),
        ("E_DOC_UNTYPED", 15, "section[1].statement[1].kind"),
        ("E_DOC_PERSON", 17, "section[1].statement[1].about[1]"),
        ("E_DOC_TIME", 18, "section[1].statement[1].as_of"),
        ("E_DOC_KIND", 20, "section[1].statement[2].kind"),
        ("E_DOC_AUTHOR", 22, "section[1].statement[3].author"),
        ("E_DOC_BASIS", 25, "section[1].statement[3].basis[1]"),
        ("E_DOC_SOURCE", 26, "section[1].statement[4].source"),
        ("E_DOC_TYPE", 28, "section[1].statement[4].text"),
        ("E_DOC_NEED_TO_KNOW", 30, "section[2].need_to_know"),
        ("E_DOC_EMPTY", 30, "section[2].statement"),
        ("E_DOC_DUPLICATE", 31, "section[2].id"),
        ("E_DOC_LEGAL", 33, "legal.article_6"),
        ("E_DOC_RETENTION", 33, "legal.retention"),
        ("E_DOC_CODE", 34, "legal.gateway[1]"),
        ("E_DOC_DECISION", None, "decision.outcome"),
        ("E_DOC_DECISION", None, "decision.decided_by"),
    ],
}
UNREADABLE = {"not-toml.txt": 1, "not-utf8.toml": 4}

TOO_LARGE = AttachedFile(section="attendance", name="scan.pdf", size=limits.MIB + 1)


@pytest.fixture
def bad(repository: Path) -> Path:
    return repository / "config" / "demo" / "bad"


def test_every_bad_document_is_tested(bad: Path) -> None:
    assert {path.name for path in bad.iterdir()} == {*BAD, *UNREADABLE}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_document_is_refused_with_every_problem(name: str, bad: Path) -> None:
    attachments = (TOO_LARGE,) if name == "attachment.toml" else ()
    found = check((bad / name).read_bytes(), facts(attachments=attachments))
    assert [(p.code, p.line, p.place) for p in found.problems] == BAD[name]
    assert all(p.message and p.next for p in found.problems)
    with pytest.raises(RefusedError) as caught:
        found.refuse()
    assert caught.value.exit_code == 3
    assert caught.value.problems == found.problems


@pytest.mark.parametrize("name", UNREADABLE)
def test_an_unreadable_document_is_refused_with_its_line(name: str, bad: Path) -> None:
    with pytest.raises(UsageError) as caught:
        read_document((bad / name).read_bytes())
    assert caught.value.exit_code == 2
    (problem,) = caught.value.problems
    assert problem.line == UNREADABLE[name]


@pytest.mark.parametrize(
    ("name", "suggestion"),
    [
        ("unknown-recipient.toml", "mash@ardenfold-police"),
        ("unknown-kind.toml", "record"),
        ("unknown-field.toml", "author_role"),
    ],
)
def test_the_nearest_known_word_is_suggested(name: str, suggestion: str, bad: Path) -> None:
    (problem,) = check((bad / name).read_bytes()).problems
    assert re.search(rf"Did you mean {re.escape(suggestion)}( or \w+)?\?", problem.message)


def test_nobody_who_has_ended_is_suggested(bad: Path) -> None:
    ended = dict.fromkeys(ADDRESSES, Reach.ENDED)
    (problem,) = check(
        (bad / "unknown-recipient.toml").read_bytes(),
        facts(addresses=ended | {"school.nurse@quillmere-health": Reach.IN_FORCE}),
    ).problems
    assert "mash@ardenfold-police" not in problem.message


def test_urgent_lets_go_what_can_follow_and_nothing_else(bad: Path) -> None:
    urgent = facts(urgent=True)
    later = check((bad / "no-decision.toml").read_bytes(), urgent)
    assert later.problems == ()
    assert {"decision.outcome", "decision.decided_by", "legal.article_6", "legal.retention"} <= {
        p.place for p in later.owed
    }
    for name in BAD.keys() - {"no-decision.toml", "attachment.toml"}:
        assert check((bad / name).read_bytes(), urgent).problems, name


def test_the_demonstration_package_is_refused_nowhere(repository: Path) -> None:
    for urgent in (False, True):
        found = check((repository / "config/demo/p1.toml").read_bytes(), facts(urgent=urgent))
        assert found.problems == ()
        assert found.owed == ()
        assert found.prompts == ()
