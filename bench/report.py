"""A table on the terminal, the same as JSON under build/bench/, and whether each target was met."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

FOLDER = Path("build/bench")
_LIBRARIES = ("cryptography", "pynacl", "cbor2", "aiohttp", "sqlalchemy", "pysequoia")

Cell = str | float | int | bool | None
Row = Mapping[str, Cell]


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What was asked for, what was found, and whether that is enough. ``None`` is a target that could not be run."""

    wanted: str
    found: str
    met: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One module's results. ``columns`` names the keys of the rows that are printed, in their order."""

    name: str
    title: str
    columns: Sequence[str]
    rows: Sequence[Row]
    notes: Sequence[str] = ()
    targets: Sequence[Target] = ()
    detail: Mapping[str, object] = field(default_factory=dict)


def machine() -> dict[str, object]:
    """What the figures depend on, without anything that tells one machine from another of its kind."""
    return {
        "cores": len(os.sched_getaffinity(0)),
        "machine": platform.machine(),
        "python": platform.python_version(),
        "libraries": {name: _version(name) for name in _LIBRARIES},
        "load": [round(load, 1) for load in os.getloadavg()],
    }


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "absent"


def show(report: Report) -> None:
    """Print the table, its notes and its targets."""
    print(f"\n{report.title}\n")
    header = list(report.columns)
    cells = [[_cell(row.get(column)) for column in header] for row in report.rows]
    widths = [max(len(line[n]) for line in [header, *cells]) for n in range(len(header))]
    for line in [header, ["-" * width for width in widths], *cells]:
        print("  " + "  ".join(text.rjust(width) for text, width in zip(line, widths, strict=True)))
    for note in report.notes:
        print(f"  * {note}")
    for target in report.targets:
        word = {True: "met", False: "NOT MET", None: "not run"}[target.met]
        print(f"  {word}: {target.wanted}: {target.found}")


def _cell(value: Cell) -> str:
    if value is None:
        return "-"
    if isinstance(value, float):
        return (
            f"{value:.3f}"
            if abs(value) < 10
            else f"{value:,.1f}"
            if abs(value) < 1000
            else f"{value:,.0f}"
        )
    return str(value)


def save(report: Report) -> Path:
    """Write the report as JSON; its path."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    path = FOLDER / f"{report.name}.json"
    document = {"machine": machine(), **asdict(report)}
    path.write_text(json.dumps(document, indent=1), encoding="utf-8")
    return path
