"""Splices that ran and what they expand to, made up for tests of commands: no GHC, no workspace."""

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from attrs import field, frozen

from thatch.core.diagnostics import Diagnostic, Span
from thatch.core.errors import ThatchError
from thatch.core.events import Status
from thatch.core.project.model import Module, Project, Unit
from thatch.core.settings import Settings
from thatch.core.splices.runs import FileSplices, Question, SpliceKind, SpliceRun
from thatch.core.text import LineIndex
from thatch.core.th.expansion import Expansion
from thatch.core.workspace import Snapshot


@frozen
class Ran:
    """A splice in a text, and what came of it."""

    piece: str
    """The text of the splice, which occurs once."""

    kind: SpliceKind
    gave: Expansion | str
    """Its expansion, or why it failed."""

    milliseconds: float = 10
    questions: tuple[tuple[str, float], ...] = ()
    files: tuple[Path, ...] = ()


@frozen
class Settled:
    """Stands in for a workspace that knows all: give `context` in the place of `settled_workspace`."""

    files: Mapping[Path, tuple[str, tuple[Ran, ...]]]
    """The compiled text of each module's file, and its splices."""

    diagnostics: tuple[Diagnostic, ...] = ()
    status: Status = field(factory=Status)
    others: tuple[Path, ...] = ()
    """Modules without splices."""

    flags: tuple[str, ...] = ()
    unprintable: frozenset[str] = field(default=frozenset(), converter=frozenset)
    """The splices whose results cannot be printed."""

    @asynccontextmanager
    async def context(self, _paths: Iterable[Path], _settings: Settings) -> AsyncIterator["Settled"]:
        yield self

    def snapshot(self) -> Snapshot:
        by_path: dict[Path, tuple[Diagnostic, ...]] = {}
        for entry in self.diagnostics:
            by_path[entry.path] = (*by_path.get(entry.path, ()), entry)
        return Snapshot(
            diagnostics=by_path,
            documents={},
            status=self.status,
            projects=(self._project(),),
            generation=1,
            splices={path: FileSplices(text, self._runs(path)) for path, (text, ran) in self.files.items() if ran},
        )

    async def expand(self, path: Path, run: SpliceRun) -> Expansion:
        text, ran = self.files[path]
        for one in ran:
            if _run(path, text, one).span == run.span:
                assert isinstance(one.gave, Expansion)
                if one.piece in self.unprintable:
                    raise ThatchError(message="There is no constructor 99 of Exp.")
                return one.gave
        raise AssertionError(run)

    async def expand_all(self, path: Path, runs: Sequence[SpliceRun]) -> list[Expansion | ThatchError]:
        found: list[Expansion | ThatchError] = []
        for run in runs:
            try:
                found.append(await self.expand(path, run))
            except ThatchError as error:
                found.append(error)
        return found

    def _runs(self, path: Path) -> tuple[SpliceRun, ...]:
        text, ran = self.files[path]
        return tuple(_run(path, text, one) for one in ran)

    def _project(self) -> Project:
        paths = [*self.files, *self.others]
        modules = tuple(Module(path.stem, path) for path in paths)
        root = paths[0].parent
        unit = Unit(
            id="fake-0", component="fake:lib", directory=root, flags=self.flags, source_dirs=(root,), modules=modules
        )
        return Project(root=root, cradle="bare", units=(unit,), ghc=Path("ghc"))


def _run(path: Path, text: str, ran: Ran) -> SpliceRun:
    lines, start = LineIndex(text), text.index(ran.piece)
    failed = isinstance(ran.gave, str)
    return SpliceRun(
        unit="fake-0",
        module=path.stem,
        path=path,
        span=Span(*lines.ghc_position(start), *lines.ghc_position(start + len(ran.piece))),
        kind=ran.kind,
        result=None if failed else b"",
        failure=ran.gave if isinstance(ran.gave, str) else "",
        milliseconds=ran.milliseconds,
        questions=tuple(Question(name, b"q", b"a", spent) for name, spent in ran.questions),
        dependent_files=ran.files,
        memory=123_000_000,
    )
