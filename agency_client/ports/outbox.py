"""Sealed bytes on their way out: on disk and durable before the first request, so that resuming sends the same (§5)."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:  # commands that only list must not load what seals
    from phoenix_protocol.api import Submission
    from phoenix_protocol.sealing.drafts import Body


class Parcel(Protocol):
    """The sealed bytes of one package. Reading raises TamperError ``E_STORE_INTEGRITY`` for damage."""

    def create(self) -> None:
        """Make room for it. What an earlier try left under this name is removed."""
        ...

    def new_body(self) -> AbstractContextManager[Body]:
        """A place for the body, durable when the block ends."""
        ...

    def finish(self, submission: Submission, leaves: tuple[bytes, ...]) -> None:
        """Write the rest and make all of it durable. Raises UnavailableError ``E_STORE_WRITE``."""
        ...

    def submission(self) -> Submission:
        """What is handed in last, without the body."""
        ...

    def leaves(self) -> tuple[bytes, ...]:
        """The body's leaf hashes."""
        ...

    def body_length(self) -> int:
        """Bytes in the body."""
        ...

    def block(self, number: int) -> bytes:
        """Block ``number`` of the body."""
        ...

    def remove(self) -> None:
        """Nothing of it is needed any more."""
        ...

    def alone(self) -> AbstractContextManager[bool]:
        """Whether this program alone hands it in; others are told no until the block ends."""
        ...


class Outbox(Protocol):
    """The parcels of a home."""

    def parcel(self, name: str) -> Parcel:
        """The parcel of this name, whether or not it is there yet."""
        ...

    def making(self) -> AbstractContextManager[None]:
        """A parcel is being made: nobody tidies up, others may make theirs."""
        ...

    def tidying(self) -> AbstractContextManager[bool]:
        """Whether no program is making a parcel; none begins before the block ends."""
        ...

    def holds_others(self, names: Collection[str]) -> bool:
        """Whether there are parcels but these: of sends that were stopped. Call it while tidying."""
        ...

    def keep_only(self, names: Collection[str]) -> None:
        """Remove what sends left behind that were stopped. Call it while tidying."""
        ...
