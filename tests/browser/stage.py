"""Quillmere on a stage, to look at by hand: ``python -m tests.browser.stage FOLDER``.

Makes the partnership, sends what the folder's machines have to read, starts the web app of each desk, prints their
links and stays until it is interrupted. A folder that is there already goes on where it was.
"""

from __future__ import annotations

import signal
import sys
from contextlib import ExitStack
from pathlib import Path

from tests.browser.apps import App
from tests.end_to_end import quillmere

_DESKS = ("social-care", "desk", "nurse", "council", "police")


def main(folder: Path) -> None:
    """See the module."""
    made = quillmere.shared(folder / "made")
    with ExitStack() as stack:
        keyholder = stack.enter_context(quillmere.Keyholder())
        number = sum(1 for _ in folder.glob("town-*"))
        town = quillmere.copied(made, folder / f"town-{number}", keyholder)
        stack.enter_context(town)
        for name in _DESKS:
            app = stack.enter_context(App(machine=town[name]))
            print(f"{name:>12}  {app.link}", flush=True)
        print(f"The passphrase of every machine: {quillmere.PASSPHRASE}", flush=True)
        signal.sigwait({signal.SIGINT, signal.SIGTERM})


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve())
