"""Before the tests: a Chromium for those that drive the web app, where this machine can have one.

Root on a machine with Debian's packages gets it installed; everybody else is told how. Never fails: tests that need a
browser and find none say that they were left out.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
INSTALL = (
    "apt-get",
    "install",
    "--yes",
    "--no-install-recommends",
    "chromium",
    "fonts-dejavu-core",
)
PATIENCE_SECONDS = 600
LEFT_OUT = (
    "The tests in tests/browser, which drive the web app in a real browser, will be left out."
)


def main() -> None:
    """See the module."""
    if any(map(shutil.which, PROGRAMS)):
        return
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        print("There is no Chromium here. To have one: sudo apt-get install chromium", flush=True)
        print(LEFT_OUT, flush=True)
        return
    print("Installing Chromium for the tests of the web app", flush=True)
    if not (_quietly(INSTALL) or (_quietly(("apt-get", "update")) and _quietly(INSTALL))):
        print("Chromium could not be installed. Try: apt-get update && apt-get install chromium")
        print(LEFT_OUT, flush=True)


def _quietly(command: tuple[str, ...]) -> bool:
    try:
        ran = subprocess.run(
            command,
            env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
            capture_output=True,
            timeout=PATIENCE_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return ran.returncode == 0


if __name__ == "__main__":
    sys.exit(main())
