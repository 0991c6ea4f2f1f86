"""Patterns and literals as source."""

import re
from collections.abc import Sequence

from thatch.core.th import literals
from thatch.core.th.layout import Doc, call, enclosed
from thatch.core.th.names import Space
from thatch.core.th.printing import ATOM, OPEN, OPERAND, WHOLE, PrintError, enclose, nodes, unknown
from thatch.core.th.tree import Global, Name, Node, Value
from thatch.core.th.types import TypePrinter


class PatternPrinter(TypePrinter):
    """Prints patterns."""

    def pattern(self, node: Value, place: int = OPEN) -> Doc:
        """A pattern; `WHOLE` takes a signature and a view too."""
        match node:
            case Node("LitP", (literal,)):
                return self.literal(literal, place)
            case Node("VarP", (name,)):
                return self.binder(name)
            case Node("WildP"):
                return "_"
            case Node("ParensP", (inner,)):
                return ["(", self.pattern(inner, WHOLE), ")"]
            case Node("TupP" | "UnboxedTupP" | "UnboxedSumP" | "ListP"):
                return self._bracketed_pattern(node, place)
            case Node("ConP" | "InfixP" | "UInfixP" | "RecP"):
                return self._constructor_pattern(node, place)
            case Node("TildeP" | "BangP" | "AsP"):
                return self._marked_pattern(node)
            case Node("SigP" | "ViewP" | "TypeP" | "InvisP"):
                return self._typed_pattern(node, place)
            case _:
                raise unknown("pattern", node)

    def _typed_pattern(self, node: Node, place: int) -> Doc:
        match node:
            case Node("SigP", (inner, kind)):
                self.need("ScopedTypeVariables")
                return enclose([self.pattern(inner, OPERAND), " :: ", self.type(kind)], place, WHOLE)
            case Node("ViewP", (expression, inner)):
                self.need("ViewPatterns")
                return enclose([self.expression(expression, OPERAND), " -> ", self.pattern(inner)], place, WHOLE)
            case Node("TypeP", (inner,)):
                self.need("RequiredTypeArguments")
                return enclose(["type ", self.type(inner, OPERAND)], place, OPERAND)
            case Node("InvisP", (inner,)):
                self.need("TypeAbstractions")
                return ["@", self.type(inner, ATOM)]
            case _:
                raise unknown("pattern", node)

    def literal(self, literal: Value, place: int) -> Doc:
        """A literal of an expression or a pattern; negative ones get parentheses almost everywhere."""
        match literal:
            case Node("CharL", (str(text),)):
                return literals.character(text)
            case Node("StringL", (str(text),)):
                return literals.string(text)
            case Node("IntegerL", (int(number),)):
                return enclose(str(number), place if number < 0 else WHOLE, WHOLE)
            case Node("RationalL", (tuple() as ratio,)):
                return self._rational(ratio, "", place)
            case _:
                return self._primitive(literal, place)

    def _primitive(self, literal: Value, place: int) -> Doc:
        self.need("MagicHash")
        match literal:
            case Node("IntPrimL", (int(number),)):
                return enclose(f"{number}#", place if number < 0 else WHOLE, WHOLE)
            case Node("WordPrimL", (int(number),)):
                return f"{number}##"
            case Node("FloatPrimL" | "DoublePrimL" as kind, (tuple() as ratio,)):
                return self._rational(ratio, "#" if kind == "FloatPrimL" else "##", place)
            case Node("CharPrimL", (str(text),)):
                return f"{literals.character(text)}#"
            case Node("StringPrimL" | "BytesPrimL", (bytes(data),)):
                return f"{literals.byte_string(data)}#"
            case _:
                raise unknown("literal", literal)

    def _rational(self, ratio: tuple[Value, ...], suffix: str, place: int) -> Doc:
        above, below = ratio
        assert isinstance(above, int) and isinstance(below, int)
        sign = "-" if above < 0 else ""
        digits = literals.rational(abs(above), below)
        if digits is not None:
            return enclose(f"{sign}{digits}{suffix}", place if sign else WHOLE, WHOLE)
        if suffix:
            raise PrintError(message=f"There is no literal for {above}/{below}, which a splice gave back.")
        over = self.operator(Name("/", Global("VarName", "base", "GHC.Real")), Space.VALUE)
        return enclose(f"{sign}{abs(above)} {over} {below}", place, OPEN)

    def _bracketed_pattern(self, node: Node, place: int) -> Doc:
        match node:
            case Node("TupP", ((single,),)):
                solo = self.constructor(Name("MkSolo", Global("DataName", "ghc-prim", "GHC.Tuple.Prim")))
                return enclose(call(solo, [self.pattern(single, ATOM)]), place, OPERAND)
            case Node("TupP", (tuple() as parts,)):
                return enclosed("(", self._patterns(parts, WHOLE), ")")
            case Node("ListP", (tuple() as parts,)):
                if self.strings and (text := literals.characters(parts, "LitP")):
                    return literals.string(text)
                return enclosed("[", self._patterns(parts, WHOLE), "]")
            case Node("UnboxedTupP", (tuple() as parts,)):
                self.need("UnboxedTuples")
                return enclosed("(# ", self._patterns(parts, WHOLE), " #)")
            case Node(_, (part, int(place_of), int(size))):
                self.need("UnboxedSums")
                return alternative(self.pattern(part, WHOLE), place_of, size)
            case _:
                raise unknown("pattern", node)

    def _constructor_pattern(self, node: Node, place: int) -> Doc:
        match node:
            case Node("ConP", (Name() as name, (), (part,))) if chosen := sum_constructor(name):
                self.need("UnboxedSums")
                return alternative(self.pattern(part, WHOLE), *chosen)
            case Node("ConP", (name, tuple() as types, tuple() as parts)):
                if types:
                    self.need("TypeAbstractions", "TypeApplications", "ScopedTypeVariables")
                arguments: list[Doc] = [["@", self.type(each, ATOM)] for each in types]
                arguments += self._patterns(parts, ATOM)
                head = self.constructor(name)
                return enclose(call(head, arguments), place, OPERAND) if arguments else head
            case Node("RecP", (name, tuple() as fields)):
                written: list[Doc] = []
                for each in fields:
                    field, inner = nodes(each)
                    written.append([self.value(field), " = ", self.pattern(inner)])
                doc: Doc = [self.constructor(name), " ", enclosed("{", written, "}")]
                return enclose(doc, place, OPERAND)
            case Node("InfixP", (left, name, right)):
                sign = self.operator(name, Space.CONSTRUCTOR)
                doc = [self.pattern(left, OPERAND), " ", sign, " ", self.pattern(right, OPERAND)]
                return enclose(doc, place, OPEN)
            case Node(_, (left, name, right)):
                sign = self.operator(name, Space.CONSTRUCTOR)
                doc = [self._chained_pattern(left), " ", sign, " ", self._chained_pattern(right)]
                return enclose(doc, place, OPEN)
            case _:
                raise unknown("pattern", node)

    def _marked_pattern(self, node: Node) -> Doc:
        match node:
            case Node("TildeP", (inner,)):
                return ["~", self._unmarked(inner)]
            case Node("BangP", (inner,)):
                self.need("BangPatterns")
                return ["!", self._unmarked(inner)]
            case Node(_, (name, inner)):
                return [self.binder(name), "@", self._unmarked(inner)]
            case _:
                raise unknown("pattern", node)

    def _unmarked(self, node: Value) -> Doc:
        """A pattern behind a mark; two marks would be an operator."""
        doc = self.pattern(node, ATOM)
        marked = isinstance(node, Node) and node.constructor in {"TildeP", "BangP"}
        return ["(", doc, ")"] if marked else doc

    def _chained_pattern(self, node: Value) -> Doc:
        return self.pattern(node, OPEN if isinstance(node, Node) and node.constructor == "UInfixP" else OPERAND)

    def _patterns(self, parts: Sequence[Value], place: int) -> list[Doc]:
        return [self.pattern(part, place) for part in parts]


def sum_constructor(name: Name) -> tuple[int, int] | None:
    """Which alternative of how many a constructor of an unboxed sum is for, such as `(#_|#)`; None for other names."""
    if not isinstance(name.flavour, Global) or not _SUM.fullmatch(name.occ):
        return None
    return name.occ.index("_") - 1, name.occ.count("|") + 1


_SUM = re.compile(r"\(#\|*_\|*#\)")


def alternative(part: Doc, place_of: int, size: int) -> Doc:
    """An alternative of an unboxed sum; alternatives count from 1."""
    return ["(# ", "| " * (place_of - 1), part, " |" * (size - place_of), " #)"]
