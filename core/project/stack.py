"""Asking stack for a project's units: one `stack ghci` for all packages, whose compiler only takes notes.

Tested with a stand-in for stack only: what stack prints and calls is taken from its documentation (2.x).
"""

import asyncio
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

from attrs import define, frozen

from thatch.core import process
from thatch.core.errors import CradleError, ThatchError
from thatch.core.ghc.toolchain import Toolchain, probe
from thatch.core.process import Completed
from thatch.core.project import answers, shims
from thatch.core.project.answers import Answer, Component, Question
from thatch.core.project.bare import make_units, sort_sources, source_files
from thatch.core.project.folders import find_descriptions, locked, private_folder, unwritable
from thatch.core.project.model import Project, Unit
from thatch.core.settings import Settings


@frozen(kw_only=True)
class StackProject:
    """A project to be described by stack."""

    root: Path
    """Absolute folder where stack is run."""

    stack_yaml: Path | None = None
    """The absolute project file, if it is not `stack.yaml` in `root`."""

    dependencies: tuple[Path, ...] = ()

    @property
    def file(self) -> Path:
        """The project file."""
        return self.stack_yaml or self.root / "stack.yaml"


async def describe(project: StackProject, settings: Settings, say: Callable[[str], None]) -> Project:
    """The project as stack sees it: stack gives all packages the same flags, so their modules make one unit.

    Programs make units of their own.  Raises `CradleError` or `ToolchainError`.  Cancelling ends stack and all that
    it started.
    """
    stack = _Stack(project, settings, say)
    await stack.prepare()
    async with locked(stack.folder):
        return await stack.describe()


@define
class _Stack:
    """One conversation with stack about one project."""

    project: StackProject
    settings: Settings
    say: Callable[[str], None]
    program: str = ""
    version: str = ""
    folder: Path = Path()
    watched: tuple[Path, ...] = ()

    async def prepare(self) -> None:
        """Find stack, the project's build descriptions and the folder for the answer."""
        self.program = shutil.which(self.settings.stack) or ""
        if not self.program:
            raise CradleError(
                message=f"{self.project.root} is described by stack, which was not found ({self.settings.stack}).",
                remedy="Install stack (for example with ghcup), or name it with the setting `stack`.",
                path=self.project.file,
            )
        root, file = self.project.root, self.project.file
        self.version = (await self._stack(["--numeric-version"])).stdout.strip()
        self.folder = await asyncio.to_thread(private_folder, self.settings, root, f"stack {file}")
        found = await asyncio.to_thread(find_descriptions, root, file)
        self.watched = tuple(dict.fromkeys([file, *found, *self.project.dependencies]))

    async def describe(self) -> Project:
        """The stored answer if it still holds, else a new one; the folder must be held."""
        wanted = self.settings.ghc or (await self._stack(["path", "--compiler-exe"])).stdout.strip()
        toolchain = await probe(wanted, self.settings.cache_dir)
        question = Question(
            folder=self.folder,
            files=self.watched,
            asked=("stack", self.program, self.version, str(toolchain.ghc), toolchain.id),
        )
        answer = await asyncio.to_thread(answers.load, question)
        if answer is None:
            self.say(f"Asking stack {self.version} about {self.project.root.name}")
            answer = await self._ask(toolchain)
            await asyncio.to_thread(answers.store, question, answer)
        return Project(
            root=self.project.root,
            cradle="stack",
            units=await asyncio.to_thread(_units, answer, self.project.root),
            ghc=toolchain.ghc,
            watched=self.watched,
        )

    async def _ask(self, toolchain: Toolchain) -> Answer:
        try:
            installed = await asyncio.to_thread(shims.install, self.folder, toolchain, sessions=True)
        except OSError as error:
            raise unwritable(self.folder, error) from error
        result = await self._stack(["ghci", "--no-load", "--test", "--bench", f"--with-ghc={installed.ghc}"])
        calls = await asyncio.to_thread(lambda: list(shims.read_calls(installed)))
        if not calls:
            raise self._failure("stack did not start GHC for the project.", result)
        call = calls[-1]
        return Answer(
            components=(Component(unit_id="", name=self.project.root.name, call=call),),
            databases=(toolchain.libdir / "package.conf.d", *map(Path, call.package_dbs)),
            generated=tuple(path for path in map(Path, call.source_dirs) if ".stack-work" in path.parts),
        )

    async def _stack(self, arguments: Sequence[str]) -> Completed:
        chosen = [f"--stack-yaml={self.project.stack_yaml}"] if self.project.stack_yaml else []
        try:
            result = await process.run(
                [self.program, *chosen, *arguments], cwd=self.project.root, timeout=self.settings.cradle_timeout
            )
        except ThatchError as error:
            raise CradleError(
                message=error.message, remedy=error.remedy, detail=error.detail, path=self.project.file
            ) from error
        if result.code:
            raise self._failure("stack could not describe the project.", result)
        return result

    def _failure(self, message: str, result: Completed) -> CradleError:
        return CradleError(
            message=message,
            remedy="Run `stack ghci --no-load` in the project and correct what it complains of.",
            detail=result.said,
            path=self.project.file,
        )


def _units(answer: Answer, root: Path) -> tuple[Unit, ...]:
    call = answer.components[0].call
    folders = [call.directory / folder for folder in call.source_dirs]
    files = {path for folder in folders if folder.is_dir() for path in source_files(folder)}
    return make_units(sort_sources(sorted(files)), root, flags=call.flags, package_ids=call.package_ids)
