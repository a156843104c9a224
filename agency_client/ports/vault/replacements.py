"""Packages that say that they take the place of an earlier one."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from phoenix_protocol.identifiers import ObjectHash


class Replacements(Protocol):
    """Pairs of a package and the earlier one that it names. Anybody can name anything: see who sent both."""

    def add(self, core: ObjectHash, replaces: ObjectHash) -> None:
        """Keep what a package says that it replaces. The same again changes nothing."""
        ...

    def among(self, cores: Collection[ObjectHash]) -> tuple[tuple[ObjectHash, ObjectHash], ...]:
        """Every pair, later and earlier, of which one is among ``cores``."""
        ...
