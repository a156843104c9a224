"""What the web app costs: pages over ten thousand packages, their size with everything they load, and a large file."""

from __future__ import annotations

import http.client
import re
import statistics
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final, cast
from urllib.parse import urlencode, urlsplit

from agency_client.adapters.vault import SqlcipherVault
from agency_client.client import Client
from agency_client.unlocking import Unlock
from bench import processes
from bench.full_vault import digest, fill
from bench.partnership import READER, Partnership
from bench.report import Report, Row, Target
from bench.setting import MIB, Setting
from tests.browser.apps import App

PACKAGES: Final = 10_000
_ROUNDS: Final = 15
_SLOWEST: Final = 150.0
_LARGEST: Final = 300.0
_FILE: Final = 200
_GROWTH: Final = 32.0
_BOUNDARY: Final = "a-file-of-random-bytes-has-no-such-line"
_LOADED: Final = re.compile(r'(?:src|href)="(/static/[^"]+)"')
#: A school's chronology of a term, as one package: so many sections, and statements in all.
_SECTIONS: Final = 6
_STATEMENTS: Final = 60
#: The case of which a package is that the vault is filled with, and the real ones.
_CASE: Final = "QM-0417"
_CASE_LINE: Final = "Absent in week"
_NOTES: Final = (
    "Each page is asked over HTTP by one program, one after the other. In all: the page with its styles and scripts,"
    " as they are sent; nothing is compressed, and a browser keeps styles and scripts after the first page.",
    "The baseline is a request that the app refuses by its head: what HTTP alone costs here.",
    "The process: what was resident before the file came, and the most while it came.",
)


class Visitor:
    """A browser without a screen: one session, forms with their token."""

    def __init__(self, app: App) -> None:
        self._authority: Final = app.authority
        self._connection = http.client.HTTPConnection(app.authority, timeout=120)
        first = self._ask("GET", urlsplit(app.link).path, {"Sec-Fetch-Site": "none"})
        cookie = first.getheader("Set-Cookie") or ""
        self._headers: Final = {
            "Cookie": cookie.partition(";")[0],
            "Sec-Fetch-Site": "same-origin",
            "Origin": app.url,
        }
        first.read()
        self.token: Final = re.findall(r'name="form_token" value="([^"]+)"', self.page("/"))[0]

    def _ask(
        self,
        method: str,
        path: str,
        headers: dict[str, str],
        body: str | Iterator[bytes] | None = None,
    ) -> http.client.HTTPResponse:
        self._connection.request(method, path, body=body, headers=headers)
        return self._connection.getresponse()

    def get(self, path: str) -> bytes:
        """What a path answers. Raises RuntimeError for anything but a page."""
        answer = self._ask("GET", path, self._headers)
        found = answer.read()
        if answer.status != http.client.OK:
            raise RuntimeError(f"{path}: {answer.status}")
        return found

    def page(self, path: str) -> str:
        """The same as text."""
        return self.get(path).decode()

    def refused(self) -> None:
        """Be refused: the least that the app can do."""
        self._ask("GET", "/", {**self._headers, "Sec-Fetch-Site": "cross-site"}).read()

    def post(self, path: str, **fields: str) -> str:
        """Send a form; where it leads."""
        headers = {**self._headers, "Content-Type": "application/x-www-form-urlencoded"}
        answer = self._ask("POST", path, headers, urlencode({"form_token": self.token, **fields}))
        answer.read()
        where = answer.getheader("Location")
        if where is None:
            raise RuntimeError(f"{path}: {answer.status}")
        return where

    def answer(self, path: str, **fields: str) -> bytes:
        """Send a form that answers with a page itself."""
        headers = {**self._headers, "Content-Type": "application/x-www-form-urlencoded"}
        answer = self._ask("POST", path, headers, urlencode({"form_token": self.token, **fields}))
        found = answer.read()
        if answer.status != http.client.OK:
            raise RuntimeError(f"{path}: {answer.status}")
        return found

    def upload(self, path: str, section: str, file: Path) -> None:
        """Send a file, a piece at a time."""
        before, after = _around(self.token, section)
        length = len(before) + file.stat().st_size + len(after)
        headers = {
            **self._headers,
            "Content-Type": f"multipart/form-data; boundary={_BOUNDARY}",
            "Content-Length": str(length),
        }
        answer = self._ask("POST", path, headers, _pieces(before, file, after))
        answer.read()
        if answer.status != http.client.SEE_OTHER:
            raise RuntimeError(f"{path}: {answer.status}")


def _around(token: str, section: str) -> tuple[bytes, bytes]:
    fields = "".join(
        f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in (("form_token", token), ("section", section))
    )
    named = 'Content-Disposition: form-data; name="file"; filename="film.bin"'
    start = f"{fields}--{_BOUNDARY}\r\n{named}\r\nContent-Type: application/octet-stream\r\n\r\n"
    return start.encode(), f"\r\n--{_BOUNDARY}--\r\n".encode()


def _pieces(before: bytes, file: Path, after: bytes) -> Iterator[bytes]:
    yield before
    with file.open("rb") as whole:
        while piece := whole.read(MIB):
            yield piece
    yield after


def run(setting: Setting) -> Report:
    """See the module."""
    partnership = setting.partnership
    file = setting.file("small.bin", 1)
    sent, _ = partnership.send(file)
    large, offered = (partnership.send_document(_document(purpose)) for purpose in ("Read", "New"))
    partnership.phoenix(partnership.reader, "inbox")
    for each in (sent, large):
        partnership.phoenix(partnership.reader, "accept", each)
    with Client.open(partnership.reader.home, Unlock(environment={})) as client:
        fill(cast(SqlcipherVault, client.home.vault), PACKAGES, client.home.clock.now())
    with App(machine=partnership.reader) as app:
        visitor = Visitor(app)
        pages = _pages(sent) | _more_pages(visitor, large, offered)
        rows = [_page(visitor, name, path) for name, path in pages.items()]
        rows.append(_searched(visitor))
    baseline, file = rows[0], _large_file(setting, partnership)
    pages = rows[1:]
    slowest = max(pages, key=lambda row: float(row["median ms"] or 0))
    largest = max(pages, key=lambda row: float(row["KB in all"] or 0))
    return Report(
        name="web",
        title=f"The web app over {PACKAGES:,} packages",
        columns=tuple(baseline),
        rows=[*rows, file],
        notes=_NOTES,
        targets=[
            _target(
                f"every page under {_SLOWEST:.0f} ms at the median", slowest, "median ms", _SLOWEST
            ),
            _target(f"no page over {_LARGEST:.0f} KB in all", largest, "KB in all", _LARGEST),
            _target(
                f"{_FILE} MiB taken in without the process growing (under {_GROWTH:.0f} MiB)",
                file,
                "grew by MiB",
                _GROWTH,
            ),
        ],
    )


def _document(purpose: str) -> str:
    """A package of a realistic size for the reader."""
    each = _STATEMENTS // _SECTIONS
    lines = [
        f'to = ["{READER}"]\npurpose = "{purpose}"\nclassification = "OFFICIAL-SENSITIVE"',
        f'urgency = "amber"\nthread = "{_CASE}"',
        '[[people]]\nid = "child"\nname = "Jordan T"\nrole = "child"',
    ]
    for section in range(_SECTIONS):
        lines.append(f'[[section]]\nid = "s{section}"\ntitle = "Part {section + 1} of the term"')
        lines.append(f'[section.need_to_know]\n"{READER}" = "To plan the visit"')
        lines += [_statement(section * each + n) for n in range(each)]
    lines.append('[decision]\noutcome = "share_part"\ndecided_by = "Safeguarding lead"')
    lines.append('welfare = "The child\'s health comes first"')
    lines.append('[legal]\nregime = "uk_gdpr_part2"\narticle_6 = "e_public_task"')
    lines.append('retention = "safeguarding_default"\n')
    return "\n".join(lines)


def _statement(n: int) -> str:
    text = f"Absent in week {n + 1}: " + "what the register says of that week, day by day. " * 4
    return (
        f'[[section.statement]]\nkind = "record"\ntext = "{text.strip()}"\nabout = ["child"]\n'
        f"as_of = 2026-{n % 10 + 1:02}-{n % 28 + 1:02}\n"
        'source = { type = "own_record", detail = "Register" }'
    )


def _target(wanted: str, row: Row, column: str, most: float) -> Target:
    found = float(row[column] or 0)
    return Target(wanted=wanted, found=f"{found:.0f} ({row['page']})", met=found < most)


def _pages(sent: str) -> dict[str, str | None]:
    core = digest("core", 1).hex()
    return {
        "a refusal (baseline)": None,
        "home": "/",
        "inbox": "/inbox",
        "a package, read": f"/inbox/{sent}",
        "sent": "/sent",
        "register": "/register",
        "register of one package": f"/register/package/{core}",
        "reviews": "/reviews",
        "reviews of a year": "/reviews?days=366",
        "requests": "/requests",
        "decisions": "/decisions",
        "notices": "/notices",
        "drafts": "/share",
        "directory": "/members/directory",
        "deliveries": "/pictures/deliveries",
        "expiries": "/pictures/expiries",
    }


def _more_pages(visitor: Visitor, large: str, offered: str) -> dict[str, str | None]:
    """Pages whose packages have to be real, and those of one case."""
    wanted = urlsplit(visitor.post("/register/chronology", thread=_CASE))
    urgent = visitor.page("/share/urgent")
    if _CASE_LINE not in visitor.page(f"{wanted.path}?{wanted.query}"):
        raise RuntimeError("The chronology of the case is empty.")
    if 'name="to"' not in urgent:
        raise RuntimeError("Nobody can be told urgently.")
    return {
        "a cover, before it is accepted": f"/inbox/{offered}",
        f"a package of {_STATEMENTS} statements, read": f"/inbox/{large}",
        "the urgent page": "/share/urgent",
        f"the register's page {PACKAGES // 100}": f"/register?page={PACKAGES // 100}",
        "chronology of one case": f"{wanted.path}?{wanted.query}",
    }


def _searched(visitor: Visitor) -> Row:
    """The picture of a case: what it is called stays out of the address, so it is sent as a form."""

    def ask() -> bytes:
        return visitor.answer("/pictures/case", subject=_CASE)

    if b"<svg" not in ask():
        raise RuntimeError("The picture of the case is empty.")
    return _measured("the picture of a case", ask, visitor)


def _page(visitor: Visitor, name: str, path: str | None) -> Row:
    def ask() -> bytes:
        if path is not None:
            return visitor.get(path)
        visitor.refused()
        return b""

    return _measured(name, ask, visitor)


def _measured(name: str, ask: Callable[[], bytes], visitor: Visitor) -> Row:
    taken = []
    for n in range(_ROUNDS + 1):
        begun = time.perf_counter()
        found = ask()
        if n:
            taken.append((time.perf_counter() - begun) * 1000)
    loaded = set(_LOADED.findall(found.decode()))
    whole = len(found) + sum(len(visitor.get(each)) for each in loaded)
    return {
        "page": name,
        "median ms": statistics.median(taken),
        "slowest ms": max(taken),
        "KB": len(found) / 1000,
        "KB in all": whole / 1000,
        "grew by MiB": None,
    }


def _large_file(setting: Setting, partnership: Partnership) -> Row:
    """A file into a draft, and what the app's process grew by."""
    file = setting.file("film.bin", _FILE)
    with App(machine=partnership.sender) as app:
        visitor = Visitor(app)
        draft = visitor.post("/share/new")
        visitor.post(f"{draft}/section/new", title="Film")
        section = re.findall(r'<option value="([^"]+)"', visitor.page(f"{draft}/files"))[0]
        if app.process is None:
            raise RuntimeError("The app does not run.")
        before = processes.resident(app.process.pid)
        processes.reset_peak(app.process.pid)
        begun = time.perf_counter()
        visitor.upload(f"{draft}/files", section, file)
        taken = time.perf_counter() - begun
        grew = processes.peak_resident(app.process.pid) - before
        size = len(visitor.get(f"{draft}/files"))
    return {
        "page": f"a file of {_FILE} MiB",
        "median ms": taken * 1000,
        "slowest ms": None,
        "KB": size / 1000,
        "KB in all": None,
        "grew by MiB": grew,
    }
