"""``python -m bench [NAME ...]``: run all measurements, or those named, and print and save their tables."""

from __future__ import annotations

import argparse
import importlib
import json
from pathlib import Path

from bench import report
from bench.setting import Setting

MODULES = ("start", "sealing", "command_line", "relay", "memory", "record", "evidence", "web")


def main() -> None:
    """Run what was asked for. A target that is not met is reported and is no error: this measures, tests decide."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=main.__doc__)
    parser.add_argument(
        "name", nargs="*", choices=[*MODULES, []], help="what to run; all of it by default"
    )
    chosen = parser.parse_args().name or MODULES
    print(json.dumps(report.machine()))
    saved: list[Path] = []
    with Setting() as setting:
        for name in chosen:
            found: report.Report = importlib.import_module(f"bench.{name}").run(setting)
            report.show(found)
            saved.append(report.save(found))
    print("\nSaved: " + ", ".join(str(path) for path in saved))


if __name__ == "__main__":
    main()
