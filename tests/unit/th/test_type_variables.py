"""Which type variables are called the same: those that cannot be confused, as the printed declarations show."""

import pytest

from thatch.core.th.names import BareScope, Names
from thatch.core.th.printer import print_declarations
from thatch.core.th.scope import ModuleScope, NoExports
from thatch.core.th.tree import Name, Node, Unique, Value


def fresh(occ: str, number: int) -> Name:
    return Name(occ, Unique(number))


def variable(name: Name) -> Node:
    return Node("VarT", (name,))


def a(number: int) -> Node:
    return variable(fresh("a", number))


PLAIN_A = variable(Name("a"))


def applied(function: Node | str, *arguments: Node) -> Node:
    done = Node("ConT", (Name(function),)) if isinstance(function, str) else function
    for argument in arguments:
        done = Node("AppT", (done, argument))
    return done


def arrow(source: Node, target: Node) -> Node:
    return applied(Node("ArrowT"), source, target)


def binder(number: int, flag: Value = ()) -> Node:
    return Node("PlainTV", (fresh("a", number), flag))


def forall(number: int, body: Node) -> Node:
    return Node("ForallT", ((binder(number, Node("SpecifiedSpec")),), (), body))


def data(name: str, number: int, *constructors: Node) -> Node:
    return Node("DataD", ((), Name(name), (binder(number),), None, constructors, ()))


def gadt(name: str, field: Node, result: Node) -> Node:
    strict = Node("Bang", (Node("NoSourceUnpackedness"), Node("NoSourceStrictness")))
    return Node("GadtC", ((Name(name),), ((strict, field),), result))


def signature(name: str, of: Node) -> Node:
    return Node("SigD", (Name(name), of))


def klass(number: int, *members: Node) -> Node:
    return Node("ClassD", ((), Name("C"), (binder(number),), (), members))


def equation(left: Node, right: Node) -> Node:
    return Node("TySynEqn", (None, left, right))


def family(number: int, *equations: Node) -> Node:
    head = Node("TypeFamilyHead", (Name("F"), (binder(number),), Node("NoSig"), None))
    return Node("ClosedTypeFamilyD", (head, equations))


def annotated(name: str, of: Node) -> Node:
    body = Node("SigE", (Node("UnboundVarE", (Name("x"),)), of))
    return Node("FunD", (Name(name), (Node("Clause", ((), Node("NormalB", (body,)), ())),)))


CASES: list[tuple[list[Node], str]] = [
    # A constructor of a GADT binds all of its variables.
    ([data("T", 1, gadt("M", a(2), applied("T", a(2))))], "data T a where\n  M :: a -> T a"),
    ([data("T", 1, gadt("M", forall(2, a(2)), applied("T", a(3))))], "data T a where\n  M :: (forall a. a) -> T a"),
    # So does an equation of a family.
    ([family(1, equation(applied("F", a(2)), a(2)))], "type family F a where\n  F a = a"),
    # A method's own variable hides that of the class, which it may not mention then.
    ([klass(1, signature("m", forall(2, a(2))))], "class C a where\n  m :: forall a. a"),
    ([klass(1, signature("m", forall(2, arrow(a(1), a(2)))))], "class C a where\n  m :: forall a1. a -> a1"),
    # Without a binder it would be that of the class.
    ([klass(1, signature("m", a(2)))], "class C a where\n  m :: a1"),
    # Side by side.
    ([signature("f", a(1)), signature("g", a(2))], "f :: a\n\ng :: a"),
    ([signature("f", arrow(forall(1, a(1)), forall(2, a(2))))], "f :: (forall a. a) -> forall a. a"),
    # GHC gives a plain name to none of several that are bound together.
    ([signature("f", arrow(a(1), a(2)))], "f :: a1 -> a2"),
    ([signature("f", forall(1, forall(2, arrow(a(1), a(2)))))], "f :: forall a. forall a1. a -> a1"),
    ([signature("f", forall(1, forall(2, a(2))))], "f :: forall a. forall a. a"),
    # One may stand in several declarations.
    ([signature("f", a(1)), signature("g", a(1)), signature("h", a(2))], "f :: a\n\ng :: a\n\nh :: a"),
    (
        [klass(1, signature("m", a(1))), signature("f", a(2)), klass(1), signature("g", forall(2, a(2)))],
        "class C a where\n  m :: a\n\nf :: a\n\nclass C a\n\ng :: forall a. a",
    ),
    # In an expression, a signature around it could bind it.
    ([signature("f", forall(1, a(1))), annotated("f", a(2))], "f :: forall a. a\nf = (x :: a1)"),
    # Names without numbers mean whatever is called so around them.
    ([signature("f", forall(1, arrow(a(1), PLAIN_A)))], "f :: forall a1. a1 -> a"),
    ([signature("f", forall(1, a(1))), signature("g", PLAIN_A)], "f :: forall a. a\n\ng :: a"),
    ([signature("f", a(1)), signature("g", PLAIN_A)], "f :: a\n\ng :: a"),
    ([signature("f", arrow(a(1), PLAIN_A))], "f :: a1 -> a"),
]


@pytest.mark.parametrize(("declarations", "printed"), CASES)
def test_variables_that_cannot_be_confused_are_called_the_same(declarations: list[Node], printed: str) -> None:
    assert print_declarations(tuple(declarations), Names(BareScope())).text == printed


def test_two_kinds_without_binders_are_not_confused() -> None:
    binders = tuple(Node("KindedTV", (Name(name), (), variable(fresh("k", n)))) for n, name in enumerate("ab"))
    declared = Node("DataD", ((), Name("T"), binders, None, (), ()))
    assert print_declarations((declared,), Names(BareScope())).text == "data T (a :: k1) (b :: k2)"


def test_where_types_hold_values_no_variable_is_called_like_one() -> None:
    scope = ModuleScope("M", (), NoExports(), ["a"])
    declared = (signature("f", arrow(a(1), a(1))),)
    assert print_declarations(declared, Names(scope)).text == "f :: a -> a"
    assert print_declarations(declared, Names(scope, promoting=True)).text == "f :: a1 -> a1"
