"""Which modules an edit session must hold, and which of them it tells about; pure.

All other modules of the project are packages to it (`view.py`).  A type must not have two identities, one of a home
module and one of the module of the same name in the view; so with two modules, everything on a path of imports
between them is home as well, and cycles of imports are home or not as a whole.
"""

from collections.abc import Collection

from attrs import frozen

from thatch.core.project.graph import ModuleGraph
from thatch.core.project.resolve import ModuleId

MOST = 60
"""How many modules edits may concern: each is compiled at the start of a session, and open ones may lie far apart."""

MOST_AHEAD = 24
"""How many modules a session may hold beyond what the edits ask for, so that it serves other edits too."""

Modules = frozenset[ModuleId]


@frozen
class HomeSet:
    """The modules of one edit session."""

    home: Modules
    """What the session holds."""

    affected: Modules
    """Those of them that are edited or import something edited: about these it has news."""

    out: Modules
    """What would be home too, but is for the project session: it cannot be compiled in this one."""

    left: Modules
    """Those of these that are affected."""

    needs_code: bool = False
    """Whether GHC must make code: of a module without a header that lacks its `main` it complains where it makes none.

    (`checkMain` in GHC/Tc/Module.hs, 9.6 and 9.10.)
    """


NOTHING = HomeSet(frozenset(), frozenset(), frozenset(), frozenset())


def home_set(
    graph: ModuleGraph,
    dirty: Modules,
    opened: Modules,
    excluded: Collection[ModuleId] = (),
) -> HomeSet:
    """What to hold when modules are `dirty`, and others open beside them.

    Open modules that import an edited one are checked with it, the nearest first, as long as that stays small; and all
    open modules are held, edited or not, so that the next edit finds its session.
    `excluded` are those that no edit session can compile; what imports one of them is left out with it.
    """
    edited = graph.between(dirty)
    if len(edited) > MOST:
        return HomeSet(frozenset(), frozenset(), edited, edited)
    reached = graph.dependents(dirty)
    nearest = _joined(graph, edited, opened & reached, MOST)
    home = _joined(graph, nearest, opened, len(nearest) + MOST_AHEAD)
    affected = home & reached
    barred = home & frozenset(excluded) | frozenset(module for module in home if _asks_for_this(graph, module))
    out = graph.dependents(barred) & home if barred else frozenset()
    home -= out
    needs_code = any(graph.nodes[module].header.name is None for module in home)
    return HomeSet(home, affected - out, out, affected & out, needs_code)


def _joined(graph: ModuleGraph, modules: Modules, others: Modules, most: int) -> Modules:
    """Modules with others, and what lies between, as long as that are no more than so many."""
    joined = {other: graph.between(modules | {other}) for other in others - modules}
    for other in sorted(joined, key=lambda other: (len(joined[other]), other)):
        wider = graph.between(modules | {other})
        if len(wider) <= most:
            modules = wider
    return modules


def _asks_for_this(graph: ModuleGraph, module: ModuleId) -> bool:
    """Whether a module imports from `"this"`, its own package, which is two for an edit session."""
    return any(entry.package == "this" for entry in graph.nodes[module].header.imports)


def serves(graph: ModuleGraph, held: Modules, wanted: HomeSet) -> bool:
    """Whether a session that holds some modules is as good as one that holds just what is wanted."""
    return wanted.home <= held <= graph.nodes.keys() and graph.between(held) == held
