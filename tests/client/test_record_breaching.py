"""Breaches: what is owed of them, the regulator's clock, and what receipts say of who should not have got it."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from agency_client.ports.vault import KeptObject, ObjectKind, StoredEvent
from agency_client.record.breaches import REPORT_WITHIN, read_breach
from agency_client.record.facts import RecordFacts
from agency_client.record.findings import Findings
from agency_client.record.misdirection import Opened, Reached, ReachedEndpoint
from agency_client.record.rules.breaching import check_breach
from agency_client.record.shipped import shipped_catalogue, shipped_clauses
from agency_client.record.when import span
from agency_client.use_cases.amending import answer_record
from agency_client.use_cases.breaching import breach, look_at_breach
from agency_client.use_cases.home import Home
from agency_client.use_cases.registering import Sought, register
from phoenix_protocol.errors import RefusedError
from phoenix_protocol.identifiers import Seconds
from phoenix_protocol.package.events import EventKind
from phoenix_protocol.package.lifecycle import State, Step
from tests.client.record_homes import opened_home
from tests.client.record_values import NOW, Edit, edited, own, told
from tests.client.vault_values import NURSE, POLICE, core_hash, endpoint, event, package_id, send

CLOCK = 72 * 3600


@pytest.fixture(scope="module")
def example(repository: Path) -> str:
    return (repository / "config" / "demo" / "breach.toml").read_text("utf-8")


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    with opened_home(tmp_path / "home") as home:
        with home.vault.transaction() as tx:
            send(tx, 1, (1, POLICE, False), (2, NURSE, False))
        yield home


def check(text: str, **changes: Any) -> Findings:
    values: dict[str, Any] = {"now": NOW, "own": own(), "catalogue": shipped_catalogue()}
    return check_breach(read_breach(text.encode()), RecordFacts(**values | changes))


def test_nothing_is_said_of_the_example(example: str) -> None:
    assert told(check(example)) == set()


def test_nothing_that_is_missing_stops_a_breach() -> None:
    found = check("")
    assert found.problems == ()
    assert {p.place for p in found.owed} == {
        "breach.kind",
        "breach.what_happened",
        "breach.aware_at",
        "breach.effects",
        "breach.remedy",
        "affected.how_many",
        "notified.regulator",
        "notified.people",
    }
    for owing in found.owed:
        assert owing.clause in shipped_clauses()


CASES: dict[str, tuple[Edit, set[str]]] = {
    "nobody attests": (
        ('attested_by = "Housing manager, Larkstone Homes"\n', ""),
        {"owed O_RT2 misdirection.attested_by"},
    ),
    "no attestation": (
        ('attestation = "Nothing was opened, printed or copied here."\n', ""),
        {"owed O_RT2 misdirection.attestation"},
    ),
    "to whom": (
        ('wrong_recipient = ["desk@larkstone-homes"]\n', ""),
        {"owed O_RT2 misdirection.wrong_recipient"},
    ),
    "not misdirected": (('kind = "misdirected"', 'kind = "altered"'), set()),
    "told, but when": (
        ('regulator = "not_required"', 'regulator = "notified"'),
        {"owed O_RT2 notified.regulator_at"},
    ),
    "why not": (
        (
            'regulator_reason = "Recalled unread within the hour: the receipts show that it was never accepted."\n',
            "",
        ),
        {"owed O_RT2 notified.regulator_reason"},
    ),
    "what it would prejudice": (
        (
            'people = "not_required"\npeople_reason = "It was encrypted and never opened."',
            'people = "would_prejudice"',
        ),
        {"owed O_RT2 notified.people_reason"},
    ),
    "not yet": (
        ('regulator = "not_required"', 'regulator = "not_yet"'),
        {"owed O_RT2 notified.regulator"},
    ),
    "no such kind": (('"misdirected"', '"mislaid"'), {"problem E_DOC_CODE breach.kind"}),
    "no such package": (
        ('# packages = ["the id of the package, from phoenix sent --json"]', 'packages = ["ab"]'),
        {"problem E_REC_PACKAGE packages[1]"},
    ),
    "before it happened": (
        ("2026-11-20T16:40:00Z", "2026-11-19T16:40:00Z"),
        {"warning W_DOC_TIME breach.aware_at"},
    ),
    "not yet happened": (
        ("2026-11-20T16:05:00Z", "2027-11-20T16:05:00Z"),
        {"warning W_DOC_TIME breach.happened_at", "warning W_DOC_TIME breach.aware_at"},
    ),
    "no name": (('name = "Jordan T"\n', ""), {"problem E_DOC_MISSING people[1].name"}),
    "nonsense": (("how_many = 1", 'how_many = "one"'), {"problem E_DOC_TYPE affected.how_many"}),
}


@pytest.mark.parametrize("name", CASES)
def test_a_rule_says_what_it_should(example: str, name: str) -> None:
    edit, found = CASES[name]
    assert told(check(edited(edit, text=example))) == found


def test_after_72_hours_somebody_is_warned(example: str) -> None:
    aware = span("2026-11-20T16:40:00Z")
    assert aware is not None
    untold = edited(('regulator = "not_required"', 'regulator = "not_yet"'), text=example)
    in_time, late = Seconds(aware.first + CLOCK), Seconds(aware.first + CLOCK + 1)
    assert "warning W_DOC_TIME notified.regulator" not in told(check(untold, now=in_time))
    assert "warning W_DOC_TIME notified.regulator" in told(check(untold, now=late))
    assert told(check(example, now=late)) == set()


# -- the clock -------------------------------------------------------------------------------------------------------


def report(home: Home) -> list[int]:
    with home.vault.reading() as view:
        return [due.at for due in view.dues.open({"breach_report"})]


def test_the_clock_runs_from_awareness(home: Home) -> None:
    done = breach(home, b'[breach]\naware_at = "2026-11-20T16:40:00Z"\n')
    aware = span("2026-11-20T16:40:00Z")
    assert aware is not None
    assert (done.clock.aware, done.clock.settled) == (aware.first, None)
    assert done.clock.report_by == aware.first + CLOCK == aware.first + REPORT_WITHIN
    assert report(home) == [aware.first + CLOCK]


def test_without_awareness_it_runs_from_now(home: Home) -> None:
    now = home.clock.now()
    assert breach(home, b'title = "x"\n').clock.report_by == now + CLOCK
    assert report(home) == [now + CLOCK]


def test_the_clock_stands_still_once_the_regulator_was_told(home: Home) -> None:
    breach(home, b'title = "x"\n')
    with pytest.raises(RefusedError):
        answer_record(home, 1, "notified.regulator", ["later"])
    done = answer_record(home, 1, "notified.regulator", ["notified"])
    assert report(home) == []
    assert "RT2:notified.regulator_at" in done.owed
    assert "RT2:notified.regulator" not in done.owed


def test_awareness_that_is_learnt_later_moves_the_clock(home: Home) -> None:
    breach(home, b'title = "x"\n')
    answer_record(home, 1, "breach.aware_at", ["2026-11-20T16:40:00Z"])
    aware = span("2026-11-20T16:40:00Z")
    assert aware is not None
    assert report(home) == [aware.first + CLOCK]


def test_a_breach_that_need_not_be_reported_has_no_clock(home: Home, example: str) -> None:
    assert breach(home, example.encode()).clock.settled == home.clock.now()
    assert report(home) == []


# -- what follows ----------------------------------------------------------------------------------------------------


def test_what_is_learnt_later_follows_and_settles_what_is_owed(home: Home, example: str) -> None:
    first = breach(home, b'title = "A package went astray"\n[breach]\nkind = "misdirected"\n')
    assert (first.record, first.step) == (1, None)
    home.clock.time += 3600  # type: ignore[attr-defined]
    later = edited(('kind = "misdirected"\n', ""), text=example)
    done = breach(home, later.encode(), 1)
    assert (done.record, done.step) == (1, 2)
    assert done.findings.owed == ()
    with home.vault.reading() as view:
        assert view.dues.open() == ()
        assert [(r.kind, r.about) for r in view.records.listing()] == [
            ("breach", None),
            ("breach_step", 1),
        ]
        assert view.records.document(2) == later.encode()
        closed = {due.closed_by for due in view.dues.of(record=1)}
        assert closed == {2}


def test_what_is_learnt_may_leave_more_to_be_said(home: Home) -> None:
    breach(home, b'title = "x"\n')
    breach(home, b'[breach]\nkind = "misdirected"\n', 1)
    with home.vault.reading() as view:
        owed = {due.place for due in view.dues.open({"owed_answer"})}
    assert "RT2:breach.kind" not in owed
    assert "RT2:misdirection.attestation" in owed


def test_only_a_breach_is_followed(home: Home) -> None:
    for number, code in ((1, "E_NOT_FOUND"),):
        with pytest.raises(RefusedError) as refused:
            breach(home, b"", number)
        assert refused.value.code == code


def test_a_breach_with_a_problem_is_not_recorded(home: Home) -> None:
    with pytest.raises(RefusedError) as refused:
        breach(home, b'[breach]\nkind = "mislaid"\n')
    assert refused.value.code == "E_DOCUMENT"
    assert look_at_breach(home, b'title = "x"').record is None
    with home.vault.reading() as view:
        assert view.records.listing() == ()
    assert report(home) == []


def test_a_breach_is_found_by_the_subjects_of_its_packages(home: Home, example: str) -> None:
    breach(home, example.encode())
    (line,) = register(home, Sought(person="jordan"))
    assert line.line.kind == "breach"
    assert [p.name for p in line.parties] == ["desk@larkstone-homes"]
    assert [e.line.kind for e in register(home, Sought(agency="larkstone-homes"))] == ["breach"]


# -- what receipts say -----------------------------------------------------------------------------------------------


def misdirected(text: str = "") -> bytes:
    return (
        f'packages = ["{package_id(1).hex()}"]\n[breach]\nkind = "misdirected"\n'
        f'[misdirection]\nwrong_recipient = ["{POLICE.upper()}"]\n{text}'
    ).encode()


def said(home: Home, kind: EventKind) -> None:
    with home.vault.transaction() as tx:
        spoken: StoredEvent = dataclasses.replace(event(1, by=1), kind=kind)
        tx.events.add(dataclasses.replace(spoken, core=core_hash(1), endpoint=endpoint(1)))


def step(home: Home, *steps: Step) -> None:
    with home.vault.transaction() as tx:
        for each in steps:
            if each is Step.HOLD:
                tx.sent.hold(core_hash(1), 1, b"held", NOW)
            else:
                tx.sent.step(core_hash(1), endpoint(1), each, NOW)


def opened(home: Home) -> Opened:
    (reached,) = look_at_breach(home, misdirected()).reached
    assert reached.address == POLICE
    assert reached.package == package_id(1).hex()
    return reached.opened


def test_receipts_say_whether_it_was_opened_at_the_wrong_address(home: Home) -> None:
    assert opened(home) is Opened.NO
    step(home, Step.HOLD)
    assert opened(home) is Opened.NO
    step(home, Step.OFFER)
    assert opened(home) is Opened.COVER
    step(home, Step.ACCEPT)
    assert opened(home) is Opened.YES
    step(home, Step.COMMIT)
    assert opened(home) is Opened.YES


def test_what_was_recalled_or_returned_was_not_opened(home: Home) -> None:
    step(home, Step.HOLD, Step.OFFER, Step.RETURN)
    assert opened(home) is Opened.COVER


def test_an_expiry_that_nobody_confirmed_says_nothing(home: Home) -> None:
    step(home, Step.HOLD, Step.OFFER, Step.EXPIRE)
    assert opened(home) is Opened.UNKNOWN
    with home.vault.transaction() as tx:
        tx.objects.keep(
            KeptObject(
                hash=core_hash(9),
                kind=ObjectKind.TOMBSTONE,
                core=core_hash(1),
                time=NOW,
                signed=b"tombstone",
            )
        )
    assert opened(home) is Opened.COVER


def test_whoever_said_accepted_had_it_whatever_came_then(home: Home) -> None:
    step(home, Step.HOLD, Step.OFFER, Step.ACCEPT, Step.EXPIRE)
    said(home, EventKind.ACCEPTED)
    assert opened(home) is Opened.YES


@pytest.mark.parametrize("state", State)
def test_every_state_has_its_answer_and_its_words(state: State) -> None:
    endpoint_ = ReachedEndpoint(endpoint="ab", state=state)
    reached = Reached(package="", address="", state=state, since=NOW, endpoints=(endpoint_,))
    assert reached.opened in Opened
    assert reached.in_words.endswith(".")
    assert ("phoenix recall" in reached.in_words) == (
        state in {State.SENT, State.HELD, State.OFFERED}
    )


def test_the_worst_of_an_addresss_machines_counts() -> None:
    ends = tuple(
        ReachedEndpoint(endpoint=state.value, state=state)
        for state in (State.RETURNED, State.COMMITTED, State.HELD)
    )
    reached = Reached(package="", address="", state=State.COMMITTED, since=NOW, endpoints=ends)
    assert reached.opened is Opened.YES


def test_what_receipts_said_is_kept_with_its_moment(home: Home) -> None:
    step(home, Step.HOLD, Step.OFFER)
    breach(home, misdirected())
    step(home, Step.ACCEPT)
    breach(home, b'[breach]\nremedy = "Asked them to destroy it"\n', 1)
    with home.vault.reading() as view:
        kept = view.records.following(1, {"breach_receipts"})
        documents = [json.loads(view.records.document(r.number) or b"") for r in kept]
        assert view.records.of(core_hash(1), {"breach"})[0].number == 1
    assert [d[0]["opened"] for d in documents] == ["cover", "yes"]
    assert documents[0][0]["endpoints"] == [
        {"endpoint": endpoint(1).hex(), "state": "offered", "said": []}
    ]


def test_only_the_wrong_recipient_is_told_of(home: Home) -> None:
    done = breach(home, misdirected())
    assert [each.address for each in done.reached] == [POLICE]
    assert NURSE not in str(done.reached)
