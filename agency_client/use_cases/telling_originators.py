"""Word to agencies whose control was overridden: sent when it is due, as a package of its own."""

from __future__ import annotations

from dataclasses import replace

from agency_client.ports.vault import Due, Progress
from agency_client.record.document import Document
from agency_client.record.facts import Facts
from agency_client.record.findings import Findings
from agency_client.record.reading import read_document
from agency_client.record.rules import check_document
from agency_client.use_cases.document_options import Options
from agency_client.use_cases.documents import PACKAGE, send_written
from agency_client.use_cases.home import Home
from agency_client.use_cases.overriding import ORIGINATOR_TOLD
from agency_client.use_cases.sending import told
from phoenix_protocol.errors import RefusedError, UnavailableError


async def tell_originators(home: Home) -> None:
    """Send what is due to agencies whose control was overridden. What cannot go now stays due, and is listed."""
    with home.vault.reading() as view:
        waiting = view.dues.open({ORIGINATOR_TOLD})
    for due in waiting:
        try:
            await _tell(home, due)
        except (RefusedError, UnavailableError) as error:
            _note(home, due, error.code)


async def _tell(home: Home, due: Due) -> None:
    with home.vault.reading() as view:
        package = view.sent.get(due.core) if due.core is not None else None
        document = view.records.document(due.record) if due.record is not None else None
    if package is None or document is None or package.progress is Progress.GIVEN_UP:
        _close(home, due)  # it was never passed on, or its texts were erased by a person
        return
    if package.progress is not Progress.HELD:
        return
    urgent = Options(urgent=True)
    word = replace(PACKAGE, judge=_judged)
    sent = await send_written(
        home, read_document(document), document, urgent, lambda _done, _whole: None, word
    )
    _close(home, due)
    told(home, sent.result.package)
    _note(home, due, "done")


def _judged(document: Document, facts: Facts) -> Findings:
    """What is owed of the package that went on is answered there: nobody owes it of the word about it again."""
    return replace(check_document(document, facts), owed=())


def _close(home: Home, due: Due) -> None:
    with home.vault.transaction() as tx:
        tx.dues.close(due.number, home.clock.now(), due.record)


def _note(home: Home, due: Due, outcome: str) -> None:
    with home.vault.transaction() as tx:
        tx.audit.append(
            time=home.clock.now(),
            actor=home.actor(),
            action="originator.told",
            on=due.core or b"",
            outcome=outcome,
        )
