"""What a person must see (warnings and alarms), and bad objects put away where nothing else reads
them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from phoenix_protocol.identifiers import ObjectHash, Seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """A finding for a person. ``code`` is stable (``E_…``, ``A_…``, ``N_…``); ``about`` and
    ``detail`` hold codes only.

    ``about`` tells two alerts of one code on one package apart: an endpoint in hex, a range of
    numbers.
    """

    code: str
    core: ObjectHash | None
    about: str = ""
    time: Seconds
    detail: Mapping[str, str] = field(default_factory=dict)
    seen: Seconds | None = None
    number: int = 0  # given by the vault


class Alerts(Protocol):
    """Alerts, once each by code, package and ``about``."""

    def add(self, alert: Alert) -> bool:
        """Keep an alert. False when it was there already."""
        ...

    def unseen(self) -> tuple[Alert, ...]:
        """What nobody has seen yet, oldest first."""
        ...

    def of(self, core: ObjectHash) -> tuple[Alert, ...]:
        """Every alert on a package, oldest first."""
        ...

    def see(self, number: int, at: Seconds) -> None:
        """A person has seen it; the first time counts."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Quarantined:
    """Something that did not verify: the code it failed with, its SHA-256 and its bytes.

    ``content`` is None where the vault's bound for bad objects was reached.
    """

    digest: bytes
    code: str
    time: Seconds
    content: bytes | None = field(repr=False)


class Quarantine(Protocol):
    """Bad objects, sealed in the vault and nowhere else."""

    def add(self, bad: Quarantined) -> bool:
        """Put it away. False when it was there already; what is over the vault's bound is kept by
        digest only.
        """
        ...

    def listing(self) -> tuple[tuple[bytes, str, Seconds], ...]:
        """Digest, code and time of each, oldest first."""
        ...

    def get(self, digest: bytes) -> Quarantined | None:
        """One of them, for an expert's eyes."""
        ...
