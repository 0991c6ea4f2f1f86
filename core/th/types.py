"""Types, kinds, contexts and binders of type variables as source."""

from collections.abc import Sequence

from thatch.core.th import literals
from thatch.core.th.layout import LINE, Doc, Group, Nest, call, enclosed, joined, spaced
from thatch.core.th.names import Space, is_operator
from thatch.core.th.printing import ATOM, OPEN, OPERAND, WHOLE, Printing, enclose, nodes, unknown
from thatch.core.th.tree import Global, Name, Node, Value

ARGUMENT = 12
"""The left side of an arrow: takes operators, no other arrow."""

EQUALITY = 11
"""An operand of `~`."""


class TypePrinter(Printing):
    """Prints types."""

    def type(self, node: Value, place: int = OPEN) -> Doc:
        """A type; `WHOLE` takes a kind signature too."""
        match node:
            case Node("ForallT" | "ForallVisT" | "SigT" | "ImplicitParamT"):
                return self._quantified(node, place)
            case Node("InfixT" | "UInfixT" | "PromotedInfixT" | "PromotedUInfixT"):
                return self._infix_type(node, place)
            case Node("AppT" | "AppKindT"):
                return self._applied_type(node, place)
            case Node("ParensT", (inner,)):
                return ["(", self.type(inner, WHOLE), ")"]
            case Node("VarT", (name,)):
                return self.binder(name)
            case Node("ConT" | "PromotedT" as constructor, (name,)):
                return self._promoted(name) if constructor == "PromotedT" or _is_data(name) else self.type_name(name)
            case Node("LitT", (Node(_, (literal,)) as kind,)):
                self.need("DataKinds")
                return _type_literal(kind.constructor, literal)
            case Node(constructor, fields):
                return self._type_constant(constructor, fields, node)
            case _:
                raise unknown("type", node)

    def kind_signature(self, kind: Value) -> Doc:
        """`:: kind`; nothing for None."""
        if kind is None:
            return ""
        self.need("KindSignatures")
        return [":: ", self.type(kind)]

    def context(self, context: Value) -> list[Doc]:
        """The constraints with the arrow behind them; an empty list when there are none."""
        match context:
            case ():
                return []
            case (Node("SigT" | "ForallT" | "ImplicitParamT"),):
                return [["(", self.type(nodes(context)[0], WHOLE), ") =>"]]
            case (constraint,):
                return [[self.type(constraint, ARGUMENT), " =>"]]
            case _:
                return [[enclosed("(", [self.type(each, WHOLE) for each in nodes(context)], ")"), " =>"]]

    def type_variables(self, binders: Value) -> list[Doc]:
        """Binders of type variables; those in braces are inferred, those after `@` invisible."""
        return [self._type_variable(binder) for binder in nodes(binders)]

    def forall(self, binders: Value) -> list[Doc]:
        """`forall a b.`; an empty list when it binds nothing."""
        if not binders:
            return []
        self.need("ExplicitForAll")
        return [["forall ", spaced(self.type_variables(binders)), "."]]

    def _type_variable(self, binder: Value) -> Doc:
        match binder:
            case Node(_, (name, flag)):
                doc: Doc = self.binder(name)
                kinded = False
            case Node(_, (name, flag, kind)):
                self.need("KindSignatures")
                doc = [self.binder(name), " :: ", self.type(kind)]
                kinded = True
            case _:
                raise unknown("binder", binder)
        match flag:
            case Node("InferredSpec"):
                return ["{", doc, "}"]
            case Node("BndrInvis"):
                self.need("TypeAbstractions")
                return ["@", ["(", doc, ")"] if kinded else doc]
            case _:
                return ["(", doc, ")"] if kinded else doc

    def _quantified(self, node: Node, place: int) -> Doc:
        match node:
            case Node("ForallT", (binders, context, inner)):
                heads = [*self.forall(binders), *self.context(context)]
                if not heads:
                    return self.type(inner, place)
                return enclose(Group(Nest(2, [joined(LINE, heads), LINE, self.type(inner)])), place, OPEN)
            case Node("ForallVisT", (binders, inner)):
                self.need("ExplicitForAll")
                doc: Doc = ["forall ", spaced(self.type_variables(binders)), " -> ", self.type(inner)]
                return enclose(doc, place, OPEN)
            case Node("SigT", (inner, kind)):
                self.need("KindSignatures")
                return enclose([self.type(inner, OPERAND), " :: ", self.type(kind)], place, WHOLE)
            case Node(_, (str(name), inner)):
                self.need("ImplicitParams")
                return enclose([f"?{name} :: ", self.type(inner)], place, WHOLE)
            case _:
                raise unknown("type", node)

    def _infix_type(self, node: Node, place: int) -> Doc:
        left, name, right = node.fields
        written = self.operator(name, Space.CONSTRUCTOR if "Promoted" in node.constructor else Space.TYPE)
        if "Promoted" in node.constructor:
            self.need("DataKinds")
            written = f"'{written}"
        self.need("TypeOperators")
        # What is not resolved yet is a chain, in which GHC sorts out who binds tighter.
        chained = "UInfix" in node.constructor
        operands = [self._chained_type(each) if chained else self.type(each, OPERAND) for each in (left, right)]
        doc = Group([operands[0], Nest(2, [LINE, written, " ", operands[1]])])
        return enclose(doc, place, OPEN if chained else ARGUMENT)

    def _chained_type(self, node: Value) -> Doc:
        chained = isinstance(node, Node) and "UInfix" in node.constructor
        return self.type(node, OPEN if chained else OPERAND)

    def _applied_type(self, node: Value, place: int) -> Doc:
        head, arguments = _spine(node)
        special = self._special_application(head, arguments, place)
        if special is not None:
            return special
        docs: list[Doc] = []
        for kind, argument in arguments:
            doc = self.type(argument, ATOM)
            docs.append(["@", doc] if kind else doc)
            if kind:
                self.need("TypeApplications")
        return enclose(call(self.type(head, OPERAND), docs), place, OPERAND)

    def _special_application(self, head: Value, arguments: Sequence[tuple[bool, Value]], place: int) -> "Doc | None":
        if any(kind for kind, _ in arguments) or not isinstance(head, Node):
            return None
        types = [argument for _, argument in arguments]
        match head, types:
            case Node("ArrowT"), [left, right]:
                doc = Group([self.type(left, ARGUMENT), LINE, "-> ", self.type(right)])
                return enclose(Nest(2, doc), place, OPEN)
            case Node("MulArrowT"), [many, left, right]:
                self.need("LinearTypes")
                doc = Group([self.type(left, ARGUMENT), " %", self.type(many, ATOM), " -> ", self.type(right)])
                return enclose(doc, place, OPEN)
            case Node("EqualityT"), [left, right]:
                self.need("TypeOperators")
                return enclose([self.type(left, OPERAND), " ~ ", self.type(right, OPERAND)], place, EQUALITY)
            case Node("PromotedConsT"), [left, right]:
                self.need("DataKinds", "TypeOperators")
                return enclose([self.type(left, OPERAND), " ': ", self.type(right, OPERAND)], place, EQUALITY)
            case _:
                return self._bracketed(head, types)

    def _bracketed(self, head: Node, types: Sequence[Value]) -> "Doc | None":
        """Lists and tuples that have all their parts."""
        name = self._special_name(head)
        match head, types:
            case _, [item] if name == "[]":
                return ["[", self.type(item, WHOLE), "]"]
            case Node("PromotedTupleT", (size,)), _ if size == len(types):
                self.need("DataKinds")
                return enclosed("'( ", [self.type(item, WHOLE) for item in types], " )")
            case Node("UnboxedTupleT", (size,)), _ if size == len(types):
                self.need("UnboxedTuples")
                return enclosed("(# ", [self.type(item, WHOLE) for item in types], " #)")
            case Node("UnboxedSumT", (size,)), _ if size == len(types):
                self.need("UnboxedSums")
                return enclosed("(# ", [self.type(item, WHOLE) for item in types], " #)", " |")
            case _ if name.startswith("(,") and name == f"({',' * (len(types) - 1)})":
                return enclosed("(", [self.type(item, WHOLE) for item in types], ")")
            case _:
                return None

    def _special_name(self, head: Node) -> str:
        match head:
            case Node("ListT"):
                return "[]"
            case Node("TupleT", (int(size),)) if size != 1:
                return f"({',' * (size - 1)})"
            case Node("ConT", (Name(_, Global()),)):
                return self.type_name(head.fields[0])
            case _:
                return ""

    def _promoted(self, name: Value) -> Doc:
        self.need("DataKinds")
        written = self.names.use(name, Space.CONSTRUCTOR) if isinstance(name, Name) else ""
        # A second character that is a quote would make it a character literal.
        gap = " " if written[1:2] == "'" or written[:1] in "[(" else ""
        return f"'({written})" if is_operator(written) else f"'{gap}{written}"

    def _type_constant(self, constructor: str, fields: tuple[Value, ...], node: Value) -> Doc:
        match constructor, fields:
            case (("TupleT" | "PromotedTupleT"), (1,)):
                return self._solo(constructor)
            case (("TupleT" | "PromotedTupleT"), (int(size),)):
                self.need(*(["DataKinds"] if constructor == "PromotedTupleT" else []))
                return ("'" if constructor == "PromotedTupleT" else "") + f"({',' * (size - 1)})"
            case "UnboxedTupleT", (int(size),):
                self.need("UnboxedTuples")
                return f"(#{',' * (size - 1)}#)"
            case "UnboxedSumT", (int(size),):
                self.need("UnboxedSums")
                return f"(#{'|' * (size - 1)}#)"
            case (("StarT" | "ConstraintT"), ()):
                return self._kind_constant(constructor)
            case _ if constructor in _CONSTANTS:
                text, extension = _CONSTANTS[constructor]
                self.need(*([extension] if extension else []))
                return text
            case _:
                raise unknown("type", node)

    def _solo(self, constructor: str) -> Doc:
        if constructor == "TupleT":
            return self.type_name(Name("Solo", Global("TcClsName", "ghc-prim", "GHC.Tuple.Prim")))
        return self._promoted(Name("MkSolo", Global("DataName", "ghc-prim", "GHC.Tuple.Prim")))

    def _kind_constant(self, constructor: str) -> Doc:
        occ = "Type" if constructor == "StarT" else "Constraint"
        return self.type_name(Name(occ, Global("TcClsName", "ghc-prim", "GHC.Types")))


_CONSTANTS = {
    "ArrowT": ("(->)", ""),
    "MulArrowT": ("FUN", "LinearTypes"),
    "EqualityT": ("(~)", "TypeOperators"),
    "ListT": ("[]", ""),
    "PromotedNilT": ("'[]", "DataKinds"),
    "PromotedConsT": ("'(:)", "DataKinds"),
    "WildCardT": ("_", ""),
}


def _is_data(name: Value) -> bool:
    """Whether it surely names a constructor of data, which GHC takes for a type too."""
    return isinstance(name, Name) and isinstance(name.flavour, Global) and name.flavour.space == "DataName"


def _type_literal(kind: str, literal: Value) -> str:
    if kind == "StrTyLit":
        return literals.string(str(literal))
    return literals.character(str(literal)) if kind == "CharTyLit" else str(literal)


def _spine(node: Value) -> tuple[Value, list[tuple[bool, Value]]]:
    """A type's head and arguments, with whether each is a kind after `@`."""
    arguments: list[tuple[bool, Value]] = []
    while True:
        match node:
            case Node("AppT", (function, argument)):
                arguments.append((False, argument))
            case Node("AppKindT", (function, argument)):
                arguments.append((True, argument))
            case _:
                return node, arguments[::-1]
        node = function
