"""docs/protocol.md taken apart: its headings, the tables and code blocks below each."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_HEADING: Final = re.compile(r"^(#{2,4}) (.+)$")
_NOT_BUILT: Final = " (not built yet)"
#: A cell ends at a bar that is not escaped.
_CELLS: Final = re.compile(r"(?<!\\)\|")


@dataclass(frozen=True, kw_only=True)
class Section:
    """What stands between one heading and the next."""

    title: str
    level: int
    text: str

    def table(self, *columns: str) -> list[list[str]]:
        """The rows of the first table here with these columns; an empty list when there is none."""
        return next(iter(self.tables(*columns)), [])

    def tables(self, *columns: str) -> list[list[list[str]]]:
        """The rows of every table here with these columns."""
        lines = [line.strip() for line in self.text.splitlines()]
        found = []
        for n, line in enumerate(lines):
            if _cells(line) == list(columns):
                rows = []
                for row in lines[n + 2 :]:
                    if not row.startswith("|"):
                        break
                    rows.append(_cells(row))
                found.append(rows)
        return found

    def block(self, language: str) -> str | None:
        """The first code block here in a language."""
        match = re.search(rf"^```{language}\n(.*?)\n```$", self.text, re.MULTILINE | re.DOTALL)
        return match[1] if match else None


@dataclass(frozen=True, kw_only=True)
class Page:
    """The whole page."""

    text: str
    sections: tuple[Section, ...]

    def section(self, title: str) -> Section:
        """The one section of a title."""
        found = [section for section in self.sections if section.title == title]
        assert len(found) == 1, f"{len(found)} sections are called {title}"
        return found[0]

    def messages(self, *, built: bool = True) -> dict[str, Section]:
        """The sections that describe a message, by its name."""
        described = (
            section
            for section in self.sections
            if section.table("field", "type", "required", "meaning")
        )
        return {
            section.title.removesuffix(_NOT_BUILT): section
            for section in described
            if section.title.endswith(_NOT_BUILT) is not built
        }

    def under(self, title: str) -> list[Section]:
        """A section, and those of a lower level that follow it."""
        first = self.sections.index(self.section(title))
        level = self.sections[first].level
        found = [self.sections[first]]
        for section in self.sections[first + 1 :]:
            if section.level <= level:
                break
            found.append(section)
        return found


def read_page(path: Path) -> Page:
    """The page in a file."""
    text = path.read_text("utf-8")
    sections: list[Section] = []
    title, level, lines, in_block = "", 1, list[str](), False
    for line in [*text.splitlines(), "## "]:
        in_block ^= line.startswith("```")
        heading = None if in_block else _HEADING.match(line + ("end" if line == "## " else ""))
        if heading is None:
            lines.append(line)
            continue
        sections.append(Section(title=title, level=level, text="\n".join(lines)))
        title, level, lines = heading[2], len(heading[1]), []
    return Page(text=text, sections=tuple(sections))


def _cells(line: str) -> list[str]:
    if not (line.startswith("|") and line.endswith("|")):
        return []
    return [cell.strip() for cell in _CELLS.split(line[1:-1])]
