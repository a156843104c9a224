"""Everything a clone needs before its first command: uv into .tools, then the locked .venv.

Runs on the standard library alone, on any Python from 3.11. The version of uv and its digests
are those of uv.lock, however the wheel is fetched.
"""

from __future__ import annotations

import hashlib
import os
import platform
import shutil
import subprocess
import sys
import tomllib
import urllib.parse
import urllib.request
import zipfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
TOOLS = ROOT / ".tools"
UV = TOOLS / "bin" / "uv"
ATTEMPT_SECONDS = 300


class SetUpError(Exception):
    """The machine lacks something; the text says what to do."""


def locked_uv() -> dict[str, Any]:
    """The entry for uv in uv.lock: its version and every wheel with its digest."""
    lock = tomllib.loads((ROOT / "uv.lock").read_text(encoding="utf-8"))
    return next(package for package in lock["package"] if package["name"] == "uv")


def digest_of(path: Path) -> str:
    """The digest of a file, written as uv.lock writes it."""
    return "sha256:" + hashlib.sha256(path.read_bytes()).hexdigest()


# --- fetching the wheel of uv, three ways ---------------------------------------------------


def fetch_with_pip(package: dict[str, Any], into: Path, python: str = sys.executable) -> Path:
    """Ask pip, which knows this machine's index, proxy and certificates."""
    command = [python, "-m", "pip", "--disable-pip-version-check", "download", "--quiet"]
    command += ["--no-deps", "--only-binary", ":all:", "--dest", str(into)]
    subprocess.run(
        [*command, f"uv=={package['version']}"],
        check=True,
        capture_output=True,
        timeout=ATTEMPT_SECONDS,
    )
    return next(into.glob("uv-*.whl"))


def fetch_with_own_pip(package: dict[str, Any], into: Path) -> Path:
    """For a Python without pip but with ensurepip: a throw-away environment has one."""
    environment = TOOLS / "pip"
    subprocess.run(
        [sys.executable, "-m", "venv", str(environment)],
        check=True,
        capture_output=True,
        timeout=ATTEMPT_SECONDS,
    )
    return fetch_with_pip(package, into, str(environment / "bin" / "python"))


def fetch_without_pip(package: dict[str, Any], into: Path) -> Path:
    """For a Python with neither: the address in uv.lock, or the configured index's files."""
    address: str = next(wheel["url"] for wheel in package["wheels"] if suits_here(wheel["url"]))
    name = address.rsplit("/", 1)[1]
    index = configured_index()
    if index is not None:
        address = address_in_index(index, name)
    if urllib.parse.urlsplit(address).scheme not in {"https", "http", "file"}:
        raise SetUpError(f"The package index has an address that is not HTTP: {index}")
    target = into / name
    with urllib.request.urlopen(address, timeout=60) as answer, target.open("wb") as file:
        shutil.copyfileobj(answer, file)
    return target


def suits_here(address: str) -> bool:
    """Whether a wheel of uv is for this machine (uv's wheels differ by system and processor)."""
    machine = {"AMD64": "x86_64", "arm64": "arm64", "aarch64": "aarch64"}.get(
        platform.machine(), platform.machine()
    )
    if sys.platform == "darwin":
        return "macosx" in address and machine in address
    family = "manylinux" if platform.libc_ver()[0] == "glibc" else "musllinux"
    return family in address and machine in address


def address_in_index(index: str, name: str) -> str:
    """The address of a wheel on a simple index, found by its file name."""
    page_address = index.rstrip("/") + "/uv/"
    with urllib.request.urlopen(page_address, timeout=60) as answer:
        page: str = answer.read().decode("utf-8")
    for piece in page.split('href="')[1:]:
        link = piece.split('"', 1)[0]
        if link.split("#", 1)[0].endswith("/" + name):
            return urllib.parse.urljoin(page_address, link.split("#", 1)[0])
    raise SetUpError(f"The configured package index does not have {name}.")


def install_uv() -> None:
    """Put the locked uv into .tools/bin, its digest checked, or say why that failed."""
    package = locked_uv()
    stamp = TOOLS / "uv-version"
    if UV.exists() and stamp.exists() and stamp.read_text() == package["version"]:
        return
    say(f"Fetching uv {package['version']} into .tools")
    known = {wheel["hash"] for wheel in package["wheels"]}
    problems = []
    for fetch in (fetch_with_pip, fetch_with_own_pip, fetch_without_pip):
        into = TOOLS / "download"
        shutil.rmtree(into, ignore_errors=True)
        into.mkdir(parents=True)
        try:
            wheel = fetch(package, into)
            if digest_of(wheel) not in known:
                raise SetUpError(f"{wheel.name} does not have a digest that uv.lock lists.")
        except (OSError, StopIteration, SetUpError, subprocess.SubprocessError) as problem:
            problems.append(reason(problem))
            continue
        unpack(wheel)
        stamp.write_text(package["version"])
        for left in (into, TOOLS / "pip"):
            shutil.rmtree(left, ignore_errors=True)
        return
    raise SetUpError(
        "uv could not be fetched. Check the network and the package index that pip is set up "
        "with, then run the command again.\n  " + "\n  ".join(problems)
    )


def reason(problem: BaseException) -> str:
    """One line on why an attempt failed, with what the command itself said last."""
    said = getattr(problem, "stderr", None) or b""
    last = said.decode("utf-8", "replace").strip().splitlines()[-1:] or [str(problem)]
    return f"{type(problem).__name__}: {last[0]}"


def unpack(wheel: Path) -> None:
    """Write the programs of a wheel of uv into .tools/bin, whole or not at all."""
    UV.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(wheel) as archive:
        member = next(name for name in archive.namelist() if name.endswith("scripts/uv"))
        part = UV.with_suffix(".part")
        part.write_bytes(archive.read(member))
    part.chmod(0o755)
    part.replace(UV)


# --- the environment ------------------------------------------------------------------------


def configured_index() -> str | None:
    """The package index that uv or pip is told of here, when it is not the public one."""
    names = ("UV_DEFAULT_INDEX", "UV_INDEX_URL", "PIP_INDEX_URL")
    told = next((os.environ[name] for name in names if os.environ.get(name)), None)
    if told is not None:
        return told
    command = [sys.executable, "-m", "pip", "config", "get", "global.index-url"]
    asked = subprocess.run(command, capture_output=True, text=True, timeout=ATTEMPT_SECONDS)
    return asked.stdout.strip() or None


def environment_for_uv(directory: Path) -> dict[str, str]:
    """What uv is told: where to install, never to fetch a Python, and pip's certificates."""
    environment = dict(os.environ)
    environment |= {"UV_PROJECT_ENVIRONMENT": str(directory), "UV_PYTHON_DOWNLOADS": "never"}
    environment.pop("VIRTUAL_ENV", None)
    if certificates := os.environ.get("PIP_CERT"):
        environment.setdefault("SSL_CERT_FILE", certificates)
    return environment


def synchronise(directory: Path, python: str, groups: list[str]) -> None:
    """Make an environment hold exactly what uv.lock says: the project, or only some groups."""
    environment = environment_for_uv(directory)
    chosen = [flag for group in groups for flag in ("--only-group", group)]
    index = configured_index()
    if index is None:
        run([str(UV), "sync", "--frozen", "--quiet", "--python", python, *chosen], environment)
        return
    # uv.lock names the public index, and uv would go there: ask the configured one instead, for
    # the same versions with the same digests.
    environment |= {"UV_DEFAULT_INDEX": index, "VIRTUAL_ENV": str(directory)}
    wanted = TOOLS / "requirements.txt"
    export = ["export", "--frozen", "--quiet", "--no-emit-project", "--output-file", str(wanted)]
    commands = [
        ["venv", "--quiet", "--allow-existing", "--python", python, str(directory)],
        [*export, *chosen],
        ["pip", "sync", "--quiet", "--require-hashes", str(wanted)],
    ]
    if not groups:
        commands.append(["pip", "install", "--quiet", "--no-deps", "--editable", "."])
    for command in commands:
        run([str(UV), *command], environment)


def run(command: list[str], environment: dict[str, str]) -> None:
    """Run uv in the repository and show what it says."""
    try:
        subprocess.run(command, check=True, cwd=ROOT, env=environment)
    except subprocess.CalledProcessError as problem:
        raise SetUpError("uv stopped; its message is above.") from problem


def say(text: str) -> None:
    """One line for the person waiting."""
    print(text, file=sys.stderr, flush=True)


def main(arguments: list[str]) -> int:
    """`set_up.py [DIRECTORY [GROUP...]]`: by default the project in .venv."""
    directory = ROOT / (arguments[0] if arguments else ".venv")
    try:
        install_uv()
        say(f"Installing the locked dependencies into {directory.name}")
        synchronise(directory, sys.executable, arguments[1:])
    except SetUpError as problem:
        say(f"Set-up stopped. {problem}")
        return 1
    return 0


if __name__ == "__main__":
    if sys.version_info < (3, 11):  # noqa: UP036
        sys.exit("Set-up stopped. Python 3.11 or later is needed.")
    sys.exit(main(sys.argv[1:]))
