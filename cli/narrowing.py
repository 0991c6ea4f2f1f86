"""Checking only some modules of projects: which ones, and what must be loaded for them (pure)."""

from collections.abc import Callable, Collection, Iterator, Mapping
from fnmatch import fnmatchcase
from pathlib import Path

from attrs import define, evolve, field, frozen

from thatch.cli.shards import Shard, Times, in_shard, weights_of
from thatch.cli.timings import label
from thatch.core.project.graph import ModuleGraph
from thatch.core.project.model import Project, Unit
from thatch.core.project.resolve import ModuleId

SOURCES = frozenset({".hs", ".lhs", ".hs-boot", ".lhs-boot", ".hsig", ".hsc", ".chs", ".x", ".y"})
"""The suffixes of files that are modules, or that modules are generated from."""


@frozen(kw_only=True)
class Wanted:
    """What the user asked for; each part leaves modules out."""

    units: tuple[str, ...] = ()
    """Patterns for the ids of units; empty: all units."""

    components: tuple[str, ...] = ()
    """Patterns for the names of components; empty: all."""

    changed: frozenset[Path] | None = None
    """Absolute paths of files that changed; only what they may have an effect on is wanted.  None: everything is."""

    shard: Shard | None = None

    times: Times = field(factory=dict)
    """How long modules take to compile, as far as that is known."""


@define
class Narrowing:
    """Leaves out what is not wanted, and remembers what it left."""

    wanted: Wanted

    resolve: Callable[[Path], Path]
    """A path with its links resolved."""

    matched: bool = field(default=False, init=False)
    """Whether some unit was what `Wanted.units` and `components` ask for."""

    components: set[str] = field(factory=set, init=False)
    """The names of all components, for those who asked for none of them."""

    known: set[Path] = field(factory=set, init=False)
    """The files of all modules of the projects, wanted or not, with links resolved."""

    chosen: set[Path] = field(factory=set, init=False)
    """Those that are wanted."""

    def is_chosen(self, path: Path) -> bool:
        """Whether a module is wanted, by its file."""
        return self.resolve(path) in self.chosen

    def narrow(
        self,
        project: Project,
        graph: ModuleGraph,
        made_from: Mapping[ModuleId, Collection[Path]],
        size: Callable[[Path], int],
    ) -> Project:
        """The project with the modules that are wanted, and all that they need.

        `made_from` tells the files besides sources that modules were made from, as far as known, and `size` the size
        of a file in bytes.
        """
        units = {unit.id for unit in project.units if _is_wanted(unit, self.wanted)}
        self.matched = self.matched or bool(units)
        self.components |= {unit.component for unit in project.units}
        modules = {module for module in graph.nodes if module.unit in units}
        if self.wanted.changed is not None:
            modules &= affected(project, graph, made_from, self.wanted.changed)
        if self.wanted.shard is not None:
            modules = _sharded(project, graph, modules, self.wanted.shard, self.wanted.times, size)
        self.known |= {self.resolve(graph.path(module)) for module in graph.nodes}
        self.chosen |= {self.resolve(graph.path(module)) for module in modules}
        return _restricted(project, graph, modules)


def affected(
    project: Project, graph: ModuleGraph, made_from: Mapping[ModuleId, Collection[Path]], changed: Collection[Path]
) -> frozenset[ModuleId]:
    """The modules that may be other than before, because files changed, came or went."""
    changed = frozenset(changed)
    described = {unit.description for unit in project.units}
    if any(path in changed and path not in described for path in project.watched):
        return frozenset(graph.nodes)
    units = {unit.id for unit in project.units if unit.description in changed}
    names = {name for path in changed if path.suffix in SOURCES and not graph.at(path) for name in _names(path)}
    includes = any(path.suffix not in SOURCES for path in changed)

    def begins(module: ModuleId) -> bool:
        # A source that no module has may be what one is generated from, or what one imported that is gone.
        return (
            module.unit in units
            or graph.path(module) in changed
            or module.name in names
            or not changed.isdisjoint(made_from.get(module, ()))
            # Of what was never compiled nobody knows which files it includes.
            or (includes and module not in made_from and graph.nodes[module].header.has_include)
            or any(entry.module in names for entry in graph.external(module))
        )

    return graph.dependents(filter(begins, graph.nodes))


def _is_wanted(unit: Unit, wanted: Wanted) -> bool:
    return _matches(unit.id, wanted.units) and _matches(unit.component, wanted.components)


def _matches(name: str, patterns: Collection[str]) -> bool:
    return not patterns or any(fnmatchcase(name, pattern) for pattern in patterns)


def _sharded(
    project: Project,
    graph: ModuleGraph,
    modules: Collection[ModuleId],
    shard: Shard,
    times: Times,
    size: Callable[[Path], int],
) -> set[ModuleId]:
    """The modules of a shard.  A file that several components share is in one shard with all of them."""
    components = {unit.id: unit.component for unit in project.units}
    ordered = [module for module in graph.order if module in modules]
    names = {module: (components[module.unit], label(module.name, boot=module.boot)) for module in ordered}
    weights = weights_of({names[module]: size(graph.path(module)) for module in ordered}, times)
    of_files: dict[Path, int] = {}
    for module in ordered:
        path = graph.path(module)
        of_files[path] = of_files.get(path, 0) + weights[names[module]]
    files = in_shard(list(of_files), of_files, shard)
    return {module for module in ordered if graph.path(module) in files}


def _restricted(project: Project, graph: ModuleGraph, modules: Collection[ModuleId]) -> Project:
    """The project with just some modules and what they reach; units that nothing of is needed vanish."""
    needed = set(graph.dependencies(modules))
    units = {unit.id: unit for unit in project.units}
    while bare := _bare_units(units, needed):
        # GHC must know a unit that another one names, and a unit it knows has modules.
        first = next(module for module in graph.order if module.unit in bare)
        needed |= graph.dependencies([first])
    kept = (_with_modules(unit, needed) for unit in project.units)
    return evolve(project, units=tuple(unit for unit in kept if unit.modules))


def _bare_units(units: Mapping[str, Unit], needed: Collection[ModuleId]) -> set[str]:
    """The units that others name, and of which no module is needed although they have some."""
    loaded = {module.unit for module in needed}
    named = {name for unit in loaded for name in units[unit].package_ids if name in units}
    return {name for name in named - loaded if units[name].modules}


def _with_modules(unit: Unit, needed: Collection[ModuleId]) -> Unit:
    modules = tuple(module for module in unit.modules if ModuleId(unit.id, module.name) in needed)
    return evolve(unit, modules=modules)


def _names(path: Path) -> Iterator[str]:
    """The names of modules that a file may be, by its path: `src/A/B.hs` may be `B` and `A.B`."""
    name = path.name.split(".")[0]
    yield name
    for folder in path.parent.parts[::-1]:
        if not folder[:1].isupper():
            return
        name = f"{folder}.{name}"
        yield name
