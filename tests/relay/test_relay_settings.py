"""Settings: the annotated file is true, every problem is told at once, and nothing unknown is taken."""

from __future__ import annotations

import dataclasses
import re
import tomllib
from importlib.resources import files
from pathlib import Path

import pytest

from phoenix_protocol.errors import UsageError
from phoenix_relay.settings import Bounds, Quotas, Settings, read_settings

HOME = Path("/nowhere")


def problems_of(tmp_path: Path, text: str, **given: str) -> dict[str, str]:
    file = tmp_path / "relay.toml"
    file.write_text(text)
    with pytest.raises(UsageError) as caught:
        read_settings(HOME, file, **given)  # type: ignore[arg-type]
    assert (caught.value.code, caught.value.exit_code) == ("E_SETTINGS", 2)
    return {problem.place: problem.message for problem in caught.value.problems}


def test_the_annotated_file_has_every_setting_with_its_default() -> None:
    shipped = files("config") / "relay.toml"
    given = tomllib.loads(shipped.read_text("utf-8"))
    for table, at in ((Settings, given), (Bounds, given["bounds"]), (Quotas, given["quotas"])):
        assert {f.name for f in dataclasses.fields(table)} - {"home"} == at.keys()
    with_file = read_settings(HOME, Path(str(shipped)))
    assert dataclasses.replace(with_file, database=None) == read_settings(HOME)


def test_every_setting_is_explained_above_or_beside_it() -> None:
    lines = (files("config") / "relay.toml").read_text("utf-8").splitlines()
    settings = [n for n, line in enumerate(lines) if re.match(r"\w+ =", line)]
    assert len(settings) > 20
    for n in settings:
        block = n
        while re.match(r"\w+ =", lines[block - 1]):
            block -= 1
        assert "#" in lines[n] or lines[block - 1].startswith(("#", "[")), lines[n]


def test_a_file_in_the_home_is_read_and_the_command_line_rules(tmp_path: Path) -> None:
    (tmp_path / "relay.toml").write_text('key_period = "10s"\nport = 1\nhost = "::1"\n')
    settings = read_settings(tmp_path, port=2)
    assert (settings.home, settings.key_period) == (tmp_path, 10)
    assert (settings.host, settings.port) == ("::1", 2)
    other = tmp_path / "other.toml"
    other.write_text("key_period = 20")
    assert read_settings(tmp_path, other).key_period == 20
    assert read_settings(tmp_path, other).port == 8080


@pytest.mark.parametrize(
    ("text", "seconds"), [("600", 600), ('"90d"', 90 * 86400), ('"2 h"', 7200), ('"1w"', 604800)]
)
def test_times_are_seconds_or_text_with_a_unit(tmp_path: Path, text: str, seconds: int) -> None:
    (tmp_path / "relay.toml").write_text(f"detail_life = {text}")
    assert read_settings(tmp_path).detail_life == seconds


def test_sizes_are_bytes_or_text_with_a_unit(tmp_path: Path) -> None:
    (tmp_path / "relay.toml").write_text('[bounds]\npackage = "3 MiB"')
    assert read_settings(tmp_path).bounds.package == 3 << 20


def test_every_problem_is_told_at_once(tmp_path: Path) -> None:
    text = (
        'key_period = 9\nport = 65536\nhost = 3\ncolour = "red"\ndrain = -1\nbounds = 7\n'
        'join_life = "3y"\nupload_life = 1.5\n[quotas]\nopen_uploads = true\nsize = 1\n'
    )
    found = problems_of(tmp_path, text, database="postgresql://relay@db/phoenix")
    assert found.keys() == {
        "key_period",
        "port",
        "host",
        "colour",
        "drain",
        "bounds",
        "join_life",
        "upload_life",
        "quotas.open_uploads",
        "quotas.size",
        "database",
    }
    assert found["database"] == "PostgreSQL is not supported by this version."
    assert "10" in found["key_period"]


@pytest.mark.parametrize(
    "url", ["postgresql://x", "postgresql+asyncpg://x", "postgres://x", "mysql://x", "sqlite:///x"]
)
def test_another_database_is_refused(tmp_path: Path, url: str) -> None:
    found = problems_of(tmp_path, "", database=url)
    assert ("PostgreSQL" in found["database"]) == url.startswith("postgres")


def test_a_file_that_is_not_toml_is_told_by_its_line(tmp_path: Path) -> None:
    file = tmp_path / "relay.toml"
    file.write_text("port = 1\nhost = = 2\n")
    with pytest.raises(UsageError) as caught:
        read_settings(HOME, file)
    (problem,) = caught.value.problems
    assert problem.line == 2
    file.write_bytes(b"\xff\xfe")
    with pytest.raises(UsageError):
        read_settings(HOME, file)


def test_a_file_that_is_named_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        read_settings(HOME, tmp_path / "absent.toml")
    assert read_settings(tmp_path) == Settings(home=tmp_path)


@pytest.mark.parametrize(("period", "interval"), [(86400, 60), (600, 60), (100, 10), (10, 1)])
def test_the_sweeper_comes_ten_times_in_a_period(period: int, interval: int) -> None:
    assert Settings(home=HOME, key_period=period).sweep_interval == interval
    assert Settings(home=HOME, key_period=period, sweep_every=7).sweep_interval == 7
