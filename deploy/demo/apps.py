"""The relay of the story of Quillmere with the app of every desk, until Ctrl-C: ``make demo-app``, after ``make demo``.

Everything in these homes is made up, so the apps also run where somebody else is logged in.
"""

from __future__ import annotations

import signal
import sys
import threading
from contextlib import ExitStack
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from deploy.demo.homes import KEPT, InUseError, Left, alone, find  # noqa: E402  # found by the path above
from tests.browser.apps import App  # noqa: E402  # found by the path above
from tests.end_to_end.processes import UnexpectedEndError  # noqa: E402  # found by the path above


def show(left: Left, stopped: threading.Event) -> None:
    """Serve, print the links, and stay until somebody has seen enough."""
    with ExitStack() as stack:
        relay = stack.enter_context(left.relay())
        print(f"The relay serves at {relay.url}. The apps start one after the other.", flush=True)
        apps = []
        for name, whose in left.machines.items():
            if stopped.is_set():
                break
            app = stack.enter_context(App(machine=left.machine(name)))
            apps.append(app)
            print(f"  {whose:<32} {app.link}", flush=True)
        passphrase = left.machine(next(iter(left.machines))).passphrase
        print(f"Each link works once. If an app locks: {passphrase}", flush=True)
        print("Press Ctrl-C to stop.", flush=True)
        stopped.wait()
        for app in apps:
            app.stop()
        relay.stop()


def main(folder: Path = KEPT) -> int:
    """See the module."""
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    left = find(folder)
    if left is None:
        print("There are no homes yet. Run make demo first.", file=sys.stderr)
        return 2
    try:
        with alone(folder):
            show(left, stopped)
    except InUseError:
        print("They are open already: stop the other make demo-app first.", file=sys.stderr)
        return 4
    except UnexpectedEndError as error:
        print(f"Run make demo again: the relay's port may be taken.\n{error}", file=sys.stderr)
        return 4
    return 0


if __name__ == "__main__":
    sys.exit(main(*(Path(argument).resolve() for argument in sys.argv[1:2])))
