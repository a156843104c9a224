"""The life of a package between real programs: who sees what, in which order, and what each side is told."""

from __future__ import annotations

import calendar
import hashlib
import re
import time
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.documents import FRONT, MASH, NURSE, package
from tests.end_to_end.processes import Machine
from tests.end_to_end.quillmere import Town, join

FOR_MASH = {"only": (MASH,)}


def line_of(machine: Machine, id_: str, *args: str) -> Any:
    """The line of the inbox for one package."""
    found = machine.phoenix("inbox", *args).json["packages"]
    return next((line for line in found if line["package"] == id_), None)


def states(town: Town, id_: str) -> dict[str, str]:
    """How far a package is at each address, as its sender sees it."""
    status = town.sender.phoenix("status", id_).json
    return {r["address"]: r["state"] for r in status["recipients"]}


def texts(opened: Any) -> set[str]:
    """Every statement of an opened package."""
    return {s["text"] for section in opened["sections"] for s in section["statements"]}


def alerts(machine: Machine) -> list[str]:
    """The codes of what nobody has seen."""
    return [alert["code"] for alert in machine.phoenix("inbox").json["alerts"]]


def test_each_opens_its_sections_and_takes_responsibility_in_order(town: Town) -> None:
    id_ = town.send(package("Open your own sections"))
    desk, nurse = town.desk, town.nurse

    assert line_of(desk, id_)["purpose"] == "Open your own sections"
    assert desk.phoenix("open", id_, status=3).error_code == "E_NOT_ACCEPTED"
    words = ("--owner", "Duty sergeant", "--use", "Strategy discussion")
    assert desk.phoenix("acknowledge", id_, *words, status=3).error_code == "E_RECEIPT_STATE"
    assert desk.phoenix("outcome", id_, "Held", status=3).error_code == "E_RECEIPT_STATE"

    assert desk.phoenix("accept", id_).json["state"] == "committed"
    assert desk.phoenix("accept", id_[:8]).json["state"] == "committed", "again does nothing"
    assert desk.phoenix("return", id_, "--reason", "no", status=3).error_code == "E_RECEIPT_STATE"
    assert desk.phoenix("outcome", id_, "Held", status=3).error_code == "E_RECEIPT_STATE"
    opened = desk.phoenix("open", id_).json
    said = {
        "Said in attendance",
        "Thought in attendance",
        "Said in observed",
        "Thought in observed",
    }
    assert texts(opened) == said
    assert [s["class"] for s in opened["sections"][0]["statements"]] == ["FACT", "OPINION"]
    everything = str(opened)
    assert "in health" not in everything
    assert "of health" not in everything
    assert "The records of others" not in everything, "the decision stays with the sender"
    assert "uk_gdpr_part2" in everything, "the legal part reaches every recipient"

    page = desk.run_plain("open", id_).out
    for line in (
        "Purpose: Open your own sections",
        "Urgency: Within one working day",
        "Handling: For the named recipients only",
        "Contact phone: 01632 960 001",
        "Record",
        "Lawful basis: Public task",
        "Who may read it: ",
        "Why you get it: ",
    ):
        assert line in page
    assert not re.search("amber|RECIPIENTS_ONLY|own_record|uk_gdpr|e_public_task", page), "codes"

    nurse.phoenix("accept", id_)
    nurses = texts(nurse.phoenix("open", id_).json)
    assert {text for text in nurses if "observed" in text} == set()
    assert "Said in health" in nurses

    past = desk.phoenix("acknowledge", id_, *words, "--due", "2020-01-01", status=2)
    assert past.error_code == "E_USAGE"
    desk.phoenix("acknowledge", id_, *words, "--due", "3d")
    day = time.strftime("%Y-%m-%d", time.gmtime(time.time() + 30 * 86400))
    again = ("--owner", "Detective constable", "--use", "Enquiries", "--due", day)
    assert desk.phoenix("acknowledge", id_, *again).json["state"] == "acknowledged"
    assert desk.phoenix("outcome", id_, "Strategy discussion held").json["state"] == "outcome"
    handed_on = ("--owner", "Detective sergeant", "--use", "Case")
    assert desk.phoenix("acknowledge", id_, *handed_on).json["state"] == "outcome"

    status = town.sender.phoenix("status", id_).json
    assert {r["address"]: r["state"] for r in status["recipients"]} == {
        MASH: "outcome",
        NURSE: "committed",
    }
    taken = [e for e in status["events"] if e["state"] == "acknowledged"]
    owners = ["Duty sergeant", "Detective constable", "Detective sergeant"]
    assert [e["owner"] for e in taken] == owners
    due = calendar.timegm(time.strptime(taken[0]["due"], "%Y-%m-%dT%H:%M:%SZ"))
    assert abs(due - time.time() - 3 * 86400) < 600
    assert taken[1]["due"].startswith(day)
    assert "due" not in taken[2]
    assert [e["words"] for e in status["events"] if e["state"] == "outcome"] == [
        "Strategy discussion held"
    ]
    assert status["warnings"] == []

    page = town.sender.run_plain("status", id_).out
    for legend in ("outcome: they told you what came of it.", "committed: stored by them;"):
        assert page.count(legend) == 1
    told = {
        owner: heading.endswith("(replaced by a later one)")
        for heading, line in pairwise(page.splitlines())
        for owner in owners
        if f"owner: {owner}" in line
    }
    assert told == dict(zip(owners, (True, True, False), strict=True))
    assert page.count("due: ") == 2


def test_what_was_returned_is_returned_unread(town: Town) -> None:
    id_ = town.send(package("Not ours", sections=FOR_MASH))
    town.desk.phoenix("inbox")
    assert town.desk.phoenix("return", id_, "--reason", "Another force").json["state"] == "returned"
    assert town.desk.phoenix("open", id_, status=3).error_code == "E_RETURNED"
    assert town.desk.phoenix("accept", id_, status=3).error_code == "E_RETURNED"
    # Only when every machine of an address has returned it, the address has.
    assert states(town, id_) == {MASH: "held"}
    town["night-desk"].phoenix("return", id_, "--reason", "Another force")
    status = town.sender.phoenix("status", id_).json
    assert status["recipients"][0]["state"] == "returned"
    assert {e.get("reason") for e in status["events"]} == {"Another force"}
    held = list(town.desk.home.glob("**/*"))
    assert not [path for path in held if b"Said in only" in _bytes(path)]


def _bytes(path: Path) -> bytes:
    return path.read_bytes() if path.is_file() else b""


def test_recall_reaches_only_what_nobody_accepted(town: Town) -> None:
    id_ = town.send(package("Recalled at one of two"))
    town.desk.phoenix("inbox")
    town.nurse.phoenix("accept", id_)
    answers = town.sender.phoenix("recall", id_, "--reason", "Wrong child").json
    assert {r["address"]: r["answer"] for r in answers["recipients"]} == {
        MASH: "RECALLED",
        NURSE: "TOO_LATE",
    }
    again = town.sender.phoenix("recall", id_, "--reason", "Wrong child").json
    assert again == answers, "asking again says the same"
    assert town.desk.phoenix("accept", id_, status=3).error_code == "E_RECALLED"
    assert town.desk.phoenix("open", id_, status=3).error_code == "E_RECALLED"
    assert line_of(town.desk, id_)["state"] == "recalled"
    assert town.nurse.phoenix("open", id_).json["package"] == id_
    assert states(town, id_) == {MASH: "recalled", NURSE: "committed"}
    assert town.sender.phoenix("recall", "00" * 16, "--reason", "x", status=3).error_code == (
        "E_NOT_FOUND"
    )


def test_what_never_reached_the_relay_is_unknown_there_and_given_up(town: Town) -> None:
    """A send that was cut off, then recalled: the relay does not know it, and it will never be sent."""
    town.relay.stop()
    try:
        text = package("Cut off", sections=FOR_MASH)
        assert town.try_to_send(text, status=4).error_code == "E_RELAY"
    finally:
        town.relay.restart()
    # Nothing was sealed without the relay, because it serves the keys to seal to.
    assert all(p["purpose"] != "Cut off" for p in sent(town))
    id_ = town.send(text)
    assert line_of(town.desk, id_)["state"] == "offered"


def sent(town: Town) -> list[Any]:
    """What the sender has sent."""
    return list(town.sender.phoenix("sent").json["packages"])


def test_a_recalled_number_leaves_no_gap(town: Town) -> None:
    gone = town.send(package("Recalled before anybody looked", sections=FOR_MASH))
    town.sender.phoenix("recall", gone, "--reason", "Twice")
    kept = town.send(package("The next one", sections=FOR_MASH))
    assert line_of(town.desk, kept)["state"] == "offered"
    assert line_of(town.desk, gone) in (None, {})
    assert "N_SEQUENCE_GAP" not in alerts(town.desk)


def test_inbox_waits_until_something_comes(town: Town) -> None:
    town.desk.phoenix("inbox")
    waiting = town.desk.start("inbox", "--wait", "60", "--json")
    time.sleep(3)
    assert waiting.poll() is None
    began = time.monotonic()
    id_ = town.send(package("Wake up", sections=FOR_MASH))
    out, _ = waiting.communicate(timeout=60)
    assert time.monotonic() - began < 20
    assert id_ in out.decode()
    began = time.monotonic()
    assert line_of(town.desk, id_, "--wait", "2") is not None
    assert time.monotonic() - began >= 2, "no news: it waits as long as it was told"


def test_a_colleague_sees_what_the_other_did_and_may_open_it(town: Town) -> None:
    id_ = town.send(package("For the whole desk", sections=FOR_MASH))
    town.desk.phoenix("accept", id_)
    words = ("--owner", "Duty sergeant", "--use", "Strategy discussion")
    town.desk.phoenix("acknowledge", id_, *words)
    line = line_of(town["night-desk"], id_)
    assert line["state"] == "offered"
    assert [c["state"] for c in line["colleagues"]] == ["accepted", "committed", "acknowledged"]
    shown = town["night-desk"].run_plain("inbox").out
    assert "acknowledged by a colleague" in shown
    town["night-desk"].phoenix("accept", id_)
    assert "Said in only" in texts(town["night-desk"].phoenix("open", id_).json)
    assert states(town, id_) == {MASH: "acknowledged"}, "an address is as far as its furthest"


def test_late_is_late(town: Town) -> None:
    id_ = town.send(package("Soon over", expires="40s"))
    ends = time.time() + 40
    assert line_of(town.nurse, id_)["state"] == "offered"
    town.desk.phoenix("accept", id_)
    time.sleep(max(0.0, ends - time.time()) + 1)
    assert town.nurse.phoenix("accept", id_, status=3).error_code == "E_EXPIRED"
    assert town.nurse.phoenix("open", id_, status=3).error_code == "E_EXPIRED"
    assert line_of(town.nurse, id_)["state"] == "expired"
    assert "Said in observed" in texts(town.desk.phoenix("open", id_).json), "what was stored stays"

    status = town.sender.phoenix("status", id_).json
    assert {r["address"]: r["state"] for r in status["recipients"]} == {
        MASH: "committed",
        NURSE: "expired",
    }
    silent = {w["code"] for w in status["warnings"]} & {"N_UNCONFIRMED", "A_NOT_DELIVERED"}
    assert silent, "nobody confirmed it: that is never shown as delivered"
    town.relay.run("sweep")
    assert alerts(town.sender).count("A_NOT_DELIVERED") == 1, "the relay's own report"
    seen = town.sender.phoenix("status", id_, "--seen").json
    assert all(w["seen"] for w in seen["warnings"] if w["code"] != "W_EXPIRES_SOON")
    assert "A_NOT_DELIVERED" not in alerts(town.sender)
    next_ = town.send(package("After the late one", sections={"only": (NURSE,)}))
    assert line_of(town.nurse, next_)["state"] == "offered"
    assert "N_SEQUENCE_GAP" not in alerts(town.nurse)


def test_attachments_come_out_as_they_went_in(town: Town, tmp_path: Path) -> None:
    contents = {
        "empty.txt": b"",
        "one.pdf": hashlib.sha256(b"1").digest() * (1 << 15),
        "large.mp4": hashlib.shake_256(b"20").digest(20 << 20),
        "..\\..\\evil.exe": b"MZ",
        "-rf .txt": b"dash",
        "\u202egpj.exe": b"turned around",
        "a" * 200 + ".docx": b"long",
    }
    args: list[str] = []
    for name, content in contents.items():
        (tmp_path / name).write_bytes(content)
        args += ["--attach", f"attendance={tmp_path / name}"]
    (tmp_path / "secret.csv").write_bytes(b"for the police alone")
    args += ["--attach", f"observed={tmp_path / 'secret.csv'}"]

    id_ = town.send(package("With files"), *args)
    for machine in (town.desk, town.nurse):
        machine.phoenix("accept", id_)
    out = tmp_path / "out"
    opened = town.nurse.phoenix("open", id_, "--attachments", out).json
    files = {f["name"]: f for s in opened["sections"] for f in s["attachments"]}
    assert set(files) == set(contents)
    for name, content in contents.items():
        assert files[name]["size"] == len(content)
        assert files[name]["digest"] == hashlib.sha256(content).hexdigest()
        assert Path(files[name]["path"]).read_bytes() == content
        assert Path(files[name]["path"]).resolve().parent == out.resolve()
    written = {path.name for path in out.iterdir()}
    assert written == {Path(f["path"]).name for f in files.values()}, "and nothing else"
    assert all(name.isascii() and name[:64].isalnum() for name in written)
    assert {path.stat().st_mode & 0o177 for path in out.iterdir()} == {0}
    assert not any(name.endswith(".exe") for name in written)

    police = town.desk.phoenix("open", id_).json
    secret = next(f for s in police["sections"] for f in s["attachments"] if "secret" in f["name"])
    assert secret["size"] == 20
    plain = town.nurse.run_plain("open", id_).out
    assert "\u202e" not in plain
    assert "<U+202E>" in plain


def test_urgent_goes_with_what_is_owed(town: Town) -> None:
    text = package("Immediate protection", sections=FOR_MASH)
    without = text[: text.index("[decision]")]
    refused = town.try_to_send(without, status=3).json["error"]
    assert {p["code"] for p in refused["problems"]} >= {"E_DOC_DECISION", "E_DOC_LEGAL"}
    urgent = town.try_to_send(without, "--urgent").json
    owed = {p["place"] for p in urgent["owed"]}
    assert {p["place"] for p in refused["problems"]} <= owed, "what stopped it is owed instead"
    assert line_of(town.desk, urgent["package"])["state"] == "offered"
    line = next(p for p in sent(town) if p["package"] == urgent["package"])
    assert len(line["owed"]) == len(owed)


def test_the_same_again_is_another_package_and_says_so(town: Town) -> None:
    text = package("Sent twice", sections=FOR_MASH)
    first = town.try_to_send(text).json
    assert "W_SENT_BEFORE" not in [w["code"] for w in first["warnings"]]
    second = town.try_to_send(text).json
    assert "W_SENT_BEFORE" in [w["code"] for w in second["warnings"]]
    assert first["package"] != second["package"]
    other = town.try_to_send(text, "--expires", "13d").json
    assert "W_SENT_BEFORE" not in [w["code"] for w in other["warnings"]]
    assert len([p for p in sent(town) if p["purpose"] == "Sent twice"]) == 3


def test_the_senders_colleague_gets_a_copy_that_is_nobodys_debt(town: Town, tmp_path: Path) -> None:
    """A second machine of the sender's own desk reads what went out; its silence is no non-delivery."""
    with Machine(folder=tmp_path / "colleague") as colleague:
        join(colleague, FRONT, town.machines, town.anchor, town.relay.url)
        id_ = town.send(package("With a copy for us", sections=FOR_MASH, expires="20s"))
        ends = time.time() + 20
        assert line_of(colleague, id_)["from"] == FRONT
        town.desk.phoenix("accept", id_)
        time.sleep(max(0.0, ends - time.time()))
        status = town.sender.phoenix("status", id_).json
        assert [r["state"] for r in status["recipients"]] == ["committed"]
        assert {w["code"] for w in status["warnings"]} <= {"W_EXPIRES_SOON"}
        kept = town.send(package("A copy to read", sections=FOR_MASH))
        colleague.phoenix("accept", kept)
        copy = str(colleague.phoenix("open", kept).json)
        assert "Said in only" in copy
        assert "The records of others" in copy, "the decision is for the sender's own agency"


@pytest.fixture(autouse=True)
def _nothing_is_wrong_anywhere(town: Town, request: pytest.FixtureRequest) -> Any:
    """No test of this module may leave an alarm about tampering behind."""
    yield
    if request.node.name.startswith("test_the_senders_colleague"):
        for machine in town.machines.values():
            verified = machine.phoenix("audit", "verify", status=None)
            assert verified.status == 0, verified
