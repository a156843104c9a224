"""docs/surface.md says what both programs have: each command and option, the exit codes, the example that works."""

from __future__ import annotations

import re
import shlex
import tomllib
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from agency_client.cli.governance import UNSPECIFIED
from agency_client.cli.program import COMMANDS, program
from agency_client.record.shipped import shipped_catalogue
from phoenix_protocol import errors
from phoenix_protocol.errors import PhoenixError
from phoenix_relay.cli.commands import relay
from tests.house.surface_page import Option, Page, Usage, read_page, read_shape, read_usage

#: Understood by every command, and said once on the page.
EVERYWHERE = {"--home", "--json"}
PROGRAMS: dict[str, click.Command] = {"phoenix": program, "phoenix-relay": relay}


@pytest.fixture(scope="module")
def page(repository: Path) -> Page:
    return read_page(repository)


def commands(name: str, command: click.Command) -> Iterator[tuple[str, click.Command]]:
    """Every command that does something by itself, with its full name."""
    if not isinstance(command, click.Group):
        yield name, command
        return
    if command.invoke_without_command:
        yield name, command
    context = click.Context(command)
    for word in command.list_commands(context):
        inner = command.get_command(context, word)
        assert inner is not None
        yield from commands(f"{name} {word}", inner)


BUILT = {name: command for start in PROGRAMS.items() for name, command in commands(*start)}


def long_name(parameter: click.Parameter) -> str:
    return next(name for name in parameter.opts if name.startswith("--"))


def usage_of(command: click.Command) -> Usage:
    """How the program itself says that a command is called."""
    options: dict[str, Option] = {}
    arguments: list[tuple[str, bool]] = []
    for parameter in command.params:
        if isinstance(parameter, click.Argument):
            shown = parameter.metavar or str(parameter.name)
            arguments.append((shown.strip("[]").upper(), parameter.required))
        elif isinstance(parameter, click.Option) and long_name(parameter) not in EVERYWHERE:
            kind = parameter.type
            options[long_name(parameter)] = Option(
                takes_value=not parameter.is_flag,
                is_required=parameter.required,
                is_repeated=parameter.multiple,
                choices=tuple(kind.choices) if isinstance(kind, click.Choice) else (),
            )
    return Usage(options, tuple(arguments))


def test_every_command_is_on_the_page_and_no_other(page: Page) -> None:
    assert set(page.usages) == set(BUILT)


@pytest.mark.parametrize("name", BUILT)
def test_a_command_has_the_options_and_arguments_of_the_page(page: Page, name: str) -> None:
    assert page.usages[name] == usage_of(BUILT[name])


@pytest.mark.parametrize("name", BUILT)
def test_every_command_knows_home_and_json_and_has_help_for_each_option(name: str) -> None:
    command = BUILT[name]
    options = [p for p in command.params if isinstance(p, click.Option)]
    assert {long_name(option) for option in options} >= EVERYWHERE
    assert [long_name(option) for option in options if not option.help] == []
    assert command.help


def test_the_list_of_commands_says_what_each_does() -> None:
    for name, (_, _, text) in COMMANDS.items():
        assert text.endswith("."), name


def test_names_that_are_kept_are_not_built_yet(page: Page) -> None:
    assert page.not_built
    assert page.not_built & set(BUILT) == set()
    assert {name.split()[1] for name in page.not_built if len(name.split()) == 2}.isdisjoint(
        COMMANDS
    )


def test_exit_codes_are_those_of_the_errors(page: Page) -> None:
    classes = {PhoenixError, *PhoenixError.__subclasses__()}
    ours = {each.exit_code: each.__name__ for each in classes if each.__module__ == errors.__name__}
    assert len(ours) == 6
    assert page.exit_codes == {0: "", **ours}


def test_the_words_of_an_agencys_kind_and_place_are_in_the_help() -> None:
    for name in ("phoenix agency create", "phoenix partnership create"):
        options = {p.name: p for p in BUILT[name].params if isinstance(p, click.Option)}
        for option, enumeration in (("kind", "agency_kind"), ("jurisdiction", "jurisdiction")):
            words = set(re.findall(r"[a-z_]+", options[option].help or ""))
            assert set(shipped_catalogue().enumerations[enumeration]) <= words
        assert options["kind"].default == UNSPECIFIED


def test_a_kind_that_no_rule_knows_is_refused() -> None:
    words = shlex.split("agency create x --name x --anchor x --relay x --out x --kind school")
    with pytest.raises(click.BadParameter, match="education"):
        program.main(words, standalone_mode=False)


# -- what documents tell people to type ------------------------------------------------------------------------------


def typed(text: str) -> Iterator[str]:
    """Every command in the shell blocks of a document, its lines joined, without what the shell reads itself."""
    for block in re.findall(r"```(?:sh|shell|bash)?\n(.*?)```", text, re.DOTALL):
        for line in block.replace("\\\n", " ").splitlines():
            words = shlex.split(line.strip().removesuffix("&"), comments=True)
            if words and Path(words[0]).name in PROGRAMS:
                yield shlex.join([Path(words[0]).name, *words[1:]])


def understood(line: str) -> bool:
    """Whether the program would take these words; nothing is run."""
    name, *words = shlex.split(line)
    command: click.Command = PROGRAMS[name]
    context = None
    while isinstance(command, click.Group):
        context = command.make_context(command.name, list(words), parent=context)
        rest = [*context._protected_args, *context.args]
        if not rest:
            return command.invoke_without_command
        found = command.get_command(context, rest[0])
        assert found is not None, line
        command, words = found, rest[1:]
    command.make_context(command.name, list(words), parent=context)
    return True


def test_a_command_that_nobody_understands_is_found() -> None:
    assert understood("phoenix --home desk inbox --wait 5 --json")
    for wrong in ("phoenix inbox --wiat 5", "phoenix send", "phoenix-relay restore nowhere-at-all"):
        with pytest.raises(click.UsageError):
            understood(wrong)


@pytest.mark.parametrize(
    "name", ["README.md", "CONTRIBUTING.md", "SECURITY.md", "docs/document.md", "docs/keys.md"]
)
def test_what_a_document_tells_people_to_type_is_understood(repository: Path, name: str) -> None:
    lines = list(typed((repository / name).read_text("utf-8")))
    if name == "README.md":
        assert len(lines) > 18
    assert [line for line in lines if not understood(line)] == []


def test_the_package_that_is_sent_by_hand_is_in_the_repository(repository: Path) -> None:
    from tests.end_to_end.documents import BY_HAND

    kept = (repository / "config" / "demo" / "by-hand.toml").read_text("utf-8")
    assert tomllib.loads(kept) == tomllib.loads(BY_HAND)


# -- the page's own notation -----------------------------------------------------------------------------------------


def test_usages_are_read() -> None:
    name, usage = read_usage("phoenix keys x ID [NAME] --to URL +[--of a|b]... [--yes]\n")
    assert name == "phoenix keys x"
    assert usage.arguments == (("ID", True), ("NAME", False))
    assert usage.options == {
        "--to": Option(takes_value=True, is_required=True, is_repeated=False),
        "--of": Option(takes_value=True, is_required=False, is_repeated=True, choices=("a", "b")),
        "--yes": Option(takes_value=False, is_required=False, is_repeated=False),
    }


def test_shapes_are_read() -> None:
    inner = read_shape('{"b"?}', {})
    shape = read_shape('{"a": [X], +"c": {*}, "d": []}', {"X": inner})
    assert repr(shape).count("Listed") == 2
    assert read_shape('{"a": [{"b"?}], "c", "d": []}', {}) == shape
