"""Names, scopes and the look of what is printed."""

from collections.abc import Iterable, Sequence
from pathlib import Path

import pytest
from attrs import evolve

from tests.unit.th.test_tree import schema_of
from thatch.core.diagnostics import Span
from thatch.core.splices.runs import SpliceKind, SpliceRun
from thatch.core.th.expansion import Expansion, ModuleExpander, expand
from thatch.core.th.imports import ImportDeclaration, Item, read_imports
from thatch.core.th.literals import byte_string, character, rational, string
from thatch.core.th.names import BareScope, Names, Space
from thatch.core.th.printer import PrintError, print_declarations, print_expression, print_pattern, print_type
from thatch.core.th.scope import Exported
from thatch.core.th.tree import DECLARATIONS, EXPRESSION, PATTERN, Global, Name, Node, Unique, Value, encode

MODULES = {
    "Prelude": [("map", Space.VALUE, "GHC.Base", ""), ("Maybe", Space.TYPE, "GHC.Maybe", "")],
    "Data.Map": [("insert", Space.VALUE, "Data.Map.Internal", ""), ("Map", Space.TYPE, "Data.Map.Internal", "")],
    "Data.Set": [("insert", Space.VALUE, "Data.Set.Internal", "")],
    "Mine": [("map", Space.VALUE, "Mine", "")],
    "Shapes": [("Shape", Space.TYPE, "Shapes", ""), ("Disc", Space.CONSTRUCTOR, "Shapes", "Shape")],
}


class Known:
    """Exports of a few modules."""

    def exports(self, module: str, package: str | None = None) -> Sequence[Exported] | None:
        assert package is None
        return [Exported(*each) for each in MODULES.get(module, ())]

    def exporter(self, name: Global, occ: str, space: Space, preferred: Iterable[str]) -> tuple[str, bool]:
        assert "Data.Nothing" not in preferred
        return name.module, occ != "hidden"


def of(occ: str, module: str, space: str = "VarName") -> Name:
    return Name(occ, Global(space, "unit", module))


def var(name: Name) -> Node:
    return Node("VarE", (name,))


def run(tree: Value, kind: SpliceKind = SpliceKind.EXPRESSION) -> SpliceRun:
    use = {SpliceKind.EXPRESSION: EXPRESSION, SpliceKind.PATTERN: PATTERN}.get(kind, DECLARATIONS)
    data = encode(tree, use, schema_of("9.6"))
    place = Span(1, 1, 1, 2)
    return SpliceRun(unit="u", module="M", path=Path("/M.hs"), span=place, kind=kind, result=data, milliseconds=1)


def spelled(name: Name, text: str, binder: str = "") -> tuple[str, tuple[str, ...]]:
    tree = Node("LamE", ((Node("VarP", (Name(binder),)),), var(name))) if binder else var(name)
    expansion = expand(run(tree), text, schema_of("9.6"), Known())
    return expansion.text.removeprefix(f"\\{binder} -> "), expansion.imports


INSERT = of("insert", "Data.Map.Internal")
MAP = of("map", "GHC.Base")
IF = "{-# LANGUAGE CPP #-}\nmodule M where\n#if A\n"


@pytest.mark.parametrize(
    ("name", "text", "written", "imports"),
    [
        (INSERT, "import Data.Map", "insert", ()),
        (INSERT, "import Data.Map (insert)", "insert", ()),
        (INSERT, "import qualified Data.Map as M", "M.insert", ()),
        (INSERT, "import Data.Map qualified as M", "M.insert", ()),
        (INSERT, "import Data.Map as M hiding (Map)", "insert", ()),
        (INSERT, "import Data.Map (Map)", "Data.Map.Internal.insert", ("import qualified Data.Map.Internal",)),
        (
            INSERT,
            "import Data.Map hiding (insert)",
            "Data.Map.Internal.insert",
            ("import qualified Data.Map.Internal",),
        ),
        (INSERT, "import Data.Map\nimport Data.Set", "Data.Map.insert", ()),
        (INSERT, "import Data.Map\ninsert = 1", "Data.Map.insert", ()),
        # What stands between conditions may be compiled or not.
        (INSERT, f"{IF}import Data.Map\n#endif", "Data.Map.Internal.insert", ("import qualified Data.Map.Internal",)),
        (INSERT, f"{IF}import Data.Map\n#endif\nimport Data.Map", "insert", ()),
        (INSERT, f"{IF}import Data.Set\n#endif\nimport Data.Map", "Data.Map.insert", ()),
        (INSERT, f"{IF}import X\n#if B\n#endif\n#endif\nimport Data.Map", "insert", ()),
        (MAP, f"{IF}import Prelude\n#endif", "map", ()),
        (MAP, "", "map", ()),
        (MAP, "import Mine", "Prelude.map", ()),
        (MAP, "{-# LANGUAGE NoImplicitPrelude #-}\nmodule M where", "GHC.Base.map", ("import qualified GHC.Base",)),
        (of("own", "M"), "", "own", ()),
        (of("map", "M"), "import Mine", "M.map", ()),
    ],
)
def test_names_are_spelled_as_the_imports_have_them(
    name: Name, text: str, written: str, imports: tuple[str, ...]
) -> None:
    assert spelled(name, text) == (written, imports)


def test_a_binder_of_the_expansion_shadows() -> None:
    assert spelled(MAP, "", binder="map") == ("Prelude.map", ())


def test_constructors_come_with_their_types() -> None:
    disc = Node("ConE", (of("Disc", "Shapes", "DataName"),))
    for text, written in [("Shape(..)", "Disc"), ("Shape(Disc)", "Disc"), ("Shape", "Shapes.Disc")]:
        assert expand(run(disc), f"import Shapes ({text})", schema_of("9.6"), Known()).text == written


def test_what_cannot_be_imported_is_said() -> None:
    assert expand(run(var(of("hidden", "Deep"))), "", schema_of("9.6"), Known()).unreachable == ("Deep.hidden",)


def test_imports_are_read() -> None:
    text = """module M where
import safe "pkg" A.B as C (x, T(..), (+), U(V, w), type (++), pattern P) -- (
import qualified D
import E hiding
  (a, -- comment, b
   c)
f = hiding (b)
"""
    items = (Item("x"), Item("T", None), Item("+"), Item("U", ("V", "w")), Item("++"), Item("P"))
    assert read_imports(text) == (
        ImportDeclaration(module="A.B", package="pkg", alias="C", items=items),
        ImportDeclaration(module="D", qualified=True),
        ImportDeclaration(module="E", hiding=True, items=(Item("a"), Item("c"))),
        ImportDeclaration(module="Prelude"),
    )


def test_fresh_names_are_readable_and_unlike_others() -> None:
    first, second, third = (Name("x", Unique(number)) for number in (1, 2, 3))
    body = Node("TupE", ((var(first), var(second), var(third), var(Name("x1"))),))
    tree = Node("LamE", (tuple(Node("VarP", (name,)) for name in (first, second, third)), body))
    assert print_expression(tree, Names(BareScope())).text == "\\x x2 x3 -> (x, x2, x3, x1)"


def function(name: Name, parameter: Name) -> Node:
    body = Node("NormalB", (var(parameter),))
    return Node("FunD", (name, (Node("Clause", ((Node("VarP", (parameter,)),), body, ())),)))


def test_declarations_use_the_same_fresh_names_where_they_cannot_meet() -> None:
    trees = (function(Name("f"), Name("x", Unique(1))), function(Name("g", Unique(3)), Name("x", Unique(2))))
    assert print_declarations(trees, Names(BareScope())).text == "f x = x\n\ng x = x"


def test_fresh_names_of_the_top_level_do_not_meet() -> None:
    trees = [function(Name("g", Unique(number)), Name("x")) for number in (1, 2)]
    assert print_declarations(tuple(trees), Names(BareScope())).text == "g x = x\n\ng1 x = x"
    expander = ModuleExpander("M", "", schema_of("9.6"), Known())
    first, second = expander.expand_all([run((tree,), SpliceKind.DECLARATIONS) for tree in trees])
    assert isinstance(first, Expansion) and isinstance(second, Expansion)
    assert (first.text, second.text, second.n_declarations) == ("g x = x", "g1 x = x", 1)


def test_binders_of_the_top_level_keep_their_names_although_the_module_mentions_them() -> None:
    text = "module M where\nimport Data.Map\n$(make)\nuse = g + other"
    expander = ModuleExpander("M", text, schema_of("9.6"), Known())
    made = function(Name("g", Unique(1)), Name("x", Unique(2)))
    assert expander.expand(run((made,), SpliceKind.DECLARATIONS)).text == "g x = x"
    # What the text calls by that name elsewhere is another thing.
    insert = function(Name("insert", Unique(3)), Name("x", Unique(2)))
    both = (function(Name("h"), Name("g", Unique(4))), insert)
    calls = Node("FunD", (Name("i"), (Node("Clause", ((), Node("NormalB", (var(INSERT),)), ())),)))
    printed = expander.expand(run((*both, calls), SpliceKind.DECLARATIONS)).text
    assert printed == "h g = g\n\ninsert x = x\n\ni = Data.Map.insert"


def test_names_of_the_top_level_keep_clear_of_binders_without_numbers() -> None:
    trees = (function(Name("f"), Name("g")), function(Name("g", Unique(1)), Name("x", Unique(2))))
    assert print_declarations(trees, Names(BareScope())).text == "f g = g\n\ng1 x = x"
    mentioned = (function(Name("g", Unique(1)), Name("x")), Node("ValD", (Node("WildP"), *_value(var(Name("g"))))))
    assert print_declarations(mentioned, Names(BareScope())).text == "g x = x\n\n_ = g"


def _value(body: Node) -> tuple[Value, ...]:
    return (Node("NormalB", (body,)), ())


def test_binders_of_patterns_keep_their_names() -> None:
    x, again = (Node("VarP", (Name("x", Unique(number)),)) for number in (1, 2))
    expander = ModuleExpander("M", "f $(p) = x", schema_of("9.6"), Known())
    made = function(Name("x", Unique(3)), Name("y", Unique(4)))
    before = run((made,), SpliceKind.DECLARATIONS)
    found = expander.expand_all([before, run(x, SpliceKind.PATTERN), run(again, SpliceKind.PATTERN)])
    assert [each.text for each in found if isinstance(each, Expansion)] == ["x y = y", "x", "x"]
    view = Node("ViewP", (var(MAP), Node("VarP", (Name("map", Unique(5)),))))
    assert expander.expand(run(view, SpliceKind.PATTERN)).text == "Prelude.map -> map"
    assert print_pattern(Node("TupP", ((x, again),)), Names(BareScope())).text == "(x, x1)"
    owned = Node("AsP", (Name("x"), Node("BangP", (x,))))
    assert print_pattern(owned, Names(BareScope())).text == "x@(!x1)"


def test_constructors_of_unboxed_sums_are_written_with_what_they_hold() -> None:
    second = Name("(#|_|#)", Global("DataName", "ghc-prim", "GHC.Prim"))
    x = Node("VarP", (Name("x"),))
    assert print_pattern(Node("ConP", (second, (), (x,))), Names(BareScope())).text == "(# | x | #)"
    made = Node("AppE", (Node("ConE", (second,)), var(Name("x"))))
    assert print_expression(made, Names(BareScope())).text == "(# | x | #)"


def test_types_among_expressions_are_found_among_the_types() -> None:
    tree = Node("AppE", (var(Name("f")), Node("ConE", (of("Maybe", "GHC.Maybe", "TcClsName"),))))
    assert expand(run(tree), "", schema_of("9.6"), Known()).text == "f Maybe"


def test_data_constructors_among_types_are_promoted() -> None:
    tree = Node("ConT", (of("A", "M", "DataName"),))
    assert print_type(tree, Names(BareScope("M"))).text == "'A"


@pytest.mark.parametrize(("occ", "extensions"), [("+", ("TypeOperators",)), ("T", ()), ("~", ("TypeOperators",))])
def test_operators_of_types_need_their_extension(occ: str, extensions: tuple[str, ...]) -> None:
    text = "{-# LANGUAGE Haskell2010 #-}\nmodule M where"
    declared = Node("TySynD", (Name(occ), (), Node("TupleT", (0,))))
    used = Node("TySynD", (Name("S"), (), Node("ConT", (of(occ, "M", "TcClsName"),))))
    for tree in (declared, used):
        made = run((tree,), SpliceKind.DECLARATIONS)
        assert expand(made, text, schema_of("9.6"), Known()).extensions == extensions


def test_older_compilers_need_no_extensions_that_they_do_not_have() -> None:
    pattern = Node("ConP", (of("C", "M", "DataName"), (Node("WildCardT"),), ()))
    for series, extensions in [("9.6", ()), ("9.10", ("TypeAbstractions",))]:
        tree = encode(pattern, PATTERN, schema_of(series))
        made = evolve(run(pattern, SpliceKind.PATTERN), result=tree)
        assert expand(made, "", schema_of(series), Known()).extensions == extensions


HIDDEN = var(of("hidden", "Deep"))
HIDDEN_SPLICE = '$(Language.Haskell.TH.Lib.Internal.varE (Language.Haskell.TH.Syntax.mkNameG_v "unit" "Deep" "hidden"))'


@pytest.mark.parametrize(
    ("tree", "written"),
    [
        (HIDDEN, "{}"),
        (Node("AppE", (HIDDEN, var(Name("x")))), "{} x"),
        (Node("InfixE", (var(Name("x")), HIDDEN, var(Name("y")))), "{} x y"),
        (Node("InfixE", (var(Name("x")), HIDDEN, None)), "{} x"),
        (Node("InfixE", (None, HIDDEN, None)), "{}"),
        (Node("InfixE", (HIDDEN, var(Name("+")), HIDDEN)), "{} + {}"),
        # There is no such way.
        (Node("InfixE", (None, HIDDEN, var(Name("y")))), ""),
        (Node("UInfixE", (var(Name("x")), HIDDEN, var(Name("y")))), ""),
        (Node("LamE", ((Node("ConP", (of("hidden", "Deep", "DataName"), (), ())),), var(Name("x")))), ""),
    ],
)
def test_names_that_no_import_can_reach_become_splices(tree: Node, written: str) -> None:
    made = expand(run(tree), "", schema_of("9.6"), Known())
    assert made.unreachable == ("Deep.hidden",)
    other = made.with_name_splices
    assert " ".join(other.text.split() if other else []) == written.replace("{}", HIDDEN_SPLICE)
    if other:
        assert (other.unreachable, other.extensions) == ((), ("TemplateHaskell",))
        assert "import qualified Language.Haskell.TH.Syntax" in other.imports


def test_names_inside_other_splices_do_not_matter() -> None:
    trees = [function(Name("f"), Name("x")), function(Name("g"), Name("x", Unique(1))), function(Name("h"), Name("x"))]
    expander = ModuleExpander("M", "", schema_of("9.6"), Known())
    found = expander.expand_all([run((tree,), SpliceKind.DECLARATIONS) for tree in trees])
    assert [each.text for each in found if isinstance(each, Expansion)] == ["f x = x", "g x = x", "h x = x"]


def test_methods_of_instances_are_no_binders_of_their_names() -> None:
    method = Node("SigD", (Name("op", Unique(1)), Node("TupleT", (0,))))
    declared = Node("ClassD", ((), Name("C"), (), (), (method,)))
    instance = Node("InstanceD", (None, (), Node("ConT", (Name("C"),)), (function(Name("op"), Name("x")),)))
    expander = ModuleExpander("M", "", schema_of("9.6"), Known())
    found = expander.expand_all([run((tree,), SpliceKind.DECLARATIONS) for tree in (instance, declared)])
    assert [each.text for each in found if isinstance(each, Expansion)] == [
        "instance C where\n  op x = x",
        "class C where\n  op :: ()",
    ]


def characters(text: str, literal: str) -> Node:
    return Node(
        "ListE" if literal == "LitE" else "ListP", (tuple(Node(literal, (Node("CharL", (c,)),)) for c in text),)
    )


@pytest.mark.parametrize(
    ("module", "written"),
    [
        ("module M where", '"a\\n"'),
        ("{-# LANGUAGE OverloadedStrings #-}\nmodule M where", "['a', '\\n']"),
        ("{-# LANGUAGE OverloadedLists #-}\nmodule M where", "['a', '\\n']"),
    ],
)
def test_lists_of_characters_are_strings(module: str, written: str) -> None:
    for literal, kind in [("LitE", SpliceKind.EXPRESSION), ("LitP", SpliceKind.PATTERN)]:
        assert expand(run(characters("a\n", literal), kind), module, schema_of("9.6"), Known()).text == written
    mixed = Node("ListE", ((Node("LitE", (Node("CharL", ("a",)),)), var(Name("b"))),))
    assert expand(run(mixed), module, schema_of("9.6"), Known()).text == "['a', b]"
    assert expand(run(Node("ListE", ((),))), module, schema_of("9.6"), Known()).text == "[]"


def test_types_and_values_may_have_the_same_fresh_name() -> None:
    con = Node("NormalC", (Name("T", Unique(1)), ()))
    data = Node("DataD", ((), Name("T", Unique(2)), (), None, (con,), ()))
    assert print_declarations((data,), Names(BareScope())).text == "data T = T"


def test_members_of_instances_have_bare_names() -> None:
    owner = Node("ConT", (of("C", "Far", "TcClsName"),))
    method = function(of("op", "Far"), Name("x"))
    family = Node("AppT", (Node("ConT", (of("F", "Far", "TcClsName"),)), Node("TupleT", (0,))))
    member = Node("TySynInstD", (Node("TySynEqn", (None, family, Node("TupleT", (0,)))),))
    tree = Node("InstanceD", (None, (), Node("AppT", (owner, Node("TupleT", (0,)))), (method, member)))
    printed = print_declarations((tree,), Names(BareScope()))
    assert printed.text == "instance Far.C () where\n  op x = x\n  type instance F () = ()"
    assert printed.imports == ("Far",)


def test_extensions_are_those_that_the_module_lacks() -> None:
    tree = Node("LamCaseE", ((),))
    assert expand(run(tree), "", schema_of("9.6"), Known()).extensions == ("LambdaCase",)
    assert expand(run(tree), "", schema_of("9.6"), Known(), ["-XHaskell2010"]).extensions == ("EmptyCase", "LambdaCase")
    with_pragma = "{-# LANGUAGE LambdaCase #-}\nmodule M where"
    assert expand(run(tree), with_pragma, schema_of("9.6"), Known()).extensions == ()


def test_promoted_names_are_no_characters() -> None:
    tree = Node("PromotedT", (Name("A'"),))
    assert print_type(tree, Names(BareScope())).text == "' A'"


def test_unknown_constructs_are_errors() -> None:
    with pytest.raises(PrintError, match="FutureE"):
        print_expression(Node("FutureE"), Names(BareScope()))


@pytest.mark.parametrize(
    ("text", "literal"),
    [
        ("a\x80" + "1", '"a\\128\\&1"'),
        ("\n\t\\", '"\\n\\t\\\\"'),
        ('"', '"\\""'),
        ("λ'", '"λ\'"'),
        ("\ud800", '"\\55296"'),
    ],
)
def test_strings(text: str, literal: str) -> None:
    assert string(text) == literal


def test_other_literals() -> None:
    assert character("'") == "'\\''"
    assert byte_string(b"a\x80" + b"1") == '"a\\128\\&1"'
    assert rational(1, 3) is None
    assert [rational(*each) for each in [(1, 2), (5, 1), (10**20, 1), (1, 10**6), (0, 1)]] == [
        "0.5", "5.0", "1.0e20", "1.0e-6", "0.0",
    ]  # fmt: skip
