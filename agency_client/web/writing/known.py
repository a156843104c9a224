"""The kinds of documents that are written page by page, by the names of their drafts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from agency_client.web.writing.kinds import Kind
from agency_client.web.writing.lone_decision import LONE_DECISION
from agency_client.web.writing.package import PACKAGE
from agency_client.web.writing.request import REQUEST
from agency_client.web.writing.response import RESPONSE

KINDS: Final[Mapping[str, Kind]] = {
    kind.name: kind for kind in (PACKAGE, REQUEST, RESPONSE, LONE_DECISION)
}
