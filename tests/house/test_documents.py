"""The documents say what is there: dependencies, commands, links, the sequence by hand."""

from __future__ import annotations

import re
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

BUILT = {".venv", ".tools", "build", "dist", "mutants", "node_modules"}
LINK = re.compile(r"\]\(([^)\s]+)\)")


def documents(repository: Path) -> Iterator[Path]:
    """Every Markdown document of the repository, none of what is installed or built in it."""
    for path in sorted(repository.rglob("*.md")):
        parts = path.relative_to(repository).parts
        if not any(part in BUILT or part.startswith(".venv") for part in parts):
            yield path


def names_of(requirements: list[str]) -> set[str]:
    """The distributions that requirements name, without versions, extras or markers."""
    return {re.split(r"[\s<>=!~;\[]", requirement, maxsplit=1)[0] for requirement in requirements}


def declared(repository: Path) -> dict[str, set[str]]:
    """Every dependency that pyproject.toml declares, by where it is declared."""
    settings = tomllib.loads((repository / "pyproject.toml").read_text("utf-8"))
    groups = {"runtime": names_of(settings["project"]["dependencies"])}
    for extra, requirements in settings["project"].get("optional-dependencies", {}).items():
        groups[extra] = names_of(requirements)
    for group, requirements in settings["dependency-groups"].items():
        groups[group] = names_of([item for item in requirements if isinstance(item, str)])
    return groups


def documented(repository: Path) -> dict[str, str]:
    """The dependencies that docs/dependencies.md has a row for, with their reasons."""
    text = (repository / "docs" / "dependencies.md").read_text("utf-8")
    text = text.split("## Considered", 1)[0]
    rows = re.findall(r"^\| `([^`]+)` \| (.+?) \|", text, re.MULTILINE)
    return dict(rows)


def test_every_dependency_has_its_reason(repository: Path) -> None:
    wanted = set().union(*declared(repository).values())
    reasons = documented(repository)
    assert wanted - set(reasons) == set(), "declared in pyproject.toml, without a reason"
    assert set(reasons) - wanted == set(), "documented, not declared any more"
    assert [name for name, reason in reasons.items() if len(reason) < 15] == []


def test_every_command_of_make_is_in_its_help_and_in_contributing(repository: Path) -> None:
    makefile = (repository / "Makefile").read_text("utf-8")
    targets = set(re.findall(r"^([a-z-]+):(?!=)", makefile, re.MULTILINE))
    done = subprocess.run(["make", "help"], cwd=repository, capture_output=True, text=True)
    helped = set(re.findall(r"^\s+make ([a-z-]+)", done.stdout, re.MULTILINE))
    assert helped == targets
    contributing = (repository / "CONTRIBUTING.md").read_text("utf-8")
    assert {target for target in targets if f"`make {target}`" not in contributing} == set()


def test_links_between_documents_lead_somewhere(repository: Path) -> None:
    broken = [
        f"{document.relative_to(repository)}: {link}"
        for document in documents(repository)
        for link in LINK.findall(document.read_text("utf-8"))
        if "://" not in link
        and not link.startswith(("#", "mailto:"))
        and not (document.parent / link.split("#", 1)[0]).exists()
    ]
    assert broken == []


def test_documents_name_only_files_that_are_there(repository: Path) -> None:
    """A path in backquotes that starts with a room is a promise."""
    rooms = "phoenix_protocol|keys|phoenix_relay|agency_client|config|tests|deploy|docs|bench"
    path = re.compile(rf"`((?:{rooms})/[\w./-]+)`")
    missing = [
        f"{document.name}: {name}"
        for document in documents(repository)
        for name in path.findall(document.read_text("utf-8"))
        if not (repository / name).exists()
    ]
    assert missing == []


@pytest.mark.parametrize("name", ["README.md", "SECURITY.md", "CONTRIBUTING.md", "CHANGELOG.md"])
def test_the_first_documents_are_in_the_repository(repository: Path, name: str) -> None:
    assert len((repository / name).read_text("utf-8")) > 400


def test_decision_records_are_numbered_and_have_their_parts(repository: Path) -> None:
    records = sorted((repository / "docs" / "adr").glob("[0-9]*.md"))
    numbers = [int(record.name[:4]) for record in records]
    assert numbers == list(range(len(numbers)))
    for record in records:
        text = record.read_text("utf-8")
        for part in ("## Why", "## Decision", "## What follows"):
            assert part in text, f"{record.name} has no {part}"


def test_the_sequence_by_hand_says_how_not_to_type_the_passphrase_each_time(
    repository: Path,
) -> None:
    readme = (repository / "README.md").read_text("utf-8")
    section = readme.split("## From nothing to a package, by hand", 1)[1].split("## ", 1)[0]
    before_the_commands = section.split("```", 1)[0]
    assert "PHOENIX_PASSPHRASE_FILE" in before_the_commands
    assert "agent" in before_the_commands
