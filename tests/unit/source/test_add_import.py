"""Insertions that bring names into scope: into lists that are there, and as imports of their own."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thatch.core.source.add_import import ImportedName, add_import
from thatch.core.syntax import parse_header
from thatch.core.th.imports import read_imports

PIECES = [
    "module M where\n", "module M (a", ") where\n", "import A\n", "import A (a, b)\n", "import qualified A as B\n",
    "import ", "A", "(", ")", ", ", "\n", "  ", "hiding ", "as ", "T(..)", "(+)", "x = 1\n", "-- c\n", "{-", "-}",
    "#if X\n", "#endif\n",
    "> ", "\\begin{code}\n", "{", "}", ";", "\t", "é", '"', "{-# LANGUAGE CPP #-}\n", "\r\n",
]  # fmt: skip


def added(text: str, module: str, name: str = "", **rest: str) -> str:
    """The text with the name in scope."""
    item = ImportedName(name=name, parent=rest.pop("parent", ""), keyword=rest.pop("keyword", "")) if name else None
    literate = bool(rest.pop("literate", ""))
    insertion = add_import(text, module, item, **rest, literate=literate)
    return insertion.apply(text) if insertion else text


@pytest.mark.parametrize(
    ("before", "name", "after"),
    [
        ("import A (a, c)", "b", "import A (a, b, c)"),
        ("import A (a, c)", "d", "import A (a, c, d)"),
        ("import A (c, a)", "b", "import A (c, a, b)"),
        ("import A ()", "b", "import A (b)"),
        ("import A (a,)", "b", "import A (a, b,)"),
        ("import A (a)", "+", "import A ((+), a)"),
        ("import A (T (..), (<>))", "b", "import A (T (..), (<>), b)"),
        ('import safe "p" A (a -- why\n  )', "b", 'import safe "p" A (a, b -- why\n  )'),
        ("import A\n  ( a\n  , c\n  )", "b", "import A\n  ( a\n  , b\n  , c\n  )"),
        ("import A\n  ( b\n  , c\n  )", "a", "import A\n  ( a\n  , b\n  , c\n  )"),
        ("import A\n  ( a,\n    c\n  )", "d", "import A\n  ( a,\n    c,\n    d\n  )"),
        ("import A hiding (b)", "b", "import A hiding (b)\nimport A (b)"),
        ("import qualified A", "b", "import qualified A\nimport A (b)"),
        ("import A as B (a)", "b", "import A as B (a, b)"),
    ],
)  # fmt: skip
def test_a_list_takes_the_name(before: str, name: str, after: str) -> None:
    assert added(f"{before}\nx = 1\n", "A", name) == f"{after}\nx = 1\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("import A (T)", "import A (T(C))"),
        ("import A (T())", "import A (T(C))"),
        ("import A (T (B))", "import A (T (B, C))"),
        ("import A (T(..), S)", "import A (T(..), S)"),
        ("import A (a)", "import A (a, T(C))"),
        ("import A (T (C))", "import A (T (C))"),
    ],
)
def test_a_constructor_stands_behind_its_type(before: str, after: str) -> None:
    assert added(before, "A", "C", parent="T") == after


def test_a_constructor_of_a_type_that_is_an_operator() -> None:
    assert added("import A ((:+))", "A", "C", parent=":+") == "import A ((:+)(C))"
    assert added("import A ((:+)(B))", "A", ":-", parent=":+") == "import A ((:+)(B, (:-)))"


def test_what_is_in_scope_needs_no_import() -> None:
    assert add_import("import A\n", "A", ImportedName(name="b")) is None
    assert add_import("import A hiding (c)\n", "A", ImportedName(name="b")) is None
    assert add_import("import A (b)\n", "A", ImportedName(name="b")) is None
    assert add_import("import qualified A as B\n", "A", ImportedName(name="b"), qualifier="B") is None
    assert add_import("import A\n", "A") is None


def test_a_qualified_name_comes_from_an_import_with_its_alias() -> None:
    assert added("import qualified A as B (a)\n", "A", "b", qualifier="B") == "import qualified A as B (a, b)\n"
    assert added("import A as B (a)\n", "A", "b", qualifier="B") == "import A as B (a, b)\n"
    assert added("import A\n", "A", "b", qualifier="B") == "import A\nimport qualified A as B\n"
    assert added("import C qualified\n", "A", "b", qualifier="A") == "import A qualified\nimport C qualified\n"


def test_a_new_import_keeps_the_order_of_its_group() -> None:
    text = "module M where\n\nimport Data.List\nimport Data.Text\n\nimport Own.A\nimport Own.C\n\nx = 1\n"
    assert "import Data.List\nimport Data.Map (m)\nimport Data.Text\n" in added(text, "Data.Map", "m")
    assert "\n\nimport Data.Char (m)\nimport Data.List\n" in added(text, "Data.Char", "m")
    assert "import Own.A\nimport Own.B (m)\nimport Own.C\n" in added(text, "Own.B", "m")
    assert "import Own.C\nimport Zip (m)\n\nx" in added(text, "Zip", "m")
    assert "import B\nimport A\nimport C (m)\n" in added("import B\nimport A\n", "C", "m")


def test_a_new_import_looks_like_the_others() -> None:
    text = "import           Data.List\nimport qualified Data.Map as M\n"
    assert added(text, "Data.Text", "m") == f"{text}import           Data.Text (m)\n"
    assert added("import A\r\nx = 1\r\n", "B", "b") == "import A\r\nimport B (b)\r\nx = 1\r\n"
    assert added("module M where\n  import A\n  x = 1\n", "B") == "module M where\n  import A\n  import B\n  x = 1\n"
    long = "import A\n  ( a\n  , b\n  )\nx = 1\n"
    assert added(long, "B", "b") == long.replace("  )\n", "  )\nimport B (b)\n")


def test_the_first_import() -> None:
    assert added("module M (a) where\n\nx = 1\n", "B", "b") == "module M (a) where\n\nimport B (b)\n\nx = 1\n"
    assert (
        added("{-# LANGUAGE CPP #-}\n-- | of x\nx = 1\n", "B") == "{-# LANGUAGE CPP #-}\nimport B\n\n-- | of x\nx = 1\n"
    )
    assert added("", "B") == "import B\n"
    assert added("module M where { x = 1 }", "B") == "module M where { import B; x = 1 }"
    assert add_import("module M (a", "B") is None


def test_braces_and_semicolons() -> None:
    assert added("module M where { import A; x = 1 }", "B", "b") == "module M where { import B (b); import A; x = 1 }"
    assert added("import A; import C\nx = 1", "D", "d") == "import A; import C\nimport D (d)\nx = 1"


def test_what_the_preprocessor_may_leave_out_is_not_touched() -> None:
    text = "{-# LANGUAGE CPP #-}\nmodule M where\nimport A\n#if X\nimport B (b)\n#endif\nx = 1\n"
    assert added(text, "B", "c") == text.replace("import A\n", "import A\nimport B (c)\n")
    only = "module M where\n#if X\nimport B\n#endif\nx = 1\n"
    assert added(only, "B", "c") == only.replace("where\n", "where\n\nimport B (c)\n")
    inner = "import B (a\n#if X\n  , b\n#endif\n  )\n"
    assert added(inner, "B", "c") == f"{inner}import B (c)\n"


def test_literate_haskell() -> None:
    text = "Text.\n\n> module M where\n> import A (a)\n> x = 1\n"
    assert added(text, "A", "b", literate="y") == text.replace("(a)", "(a, b)")
    assert added(text, "B", "b", literate="y") == text.replace("(a)\n", "(a)\n> import B (b)\n")
    assert "> module M where\n\n> import B\n" in added("> module M where\n> x = 1\n", "B", literate="y")


def test_keywords_in_lists() -> None:
    assert added("import A (a)\n", "A", "P", keyword="pattern") == "import A (a, pattern P)\n"
    assert added("import A (a)\n", "A", "+", keyword="type") == "import A (type (+), a)\n"


@given(st.lists(st.sampled_from(PIECES)).map("".join), st.booleans())
def test_whatever_is_typed_gives_an_import_or_none(text: str, literate: bool) -> None:
    insertion = add_import(text, "Added", ImportedName(name="name"), literate=literate)
    if insertion is None:
        return
    result = insertion.apply(text)
    assert 0 <= insertion.offset <= len(text)
    if "{-" not in text and not literate and '"' not in text:
        brought = [each for each in read_imports(result, parse_header(result)) if each.module == "Added"]
        # A header that is not finished hides what follows it.
        assert brought or "module" in text
