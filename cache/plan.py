"""What is up to date: entries are verified module by module, imports first; pure."""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from attrs import define, evolve, frozen

from thatch.cache.entry import Dependency, DependencyKind, Entry
from thatch.core.artifacts import Standing
from thatch.core.project.graph import ModuleGraph
from thatch.core.project.resolve import ModuleId

FileHash = Callable[[Path], str]
"""The MD5 of a file as it is now, as hex; empty when it cannot be read."""

IMPORTS = "imports"
"""The readable input of an entry that names the home modules it imported."""

WARNED = "warned"
"""The readable input of an entry whose messages tell of deprecations: `yes`, else it is not there."""

QUIET = "quiet"
"""The readable input of an entry of which nothing that GHC would miss can change its users' messages: `yes`."""

UNHEARD = "unheard"
"""The readable input of an entry: what is not in its ABI hash and yet changes messages of its users; mostly empty."""

HEARD = "heard"
"""The readable input of an entry: the `UNHEARD` of what it depends on, `unit:Module=hash`; mostly empty."""

Loud = Callable[[Path], bool]
"""Whether a source may say what GHC would miss, if it changed, when it looks whether a user is up to date."""

SPOKE = "preprocessor spoke"
"""The readable input of an entry in whose load something was said before the first module, perhaps about it: `yes`."""

ROOT = "root"
"""The readable input of an entry that names the project's root where it was made."""


NEVER = "never compiled with this source and these flags"
"""The reason of a module whose key has no entry."""


@frozen
class Verdict:
    """What is known of a module, by the best of its entries."""

    standing: Standing
    entry: Entry | None = None
    reason: str = ""


@define
class Planner:
    """Verifies the entries of a project's modules."""

    graph: ModuleGraph
    root: Path
    file_hash: FileHash
    loud: Loud

    def verdicts(self, entries: Mapping[ModuleId, Iterable[Entry]]) -> dict[ModuleId, Verdict]:
        """What is known of each module of the graph, given the entries of its key, the newest first."""
        verdicts: dict[ModuleId, Verdict] = {}
        for module in self.graph.order:
            verdicts[module] = self.verdict(module, entries.get(module, ()), verdicts)
        return {module: self._with_its_module(module, verdict, verdicts) for module, verdict in verdicts.items()}

    def verdict(self, module: ModuleId, entries: Iterable[Entry], known: Mapping[ModuleId, Verdict]) -> Verdict:
        """What is known of one module, given the verdicts of those that come before it."""
        return best(self._verify(module, entry, known) for entry in entries)

    def _with_its_module(self, module: ModuleId, verdict: Verdict, verdicts: Mapping[ModuleId, Verdict]) -> Verdict:
        """The verdict, for an hs-boot file together with its module: GHC compares the two.

        A difference has a place in the boot file only if that was compiled in the same session.
        """
        itself = verdicts.get(ModuleId(module.unit, module.name))
        if module.boot and itself and itself.standing is Standing.MISS:
            return Verdict(Standing.MISS, None, f"{module.name} must be compiled")
        return verdict

    def differs(self, dependency: Dependency, entry: Entry, known: Mapping[ModuleId, Verdict]) -> tuple[str, bool]:
        """Why a dependency is not as it was (empty: it is), and whether that is certain before GHC has run."""
        if dependency.kind is DependencyKind.FILE:
            return self._file_differs(dependency, entry), True
        module = module_of(dependency.name)
        verdict = known.get(module)
        if verdict is None:
            return f"{dependency.name} is gone", True
        ghc_tells = self._ghc_tells(module, verdict, entry)
        if verdict.entry is None:
            # Compiled code that ran in a splice has the source in its hash; an interface to compile against has not.
            return f"{dependency.name} must be compiled", dependency.kind is DependencyKind.INTERFACE or not ghc_tells
        now = verdict.entry.abi if dependency.kind is DependencyKind.ABI else verdict.entry.interface
        if now != dependency.value:
            return f"{dependency.name} has changed", verdict.standing is Standing.HIT or not ghc_tells
        if verdict.entry.inputs.get(UNHEARD, "") != _heard(entry).get(dependency.name, ""):
            return f"{dependency.name} has changed", True
        return ("", True) if verdict.standing is Standing.HIT else (f"{dependency.name} may change", False)

    def renewed(self, entry: Entry, known: Mapping[ModuleId, Verdict]) -> Entry | None:
        """An entry with its dependencies as they are now, when GHC has accepted its interface together with them.

        None if something differs that GHC misses, or that is not known well enough.
        """
        if entry.inputs.get(IMPORTS) != imports_text(self.graph.imports(module_of(entry_name(entry)))):
            return None
        dependencies = [self._renewed(dependency, entry, known) for dependency in entry.dependencies]
        found = tuple(dependency for dependency in dependencies if dependency)
        return evolve(entry, dependencies=found) if len(found) == len(dependencies) else None

    def _renewed(self, dependency: Dependency, entry: Entry, known: Mapping[ModuleId, Verdict]) -> Dependency | None:
        if not self.differs(dependency, entry, known)[0]:
            return dependency
        if dependency.kind is not DependencyKind.ABI:
            return None
        module = module_of(dependency.name)
        verdict = known.get(module)
        if verdict is None or verdict.entry is None or verdict.standing is not Standing.HIT:
            return None
        now = evolve(dependency, value=verdict.entry.abi)
        usable = self._ghc_tells(module, verdict, entry) and not self.differs(now, entry, known)[0]
        return now if usable else None

    def _ghc_tells(self, module: ModuleId, verdict: Verdict, user: Entry) -> bool:
        """Whether GHC would compile a user of a module anew if that is to change what is said about the user.

        Of changed deprecations it takes no notice: it would keep an interface whose warnings are others now.
        """
        loud = QUIET not in verdict.entry.inputs if verdict.entry else self.loud(self.graph.path(module))
        return WARNED not in user.inputs and not loud

    def _verify(self, module: ModuleId, entry: Entry, known: Mapping[ModuleId, Verdict]) -> Verdict:
        if entry.inputs.get(IMPORTS) != imports_text(self.graph.imports(module)):
            return Verdict(Standing.MISS, None, "other modules answer its imports")
        doubts = []
        for dependency in entry.dependencies:
            reason, certain = self.differs(dependency, entry, known)
            if reason and certain:
                return Verdict(Standing.MISS, None, reason)
            if reason:
                doubts.append(reason)
        return Verdict(Standing.LIKELY, entry, doubts[0]) if doubts else Verdict(Standing.HIT, entry)

    def _file_differs(self, dependency: Dependency, entry: Entry) -> str:
        path = Path(dependency.name)
        moved = entry.inputs.get(ROOT) != str(self.root)
        # GHC itself looks at the path as it was written, in whatever checkout that was.
        if moved and path.is_absolute() and path.is_relative_to(entry.inputs.get(ROOT, "/")):
            return f"{path} belongs to another checkout"
        if self.file_hash(self.root / path) == dependency.value:
            return ""
        return f"{path.relative_to(self.root) if path.is_relative_to(self.root) else path} has changed"


def best(verdicts: Iterable[Verdict]) -> Verdict:
    """The best of some verdicts on one module: a hit, else the newest likely one, else the newest miss."""
    found = list(verdicts) or [Verdict(Standing.MISS, None, NEVER)]
    order = [Standing.HIT, Standing.LIKELY, Standing.MISS]
    return min(found, key=lambda verdict: order.index(verdict.standing))


def imports_text(modules: Iterable[ModuleId]) -> str:
    """Home modules as one text, whatever their order."""
    return " ".join(sorted(map(name_of, modules)))


def heard_text(heard: Mapping[str, str]) -> str:
    """The `HEARD` of an entry: the `UNHEARD` of modules by their names in entries, where there is one."""
    return " ".join(f"{name}={value}" for name, value in sorted(heard.items()) if value)


def _heard(entry: Entry) -> dict[str, str]:
    pairs = (pair.partition("=") for pair in entry.inputs.get(HEARD, "").split())
    return {name: value for name, _, value in pairs}


def entry_name(entry: Entry) -> str:
    """The module of an entry, as other entries name it."""
    return name_of(ModuleId(entry.unit, entry.module, entry.boot))


def name_of(module: ModuleId) -> str:
    """A module as entries name it: `unit:Lib.Foo`, `unit:Lib.Foo[boot]`."""
    return f"{module.unit}:{module.name}{'[boot]' if module.boot else ''}"


def module_of(name: str) -> ModuleId:
    """The module that an entry names."""
    unit, _, rest = name.partition(":")
    return ModuleId(unit, rest.removesuffix("[boot]"), rest.endswith("[boot]"))
