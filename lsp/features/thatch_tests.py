"""`thatch/tests`: the tests of a document, or of all test suites, for test explorers."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from lsprotocol import types

from thatch.core.errors import ThatchError
from thatch.core.running.commands import Place, Tools, places, test_places
from thatch.core.running.model import FoundTest
from thatch.core.text import LineIndex
from thatch.lsp import convert
from thatch.lsp.running import as_argument, command_of, packages_of, tests_of, tools_for, with_runners
from thatch.lsp.session import View


async def handle(view: View, params: Any) -> list[dict[str, Any]]:
    """The files that have tests, each with its tree of them.  May be cancelled at any time.

    The parameters may be left out; a `textDocument` in them says that only its tests are wanted.
    """
    document = getattr(params, "textDocument", None)
    projects = view.snapshot.projects
    packages = await asyncio.to_thread(packages_of, projects)
    if document is None:
        wanted = test_places(projects, packages)
    else:
        path = _path(document)
        wanted = {path: places(projects, packages, path)} if path else {}
    found = [await asyncio.to_thread(_file, view, path, known) for path, known in wanted.items() if known]
    return [file for file in found if file]


def _path(document: Any) -> Path | None:
    uri = getattr(document, "uri", None)
    if not isinstance(uri, str):
        raise ThatchError(message="thatch/tests takes {textDocument?: {uri}}.")
    return convert.path(uri)


def _file(view: View, path: Path, found: Sequence[Place]) -> dict[str, Any] | None:
    text = view.snapshot.text(path) or ""
    tests = tests_of(text, path)
    if not tests:
        return None
    known = with_runners(view.snapshot, found, text)
    lines, tools = LineIndex(text), tools_for(view.settings, known[0].project)
    unit, component = known[0].unit, known[0].component
    return {
        "uri": view.uri(path),
        "module": next(module.name for module in unit.modules if module.path == path),
        "component": component.target if component else unit.component,
        "tests": [_test(view, test, lines, known, tools) for test in tests],
    }


def _test(view: View, test: FoundTest, lines: LineIndex, known: Sequence[Place], tools: Tools) -> dict[str, Any]:
    command = command_of(known, test, tools)
    place = convert.place(test.span, lines, view.client.encoding)
    return {
        "name": test.name,
        "kind": "group" if test.is_group else "test",
        "framework": test.framework.value,
        "range": {"start": _position(place.start), "end": _position(place.end)},
        "run": as_argument(command) if command else None,
        "tests": [_test(view, each, lines, known, tools) for each in test.tests],
    }


def _position(place: types.Position) -> dict[str, int]:
    return {"line": place.line, "character": place.character}
