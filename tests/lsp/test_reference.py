"""The pages that describe the server say what the code does; after a change run `pytest --update`."""

import re
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY
from tests.support.goldens import Golden
from tests.support.reference import (
    commands_table,
    config_schema,
    methods_table,
    options_table,
    settings_table,
    with_table,
)
from thatch.lsp import features
from thatch.lsp.routes import COMMANDS, ROUTES

DOCS = REPOSITORY / "docs"
FEATURES = sorted(path for path in Path(features.__file__).parent.glob("*.py") if path.name != "__init__.py")


@pytest.mark.parametrize(
    ("page", "tables"),
    [
        ("settings.md", {"settings": settings_table()}),
        ("check.md", {"options": options_table()}),
        ("protocol.md", {"methods": methods_table(), "commands": commands_table()}),
    ],
)
def test_tables_are_fresh(page: str, tables: dict[str, str], request: pytest.FixtureRequest) -> None:
    text = (DOCS / page).read_text("utf-8")
    for name, table in tables.items():
        text = with_table(text, name, table)
    Golden(DOCS, bool(request.config.getoption("--update"))).check(page, text)


def test_the_schema_of_the_file_is_fresh(request: pytest.FixtureRequest) -> None:
    Golden(DOCS / "schemas", bool(request.config.getoption("--update"))).check("thatch.json", config_schema())


def test_every_feature_is_named_after_its_method_and_routed_once() -> None:
    routed = [route.handler.__module__.rsplit(".", 1)[1] for route in (*ROUTES, *COMMANDS)]
    named = [re.sub(r"(?<=[a-z])(?=[A-Z])|[/.]", "_", route.method).lower() for route in (*ROUTES, *COMMANDS)]
    assert routed == named
    assert sorted(routed) == [path.stem for path in FEATURES]


@pytest.mark.parametrize("path", FEATURES, ids=[path.stem for path in FEATURES])
def test_handlers_are_short(path: Path) -> None:
    source = path.read_text("utf-8")
    handler = source[re.search(r"^(async )?def handle", source, re.MULTILINE).start() :]  # type: ignore[union-attr]
    body = re.split(r"^(?:async )?def ", handler, flags=re.MULTILINE)[1]
    assert len(body.rstrip().splitlines()) <= 25


def test_pygls_is_given_handlers_in_one_place() -> None:
    pattern = re.compile(r"\.(feature|command)\(")
    callers = [path.name for path in (REPOSITORY / "lsp").rglob("*.py") if pattern.search(path.read_text("utf-8"))]
    assert callers == ["routes.py"]
