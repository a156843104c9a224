"""Bounds on everything that arrives (docs/protocol.md §2).

A number over its bound is refused before work is done on it.
"""

from __future__ import annotations

from typing import Final

KIB: Final = 1 << 10
MIB: Final = 1 << 20
GIB: Final = 1 << 30

#: Longest text a person writes in one field (a statement, a reason), in bytes of UTF-8.
LONG_TEXT: Final = 16 * KIB
#: Longest single line (a title, a name, a purpose), in bytes of UTF-8.
LINE: Final = 1 * KIB
#: Longest code out of a catalogue, such as ``professional_assessment``.
CODE: Final = 64
#: Longest address in bytes of UTF-8.
ADDRESS: Final = 256

RECIPIENTS: Final = 256
ENDPOINTS: Final = 1024
SECTIONS: Final = 64
STATEMENTS: Final = 1024
ATTACHMENTS: Final = 256
PEOPLE: Final = 256
HOLDERS: Final = 64
WITNESSES: Final = 16

STATEMENT_BYTES: Final = 512 * KIB
SIGNED_BYTES: Final = 1 * MIB
COVER_BYTES: Final = 64 * KIB
SECTION_BYTES: Final = 8 * MIB
MANIFEST_BYTES: Final = 256 * KIB
GRANT_BYTES: Final = 256 * KIB
DETAIL_BYTES: Final = 64 * KIB
#: The statement that a correction puts in the place of another: all that a notice says has to fit where a detail does.
CORRECTION_BYTES: Final = 96 * KIB
CHECKPOINT_BYTES: Final = 4 * KIB
#: Longest answer that is a page or a list: the relay puts fewer items on it, the client reads no further.
PAGE_BYTES: Final = 16 * MIB

#: One block of a body: what an upload or download can stop and go on at.
BLOCK: Final = 1 * MIB
#: Default and highest size of one attachment; a partnership may set less or more up to the second.
ATTACHMENT_BYTES: Final = 2 * GIB
BODY_BYTES: Final = 64 * GIB
#: Bodies up to this size are fetched whole, so that the relay does not learn who holds which section.
WHOLE_BODY: Final = 16 * MIB

#: A time further ahead of ours than this is refused (seconds).
CLOCK_SKEW: Final = 300
#: Longest life of a package (seconds): twelve weeks, the reach of published epoch keys.
LIFE: Final = 12 * 7 * 86400
#: A checkpoint older than this (seconds) is stale.
CHECKPOINT_AGE: Final = 86400
#: A member replaced without its old key takes effect no sooner than this (seconds) after it is issued.
REPLACEMENT_DELAY: Final = 86400
#: A statement that follows in an endpoint's chain is handed in no later than this (seconds) after it is issued.
REPLACEMENT_AGE: Final = 6 * 3600

#: Highest time that any message may name (year 9999), so that arithmetic on times never overflows.
LAST_TIME: Final = 253_402_300_799
COUNTER: Final = (1 << 63) - 1
