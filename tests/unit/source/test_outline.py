"""What a module defines and what its comments say, found in its text: all forms of declarations, and broken code.

That comments go where GHC puts them is shown by `tests/e2e/test_documentation_against_ghc.py` on the same sample.
"""

from pathlib import Path
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thatch.core.diagnostics import Span
from thatch.core.hi.model import Fixity, Namespace, OccName
from thatch.core.source.model import Definition, Outline
from thatch.core.source.outline import outline

SAMPLE = (Path(__file__).parent / "samples" / "Documented.hs").read_text("utf-8")
PIECES = [
    "module M where\n", "module M (a, ", "import A\n", "data T = ", "| ", "A ", "{ f :: Int, ", "} ", "-- | doc\n",
    "-- ^ doc\n", "{-| ", "-}", "{-", "class C a where\n", "  m :: a\n", "  ", "\n", "f :: a -> b\n", "f x = y\n", "(",
    ")", "[", "]", "`", "infixl 6 +\n", "where\n", "\\", '"', "'", "pattern ", "type ", "family ", "instance ",
    "deriving ", "foreign import ccall f :: Int\n", "#if X\n", "#else\n", "[x|", "|]", "QuasiQuotes", "\t", "é", "= ",
    ":: ", "forall a. ", "C a => ", "TYPE(", "@", "!", "~", ":+ ", "data ", "newtype ", "GADT where\n", ";",
]  # fmt: skip


def found(text: str, name: str, namespace: Namespace = Namespace.VARIABLE) -> Definition:
    definition = outline(text).find(OccName(name, namespace))
    assert definition is not None, name
    return definition


def names(text: str) -> list[str]:
    return [each.name for each in outline(text).definitions]


def place(text: str, name: str, namespace: Namespace = Namespace.VARIABLE) -> tuple[int, int]:
    span = found(text, name, namespace).span
    return span.start_line, span.start_column


def test_every_name_of_the_sample_stands_at_its_place() -> None:
    lines = SAMPLE.split("\n")
    for each in outline(SAMPLE).definitions:
        for span in filter(None, (each.span, each.signature)):
            line = lines[span.start_line - 1]
            assert line[span.start_column - 1 : span.end_column - 1] == each.name


@pytest.mark.parametrize(
    ("name", "namespace", "line"),
    [
        ("plain", Namespace.VARIABLE, "plain n _ = "),
        ("two", Namespace.VARIABLE, "two = 2"),
        ("+++", Namespace.VARIABLE, "xs +++ ys"),
        ("also", Namespace.VARIABLE, "x `also` y"),
        ("right", Namespace.VARIABLE, "(left, right)"),
        ("_ignored", Namespace.VARIABLE, "[listed, _ignored]"),
        ("viewed", Namespace.VARIABLE, "((id -> viewed))"),
        ("inside", Namespace.VARIABLE, "whole@(Just inside)"),
        ("Circle", Namespace.CONSTRUCTOR, "  = Circle"),
        ("edge", Namespace.FIELD, "  , centre, edge ::"),
        (":*:", Namespace.CONSTRUCTOR, "  | Int :*: Bool"),
        ("Around", Namespace.CONSTRUCTOR, "  | {-# UNPACK #-} !Int `Around`"),
        ("No", Namespace.CONSTRUCTOR, "  Yes, No :: Term Bool"),
        ("second", Namespace.FIELD, "          , second ::"),
        ("Element", Namespace.TYPE, "  type Element f a"),
        ("toL", Namespace.VARIABLE, "  toL :: f a"),
        ("StoredInt", Namespace.CONSTRUCTOR, "  = StoredInt"),
        (":+:", Namespace.TYPE, "data a :+: b"),
        ("Zero", Namespace.CONSTRUCTOR, "pattern Zero = 0"),
        ("there", Namespace.FIELD, "pattern Two { here, there }"),
        ("sine", Namespace.VARIABLE, "  sine ::"),
    ],
)
def test_a_definition_is_where_it_is_made(name: str, namespace: Namespace, line: str) -> None:
    lines = SAMPLE.split("\n")
    assert lines[place(SAMPLE, name, namespace)[0] - 1].startswith(line)


def test_nothing_else_is_defined() -> None:
    text = """
module M where
f x | x > 0 = g where { g = 1; h = 2 }
x = let y = 1 in case y of z -> z
main = do
  a <- b
  c
makeLenses ''T
$(pure [])
deriving instance Show T
{-# INLINE f #-}
instance C T where
  method = 1
"""
    assert names(text) == ["f", "x", "main"]


def test_what_belongs_to_what() -> None:
    assert found(SAMPLE, "radius").parent == "Shape"
    assert found(SAMPLE, "radius").constructors == ("Circle",)
    assert found(SAMPLE, "Circle", Namespace.CONSTRUCTOR).parent == "Shape"
    assert found(SAMPLE, "insert").parent == "Container"
    assert found(SAMPLE, "plain").parent == ""


def test_fields_of_one_name_are_told_apart() -> None:
    text = "module M where\ndata A = A1 { x :: Int } | A2 { x :: Int }\ndata B = B {\n  -- | B's.\n  x :: Bool }\n"
    assert place(text, "x") == (2, 15)
    by_constructor = {
        constructor: outline(text).find(OccName("x", Namespace.FIELD, constructor)) for constructor in ("A1", "A2", "B")
    }
    assert {name: each and each.parent for name, each in by_constructor.items()} == {"A1": "A", "A2": "A", "B": "B"}
    made_by_ghc_9_6 = outline(text).find(OccName("$sel:x:B", Namespace.VARIABLE))
    assert made_by_ghc_9_6 is not None and made_by_ghc_9_6.comments == (" B's.",)


def test_a_type_and_its_constructor_are_two_things() -> None:
    text = "module M where\ndata T\n  = T Int\n"
    assert place(text, "T", Namespace.TYPE) == (2, 6)
    assert place(text, "T", Namespace.CONSTRUCTOR) == (3, 5)


def test_the_header() -> None:
    assert outline(SAMPLE).comment == " About the module.\n\n Its second paragraph."
    assert outline(SAMPLE).name_span == Span(9, 8, 9, 18)
    assert outline("-- | no header\nf = 1\n").comment is None
    assert outline("-- | no header\nf = 1\n").name_span is None


def test_fixities() -> None:
    assert outline(SAMPLE).fixities == (
        Fixity(OccName("+++", Namespace.VARIABLE), 5, "infixr"),
        Fixity(OccName("also", Namespace.VARIABLE), 4, "infixl"),
        Fixity(OccName(":*:", Namespace.CONSTRUCTOR), 4, "infixl"),
        Fixity(OccName("insert", Namespace.VARIABLE), 6, "infixr"),
    )


def test_by_place() -> None:
    assert outline(SAMPLE).at(28) == found(SAMPLE, "undocumented")
    assert outline(SAMPLE).at(27, 1) == found(SAMPLE, "undocumented")
    assert outline(SAMPLE).at(27, 2) is None
    assert outline(SAMPLE).at(1) is None


@pytest.mark.parametrize(
    ("text", "comments"),
    [
        ("-- | a\n--b\n  -- c\nf = 1", (" a\nb\n c",)),
        ("-- | a\n--- no\nf = 1", (" a",)),
        ("-- | a\n-- $named\nf = 1", (" a",)),
        ("-- | a\n-- * more\nf = 1", (" a\n * more",)),
        ("--| no\nf = 1", ()),
        ("--  | no\nf = 1", ()),
        ("{-|a-}\nf = 1", ("a",)),
        ("{- |a-}\nf = 1", ("a",)),
        ("{-  |a-}\nf = 1", ()),
        ("  -- | indented\nf = 1", ()),
        ("-- | \nf = 1", ()),
        ("-- | a\n\n\nimport B\nf = 1", ()),
        ("f = 1\n-- ^ a\n\n-- ^ b", (" a", " b")),
        ("f = 1 -- ^ not at the margin", ()),
        ("f :: Int\n-- | between\nf = 1", (" between",)),
        ("-- | a\nf :: Int\n-- | b\nf = 1", (" a", " b")),
        ("-- | a\r\n-- b\r\nf = 1\r\n", (" a\r\n b\r",)),
    ],
)
def test_which_comments_count(text: str, comments: tuple[str, ...]) -> None:
    assert found(f"module M where\n{text}\n", "f").comments == comments


def test_layout_may_be_indented_or_explicit() -> None:
    indented = "module M where\n  -- | f's\n  f = 1\n  g = 2\n"
    assert found(indented, "f").comments == (" f's",)
    assert names(indented) == ["f", "g"]
    braces = (
        "module M where {\n-- | f's\nf = 1; g :: Int\n -- ^ the result\n; g = 2; class C a where { m :: a; n :: a } }"
    )
    assert found(braces, "f").comments == (" f's",)
    assert names(braces) == ["f", "g", "C", "m", "n"]
    assert found(braces, "g").arguments == {0: " the result"}


def test_a_preprocessor_may_leave_two_heads() -> None:
    text = "module M\n#if X\n  () where\n#else\n  ( f\n  ) where\nimport A\n-- | f's\nf = 1\n#endif\n"
    assert found(text, "f").comments == (" f's",)


def test_a_macro_may_make_a_type() -> None:
    text = 'module M where\n-- | int\nINTEGRAL_TYPE(CInt,"CInt",Int32)\nINSTANCE_TYPEABLE0(T,t,"T")\nf = 1\n'
    assert found(text, "CInt", Namespace.TYPE).comments == (" int",)
    assert place(text, "CInt", Namespace.CONSTRUCTOR) == (3, 15)
    assert found(text, "f").comments == ()


def test_tabs_and_marks_at_the_start() -> None:
    assert place("\ufeffmodule M where\nf = 1", "f") == (2, 1)
    assert place("\ufefff = 1", "f") == (1, 1)
    assert found("module M where\nf ::\n\tInt\t-- ^ an Int\nf = 1", "f").arguments == {0: " an Int"}


def test_strings_and_quotations_hide_what_they_hold() -> None:
    gap = 'module M where\nf = "a \\\n  \\ -- | no \\" {- "\n-- | g\'s\ng = \'"\'\n'
    assert found(gap, "g").comments == (" g's",)
    quoted = "{-# LANGUAGE QuasiQuotes #-}\nmodule M where\nf = [text|\ng = 1\n{- |]\n-- | h's\nh = 2\n"
    assert names(quoted) == ["f", "h"]
    assert found(quoted, "h").comments == (" h's",)
    # The bar that opens a quotation does not close it.
    assert names("{-# LANGUAGE QuasiQuotes #-}\nmodule M where\nf = [text|]\ng = 1\n") == ["f", "g"]


@pytest.mark.parametrize(
    "text",
    [
        "module M (f,\n  g\n\nimport A\n-- | f's\nf = 1\n",
        "module M where\nh = (1 +\n-- | f's\nf = 1\n",
        "module M where\nh = case x of {\n\n-- | f's\nf = 1\n",
        "module M where\ndata = \n-- | f's\nf = 1\n",
        "module M where\nclass\n-- | f's\nf = 1\n",
        "module M where\nh = \"not closed\n-- | f's\nf = 1\n",
        "module M where\nimport\n-- | f's\nf = 1\n",
        "module M where\ndata T = A { x ::\n-- | f's\nf = 1\n",
        "-- | f's\nf = 1 where module\n",
    ],
)
def test_broken_code_hides_little(text: str) -> None:
    assert found(text, "f").comments == (" f's",)


@given(st.integers(0, len(SAMPLE)), st.sampled_from(PIECES))
def test_any_change_is_survived(at: int, piece: str) -> None:
    assert isinstance(outline(SAMPLE[:at] + piece + SAMPLE[at:]), Outline)
    assert isinstance(outline(SAMPLE[at:]), Outline)


@given(st.lists(st.sampled_from(PIECES), max_size=40).map("".join) | st.text())
def test_any_text_is_survived(text: str) -> None:
    for each in outline(text).definitions:
        assert each.name
        assert each.span.start_line <= text.count("\n") + 1


@pytest.mark.parametrize(
    "piece",
    [
        "(",
        "forall a. ",
        "C => ",
        "[x|",
        "{-",
        "-- | a\n",
        '"',
        "'",
        "A | ",
        "-> ",
        "f ::",
        "a`",
        "data T = A {",
        "x, ",
        "#",
    ],
)
def test_no_text_takes_long(piece: str) -> None:
    text = "{-# LANGUAGE QuasiQuotes #-}\nmodule M where\n"
    n_times = 20_000 // len(piece)
    started = process_time()
    for start in ("f ", "data T = ", "f :: ", "class C where\n  "):
        outline(text + start + piece * n_times)
    assert process_time() - started < 5
