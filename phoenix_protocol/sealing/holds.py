"""An information manager's word that something is kept, whatever else would erase it (docs/protocol.md §6.13).

Signed in the manager's home, applied on the desks of the same agency. It never passes the relay.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import ClassVar

from phoenix_protocol import limits, schema
from phoenix_protocol.directory.statements import AGENCY, CHECKPOINT, HASH, LINE, TIME
from phoenix_protocol.encoding import Plain
from phoenix_protocol.identifiers import AgencyId, Anchor, ObjectHash, PackageId, Seconds
from phoenix_protocol.schema import critical_map, optional_map, wire


class HoldAuthority(Enum):
    """What asks for it to be kept."""

    INQUIRY = "inquiry"
    LITIGATION = "litigation"
    CPIA = "cpia"
    SAR_IN_PROGRESS = "sar_in_progress"
    COMPLAINT = "complaint"
    CCRC = "ccrc"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """Everything in its scope is kept: what names the subject, what is of the thread, or one package.

    ``salt`` lets its hash say nothing by itself. ``review_at`` is when somebody looks whether it is still needed; it
    does not end by itself.
    """

    TYPE: ClassVar[str] = "phoenix/1/hold"

    anchor: Anchor = wire(HASH)
    agency: AgencyId = wire(AGENCY)
    salt: bytes = wire(HASH)
    authority: HoldAuthority = wire(schema.Choice(HoldAuthority))
    reference: str = wire(LINE)
    subject: str | None = wire(LINE, optional=True)
    thread: str | None = wire(LINE, optional=True)
    package: PackageId | None = wire(schema.fixed(16), optional=True)
    set_by: str = wire(LINE)
    review_at: Seconds = wire(TIME)
    time: Seconds = wire(TIME)
    checkpoint: str = wire(CHECKPOINT)
    critical: dict[str, Plain] = critical_map()
    optional: dict[str, Plain] = optional_map()


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldLift:
    """A hold is needed no longer."""

    TYPE: ClassVar[str] = "phoenix/1/hold-lift"

    anchor: Anchor = wire(HASH)
    agency: AgencyId = wire(AGENCY)
    hold: ObjectHash = wire(HASH)
    lifted_by: str = wire(LINE)
    reason: str = wire(schema.Text(limits.LONG_TEXT))
    time: Seconds = wire(TIME)
    checkpoint: str = wire(CHECKPOINT)
    critical: dict[str, Plain] = critical_map()
    optional: dict[str, Plain] = optional_map()
