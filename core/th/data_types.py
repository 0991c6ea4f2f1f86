"""Declarations of data types, their constructors and deriving clauses as source."""

from thatch.core.th.expressions import ExpressionPrinter
from thatch.core.th.layout import HARD, LINE, Block, Doc, Group, Nest, block, enclosed, spaced
from thatch.core.th.names import infix
from thatch.core.th.printing import ATOM, OPEN, OPERAND, WHOLE, nodes, unknown
from thatch.core.th.tree import Node, Value

CONSTRUCTOR_ARGUMENT = 12
"""As for the left side of an arrow."""


class DataPrinter(ExpressionPrinter):
    """Prints data types, newtypes, `type data` and data instances."""

    def data_type(self, node: Node) -> Doc:
        """Any declaration with data constructors."""
        match node:
            case Node("DataD" | "NewtypeD", (context, name, binders, kind, constructors, deriving)):
                word = "data" if node.constructor == "DataD" else "newtype"
                head: list[Doc] = [self.type_binder(name), *self.type_variables(binders)]
            case Node("TypeDataD", (name, binders, kind, constructors)):
                self.need("TypeData")
                word, context, deriving = "type data", (), ()
                head = [self.type_binder(name), *self.type_variables(binders)]
            case Node(_, (context, binders, instance, kind, constructors, deriving)):
                self.need("TypeFamilies")
                word = "data instance" if node.constructor == "DataInstD" else "newtype instance"
                head = [*self.forall(binders or ()), self.type(instance, OPERAND)]
            case _:
                raise unknown("declaration", node)
        written = constructors if isinstance(constructors, tuple) else (constructors,)
        start = spaced([word, *self.context(context), *head, self.kind_signature(kind)])
        return [start, self._constructors(written), self._deriving(deriving)]

    def _constructors(self, constructors: tuple[Value, ...]) -> Doc:
        if not constructors:
            return ""
        if any(_is_gadt(constructor) for constructor in constructors):
            self.need("GADTs")
            return [" where", block([self._gadt_constructor(constructor, []) for constructor in constructors])]
        first, *rest = [self._constructor(constructor) for constructor in constructors]
        return Group(Nest(2, [LINE, "= ", first, *[[LINE, "| ", each] for each in rest]]))

    def _constructor(self, node: Value) -> Doc:
        match node:
            case Node("NormalC", (name, tuple() as fields)):
                return Group([self.binder(name), Nest(2, [[LINE, self._field(*nodes(each))] for each in fields])])
            case Node("RecC", (name, tuple() as fields)):
                return [self.binder(name), " ", self._record(fields)]
            case Node("InfixC", (left, name, right)):
                sign = infix(self.bare_binder(name))
                return [self._operand(left), " ", sign, " ", self._operand(right)]
            case Node("ForallC", (binders, context, inner)):
                self.need("ExistentialQuantification", "GADTs")
                return spaced([*self.forall(binders), *self.context(context), self._constructor(inner)])
            case _:
                raise unknown("constructor", node)

    def _gadt_constructor(self, node: Value, heads: list[Doc]) -> Doc:
        match node:
            case Node("ForallC", (binders, context, inner)):
                return self._gadt_constructor(inner, [*heads, *self.forall(binders), *self.context(context)])
            case Node("GadtC", (tuple() as names, tuple() as fields, result)):
                arguments: list[Doc] = [[self._field_of_gadt(*nodes(each)), " -> "] for each in fields]
            case Node("RecGadtC", (tuple() as names, tuple() as fields, result)):
                arguments = [[self._record(fields), " -> "]]
            case _:
                # A constructor in ordinary form among those with a signature has no syntax.
                raise unknown("constructor", node)
        written = ", ".join([self.binder(name) for name in names])
        return [written, " :: ", spaced([*heads, [arguments, self.type(result)]])]

    def _field(self, bang: Value, kind: Value) -> Doc:
        mark = self._bang(bang)
        return [mark, self.type(kind, ATOM)]

    def _field_of_gadt(self, bang: Value, kind: Value) -> Doc:
        mark = self._bang(bang)
        return [mark, self.type(kind, ATOM if mark else CONSTRUCTOR_ARGUMENT)]

    def _operand(self, field: Value) -> Doc:
        bang, kind = nodes(field)
        mark = self._bang(bang)
        return [mark, self.type(kind, ATOM if mark else OPERAND)]

    def _record(self, fields: tuple[Value, ...]) -> Doc:
        written: list[Doc] = []
        for each in fields:
            name, bang, kind = nodes(each)
            mark = self._bang(bang)
            written.append([self.binder(name), " :: ", mark, self.type(kind, ATOM if mark else OPEN)])
        return enclosed("{", written, "}")

    def _bang(self, bang: Value) -> str:
        match bang:
            case Node(_, (Node(unpackedness), Node(strictness))):
                pass
            case _:
                raise unknown("strictness", bang)
        if strictness == "SourceLazy":
            self.need("StrictData")
        pragma = {"SourceNoUnpack": "{-# NOUNPACK #-} ", "SourceUnpack": "{-# UNPACK #-} "}.get(unpackedness, "")
        return pragma + {"SourceLazy": "~", "SourceStrict": "!"}.get(strictness, "")

    def _deriving(self, clauses: Value) -> Doc:
        docs = [[HARD, self._deriving_clause(clause)] for clause in nodes(clauses)]
        return Block(Nest(2, docs)) if docs else ""

    def _deriving_clause(self, clause: Value) -> Doc:
        assert isinstance(clause, Node)
        strategy, classes = clause.fields
        listed = enclosed("(", [self.type(each, WHOLE) for each in nodes(classes)], ")")
        before, behind = self.strategy(strategy)
        return spaced(["deriving", before, listed, behind])

    def strategy(self, strategy: Value) -> tuple[Doc, Doc]:
        """A deriving strategy: what stands before the classes, and what behind them."""
        match strategy:
            case None:
                return "", ""
            case Node("ViaStrategy", (kind,)):
                self.need("DerivingVia")
                return "", ["via ", self.type(kind, ATOM)]
            case Node(name):
                self.need("DerivingStrategies", *_STRATEGY_EXTENSIONS.get(name, ()))
                return name.removesuffix("Strategy").lower(), ""
            case _:
                raise unknown("deriving strategy", strategy)


_STRATEGY_EXTENSIONS = {
    "AnyclassStrategy": ("DeriveAnyClass",),
    "NewtypeStrategy": ("GeneralizedNewtypeDeriving",),
}


def _is_gadt(constructor: Value) -> bool:
    while isinstance(constructor, Node) and constructor.constructor == "ForallC":
        constructor = constructor.fields[2]
    return isinstance(constructor, Node) and constructor.constructor in {"GadtC", "RecGadtC"}
