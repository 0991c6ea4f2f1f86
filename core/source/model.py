"""What a module's text says of its names, as data; `outline` finds it."""

from collections.abc import Mapping
from functools import cached_property

from attrs import frozen

from thatch.core.diagnostics import Span
from thatch.core.hi.model import Fixity, Namespace, OccName

VALUES = frozenset({Namespace.VARIABLE, Namespace.FIELD})
"""Fields are values where GHC has no namespace of their own for them."""


@frozen(kw_only=True)
class Definition:
    """Something that a module defines."""

    name: str
    namespace: Namespace

    span: Span
    """Where its name stands: at its first equation if there is one, else at its signature."""

    signature: Span | None = None
    """Where its name stands in its type signature."""

    parent: str = ""
    """The type or class that it is a part of."""

    constructors: tuple[str, ...] = ()
    """Of a field: the constructors that have it."""

    comments: tuple[str, ...] = ()
    """What comments say of it, in Haddock's markup."""

    arguments: Mapping[int, str] = {}
    """What comments say of its arguments, counted from 0; the number behind the last one is the result."""


@frozen(kw_only=True)
class Outline:
    """What a module's text says of its names."""

    definitions: tuple[Definition, ...]
    """In the order of their first places."""

    comment: str | None
    """What the comment above the module's header says."""

    fixities: tuple[Fixity, ...]
    """The fixity declarations of its top level and its classes."""

    name_span: Span | None
    """Where the module's name stands in its header."""

    def find(self, occ: OccName) -> Definition | None:
        """The definition of a name; of several fields of that name the one of the right constructor."""
        occ = occ.as_written
        spaces = VALUES if occ.namespace in VALUES else {occ.namespace}
        found = [each for each in self._by_name.get(occ.text, ()) if each.namespace in spaces]
        exact = [each for each in found if occ.parent in each.constructors] if occ.parent else []
        return next(iter([*exact, *found]), None)

    def at(self, line: int, column: int | None = None) -> Definition | None:
        """The definition whose name stands in a line (and column; GHC's), in an equation or a signature."""
        for each in self.definitions:
            for span in (each.span, each.signature):
                if span and span.start_line == line and column in {None, span.start_column}:
                    return each
        return None

    @cached_property
    def _by_name(self) -> Mapping[str, list[Definition]]:
        found: dict[str, list[Definition]] = {}
        for each in self.definitions:
            found.setdefault(each.name, []).append(each)
        return found
