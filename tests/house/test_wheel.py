"""The wheel, installed alone into an empty environment, runs both programs."""

from __future__ import annotations

import os
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest

ROOMS = {"agency_client", "config", "keys", "phoenix_protocol", "phoenix_relay"}
NO_INDEX = ("dns error", "failed to fetch", "error sending request", "connect error", "offline")


@pytest.fixture(scope="module")
def uv(repository: Path) -> str:
    """The uv that make fetched, or the one on the path."""
    own = repository / ".tools" / "bin" / "uv"
    found = str(own) if own.is_file() else shutil.which("uv")
    if found is None:
        pytest.skip("Not run: uv is not here. `make setup` fetches it.")
    return found


def run_uv(command: list[str], cwd: Path) -> str:
    """Run uv; skip, saying so, when what stops it is that no package index can be reached."""
    environment = os.environ | {"UV_PYTHON_DOWNLOADS": "never"}
    environment.pop("VIRTUAL_ENV", None)
    if certificates := os.environ.get("PIP_CERT"):
        environment.setdefault("SSL_CERT_FILE", certificates)
    if index := os.environ.get("PIP_INDEX_URL"):
        environment.setdefault("UV_DEFAULT_INDEX", index)
    done = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True)
    if done.returncode != 0 and any(sign in done.stderr.lower() for sign in NO_INDEX):
        pytest.skip("Not run: no package index can be reached from here.")
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(uv: str, repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this work tree."""
    out = tmp_path_factory.mktemp("wheel")
    run_uv([uv, "build", "--quiet", "--wheel", "--out-dir", str(out)], repository)
    return next(out.glob("project_phoenix-*.whl"))


@pytest.fixture(scope="module")
def programs(
    uv: str, wheel: Path, repository: Path, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """The bin folder of an environment that holds the wheel and its locked dependencies."""
    home = tmp_path_factory.mktemp("empty")
    locked = home / "constraints.txt"
    export = ["export", "--quiet", "--frozen", "--no-dev", "--no-emit-project", "--no-hashes"]
    run_uv([uv, *export, "--no-default-groups", "--output-file", str(locked)], repository)
    python = repository / ".venv" / "bin" / "python"
    chosen = ["--python", str(python)] if python.exists() else []
    run_uv([uv, "venv", "--quiet", *chosen, str(home / "venv")], home)
    install = ["pip", "install", "--quiet", "--python", str(home / "venv" / "bin" / "python")]
    run_uv([uv, *install, "--constraints", str(locked), str(wheel)], home)
    return home / "venv" / "bin"


def test_the_wheel_holds_the_five_rooms_and_their_data(wheel: Path, repository: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    folders = {name.split("/", 1)[0] for name in names}
    assert {folder for folder in folders if not folder.endswith(".dist-info")} == ROOMS
    data = {
        path.relative_to(repository).as_posix()
        for path in (repository / "config").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert data <= names
    assert {f"{room}/py.typed" for room in ROOMS} <= names
    assert any(name.endswith(".dist-info/licenses/LICENCE") for name in names)


@pytest.mark.network
@pytest.mark.parametrize("program", ["phoenix", "phoenix-relay"])
def test_the_wheel_alone_runs_both_programs(program: str, programs: Path, tmp_path: Path) -> None:
    command = [str(programs / program), "--home", str(tmp_path / "home"), "--help"]
    environment = {"PATH": os.defpath, "HOME": str(tmp_path)}
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(f"Usage: {program}")
    assert not (tmp_path / "home").exists(), "--help must leave nothing behind"


@pytest.mark.network
def test_every_module_of_the_wheel_imports_outside_the_repository(
    programs: Path, tmp_path: Path
) -> None:
    script = (
        "import importlib, pkgutil\n"
        f"for room in {sorted(ROOMS)!r}:\n"
        "    package = importlib.import_module(room)\n"
        "    assert 'site-packages' in package.__file__, package.__file__\n"
        "    for found in pkgutil.walk_packages(package.__path__, room + '.'):\n"
        "        if not found.name.endswith('__main__'):\n"
        "            importlib.import_module(found.name)\n"
    )
    command = [str(programs / "python"), "-I", "-c", script]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
