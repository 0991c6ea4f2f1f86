"""What the parts of declarations in interfaces have in common: names, lists, variables, kinds, fields."""

from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from attrs import frozen

from thatch.core.binary.ghc_binary import GhcCursor
from thatch.core.hi.declared import Binder
from thatch.core.hi.iface_types import TypesReader
from thatch.core.hi.model import ModuleId, Namespace, OccName
from thatch.core.hi.versions import Layout
from thatch.core.hi.walk import walk
from thatch.core.hie import model
from thatch.core.hie.model import ExternalName, Function, Name
from thatch.core.hie.type_tree import REQUIRED, SPECIFIED

Item = TypeVar("Item")


@frozen
class Source:
    """What is the same for all declarations of an interface."""

    layout: Layout

    name: Callable[[int], Name]
    """The names that have numbers."""

    axioms: Mapping[int, Sequence[int]]
    """Where the axioms of type constructors stand, by the numbers of their names."""


class PartsReader:
    """Reads parts of the declaration at a cursor; all types go to one sequence."""

    def __init__(self, cursor: GhcCursor, source: Source) -> None:
        self.cursor = cursor
        self.source = source
        self.types = TypesReader(cursor, source.layout, source.name)

    def binder_name(self) -> ExternalName:
        """A name that is declared here."""
        return external(self.source.name(self.cursor.word()))

    def many(self, read: Callable[[], Item]) -> tuple[Item, ...]:
        """A list."""
        return tuple([read() for _ in range(self.cursor.count())])

    def optional(self, read: Callable[[], Item]) -> Item | None:
        """A value that may be missing."""
        return read() if self.cursor.flag() else None

    def type(self) -> int:
        """A type."""
        return self.types.type()

    def skip(self, shape: str) -> None:
        """Something that is not read."""
        walk(self.cursor, self.source.layout.shapes[shape])

    def skip_roles(self) -> None:
        """How the arguments of a type may be coerced."""
        self.cursor.blob()

    def variable(self) -> Binder:
        """A variable that belongs to the whole declaration."""
        text, kind = self.types.bound()
        return Binder(self.types.variable(text), kind, SPECIFIED)

    def type_variable(self) -> Binder:
        """The same where it can be no other kind of variable."""
        text = self.cursor.text()
        return Binder(self.types.variable(text), self.type(), SPECIFIED)

    def tycon_binder(self) -> Binder:
        """A variable of a type constructor."""
        binder = self.variable()
        if self.cursor.flag():
            return binder._replace(visibility=self.cursor.tag(3))
        if self.source.layout.binders_have_arrows:
            self.cursor.tag(4)
        return binder._replace(visibility=REQUIRED, dependent=False)

    def spec_binder(self) -> Binder:
        """A variable of a constructor or pattern synonym, for which no argument is written."""
        binder = self.variable()
        return binder._replace(visibility=SPECIFIED + self.cursor.tag(2))

    def label(self) -> str:
        """The label of a field."""
        text = "" if self.source.layout.fields_are_names else self.cursor.text()
        self.cursor.take(2)  # Whether labels may be duplicated and whether there is a selector.
        name = self.binder_name()
        return text or name.occ.text

    def kind(self, binders: Sequence[Binder], result: int) -> int:
        """The kind of what has these binders."""
        for binder in reversed(binders):
            if binder.dependent:
                result = self.types.quantified((binder,), result)
            else:
                result = self.function(binder.kind, result)
        return result

    def function(self, argument: int, result: int) -> int:
        """A function that uses its argument as often as it likes."""
        return self.types.add(Function(self.types.many, argument, result))

    def applied(self, binders: Sequence[Binder], replaced: Mapping[str, int]) -> tuple[tuple[bool, int], ...]:
        """The arguments that a type has in its own declaration, some of them replaced."""
        self.types.expect(len(binders))
        found = []
        for binder in binders:
            index = replaced.get(binder.variable.occ.text)
            if index is None:
                index = self.types.add(model.TypeVariable(binder.variable))
            found.append((binder.visibility == REQUIRED, index))
        return tuple(found)


def external(name: Name) -> ExternalName:
    """A name in full, or what stands for one that only GHC knows."""
    return name if isinstance(name, ExternalName) else _UNKNOWN


_UNKNOWN = ExternalName(ModuleId("", ""), OccName("?", Namespace.VARIABLE), None, "")
