"""Projects as a `hie.yaml` describes them: who is asked for which part, and how the answers fit together.

Not imported where there is no such file: the library for YAML takes a twentieth of a warm check to load.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from pathlib import Path

import attrs

from thatch.core.errors import CradleError
from thatch.core.project import cabal, hie_yaml, stack
from thatch.core.project.direct import Place, describe_bios, describe_direct
from thatch.core.project.hie_yaml import Cradle, Entry, HieYaml
from thatch.core.project.model import Project, Unit
from thatch.core.project.portable_answers import AnswerStore
from thatch.core.project.units import unique
from thatch.core.settings import Settings

Say = Callable[[str], None]

Default = Callable[[tuple[Path, ...]], Awaitable[Project]]
"""Describes the folder as if there were no `hie.yaml`, asking again also when one of some files changes."""


async def describe_hie_yaml(
    path: Path, settings: Settings, say: Say, store: AnswerStore | None, default: Default
) -> list[Project]:
    """The projects that the file at an absolute path describes: one for each compiler.

    Raises `CradleError` or `ToolchainError`.  Cancelling ends all child processes.
    """
    try:
        text = await asyncio.to_thread(path.read_bytes)
    except OSError as error:
        raise CradleError(message=f"{path} cannot be read: {error.strerror or error}.", path=path) from error
    described = hie_yaml.parse(path, text.decode("utf-8", "replace"))
    projects = []
    for cradle, entries in _by_cradle(described).items():
        project = await _describe_cradle(cradle, entries, described, settings, say, store, default)
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
    cradle: Cradle,
    entries: Sequence[Entry],
    described: HieYaml,
    settings: Settings,
    say: Say,
    store: AnswerStore | None,
    default: Default,
) -> Project:
    root = described.path.parent
    dependencies = tuple(dict.fromkeys(path for entry in entries for path in entry.dependencies))
    place = Place(hie_yaml=described.path, line=entries[0].line, prefix=entries[0].prefix, dependencies=dependencies)
    match cradle:
        case hie_yaml.Cabal(project_file=file):
            folder = file.parent if file else root
            asked = cabal.CabalProject(root=folder, project_file=file, dependencies=dependencies)
            return await cabal.describe(asked, settings, say, store)
        case hie_yaml.Stack(stack_yaml=file):
            folder = file.parent if file else root
            wanted = stack.StackProject(root=folder, stack_yaml=file, dependencies=dependencies)
            return await stack.describe(wanted, settings, say)
        case hie_yaml.Direct():
            return await describe_direct(cradle, place, settings)
        case hie_yaml.Bios():
            return await describe_bios(cradle, place, settings, say)
        case hie_yaml.Default():
            return await default(dependencies)
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
