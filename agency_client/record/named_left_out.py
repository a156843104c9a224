"""What was left out of a bundle of evidence, by name: for whoever made it, and for nobody who gets it. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from agency_client.record.opened import ReadSection
from phoenix_protocol.evidence.verify import VerifiedBundle
from phoenix_protocol.identifiers import SegmentId


def named_left_out(
    whole: Iterable[tuple[SegmentId, ReadSection]], proved: VerifiedBundle
) -> tuple[str, ...]:
    """A line for each section, person, statement and file that the home has and the bundle does not show.

    ``whole`` are the sections as they are read here, without the words of what is restricted. Lines are literal.
    """
    shown = {
        section.entry.segment: frozenset(item.id for _, item in section.items)
        for section in proved.parts.sections
    }
    return tuple(
        line
        for segment, section in whole
        for line in (
            _of_section(section, shown[segment])
            if segment in shown
            else (f"The section {section.title}",)
        )
    )


def _of_section(section: ReadSection, shown: frozenset[bytes]) -> Iterator[str]:
    title = f"the section {section.title}"
    for person in section.people:
        if person.id not in shown:
            yield f"The person {person.said.name}, in {title}"
    for number, statement in enumerate(section.statements, 1):
        if statement.id not in shown:
            yield f"Statement {number} ({statement.class_.value}) of {title}: {statement.said.text}"
    for file in section.attachments:
        if file.id not in shown:
            yield f"The file {file.said.name}, in {title}"
