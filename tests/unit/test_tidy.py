"""The whole tree keeps the rules of docs/architecture.md, and the rules find what they are there for."""

import ast
import json
import tomllib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

import pytest

from tests.support import tidy

ROOT = Path(__file__).parents[2]
GENERATED = {"__pycache__", "node_modules", "dist-newstyle", "build", "dist", "htmlcov", "out"}
TEXT_SUFFIXES = {
    "", ".cabal", ".hs", ".json", ".lua", ".md", ".project", ".py", ".sh", ".sql", ".toml", ".ts", ".txt", ".yaml",
    ".yml",
}  # fmt: skip
WALKED_DOT_FOLDERS = {".ci", ".github"}


def files_below(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        hidden = path.name.startswith(".") and path.name not in WALKED_DOT_FOLDERS
        if path.is_dir() and not hidden and path.name not in GENERATED and not path.name.endswith(".egg-info"):
            yield from files_below(path)
        elif path.is_file():
            yield path


def relative(path: Path) -> PurePosixPath:
    return PurePosixPath(path.relative_to(ROOT).as_posix())


def python_files(*folders: str) -> list[Path]:
    found = [path for folder in folders for path in files_below(ROOT / folder) if path.suffix == ".py"]
    assert found
    return found


@pytest.mark.parametrize("rule", tidy.FOR_PACKAGES, ids=lambda rule: rule.__name__)
def test_packages_keep_the_rule(rule: tidy.PythonRule) -> None:
    files = python_files(*tidy.PACKAGES)
    assert [said for path in files for said in rule(relative(path), ast.parse(path.read_bytes()))] == []


@pytest.mark.parametrize("rule", tidy.FOR_TESTS, ids=lambda rule: rule.__name__)
def test_tests_keep_the_rule(rule: tidy.PythonRule) -> None:
    files = python_files("tests")
    assert [said for path in files for said in rule(relative(path), ast.parse(path.read_bytes()))] == []


def test_no_file_names_a_machine_or_a_registry() -> None:
    # A lock file names the pages where authors of packages ask for money.
    locks = "package-lock.json"
    files = [path for path in files_below(ROOT) if path.suffix in TEXT_SUFFIXES and path.name != locks]
    found = [said for path in files for said in tidy.no_place_names(relative(path), path.read_text("utf-8", "replace"))]
    assert found == []


def test_no_lock_file_names_where_packages_come_from() -> None:
    (lock,) = [path for path in files_below(ROOT) if path.name == "package-lock.json"]
    assert [package for package in json.loads(lock.read_text())["packages"].values() if "resolved" in package] == []


def test_what_is_listed_as_pure_exists() -> None:
    assert [entry for entry in tidy.PURE if not (ROOT / entry).exists()] == []


def test_the_architecture_names_every_package() -> None:
    text = (ROOT / "docs/architecture.md").read_text()
    packages = {relative(path.parent) for path in python_files(*tidy.PACKAGES) if path.name == "__init__.py"}
    assert {f"`{package}/`" for package in packages if f"`{package}/`" not in text} == set()


def test_every_package_is_installed() -> None:
    listed = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["packages"]
    folders = {relative(path.parent) for path in python_files(*tidy.PACKAGES) if path.name == "__init__.py"}
    assert sorted(listed) == sorted(".".join(("thatch", *folder.parts)) for folder in folders)


GOOD = [
    (tidy.layers, "lsp/server.py", "from thatch.core.workspace import Workspace"),
    (tidy.layers, "cache/store.py", "from thatch.core.diagnostics import Diagnostic"),
    (tidy.layers, "cli/lsp.py", "def f():\n    from thatch.lsp.server import serve"),
    (tidy.layers, "core/a.py", "import attrs"),
    (tidy.only_importers, "lsp/convert.py", "from lsprotocol.types import Range"),
    (tidy.only_importers, "core/watch.py", "import watchdog.events"),
    (tidy.features_stand_alone, "lsp/features/hover.py", "from thatch.lsp.convert import to_range"),
    (tidy.one_table_of_routes, "lsp/routes.py", "server.feature('x')(f)"),
    (tidy.purity, "core/text.py", "import re\nfrom pathlib import Path"),
    (tidy.purity, "core/process.py", "import os"),
    (tidy.versions_in_one_place, "core/ghc/versions.py", "new = version >= (9, 10)"),
    (tidy.versions_in_one_place, "core/a.py", "good = version == OLDEST"),
    (tidy.short, "core/a.py", "def f():\n" + "    pass\n" * 59),
    (tidy.documented, "core/a.py", '"""Something lives here."""'),
    (tidy.no_sleep, "tests/a.py", "sleepy()"),
]

BAD = [
    (tidy.layers, "core/a.py", "import thatch.cache.store"),
    (tidy.layers, "core/a.py", "from thatch import lsp"),
    (tidy.layers, "core/a.py", "def f():\n    from thatch.cli.main import main"),
    (tidy.layers, "cache/a.py", "from thatch.lsp.server import serve"),
    (tidy.layers, "cache/a.py", "from thatch.core.workspace import Workspace"),
    (tidy.layers, "cache/a.py", "from thatch.core import workspace"),
    (tidy.layers, "lsp/a.py", "from thatch.cli.check import check"),
    (tidy.layers, "cli/check.py", "from thatch.lsp.server import serve"),
    (tidy.layers, "cli/lsp.py", "from thatch.lsp.convert import to_range"),
    (tidy.only_importers, "core/a.py", "from pygls.lsp.server import LanguageServer"),
    (tidy.only_importers, "cli/a.py", "import lsprotocol.types as types"),
    (tidy.only_importers, "core/workspace.py", "from watchdog.observers import Observer"),
    (tidy.only_importers, "lsp/a.py", "import rich"),
    (tidy.only_importers, "core/settings.py", "import yaml"),
    (tidy.features_stand_alone, "lsp/features/hover.py", "from thatch.lsp.features.definition import find"),
    (tidy.features_stand_alone, "lsp/features/hover.py", "from thatch.lsp.features import definition"),
    (tidy.one_table_of_routes, "lsp/features/hover.py", "@server.feature('x')\ndef f(): pass"),
    (tidy.purity, "core/text.py", "import asyncio"),
    (tidy.purity, "core/text.py", "from os import path"),
    (tidy.purity, "core/text.py", "import sqlite3"),
    (tidy.purity, "core/text.py", "x = path.read_text()"),
    (tidy.purity, "cli/formats/full.py", "with open('f') as f: pass"),
    (tidy.versions_in_one_place, "core/a.py", "if version >= (9, 10): pass"),
    (tidy.versions_in_one_place, "lsp/a.py", "if (10, 0, 1) == version: pass"),
    (tidy.versions_in_one_place, "core/a.py", "if text == '9.6.6': pass"),
    (tidy.short, "core/a.py", "async def f():\n" + "    pass\n" * 60),
    (tidy.short, "core/a.py", "x = 1\n" * 601),
    (tidy.documented, "core/a.py", "x = 1"),
    (tidy.no_sleep, "tests/a.py", "import time\ntime.sleep(1)"),
    (tidy.no_sleep, "tests/a.py", "from time import sleep\nsleep(1)"),
    (tidy.no_sleep, "tests/a.py", "async def f():\n    await asyncio.sleep(0)"),
]


@pytest.mark.parametrize(("rule", "path", "source"), GOOD)
def test_a_rule_lets_good_code_pass(rule: tidy.PythonRule, path: str, source: str) -> None:
    assert list(rule(PurePosixPath(path), ast.parse(source))) == []


@pytest.mark.parametrize(("rule", "path", "source"), BAD)
def test_a_rule_finds_bad_code(rule: tidy.PythonRule, path: str, source: str) -> None:
    complaint, *_ = rule(PurePosixPath(path), ast.parse(source))
    assert complaint.startswith(path)


@pytest.mark.parametrize(
    "text", ["/ho" + "me/somebody/project", "https://packages" + ".org/pool", "http://a.b" + ".net"]
)
def test_a_place_name_is_found(text: str) -> None:
    assert list(tidy.no_place_names(PurePosixPath("a.md"), f"\nsee {text}")) != []


def test_every_rule_is_shown_to_find_something() -> None:
    assert {rule for rule, _, _ in BAD} == {*tidy.FOR_PACKAGES, *tidy.FOR_TESTS}
