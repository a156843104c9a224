"""The audit chain holds codes only, and any change to it shows with its place."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agency_client.audit import chain
from agency_client.audit.chain import EMPTY, AuditHead, AuditRow
from phoenix_protocol.identifiers import Seconds

ACTOR = "ab" * 32
CODE = st.from_regex(r"[A-Za-z0-9_.:+/-]{1,80}", fullmatch=True)


def built(count: int) -> tuple[list[AuditRow], AuditHead]:
    rows: list[AuditRow] = []
    head = EMPTY
    for n in range(count):
        row = chain.append(
            head,
            time=Seconds(1000 + n),
            actor=ACTOR,
            action="open",
            on=bytes([n + 1]) * 32,
            detail={"sections": str(n)},
        )
        rows.append(row)
        head = chain.head_of(row)
    return rows, head


def places(rows: list[AuditRow], head: AuditHead, known: AuditHead = EMPTY) -> list[str]:
    problems = chain.verify(rows, head, known=known)
    assert {problem.code for problem in problems} <= {"E_AUDIT_BROKEN"}
    return [problem.place for problem in problems]


@given(count=st.integers(0, 12), known=st.integers(0, 12))
def test_a_chain_as_it_was_written_is_sound(count: int, known: int) -> None:
    rows, head = built(count)
    seen = built(min(known, count))[1]
    assert places(rows, head, seen) == []


@given(
    at=st.integers(0, 7),
    change=st.sampled_from(
        [
            {"time": Seconds(1)},
            {"actor": "manager:" + ACTOR},
            {"action": "send"},
            {"on": bytes(32)},
            {"outcome": "E_SIG"},
            {"detail": {}},
            {"detail": {"sections": "77"}},
        ]
    ),
)
def test_any_change_to_any_row_shows_at_the_next(at: int, change: dict[str, object]) -> None:
    rows, head = built(8)
    rows[at] = replace(rows[at], **change)  # type: ignore[arg-type]
    assert places(rows, head) == [f"audit[{min(at + 2, 8)}]"]


@given(at=st.integers(0, 7))
def test_a_missing_row_shows(at: int) -> None:
    rows, head = built(8)
    del rows[at]
    assert f"audit[{at + 1}]" in places(rows, head)


@given(order=st.permutations(range(6)))
def test_only_one_order_is_sound(order: list[int]) -> None:
    rows, head = built(6)
    assert (places([rows[n] for n in order], head) == []) == (order == sorted(order))


def test_rows_cut_off_the_end_show_by_either_head() -> None:
    rows, head = built(8)
    _, shorter = built(5)
    assert places(rows[:5], head) == ["audit[8]"]
    assert places(rows[:5], shorter) == []
    assert places(rows[:5], shorter, known=head) == ["audit[8]"]
    assert places([], EMPTY, known=head) == ["audit[8]"]


def test_a_chain_written_anew_does_not_run_through_the_head_that_was_known() -> None:
    _, known = built(3)
    other = chain.append(EMPTY, time=Seconds(5), actor=ACTOR, action="open")
    rows = [other]
    for n in range(4):
        rows.append(
            chain.append(chain.head_of(rows[-1]), time=Seconds(6 + n), actor=ACTOR, action="open")
        )
    assert places(rows, chain.head_of(rows[-1])) == []
    assert places(rows, chain.head_of(rows[-1]), known=known) == ["audit[3]"]


def test_two_fields_never_hash_as_one_another() -> None:
    def row(actor: str, action: str) -> bytes:
        return chain.append(EMPTY, time=Seconds(1), actor=actor, action=action).hash

    assert row("ab", "c") != row("a", "bc")


@given(values=st.tuples(CODE, CODE, CODE, CODE, CODE))
def test_codes_numbers_and_hashes_fit(values: tuple[str, str, str, str, str]) -> None:
    actor, action, outcome, key, value = values
    row = chain.append(
        EMPTY,
        time=Seconds(1),
        actor=actor,
        action=action,
        outcome=outcome,
        detail={key: value},
    )
    assert (row.number, row.previous) == (1, bytes(32))


@pytest.mark.parametrize(
    "words",
    ["", "two words", "mash@ardenfold-police", "naïve", "line\n", "x" * 81, "999 041 7008", "a\0b"],
)
@pytest.mark.parametrize("field", ["actor", "action", "outcome", "detail", "detail key"])
def test_words_and_addresses_do_not_fit(field: str, words: str) -> None:
    values: dict[str, object] = {"actor": ACTOR, "action": "open", "outcome": "done"}
    if field.startswith("detail"):
        values["detail"] = {"code": words} if field == "detail" else {words: "code"}
    else:
        values[field] = words
    with pytest.raises(ValueError, match="codes only"):
        chain.append(EMPTY, time=Seconds(1), **values)  # type: ignore[arg-type]


def test_a_row_is_small() -> None:
    for values in (
        {"on": bytes(65)},
        {"detail": {str(n): "x" for n in range(17)}},
    ):
        with pytest.raises(ValueError, match="one id"):
            chain.append(EMPTY, time=Seconds(1), actor=ACTOR, action="open", **values)
