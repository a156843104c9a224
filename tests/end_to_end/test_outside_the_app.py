"""What people see outside a package: names nobody whom it is about, and keeps to whom not to alert (clause CO11)."""

from __future__ import annotations

import csv
import io
import re
import time
from pathlib import Path

import pytest

from agency_client.cli.meanings import DUES, LOST, MEANING, STATES
from tests.end_to_end.documents import MASH, package
from tests.end_to_end.processes import Machine
from tests.end_to_end.quillmere import PASSPHRASE, Town, join

ALERT = "All household contacts: they may be watching"
TEXT = package("A strategy discussion", more=f'do_not_alert = ["{ALERT}"]')
#: Everything by which somebody could tell whom the package is about.
ABOUT = (
    *("Jordan", "999 041 7008", "9990417008", "QM-0417", "Said in", "Thought in"),
    *("Title of", "The child comes first", "household"),
)
#: An address or an agency of Quillmere.
AGENCIES = re.compile(r"(ardenfold|quillmere)-\w+")


def named(text: str) -> list[str]:
    return [word for word in ABOUT if word.casefold() in text.casefold()]


def test_the_agent_says_nothing_of_what_comes(town: Town, tmp_path: Path) -> None:
    colleague = Machine(folder=tmp_path / "colleague", passphrase=PASSPHRASE)
    with colleague:
        join(colleague, MASH, town.machines, town.anchor, town.relay.url)
        agent = colleague.start("agent", "--every", "5")
        assert agent.stdout is not None
        said = agent.stdout.readline().decode()
        id_ = town.send(TEXT)
        deadline = time.monotonic() + 60
        while id_ not in {p["package"] for p in offline(colleague)}:
            assert time.monotonic() < deadline, "the agent fetches nothing"
            time.sleep(0.5)
        status = colleague.run_plain("agent", "status")
        assert colleague.phoenix("agent", "status").json["last_work"] in ("ok", "never")
        locked = colleague.run_plain("agent", "lock")
        assert agent.wait(20) == 0
        said += agent.stdout.read().decode() + (colleague.folder / "started.log").read_text()
        said += status.out + status.err + locked.out + locked.err
    assert "holds the key of this home" in said
    assert named(said) == []
    assert id_[:12] not in said
    assert AGENCIES.findall(said) == []


def offline(machine: Machine) -> list[dict[str, str]]:
    return list(machine.phoenix("inbox", "--offline").json["packages"])


def test_a_list_that_waits_shows_the_cover_and_nothing_of_the_child(town: Town) -> None:
    id_ = town.send(TEXT)
    waiting = town.desk.run_plain("inbox", "--wait", "5")
    assert id_[:12] in waiting.out
    printed = waiting.out + waiting.err + town.desk.phoenix("inbox", "--wait", "1").out
    assert named(printed) == []
    town.desk.phoenix("accept", id_)
    town.sender.phoenix("correct", id_, "1", "--text", "Said in another way about Jordan")
    told = [town.desk.run_plain(*words) for words in (("inbox", "--wait", "5"), ("alarms",))]
    printed = "".join(each.out + each.err for each in told)
    assert "N_CORRECTED" in printed
    assert named(printed) == []
    due = town.desk.run_plain("review", "--within", "500d")
    assert id_[:12] in due.out
    assert named(due.out + due.err) == []


def test_whoever_names_somebody_on_the_cover_is_warned(town: Town) -> None:
    warned = town.try_to_send(package("Talk about Jordan T tomorrow"))
    assert "W_DOC_COVER" in {w["code"] for w in warned.json["warnings"]}


def test_what_a_code_means_is_the_same_for_every_child() -> None:
    texts = [*MEANING.values(), *STATES.values(), *DUES.values(), LOST]
    assert [text for text in texts if "{" in text or "%s" in text] == []
    assert named(" ".join(texts)) == []
    assert AGENCIES.findall(" ".join(texts)) == []


@pytest.mark.parametrize("command", ["register", "chronology"])
def test_a_printed_list_names_nobody_above_it_and_says_whom_not_to_alert(
    town: Town, tmp_path: Path, command: str
) -> None:
    id_ = town.send(TEXT)
    town.desk.phoenix("accept", id_)
    for n, machine in enumerate((town.sender, town.desk)):
        page, sheet = tmp_path / f"{n}.html", tmp_path / f"{n}.csv"
        person = "--person" if command == "register" else "--subject"
        words = (command, person, "Jordan T", "--from", "2026-01", "--page", page, "--csv", sheet)
        printed = machine.run_plain(*words)
        text = page.read_text("utf-8")
        above, _, rest = text.partition("<table>")
        title = above.partition("<title>")[2].partition("</title>")[0]
        assert title == command.capitalize()
        assert above.count(f"Do not alert: {ALERT}") == 1
        assert named(above.replace(ALERT, "")) == []
        assert "Jordan T" in rest
        assert rest.count(ALERT) >= 1
        assert ALERT in printed.out
        (heading, *rows) = csv.reader(io.StringIO(sheet.read_text("utf-8-sig")))
        column = heading.index("Do not alert")
        of_it = [row for row in rows if any(cell.startswith(id_[:12]) for cell in row)]
        assert {row[column] for row in of_it} == {ALERT}
