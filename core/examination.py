"""Looking at a project, its toolchain and the sandbox for `doctor`; the cache and the front ends look at themselves."""

import asyncio
import os
import platform
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from attrs import evolve

from thatch.core.diagnostics import Diagnostic, Severity
from thatch.core.errors import ThatchError
from thatch.core.ghc.portable import unit_flags
from thatch.core.ghc.toolchain import Toolchain, probe
from thatch.core.health import Finding, Verdict, failed
from thatch.core.process import run
from thatch.core.project import cabal
from thatch.core.project.discover import describes, find_projects, find_root, projects_below
from thatch.core.project.model import Project, Unit
from thatch.core.project.portable_answers import AnswerStore
from thatch.core.sandbox.bubblewrap import Unusable, usable
from thatch.core.sandbox.mode import SandboxMode
from thatch.core.settings import Settings
from thatch.core.settings_file import NAME as SETTINGS_FILE
from thatch.core.version import __version__

TOOL_SECONDS = 30.0

DESCRIPTIONS = ("hie.yaml", "cabal.project", "stack.yaml")


PLUGINS = Finding(
    topic="interpreter",
    verdict=Verdict.NOTE,
    text="This project asks for plugins of GHC, so splices run in GHC itself: unwatched, and without limits",
    remedy="That cannot be helped; docs/template-haskell.md says what it means.",
)


async def examine(path: Path, settings: Settings, store: AnswerStore | None = None) -> list[Finding]:
    """How the project of an absolute path, its GHC, and the sandbox are; build tools are asked, nothing is compiled.

    Cancelling ends all child processes.
    """
    root = await asyncio.to_thread(find_root, path)
    findings = [await asyncio.to_thread(_described, root)]
    try:
        projects = await find_projects(root, settings, lambda _: None, store)
    except ThatchError as error:
        findings += [failed("project", error), *await _tools(root, settings)]
        return [*findings, await _sandbox(settings)]
    findings += await _tools(root, settings)
    for project in projects:
        findings += await _project(project, settings)
    return [*findings, await _sandbox(settings)]


def examine_thatch(settings_file: Path | None) -> Finding:
    """Which thatch this is, and which `thatch.toml` it heeds."""
    return Finding(
        topic="thatch",
        text=f"{__version__}, with Python {platform.python_version()} ({sys.executable})"
        + (f" and {settings_file}" if settings_file else ""),
        details={
            "version": __version__,
            "python": platform.python_version(),
            "system": platform.platform(),
            SETTINGS_FILE: str(settings_file) if settings_file else None,
        },
    )


def examine_editors() -> Finding:
    """What editors start, and what may stand in the way.  Blocking."""
    program = shutil.which("thatch")
    details = {"program": program, "haskell-language-server": shutil.which("haskell-language-server-wrapper")}
    if program is None:
        return Finding(
            topic="editors",
            verdict=Verdict.NOTE,
            text="`thatch` is not on PATH, where editors look for it",
            remedy=f"Install it with pipx, or have editors start: {sys.executable} -m thatch.cli.main lsp",
            details=details,
        )
    if details["haskell-language-server"]:
        return Finding(
            topic="editors",
            verdict=Verdict.NOTE,
            text=f"they start `{program} lsp`; haskell-language-server is installed as well",
            remedy="Switch it off in the editor, or every diagnostic is there twice (docs/editors.md).",
            details=details,
        )
    return Finding(
        topic="editors", text=f"they start `{program} lsp`; docs/editors.md has their settings", details=details
    )


def _described(root: Path) -> Finding:
    """Which file says what belongs to the project."""
    names = [name for name in DESCRIPTIONS if (root / name).is_file()]
    names += sorted(path.name for path in root.glob("*.cabal"))
    details = {"root": str(root), "descriptions": names}
    if names:
        return Finding(topic="project", text=f"{root}, described by {names[0]}", details=details)
    if below := projects_below(root):
        listed = ", ".join(str(folder.relative_to(root)) for folder in below)
        return Finding(topic="project", text=f"{root}, with projects below: {listed}", details=details)
    return Finding(
        topic="project",
        verdict=Verdict.NOTE,
        text=f"{root} has no build description; all its modules are taken with the packages that GHC has",
        remedy="Add a .cabal file or a hie.yaml if the modules need more than that.",
        details=details,
    )


async def _tools(root: Path, settings: Settings) -> list[Finding]:
    """The build tools that are asked here, or could be."""
    wanted = {"cabal": settings.cabal} if await asyncio.to_thread(describes, root) else {}
    if await asyncio.to_thread((root / "stack.yaml").is_file):
        wanted["stack"] = settings.stack
    return [await _tool(name, program) for name, program in wanted.items()]


async def _tool(name: str, program: str) -> Finding:
    path = shutil.which(program)
    if path is None:
        return Finding(
            topic="build tool",
            verdict=Verdict.NOTE,
            text=f"{name} was not found ({program})",
            remedy=f"If the project needs it, install it (ghcup can), or name it with the setting `{name}`.",
        )
    command = (path, "--numeric-version")
    try:
        done = await run(command, cwd=Path.cwd(), timeout=TOOL_SECONDS)
    except ThatchError as error:
        return failed("build tool", error)
    version = done.stdout.strip()
    return Finding(
        topic="build tool",
        text=f"{name} {version} ({path})",
        details={"name": name, "path": path, "version": version},
        commands=(command,),
    )


async def _project(project: Project, settings: Settings) -> list[Finding]:
    try:
        toolchain = await probe(project.ghc)
    except ThatchError as error:
        return [failed("toolchain", error)]
    loadable = evolve(project, units=tuple(unit for unit in project.units if unit.modules))
    findings = [_cradle(project, settings), _toolchain(toolchain)]
    if await asyncio.to_thread(_loads_plugins, loadable, settings):
        toolchain = toolchain.without_interpreters()
        findings.append(PLUGINS)
    else:
        findings.append(await _interpreter(toolchain))
    try:
        session, arguments = await asyncio.to_thread(_commands, loadable, toolchain, settings)
    except OSError as error:
        told = ThatchError(message=f"The files of a session cannot be written: {error}.", remedy="Make room in /tmp.")
        return [*findings, failed("units", told)]
    findings += [_unit(unit, project, arguments.get(unit.id)) for unit in project.units]
    findings += [_said(diagnostic) for diagnostic in project.diagnostics]
    return [*findings, Finding(topic="session", text=_session_text(loadable), commands=(session,))]


def _cradle(project: Project, settings: Settings) -> Finding:
    """Who described the project, and how it was asked."""
    text = f"{project.cradle} describes {project.root}"
    if project.cradle != "cabal":
        return Finding(topic="cradle", text=text, details={"cradle": project.cradle})
    command = (settings.cabal, "v2-build", *cabal.OPTIONS, *cabal.EVERYTHING)
    return Finding(
        topic="cradle",
        text=f"{text}, asked with stand-ins for GHC, so that nothing is compiled",
        details={"cradle": project.cradle},
        commands=(command,),
    )


def _said(diagnostic: Diagnostic) -> Finding:
    """What a build tool had to say although it answered."""
    return Finding(
        topic="cradle",
        verdict=Verdict.FAILURE if diagnostic.severity is Severity.ERROR else Verdict.NOTE,
        text=f"{diagnostic.path}: {diagnostic.text}",
        remedy="Mend the build description; what it is about is not checked before.",
    )


def _session_text(project: Project) -> str:
    n_units = len(project.units)
    return f"{n_units} {'unit' if n_units == 1 else 'units'} in one GHC"


def _toolchain(toolchain: Toolchain) -> Finding:
    return Finding(
        topic="toolchain",
        text=f"GHC {toolchain.version_text} ({toolchain.ghc})",
        details={
            "ghc": str(toolchain.ghc),
            "version": toolchain.version_text,
            "libdir": str(toolchain.libdir),
            "dynamic": toolchain.dynamic,
            "messages": toolchain.message_style.name.lower(),
        },
    )


def _loads_plugins(project: Project, settings: Settings) -> bool:
    # Not imported by those who never start a session.
    from thatch.core.ghc.plugins import project_uses_plugins
    from thatch.core.ghc.portable import unit_flags

    return project_uses_plugins(project, unit_flags(project, settings.ghc_options), None)


async def _interpreter(toolchain: Toolchain) -> Finding:
    way = toolchain.interpreter_way
    if way is None:
        return Finding(
            topic="interpreter",
            verdict=Verdict.NOTE,
            text="This GHC comes without ghc-iserv: splices run in GHC itself, unwatched, and there are no expansions",
            remedy="Use a GHC that has it, such as one of ghcup or of Debian.",
        )
    path = toolchain.interpreters[way]
    if not await asyncio.to_thread(os.access, path, os.X_OK):
        return Finding(
            topic="interpreter",
            verdict=Verdict.FAILURE,
            text=f"{path} cannot be run, so no module with a splice can be compiled",
            remedy=f"Make it executable (chmod +x {path}), or install GHC again.",
        )
    return Finding(topic="interpreter", text=str(path), details={"path": str(path), "way": way})


def _commands(
    project: Project, toolchain: Toolchain, settings: Settings
) -> tuple[tuple[str, ...], dict[str, tuple[str, ...]]]:
    """What a session is started with, and the arguments of each unit.  Blocking."""
    # Not imported by those who never start a session.
    from thatch.core.ghc.session_files import prepare

    with tempfile.TemporaryDirectory(prefix="thatch-doctor-") as temporary:
        folder = Path(temporary)
        flags = unit_flags(project, settings.ghc_options)
        files = prepare(folder / "session", folder / "interfaces", project, toolchain, unit_flags=flags, jobs=1)
        responses = (files.folder / f"unit-{number}" for number in range(len(project.units)))
        arguments = [tuple(_response(path)) for path in responses]
    return files.command, dict(zip((unit.id for unit in project.units), arguments, strict=True))


def _response(path: Path) -> Iterator[str]:
    """The arguments in a response file, as `core/ghc/flags.py` writes it."""
    import shlex

    yield from shlex.split(path.read_text("utf-8"))


def _unit(unit: Unit, project: Project, arguments: tuple[str, ...] | None) -> Finding:
    text = f"{unit.component}: {len(unit.modules)} modules, by {project.cradle}"
    details = {
        "id": unit.id,
        "component": unit.component,
        "cradle": project.cradle,
        "directory": str(unit.directory),
        "modules": len(unit.modules),
        "missing": list(unit.missing),
    }
    commands = ((str(project.ghc), *arguments),) if arguments else ()
    if unit.missing:
        return Finding(
            topic="unit",
            verdict=Verdict.FAILURE,
            text=f"{text}; without a file: {', '.join(unit.missing)}",
            remedy=f"Add the files, or take the modules out of {unit.description or 'the build description'}.",
            details=details,
            commands=commands,
        )
    return Finding(topic="unit", text=text, details=details, commands=commands)


async def _sandbox(settings: Settings) -> Finding:
    if settings.sandbox is SandboxMode.OFF:
        return Finding(
            topic="sandbox",
            verdict=Verdict.NOTE,
            text="switched off: splices can do all that you can",
            remedy="Set `sandbox` to `auto`.",
            details={"mode": settings.sandbox.value, "works": None},
        )
    found = await usable()
    details = {"mode": settings.sandbox.value, "works": not isinstance(found, Unusable)}
    if not isinstance(found, Unusable):
        return Finding(topic="sandbox", text=f"works, with {found.bwrap}", details=details)
    required = settings.sandbox is SandboxMode.REQUIRE
    return Finding(
        topic="sandbox",
        verdict=Verdict.FAILURE if required else Verdict.NOTE,
        text=f"{found.reason} "
        + ("It is required, so nothing is checked" if required else "Splices can do all that you can"),
        remedy="Install bubblewrap, on a machine that allows user namespaces (docs/security.md).",
        details=details,
    )
