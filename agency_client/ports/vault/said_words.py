"""Words of what was said of packages as they travelled, with the key that opens them: enough to prove them later."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from phoenix_protocol.identifiers import ObjectHash


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptWords:
    """The ciphertext of a detail, whose digest is signed, and its key (docs/protocol.md §6.2)."""

    ciphertext: bytes = field(repr=False)
    key: bytes = field(repr=False)


class SaidWords(Protocol):
    """Words by the hash of the event, recall or answer that names them."""

    def keep(self, said: ObjectHash, core: ObjectHash, words: KeptWords) -> None:
        """Keep the words of something that was said of a package; once."""
        ...

    def of(self, said: ObjectHash) -> KeptWords | None:
        """The words; None where this home could not open them, or they were erased."""
        ...

    def erase(self, core: ObjectHash) -> None:
        """Forget all words about a package.

        What the file still holds of them goes with ``vault.settle()``.
        """
        ...
