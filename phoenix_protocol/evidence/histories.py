"""The order of what each endpoint said of a package (docs/protocol.md §6.1, §6.11, B12)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from phoenix_protocol.errors import TamperError
from phoenix_protocol.identifiers import EndpointId
from phoenix_protocol.package.events import Event
from phoenix_protocol.package.lifecycle import STEP_OF, TABLE, State, advance


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """Numbers ``first`` to ``last`` of what an endpoint said, which are not in the bundle."""

    endpoint: EndpointId
    first: int
    last: int


class Histories:
    """Each endpoint's events rise by number, and those that follow without a gap keep to the table of §6.1."""

    def __init__(self) -> None:
        self._at: Final[dict[EndpointId, tuple[int, State]]] = {}
        self.gaps: Final[list[Gap]] = []

    def follow(self, event: Event) -> None:
        """Go one event on. Raises RefusedError or TamperError ``E_RECEIPT_STATE``."""
        number, state = self._at.get(event.endpoint, (0, State.OFFERED))
        if event.counter <= number:
            raise TamperError("E_RECEIPT_STATE", "What an endpoint said is out of its order.")
        step = STEP_OF[event.kind]
        if event.counter == number + 1:
            state = advance(state, step)
        else:
            gap = Gap(endpoint=event.endpoint, first=number + 1, last=event.counter - 1)
            self.gaps.append(gap)
            # What is missing may have led to any state from which this step goes.
            state = next(after for (_, taken), after in TABLE.items() if taken is step)
        self._at[event.endpoint] = (event.counter, state)
