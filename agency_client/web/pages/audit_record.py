"""The audit record: everything done here, newest first, and verifying that none of it was changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from aiohttp import web

from agency_client.audit.chain import AuditRow
from agency_client.use_cases.keeping import AuditPage
from agency_client.web.asked import Asked
from agency_client.web.audit_words import action_of, outcome_of
from agency_client.web.naming import number_of
from agency_client.web.paging import pages_of
from agency_client.web.saying import say
from agency_client.web.table import get, post
from phoenix_protocol.identifiers import PackageId

_HERE: Final = "/members/audit"
_MOST: Final = 50
_VERIFIED: Final = "audit"


async def audit(asked: Asked) -> web.StreamResponse:
    """Fifty rows on a page."""
    number = number_of(asked.query("page"))
    page: AuditPage = await asked.client.audit_page(start=(number - 1) * _MOST, most=_MOST)
    packages = await asked.client.audited_packages(page.rows)
    verified = (asked.desk.sought.get(asked.query("verified")) or {}).get(_VERIFIED)
    return asked.page(
        "people/audit.html",
        title="Audit record",
        lines=[_line(row, packages) for row in page.rows],
        whole=page.whole,
        verified=verified,
        pagination=pages_of(page.whole, _MOST, number, f"{_HERE}?page="),
    )


def _line(row: AuditRow, packages: Mapping[bytes, PackageId]) -> Mapping[str, Any]:
    package = packages.get(row.on)
    return {
        "number": row.number,
        "time": row.time,
        "action": action_of(row.action),
        "outcome": outcome_of(row.outcome),
        "package": package.hex() if package is not None else None,
        "on": row.on.hex(),
        "detail": ", ".join(f"{name} {value}" for name, value in row.detail.items()),
    }


async def verify(asked: Asked) -> web.StreamResponse:
    """Go over every row. A record that does not hold is told with the rows, and stays as it is."""

    async def work() -> Any:
        return await asked.client.verify_audit()

    def then(result: tuple[int, Sequence[Any]]) -> str:
        rows, problems = result
        said = {"rows": rows, "problems": [problem.message for problem in problems]}
        return f"{_HERE}?verified={asked.desk.sought.put({_VERIFIED: said})}"

    return await say(asked, "Verifying the audit record", work, then=then, back=_HERE)


PAGES = (get(_HERE, audit), post(_HERE, verify))
