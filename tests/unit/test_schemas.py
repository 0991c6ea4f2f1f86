"""The schemas in docs/schemas have versions, and these are what the code writes."""

import json
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY
from tests.support.schemas import own
from thatch.cli.formats import json_text
from thatch.core import health, settings_file

FOLDER = REPOSITORY / "docs/schemas"

VERSIONS = {"check": json_text.VERSION, "doctor": health.VERSION, "settings": settings_file.VERSION}
"""By the names in `$id`."""


def test_every_schema_has_the_version_that_is_written() -> None:
    ids = {json.loads(path.read_text())["$id"] for path in FOLDER.glob("*.json")}
    assert ids == {f"urn:thatch:schema:{name}:{version}" for name, version in VERSIONS.items()}


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.json")), ids=lambda path: path.stem)
def test_every_schema_is_one_and_told_of(path: Path) -> None:
    own(path.stem)
    assert f"[{path.name}]({path.name})" in (FOLDER / "README.md").read_text()
