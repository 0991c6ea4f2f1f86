"""Comparing a text with the one expected, which stands in a file and is rewritten by `pytest --update`."""

from pathlib import Path

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update", action="store_true", help="rewrite the expected texts instead of comparing")


class Golden:
    """A folder of expected texts."""

    def __init__(self, folder: Path, update: bool) -> None:
        self._folder = folder
        self._update = update

    def check(self, name: str, actual: str) -> None:
        """Fail unless the file `name` holds exactly `actual`; rewrite it instead when updating."""
        path = self._folder / name
        if self._update:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(actual, encoding="utf-8", newline="")
            return
        if not path.is_file():
            pytest.fail(f"{path.name} does not exist yet: run pytest --update and read what it writes")
        expected = path.read_bytes().decode()
        assert expected == actual
