"""The names and numbers by which Phoenix knows things, each a type of its own (docs/protocol.md §3, §4).

An address names a desk or person inside an agency (``mash@northshire-police``); an endpoint is a key holder of an
address. Naming is of addresses, sealing is to endpoints.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final, NewType

from phoenix_protocol.errors import RefusedError

#: SHA-256 over ``[type, payload]`` as an RFC 9162 leaf: identifies every object, signed or not (§3).
ObjectHash = NewType("ObjectHash", bytes)
#: The hash of the partnership's genesis statement: the one value that trust starts from.
Anchor = NewType("Anchor", bytes)
#: SHA-256 of an encoded document key.
SignerId = NewType("SignerId", bytes)
#: The hash of an endpoint's first ``member`` statement; stable while its keys rotate.
EndpointId = NewType("EndpointId", bytes)
#: Sixteen random bytes chosen by the sender.
PackageId = NewType("PackageId", bytes)
#: Sixteen random bytes that name one encrypted segment of a package.
SegmentId = NewType("SegmentId", bytes)
#: Sixteen random bytes that name a statement or an attachment for ever.
ItemId = NewType("ItemId", bytes)
#: ``local@agency``.
Address = NewType("Address", str)
#: The part of an address after the ``@``.
AgencyId = NewType("AgencyId", str)
#: Whole seconds since 1970-01-01T00:00:00Z.
Seconds = NewType("Seconds", int)

NO_ANCHOR: Final = Anchor(bytes(32))

_PLAIN: Final = {
    "agency id": "Use small letters, digits, dots and hyphens, such as northshire-police.",
    "first part of an address": "Use small letters, digits, dots and hyphens before the @, such as mash.",
}
_PART: Final = re.compile(r"[^\W_](?:[^\W_]|[._-](?=[^\W_])){0,63}")


def agency_id(text: str) -> AgencyId:
    """``text`` as an agency id. Raises RefusedError ``E_NAME``."""
    _check_part(text, "agency id")
    return AgencyId(text)


def address(text: str) -> Address:
    """``text`` as an address ``local@agency``. Raises RefusedError ``E_NAME``."""
    if not _is_address(text):
        local, separator, agency = text.partition("@")
        if not separator:
            raise RefusedError("E_NAME", "An address has the form desk@agency.")
        _check_part(local, "first part of an address")
        _check_part(agency, "agency id")
    return Address(text)


def agency_of(name: Address) -> AgencyId:
    """The agency that an address belongs to."""
    return AgencyId(name.partition("@")[2])


def _check_part(text: str, what: str) -> None:
    if not _is_well_formed(text):
        raise RefusedError("E_NAME", f"This is not a valid {what}.", next=_PLAIN[what])


# A message names the same addresses many times over.
@lru_cache(maxsize=4096)
def _is_address(text: str) -> bool:
    local, separator, agency = text.partition("@")
    return bool(separator) and _is_well_formed(local) and _is_well_formed(agency)


@lru_cache(maxsize=4096)
def _is_well_formed(part: str) -> bool:
    if _PART.fullmatch(part) is None:
        return False
    # Lower case and NFC, so that one name has one spelling.
    return unicodedata.normalize("NFC", part) == part and part.lower() == part
