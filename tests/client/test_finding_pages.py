"""What was found is summed up in a line, and grouped so that a person reads each thing once."""

from __future__ import annotations

from dataclasses import replace

import pytest

from agency_client.cli.drafting import tell_findings
from agency_client.cli.finding_pages import problem_lines, summed_up
from agency_client.record.facts import Compared
from agency_client.record.findings import Finding, gather, owed, problem, prompt, warning
from agency_client.record.reading import read_document
from phoenix_protocol.errors import Problem
from phoenix_protocol.identifiers import Address
from tests.client.record_values import COMPLETE, check, edited

STOPPED = problem("E_DOC_CODE", ("urgency",), "No such word.")
WARNED = warning("W_DOC_CHECKED", ("quality",), "Not said when.")
ASKED = prompt("KM3", ("decision", "why_enough"), "Is it enough?")
OWED = owed("Q6", ("section", 0, "about"), "Say whom.")


@pytest.mark.parametrize(
    ("found", "of", "line"),
    [
        ((), "package", "Ready to send."),
        (
            (WARNED, ASKED, OWED),
            "request",
            "Ready to send. 1 warning, 1 thing to think about, 1 answer owed.",
        ),
        ((STOPPED,), "package", "Cannot be sent yet: 1 thing to mend."),
        ((STOPPED, OWED), "decision", "Cannot be recorded yet: 1 thing to mend. 1 answer owed."),
        ((WARNED,), "record", "Ready to be recorded. 1 warning."),
    ],
)
def test_one_line_says_whether_it_can_go_on(found: tuple[Finding, ...], of: str, line: str) -> None:
    assert summed_up(gather(read_document(COMPLETE.encode()), found), of) == line


def test_several_are_counted() -> None:
    found = check(
        edited(
            ('urgency = "amber"\n', ""),
            ('expires = "14d"\n', ""),
            ('if_shared = "They act"\n', ""),
            ('welfare = "Safety first"\n', ""),
        )
    )
    assert summed_up(found) == "Ready to send. 2 warnings, 2 answers owed."


def twice(finding: Problem) -> list[Problem]:
    return [
        replace(finding, place="section[1].x", line=3),
        replace(finding, place="section[2].x", line=9),
    ]


def test_what_is_the_same_is_said_once_with_every_place() -> None:
    same = Problem(code="O_Q6", message="Say whom.", next="Do it.")
    assert list(problem_lines(twice(same))) == [
        "O_Q6  Say whom.",
        "    section[1].x, line 3; section[2].x, line 9",
        "  Do it.",
    ]


def test_many_places_fill_few_lines_that_fit_a_screen() -> None:
    same = Problem(code="O_Q6", message="Say whom.", next="Do it.")
    many = [replace(same, place=f"section[{n}].confidential", line=n) for n in range(1, 21)]
    lines = list(problem_lines(many))
    assert len(lines) < 12
    assert max(map(len, lines)) <= 110
    for each in many:
        assert f"{each.place}, line {each.line}" in "".join(lines)


def test_what_stops_a_package_is_told_last(capsys: pytest.CaptureFixture[str]) -> None:
    found = gather(read_document(COMPLETE.encode()), (STOPPED, WARNED, ASKED, OWED))
    compared = (Compared(address=Address("a@b")), Compared(address=Address("c@d")))
    tell_findings(replace(found, compared=compared))
    told = capsys.readouterr()
    assert told.out.startswith("Cannot be sent yet")
    places = [told.out.index(each) for each in ("P_KM3", "O_Q6", "W_DOC_CHECKED", "E_DOC_CODE")]
    assert places == sorted(places)
    assert told.out.count("a@b, c@d") == 1
    assert told.out.index("a@b, c@d") < told.out.index("E_DOC_CODE")


def test_a_way_out_that_several_share_is_said_once_after_them() -> None:
    document = read_document(COMPLETE.encode())
    other = owed("CF1", ("section", 1, "confidential"), "Say why.")
    lines = list(problem_lines(gather(document, (OWED, other)).owed))
    ways_out = [
        line
        for line in lines
        if line.startswith("  Answer it in the place that is named, now or later.")
    ]
    assert (lines[0].split()[0], len(lines), len(ways_out)) == ("O_Q6", 5, 1)
    assert lines[-1:] == ways_out


def test_a_way_out_that_holds_the_name_of_a_place_as_a_word_stays_as_it_is() -> None:
    mend = problem("E_DOC_AUDIENCE", ("to",), "No section is for this address.")
    lines = list(problem_lines(gather(read_document(COMPLETE.encode()), (mend,)).problems))
    assert lines[-1].strip() == mend.remedy
    both = list(problem_lines([*gather(read_document(COMPLETE.encode()), (mend,)).problems] * 2))
    assert both[-1].strip() == mend.remedy


def test_what_others_wrote_is_shown_and_not_obeyed() -> None:
    found = Problem(code="E_X", message="\x1b[31mred", next="n\x9b", place="a\x07")
    for shown in (problem_lines([found]), problem_lines([found, found])):
        assert set("\x1b\x9b\x07").isdisjoint("".join(shown))
