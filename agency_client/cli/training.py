"""Training of whoever works here: record it, list it, be warned when it has ended."""

from __future__ import annotations

from typing import Any

import click

from agency_client.cli.options import command
from agency_client.cli.running import as_json, run
from agency_client.cli.telling import moment, spoken_day, table, tell, tell_json, warn
from agency_client.cli.texts import LINE
from phoenix_protocol.errors import UsageError
from phoenix_protocol.identifiers import Seconds


@command("training")
@click.option("--valid-until", metavar="DAY", help="The last day for which it holds: 2027-09-30.")
@click.option("--what", type=LINE, help="What it was: Information sharing, level 2.")
@click.option("--held", metavar="DAY", help="When it was held.")
@click.option("--person", type=LINE, help="Whose it is, where several people work here.")
@click.pass_context
def training(
    ctx: click.Context,
    valid_until: str | None,
    what: str | None,
    held: str | None,
    person: str | None,
) -> None:
    """List the training of whoever works here, or record one with --valid-until. It stays here.

    You are warned when it has ended; nothing ever waits for it. Works without the relay.
    """
    new = _new(valid_until, what, held, person)

    async def work(client: Any) -> Any:
        number = await client.record_training(new) if new is not None else None
        return number, await client.trainings()

    number, lines = run(ctx, work)
    if any(line.ended and line.is_newest for line in lines):
        warn("Training that is recorded here has ended.")
    if as_json(ctx):
        tell_json({"record": _name(number), "training": [_training_json(line) for line in lines]})
        return
    if number is not None:
        tell(f"Recorded as {_name(number)}. It stays here.")
    elif not lines:
        tell("No training is recorded here.")
    else:
        _tell(lines)


def _new(valid_until: str | None, what: str | None, held: str | None, person: str | None) -> Any:
    """The training to record; None where there is none. Raises UsageError ``E_USAGE``."""
    from agency_client.use_cases.training import Training

    if valid_until is None:
        if what or held or person:
            raise UsageError(
                "E_USAGE",
                "Say until when the training holds.",
                next="Add --valid-until 2027-09-30.",
            )
        return None
    if held is not None:
        _days(held)
    return Training(
        what=what or "Training",
        valid_until=Seconds(_days(valid_until)[1]),
        person=person,
        held=held,
    )


def _days(text: str) -> tuple[int, int]:
    """The first and last second of a day as it is typed. Raises UsageError ``E_USAGE``."""
    from agency_client.record.when import span

    found = span(text)
    if found is None:
        raise UsageError(
            "E_USAGE", "This is not a day.", next="Write it as year-month-day: 2027-09-30."
        )
    return found.first, found.last


def _name(number: int | None) -> str | None:
    from agency_client.use_cases.record_names import record_name

    return record_name(number) if number is not None else None


def _training_json(line: Any) -> dict[str, Any]:
    said = line.training
    return {
        "record": _name(line.record),
        "person": said.person,
        "what": said.what,
        "held": said.held,
        "valid_until": moment(said.valid_until),
        "ended": line.ended,
        "newest": line.is_newest,
    }


def _tell(lines: Any) -> None:
    rows = []
    for line in lines:
        said = line.training
        state = "ended" if line.ended else "holds"
        state = state if line.is_newest else "renewed since"
        until = spoken_day(said.valid_until)
        rows.append((said.person or "", said.what, said.held or "", until, state))
    table(("Who", "What", "Held", "Until", "State"), rows)
