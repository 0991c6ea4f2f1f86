"""Fixtures for the tests of the command line."""

from pathlib import Path

import pytest

from tests.support.goldens import Golden


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Golden:
    """The expected texts of the command line's formats."""
    return Golden(Path(__file__).with_name("goldens"), bool(request.config.getoption("--update")))
