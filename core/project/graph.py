"""The module graph: which home modules exist, and which imports which; no file is read here."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cached_property
from itertools import chain
from pathlib import Path

from attrs import evolve, frozen

from thatch.core.diagnostics import Span
from thatch.core.project.model import Module, Unit
from thatch.core.project.resolve import ModuleId, Resolver
from thatch.core.project.strong import strong_components
from thatch.core.syntax import Header, Import

Edges = Mapping[ModuleId, tuple[ModuleId, ...]]


@frozen
class Node:
    """A home module and what its head says."""

    module: Module
    """Its declaration; of a `.hs-boot` file, with the path of that file."""

    header: Header


@frozen(eq=False)
class ModuleGraph:
    """The home modules of some units and the imports between them, never changed once made.

    A `.hs-boot` file and its module count as importing each other, so that a cycle closed by
    `{-# SOURCE #-}` imports is one component and is taken whole.
    """

    nodes: Mapping[ModuleId, Node]
    """Every home module: units in their order, modules in the order of their declaration."""

    _links: "_Links"
    _resolver: Resolver
    _by_path: Mapping[Path, tuple[ModuleId, ...]]

    def at(self, path: Path) -> tuple[ModuleId, ...]:
        """The modules that a file is: none, one, or one for each unit that shares the file."""
        return self._by_path.get(path, ())

    def path(self, module: ModuleId) -> Path:
        """The absolute path of a module's file."""
        return self.nodes[module].module.path

    def imports(self, module: ModuleId) -> tuple[ModuleId, ...]:
        """The home modules that a module imports directly, each once, in the order of the imports."""
        return self._links.imports[module]

    def external(self, module: ModuleId) -> tuple[Import, ...]:
        """The imports that no home module answers: of installed packages, or of nothing at all."""
        imports = self.nodes[module].header.effective_imports
        return tuple(entry for entry in imports if not self._resolver.resolve(module.unit, entry))

    def dependencies(self, modules: Iterable[ModuleId]) -> frozenset[ModuleId]:
        """All modules that the given ones reach by imports, the given ones included."""
        return _reach(modules, self._links.forward)

    def dependents(self, modules: Iterable[ModuleId]) -> frozenset[ModuleId]:
        """All modules that reach one of the given ones by imports, the given ones included."""
        return _reach(modules, self._links.backward)

    def between(self, modules: Iterable[ModuleId]) -> frozenset[ModuleId]:
        """The given modules, every module on a path between two of them, and their whole cycles."""
        ends = tuple(modules)
        return self.dependencies(ends) & self.dependents(ends)

    @property
    def components(self) -> tuple[tuple[ModuleId, ...], ...]:
        """The modules in an order in which GHC can compile them; those of a cycle stand together.

        The order within a cycle is one for GHC too, unless the cycle is among `cycles`.
        """
        return self._links.components

    @property
    def order(self) -> tuple[ModuleId, ...]:
        """The components as one sequence."""
        return tuple(module for component in self.components for module in component)

    @property
    def cycles(self) -> tuple[tuple[ModuleId, ...], ...]:
        """The import cycles that no `.hs-boot` file breaks, which GHC rejects."""
        return self._links.cycles

    @property
    def uncertain(self) -> tuple[ModuleId, ...]:
        """The modules whose home imports GHC alone can tell, because preprocessors may drop or add some."""
        return tuple(module for module in self.nodes if self._is_uncertain(module))

    def with_header(self, module: ModuleId, header: Header) -> "ModuleGraph":
        """The graph after a change in the head of one of its modules.

        An import of a file that the graph does not know stays external: that takes `build_graph` anew.
        What GHC's preprocessors made of the imports holds on while these are written the same.
        """
        node = self.nodes[module]
        if header.preprocessed is None and _written(header) == _written(node.header):
            header = evolve(header, preprocessed=node.header.preprocessed)
        if node.header == header:
            return self
        nodes = {**self.nodes, module: Node(node.module, header)}
        targets = self._resolver.targets(module, header)
        return ModuleGraph(nodes, self._links.with_imports(module, targets), self._resolver, self._by_path)

    def _is_uncertain(self, module: ModuleId) -> bool:
        header = self.nodes[module].header
        if header.exact:
            return False
        if header.has_include or header.uses_preprocessor:
            return True
        conditional = (entry for entry in header.imports if entry.conditional)
        return any(self._resolver.resolve(module.unit, entry) for entry in conditional)


def build_graph(units: Iterable[Unit], headers: Mapping[Path, Header]) -> ModuleGraph:
    """Make the graph of all modules that the units declare, and of those that GHC would find besides.

    `headers` holds the heads of all files that exist: of declared modules, of their `.hs-boot`
    files, and of modules that lie in source folders although no unit declares them, which become nodes
    where something imports them.  A declared module without a header is a node without imports.
    """
    resolver = Resolver(units, headers)
    nodes: dict[ModuleId, Node] = {}
    imports: dict[ModuleId, tuple[ModuleId, ...]] = {}
    waiting = list(resolver.declared)
    for module in waiting:
        if module in nodes:
            continue
        declaration = resolver.module(module)
        nodes[module] = Node(declaration, headers.get(declaration.path, Header()))
        imports[module] = resolver.targets(module, nodes[module].header)
        counterpart = resolver.counterpart(module)
        # The list grows while it is walked: what is imported is a node too.
        waiting += (target for target in (*imports[module], counterpart) if target and target not in nodes)
    by_path = defaultdict[Path, tuple[ModuleId, ...]](tuple)
    for module, node in nodes.items():
        by_path[node.module.path] += (module,)
    return ModuleGraph(nodes, _Links.build(imports), resolver, dict(by_path))


@frozen(eq=False)
class _Links:
    """The edges of a graph in both directions, and the orders that follow from them."""

    imports: Edges
    """The home modules that each module imports, in the order of the imports."""

    forward: Edges
    """`imports`, and from a `.hs-boot` file to its module and back."""

    backward: Mapping[ModuleId, frozenset[ModuleId]]
    """`forward`, turned round."""

    @classmethod
    def build(cls, imports: Edges) -> "_Links":
        forward = {module: _with_counterpart(module, imports) for module in imports}
        backward = {module: set[ModuleId]() for module in imports}
        for module, targets in forward.items():
            for target in targets:
                backward[target].add(module)
        return cls(imports, forward, {module: frozenset(sources) for module, sources in backward.items()})

    def with_imports(self, module: ModuleId, targets: tuple[ModuleId, ...]) -> "_Links":
        """These links after one module came to import something else."""
        targets = tuple(target for target in targets if target in self.imports)
        if targets == self.imports[module]:
            return self
        imports = {**self.imports, module: targets}
        forward = {**self.forward, module: _with_counterpart(module, imports)}
        backward = dict(self.backward)
        before, after = set(self.forward[module]), set(forward[module])
        for target in before - after:
            backward[target] -= {module}
        for target in after - before:
            backward[target] |= {module}
        return _Links(imports, forward, backward)

    @cached_property
    def components(self) -> tuple[tuple[ModuleId, ...], ...]:
        found = strong_components(self.forward, self.forward.__getitem__)
        return tuple(tuple(chain.from_iterable(self._broken(component))) for component in found)

    @cached_property
    def cycles(self) -> tuple[tuple[ModuleId, ...], ...]:
        parts = chain.from_iterable(self._broken(component) for component in self.components)
        return tuple(part for part in parts if len(part) > 1 or part[0] in self.imports[part[0]])

    def _broken(self, component: tuple[ModuleId, ...]) -> list[tuple[ModuleId, ...]]:
        """A component as GHC sees it: a `.hs-boot` file does not need its module."""
        if len(component) == 1:
            return [component]
        members = frozenset(component)
        return strong_components(component, lambda module: self._needed(module) & members)

    def _needed(self, module: ModuleId) -> set[ModuleId]:
        return set(self.imports[module] if module.boot else self.forward[module])


def _with_counterpart(module: ModuleId, imports: Edges) -> tuple[ModuleId, ...]:
    other = ModuleId(module.unit, module.name, not module.boot)
    return (*imports[module], other) if other in imports else imports[module]


def _written(header: Header) -> list[Import]:
    """The imports without their places."""
    nowhere = Span(1, 1, 1, 1)
    return [evolve(entry, span=nowhere) for entry in header.imports]


def _reach(starts: Iterable[ModuleId], edges: Mapping[ModuleId, Iterable[ModuleId]]) -> frozenset[ModuleId]:
    """Everything that can be reached by edges, the starts included."""
    seen = set(starts)
    waiting = list(seen)
    while waiting:
        fresh = set(edges[waiting.pop()]) - seen
        seen |= fresh
        waiting += fresh
    return frozenset(seen)
