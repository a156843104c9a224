"""What came of saying a notice, for scripts and for a person."""

from __future__ import annotations

from typing import Any

from agency_client.cli.telling import problem_json, tell, tell_problem
from phoenix_protocol.errors import Problem


def given_json(given: Any) -> dict[str, Any]:
    """What was said, as scripts see it."""
    return {
        "notice": given.notice.hex(),
        "package": given.package.hex(),
        "statement": given.called,
        "to": list(given.audience),
        "repeated": given.repeated,
        "warnings": [problem_json(problem) for problem in _warnings(given)],
    }


def tell_given(given: Any) -> None:
    """The same for a person."""
    for problem in _warnings(given):
        tell_problem(problem)
    if given.repeated:
        tell("This was said before. Nobody is told twice.")
    tell(f"Said of {given.called}, to:")
    for address in given.audience:
        tell(f"  {address}")
    tell(f"See who has answered: phoenix status {given.package.hex()[:12]}")


def _warnings(given: Any) -> list[Problem]:
    if not given.left_out:
        return list(given.hints)
    return [
        *given.hints,
        Problem(
            code="W_NO_KEY",
            message=f"{len(given.left_out)} machines of those who were told have no key and get nothing.",
            next="Their desk has it. Ask them to run 'phoenix inbox' on those machines.",
        ),
    ]
