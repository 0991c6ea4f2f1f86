"""Finding what describes a folder, and asking it for the projects; how each kind is asked lives in its own module."""

import asyncio
from collections.abc import Callable, Coroutine, Iterable, Iterator, Sequence
from pathlib import Path

import attrs

from thatch.core.diagnostics import Diagnostic, Severity
from thatch.core.errors import CradleError
from thatch.core.ghc.toolchain import probe
from thatch.core.project import cabal
from thatch.core.project.folders import walk
from thatch.core.project.model import Project
from thatch.core.project.portable_answers import AnswerStore
from thatch.core.project.units import unique, with_descriptions
from thatch.core.settings import Settings

SEARCH_DEPTH = 3
"""How deep below a folder without a build description projects are looked for."""

MAX_PROJECTS = 16
"""How many of them are opened."""

Say = Callable[[str], None]


async def find_projects(
    folder: Path, settings: Settings, say: Say, store: AnswerStore | None = None
) -> tuple[Project, ...]:
    """The projects of a workspace folder (absolute): the one it belongs to, else those below it.

    `say` is told in a few words what takes time; `store` may know answers of build tools.  Unit ids are unique over
    all of them.
    Raises `CradleError` or `ToolchainError` when nothing could be described; if only some projects could not, the
    others carry the reasons as diagnostics.  Cancelling ends all child processes.
    """
    root = await asyncio.to_thread(find_root, folder)
    below = [] if await asyncio.to_thread(describes, root) else await asyncio.to_thread(projects_below, root)
    projects = await (_describe_all(below, settings, say, store) if below else _describe(root, settings, say, store))
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


async def _describe_all(
    roots: Sequence[Path], settings: Settings, say: Say, store: AnswerStore | None
) -> list[Project]:
    projects: list[Project] = []
    errors: list[CradleError] = []
    for root in roots[:MAX_PROJECTS]:
        try:
            projects += await _describe(root, settings, say, store)
        except CradleError as error:
            errors.append(attrs.evolve(error, path=error.path or root))
    if not projects:
        raise errors[0]
    told = [_as_diagnostic(error) for error in errors]
    if len(roots) > MAX_PROJECTS:
        told.append(_too_many(roots[MAX_PROJECTS], len(roots)))
    first = attrs.evolve(projects[0], diagnostics=(*projects[0].diagnostics, *told))
    return [first, *projects[1:]]


async def _describe(root: Path, settings: Settings, say: Say, store: AnswerStore | None) -> list[Project]:
    """The projects of one folder, by the best description that it holds."""
    file = root / "hie.yaml"
    if file.is_file():
        from thatch.core.project.by_hie_yaml import describe_hie_yaml

        def default(dependencies: tuple[Path, ...]) -> Coroutine[None, None, Project]:
            return _describe_implicit(root, settings, say, store, dependencies)

        return await describe_hie_yaml(file, settings, say, store, default)
    project = await _describe_implicit(root, settings, say, store)
    return [attrs.evolve(project, watched=(*project.watched, file))]


async def _describe_implicit(
    root: Path, settings: Settings, say: Say, store: AnswerStore | None, dependencies: tuple[Path, ...] = ()
) -> Project:
    if (root / "cabal.project").is_file() or _has_cabal_file(root):
        return await cabal.describe(cabal.CabalProject(root=root, dependencies=dependencies), settings, say, store)
    if (root / "stack.yaml").is_file():
        from thatch.core.project import stack

        return await stack.describe(stack.StackProject(root=root, dependencies=dependencies), settings, say)
    from thatch.core.project.bare import make_units, sort_sources, source_files

    toolchain = await probe(settings.ghc or "ghc", settings.cache_dir)
    units = await asyncio.to_thread(lambda: make_units(sort_sources(source_files(root)), root))
    names = ("cabal.project", "stack.yaml", f"{root.name}.cabal")
    watched = tuple(root / name for name in names)
    return Project(root=root, cradle="bare", units=units, ghc=toolchain.ghc, watched=watched)


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
