"""What end-to-end tests share: Quillmere made once, a town that runs, and towns of one's own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.end_to_end import neighbours, quillmere
from tests.end_to_end.mortal import Mortals
from tests.end_to_end.quillmere import Keyholder, Town


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Quillmere as real programs made it; nothing runs. Workers of one test run share it."""
    base = tmp_path_factory.getbasetemp()
    # A worker's own folder is called popen-gwN and stands beside those of the others.
    together = base.parent if base.name.startswith("popen-") else base
    return quillmere.shared(together / "quillmere" / "made")


@pytest.fixture(scope="session")
def keyholder() -> Iterator[Keyholder]:
    """The process that holds the keys of all homes."""
    with Keyholder() as holder:
        yield holder


@pytest.fixture(scope="session")
def grown(made: Path, keyholder: Keyholder) -> Path:
    """The larger Quillmere of the scenarios, with a school, a charity, another force and a manager; nothing runs."""
    return neighbours.shared(made.with_name("grown"), made, keyholder)


@pytest.fixture(scope="session")
def mortals() -> Iterator[Mortals]:
    """The process that runs ``phoenix`` in copies of itself: killed at a step, or quickly to the end."""
    with Mortals() as mortals:
        yield mortals


@pytest.fixture(scope="module")
def town(
    made: Path, keyholder: Keyholder, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Town]:
    """Quillmere with its relay serving, shared by the tests of a module: look at your own packages only."""
    with quillmere.running(made, tmp_path_factory.mktemp("town") / "own", keyholder) as running:
        yield running


@pytest.fixture
def own_town(made: Path, keyholder: Keyholder, tmp_path: Path) -> Iterator[Callable[..., Town]]:
    """Makes towns of one's own, not serving yet; they end with the test."""
    with ExitStack() as stack:

        def make(name: str = "town", **relay: object) -> Town:
            town = quillmere.copied(made, tmp_path / name, keyholder, **relay)
            stack.callback(town.__exit__)
            return town

        yield make
