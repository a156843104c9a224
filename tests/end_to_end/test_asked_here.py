"""What a partnership and an agency add, by real programs: words shown by their labels, questions for themselves."""

from __future__ import annotations

from pathlib import Path

from tests.end_to_end.documents import MASH, NURSE, package
from tests.end_to_end.quillmere import Town

WORDS = """\
format = 1
version = "Quillmere 2"
[power]
from = 2026-01-01
jurisdiction = ["england"]
who_may_use = ["anyone"]
source = "Quillmere protocol, section 5"
confirmed = true
codes = [{ code = "quillmere_scheme", label = "The Quillmere scheme of 2026" }]
"""


def test_a_word_of_the_partnership_is_shown_by_its_label_where_it_is_known(
    town: Town, tmp_path: Path
) -> None:
    file = tmp_path / "words.toml"
    file.write_text(WORDS, "utf-8")
    for machine in (town.sender, town.desk):
        machine.phoenix("catalogue", "--adopt", file)
    text = package("By a scheme of our own").replace('"ca2004_s10"', '"quillmere_scheme"')
    assert "quillmere_scheme" in text
    id_ = town.send(text)
    for reader in (town.desk, town.nurse):
        reader.phoenix("accept", id_)
    for machine in (town.sender, town.desk):
        shown = machine.run_plain("open", id_).out
        assert ": The Quillmere scheme of 2026" in shown
        assert "quillmere_scheme" not in shown
    assert ": quillmere_scheme" in town.nurse.run_plain("open", id_).out
    registered = town.sender.run_plain("register").out
    assert "The Quillmere scheme of 2026" in registered
    law = {"legal.gateway": ["quillmere_scheme"]}.items()
    assert any(law <= s["answers"].items() for s in town.desk.phoenix("open", id_).json["sections"])


def test_what_an_agency_asks_is_owed_answered_and_read_by_nobody_else(
    town: Town, repository: Path
) -> None:
    asked = repository / "config" / "demo" / "agency-catalogue.toml"
    found = town.sender.phoenix("catalogue", "--agency", "--adopt", asked).json
    assert [q["id"] for q in found["questions"]] == ["attendance_officer", "siblings"]
    assert "local.attendance_officer (owed" in town.sender.run_plain("catalogue").out
    answer = '[local]\nsiblings = "A sister in year 7"\n'
    document = package("Asked here", sections={"attendance": (MASH, NURSE)}, more=answer)
    file = town.sender.folder / "asked.toml"
    file.write_text(document, "utf-8")
    looked = town.sender.phoenix("check", file).json
    owed = {p["place"]: p["clause"] for p in looked["owed"]}
    assert owed["local.attendance_officer"] == owed["decision.labels_checked_by"] == "SH1"
    id_ = town.send(document)
    given = ("local.attendance_officer", "--text", "Told on Monday", "--by", "Attendance lead")
    left = town.sender.phoenix("answer", id_, *given).json["owed"]
    assert "SH1:local.attendance_officer" not in left
    town.sender.phoenix("answer", id_, "decision.labels_checked_by", "--text", "Deputy lead")
    (line,) = (p for p in town.sender.phoenix("sent").json["packages"] if p["package"] == id_)
    assert not any(name.startswith("SH1:") for name in line["owed"])
    town.desk.phoenix("accept", id_)
    assert "sister" not in town.desk.phoenix("open", id_).out
    own = town.sender.run_plain("open", id_).out
    assert "Are there brothers or sisters at this school?: A sister in year 7" in own
