"""What types look like as text: lines, sizes, and what real modules hardly ever have."""

import time

import pytest

from tests.support.hie_types import Types, constructor, variable
from thatch.core.hi.model import KnownName
from thatch.core.hie.model import Cast, Coercion, ConstructorApplication, ExternalName, Literal, Name
from thatch.core.hie.type_choice import general_type, used_type
from thatch.core.hie.type_text import MOST_LITERAL, signature_text, type_text
from thatch.core.hie.type_tree import INFERRED, MOST_NODES, REQUIRED

A, B, C, K = (variable(text, number) for number, text in enumerate("abck"))


@pytest.fixture
def types() -> Types:
    return Types()


def bare(name: Name) -> str:
    return name.occ.text if isinstance(name, ExternalName) else "_"


def text(types: Types, index: int, width: int = 80) -> str:
    return type_text(types, index, bare, width=width)


def test_lines(types: Types) -> None:
    a, m = types.variable(A), types.variable(variable("m", 9))
    action = types.application(m, types.constructor("M.Int"))
    body = types.function(a, types.function(a, action), types.constructor("M.Map", a, a), action)
    constraints = [types.constructor("M.Show", a), types.constructor("M.MonadState", types.constructor("M.S"), m)]
    signature = types.qualified(*constraints, body)
    assert text(types, signature, 100) == "(Show a, MonadState S m) => a -> (a -> m Int) -> Map a a -> m Int"
    assert text(types, signature, 40) == (
        "(Show a, MonadState S m)\n=> a\n-> (a -> m Int)\n-> Map a a\n-> m Int"
    )  # fmt: skip
    assert text(types, signature, 14) == (
        "(Show a,\n    MonadState\n      S\n      m)\n=> a\n-> (a\n    -> m Int)\n-> Map a a\n-> m Int"
    )
    assert signature_text("go", types, signature, bare, width=100) == f"go :: {text(types, signature, 100)}"
    assert signature_text("go", types, signature, bare, width=50) == (
        "go\n  :: (Show a, MonadState S m)\n  => a\n  -> (a -> m Int)\n  -> Map a a\n  -> m Int"
    )
    assert signature_text("go", types, signature, bare, width=70) == f"go\n  :: {text(types, signature)}"
    assert signature_text("it", types, types.constructor("M.Map", a, a), bare, width=12) == "it\n  :: Map a a"


def test_a_forall_stands_on_a_line_of_its_own(types: Types) -> None:
    a, k = types.variable(A), types.variable(K)
    proxy = types.constructor("M.Proxy", a, hidden=(k,))
    body = types.qualified(types.constructor("M.Typeable", a), types.function(proxy, proxy))
    quantified = types.forall(K, types.forall(A, body, kind=k))
    assert text(types, quantified, 20) == "forall k (a :: k).\n   Typeable a\n=> Proxy a\n-> Proxy a"
    required = types.forall(A, types.function(a, a), visibility=REQUIRED)
    assert text(types, required, 10) == "forall a ->\n   a\n-> a"


def test_foralls_that_say_nothing_are_left_out(types: Types) -> None:
    a, b, int_ = types.variable(A), types.variable(B), types.constructor("M.Int")
    shown = {
        "a -> b": types.forall(A, types.forall(B, types.function(a, b))),
        "forall a. Int": types.forall(A, int_),
        "Int": types.forall(A, int_, visibility=INFERRED),
        "forall a. Show a => Int": types.forall(A, types.qualified(types.constructor("M.Show", a), int_)),
        "Convert a b => a -> Int": types.forall(
            A, types.forall(B, types.qualified(types.constructor("M.Convert", a, b), types.function(a, int_)))
        ),
        "(forall a. a) -> Int": types.function(types.forall(A, a), int_),
        "Int -> forall {a}. a": types.function(int_, types.forall(A, a, visibility=INFERRED)),
    }
    assert {text(types, index) for index in shown.values()} == set(shown)


def test_different_variables_have_different_names(types: Types) -> None:
    first, second, third = (types.variable(variable("a", number)) for number in (1, 2, 3))
    named = types.variable(variable("a1", 4))
    assert text(types, types.function(first, second, first)) == "a1 -> a -> a1"
    assert text(types, types.function(first, named, second)) == "a -> a1 -> a2"
    inner = types.forall(variable("a", 3), types.function(third, first))
    assert text(types, types.function(inner, first)) == "(forall a1. a1 -> a) -> a"
    both = types.forall(variable("a", 1), types.forall(variable("a", 2), types.function(first, second)))
    assert text(types, types.function(both, both)) == "(forall a1 a2. a1 -> a2) -> forall a1 a2. a1 -> a2"
    plus = [types.variable(variable("+", number)) for number in (1, 2)]
    assert text(types, types.function(*plus)) == "(+) -> (+|)"


def test_casts_and_evidence_are_not_seen(types: Types) -> None:
    a = types.variable(A)
    evidence = types.add(Coercion())
    assert text(types, types.constructor("M.T", evidence, types.add(Cast(a)))) == "T a"
    head = types.add(Cast(types.constructor("M.:+:", a)))
    assert text(types, types.application(head, a)) == "a :+: a"
    assert text(types, evidence) == "<>"


def test_syntax_of_constructors(types: Types) -> None:
    a, b = types.variable(A), types.variable(B)
    one, two = (types.add(Literal(value, False)) for value in (1, 'b"ж'))
    quoted = types.constructor("M.A'", promoted=True)
    nil = types.constructor("GHC.Types.[]", promoted=True)
    shown = {
        "[a]": types.constructor("GHC.Types.List", a),
        "[]": types.constructor("GHC.Types.List"),
        "(a, b)": types.constructor("GHC.Tuple.Prim.Tuple2", a, b, sort="tuple"),
        '\'(1, "b\\"ж")': types.constructor("GHC.Tuple.Prim.(,)", one, two, promoted=True, sort="tuple"),
        "(# a | b #)": types.constructor("GHC.Prim.Sum2#", a, b, sort="unboxed sum"),
        "(# #)": types.constructor("GHC.Prim.Unit#", sort="unboxed tuple"),
        "' A'": types.add(ConstructorApplication(constructor("M.A'"), True, "", ())),
        "'[ ' A', a]": types.constructor(
            "GHC.Types.:", quoted, types.constructor("GHC.Types.:", a, nil, promoted=True), promoted=True
        ),
        "(TypeError ...)": types.constructor("GHC.TypeError.TypeError", a),
        "?x::a": types.constructor("GHC.Classes.IP", types.add(Literal("x", False)), a),
        "a ~ b": types.constructor("GHC.Prim.~#", a, b, hidden=(types.type, types.type)),
        "a ~~ b": types.constructor("GHC.Prim.~#", a, b, hidden=(types.type, a)),
        "Coercible a b": types.constructor("GHC.Prim.~R#", a, b, hidden=(types.type, types.type)),
        "() :: Constraint": types.constructor("GHC.Classes.CUnit", sort="constraint tuple"),
        "a . b": types.constructor("M..", a, b),
    }
    assert {text(types, index) for index in shown.values()} == set(shown)


def test_names_that_ghc_knows_by_heart(types: Types) -> None:
    a = types.variable(A)
    lists, tuples = (
        types.add(ConstructorApplication(KnownName(key), False, sort, ((True, a),), arity))
        for key, sort, arity in (("3a", "", 0), ("4b", "tuple", 2))
    )
    assert [type_text(types, index, bare) for index in (lists, tuples)] == ["_ a", "(,) a"]


def test_shared_types_take_a_bounded_time_and_size(types: Types) -> None:
    index = types.constructor("M.Leaf")
    for _ in range(200):
        index = types.constructor("GHC.Tuple.Prim.Tuple2", index, index, sort="tuple")
    start = time.process_time()
    written = text(types, types.function(index, types.constructor("M.Int")))
    assert time.process_time() - start < 1
    assert len(written) < 20 * MOST_NODES
    # What lies outside is kept, and what has no room is told.
    assert written.endswith("-> Int")
    assert "..." in written


def test_many_variables_of_one_name_take_a_bounded_time(types: Types) -> None:
    variables = [variable("x", number) for number in range(MOST_NODES // 3)]
    body = types.constructor("M.T", *map(types.variable, variables))
    bound = body
    for each in variables:
        bound = types.forall(each, bound)
    start = time.process_time()
    assert text(types, body, 10**6).startswith("T x x1 x2 ")
    assert text(types, bound, 10**6).startswith("T x333 x332 ")
    assert time.process_time() - start < 1


@pytest.mark.parametrize("kind", ["argument", "function", "result", "forall", "constraint", "list"])
def test_deep_and_endless_types(types: Types, kind: str) -> None:
    a = types.variable(A)

    def grown(index: int) -> int:
        match kind:
            case "argument":
                return types.constructor("M.Succ", index)
            case "function":
                return types.function(index, a)
            case "result":
                return types.function(a, index)
            case "forall":
                return types.forall(variable("x", len(types)), index)
            case "constraint":
                return types.qualified(a, index)
            case _:
                return types.constructor("GHC.Types.:", a, index, promoted=True)

    deep = a
    for _ in range(5000):
        deep = grown(deep)
    # The last type refers to itself, which only a damaged file has.
    endless = grown(len(types))
    for index in (deep, endless):
        written = text(types, index)
        assert "..." in written
        assert len(written) < 20 * MOST_NODES


def test_damage_is_cut_out(types: Types) -> None:
    a = types.variable(A)
    assert text(types, len(types)) == text(types, -1) == "..."
    assert text(types, types.function(a, 999)) == "a -> ..."
    cast = types.add(Cast(len(types)))
    assert text(types, cast) == "..."
    wide = types.constructor("M.T", *[a] * (2 * MOST_NODES))
    assert text(types, types.function(wide, a)) == "... -> a"
    hidden = types.forall(A, len(types), kind=types.constructor("GHC.Types.RuntimeRep"))
    types[hidden] = types[hidden]._replace(body=hidden)  # type: ignore[call-arg]
    assert text(types, hidden) == "..."
    assert text(types, types.add(Literal(10**5000, False))) == "..."
    assert len(text(types, types.add(Literal("x" * 10**6, False)))) < 2 * MOST_LITERAL


def test_which_type_is_meant(types: Types) -> None:
    a, b = types.variable(A), types.variable(B)
    shows = types.qualified(types.constructor("M.Show", a), types.function(a, b))
    forall = types.forall(A, shows)
    int_, bool_ = types.constructor("M.Int"), types.constructor("M.Bool")
    for order in ([forall, int_, shows, bool_], [int_, bool_, shows, forall]):
        assert (used_type(types, order), general_type(types, order)) == (int_, forall)
    assert used_type(types, [forall, shows]) == shows
    assert (used_type(types, []), general_type(types, [])) == (None, None)
    endless = types.forall(A, len(types))
    assert (used_type(types, [endless, -1]), general_type(types, [endless, -1])) == (-1, endless)


def test_an_ordinary_type_takes_well_below_a_millisecond(types: Types) -> None:
    a, m = types.variable(A), types.variable(variable("m", 9))
    action = types.application(m, types.constructor("M.Int"))
    body = types.function(a, types.function(a, action), types.constructor("M.Map", a, a), action)
    signature = types.forall(A, types.qualified(types.constructor("M.Show", a), body))
    start = time.process_time()
    for _ in range(100):
        text(types, signature)
    assert (time.process_time() - start) / 100 < 0.001
