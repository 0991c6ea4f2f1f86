"""Cradles that give GHC's arguments themselves: `direct` lists them, `bios` runs a program that tells them."""

import asyncio
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from attrs import frozen

from thatch.core import process
from thatch.core.errors import CradleError, ThatchError
from thatch.core.ghc.toolchain import Toolchain, probe
from thatch.core.process import Completed
from thatch.core.project import answers
from thatch.core.project.answers import Answer, Component, Question
from thatch.core.project.arguments import Call, expand_response, read_call
from thatch.core.project.bare import make_units, sort_sources, source_files, unit_id
from thatch.core.project.folders import locked, private_folder
from thatch.core.project.hie_yaml import Bios, Direct
from thatch.core.project.model import Project, Unit
from thatch.core.project.units import make_unit, with_imports
from thatch.core.settings import Settings


@frozen(kw_only=True)
class Place:
    """Where in a `hie.yaml` a cradle stands, and what it is for."""

    hie_yaml: Path
    line: int
    prefix: Path
    """The folder or file that the cradle is for."""

    dependencies: tuple[Path, ...]

    @property
    def root(self) -> Path:
        """The folder that the cradle's paths are relative to."""
        return self.hie_yaml.parent


async def describe_direct(cradle: Direct, place: Place, settings: Settings) -> Project:
    """The project of a `direct` cradle; raises `CradleError` or `ToolchainError`."""
    toolchain = await probe(settings.ghc or "ghc", settings.cache_dir)
    call = read_call(place.root, cradle.arguments)
    units = await asyncio.to_thread(units_of_call, call, place)
    return Project(
        root=place.root,
        cradle="direct",
        units=units,
        ghc=toolchain.ghc,
        watched=(place.hie_yaml, *place.dependencies),
    )


async def describe_bios(cradle: Bios, place: Place, settings: Settings, say: Callable[[str], None]) -> Project:
    """The project of a `bios` cradle.

    Its answer is kept only if it names what it depends on.  Raises `CradleError` or `ToolchainError`; cancelling ends
    the program and all that it started.
    """
    toolchain = await probe(settings.ghc or cradle.with_ghc or "ghc", settings.cache_dir)
    folder = await asyncio.to_thread(
        private_folder, settings, place.root, f"bios {place.prefix} {' '.join(cradle.command)}"
    )
    async with locked(folder):
        question = _question(cradle, place, folder, toolchain)
        answer = await asyncio.to_thread(answers.load, question)
        if answer is None:
            say(f"Asking {Path(cradle.command[0]).name} about {place.root.name}")
            answer = await _Bios(cradle, place, settings, toolchain).ask()
            if answer.inputs or place.dependencies:
                await asyncio.to_thread(answers.store, question, answer)
    call = answer.components[0].call
    return Project(
        root=place.root,
        cradle="bios",
        units=await asyncio.to_thread(units_of_call, call, place),
        ghc=toolchain.ghc,
        watched=tuple(dict.fromkeys([*question.files, *answer.inputs])),
    )


def units_of_call(call: Call, place: Place) -> tuple[Unit, ...]:
    """The units of GHC arguments that a user wrote.  Blocking.

    Without targets they are for every module below the source folders.
    """
    own = call.unit_id if call.unit_id not in {"", "main"} else unit_id(place.root, place.prefix)
    if call.targets:
        unit = make_unit(call, unit_id=own, component=place.prefix.name)
        return (with_imports(unit),)
    folders = [(call.directory / folder).resolve() for folder in call.source_dirs]
    files = {path for folder in folders if folder.is_dir() for path in source_files(folder)}
    return make_units(sort_sources(sorted(files)), call.directory, flags=call.flags, package_ids=call.package_ids)


@frozen
class _Bios:
    cradle: Bios
    place: Place
    settings: Settings
    toolchain: Toolchain

    async def ask(self) -> Answer:
        """What the programs say."""
        with tempfile.TemporaryDirectory(prefix="thatch-bios-") as folder:
            arguments, dependencies = await self._arguments(Path(folder))
        if self.cradle.dependency_command:
            with tempfile.TemporaryDirectory(prefix="thatch-bios-") as folder:
                dependencies += await self._dependencies(Path(folder))
        call = read_call(self.place.root, expand_response(arguments))
        return Answer(
            components=(Component(unit_id="", name=self.place.prefix.name, call=call),),
            inputs=tuple(self.place.root / name for name in dict.fromkeys(dependencies)),
            databases=(self.toolchain.libdir / "package.conf.d", *(call.directory / db for db in call.package_dbs)),
        )

    async def _arguments(self, folder: Path) -> tuple[list[str], list[str]]:
        result = await self._run(self.cradle.command, folder)
        arguments = _lines(folder / "output")
        if result.code or not arguments:
            happened = f"failed with exit code {result.code}" if result.code else "wrote no arguments for GHC"
            raise CradleError(
                message=f"The bios program {self.cradle.command[-1]} {happened}.",
                remedy="It should write GHC's arguments, one a line, to the file named by HIE_BIOS_OUTPUT.",
                detail=result.said,
                path=self.place.hie_yaml,
                line=self.place.line,
            )
        return arguments, _lines(folder / "dependencies")

    async def _dependencies(self, folder: Path) -> list[str]:
        result = await self._run(self.cradle.dependency_command, folder)
        return _lines(folder / "output") or result.stdout.splitlines()

    async def _run(self, command: Sequence[str], folder: Path) -> Completed:
        example = await asyncio.to_thread(_first_source, self.place.prefix)
        # A program is told the file as an argument too; a shell takes what follows its script for `$0`.
        told = [*command, "sh", str(example)] if command[0] == "/bin/sh" else [*command, str(example)]
        environment = {
            "HIE_BIOS_OUTPUT": str(folder / "output"),
            "HIE_BIOS_DEPS": str(folder / "dependencies"),
            "HIE_BIOS_ARG": str(example),
            "HIE_BIOS_GHC": str(self.toolchain.ghc),
            "HIE_BIOS_GHC_ARGS": "",
        }
        try:
            return await process.run(told, cwd=self.place.root, env=environment, timeout=self.settings.cradle_timeout)
        except ThatchError as error:
            raise CradleError(
                message=error.message,
                remedy=error.remedy,
                detail=error.detail,
                path=self.place.hie_yaml,
                line=self.place.line,
            ) from error


def _question(cradle: Bios, place: Place, folder: Path, toolchain: Toolchain) -> Question:
    programs = [Path(command[0]) for command in (cradle.command, cradle.dependency_command) if command]
    own = [path for path in programs if path != Path("/bin/sh")]
    return Question(
        folder=folder,
        files=tuple(dict.fromkeys([place.hie_yaml, *own, *place.dependencies])),
        asked=("bios", *cradle.command, *cradle.dependency_command, str(toolchain.ghc), toolchain.id),
    )


def _first_source(prefix: Path) -> Path:
    """A file for the program to be asked about: the first below the prefix, or the prefix itself."""
    return next(iter(source_files(prefix)), prefix) if prefix.is_dir() else prefix


def _lines(path: Path) -> list[str]:
    try:
        return [line for line in path.read_text("utf-8", "replace").splitlines() if line.strip()]
    except OSError:
        return []
