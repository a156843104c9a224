"""What is wrong is refused whole and told whole; what is away is waited for, and the same command finishes once."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.documents import FRONT, MASH, NURSE, package
from tests.end_to_end.front import LOGIN_PAGE, NOT_HTTP, Does, Fault, Front, all_at_once, busy
from tests.end_to_end.processes import Finished, Machine, RelayProcess
from tests.end_to_end.quillmere import Keyholder, Town, point_to, running

FOR_MASH = {"only": (MASH,)}
GOOD = package("Refused before anything is sealed", sections=FOR_MASH)
TWO_GIB_AND_ONE = (2 << 30) + 1


def _replaced(old: str, new: str) -> str:
    assert GOOD.count(old) == 1, old
    return GOOD.replace(old, new)


#: The document; the code and place of the problem that it has; the text that its line begins with.
BAD: dict[str, tuple[str, str, str, str]] = {
    "an unknown field": (
        _replaced('classification = "', 'clasification = "'),
        "E_DOC_FIELD",
        "clasification",
        "clasification",
    ),
    "an untyped statement": (
        _replaced('kind = "record"', ""),
        "E_DOC_UNTYPED",
        "section[1].statement[1].kind",
        "[[section.statement]]",
    ),
    "an assessment without author": (
        _replaced('author = "Form tutor"', ""),
        "E_DOC_AUTHOR",
        "section[1].statement[2].author",
        "[[section.statement]]",
    ),
    "a recipient nobody knows": (
        GOOD.replace(MASH, "mesh@ardenfold-police"),
        "E_DOC_RECIPIENT",
        "to[1]",
        "to = ",
    ),
    "a section without need to know": (
        GOOD.replace(f'"{MASH}" = "To act on only"', ""),
        "E_DOC_NEED_TO_KNOW",
        "section[1].need_to_know",
        "[section.need_to_know]",
    ),
    "an unknown kind": (
        _replaced('kind = "record"', 'kind = "rumour"'),
        "E_DOC_KIND",
        "section[1].statement[1].kind",
        "kind = ",
    ),
    "a time in the past": (
        _replaced('expires = "14d"', 'expires = "2020-01-01T00:00:00Z"'),
        "E_DOC_TIME",
        "expires",
        "expires = ",
    ),
}


@pytest.fixture(scope="module")
def town(
    made: Path, keyholder: Keyholder, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Town]:
    """A town of which every machine reaches the relay by a front of its own."""
    with running(made, tmp_path_factory.mktemp("bad-input") / "own", keyholder) as town:
        yield town


@pytest.fixture(scope="module")
def fronts(town: Town) -> Iterator[dict[str, Front]]:
    """The front of each machine that sends or receives."""
    with ExitStack() as stack:
        made = {
            name: stack.enter_context(Front(town.relay.port))
            for name in ("desk", "night-desk", "nurse", "social-care")
        }
        for name, front in made.items():
            point_to(town[name].home, town.keys[name], front.url)
        yield made


@pytest.fixture(autouse=True)
def _nothing_left_wrong(fronts: dict[str, Front]) -> Iterator[None]:
    yield
    for front in fronts.values():
        front.fault = None


def outbox(town: Town, name: str = "social-care") -> set[str]:
    """The parcels that wait on a machine."""
    folder = town[name].home / "outbox"
    return {path.name for path in folder.iterdir() if path.is_dir()} if folder.exists() else set()


def purposes(town: Town, name: str) -> list[str]:
    """What a machine has sent."""
    return [p["purpose"] for p in town[name].phoenix("sent").json["packages"]]


def came(town: Town, name: str, purpose: str) -> list[Any]:
    """The packages of one purpose in an inbox."""
    packages = town[name].phoenix("inbox").json["packages"]
    return [package for package in packages if package["purpose"] == purpose]


# -- documents ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", list(BAD))
def test_a_bad_document_is_refused_before_anything_is_sealed(town: Town, name: str) -> None:
    text, code, place, line = BAD[name]
    refused = town.try_to_send(text, status=None)
    assert refused.status == 3, refused
    error = refused.json["error"]
    assert error["code"] == "E_DOCUMENT"
    found = [p for p in error["problems"] if (p["code"], p["place"]) == (code, place)]
    assert found, error["problems"]
    assert text.splitlines()[found[0]["line"] - 1].startswith(line)
    assert all(p["message"] and p["next"] for p in error["problems"])
    assert all(p["code"] in refused.err for p in error["problems"])
    assert outbox(town) == set()


def test_every_problem_is_listed_at_once(town: Town) -> None:
    text = (
        GOOD.replace('kind = "record"', 'kind = "rumour"')
        .replace('author = "Form tutor"', "")
        .replace('expires = "14d"', 'expires = "2020-01-01T00:00:00Z"')
        .replace('retention = "safeguarding_default"', 'retention = "for ever"\nodd = 1')
    )
    problems = town.try_to_send(text, status=3).json["error"]["problems"]
    codes = {p["code"] for p in problems}
    assert {"E_DOC_KIND", "E_DOC_AUTHOR", "E_DOC_TIME", "E_DOC_FIELD"} <= codes, problems
    checked = town.sender.phoenix("check", town.sender.folder / "package.toml", status=3).json
    assert {p["code"] for p in checked["problems"]} == codes, "check says the same"
    assert purposes(town, "social-care") == []


def test_an_attachment_beyond_the_limit_is_refused_unread(town: Town, tmp_path: Path) -> None:
    with (tmp_path / "huge.mp4").open("wb") as file:
        file.truncate(TWO_GIB_AND_ONE)
    refused = town.try_to_send(GOOD, "--attach", f"only={tmp_path / 'huge.mp4'}", status=3)
    assert "E_DOC_ATTACHMENT" in {p["code"] for p in refused.json["error"]["problems"]}
    missing = town.try_to_send(GOOD, "--attach", f"only={tmp_path / 'none.pdf'}", status=None)
    assert missing.status in (2, 3)
    astray = town.try_to_send(GOOD, "--attach", f"other={tmp_path / 'huge.mp4'}", status=None)
    assert astray.status in (2, 3)
    assert town.try_to_send(GOOD, "--attach", "only", status=2).error_code == "E_USAGE"
    assert outbox(town) == set()


@pytest.mark.parametrize(
    "text", ["to = [", "\x00\x01\x02", "", '{"to": [1,', "to = 1\nto = 2", "\ufeffto ="]
)
def test_what_is_no_document_is_unreadable(town: Town, text: str) -> None:
    refused = town.try_to_send(text, status=None)
    assert refused.status in (2, 3), refused
    assert refused.json["error"]["code"].startswith("E_")
    assert outbox(town) == set()


# -- the relay ---------------------------------------------------------------------------------------------------------


def test_a_relay_that_is_not_there_or_not_able_leaves_the_job_to_the_same_command(
    town: Town, fronts: dict[str, Front]
) -> None:
    """Four machines at once, because each is as patient as it is with a relay that comes back."""
    faults = {
        "desk": (Fault(does=Does.REFUSE), FRONT),
        "night-desk": (Fault(does=Does.HOLD), FRONT),
        "nurse": (busy("429 Too Many Requests"), FRONT),
        "social-care": (Fault(does=Does.LOSE, to=b"POST /v1/packages"), NURSE),
    }

    def send(name: str, status: int) -> Callable[[], Finished]:
        text = package(f"Sent by {name}", sections={"only": (faults[name][1],)})
        return lambda: town.try_to_send(text, by=name, status=status)

    for name, (fault, _) in faults.items():
        fronts[name].fault = fault
    failed = all_at_once(*(send(name, 4) for name in faults))
    assert [f.error_code for f in failed] == ["E_RELAY", "E_RELAY", "E_QUOTA", "E_RELAY"]
    assert all(fronts[name].seen > 1 for name in ("desk", "nurse", "social-care"))
    for name in ("desk", "night-desk", "nurse"):
        assert purposes(town, name) == []
        assert outbox(town, name) == set()
    # The relay took this one and its answer was lost: it is neither forgotten nor called sent.
    unfinished = town.sender.phoenix("sent").json["packages"]
    assert [(p["purpose"], p["state"]) for p in unfinished] == [("Sent by social-care", "sent")]

    for name in faults:
        fronts[name].fault = None
    finished = all_at_once(*(send(name, 0) for name in faults))
    assert all("W_SENT_BEFORE" not in str(done.json["warnings"]) for done in finished)
    for name in ("desk", "night-desk", "nurse"):
        assert len(came(town, "social-care", f"Sent by {name}")) == 1
    [arrived] = came(town, "nurse", "Sent by social-care")
    assert arrived["package"] == unfinished[0]["package"], "the bytes sealed first are what went"
    assert outbox(town) == set()


def test_a_full_relay_is_waited_for(town: Town, fronts: dict[str, Front]) -> None:
    fronts["social-care"].fault = replace(busy("503 Service Unavailable"), times=2)
    id_ = town.send(package("After two refusals", sections=FOR_MASH))
    assert fronts["social-care"].fault is None, "both were met"
    assert [p["package"] for p in came(town, "desk", "After two refusals")] == [id_]


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(Fault(does=Does.LOSE, to=b"POST /v1/packages", times=1), id="answer lost"),
        pytest.param(Fault(does=Does.REFUSE, to=b"POST /v1/packages", times=1), id="not arrived"),
        pytest.param(Fault(does=Does.CUT, to=b"POST /v1/packages", times=1), id="answer cut"),
        pytest.param(Fault(does=Does.CUT, to=b"GET /v1/log", times=1), id="log cut"),
    ],
)
def test_what_is_cut_off_once_is_sent_once(
    town: Town, fronts: dict[str, Front], fault: Fault, request: pytest.FixtureRequest
) -> None:
    purpose = f"Cut off: {request.node.name}"
    fronts["social-care"].fault = fault
    id_ = town.send(package(purpose, sections=FOR_MASH))
    assert fronts["social-care"].fault is None, "the fault was met"
    assert [p["package"] for p in came(town, "desk", purpose)] == [id_]


@pytest.mark.parametrize(
    ("fault", "statuses"),
    [
        pytest.param(LOGIN_PAGE, {5}, id="a login page"),
        pytest.param(NOT_HTTP, {4, 5}, id="not HTTP"),
        pytest.param(Fault(does=Does.FLIP, to=b"GET /v1/log"), {5}, id="another log"),
        pytest.param(Fault(does=Does.FLIP, to=b"POST /v1/epochs"), {5}, id="another key"),
        pytest.param(Fault(does=Does.FLIP, to=b"POST /v1/packages"), {5}, id="another receipt"),
    ],
)
def test_nonsense_is_an_alarm_and_nothing_is_half_sent(
    town: Town,
    fronts: dict[str, Front],
    fault: Fault,
    statuses: set[int],
    request: pytest.FixtureRequest,
) -> None:
    purpose = f"Nonsense: {request.node.name}"
    text = package(purpose, sections=FOR_MASH)
    fronts["social-care"].fault = fault
    failed = town.try_to_send(text, status=None)
    assert failed.status in statuses, failed
    assert failed.error_code in ("E_RESP_SIG", "E_PARSE", "E_RELAY")
    assert "<html>" not in failed.out + failed.err
    fronts["social-care"].fault = None
    id_ = town.send(text)
    assert [p["package"] for p in came(town, "desk", purpose)] == [id_]
    assert outbox(town) == set()
    if failed.status == 5:
        rows = town.sender.phoenix("audit", "show").json["rows"]
        assert failed.error_code in {row["outcome"] for row in rows}, "an alarm is recorded"


def test_a_recipient_goes_on_where_it_stopped(
    town: Town, fronts: dict[str, Front], tmp_path: Path
) -> None:
    (tmp_path / "film.mp4").write_bytes(b"frame" * 700_000)
    text = package("Fetched in pieces", sections=FOR_MASH)
    id_ = town.send(text, "--attach", f"only={tmp_path / 'film.mp4'}")
    desk, front = town.desk, fronts["desk"]
    for to in (b"/grant", b"/body/2"):
        front.fault = Fault(does=Does.FLIP, to=to)
        failed = desk.phoenix("accept", id_, status=5)
        assert failed.error_code in ("E_RESP_SIG", "E_BODY_DIGEST")
        assert desk.phoenix("open", id_, status=3).error_code == "E_NOT_ACCEPTED"
    front.fault = Fault(does=Does.LOSE, to=b"POST /v1/events", times=1)
    assert desk.phoenix("accept", id_).json["state"] == "committed"
    assert front.fault is None
    files = desk.phoenix("open", id_, "--attachments", tmp_path / "out").json
    assert "3500000" in json.dumps(files)
    status = town.sender.phoenix("status", id_).json
    assert status["recipients"][0]["state"] == "committed", (
        "the relay's faults are not the sender's"
    )
    assert [e["state"] for e in status["events"]] == ["accepted", "committed"]


# -- founding ----------------------------------------------------------------------------------------------------------


def test_a_founding_that_fails_says_why_and_can_be_repeated(tmp_path: Path) -> None:
    words = ("--agency", "council", "--agency-name", "Council", "--review-due", "2027-11-01")
    with ExitStack() as stack:
        relay = stack.enter_context(RelayProcess(home=tmp_path / "relay"))
        council, other = (
            stack.enter_context(Machine(folder=tmp_path / name)) for name in ("council", "other")
        )

        def create(machine: Machine, claim: str, name: str = "Quillmere") -> Finished:
            create = ("partnership", "create", "--relay", relay.url, "--claim", claim)
            return machine.phoenix(*create, "--name", name, *words, status=None)

        prefix, secret = relay.claim[:14], relay.claim[14:]
        mistyped = prefix + ("b" if secret[0] == "a" else "a") + secret[1:]
        assert create(council, mistyped).error_code == "E_CLAIM"
        renamed = create(council, relay.claim, "Quilmere").json["error"]
        assert (renamed["code"], "as it was" in renamed["next"]) == ("E_ANCHOR", True)
        assert create(council, relay.claim).status == 0
        assert create(council, relay.claim).status == 0
        assert create(other, relay.claim).error_code == "E_CLAIMED"
