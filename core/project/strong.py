"""Strongly connected components of any directed graph, in dependency order."""

from collections.abc import Callable, Iterable, Iterator
from typing import Generic, TypeVar

Node = TypeVar("Node")


def strong_components(nodes: Iterable[Node], targets: Callable[[Node], Iterable[Node]]) -> list[tuple[Node, ...]]:
    """The components of the graph that the nodes and their targets span, targets before what leads to them.

    Tarjan's algorithm with an explicit stack: a chain of imports may be longer than Python's recursion limit.
    """
    search = _Search(targets)
    for node in nodes:
        if node not in search.index:
            search.visit(node)
    return search.done


class _Search(Generic[Node]):
    """The state of one depth-first walk."""

    def __init__(self, targets: Callable[[Node], Iterable[Node]]) -> None:
        self.done: list[tuple[Node, ...]] = []
        self.index: dict[Node, int] = {}
        self._low: dict[Node, int] = {}
        self._open: dict[Node, None] = {}
        self._targets = targets

    def visit(self, start: Node) -> None:
        path = [self._enter(start)]
        while path:
            node, remaining = path[-1]
            fresh = self._next_fresh(node, remaining)
            if fresh:
                path.append(self._enter(fresh[0]))
                continue
            path.pop()
            self._leave(node)
            if path:
                above = path[-1][0]
                self._low[above] = min(self._low[above], self._low[node])

    def _enter(self, node: Node) -> tuple[Node, Iterator[Node]]:
        self.index[node] = self._low[node] = len(self.index)
        self._open[node] = None
        return node, iter(self._targets(node))

    def _next_fresh(self, node: Node, remaining: Iterator[Node]) -> tuple[Node, ...]:
        """The next target that was never entered, if there is one; the others only lower the mark."""
        for target in remaining:
            if target not in self.index:
                return (target,)
            if target in self._open:
                self._low[node] = min(self._low[node], self.index[target])
        return ()

    def _leave(self, node: Node) -> None:
        if self._low[node] < self.index[node]:
            return
        component: list[Node] = []
        while not component or component[-1] != node:
            component.append(self._open.popitem()[0])
        self.done.append(tuple(reversed(component)))
