"""Probing a GHC: its version, features and interpreters.  Features are tried, never inferred from a version."""

import ast
import asyncio
import hashlib
import shutil
from collections.abc import Iterable
from enum import Enum
from pathlib import Path

from attrs import evolve, field, frozen

from thatch.core import process
from thatch.core.errors import ThatchError, ToolchainError
from thatch.core.ghc.probes import Said, programs, recall, remember
from thatch.core.ghc.versions import JSON_REASON_SINCE, OLDEST_SUPPORTED, PARALLEL_BEFORE

PROBE_SECONDS = 30.0
"""How long GHC may take to describe itself; more means a broken installation."""

IDENTITY_KEYS = (
    "Project version",
    "Project Git commit id",
    "Project Unit Id",
    "Target platform",
    "Host platform",
    "Stage",
    "RTS ways",
    "GHC Dynamic",
    "GHC Profiled",
)
"""What of `ghc --info` makes a compiler the same compiler on another machine: nothing that names a path."""


class MessageStyle(Enum):
    """How this GHC is asked to print its messages as JSON."""

    AS_JSON = "-fdiagnostics-as-json"
    """A documented schema, which is of use from the version on that gives the reason of a warning."""

    DUMP_JSON = "-ddump-json"
    """Before that: objects with the constructor names of GHC's own types."""


@frozen(kw_only=True)
class Toolchain:
    """One installed GHC and what it can do."""

    ghc: Path
    """Absolute path of the compiler."""

    version: tuple[int, ...]
    """Such as `(9, 6, 6)`."""

    libdir: Path

    id: str
    """The identity of the compiler build, equal on every machine that has the same build."""

    message_style: MessageStyle

    dynamic: bool
    """Whether this GHC is dynamically linked, so that every library it can use in GHCi is a shared one."""

    interpreters: dict[str, Path]
    """The external interpreters by way: a subset of the keys `""`, `-dyn` and `-prof`."""

    options: tuple[str, ...] = field(default=(), repr=False, eq=False)
    """The options that it knows, extensions (`-X`) among them."""

    @property
    def interpreter_way(self) -> str | None:
        """The key in `interpreters` of the one that sessions use; None when GHC must interpret by itself."""
        way = "-dyn" if self.dynamic else ""
        return way if way in self.interpreters else None

    def without_interpreters(self) -> "Toolchain":
        """The same, whose sessions run splices in GHC itself."""
        return evolve(self, interpreters={})

    @property
    def parallel(self) -> bool:
        """Whether a session can compile several modules at the same time."""
        return self.interpreter_way is None or self.version < PARALLEL_BEFORE

    @property
    def series(self) -> str:
        """The first two numbers of the version, such as `9.6`."""
        return ".".join(map(str, self.version[:2]))

    @property
    def version_text(self) -> str:
        """The version as GHC prints it, such as `9.6.6`."""
        return ".".join(map(str, self.version))


async def probe(ghc: str | Path, memory: Path | None = None) -> Toolchain:
    """Describe a GHC given as a path or as a name on PATH.

    A GHC that is still the one that was asked before, by this process or by one with the same folder for its
    `memory`, is not run.

    Raises `ToolchainError` when there is none, when it is older than 9.6, or when it does not answer like a GHC.
    """
    path = find_executable(ghc)
    said = await asyncio.to_thread(recall, path, memory) or await _said(path, memory)
    info = parse_info(said.info)
    version = parse_version(info["Project version"])
    return Toolchain(
        ghc=path,
        version=version,
        libdir=Path(info["LibDir"]),
        id=identity(info),
        message_style=message_style(version, said.options.split()),
        dynamic=info.get("GHC Dynamic") == "YES",
        interpreters=await asyncio.to_thread(find_interpreters, Path(info["LibDir"]), info["Project version"]),
        options=tuple(said.options.split()),
    )


def message_style(version: tuple[int, ...], options: Iterable[str]) -> MessageStyle:
    """How to ask a GHC with these command line options for JSON."""
    style = MessageStyle.AS_JSON
    return style if style.value in options and version >= JSON_REASON_SINCE else MessageStyle.DUMP_JSON


def find_executable(name: str | Path) -> Path:
    """The absolute path of a program given as a path or as a name on PATH; raises `ToolchainError`.

    Links are kept: a wrapper may look at the name it is called by.
    """
    found = shutil.which(name)
    if found is None:
        raise ToolchainError(
            message=f"No GHC was found: {name} is not an executable file or a program on PATH.",
            remedy="Install GHC 9.6 or newer (for example with ghcup or apt), "
            "or name it with the setting `ghc` or the option --ghc.",
        )
    return Path(found).absolute()


def parse_info(text: str) -> dict[str, str]:
    """The answer of `ghc --info` (a Haskell list of pairs of strings) as a dictionary; raises `ToolchainError`."""
    try:
        # For plain strings Haskell's list and pair syntax is Python's as well.
        info = dict(ast.literal_eval(text.strip()))
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError) as error:
        raise _not_a_ghc(text) from error
    if "LibDir" not in info or "Project version" not in info:
        raise _not_a_ghc(text)
    return info


def parse_version(text: str) -> tuple[int, ...]:
    """The numbers of a version such as `9.10.3` or `9.15.20260801`; empty when there is none."""
    return tuple(int(part) for part in text.split(".") if part.isdecimal())


def identity(info: dict[str, str]) -> str:
    """A short hash of what makes a compiler the same compiler."""
    said = "\n".join(f"{key}={info.get(key, '')}" for key in IDENTITY_KEYS)
    return f"ghc-{info['Project version']}-{hashlib.sha256(said.encode()).hexdigest()[:12]}"


def find_interpreters(libdir: Path, version: str) -> dict[str, Path]:
    """The external interpreters of the GHC with this library folder, by way.

    GHC itself looks in `<libdir>/bin`; distributions keep them in `<libdir>/../bin`, with or without a version suffix.
    """
    found = {}
    for way in ("", "-dyn", "-prof"):
        for folder in (libdir / "bin", libdir.parent / "bin"):
            for name in (f"ghc-iserv{way}", f"ghc-iserv{way}-ghc-{version}"):
                path = shutil.which(name, path=folder)
                if path and way not in found:
                    found[way] = Path(path)
    return found


async def _said(path: Path, memory: Path | None) -> Said:
    """What a GHC answers when it is run."""
    before = await asyncio.to_thread(programs, path)
    text = await _ask(path, "--info")
    info = parse_info(text)
    if parse_version(info["Project version"]) < OLDEST_SUPPORTED:
        oldest = ".".join(map(str, OLDEST_SUPPORTED))
        raise ToolchainError(
            message=f"{path} is GHC {info['Project version'] or 'of an unknown version'}, which is too old.",
            remedy=f"thatch needs GHC {oldest} or newer: install one (for example with ghcup), "
            "or name it with the setting `ghc` or the option --ghc.",
        )
    said = Said(text, await _ask(path, "--show-options"), Path(info["LibDir"]))
    await asyncio.to_thread(remember, path, memory, said, before)
    return said


async def _ask(ghc: Path, question: str) -> str:
    try:
        answer = await process.run([ghc, question], cwd=Path("/"), timeout=PROBE_SECONDS)
    except ToolchainError:
        raise
    except ThatchError as error:
        raise ToolchainError(message=error.message, remedy=error.remedy, detail=error.detail) from error
    if answer.code != 0:
        raise ToolchainError(
            message=f"{ghc} {question} failed with exit code {answer.code}.",
            remedy="Run it by hand: this GHC installation is broken.",
            detail=answer.said,
        )
    return answer.stdout


def _not_a_ghc(text: str) -> ToolchainError:
    return ToolchainError(
        message="The program given as GHC does not answer `--info` like a GHC.",
        remedy="Check the setting `ghc` or the option --ghc.",
        detail=text[:2000],
    )
