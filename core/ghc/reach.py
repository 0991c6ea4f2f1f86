"""Which modules a load could not get to because others failed; pure."""

from collections.abc import Collection
from itertools import chain

from thatch.core.ghc.results import ModuleKey
from thatch.core.project.graph import ModuleGraph
from thatch.core.project.resolve import ModuleId


def above(graph: ModuleGraph, failed: Collection[ModuleKey]) -> frozenset[ModuleKey]:
    """The modules that GHC leaves out of a load with `-fkeep-going` in which these have failed.

    That is all above them.  GHC takes the modules of a cycle (closed by an hs-boot file) one by one, but what imports
    any of them waits for all (`upsweep` in GHC/Driver/Make.hs, 9.6 and 9.10).
    """
    broken = {module for key in failed for module in graph.at(key.path) if module.unit == key.unit}
    out: set[ModuleId] = set()
    closed: set[ModuleId] = set()
    for component in graph.components:
        for module in component:
            imports = graph.imports(module)
            if any(found in (broken | out if found in component else closed) for found in imports):
                out.add(module)
        if not (broken | out).isdisjoint(component):
            closed.update(component)
    return _keys(graph, out)


def unread(graph: ModuleGraph) -> frozenset[ModuleKey]:
    """The modules that GHC leaves out when it cannot make sense of the imports.

    An unreadable import header: all.  A cycle of imports: not those that the cycle imports (of those that have nothing
    to do with it GHC takes some and leaves others, as they come).
    """
    cyclic = frozenset(chain.from_iterable(graph.cycles))
    return _keys(graph, graph.nodes.keys() - (graph.dependencies(cyclic) - cyclic))


def _keys(graph: ModuleGraph, modules: Collection[ModuleId]) -> frozenset[ModuleKey]:
    return frozenset(ModuleKey(module.unit, graph.path(module)) for module in modules)
