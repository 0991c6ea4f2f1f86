"""Finding what describes a folder, and asking it for the projects; how each kind is asked lives in its own module."""

import asyncio
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

import attrs

from thatch.core.diagnostics import Diagnostic, Severity
from thatch.core.errors import CradleError
from thatch.core.ghc.toolchain import probe
from thatch.core.project import cabal, hie_yaml, stack
from thatch.core.project.bare import make_units, sort_sources, source_files
from thatch.core.project.direct import Place, describe_bios, describe_direct
from thatch.core.project.folders import walk
from thatch.core.project.hie_yaml import Cradle, Entry, HieYaml
from thatch.core.project.model import Project, Unit
from thatch.core.project.units import unique, with_descriptions
from thatch.core.settings import Settings

SEARCH_DEPTH = 3
"""How deep below a folder without a build description projects are looked for."""

MAX_PROJECTS = 16
"""How many of them are opened."""

Say = Callable[[str], None]


async def find_projects(folder: Path, settings: Settings, say: Say) -> tuple[Project, ...]:
    """The projects of a workspace folder (absolute): the one it belongs to, else those below it.

    `say` is told in a few words what takes time.  Unit ids are unique over all of them.
    Raises `CradleError` or `ToolchainError` when nothing could be described; if only some projects could not, the
    others carry the reasons as diagnostics.  Cancelling ends all child processes.
    """
    root = await asyncio.to_thread(find_root, folder)
    below = [] if await asyncio.to_thread(describes, root) else await asyncio.to_thread(projects_below, root)
    projects = await (_describe_all(below, settings, say) if below else _describe(root, settings, say))
    return await asyncio.to_thread(lambda: tuple(map(with_descriptions, unique(projects))))


def find_root(path: Path) -> Path:
    """The folder of the build description that a file or folder belongs to.  Blocking, briefly.

    That is the nearest one upwards with a `hie.yaml`; else with a `cabal.project`; else with a `.cabal` file; else
    with a `stack.yaml`; else the folder itself.  The search ends below the user's home folder.
    """
    start = path.absolute() if path.is_dir() else path.absolute().parent
    candidates = [start, *_below_home(start.parents)]
    kinds: Sequence[Callable[[Path], bool]] = (
        lambda folder: (folder / "hie.yaml").is_file(),
        lambda folder: (folder / "cabal.project").is_file(),
        _has_cabal_file,
        lambda folder: (folder / "stack.yaml").is_file(),
    )
    found = (folder for is_root in kinds for folder in candidates if is_root(folder))
    return next(found, start)


def describes(folder: Path) -> bool:
    """Whether a folder holds a build description.  Blocking, briefly."""
    names = ("hie.yaml", "cabal.project", "stack.yaml")
    return any((folder / name).is_file() for name in names) or _has_cabal_file(folder)


def projects_below(folder: Path) -> list[Path]:
    """The outermost folders with build descriptions below a folder.  Blocking."""
    found: list[Path] = []
    for candidate, _ in walk(folder, SEARCH_DEPTH):
        if not any(candidate.is_relative_to(root) for root in found) and describes(candidate):
            found.append(candidate)
    return found


async def _describe_all(roots: Sequence[Path], settings: Settings, say: Say) -> list[Project]:
    projects: list[Project] = []
    errors: list[CradleError] = []
    for root in roots[:MAX_PROJECTS]:
        try:
            projects += await _describe(root, settings, say)
        except CradleError as error:
            errors.append(attrs.evolve(error, path=error.path or root))
    if not projects:
        raise errors[0]
    told = [_as_diagnostic(error) for error in errors]
    if len(roots) > MAX_PROJECTS:
        told.append(_too_many(roots[MAX_PROJECTS], len(roots)))
    first = attrs.evolve(projects[0], diagnostics=(*projects[0].diagnostics, *told))
    return [first, *projects[1:]]


async def _describe(root: Path, settings: Settings, say: Say) -> list[Project]:
    """The projects of one folder, by the best description that it holds."""
    file = root / "hie.yaml"
    if file.is_file():
        return await _describe_hie_yaml(file, settings, say)
    project = await _describe_implicit(root, settings, say)
    return [attrs.evolve(project, watched=(*project.watched, file))]


async def _describe_implicit(root: Path, settings: Settings, say: Say, dependencies: tuple[Path, ...] = ()) -> Project:
    if (root / "cabal.project").is_file() or _has_cabal_file(root):
        return await cabal.describe(cabal.CabalProject(root=root, dependencies=dependencies), settings, say)
    if (root / "stack.yaml").is_file():
        return await stack.describe(stack.StackProject(root=root, dependencies=dependencies), settings, say)
    toolchain = await probe(settings.ghc or "ghc", settings.cache_dir)
    units = await asyncio.to_thread(lambda: make_units(sort_sources(source_files(root)), root))
    names = ("cabal.project", "stack.yaml", f"{root.name}.cabal")
    watched = tuple(root / name for name in names)
    return Project(root=root, cradle="bare", units=units, ghc=toolchain.ghc, watched=watched)


async def _describe_hie_yaml(path: Path, settings: Settings, say: Say) -> list[Project]:
    try:
        text = await asyncio.to_thread(path.read_bytes)
    except OSError as error:
        raise CradleError(message=f"{path} cannot be read: {error.strerror or error}.", path=path) from error
    described = hie_yaml.parse(path, text.decode("utf-8", "replace"))
    projects = []
    for cradle, entries in _by_cradle(described).items():
        project = await _describe_cradle(cradle, entries, described, settings, say)
        units = await asyncio.to_thread(
            lambda units, cradle: tuple(_own(units, cradle, described)), project.units, cradle
        )
        projects.append(
            attrs.evolve(project, units=units, watched=tuple({path: None, **dict.fromkeys(project.watched)}))
        )
    merged = _merge(projects, described) if len(projects) > 1 else projects
    first = attrs.evolve(merged[0], diagnostics=(*described.diagnostics, *merged[0].diagnostics))
    return [first, *merged[1:]]


def _by_cradle(described: HieYaml) -> dict[Cradle, list[Entry]]:
    """The entries by what is to be asked, each thing once; `none` only if there is nothing else."""
    groups: dict[Cradle, list[Entry]] = {}
    for entry in described.entries:
        groups.setdefault(entry.cradle, []).append(entry)
    if len(groups) > 1:
        groups.pop(hie_yaml.NoCradle(), None)
    return groups


async def _describe_cradle(
    cradle: Cradle, entries: Sequence[Entry], described: HieYaml, settings: Settings, say: Say
) -> Project:
    root = described.path.parent
    dependencies = tuple(dict.fromkeys(path for entry in entries for path in entry.dependencies))
    place = Place(hie_yaml=described.path, line=entries[0].line, prefix=entries[0].prefix, dependencies=dependencies)
    match cradle:
        case hie_yaml.Cabal(project_file=file):
            folder = file.parent if file else root
            asked = cabal.CabalProject(root=folder, project_file=file, dependencies=dependencies)
            return await cabal.describe(asked, settings, say)
        case hie_yaml.Stack(stack_yaml=file):
            folder = file.parent if file else root
            wanted = stack.StackProject(root=folder, stack_yaml=file, dependencies=dependencies)
            return await stack.describe(wanted, settings, say)
        case hie_yaml.Direct():
            return await describe_direct(cradle, place, settings)
        case hie_yaml.Bios():
            return await describe_bios(cradle, place, settings, say)
        case hie_yaml.Default():
            return await _describe_implicit(root, settings, say, dependencies)
        case hie_yaml.NoCradle():
            return Project(root=root, cradle="none", units=(), ghc=Path(settings.ghc or "ghc"))


def _own(units: Iterable[Unit], cradle: Cradle, described: HieYaml) -> Iterator[Unit]:
    """The units that a cradle is for: none whose modules all lie in parts that have other cradles."""
    for unit in units:
        owners = [described.entry_for(module.path) for module in unit.modules]
        if described.multi and any(owners) and not any(entry and entry.cradle == cradle for entry in owners):
            continue
        kept = (
            module
            for module, entry in zip(unit.modules, owners, strict=True)
            if entry is None or not isinstance(entry.cradle, hie_yaml.NoCradle)
        )
        yield attrs.evolve(unit, modules=tuple(kept))


def _merge(projects: Sequence[Project], described: HieYaml) -> list[Project]:
    """One project for each compiler, so that one session sees all parts."""
    merged: dict[Path, Project] = {}
    for project in unique(projects):
        other = merged.get(project.ghc)
        if other is None:
            root = described.path.parent if not merged else project.root
            merged[project.ghc] = attrs.evolve(project, cradle="multi", root=root)
        else:
            merged[project.ghc] = attrs.evolve(
                other,
                units=(*other.units, *project.units),
                watched=tuple(dict.fromkeys([*other.watched, *project.watched])),
                diagnostics=(*other.diagnostics, *project.diagnostics),
            )
    return list(merged.values())


def _has_cabal_file(folder: Path) -> bool:
    try:
        return any(path.is_file() for path in folder.glob("*.cabal"))
    except OSError:
        return False


def _below_home(parents: Iterable[Path]) -> Iterator[Path]:
    home = Path.home()
    for parent in parents:
        if parent in {home, *home.parents}:
            return
        yield parent


def _as_diagnostic(error: CradleError) -> Diagnostic:
    assert error.path is not None  # The caller saw to it.
    return Diagnostic(path=error.path, span=None, severity=Severity.ERROR, message=str(error), source="thatch")


def _too_many(path: Path, count: int) -> Diagnostic:
    return Diagnostic(
        path=path,
        span=None,
        severity=Severity.WARNING,
        message=f"{count} projects lie below the workspace folder; only {MAX_PROJECTS} are opened. "
        "Open the folder of the project itself to work on another.",
        source="thatch",
    )
