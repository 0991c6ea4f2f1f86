"""What a job looks like to the cache: its module graph, and the static key of every module."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from hashlib import blake2b
from pathlib import Path

from attrs import frozen

from thatch.cache.entry import Dependency
from thatch.cache.heads import Heads
from thatch.cache.key import KeyInputs, fingerprint, flags_fingerprint, relevant_flags, static_key
from thatch.cache.plan import imports_text, module_of, name_of
from thatch.core.artifacts import Job
from thatch.core.ghc.results import ModuleKey
from thatch.core.project.graph import ModuleGraph, build_graph
from thatch.core.project.headers import collect_headers
from thatch.core.project.model import Unit
from thatch.core.project.resolve import ModuleId

NAMES_ALL_PACKAGES = "-hide-all-packages"

CPP = frozenset({"-cpp", "-XCPP"})
"""The flags that switch the C preprocessor on in all modules of a unit."""

UNREADABLE = "its source cannot be read"
UNSAVED = "its buffer is not saved"
PREPROCESSED = "it is never kept, as its preprocessor (-F) may read anything"
"""Why a module has no key, in words for the user."""


@frozen
class Survey:
    """The modules of a job and their keys."""

    graph: ModuleGraph

    inputs: dict[ModuleId, KeyInputs]
    """What goes into the key of each module that has one."""

    keys: dict[ModuleId, str]

    left_out: dict[ModuleId, str]
    """The modules without a key, and why: they are neither looked up nor kept."""

    whole: str
    """The key of what GHC says about all modules together."""

    def paths(self, dependencies: Iterable[Dependency]) -> dict[str, Path]:
        """The files of the modules among some dependencies, by the names that these have for them."""
        found = {dependency.name: module_of(dependency.name) for dependency in dependencies}
        return {name: self.graph.path(module) for name, module in found.items() if module in self.graph.nodes}

    def preprocesses(self, job: Job, module: ModuleId) -> bool:
        """Whether GHC runs the C preprocessor on a module."""
        return self.graph.nodes[module].header.uses_cpp or not CPP.isdisjoint(job.flags[module.unit])

    def file_key(self, module: ModuleId) -> ModuleKey:
        """The module by its file, as lanes know it."""
        return ModuleKey(module.unit, self.graph.path(module))


def survey(job: Job, heads_folder: Path | None = None) -> Survey:
    """Read the sources of a job; what was parsed is remembered in `heads_folder`, if it is given."""
    heads = Heads(heads_folder, (unit.id for unit in job.project.units))
    graph = build_graph(job.project.units, collect_headers(job.project.units, heads.read))
    heads.remember()
    found = dict(_inputs(job, graph, heads.hashes))
    inputs = {module: inputs for module, inputs in found.items() if isinstance(inputs, KeyInputs)}
    left_out = {module: reason for module, reason in found.items() if isinstance(reason, str)}
    keys = {module: static_key(known) for module, known in inputs.items()}
    return Survey(graph, inputs, keys, left_out, _whole_key(job, graph))


def source_hash(path: Path) -> str:
    """The hash of a source file, empty when it cannot be read."""
    try:
        return blake2b(path.read_bytes(), digest_size=16).hexdigest()
    except OSError:
        return ""


def _inputs(job: Job, graph: ModuleGraph, hashes: Mapping[Path, str]) -> Iterator[tuple[ModuleId, KeyInputs | str]]:
    """What goes into the key of each module, or why it has none."""
    root = job.project.root
    flags = {unit: flags_fingerprint(given) for unit, given in job.flags.items()}
    packages = {unit.id: _packages(job, unit) for unit in job.project.units}
    preprocessed = {unit for unit, given in job.flags.items() if _preprocesses(given)}
    for module in graph.nodes:
        path = graph.path(module)
        if reason := _left_out(job, graph, module, preprocessed):
            yield module, reason
        elif not (source := hashes.get(path)):
            yield module, UNREADABLE
        else:
            yield (
                module,
                KeyInputs(
                    ghc=job.toolchain.id,
                    way="dyn" if job.toolchain.dynamic else "",
                    unit=module.unit,
                    flags=flags[module.unit],
                    packages=packages[module.unit],
                    module=module.name,
                    boot="boot" if module.boot else "",
                    path=str(path.relative_to(root)) if path.is_relative_to(root) else path.name,
                    source=source,
                ),
            )


def _left_out(job: Job, graph: ModuleGraph, module: ModuleId, preprocessed: Collection[str]) -> str:
    """Why a module must have no key; empty when it may have one.  All modules of some units are `preprocessed`."""
    # A buffer's text has no file yet: what GHC makes of it is not for keeps.
    if graph.path(module) in job.unsaved:
        return UNSAVED
    # What such a program reads, GHC does not know, and neither do we.
    by_itself = _preprocesses(graph.nodes[module].header.options)
    return PREPROCESSED if by_itself or module.unit in preprocessed else ""


def _preprocesses(flags: Iterable[str]) -> bool:
    return any(flag == "-F" or flag.startswith("-pgmF") for flag in flags)


def _packages(job: Job, unit: Unit) -> str:
    """The names in the package databases, for a unit that may import from any package."""
    if NAMES_ALL_PACKAGES in job.flags[unit.id]:
        return ""
    folders = [job.toolchain.libdir / "package.conf.d"]
    return fingerprint(sorted(path.name for folder in folders for path in folder.glob("*.conf")))


def _whole_key(job: Job, graph: ModuleGraph) -> str:
    flags = [f"{unit}: {' '.join(relevant_flags(given))}" for unit, given in sorted(job.flags.items())]
    modules = [f"{name_of(module)} {imports_text(graph.imports(module))}" for module in graph.nodes]
    externals = [f"{name_of(module)} {entry.module}" for module in graph.nodes for entry in graph.external(module)]
    # GHC complains of modules that are imported and not declared: the graph has both kinds.
    declared = [f"{unit.id} declares {module.name}" for unit in job.project.units for module in unit.modules]
    return fingerprint([job.toolchain.id, *flags, *sorted(modules), *sorted(externals), *sorted(declared)])
