"""What of a file can be run, for lenses, actions and lists of tests; the commands are made in `core/running/`."""

import asyncio
import shutil
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from attrs import evolve, frozen

from thatch.core.diagnostics import Span
from thatch.core.hi.model import Namespace, OccName
from thatch.core.project.model import Project
from thatch.core.running.commands import Packages, Place, Tools, interpreter, places, run_main, run_test, tested_in
from thatch.core.running.find_tests import find_tests, runs_with_tasty
from thatch.core.running.model import Command, FoundTest, Framework
from thatch.core.running.packages import declared
from thatch.core.settings import Settings
from thatch.core.source.outline import outline
from thatch.core.splices.inline_lexer import code_only
from thatch.core.syntax import is_literate
from thatch.core.text import LineIndex
from thatch.core.workspace import Snapshot
from thatch.lsp.session import View

RUN = "thatch.run"
"""The command of the editor that runs something in a terminal; its argument is what `as_argument` gives."""


MOST_CHARACTERS = 1_000_000
"""Longer texts, which nobody writes by hand, are not looked through for programs and tests."""


@frozen
class Runnable:
    """Something in a file that can be run."""

    title: str

    span: Span
    """GHC's."""

    command: Command


async def runnables(view: View, path: Path) -> tuple[LineIndex, list[Runnable]]:
    """What of a file can be run, in the order of its text, and that text.  May be cancelled at any time."""
    return await asyncio.to_thread(_read, view, path)


def tools_for(settings: Settings, project: Project) -> Tools:
    """The programs that run what belongs to a project.  Blocking, briefly."""
    beside = project.ghc.with_name(project.ghc.name.replace("ghc", "runghc", 1))
    # Its own one if there is one; any can be told which GHC to use.
    runghc = (_command(beside),) if beside.is_file() else ("runghc", "-f", str(project.ghc))
    return Tools(cabal=settings.cabal, stack=settings.stack, ghc=settings.ghc, runghc=runghc)


def tests_of(text: str, path: Path) -> tuple[FoundTest, ...]:
    """The tests of a file with this text."""
    return find_tests(text, literate=is_literate(path)) if len(text) <= MOST_CHARACTERS else ()


def command_of(found: Sequence[Place], test: FoundTest, tools: Tools) -> Command | None:
    """What runs a test of a file, in the first of the units it is a part of where that can be done."""
    commands = (run_test(place, test, tools) for place in found)
    return next((command for command in commands if command), None)


def as_argument(command: Command) -> dict[str, Any]:
    """A command line as the editor takes it."""
    return {
        "title": command.title,
        "program": command.program,
        "arguments": list(command.arguments),
        "cwd": str(command.directory),
        "commandLine": command.line,
    }


def _command(program: Path) -> str:
    """A program by its name, where that finds it."""
    known = shutil.which(program.name)
    return program.name if known and Path(known) == program else str(program)


def with_runners(snapshot: Snapshot, found: Sequence[Place], text: str) -> list[Place]:
    """The places of a file with this text, with what runs it and its tests there.  Blocking, briefly."""
    return [evolve(place, runner=_runner(snapshot, place), interpreter=interpreter(text)) for place in found]


def packages_of(projects: Iterable[Project]) -> Packages:
    """What the packages declare of projects whose units are no components.  Blocking."""
    return {project.root: declared(project) for project in projects if project.cradle == "stack"}


def _runner(snapshot: Snapshot, place: Place) -> Framework | None:
    mains = ((path, snapshot.text(path)) for path in tested_in(place).mains)
    with_tasty = (runs_with_tasty(text, literate=is_literate(path)) for path, text in mains if text)
    return Framework.TASTY if any(with_tasty) else None


def _read(view: View, path: Path) -> tuple[LineIndex, list[Runnable]]:
    projects = view.snapshot.projects
    known = places(projects, packages_of(projects), path)
    if not known:
        return LineIndex(""), []
    document, text = view.snapshot.documents.get(path), view.snapshot.text(path) or ""
    lines = document.lines if document else LineIndex(text)
    found = with_runners(view.snapshot, known, text)
    return lines, list(_runnables(found, text, tools_for(view.settings, found[0].project)))


def _runnables(found: Sequence[Place], text: str, tools: Tools) -> Iterator[Runnable]:
    yield from _programs(found, text, tools)
    for test in _flat(tests_of(text, found[0].path)):
        command = command_of(found, test, tools)
        if command:
            yield Runnable("Run group" if test.is_group else "Run test", test.span, command)


def _programs(found: Sequence[Place], text: str, tools: Tools) -> Iterator[Runnable]:
    commands = [command for place in found if (command := run_main(place, tools))]
    code = code_only(text) if is_literate(found[0].path) else text
    is_read = commands and len(code) <= MOST_CHARACTERS
    main = outline(code).find(OccName("main", Namespace.VARIABLE)) if is_read else None
    if main is None:
        return
    span = min(filter(None, (main.span, main.signature)))
    for command in commands:
        yield Runnable("Run" if len(commands) == 1 else command.title, span, command)


def _flat(tests: Iterable[FoundTest]) -> Iterator[FoundTest]:
    for test in tests:
        yield test
        yield from _flat(test.tests)
