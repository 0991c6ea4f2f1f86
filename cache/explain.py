"""Why the cache can or cannot give a module: its inputs beside those of the entry that comes nearest."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from attrs import evolve, frozen

from thatch.cache.entry import FLAGS, Dependency, DependencyKind, Entry
from thatch.cache.key import decode_flags, relevant_flags
from thatch.cache.modules import Examined, examine
from thatch.cache.plan import IMPORTS, NEVER, imports_text, module_of, name_of
from thatch.cache.store import Store
from thatch.core.artifacts import Job, Standing
from thatch.core.project.arguments import KEPT_VALUED
from thatch.core.project.resolve import ModuleId

INPUTS = MappingProxyType(
    {
        "ghc": "the compiler",
        "way": "the way of its code",
        "unit": "the unit",
        "flags": "the flags of its unit",
        "packages": "the installed packages",
        "module": "the module's name",
        "boot": "whether it is an hs-boot file",
        "path": "the place of its file",
        "source": "the source text",
        IMPORTS: "the home modules that answer its imports",
    }
)
"""What is compared besides dependencies, by the name that an entry has for it, in words for the user."""

MOST_COMPARED = 50
"""So many of the newest entries of a module are compared."""


OTHER_KEYS = "last compiled by a version of thatch that keyed modules differently"
"""Why a module with the inputs of an entry does not have its key."""


@frozen
class Difference:
    """Something that is other than in the nearest entry."""

    kind: str
    """`input`, or the kind of a dependency."""

    name: str
    """A key of `INPUTS`, or the dependency's name."""

    then: str
    """What the entry was made with."""

    now: str
    """What there is now; empty when there is nothing, or when only GHC can tell."""

    reason: str
    """In words, for the user."""

    lost: tuple[str, ...] = ()
    gained: tuple[str, ...] = ()
    """Of flags and imports: what there was only then, and what there is only now."""


@frozen
class Cause:
    """A module further down that must be compiled first."""

    module: str
    reason: str


@frozen(kw_only=True)
class Explanation:
    """What the cache knows of one module, and why."""

    module: str
    """As entries name it: `unit:Lib.Foo`, `unit:Lib.Foo[boot]`."""

    path: Path
    standing: Standing

    reason: str
    """Why it is no certain hit; empty for one."""

    key: str
    """Its static key; empty for a module that is left out of the cache."""

    inputs: Mapping[str, str]
    """The readable inputs as they are now."""

    n_entries: int
    """The entries of its key."""

    nearest: Entry | None
    """The entry that holds, or else the one that comes nearest; None if the module was never compiled."""

    differences: tuple[Difference, ...] = ()
    """Between that entry and now; empty for a hit."""

    causes: tuple[Cause, ...] = ()
    """The modules that must be compiled below it, imports first."""


def explain(job: Job, store: Store, wanted: str) -> tuple[Explanation, ...]:
    """Explain the modules that a name means, none if the job has no such module.  Blocking.

    A name is `Lib.Foo` (of every unit, hs-boot file included), `unit:Lib.Foo`, or the path of a file.
    """
    examined = examine(job, store)
    named = find_modules(examined, wanted)
    return tuple(_explanation(job, examined, store, module) for module in named)


def find_modules(examined: Examined, wanted: str) -> tuple[ModuleId, ...]:
    """The modules that a name means, as in `explain`."""
    graph = examined.survey.graph
    path = Path(wanted).resolve()
    return tuple(
        module
        for module in graph.nodes
        if wanted in {module.name, name_of(module).removesuffix("[boot]"), name_of(module)}
        or graph.path(module).resolve() == path
    )


def _explanation(job: Job, examined: Examined, store: Store, module: ModuleId) -> Explanation:
    survey, verdict = examined.survey, examined.verdicts[module]
    entries = examined.entries.get(survey.keys.get(module, ""), [])
    nearest: Entry | None = verdict.entry
    differences: tuple[Difference, ...] = ()
    if verdict.standing is not Standing.HIT:
        nearest, differences = _nearest(examined, store, module, [verdict.entry] if verdict.entry else entries)
    return Explanation(
        module=name_of(module),
        path=survey.graph.path(module),
        standing=verdict.standing,
        reason=_reason(verdict.reason, nearest, differences),
        key=survey.keys.get(module, ""),
        inputs=_inputs(examined, module),
        n_entries=len(entries),
        nearest=nearest,
        differences=tuple(_in_detail(difference, nearest, job, store) for difference in differences),
        causes=() if verdict.standing is Standing.HIT else tuple(_causes(examined, store, module)),
    )


def _in_detail(difference: Difference, nearest: Entry | None, job: Job, store: Store) -> Difference:
    """A difference with its parts, where it is one of sets."""
    match difference:
        case Difference("input", "flags") if nearest is not None:
            data = store.read(nearest.artifacts[FLAGS]) if FLAGS in nearest.artifacts else None
            then = decode_flags(data) if data is not None else None
            now = list(relevant_flags(job.flags[nearest.unit])) if nearest.unit in job.flags else None
            if then is not None and now is not None:
                return _of_sets(difference, list(_with_values(then)), list(_with_values(now)))
        case Difference("input", name, then=then, now=now) if name == IMPORTS:
            return _of_sets(difference, then.split(), now.split())
    return difference


def _with_values(flags: Iterable[str]) -> Iterator[str]:
    """Flags, each as one text with the value that follows it."""
    remaining = iter(flags)
    for flag in remaining:
        value = next(remaining, None) if flag in KEPT_VALUED else None
        yield flag if value is None else f"{flag} {value}"


def _of_sets(difference: Difference, then: Sequence[str], now: Sequence[str]) -> Difference:
    lost = tuple(part for part in dict.fromkeys(then) if part not in now)
    return evolve(difference, lost=lost, gained=tuple(part for part in dict.fromkeys(now) if part not in then))


def _reason(reason: str, nearest: Entry | None, differences: Collection[Difference]) -> str:
    has_inputs_of_nearest = nearest is not None and not any(entry.kind == "input" for entry in differences)
    return OTHER_KEYS if reason == NEVER and has_inputs_of_nearest else reason


def _nearest(
    examined: Examined, store: Store, module: ModuleId, entries: Collection[Entry]
) -> tuple[Entry | None, tuple[Difference, ...]]:
    """The entry with the fewest differences, the newest of them."""
    if module in examined.survey.left_out:
        return None, ()
    others = entries or store.nearest(module.unit, module.name, MOST_COMPARED)
    compared = [(entry, differences_from(examined, module, entry)) for entry in others if entry.boot == module.boot]
    return min(compared, key=lambda pair: _distance(pair[1]), default=(None, ()))


def _distance(differences: Collection[Difference]) -> tuple[int, int]:
    return sum(entry.kind == "input" for entry in differences), len(differences)


def differences_from(examined: Examined, module: ModuleId, entry: Entry) -> tuple[Difference, ...]:
    """In what a module differs from an entry of it, or may, as far as is known before GHC has run."""
    inputs = _inputs(examined, module)
    return (*_input_differences(inputs, entry), *_dependency_differences(examined, entry))


def _input_differences(inputs: Mapping[str, str], entry: Entry) -> Iterator[Difference]:
    for name, meaning in INPUTS.items():
        then, now = entry.inputs.get(name, ""), inputs.get(name, "")
        if then != now:
            yield Difference("input", name, then, now, f"{meaning} changed")


def _dependency_differences(examined: Examined, entry: Entry) -> Iterator[Difference]:
    for dependency in entry.dependencies:
        reason, _ = examined.planner.differs(dependency, entry, examined.verdicts)
        if reason:
            now = _value_now(examined, dependency)
            yield Difference(dependency.kind.value, dependency.name, dependency.value, now, reason)


def _value_now(examined: Examined, dependency: Dependency) -> str:
    if dependency.kind is DependencyKind.FILE:
        return examined.planner.file_hash(examined.planner.root / dependency.name)
    verdict = examined.verdicts.get(module_of(dependency.name))
    # Whether a likely hit comes out as it was, only GHC can tell.
    if verdict is None or verdict.entry is None or verdict.standing is not Standing.HIT:
        return ""
    return verdict.entry.abi if dependency.kind is DependencyKind.ABI else verdict.entry.interface


def _causes(examined: Examined, store: Store, module: ModuleId) -> Iterator[Cause]:
    graph = examined.survey.graph
    below = graph.dependencies([module]) - {module}
    for other in graph.order:
        if other in below and examined.verdicts[other].standing is Standing.MISS:
            yield Cause(name_of(other), _why(examined, store, other))


def _why(examined: Examined, store: Store, module: ModuleId) -> str:
    """Why a module must be compiled, in few words."""
    reason = examined.verdicts[module].reason
    if module in examined.survey.left_out or examined.entries.get(examined.survey.keys[module]):
        return reason
    nearest, differences = _nearest(examined, store, module, ())
    changed = [entry.reason for entry in differences if entry.kind == "input"]
    return ", ".join(changed) or (OTHER_KEYS if nearest else reason)


def _inputs(examined: Examined, module: ModuleId) -> dict[str, str]:
    known = examined.survey.inputs.get(module)
    if known is None:
        return {}
    return {**known.readable(), IMPORTS: imports_text(examined.survey.graph.imports(module))}
