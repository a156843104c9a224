"""By when answers would be due, before a request goes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from agency_client.use_cases.requesting import due_if_asked_now
from tests.client.record_homes import opened_home


@pytest.mark.parametrize(
    ("document", "within"),
    [
        ({"request": {"due": "90m"}}, 5400),
        ({"urgency": "red"}, 4 * 3600),
        ({"urgency": "red", "request": {"due": "2h"}}, 7200),
        ({"request": {"due": "soonish"}}, None),
    ],
)
def test_it_is_as_the_request_says_or_as_its_urgency_says(
    tmp_path: Path, document: dict[str, object], within: int | None
) -> None:
    with opened_home(tmp_path) as home:
        now = home.now()
        due = due_if_asked_now(home, json.dumps(document).encode())
    assert (due - now if due is not None else None) == within
