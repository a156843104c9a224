"""The audit chain: rows that each hold the hash of the one before, so that a change to any shows
(docs/protocol.md §1).

A row says who did what to which object and how it ended, in codes and hashes alone: no name, no
address, no words. Its head (count and hash) is also kept in the keystore, so that cutting rows off
the end shows too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from phoenix_protocol import encoding
from phoenix_protocol.errors import NEXT_STEPS, Problem
from phoenix_protocol.identifiers import Seconds
from phoenix_protocol.suite.hashing import sha256

TYPE: Final = "phoenix/1/audit-row"
#: A code, a number or a hash in hex. No space, no ``@``: neither words nor addresses fit.
_CODE: Final = re.compile(r"[A-Za-z0-9_.:+/-]{1,80}")
_OBJECT_BYTES: Final = 64
_DETAILS: Final = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditHead:
    """The end of a chain: how many rows, and the newest row's hash (zeros for none)."""

    count: int
    hash: bytes


EMPTY: Final = AuditHead(count=0, hash=bytes(32))


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditRow:
    """One act. ``number`` counts from 1; ``on`` is the hash or id of what it was done to;
    ``previous`` a row's hash.
    """

    number: int
    time: Seconds
    actor: str
    action: str
    on: bytes = b""
    outcome: str = "done"
    detail: Mapping[str, str] = field(default_factory=dict)
    previous: bytes

    @property
    def hash(self) -> bytes:
        """SHA-256 over the type and all of the row: what the next row names."""
        return sha256(b"\x00", encoding.encode([TYPE, self._plain()]))

    def _plain(self) -> encoding.Plain:
        return [
            self.number,
            self.time,
            self.actor,
            self.action,
            self.on,
            self.outcome,
            dict(self.detail),
            self.previous,
        ]


def append(
    head: AuditHead,
    *,
    time: Seconds,
    actor: str,
    action: str,
    on: bytes = b"",
    outcome: str = "done",
    detail: Mapping[str, str] | None = None,
) -> AuditRow:
    """The row after ``head``. Raises ValueError for anything that is not a code: the chain must
    never hold words.
    """
    codes = dict(detail or {})
    _require_codes(actor, action, outcome, *codes.keys(), *codes.values())
    if len(on) > _OBJECT_BYTES or len(codes) > _DETAILS:
        raise ValueError("an audit row holds one id and at most sixteen details")
    return AuditRow(
        number=head.count + 1,
        time=time,
        actor=actor,
        action=action,
        on=on,
        outcome=outcome,
        detail=codes,
        previous=head.hash,
    )


def head_of(row: AuditRow) -> AuditHead:
    """The head of a chain that ends in ``row``."""
    return AuditHead(count=row.number, hash=row.hash)


def verify(
    rows: Iterable[AuditRow], head: AuditHead, *, known: AuditHead = EMPTY
) -> tuple[Problem, ...]:
    """Everything wrong with a whole chain that should end in ``head`` and run through ``known``.
    Empty when sound.

    ``known`` is a head seen before (the keystore's): the chain must still hold it. Each problem is
    ``E_AUDIT_BROKEN`` with the place ``audit[number]``.
    """
    problems: list[Problem] = []
    at = EMPTY
    passed = known == EMPTY
    for row in rows:
        if row.number != at.count + 1:
            problems.append(_broken(at.count + 1, "is missing or out of order"))
        elif row.previous != at.hash:
            problems.append(_broken(row.number, "does not continue the row before it"))
        at = head_of(row)
        passed = passed or at == known
    if at != head:
        problems.append(_broken(head.count, "is not the end that the vault recorded"))
    if not passed:
        problems.append(_broken(known.count, "is not the row that the keystore knows"))
    return tuple(problems)


def _broken(number: int, why: str) -> Problem:
    return Problem(
        code="E_AUDIT_BROKEN",
        message=f"Row {number} of the audit record {why}.",
        next=NEXT_STEPS["E_AUDIT_BROKEN"],
        place=f"audit[{number}]",
    )


def _require_codes(*values: str) -> None:
    for value in values:
        if _CODE.fullmatch(value) is None:
            raise ValueError("an audit row holds codes only: letters, digits, and _ . : + / -")
