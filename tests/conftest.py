"""What every room's tests share: the public vectors, hypothesis profiles, the package index."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

REPOSITORY = Path(__file__).resolve().parent.parent

settings.register_profile(
    "quick",
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
settings.register_profile("long", parent=settings.get_profile("quick"), max_examples=2000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))


@pytest.fixture(scope="session")
def repository() -> Path:
    """The folder that this repository is in."""
    return REPOSITORY


@pytest.fixture(scope="session")
def vectors() -> Path:
    """The folder of public test vectors; the test is skipped where it is not there."""
    configured = os.environ.get("PHOENIX_VECTORS")
    folder = Path(configured) if configured else REPOSITORY.parent / "shared" / "vectors"
    if not folder.is_dir():
        pytest.skip("No public vectors here: set PHOENIX_VECTORS to their folder.")
    return folder
