"""Reading type families and classes.

The variables of a class are bound behind its superclasses, which mention them; the types of its methods do not quantify
over them.
"""

from attrs import evolve

from thatch.core.binary.ghc_binary import GhcCursor
from thatch.core.hi.declared import (
    Associated,
    Binder,
    Class,
    Connective,
    Dependency,
    Equation,
    Family,
    FamilySort,
    Formula,
    Method,
)
from thatch.core.hi.iface_parts import PartsReader, Source, external
from thatch.core.hie.model import ConstructorApplication, ExternalName, Name
from thatch.core.hie.type_tree import SPECIFIED, builtin_name

FAMILY = 4
"""The tag of a family among declarations."""

DEEPEST_FORMULA = 50
"""Nobody writes formulas in formulas that are nested deeper."""


class FamilyReader(PartsReader):
    """Reads a type family or data family."""

    def __init__(self, cursor: GhcCursor, source: Source) -> None:
        super().__init__(cursor, source)
        self._complete: set[int] = set()
        """The numbers of the names of families whose axioms were read."""

    def family(self, parent: ExternalName | None = None) -> Family:
        """What follows its tag; `parent` is the class that it is associated with."""
        number = self.cursor.word()
        name = external(self.source.name(number))
        result = self.optional(self.cursor.text) or ""
        binders = self.many(self.tycon_binder)
        result_kind = self.type()
        sort = FamilySort(self.cursor.tag(4))
        equations: tuple[Equation, ...] = ()
        if sort is FamilySort.CLOSED and self.cursor.flag():
            self.cursor.word()
            equations = self.many(lambda: self._equation(name))
        if sort is FamilySort.OPEN:
            equations = self._added(number, name)
        injective = self.cursor.blob() if self.cursor.flag() else b""
        return Family(
            name=name,
            types=self.types.types,
            type=self.kind(binders, result_kind),
            parent=parent,
            sort=sort,
            binders=binders,
            result_kind=result_kind,
            result=result,
            injective=tuple(map(bool, injective)),
            equations=equations,
        )

    def _equation(self, family: Name) -> Equation:
        variables = self.many(self.type_variable)
        self.many(self.type_variable)  # Those that both sides leave out.
        for _ in range(self.cursor.count()):
            self.skip("IdBinder")
        left = self.types.add(ConstructorApplication(family, False, "", self.types.arguments()))
        self.skip_roles()
        right = self.type()
        self.many(self.cursor.word)  # Incompatible equations.
        return Equation(variables, left, right)

    def _added(self, number: int, family: ExternalName) -> tuple[Equation, ...]:
        """The equations that axioms of this module add to a family whose name has that number."""
        if number in self._complete:
            return ()
        self._complete.add(number)
        cursor = self.cursor
        behind = cursor.position
        found: list[Equation] = []
        for start in self.source.axioms.get(number, ()):
            cursor.position = start + 1
            cursor.word()  # The name of the axiom.
            self.types.tycon()
            cursor.byte()  # Role.
            found += self.many(lambda: self._equation(family))
        cursor.position = behind
        return tuple(found)


class ClassReader(FamilyReader):
    """Reads a class."""

    def concrete(self) -> Class:
        """What follows the tag of an ordinary class."""
        superclasses = self.many(self.type)
        head = self.abstract()
        families = self.many(lambda: self._associated(head.name))
        methods = self.many(lambda: self._method(head.name, head.binders))
        minimal = self._formula()
        return evolve(
            head,
            superclasses=superclasses,
            families=families,
            methods=methods,
            minimal=None if minimal == _NOTHING else minimal,
            abstract=False,
        )

    def abstract(self) -> Class:
        """What follows the tag of a class of which an `.hs-boot` file tells only the head."""
        name = self.binder_name()
        self.skip_roles()
        binders = self.many(self.tycon_binder)
        text = self.cursor.text
        return Class(
            name=name,
            types=self.types.types,
            type=self.kind(binders, self.types.constant(_CONSTRAINT)),
            binders=binders,
            superclasses=(),
            dependencies=self.many(lambda: Dependency(self.many(text), self.many(text))),
            families=(),
            methods=(),
            minimal=None,
            abstract=True,
        )

    def _associated(self, parent: ExternalName) -> Associated:
        if self.cursor.tag(9) != FAMILY:
            raise self.cursor.error("a family", self.cursor.position - 1)
        return Associated(self.family(parent), self.optional(self.type))

    def _method(self, parent: ExternalName, binders: tuple[Binder, ...]) -> Method:
        name, own_type = self.binder_name(), self.type()
        # Nobody has to give a type for an argument of a class outside of it.
        variables = tuple(binder._replace(visibility=binder.visibility or SPECIFIED) for binder in binders)
        instance = ConstructorApplication(parent, False, "", self.applied(binders, {}))
        body = self.types.qualified((self.types.add(instance),), own_type)
        return Method(
            name=name,
            types=self.types.types,
            type=self.types.quantified(variables, body),
            parent=parent,
            own_type=own_type,
            default=self.optional(lambda: self.optional(self.type)),
        )

    def _formula(self, depth: int = 0) -> Formula:
        cursor = self.cursor
        tag = cursor.tag(4)
        if tag == 0:
            return Formula(cursor.text())
        if depth == DEEPEST_FORMULA:
            raise cursor.error("an end of formulas in formulas")
        n_parts = 1 if tag == 3 else cursor.count()
        return Formula("", Connective(tag), tuple([self._formula(depth + 1) for _ in range(n_parts)]))


_NOTHING = Formula("", Connective.AND)
_CONSTRAINT = builtin_name("Constraint")
