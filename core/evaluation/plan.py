"""What a session must load so that examples of a module can be evaluated; pure."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from attrs import evolve, frozen

from thatch.core.artifacts import Job, Plan
from thatch.core.errors import ThatchError
from thatch.core.ghc.results import ModuleKey
from thatch.core.project.graph import ModuleGraph
from thatch.core.project.model import Module, Project, Unit
from thatch.core.project.resolve import ModuleId

NO_SAFETY = frozenset({"Safe", "Trustworthy", "Unsafe", "CPP"})
"""Extensions that a module may have for itself, and that mean nothing or too much where examples are evaluated."""


@frozen(kw_only=True)
class Wanted:
    """A module with what its session loads."""

    job: Job
    """The units that have modules to be loaded, that of the module as the last one."""

    module: Module
    unit: Unit

    targets: Mapping[str, tuple[Path, ...]]
    """As in `session_files.Evaluation`."""

    loaded: Mapping[ModuleKey, str]
    """The modules that are loaded and may be so from what was compiled before, with their names.

    Empty if that is not known.
    """

    extensions: tuple[str, ...]
    """The flags that set the language extensions of the module."""


def plan_evaluation(
    job: Job, graph: ModuleGraph | None, path: Path, imported: Iterable[str], beside: Collection[Path] = ()
) -> Wanted:
    """What to load for the module in a file, whose examples import modules of these names; `job` is the whole project.

    Where all are of one unit, modules in other files `beside` it are loaded so that they can have their turn after it.
    Without a graph all modules of the units are loaded that the module's unit depends on.
    Raises `ThatchError` for a file that is no module of the project.
    """
    if graph is None:
        return _without_graph(job, path)
    target = next((module for module in graph.at(path) if not module.boot), None)
    if target is None:
        raise _stranger(path)
    seen = {target.unit, *next(unit.package_ids for unit in job.project.units if unit.id == target.unit)}
    names = frozenset(imported)
    extras = {module for module in graph.nodes if module.name in names and module.unit in seen and not module.boot}
    others = {one for place in beside for one in graph.at(place) if one.unit == target.unit and not one.boot}
    together = _planned(job, graph, target, extras, {target, *others})
    return together if len(together.job.project.units) == 1 else _planned(job, graph, target, extras, {target})


def _planned(job: Job, graph: ModuleGraph, target: ModuleId, extras: set[ModuleId], compiled: set[ModuleId]) -> Wanted:
    """What to load for a module when some are `compiled`, and `extras` loaded as well."""
    units = {unit.id: unit for unit in job.project.units}
    wished = {*compiled, *extras}
    below = graph.dependencies(wished)
    cone = [module for module in graph.nodes if module in below and not module.boot]
    held = {unit: [module for module in cone if module.unit == unit] for unit in units}
    node = graph.nodes[target]
    ordered = [units[unit] for unit in units if held[unit] and unit != target.unit] + [units[target.unit]]
    several = len(ordered) > 1
    modules = {unit: [graph.nodes[module].module for module in some] for unit, some in held.items()}
    return Wanted(
        job=_narrowed(
            job, [_with_modules(unit, modules[unit.id], node.module if several else None) for unit in ordered]
        ),
        module=node.module,
        unit=units[target.unit],
        targets={
            unit: tuple(graph.path(module) for module in some if unit != target.unit or module in wished)
            for unit, some in held.items()
            if some
        },
        loaded={ModuleKey(module.unit, graph.path(module)): module.name for module in cone if module not in compiled},
        extensions=(
            *_extensions(job.flags[target.unit]),
            *(f"-X{name}" for name in node.header.extensions if name not in NO_SAFETY),
            *_extensions(node.header.options),
        ),
    )


def same_session(one: Wanted, other: Wanted) -> bool:
    """Whether a session for the one does for the other, once it has loaded the texts.

    Where there are several units, GHCi cannot be told which module is to be in scope.
    """
    alike = evolve(one, job=evolve(one.job, unsaved={}), module=other.module, extensions=other.extensions)
    several = len(one.job.project.units) > 1
    return alike == evolve(other, job=evolve(other.job, unsaved={})) and (one.module == other.module or not several)


def restorable(wanted: Wanted, plan: Plan, barred: Collection[ModuleKey]) -> Plan:
    """What of a plan of the whole project is to be restored: without the module itself, which must be compiled.

    GHC puts all names of a module in scope only if it has compiled it itself (9.6, 9.10).  Those that are `barred` are
    compiled as well.
    """
    kept = [module for module in plan.modules if module.key in wanted.loaded and module.key not in barred]
    return evolve(
        plan,
        modules=tuple(
            evolve(module, artifacts={name: digest for name, digest in module.artifacts.items() if name != "hie"})
            for module in kept
        ),
    )


def _without_graph(job: Job, path: Path) -> Wanted:
    units = {unit.id: unit for unit in job.project.units}
    found = [(unit, module) for unit in units.values() for module in unit.modules if module.path == path]
    if not found:
        raise _stranger(path)
    own, module = found[0]
    ordered = [*(unit for unit in units.values() if unit.id in _below(own, units) and unit != own), own]
    targets = {unit.id: tuple(one.path for one in unit.modules) for unit in ordered}
    return Wanted(
        job=_narrowed(job, [_with_modules(unit, unit.modules, module) for unit in ordered]),
        module=module,
        unit=own,
        targets=targets,
        loaded={},
        extensions=tuple(_extensions(job.flags[own.id])),
    )


def _below(unit: Unit, units: Mapping[str, Unit]) -> set[str]:
    """The ids of the units that a unit depends on, and its own."""
    found, waiting = {unit.id}, [unit]
    while waiting:
        fresh = [units[name] for name in waiting.pop().package_ids if name in units and name not in found]
        found.update(one.id for one in fresh)
        waiting += fresh
    return found


def _with_modules(unit: Unit, loaded: Iterable[Module], first: Module | None) -> Unit:
    """The unit with what is loaded of it as its modules, one of them as the first, if it is a module of the unit.

    What GHC finds first among the targets of its last unit is in scope where it evaluates (`setContextAfterLoad`); and
    a module can only be hidden from other units where it is loaded (GHC-38189).
    """
    modules = list(dict.fromkeys(loaded))
    ahead = [module for module in modules if module == first]
    return evolve(unit, modules=tuple(dict.fromkeys([*ahead, *modules])))


def _narrowed(job: Job, units: Sequence[Unit]) -> Job:
    """The job with some of its units, which depend on no others of the project."""
    kept = {unit.id for unit in units}
    gone = {unit.id for unit in job.project.units} - kept
    project: Project = evolve(job.project, units=tuple(units))
    return evolve(job, project=project, flags={name: tuple(_without(job.flags[name], gone)) for name in kept})


def _without(given: Sequence[str], gone: Collection[str]) -> Iterator[str]:
    """Flags without the packages that are units which are not there."""
    flags = iter(given)
    for flag in flags:
        if flag == "-package-id":
            name = next(flags, "")
            if name not in gone:
                yield from (flag, name)
        elif flag.removeprefix("-package-id=") not in gone:
            yield flag


def _extensions(flags: Iterable[str]) -> Iterator[str]:
    return (flag for flag in flags if flag.startswith("-X") and flag.removeprefix("-X") not in NO_SAFETY)


def _stranger(path: Path) -> ThatchError:
    return ThatchError(
        message=f"{path.name} is no module of its project, so nothing in it can be evaluated.",
        remedy="Name it in the build description.",
    )
