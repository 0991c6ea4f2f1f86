"""Random syntax trees of programs that GHC's parser accepts; they need not make sense otherwise."""

from collections.abc import Callable, Sequence
from random import Random
from typing import TypeVar

from thatch.core.th.tree import Name, Node, Qualified, Value

Item = TypeVar("Item")

VARIABLES = ["x", "y", "foo'", "_z", "lookup", "+++", "<$>", "."]
IDENTIFIERS = ["x", "y", "foo'", "go1"]
CONSTRUCTORS = ["A", "Foo", "Bar'", ":+:", ":"]
TYPES = ["T", "Maybe", "Either'", "List1"]
TYPE_VARIABLES = ["a", "b", "m"]
STRINGS = ["", "plain", 'quo"te', "new\nline\t", "\x01\x7f5", "λ→ü", "\\back", "\x0eH", "a\x80" + "1", "tick'"]


class Trees:
    """Makes trees; `budget` bounds their depth."""

    def __init__(self, random: Random, series: str) -> None:
        self.random = random
        self.new = series != "9.6"
        """Whether the constructs exist that came after 9.6."""

    def pick(self, items: Sequence[Item]) -> Item:
        return self.random.choice(items)

    def some(self, make: Callable[[], Item], least: int = 0, most: int = 3) -> tuple[Item, ...]:
        return tuple(make() for _ in range(self.random.randint(least, most)))

    def maybe(self, make: Callable[[], Value]) -> Value:
        return make() if self.random.random() < 0.5 else None

    # Names.

    def variable(self) -> Name:
        return self._name(VARIABLES)

    def constructor(self) -> Name:
        return self._name(CONSTRUCTORS)

    def type_name(self) -> Name:
        return self._name(TYPES)

    def _name(self, pool: Sequence[str]) -> Name:
        occ = self.pick(pool)
        return Name(occ, Qualified("M.N")) if self.random.random() < 0.15 and occ != ":" else Name(occ)

    def binder(self) -> Name:
        return Name(self.pick(VARIABLES))

    def identifier(self) -> Name:
        return Name(self.pick(IDENTIFIERS))

    def new_type(self) -> Name:
        return Name(self.pick(TYPES))

    def type_variable(self) -> Name:
        return Name(self.pick(TYPE_VARIABLES))

    # Literals.

    def literal(self, *, pattern: bool = False) -> Node:
        number = self.pick([0, 1, 42, 10**25])
        ratio = self.pick([(1, 2), (5, 1), (3, 8), (1, 1000000), (123456789, 10), (10**20, 1)])
        kinds = [
            Node("CharL", (self.pick(["a", "'", '"', "\n", "λ", "\\", "\x7f"]),)),
            Node("StringL", (self.pick(STRINGS),)),
            Node("IntegerL", (number,)),
            Node("RationalL", (ratio,)),
            Node("IntPrimL", (self.pick([0, 7]),)),
            Node("WordPrimL", (self.pick([0, 7]),)),
            Node("CharPrimL", (self.pick(["a", "'"]),)),
            Node("FloatPrimL", (ratio,)),
            Node("DoublePrimL", (ratio,)),
        ]
        if not pattern:
            kinds.append(Node("StringPrimL", (self.pick([b"", b"a\x80" + b"1", b'q"\\']),)))
        return self.pick(kinds)

    # Types.

    def type(self, budget: int) -> Node:
        if budget <= 0:
            return self.pick([Node("VarT", (self.type_variable(),)), Node("ConT", (self.type_name(),))])
        inner = lambda: self.type(budget - 1)  # noqa: E731
        makers: list[Callable[[], Node]] = [
            lambda: Node("VarT", (self.type_variable(),)),
            lambda: Node("ConT", (self.type_name(),)),
            lambda: Node("PromotedT", (Name(self.pick(["A", "Foo", "Bar'"])),)),
            lambda: Node("AppT", (inner(), inner())),
            lambda: Node("AppT", (Node("AppT", (Node("ArrowT"), inner())), inner())),
            lambda: Node("AppT", (Node("ListT"), inner())),
            lambda: Node("AppT", (Node("AppT", (Node("TupleT", (2,)), inner())), inner())),
            lambda: Node("AppT", (Node("AppT", (Node("UnboxedTupleT", (2,)), inner())), inner())),
            lambda: Node("AppKindT", (Node("ConT", (self.type_name(),)), inner())),
            lambda: Node("SigT", (inner(), inner())),
            lambda: Node("ForallT", (self.some(self.specified, 1), self.context(budget - 1), inner())),
            lambda: Node("ForallVisT", (self.some(self.plain_variable, 1), inner())),
            lambda: Node("LitT", (Node("NumTyLit", (3,)),)),
            lambda: Node("LitT", (Node("StrTyLit", (self.pick(STRINGS),)),)),
            lambda: Node("LitT", (Node("CharTyLit", ("c",)),)),
            lambda: Node("ParensT", (Node("VarT", (self.type_variable(),)),)),
            lambda: Node("WildCardT"),
            lambda: Node("TupleT", (0,)),
            lambda: Node("TupleT", (3,)),
            lambda: Node("PromotedNilT"),
            lambda: Node("AppT", (Node("AppT", (Node("PromotedTupleT", (2,)), inner())), inner())),
            lambda: Node("AppT", (Node("AppT", (Node("EqualityT"), inner())), inner())),
            lambda: Node("InfixT", (inner(), Name("Op", Qualified("M")), inner())),
            lambda: Node("InfixT", (inner(), Name(":*:"), inner())),
            lambda: Node("PromotedInfixT", (inner(), Name(":*:"), inner())),
            lambda: Node("AppT", (Node("AppT", (Node("PromotedConsT"), inner())), Node("VarT", (Name("a"),)))),
        ]
        return self.pick(makers)()

    def context(self, budget: int) -> tuple[Node, ...]:
        if self.random.random() < 0.1:
            return (Node("ImplicitParamT", ("p", self.type(budget - 1))),)
        return self.some(lambda: Node("AppT", (Node("ConT", (self.type_name(),)), self.type(budget - 1))), 0, 2)

    def specified(self) -> Node:
        flag = Node(self.pick(["SpecifiedSpec", "InferredSpec"]))
        return self._variable(flag)

    def plain_variable(self) -> Node:
        return self._variable(())

    def head_variable(self) -> Node:
        return self._variable(Node("BndrReq")) if self.new else self._variable(())

    def _variable(self, flag: Value) -> Node:
        name = self.type_variable()
        kinded = self.random.random() < 0.3
        return Node("KindedTV", (name, flag, self.type(1))) if kinded else Node("PlainTV", (name, flag))

    # Patterns.

    def pattern(self, budget: int) -> Node:
        if budget <= 0:
            return self.pick([Node("VarP", (self.binder(),)), Node("WildP")])
        inner = lambda: self.pattern(budget - 1)  # noqa: E731
        makers: list[Callable[[], Node]] = [
            lambda: Node("LitP", (self.literal(pattern=True),)),
            lambda: Node("VarP", (self.binder(),)),
            lambda: Node("TupP", (self.some(inner, 2),)),
            lambda: Node("TupP", ((),)),
            lambda: Node("UnboxedTupP", (self.some(inner, 2),)),
            lambda: Node("UnboxedSumP", (inner(), 2, 3)),
            lambda: Node("ConP", (self.constructor(), (), self.some(inner))),
            lambda: Node("ConP", (Name("A"), (self.type(1),), self.some(inner))),
            lambda: Node("InfixP", (inner(), self.constructor(), inner())),
            lambda: Node("ParensP", (inner(),)),
            lambda: Node("TildeP", (inner(),)),
            lambda: Node("BangP", (inner(),)),
            lambda: Node("AsP", (self.identifier(), inner())),
            lambda: Node("WildP"),
            lambda: Node("RecP", (self.constructor(), self.some(lambda: (self.identifier(), inner())))),
            lambda: Node("ListP", (self.some(inner),)),
            lambda: Node("SigP", (inner(), self.type(budget - 1))),
            lambda: Node("ViewP", (self.expression(budget - 1), inner())),
        ]
        return self.pick(makers)()

    # Expressions.

    def expression(self, budget: int) -> Node:
        if budget <= 0:
            name = self.pick([("VarE", self.variable()), ("ConE", self.constructor()), ("LitE", self.literal())])
            return Node(name[0], (name[1],))
        return self.pick([*self._plain_expressions(budget - 1), *self._block_expressions(budget - 1)])()

    def _plain_expressions(self, budget: int) -> list[Callable[[], Node]]:
        inner = lambda: self.expression(budget)  # noqa: E731
        operator = lambda: self.pick([Node("VarE", (self.variable(),)), Node("ConE", (self.constructor(),))])  # noqa: E731
        return [
            lambda: Node("AppE", (inner(), inner())),
            lambda: Node("AppTypeE", (inner(), self.type(budget))),
            lambda: Node("InfixE", (inner(), operator(), inner())),
            lambda: Node("InfixE", (None, operator(), inner())),
            lambda: Node("InfixE", (inner(), operator(), None)),
            lambda: Node("InfixE", (None, operator(), None)),
            lambda: Node("ParensE", (inner(),)),
            lambda: Node("TupE", (self.some(inner, 2),)),
            lambda: Node("TupE", ((inner(), None, inner()),)),
            lambda: Node("TupE", ((),)),
            lambda: Node("UnboxedTupE", (self.some(inner, 2),)),
            lambda: Node("UnboxedSumE", (inner(), 1, 3)),
            lambda: Node("CondE", (inner(), inner(), inner())),
            lambda: Node("CompE", ((*self.statements(budget, 1), Node("NoBindS", (inner(),))),)),
            lambda: Node("ArithSeqE", (Node("FromR", (inner(),)),)),
            lambda: Node("ArithSeqE", (Node("FromThenR", (inner(), inner())),)),
            lambda: Node("ArithSeqE", (Node("FromToR", (inner(), inner())),)),
            lambda: Node("ArithSeqE", (Node("FromThenToR", (inner(), inner(), inner())),)),
            # GHC makes a string of a list that holds characters only.
            lambda: Node("ListE", ((*self.some(inner), Node("VarE", (self.variable(),))),)),
            lambda: Node("SigE", (inner(), self.type(budget))),
            lambda: Node("RecConE", (Name("Foo"), self.fields(budget))),
            lambda: Node("RecUpdE", (Node("VarE", (self.variable(),)), self.fields(budget, 1))),
            lambda: Node("StaticE", (inner(),)),
            lambda: Node("UnboundVarE", (self.variable(),)),
            lambda: Node("LabelE", ("label",)),
            lambda: Node("ImplicitParamVarE", ("p",)),
            lambda: Node("GetFieldE", (inner(), "field")),
            lambda: Node("ProjectionE", (("a", "b"),)),
        ]

    def _block_expressions(self, budget: int) -> list[Callable[[], Node]]:
        inner = lambda: self.expression(budget)  # noqa: E731
        matches = lambda least: self.some(lambda: self.match(budget), least)  # noqa: E731
        ended = lambda: (*self.statements(budget, 0), Node("NoBindS", (inner(),)))  # noqa: E731
        branch = lambda: (self.guard(budget), inner())  # noqa: E731
        return [
            lambda: Node("LamE", (self.some(lambda: self.pattern(budget), 1), inner())),
            lambda: Node("LamCaseE", (matches(0),)),
            lambda: Node("LamCasesE", (self.some(lambda: self.clause(budget), 1),)),
            lambda: Node("MultiIfE", (self.some(branch, 1),)),
            lambda: Node("LetE", (self.locals(budget, 1), inner())),
            lambda: Node("CaseE", (inner(), matches(0))),
            lambda: Node("DoE", (None, ended())),
            lambda: Node("DoE", ("M.N", ended())),
            lambda: Node("MDoE", (None, ended())),
        ]

    def fields(self, budget: int, least: int = 0) -> tuple[Value, ...]:
        return self.some(lambda: (self.identifier(), self.expression(budget)), least)

    def statements(self, budget: int, least: int) -> tuple[Node, ...]:
        makers: list[Callable[[], Node]] = [
            lambda: Node("BindS", (self.pattern(budget), self.expression(budget))),
            lambda: Node("LetS", (self.locals(budget, 1),)),
            lambda: Node("NoBindS", (self.expression(budget),)),
        ]
        return tuple(make() for make in self.random.choices(makers, k=self.random.randint(least, 3)))

    def guard(self, budget: int) -> Node:
        if self.random.random() < 0.6:
            return Node("NormalG", (self.expression(budget),))
        return Node("PatG", (self.statements(budget, 1),))

    def body(self, budget: int) -> Node:
        if self.random.random() < 0.7:
            return Node("NormalB", (self.expression(budget),))
        return Node("GuardedB", (self.some(lambda: (self.guard(budget - 1), self.expression(budget)), 1),))

    def match(self, budget: int) -> Node:
        return Node("Match", (self.pattern(budget), self.body(budget), self.locals(budget - 1, 0)))

    def clause(self, budget: int, n_patterns: int = 2) -> Node:
        patterns = tuple(self.pattern(budget) for _ in range(n_patterns))
        return Node("Clause", (patterns, self.body(budget), self.locals(budget - 1, 0)))

    def locals(self, budget: int, least: int) -> tuple[Node, ...]:
        if budget < 0 and least == 0:
            return ()
        names = self.random.sample(IDENTIFIERS, 3)
        signatures = self.some(lambda: Node("SigD", (Name(names[0]), self.type(budget))), least, 1)
        functions = self.some(lambda: self.function(budget, names[0]), 0, 1)
        values = self.some(lambda: self.value(budget, names[1]), 0, 1)
        # GHC's own printer puts signatures first, which would look like a difference.
        return (*signatures, *functions, *values)

    def value(self, budget: int, name: str) -> Node:
        parts = self.some(lambda: self.pattern(budget), 2)
        pattern = self.pick([Node("VarP", (Name(name),)), Node("TupP", (parts,))])
        return Node("ValD", (pattern, self.body(budget), self.locals(budget - 1, 0)))

    def function(self, budget: int, name: str = "top") -> Node:
        n_patterns = self.random.randint(1, 2)
        clauses = self.some(lambda: self.clause(budget, n_patterns), 1, 2)
        return Node("FunD", (Name(name), clauses))
