"""Reading types in interfaces into the model of `thatch.core.hie.model`; declarations are read in `iface_decls`.

The layout, from `IfaceType` and its neighbours in GHC's `compiler/GHC/Iface/Type.hs` (9.6.6 and 9.10.3), in the
notation of `thatch.core.hi.grammar`, where the same is written down to be walked over:

    Type         0 ForAll: Binder, visibility (0 required, 1 specified, 2 inferred), Type
                 1 variable: FastString
                 2 application: Type, Arguments
                 3 arrow: sort (0 a -> b, 1 a -> constraint, 2 constraint => b, 3 both constraints), multiplicity,
                   argument and result, all Types
                 5 type constructor: TyCon, Arguments
                 6 cast: Type, Coercion
                 7 Coercion
                 8 tuple with all its arguments: TupleSort, promoted, Arguments
                 9 literal: 1 Integer, 2 FastString, 3 Char
    Binder       0 multiplicity, FastString, Type (of a coercion); 1 FastString, kind
    TyCon        Name, promoted, 0 ordinary | 1 tuple: Int (its width), TupleSort | 2 unboxed sum: Int | 3 equality
                 whose sides have the same kind
    Arguments    0 Type, visibility, Arguments | 1
    TupleSort    0 boxed, 1 unboxed, 2 constraint
    Integer      0 Int64 | 1 (negative) or 2 (not): list of bytes, lowest first
"""

from collections.abc import Callable, Mapping
from functools import cached_property

from thatch.core.binary.ghc_binary import GhcCursor
from thatch.core.hi.declared import Binder
from thatch.core.hi.model import KnownName, ModuleId, Namespace, OccName
from thatch.core.hi.versions import Layout
from thatch.core.hi.walk import walk
from thatch.core.hie.model import (
    Application,
    Cast,
    Coercion,
    ConstructorApplication,
    ExternalName,
    ForAll,
    Function,
    Literal,
    LocalName,
    Name,
    Qualified,
    Type,
    TypeVariable,
)
from thatch.core.hie.type_tree import MOST_LEVELS, REQUIRED, builtin_name

DEEPEST = MOST_LEVELS
"""A type that lies deeper in others is not kept, since it is not shown.  What follows an arrow lies no deeper."""

MOST_TYPES = 1 << 16
"""No declaration has more types, parts of others included; those of GHC have 4,000."""

NOWHERE = -1
"""The index of a type that is not kept."""

WIDEST = 1000
"""No tuple or sum is wider."""

_MANY = builtin_name("Many")._replace(occ=OccName("Many", Namespace.CONSTRUCTOR))
_TUPLE_SORTS = ("tuple", "unboxed tuple", "constraint tuple")


class TypesReader:
    """Reads types of one declaration into `types`; what it returns are indexes in there."""

    def __init__(self, cursor: GhcCursor, layout: Layout, name: Callable[[int], Name]) -> None:
        """`name` gives the names that have numbers."""
        self.cursor = cursor
        self.types: list[Type] = []
        self._layout = layout
        self._name = name
        self._scope: dict[str, LocalName] = {}
        self._replaced: Mapping[str, int] = {}
        self._n_variables = 0
        self._n_arguments = 0
        self._constants: dict[tuple[int, bool], int] = {}
        self._readers: dict[int, Callable[[int], int]] = {
            1: self._variable,
            2: self._application,
            5: self._constructor_application,
            6: self._cast,
            7: self._coercion,
            8: self._tuple,
            9: self._literal,
        }

    def add(self, type_: Type) -> int:
        """One more type."""
        if len(self.types) == MOST_TYPES:
            raise self.cursor.error(f"at most {MOST_TYPES} types")
        self.types.append(type_)
        return len(self.types) - 1

    def at(self, index: int) -> Type | None:
        """The type at an index; None if it was not kept."""
        return self.types[index] if index != NOWHERE else None

    def variable(self, text: str) -> LocalName:
        """The variable of some name that belongs to the whole declaration."""
        known = self._scope.get(text)
        if known is None:
            known = self._scope[text] = self._new(text)
        return known

    def type(self, depth: int = 0) -> int:
        """The type at the cursor."""
        cursor = self.cursor
        if depth == DEEPEST:
            walk(cursor, self._layout.shapes["Type"])
            return NOWHERE
        front: list[ForAll | Function | Qualified] = []
        shadowed: list[tuple[str, LocalName | None]] = []
        tag = cursor.tag(10)
        while tag in {0, 3}:
            if tag == 0:
                text, kind = self.bound(depth + 1)
                shadowed.append((text, self._scope.get(text)))
                variable = self._scope[text] = self._new(text)
                front.append(ForAll(variable, kind, cursor.tag(3), NOWHERE))
            else:
                front.append(self._arrow(depth + 1))
            tag = cursor.tag(10)
        if tag not in self._readers:
            raise cursor.error("the tag of a type", cursor.position - 1)
        index = self._readers[tag](depth + 1)
        for each in reversed(front):
            index = self.add(each._replace(result=index) if isinstance(each, Function) else each._replace(body=index))
        for text, known in reversed(shadowed):
            if known is None:
                del self._scope[text]
            else:
                self._scope[text] = known
        return index

    def bound(self, depth: int = 0) -> tuple[str, int]:
        """The name and the kind of a binder."""
        cursor = self.cursor
        if cursor.tag(2) == 0:
            self.type(depth)
        return cursor.text(), self.type(depth)

    def quantified(self, binders: tuple[Binder, ...], body: int) -> int:
        """A type with a `forall` for each of some binders."""
        for binder in reversed(binders):
            body = self.add(ForAll(binder.variable, binder.kind, binder.visibility, body))
        return body

    def qualified(self, context: tuple[int, ...], body: int) -> int:
        """A type with constraints in front."""
        for constraint in reversed(context):
            body = self.add(Qualified(constraint, body))
        return body

    def constant(self, name: ExternalName) -> int:
        """A type constructor without arguments."""
        return self.add(ConstructorApplication(name, False, "", ()))

    def multiplicity(self, depth: int = 0) -> int:
        """How often a function uses its argument; one that only GHC knows is taken for the ordinary one."""
        index = self.type(depth)
        type_ = self.at(index)
        unknown = isinstance(type_, ConstructorApplication) and isinstance(type_.constructor, KnownName)
        return self.many if unknown else index

    @cached_property
    def many(self) -> int:
        """The multiplicity of ordinary functions."""
        return self.constant(_MANY)

    def _new(self, text: str) -> LocalName:
        self._n_variables += 1
        return LocalName(OccName(text, Namespace.TYPE_VARIABLE), None, self._n_variables)

    def _arrow(self, depth: int) -> Function | Qualified:
        sort = self.cursor.tag(4)
        multiplicity, argument = self.multiplicity(depth), self.type(depth)
        return Function(multiplicity, argument, NOWHERE) if sort < 2 else Qualified(argument, NOWHERE)

    def _variable(self, _: int) -> int:
        text = self.cursor.text()
        if text in self._replaced:
            return self._replaced[text]
        return self.add(TypeVariable(self.variable(text)))

    def _application(self, depth: int) -> int:
        return self.add(Application(self.type(depth), self.arguments(depth)))

    def application(self, replaced: Mapping[str, int]) -> int:
        """A type constructor with arguments in which some variables are replaced by types."""
        self._replaced = replaced
        index = self._constructor_application(0)
        self._replaced = {}
        return index

    def _constructor_application(self, depth: int) -> int:
        cursor = self.cursor
        number, promoted, (sort, arity) = cursor.word(), cursor.flag(), self._sort()
        arguments = self.arguments(depth)
        if arguments or sort:
            if sort == "equality" and [written for written, _ in arguments[:2]] == [False, False]:
                # The kinds are the same, which only equal indexes tell.
                arguments = (arguments[0], arguments[0], *arguments[2:])
            return self.add(ConstructorApplication(self._name(number), promoted, sort, arguments, arity))
        # The same constants come again and again.
        index = self._constants.get((number, promoted))
        if index is None:
            index = self.add(ConstructorApplication(self._name(number), promoted, "", ()))
            self._constants[number, promoted] = index
        return index

    def tycon(self) -> Name:
        """The name of a type constructor."""
        number = self.cursor.word()
        self.cursor.flag()
        self._sort()
        return self._name(number)

    def _sort(self) -> tuple[str, int]:
        cursor = self.cursor
        match cursor.tag(4):
            case 0:
                return "", 0
            case 1:
                width = self._width()
                return _TUPLE_SORTS[cursor.tag(3)], width
            case 2:
                return "unboxed sum", self._width()
            case _:
                return "equality", 0

    def _width(self) -> int:
        start = self.cursor.position
        width = self.cursor.number()
        if not 0 <= width <= WIDEST:
            raise self.cursor.error(f"a width of at most {WIDEST}, not {width}", start)
        return width

    def arguments(self, depth: int = 0) -> tuple[tuple[bool, int], ...]:
        """Arguments: whether each is written, and its type."""
        cursor = self.cursor
        found = []
        while cursor.tag(2) == 0:
            index = self.type(depth)
            found.append((cursor.tag(3) == REQUIRED, index))
        self.expect(len(found))
        return tuple(found)

    def expect(self, n_arguments: int) -> None:
        """So many more arguments; some stand once in the file and many times in what is read."""
        self._n_arguments += n_arguments
        if self._n_arguments > MOST_TYPES:
            raise self.cursor.error(f"at most {MOST_TYPES} arguments")

    def _cast(self, depth: int) -> int:
        body = self.type(depth)
        walk(self.cursor, self._layout.shapes["Coercion"])
        return self.add(Cast(body))

    def _coercion(self, _: int) -> int:
        walk(self.cursor, self._layout.shapes["Coercion"])
        return self.add(Coercion())

    def _tuple(self, depth: int) -> int:
        sort, promoted = self.cursor.tag(3), self.cursor.flag()
        arguments = self.arguments(depth)
        width = sum(written for written, _ in arguments)
        return self.add(
            ConstructorApplication(_tuple_name(width, promoted), promoted, _TUPLE_SORTS[sort], arguments, width)
        )

    def _literal(self, _: int) -> int:
        cursor = self.cursor
        start = cursor.position
        match cursor.tag(4):
            case 1:
                return self.add(Literal(self._integer(), character=False))
            case 2:
                return self.add(Literal(cursor.text(), character=False))
            case 3 if (code := cursor.word()) < 0x110000:
                return self.add(Literal(chr(code), character=True))
            case _:
                raise cursor.error("a literal", start)

    def _integer(self) -> int:
        cursor = self.cursor
        tag = cursor.tag(3)
        if tag == 0:
            return cursor.number()
        size = int.from_bytes(cursor.blob(), "little")
        return -size if tag == 1 else size


def _tuple_name(width: int, promoted: bool) -> ExternalName:
    """The name of a tuple, of which only that of a single thing is ever written."""
    text = ("MkSolo" if promoted else "Solo") if width == 1 else f"({',' * (width - 1)})"
    occ = OccName(text, Namespace.CONSTRUCTOR if promoted else Namespace.TYPE)
    return ExternalName(ModuleId("ghc-prim", "GHC.Tuple.Prim"), occ, None, "")
