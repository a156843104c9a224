"""What a form sent: texts by the names of its fields, kept exactly as they were typed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

#: The field that binds a form to its session.
TOKEN: Final = "form_token"  # noqa: S105  # the name of a field
#: The most bytes of a form without files.
FORM_BYTES: Final = 2 << 20


@dataclass(frozen=True, slots=True)
class Form:
    """The fields of a form in the order in which they came."""

    fields: Sequence[tuple[str, str]] = ()

    def text(self, name: str) -> str:
        """The first value of a field; empty when it was not sent. Line ends are those of this system."""
        return next((value for known, value in self.fields if known == name), "")

    def texts(self, name: str) -> tuple[str, ...]:
        """Every value of a field: ticked boxes."""
        return tuple(value for known, value in self.fields if known == name)

    def has(self, name: str) -> bool:
        """Whether the field was sent: a pressed button, a ticked box."""
        return any(known == name for known, _ in self.fields)

    def without(self, name: str) -> Form:
        """The same form without a field."""
        return Form(tuple(pair for pair in self.fields if pair[0] != name))

    def beginning(self, prefix: str) -> Iterator[tuple[str, str]]:
        """Fields whose names begin so, without that beginning."""
        return (
            (name.removeprefix(prefix), value)
            for name, value in self.fields
            if name.startswith(prefix)
        )

    def as_mapping(self) -> Mapping[str, str]:
        """Every field's first value."""
        return dict(reversed(self.fields))


def form_of(pairs: Sequence[tuple[str, str]]) -> Form:
    """A form out of what came. Browsers send line ends as CR LF; they are kept as LF."""
    return Form(tuple((name, value.replace("\r\n", "\n")) for name, value in pairs))
