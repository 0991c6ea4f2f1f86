"""The command line of a GHC session and the response file of each of its units; pure."""

import re
from collections.abc import Iterable, Sequence
from enum import Enum
from pathlib import Path

from attrs import frozen

from thatch.core.ghc.toolchain import Toolchain
from thatch.core.ghc.werror import split_werror
from thatch.core.project.model import Module, Role, Unit


@frozen
class UnitFolders:
    """Where a session keeps what belongs to one unit; all absolute, all private to the session."""

    overlay: Path
    """Texts of unsaved buffers, searched before the unit's own source folders."""

    interfaces: Path
    """`.hi`, `.hie` and the few other files that GHC writes."""


class Making(Enum):
    """What a session makes of its modules."""

    FAT_INTERFACES = ("-fwrite-ide-info", "-fwrite-if-simplified-core")
    """Code, and interfaces with Core: the next start makes bytecode from that and compiles nothing."""

    CODE = ("-fwrite-ide-info",)
    """Code and ordinary interfaces."""

    VALUES = ("-fwrite-if-simplified-core",)
    """Code to be run, of modules whose messages nobody waits for: what GHC says is for people to read."""

    MESSAGES = ("-fwrite-ide-info", "-fno-code", "-fwrite-interface", "-fprefer-byte-code")
    """No code but for splices, which takes half of the time and brings all messages, those of the pattern match checker
    too.  Without interfaces GHC (9.6) would write no .hie files either."""


def session_command(
    toolchain: Toolchain, *, jobs: int, interpreter: Path | None, making: Making = Making.FAT_INTERFACES
) -> list[str]:
    """GHC's command line without units: what holds for every unit of the session.

    `interpreter` is the external interpreter's path without the suffix of a way; None: GHC interprets by itself.
    """
    command = [
        str(toolchain.ghc),
        "--interactive",
        "-v1",
        f"-j{jobs}",
        *([] if making is Making.VALUES else [toolchain.message_style.value]),
        "-fdiagnostics-color=never",
        *making.value,
        # A module with type errors still gets an interface, so that its dependents are checked.
        "-fdefer-type-errors",
        "-fkeep-going",
        # Optimised Core loses string literals in interfaces (GHC issue 22376).
        "-O0",
    ]
    if toolchain.dynamic:
        command.append("-dynamic")
    if interpreter is not None:
        command += ["-fexternal-interpreter", "-pgmi", str(interpreter)]
    return command


def unit_arguments(
    unit: Unit,
    folders: UnitFolders,
    *,
    targets: Sequence[str],
    include_dirs: Iterable[Path],
    given: Sequence[str],
    makes_stubs: bool = False,
) -> list[str]:
    """The arguments of one `-unit`, compiled with the `given` flags.

    `include_dirs` are the folders of modules that `#include` their neighbours: a buffer's text is compiled in the
    overlay, where the preprocessor would not find them.  `makes_stubs`: GHC writes a header for some module.
    """
    flags, _ = split_werror(given)
    # GHC searches the folder of `-stubdir` for `#include` too, and so hashes its path into every interface of the unit:
    # it is given only where GHC would else write beside the user's files.
    written = ["-hidir", "-hiedir", "-odir", "-dumpdir", *(["-stubdir"] if makes_stubs else [])]
    return [
        "-this-unit-id",
        unit.id,
        "-working-dir",
        str(unit.directory),
        *flags,
        "-i",
        f"-i{folders.overlay}",
        *(f"-i{folder}" for folder in unit.source_dirs),
        *(f"-optP-I{folder}" for folder in include_dirs),
        # What cabal hides from dependents is hidden here too: units of one session see all of each other else.
        *(f"-hidden-module={module.name}" for module in unit.modules if module.role is Role.OTHER),
        *(argument for flag in written for argument in (flag, str(folders.interfaces))),
        *targets,
    ]


def target_name(unit: Unit, module: Module) -> str | None:
    """The name by which GHC finds the module in the unit's source folders; None if it must be given as a file.

    Only a module that GHC finds by name can be hidden by a text in the overlay.
    """
    place = found_at(unit, module.path)
    return module.name if place is not None and place.with_suffix("").parts == tuple(module.name.split(".")) else None


def found_at(unit: Unit, path: Path) -> Path | None:
    """The path of a source file relative to the innermost of the unit's source folders that it lies in."""
    inside = [path.relative_to(folder) for folder in unit.source_dirs if path.is_relative_to(folder)]
    return min(inside, key=lambda place: len(place.parts), default=None)


def response_file(arguments: Iterable[str]) -> str:
    """The text of a response file (`@file`), one argument a line, quoted as GHC's `GHC.ResponseFile` reads it.

    That reader drops empty arguments, however they are quoted (`unescapeArgs`, base of GHC 9.6 and 9.10).
    """
    return "".join(f"{_SPECIAL.sub(_escaped, argument)}\n" for argument in arguments)


# Haskell's `isSpace` is Python's `\s` without a few control characters, which may be escaped as well.
_SPECIAL = re.compile(r"""[\s\\'"]""")


def _escaped(found: re.Match[str]) -> str:
    return f"\\{found[0]}"
