"""Numbers that carry a check digit: one that does not fit was typed wrongly, or is somebody else's. It only warns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from agency_client.record.findings import Finding, warning
from agency_client.record.statements import Person

#: Numbers of ten digits of which the last checks the others, modulo 11, by what people call them.
_CHECKED: Final = {
    "nhs": "NHS number",
    "nhs number": "NHS number",
    "nhs no": "NHS number",
    "chi": "CHI number",
    "chi number": "CHI number",
    "h c number": "Health and Care number",
    "health and care number": "Health and Care number",
}
_DIGITS: Final = 10
_SEPARATORS: Final = str.maketrans("", "", " -\u00a0\u2009\u202f")


def checked(people: Iterable[Person]) -> Iterator[Finding]:
    """An NHS, CHI or Health and Care number has ten digits, and its last one holds. The number is never repeated."""
    for person in people:
        for name, number in person.identifiers.items():
            called = _CHECKED.get(" ".join(name.casefold().replace("_", " ").split()))
            wrong = _wrong(number) if called and number.strip() else None
            if wrong is not None and not person.copied:
                at = (*person.at, "identifiers", name)
                yield warning(
                    "W_DOC_NUMBER", at, f"This cannot be a {called}: {wrong}.", clause="Q6"
                )


def _wrong(number: str) -> str | None:
    """What is wrong with a number of ten digits of which the last checks the others; None where nothing is."""
    digits = number.translate(_SEPARATORS)
    if not (digits.isascii() and digits.isdigit() and len(digits) == _DIGITS):
        return "it has ten digits and nothing else"
    return None if holds(digits) else "its last digit does not fit the others"


def holds(digits: str) -> bool:
    """Whether the last of ten digits checks the nine before it: eleven minus their weighted sum modulo eleven."""
    weighted = sum(int(d) * weight for d, weight in zip(digits, range(10, 1, -1), strict=False))
    return (11 - weighted % 11) % 11 == int(digits[-1])
