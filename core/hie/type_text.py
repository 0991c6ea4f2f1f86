"""Types of `.hie` files as Haskellers write them; where lines end is decided by `thatch.core.th.layout`.

What is written, and with which parentheses, follows GHC's own printer (`compiler/GHC/Iface/Type.hs`, 9.6.6 and
9.10.3) with `-fprint-redundant-promotion-ticks` and `-XNoStarIsType`.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import TypeAlias

from thatch.core.hi.model import KnownName
from thatch.core.hie.model import (
    Application,
    Coercion,
    ConstructorApplication,
    ForAll,
    Function,
    Literal,
    Name,
    Qualified,
    Type,
    TypeVariable,
)
from thatch.core.hie.type_tree import INFERRED, REQUIRED, Tree, builtin, builtin_name, unfold
from thatch.core.hie.type_variables import Variables, occ_text, quantified
from thatch.core.th import literals
from thatch.core.th.layout import LINE, Doc, Group, Nest, call, joined, render
from thatch.core.th.names import Space, is_operator, prefix, special
from thatch.core.th.tree import Global

Spell: TypeAlias = Callable[[Name], str]
"""How a name is written where the type is shown: perhaps qualified, without the parentheses that an operator needs."""

WIDTH = 80

CUT = "..."
"""Stands for what has no room."""


def type_text(types: Sequence[Type], index: int, spell: Spell, *, width: int = WIDTH, linear: bool = False) -> str:
    """The type at an index; on several lines if it is wider than `width` columns.

    Lines that start with `=>` or `->` then stand where `::` would stand before the first one:

        Show a
        => a
        -> String

    `spell` is asked for the names of constructors that are no mere syntax.  `KnownName`s must have been resolved, or
    what they stand for gets no syntax.  `linear`: whether variables of multiplicity are shown, which GHC does where
    the extension LinearTypes is on.  An index that is none, and what is too large to be read, gives `...`.
    """
    return render(_document(types, index, spell, linear), width=width)


def signature_text(
    name: str, types: Sequence[Type], index: int, spell: Spell, *, width: int = WIDTH, linear: bool = False
) -> str:
    """`name :: type`, with the type as `type_text` has it.

    On several lines if it is wider than `width` columns:

        name
          :: Show a
          => a
          -> String
    """
    return render(signature(name, _document(types, index, spell, linear)), width=width)


def signature(name: str, type_: Doc) -> Doc:
    """The same as a document."""
    return Group([name, Nest(2, [LINE, ":: ", type_])])


def _document(types: Sequence[Type], index: int, spell: Spell, linear: bool) -> Doc:
    tree = unfold(types, index, linear=linear)
    return TypePrinter(spell).column(tree, Variables().with_free(tree), whole=True)


# How tightly the place of a type holds together; what binds no tighter gets parentheses.
TOP = 0
_SIGNATURE = 1
_OPERAND = 2
"""Of an operator, and of an arrow: GHC's printer knows no fixities, so that each operator binds like any other."""
ARGUMENT = 4

_INDENT = 3
"""The width of `:: `, `=> ` and `-> `."""


class TypePrinter:
    """Makes documents of trees; `variables` are those that can be mentioned at a tree."""

    def __init__(self, spell: Spell) -> None:
        self._spell = spell

    def type(self, tree: Tree, variables: Variables, place: int = TOP) -> Doc:
        """A type within another one."""
        match tree.type:
            case ForAll() | Qualified() | Function():
                return _enclosed(self.column(tree, variables, whole=False), place, _OPERAND)
            case TypeVariable(name):
                return prefix(variables.names.get(name, occ_text(name)))
            case Application():
                head, *arguments = tree.parts
                return self._call(self.type(head, variables, _OPERAND), arguments, variables, place)
            case ConstructorApplication():
                return self._applied(tree.type, tree, variables, place)
            case Literal(value, character):
                return _literal(value, character=character)
            case Coercion():
                return "<>"
            case _:
                return CUT

    # Foralls, constraints and arrows.

    def column(self, tree: Tree, variables: Variables, *, whole: bool) -> Doc:
        """A type whose parts stand one below the other, unless they have room on one line.

        `whole`: it is no part of another type, so that its `forall` is left out if it says nothing.
        """
        lines: list[Doc] = []
        for lead, part in self._lines(tree, variables, whole=whole):
            if lines:
                lines.append(LINE if lead else Nest(_INDENT, LINE))
            lines.append([lead, Nest(_INDENT, part)])
        return Group(lines)

    def _lines(self, tree: Tree, variables: Variables, *, whole: bool) -> Iterator[tuple[Doc, Doc]]:
        """The parts of a type, with the arrow that stands before each."""
        lead: Doc = ""
        while True:
            match tree.type:
                case ForAll(visibility=visibility) if visibility == REQUIRED:
                    front = quantified(tree, variables, required=True)
                    variables, tree = front.variables, front.body
                    yield lead, [self.forall(front.binders, variables), " ->"]
                    lead = ""
                case ForAll() | Qualified():
                    front = quantified(tree, variables, required=False)
                    variables, tree = front.variables, front.body
                    if front.binders and (not whole or front.says_something()):
                        yield lead, [self.forall(front.binders, variables), "."]
                        lead = ""
                    if front.constraints:
                        yield lead, self.context(front.constraints, variables)
                        lead = "=> "
                case Function():
                    multiplicity, argument, result = tree.parts
                    yield lead, self.type(argument, variables, _OPERAND)
                    lead, tree = self._arrow(multiplicity, variables), result
                case _:
                    yield lead, self.type(tree, variables)
                    return
            whole = False

    def forall(self, binders: Sequence[tuple[ForAll, Tree]], variables: Variables) -> Doc:
        """The word and the binders, without what separates them from the rest."""
        docs: list[Doc] = ["forall"]
        for binder, kind in binders:
            name = prefix(variables.names[binder.variable])
            kinded: Doc = [name, " :: ", self.type(kind, variables)]
            is_type = is_kind(kind, "Type", "TYPE")
            if binder.visibility == INFERRED:
                docs.append(["{", name if is_type else kinded, "}"])
            else:
                docs.append(name if is_type else ["(", kinded, ")"])
        return joined(" ", docs)

    def context(self, constraints: Sequence[Tree], variables: Variables) -> Doc:
        """Constraints, without the arrow behind them."""
        if len(constraints) == 1:
            return self.type(constraints[0], variables, _OPERAND)
        return _bracketed("(", [self.type(each, variables) for each in constraints], ")")

    def _arrow(self, multiplicity: Tree, variables: Variables) -> Doc:
        match _constant(multiplicity):
            case "Many":
                return "-> "
            case "One":
                return "%1 -> "
            case _:
                return ["%", self.type(multiplicity, variables, ARGUMENT), " -> "]

    # Applications.

    def _applied(self, type_: ConstructorApplication, tree: Tree, variables: Variables, place: int) -> Doc:
        arguments = tree.parts
        if type_.sort in _BRACKETS and type_.arity == len(arguments) and (type_.sort, type_.arity) != ("tuple", 1):
            return self._tuple(type_, arguments, variables, place)
        name = builtin(type_.constructor)
        match name, len(arguments):
            case "IP", 2 if isinstance(arguments[0].type, Literal):
                parameter = ["?", str(arguments[0].type.value), "::", self.type(arguments[1], variables)]
                return _enclosed(parameter, place, _OPERAND)
            case "[]" | "List", 1 if not type_.promoted:
                return _bracketed("[", [self.type(arguments[0], variables)], "]")
            case ":", 2:
                return self._promoted_list(tree, variables, place)
            case "TYPE" | "CONSTRAINT", 1 if _is_lifted(arguments[0]):
                return self._name(builtin_name("Type" if name == "TYPE" else "Constraint"))
            case "FUN", _ if arguments and _constant(arguments[0]) == "Many":
                return self._call("(->)", arguments[1:], variables, place)
            case "TypeError", _:
                return "(TypeError ...)"
            case "~" | "~~" | "~#" | "~R#", 2:
                return self._equality(name, tree, variables, place)
            case _:
                return self._ordinary(type_, arguments, variables, place)

    def _ordinary(
        self, type_: ConstructorApplication, arguments: Sequence[Tree], variables: Variables, place: int
    ) -> Doc:
        written = self._name(type_.constructor, type_.sort, type_.arity)
        if is_operator(written) and len(arguments) == 2:
            return self._infix(("'" if type_.promoted else "") + written, arguments, variables, place)
        written = prefix(written)
        if type_.promoted:
            # A second character that is a quote would make it a character literal.
            written = ("' " if written[1:2] == "'" else "'") + written
        return self._call(written, arguments, variables, place)

    def _name(self, name: Name, sort: str = "", arity: int = 0) -> str:
        """A constructor where it is no mere syntax."""
        if sort in _BRACKETS and arity != 1:
            start, separator, end = _BRACKETS[sort]
            return f"{start.strip()}{separator.strip() * (arity - 1)}{end.strip()}"
        if isinstance(name, KnownName) or not (known := builtin(name)):
            return self._spell(name)
        written = known if known == "->" else special(known, Global("", "", "GHC.Types"), Space.TYPE)
        return written or self._spell(name)

    def _call(self, head: Doc, arguments: Sequence[Tree], variables: Variables, place: int) -> Doc:
        if not arguments:
            return head
        docs = [self.type(argument, variables, ARGUMENT) for argument in arguments]
        return _enclosed(call(head, docs), place, ARGUMENT)

    def _infix(self, operator: str, arguments: Sequence[Tree], variables: Variables, place: int) -> Doc:
        left, right = (self.type(argument, variables, _OPERAND) for argument in arguments)
        return _enclosed(Group([left, Nest(2, [LINE, operator, " ", right])]), place, _OPERAND)

    def _equality(self, name: str, tree: Tree, variables: Variables, place: int) -> Doc:
        """Equalities of primitive types are written as the ones that users can write."""
        if name == "~R#" and tree.alike:
            return self._call(self._name(builtin_name("Coercible")), tree.parts, variables, place)
        return self._infix("~" if name == "~" or tree.alike else "~~", tree.parts, variables, place)

    def _tuple(self, type_: ConstructorApplication, arguments: Sequence[Tree], variables: Variables, place: int) -> Doc:
        if type_.sort == "constraint tuple" and not arguments:
            return _enclosed(["() :: ", self._name(builtin_name("Constraint"))], place, _SIGNATURE)
        start, separator, end = _BRACKETS[type_.sort]
        items = [self.type(argument, variables) for argument in arguments]
        return _bracketed(_quoted(start, items) if type_.promoted else start, items, end, separator)

    def _promoted_list(self, tree: Tree, variables: Variables, place: int) -> Doc:
        elements = []
        while _is_cons(tree):
            element, tree = tree.parts
            elements.append(element)
        if _constant(tree) == "[]":
            items = [self.type(element, variables) for element in elements]
            return _bracketed(_quoted("[", items), items, "]")
        first, *rest = [self.type(each, variables, _OPERAND) for each in (*elements, tree)]
        return _enclosed(Group([first, Nest(2, [[LINE, ": ", each] for each in rest])]), place, _OPERAND)


_BRACKETS = {
    "tuple": ("(", ",", ")"),
    "unboxed tuple": ("(# ", ",", " #)"),
    "constraint tuple": ("(", ",", ")"),
    "unboxed sum": ("(# ", " |", " #)"),
}
"""What starts, separates and ends the parts of a constructor of some sort."""

MOST_LITERAL = 200
"""How many characters or digits of a literal are shown."""


def _literal(value: int | str, *, character: bool) -> str:
    if isinstance(value, int):
        # Python refuses to write very long numbers.
        return str(value) if value.bit_length() < MOST_LITERAL * 3 else CUT
    if character:
        return literals.character(value)
    return literals.string(value if len(value) <= MOST_LITERAL else value[:MOST_LITERAL] + CUT)


def is_kind(tree: Tree, name: str, general: str) -> bool:
    """Whether a kind is `Type` (or whichever is named), perhaps written as `TYPE LiftedRep`."""
    if _constant(tree) == name:
        return True
    return _head(tree) == general and len(tree.parts) == 1 and _is_lifted(tree.parts[0])


def _is_lifted(tree: Tree) -> bool:
    """Whether a type is the representation of what is lifted."""
    if _head(tree) == "BoxedRep" and len(tree.parts) == 1:
        return _constant(tree.parts[0]) == "Lifted"
    return _constant(tree) == "LiftedRep"


def _is_cons(tree: Tree) -> bool:
    return _head(tree) == ":" and len(tree.parts) == 2


def _head(tree: Tree) -> str:
    """The name of the constructor of an application, if it is one that GHC's printer treats in a special way."""
    return builtin(tree.type.constructor) if isinstance(tree.type, ConstructorApplication) else ""


def _constant(tree: Tree) -> str:
    """The same if it has no arguments."""
    return "" if tree.parts else _head(tree)


def _enclosed(doc: Doc, place: int, binds: int) -> Doc:
    """Parentheses around something if its place holds together at least as tightly."""
    return ["(", Nest(1, doc), ")"] if place >= binds else doc


def _bracketed(start: str, items: Sequence[Doc], end: str, separator: str = ",") -> Doc:
    if not items:
        return start.rstrip() + (" " if "#" in start else "") + end.lstrip()
    return Group([start, Nest(len(start), joined([separator, LINE], items)), end])


def _quoted(start: str, items: Sequence[Doc]) -> str:
    """The start of a promoted list or tuple; a quote right behind the bracket would start a character literal."""
    return f"'{start}{' ' if items and _first_character(items[0]) == chr(39) else ''}"


def _first_character(doc: Doc) -> str:
    match doc:
        case str():
            return doc[:1]
        case Group(inside) | Nest(inside=inside):
            return _first_character(inside)
        case [first, *_]:
            return _first_character(first)
        case _:
            return ""
