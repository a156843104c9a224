"""Sealing and opening in process, beside the sum of their primitives and beside OpenPGP on the same work."""

from __future__ import annotations

import os
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor

from bench import openpgp, primitives, world
from bench.measuring import Subject, Times, in_turns
from bench.report import Report, Row, Target
from bench.setting import Setting
from phoenix_protocol.limits import KIB, MIB
from phoenix_protocol.sealing.drafts import PackageDraft

SIZES = {"1 KiB": KIB, "64 KiB": 64 * KIB, "1 MiB": MIB, "100 MiB": 100 * MIB}
ENDPOINTS = (1, 5, 20, 100)
_SECONDS = 3.0
_WITHIN = 1.5
_CLOSE = 1.4

_COLUMNS = (
    "work", "size", "endpoints", "rounds", "primitives ms", "phoenix ms", "ratio",
    "openpgp ms", "to openpgp", "work ratio",
)  # fmt: skip
_NOTES = (
    "Medians; all subjects in turns within one run, fresh content and keys of content each round. The work ratio "
    "compares processor time on all threads, which other programs on the machine disturb least.",
    "Primitives, sealing: an HPKE seal per endpoint, one composite signature, Cobblestone-256 over the content and "
    "SHA-256 over the ciphertext, on one thread. Phoenix hashes both content and ciphertext, on two further threads.",
    "Primitives, opening: an HPKE open, two composite verifications (sender and relay), the AEAD and SHA-256 once.",
    "Open verifies all of a package, attachments to the last chunk, and gives the statements; read decrypts an "
    "attachment once more for its reader, as saving it from the vault does. OpenPGP's time is the same for both: it "
    "verifies and gives the content in one step, without a receipt of a relay.",
    "1 KiB is a statement; more is an attachment beside a short statement.",
)


def run(_setting: Setting) -> Report:
    """Measure every size with every number of endpoints."""
    rows: list[Row] = []
    with ThreadPoolExecutor(2) as executor:
        for name, size in SIZES.items():
            for endpoints in ENDPOINTS:
                case = _Case(size, endpoints, executor)
                rows.extend(case.rows(name))
    return Report(
        name="sealing",
        title="Seal and open in process",
        columns=_COLUMNS,
        rows=rows,
        notes=_NOTES,
        targets=_targets(rows),
    )


class _Case:
    """One size with one number of endpoints."""

    def __init__(self, size: int, endpoints: int, executor: ThreadPoolExecutor) -> None:
        self._size = size
        self._endpoints = endpoints
        self._people = world.people(endpoints)
        self._register = world.Register()
        self._executor = executor if size > 64 * KIB else None
        self._keys = primitives.make_keys(endpoints)
        self._pgp = openpgp.make_correspondents(endpoints)

    def rows(self, size: str) -> list[Row]:
        """What sealing, opening and reading took."""
        works = {"seal": self._seal(), "open": self._open()}
        if self._size > world.LONGEST_STATEMENT:
            works["open + read"] = self._read()
        return [self._row(work, size, in_turns(s, seconds=_SECONDS)) for work, s in works.items()]

    def _row(self, work: str, size: str, times: Mapping[str, Times]) -> Row:
        phoenix, base, pgp = times["phoenix"], times["primitives"], times["openpgp"]
        return {
            "work": work,
            "size": size,
            "endpoints": self._endpoints,
            "rounds": len(phoenix.seconds),
            "primitives ms": base.median * 1e3,
            "phoenix ms": phoenix.median * 1e3,
            "ratio": phoenix.median / base.median,
            "openpgp ms": pgp.median * 1e3,
            "to openpgp": phoenix.median / pgp.median,
            "work ratio": phoenix.work / base.work,
        }

    def _content(self) -> bytes:
        return os.urandom(self._size)

    def _seal(self) -> list[Subject]:
        return [
            Subject(
                name="primitives",
                prepare=self._content,
                run=lambda content: primitives.seal(self._keys, content),
            ),
            Subject(
                name="phoenix",
                prepare=self._draft,
                run=lambda draft: world.seal(draft, self._people, self._executor),
            ),
            Subject(
                name="openpgp",
                prepare=self._content,
                run=lambda content: openpgp.seal(self._pgp, content),
            ),
        ]

    def _draft(self) -> PackageDraft:
        return world.draft(self._content(), [person.address for person in self._people])

    def _arrived(self) -> world.Arrived:
        return world.arrive(
            world.seal(self._draft(), self._people, self._executor), self._people[-1]
        )

    def _open(self) -> list[Subject]:
        return [
            self._opened_primitives(),
            Subject(
                name="phoenix",
                prepare=self._arrived,
                run=lambda arrived: world.open_whole(arrived, self._register, self._executor),
            ),
            self._opened_pgp(),
        ]

    def _read(self) -> list[Subject]:
        return [
            self._opened_primitives(),
            Subject(name="phoenix", prepare=self._arrived, run=self._open_and_read),
            self._opened_pgp(),
        ]

    def _opened_primitives(self) -> Subject:
        return Subject(
            name="primitives",
            prepare=lambda: primitives.seal(self._keys, self._content()),
            run=lambda sealed: primitives.open_(self._keys, sealed),
        )

    def _opened_pgp(self) -> Subject:
        return Subject(
            name="openpgp",
            prepare=lambda: openpgp.seal(self._pgp, self._content()),
            run=lambda message: openpgp.open_(self._pgp, message),
        )

    def _open_and_read(self, arrived: world.Arrived) -> list[bytes]:
        opened = world.open_whole(arrived, self._register, self._executor)
        return world.read_attachments(arrived, opened, self._executor)


def _targets(rows: list[Row]) -> list[Target]:
    judged = [row for row in rows if row["work"] != "open + read"]
    return [
        _worst(judged, "ratio", f"within {_WITHIN} of the primitives", _WITHIN),
        _worst(
            [row for row in rows if row["size"] != "1 KiB"],
            "to openpgp",
            "ahead of OpenPGP from 64 KiB on",
            1.0,
        ),
        _worst(
            [row for row in rows if row["size"] == "1 KiB"],
            "to openpgp",
            f"close to OpenPGP at 1 KiB (at most {_CLOSE} of its time)",
            _CLOSE,
        ),
    ]


def _worst(rows: list[Row], key: str, wanted: str, limit: float) -> Target:
    missed = [row for row in rows if float(row[key] or 0) > limit]
    worst = max(rows, key=lambda row: float(row[key] or 0))
    where = f"{worst['work']}, {worst['size']}, {worst['endpoints']} endpoints"
    found = f"worst {float(worst[key] or 0):.2f} ({where}); {len(missed)} of {len(rows)} over"
    return Target(wanted=wanted, found=found, met=not missed)
