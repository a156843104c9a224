"""docs/protocol.md says what the code does: messages, limits, codes, life cycle, routes, examples."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from phoenix_protocol import encoding, limits, notes, schema
from phoenix_protocol.directory.openings import make_opening
from phoenix_protocol.errors import NEXT_STEPS
from phoenix_protocol.joining import join_code
from phoenix_protocol.package.lifecycle import TABLE, State, address_state
from phoenix_protocol.requests import LIFETIME
from phoenix_protocol.sealing.padding import BODY_MINIMUM, body_length, framed_length
from phoenix_protocol.signed import hash_of
from phoenix_protocol.suite import ed25519_verify
from phoenix_protocol.suite.content import encrypted_length
from phoenix_protocol.words import join_words
from phoenix_relay.http.problems import STATUS_OF
from phoenix_relay.http.routes import COMMON_CODES, Raw, Route
from phoenix_relay.http.table import ROUTES
from tests.protocol import document_examples as examples
from tests.protocol.diagnostic_notation import notation
from tests.protocol.protocol_page import Page, Section, read_page
from tests.protocol.wire_description import messages, rows, size

CODE = re.compile(r"(?<![A-Z_])[EANW]_[A-Z][A-Z_]*[A-Z]")
MARKED = re.compile(r"`([^`]+)`")
ROOMS = ("phoenix_protocol", "keys", "phoenix_relay", "agency_client")
#: Units of the limits' table, not limits.
UNITS = {"KIB", "MIB", "GIB"}


@pytest.fixture(scope="module")
def page(repository: Path) -> Page:
    return read_page(repository / "docs" / "protocol.md")


# -- messages -------------------------------------------------------------------------------------------------------


def test_every_message_is_on_the_page_and_nothing_else(page: Page) -> None:
    assert set(page.messages()) == set(messages())


@pytest.mark.parametrize("name", sorted(messages()))
def test_every_field_is_on_the_page_with_its_type(page: Page, name: str) -> None:
    table = page.section(name).table("field", "type", "required", "meaning")
    wanted = [(f"`{field}`", type_, required) for field, type_, required in rows(messages()[name])]
    assert [tuple(row[:3]) for row in table] == wanted
    assert all(len(row) == 4 and row[3] for row in table), "a field without its meaning"


def test_every_type_is_in_the_table_of_types(page: Page) -> None:
    table = page.section("3.4 Types").table("type", "message", "signed by", "travels in")
    written = {row[1]: row[0].strip("`") for row in table}
    built = {name: type_ for name, type_ in written.items() if "not built" not in name}
    types = {name: getattr(m, "TYPE", None) for name, m in messages().items()}
    assert built == {name: type_ for name, type_ in types.items() if type_ is not None}


def test_what_is_not_built_yet_is_in_no_code(page: Page) -> None:
    planned = page.messages(built=False)
    assert "HandOver" in planned
    assert not set(planned) & set(messages())
    known = set(messages()) | set(planned)
    for section in planned.values():
        for _, type_, *_ in section.table("field", "type", "required", "meaning"):
            assert set(re.findall(r"(?:map|row) ([A-Z]\w+)", type_)) <= known


# -- examples -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(examples.EXAMPLES))
def test_examples_are_what_the_code_writes(page: Page, name: str) -> None:
    value, section = examples.EXAMPLES[name], page.section(name)
    encoded = schema.encode(value)
    assert schema.decode(type(value), encoded, limit=2 * limits.SIGNED_BYTES) == value
    assert section.block("cbor-diag") == notation(schema.to_plain(value))
    said = f"{len(encoded)} bytes."
    if hasattr(value, "TYPE"):
        said += f" Object hash `{hash_of(value).hex()}`."
    assert said in section.text


def test_every_message_stands_in_an_example() -> None:
    shown: set[type] = set()
    waiting = [type(value) for value in examples.EXAMPLES.values()]
    while waiting:
        message = waiting.pop()
        if message not in shown:
            shown.add(message)
            waiting += [
                inner for field in schema.fields_of(message) for inner in inside(field.codec)
            ]
    assert set(messages().values()) - shown == {messages()["Signed"], messages()["Signature"]}


def inside(codec: object) -> Iterator[type]:
    """The messages that a field holds."""
    if isinstance(codec, (schema.Nested, schema.Row)):
        yield codec.message
    elif isinstance(codec, (schema.ListOf, schema.MapOf)):
        yield from inside(codec.item)


def test_the_envelope_is_shown(page: Page) -> None:
    assert page.section("Signature").block("cbor-diag") == notation(examples.SIGNED_EXAMPLE)


def test_the_checkpoint_is_shown_whole(page: Page) -> None:
    assert page.section("4.8 Checkpoints").block("text") == examples.CHECKPOINT.rstrip("\n")


def test_code_and_words_are_those_of_the_request_above(page: Page) -> None:
    request = hash_of(examples.JOIN_REQUEST)
    text = page.section("JoinRequest").text
    assert f"    {join_code(request)}\n    {' '.join(join_words(request))}\n" in text


def test_the_commitment_is_shown(page: Page) -> None:
    opening = examples.OPENING
    commitment, _ = make_opening(opening.kind, opening.text, opening.salt)
    assert f"`{commitment.hex()}`" in page.section("2.6 Commitments").text


def test_the_capsules_info_is_shown(page: Page) -> None:
    shown = page.section("5.8 The capsule").block("text")
    assert shown is not None
    assert bytes.fromhex(shown.replace("\n", "")) == examples.BINDING.info()


def test_lengths_of_frames_are_as_the_page_says(page: Page) -> None:
    table = page.section("2.7 Encrypted content").table("content", "frame", "ciphertext")
    assert len(table) >= 5
    for content, frame, ciphertext in table:
        assert framed_length(int(content)) == int(frame)
        assert encrypted_length(int(frame)) == int(ciphertext)


def test_the_smallest_body_is_as_long_as_the_page_says(page: Page) -> None:
    text = " ".join(page.section("5.4 Where segments lie in the body").text.split())
    assert f"a power of two of at least {size(BODY_MINIMUM)} for up to 1 MiB" in text
    assert examples.CORE.body.length == body_length(1) == BODY_MINIMUM


def test_the_signed_request_verifies_over_the_base_shown(page: Page) -> None:
    section = page.section("8.1 A request")
    assert section.block("http") == examples.REQUEST_TEXT
    base = section.block("text")
    assert base == examples.SIGNATURE_BASE
    public = examples.request_key("mash")
    ed25519_verify(public, str(base).encode(), examples.REQUEST_SIGNATURE)


# -- limits ---------------------------------------------------------------------------------------------------------


def test_every_limit_is_on_the_page_with_its_value(page: Page) -> None:
    table = page.section("2.9 Limits").table("limit", "value", "of")
    written = {name.strip("`"): value_of(value) for name, value, _ in table}
    wanted = {
        name: value
        for name, value in vars(limits).items()
        if name.isupper() and isinstance(value, int) and name not in UNITS
    }
    assert written == wanted


def test_limits_that_stand_elsewhere_are_named_with_their_values(page: Page) -> None:
    text = " ".join(page.section("2.9 Limits").text.split())
    for said in (
        f"at most {encoding.MAX_ITEMS} values, nested {encoding.MAX_DEPTH} deep",
        f"a note has at most {notes.MAX_NOTE_BYTES} bytes, {notes.MAX_SIGNATURE_LINES} signatures, "
        f"{notes.MAX_SIGNATURE_BYTES} bytes in a signature and {notes.MAX_NAME_BYTES} in a name",
        f"a request is good for at most {LIFETIME} seconds",
    ):
        assert said in text


def value_of(text: str) -> int:
    """A limit as the page writes it."""
    if text == "2^63-1":
        return (1 << 63) - 1
    number, _, unit = text.partition(" ")
    return int(number) * {"": 1, "KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30}[unit]


# -- the life cycle -------------------------------------------------------------------------------------------------


def test_the_life_cycle_is_the_table_of_the_code(page: Page) -> None:
    table = page.section("6.1 Two stages").table("state", "step", "next state")
    wanted = [[before.value, step.value, after.value] for (before, step), after in TABLE.items()]
    assert table == wanted


def test_an_address_is_as_far_as_the_page_says(page: Page) -> None:
    text = " ".join(page.section("6.1 Two stages").text.split())
    written = re.search(r"in the order ([a-z, ]+)\.", text)
    assert written is not None
    order = [State(word) for word in written[1].split(", ")]
    assert set(order) == set(State)
    for n, state in enumerate(order):
        assert address_state(order[: n + 1]) is state


# -- routes ---------------------------------------------------------------------------------------------------------


def of_route(page: Page, route: Route) -> dict[str, str]:
    """The table of a route on the page."""
    return dict(page.section(f"`{route.method} {route.path}`").table("", ""))


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.name)
def test_every_route_is_on_the_page(page: Page, route: Route) -> None:
    table = of_route(page, route)
    assert table["for"].split(", ") == sorted(kind.value for kind in route.callers)
    assert MARKED.findall(table.get("query", "")) == list(route.query)
    assert table["body"] == written_body(route)
    assert table["answer"] == written_answer(route)


def written_body(route: Route) -> str:
    if route.reads is Raw.NONE:
        return "nothing"
    name = "a block, raw" if isinstance(route.reads, Raw) else route.reads.__name__
    return f"{name}, at most {size(route.limit)}"


def written_answer(route: Route) -> str:
    if route.answers is Raw.NONE:
        return "204"
    name = "a block, raw" if isinstance(route.answers, Raw) else route.answers.__name__
    return f"200, {name}"


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.name)
def test_every_route_lists_its_codes(page: Page, route: Route) -> None:
    written = set(CODE.findall(of_route(page, route)["codes"]))
    assert written == set(route.all_codes) - set(COMMON_CODES)


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.name)
def test_a_routes_checks_use_no_other_code(page: Page, route: Route) -> None:
    text = page.section(f"`{route.method} {route.path}`").text
    assert set(CODE.findall(text)) <= set(route.all_codes)


def test_every_common_code_has_its_check(page: Page) -> None:
    assert set(COMMON_CODES) <= set(CODE.findall(page.section("8.2 Checks of every request").text))


def test_no_route_is_on_the_page_that_is_not_built(page: Page) -> None:
    written = {
        section.title
        for chapter in ("9.1", "9.2", "9.3", "9.4")
        for section in routes_in(page, chapter)
    }
    assert written == {f"`{route.method} {route.path}`" for route in ROUTES}


def routes_in(page: Page, chapter: str) -> Iterator[Section]:
    title = next(s.title for s in page.sections if s.title.startswith(f"{chapter} "))
    return (section for section in page.under(title) if section.level == 4)


# -- codes ----------------------------------------------------------------------------------------------------------


def codes_in(repository: Path) -> dict[str, str]:
    """Every code that stands as a string in the rooms' source, with a file that has it."""
    found: dict[str, str] = {}
    for room in ROOMS:
        for path in (repository / room).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                value = node.value if isinstance(node, ast.Constant) else None
                if isinstance(value, str) and CODE.fullmatch(value):
                    found[value] = str(path.relative_to(repository))
    return found


def codes_on(page: Page) -> dict[str, list[str]]:
    """The rows of all tables of codes."""
    found: dict[str, list[str]] = {}
    for section in page.under("10. Codes"):
        for columns in (("code", "status", "raised when"), ("code", "raised when")):
            for row in section.table(*columns):
                assert row[0] not in found, f"{row[0]} stands there twice"
                found[row[0].strip("`")] = row[1:]
    return found


def test_every_code_in_the_source_has_its_row(repository: Path, page: Page) -> None:
    used, written = codes_in(repository), codes_on(page)
    assert {code: path for code, path in used.items() if code not in written} == {}
    assert set(written) - set(used) == set(), "rows of codes that nothing raises"
    assert all(row[-1] for row in written.values())


def test_every_status_is_the_relays(page: Page) -> None:
    table = page.section("10.1 Of the protocol").table("code", "status", "raised when")
    written = {code.strip("`"): int(status) for code, status, _ in table if status}
    assert written == dict(STATUS_OF)


def test_every_code_on_the_page_is_one(page: Page) -> None:
    assert set(CODE.findall(page.text)) - set(codes_on(page)) == set()


def test_every_code_of_the_protocol_says_what_to_do_next(page: Page) -> None:
    sections = (
        "10.1 Of the protocol",
        "10.2 Of programs and their files",
        "10.3 Alarms, findings and warnings",
    )
    for title in sections:
        section = page.section(title)
        rows_ = section.table("code", "status", "raised when") or section.table(
            "code", "raised when"
        )
        assert [row[0] for row in rows_ if row[0].strip("`") not in NEXT_STEPS] == []


# -- what cites the page --------------------------------------------------------------------------------------------


def test_every_section_that_the_code_cites_is_there(repository: Path, page: Page) -> None:
    numbers = {
        match[1] for s in page.sections if (match := re.match(r"(\d+(?:\.\d+)?)\.? ", s.title))
    }
    assert {str(n) for n in range(1, 11)} <= numbers
    cited = re.compile(r"protocol\.md((?:,? (?:and )?§\d+(?:\.\d+)?)+)")
    for room in (*ROOMS, "tests"):
        for path in (repository / room).rglob("*.py"):
            for found in cited.findall(path.read_text("utf-8")):
                for number in re.findall(r"§(\d+(?:\.\d+)?)", found):
                    assert number in numbers, f"{path.name} cites §{number}"


def test_sections_that_the_page_names_are_there(page: Page) -> None:
    numbers = {
        match[1] for s in page.sections if (match := re.match(r"(\d+(?:\.\d+)?)\.? ", s.title))
    }
    elsewhere = re.compile(r"(?:RFC \d+|FIPS \d+|UTS #\d+) §[\d.]+")
    text = elsewhere.sub("", page.text)
    assert set(re.findall(r"§(\d+(?:\.\d+)?)", text)) - numbers == set()


def test_checks_of_opening_are_the_ones_that_the_code_names(repository: Path, page: Page) -> None:
    source = (repository / "phoenix_protocol" / "sealing" / "open_offer.py").read_text("utf-8")
    in_code = {int(n) for n in re.findall(r"# O(\d+)", source)}
    written = re.findall(
        r"^- \*\*O(\d+)\*\*", page.section("5.12 Opening an offer").text, re.MULTILINE
    )
    assert [int(n) for n in written] == sorted(in_code) == list(range(1, 14))
    accepted = re.findall(r"- \*\*A(\d+)\*\*", page.section("5.13 Opening what was accepted").text)
    assert [int(n) for n in accepted] == list(range(1, 9))
