"""The private files of one session: overlay, response files, launchers of the interpreter.

<folder>/start.ghci             sets the prompt (written by the session)
<folder>/unit-<n>               the response file of unit n
<folder>/overlay/...            see `thatch.core.ghc.overlay`
<folder>/interpreter...         see `thatch.core.iserv.launcher`
"""

import itertools
import re
import shlex
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from attrs import evolve, frozen

from thatch.core.ghc import flags
from thatch.core.ghc.overlay import Overlay
from thatch.core.ghc.toolchain import Toolchain
from thatch.core.iserv.launcher import TapOptions, write_launchers
from thatch.core.project.model import Project, Unit
from thatch.core.sandbox.command import Room

PACKAGE_DATABASES = frozenset({"package.db", "packagedb", "pkgdb", "package.conf.d"})
"""What cabal, stack and GHC call their package databases."""

NAMES_ALL_PACKAGES = frozenset({"cabal", "stack"})
"""The cradles whose units name every package that they use."""


@frozen
class SessionFiles:
    """What a session is started with."""

    command: tuple[str, ...]
    """GHC's command line, without what the prompt needs."""

    overlay: Overlay

    folder: Path

    room: Room
    """What the session needs of the file system when it runs in a sandbox."""

    def remove(self) -> None:
        """Remove the session's folder; what cannot be removed is left."""
        shutil.rmtree(self.folder, ignore_errors=True)


@frozen
class View:
    """What a session sees of modules that are not its own."""

    database: Path
    """A package database, beside the folders of the interfaces that it describes."""

    ids: Mapping[str, str]
    """The ids that the session's units have, by those that they have as packages in the database."""

    making: flags.Making


@frozen
class Evaluation:
    """What a session is for that only evaluates."""

    targets: Mapping[str, Sequence[Path]]
    """The files of the modules that it loads, with all that they import, by the id of their unit."""

    directory: Path
    """The folder that what is evaluated runs in."""


def prepare(
    folder: Path,
    interfaces: Path,
    project: Project,
    toolchain: Toolchain,
    *,
    unit_flags: Mapping[str, Sequence[str]],
    jobs: int,
    tap: TapOptions | None = None,
    view: View | None = None,
    evaluation: Evaluation | None = None,
) -> SessionFiles:
    """Write the files of a session for all units of a project, whose flags are in `unit_flags`.

    With a `view`, the modules of the units are all that GHC finds beside its packages.  With an `evaluation` only some
    of them are loaded.
    `tap` is what stands between GHC and its interpreter; without one GHC starts the interpreter itself.
    `folder` must not exist yet; `interfaces` holds a folder of interfaces for each unit and outlives the session.
    Reads every source file; raises OSError when a folder cannot be written.
    """
    folder.mkdir(parents=True)
    overlay = Overlay(folder / "overlay", project.units, cwd=project.root)
    interpreter = _interpreter(folder, toolchain, tap, evaluation.directory if evaluation else None)
    making = view.making if view else flags.Making.VALUES if evaluation else flags.Making.FAT_INTERFACES
    command = flags.session_command(toolchain, jobs=jobs, interpreter=interpreter, making=making)
    if project.cradle in NAMES_ALL_PACKAGES:
        # An environment file that lies in the folder is for GHC calls by hand.
        command += ["-package-env", "-"]
    for number, unit in enumerate(project.units):
        folders = flags.UnitFolders(overlay.unit_folder(number), interfaces / unit.id)
        folders.interfaces.mkdir(parents=True, exist_ok=True)
        arguments = flags.unit_arguments(
            unit if view is None else evolve(unit, id=view.ids[unit.id], source_dirs=()),
            folders,
            targets=overlay.targets(number, evaluation.targets[unit.id] if evaluation else None),
            include_dirs=_including_folders(unit, project.root),
            given=unit_flags[unit.id],
            makes_stubs=any(_makes_stub(module.path) for module in unit.modules),
        )
        if view is not None:
            # What is in the last database counts.
            arguments = [*arguments, "-package-db", str(view.database)]
        response = folder / f"unit-{number}"
        response.write_text(flags.response_file(arguments), encoding="utf-8")
        command += ["-unit", f"@{response}"]
    room = Room(
        cwd=project.root,
        writable=(folder, interfaces),
        visible=(
            *named_paths(unit_flags.values()),
            *_source_paths(project),
            *_toolchain_paths(toolchain),
            *([view.database.parent] if view else ()),
        ),
    )
    return SessionFiles(tuple(command), overlay, folder, room)


def _interpreter(folder: Path, toolchain: Toolchain, tap: TapOptions | None, directory: Path | None) -> Path | None:
    """The path to give as `-pgmi`, to which GHC appends the way; None when the way it needs is missing.

    `directory` is the folder that an interpreter runs in that GHC starts itself; None for GHC's own.
    """
    if toolchain.interpreter_way is None:
        return None
    if tap is not None:
        return write_launchers(folder, toolchain, tap)
    enter = f"cd {shlex.quote(str(directory))} && " if directory else ""
    for way, program in toolchain.interpreters.items():
        script = folder / f"interpreter{way}"
        # What it reads must not be GHC's own input: that is the session's.
        text = f'#!/bin/sh\n{enter}exec {shlex.quote(str(program))} "$@" </dev/null\n'
        script.write_bytes(text.encode("utf-8", "surrogateescape"))
        script.chmod(0o755)
    return folder / "interpreter"


def named_paths(flags: Iterable[Sequence[str]]) -> Iterator[Path]:
    """The absolute paths in flags, and for a package database what lies beside it: there are the libraries."""
    for flag in itertools.chain.from_iterable(flags):
        start = flag.find("/")
        if start < 0:
            continue
        path = Path(flag[start:])
        yield path
        if path.name in PACKAGE_DATABASES or path.parent.name in PACKAGE_DATABASES:
            yield path.parent if path.name in PACKAGE_DATABASES else path.parent.parent


def _source_paths(project: Project) -> Iterator[Path]:
    for unit in project.units:
        yield from (unit.directory, *unit.source_dirs)


def _toolchain_paths(toolchain: Toolchain) -> Iterator[Path]:
    yield from (toolchain.ghc.parent, toolchain.ghc.resolve().parent, toolchain.libdir.parent)
    yield from (program.resolve().parent for program in toolchain.interpreters.values())


def _including_folders(unit: Unit, root: Path) -> list[Path]:
    """The folders of modules that include a file from beside them, relative to the project's root where they can be."""
    folders = (module.path.parent for module in unit.modules if _includes(module.path))
    inner = (folder.relative_to(root) if folder.is_relative_to(root) else folder for folder in folders)
    return list(dict.fromkeys(inner))


def _makes_stub(path: Path) -> bool:
    """Whether GHC may write a header for C: for `foreign export`, and for `foreign import ccall "wrapper"`."""
    try:
        text = path.read_bytes()
    except OSError:
        return False
    return b"foreign" in text and (b'"wrapper"' in text or b"export" in text)


def _includes(path: Path) -> bool:
    try:
        return _INCLUDE.search(path.read_bytes()) is not None
    except OSError:
        return False


_INCLUDE = re.compile(rb'^#[ \t]*include[ \t]*"', re.MULTILINE)
