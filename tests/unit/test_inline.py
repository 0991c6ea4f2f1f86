"""Expansions in the place of splices: extents, parentheses, layout, imports and extensions, literate and CPP files."""

from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thatch.core.diagnostics import Span
from thatch.core.splices.inline import Inlining, Replacement, apply_edits, extent, inline
from thatch.core.splices.inline_lexer import is_atomic
from thatch.core.splices.runs import SpliceKind
from thatch.core.text import LineIndex

E, P, T, D = SpliceKind.EXPRESSION, SpliceKind.PATTERN, SpliceKind.TYPE, SpliceKind.DECLARATIONS


def span_of(text: str, piece: str) -> Span:
    """Where a piece stands that occurs just once, in GHC's columns."""
    assert text.count(piece) == 1, (piece, text)
    lines, start = LineIndex(text), text.index(piece)
    return Span(*lines.ghc_position(start), *lines.ghc_position(start + len(piece)))


def at(text: str, piece: str, kind: SpliceKind, expansion: str, **needs: tuple[str, ...]) -> Replacement:
    return Replacement(span=span_of(text, piece), kind=kind, text=expansion, **needs)


def one(text: str, piece: str, kind: SpliceKind, expansion: str, **needs: tuple[str, ...]) -> str:
    """The text with one splice inlined."""
    done = inline(text, [at(text, piece, kind, expansion, **needs)])
    assert done.remarks == ()
    return apply_edits(text, done.edits)


def reasons(done: Inlining) -> list[str]:
    return [remark.reason for remark in done.remarks]


@pytest.mark.parametrize(
    ("text", "told", "whole"),
    [
        ("x = $(one)", "(one)", "$(one)"),
        ("x = $one", "one", "$one"),
        ("x = $$(one)", "(one)", "$$(one)"),
        ("x = [Q.q|one|]", "one|]", "[Q.q|one|]"),
        ("x = [q||]", "|]", "[q||]"),
        ("x = [q|a\n|]", "a\n|]", "[q|a\n|]"),
        ('make "one"', 'make "one"', 'make "one"'),
        ("x = f $ $(one)", "(one)", "$(one)"),
        ("x = [q|$one|]", "$one|]", "[q|$one|]"),
        ("x = [q|$(one)|]", "$(one)|]", "[q|$(one)|]"),
    ],
)
def test_all_of_a_splice_is_found(text: str, told: str, whole: str) -> None:
    lines = LineIndex(text)
    start = text.index(whole)
    assert extent(lines, span_of(text, told)) == (start, start + len(whole))
    # All of it may be told already.
    assert extent(lines, span_of(text, whole)) == (start, start + len(whole))


@pytest.mark.parametrize(
    ("source", "atomic"),
    [
        ("x", True), ("Data.Map.insert", True), ("42", True), ("3#", True), ('"a (b"', True), ("'('", True),
        ("'\\''", True), ("(a, b)", True), ("[1, 2]", True), ("()", True), ("[]", True), ("f x", False),
        ("(a) (b)", False), ("-1", False), ("(a\nb)", False),
        ("(a\n  b\n\n  c)", True), ("(a\n  b) c", False), ("'True", False), ("\\x -> x", False),
        ('("(")', True), ("(x' ')')", True),
    ],
)  # fmt: skip
def test_what_is_atomic(source: str, atomic: bool) -> None:
    assert is_atomic(source) is atomic


@pytest.mark.parametrize(
    ("text", "piece", "expansion", "expected"),
    [
        ("x = f $(a) b", "(a)", "g 1", "x = f (g 1) b"),
        ("x = f $(a) b", "(a)", "g", "x = f g b"),
        ("x = $(a)", "(a)", "g 1", "x = g 1"),
        ("x = $(a)\ny = 1", "(a)", "g 1", "x = g 1\ny = 1"),
        ("x = $(a)\n  + 1", "(a)", "g 1", "x = (g 1)\n  + 1"),
        ("x\n  = $(a)\n  + 1", "(a)", "g 1", "x\n  = (g 1)\n  + 1"),
        ("x = $(a)\n  where y = 1", "(a)", "g 1", "x = g 1\n  where y = 1"),
        ("x = R\n  { f = $(a)\n  , g = 2 }", "(a)", "g 1", "x = R\n  { f = g 1\n  , g = 2 }"),
        ("x = [$(a), ($(b) , 1)]", "(b)", "f 1", "x = [$(a), (f 1 , 1)]"),
        ("x = ($(b) + 1)", "(b)", "f 1", "x = ((f 1) + 1)"),
        ("x == $(a)\n", "(a)", "g 1", "x == (g 1)\n"),
        ("f[q|a|]", "a|]", "g", "f(g)"),
        ("[$(a)| y <- z]", "(a)", "g", "[(g)| y <- z]"),
        ("x = $(a).field", "(a)", "g", "x = (g).field"),
        ("x = F.[q|a|]", "a|]", "g", "x = F.(g)"),
        ("x = -[q|a|]", "a|]", "1", "x = -(1)"),
        ("f = do\n  $(a)\n  b", "(a)", "case x of\n  1 -> 2", "f = do\n  (case x of\n     1 -> 2)\n  b"),
    ],
)
def test_parentheses_where_they_may_be_needed(text: str, piece: str, expansion: str, expected: str) -> None:
    assert one(text, piece, E, expansion) == expected


def test_types_and_patterns() -> None:
    assert one("f :: Int -> $(t)\n  -> Int", "(t)", T, "a -> a") == "f :: Int -> (a -> a)\n  -> Int"
    assert one("f\n  :: $(t)\n  -> Int", "(t)", T, "a -> a") == "f\n  :: (a -> a)\n  -> Int"
    assert one("f $(p) = 1", "(p)", P, "Just _") == "f (Just _) = 1"
    assert one("f $(p) = 1", "(p)", P, "_") == "f _ = 1"


def test_the_layout_of_an_expression_is_kept() -> None:
    text = "x = foo $(a) bar\n"
    expected = """\
        x = foo (do a
                    b
                      c) bar
        """
    assert one(text, "(a)", E, "do a\n   b\n     c") == dedent(expected)


def test_tabs_before_a_splice_count_as_ghc_counts() -> None:
    assert one("x =\tf $(a)", "(a)", E, "do a\n   b") == "x =\tf (do a\n              b)"


def test_declarations_naked_and_not() -> None:
    text = 'module A where\n\nmake "x"\n$(more)\ny = 1\n'
    replacements = [at(text, 'make "x"', D, "a = 1\nb = do\n  c"), at(text, "(more)", D, "d = 2")]
    done = inline(text, replacements)
    assert apply_edits(text, done.edits) == "module A where\n\na = 1\nb = do\n  c\nd = 2\ny = 1\n"


def test_no_declarations_leave_no_line() -> None:
    assert one("x = 1\n$(none)\ny = 2\n", "(none)", D, "") == "x = 1\ny = 2\n"
    assert one("x = 1\n$(none) -- why\n", "(none)", D, "") == "x = 1\n -- why\n"
    assert one("x = 1\n$(none)", "(none)", D, "") == "x = 1\n"


def test_declarations_between_semicolons() -> None:
    text = "x = 1; $(make); y = 2\n"
    assert one(text, "(make)", D, "a = do\n  b\nc = 1") == "x = 1; \na = do\n  b\nc = 1\ny = 2\n"
    assert one("module A where $(make)\n", "(make)", D, "a = 1\nb = 2") == (
        "module A where a = 1\n               b = 2\n"
    )


def test_declarations_of_an_indented_body() -> None:
    text = "module A where\n  $(make)\n  y = 1\n"
    assert one(text, "(make)", D, "a = do\n  b\nc = 1") == ("module A where\n  a = do\n    b\n  c = 1\n  y = 1\n")


def test_declarations_in_braces() -> None:
    text = "module A where {\n$(make);\ny = 1 }\n"
    assert one(text, "(make)", D, "a = do\n  b\nc = 1", imports=("import B",)) == (
        "module A where { import B;\na = do\n  b\n; c = 1\n;\ny = 1 }\n"
    )


def test_the_outermost_of_nested_splices_counts() -> None:
    text = "x = $(f $(a)) + $(b)\n"
    done = inline(text, [at(text, "(a)", E, "no"), at(text, "(f $(a))", E, "yes"), at(text, "(b)", E, "2")])
    assert apply_edits(text, done.edits) == "x = yes + 2\n"
    assert done.replaced == (span_of(text, "(f $(a))"), span_of(text, "(b)"))


def test_of_two_runs_of_a_splice_the_last_counts() -> None:
    text = "x = $(a)\n"
    assert apply_edits(text, inline(text, [at(text, "(a)", E, "1"), at(text, "(a)", E, "2")]).edits) == "x = 2\n"


def test_an_annotation_stays() -> None:
    text = '{-# ANN f "why" #-}\n'
    assert inline(text, [at(text, '"why"', SpliceKind.ANNOTATION, '"x"')]).edits == ()


NEEDS = {"imports": ("import qualified C", "import qualified D"), "extensions": ("GADTs",)}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "{-# LANGUAGE CPP #-}\n{-# LANGUAGE GADTs #-}\nmodule A where\n\nimport B\n  ( b\n#if 1\n  , c\n#endif\n  ) -- why\n#if 1\nimport X\n#endif\n\nx = $(a)\n",  # noqa: E501
            "{-# LANGUAGE CPP #-}\n{-# LANGUAGE GADTs #-}\nmodule A where\n\nimport B\n  ( b\n#if 1\n  , c\n#endif\n  ) -- why\nimport qualified C\nimport qualified D\n#if 1\nimport X\n#endif\n\nx = 1\n",  # noqa: E501
        ),
        (
            "import B {- a\nlong one -}\nx = $(a)\n",
            "{-# LANGUAGE GADTs #-}\nimport B\nimport qualified C\nimport qualified D {- a\nlong one -}\nx = 1\n",
        ),
        (
            "module A\n  ( x -- where\n  ) where -- so\n\n-- | Doc.\nx = $(a)\n",
            "{-# LANGUAGE GADTs #-}\nmodule A\n  ( x -- where\n  ) where -- so\n\nimport qualified C\nimport qualified D\n\n-- | Doc.\nx = 1\n",  # noqa: E501
        ),
        (
            "import B; x = $(a)\n",
            "{-# LANGUAGE GADTs #-}\nimport qualified C; import qualified D; import B; x = 1\n",
        ),
        (
            "module A where x = $(a)\n",
            "{-# LANGUAGE GADTs #-}\nmodule A where import qualified C; import qualified D; x = 1\n",
        ),
        (
            "#!/usr/bin/env runghc\n-- A {-# LANGUAGE X #-}\n{-# LANGUAGE TemplateHaskell #-}\n\nx = $(a)\n",
            "#!/usr/bin/env runghc\n-- A {-# LANGUAGE X #-}\n{-# LANGUAGE GADTs #-}\n{-# LANGUAGE TemplateHaskell #-}\nimport qualified C\nimport qualified D\n\nx = 1\n",  # noqa: E501
        ),
        (
            "\ufeffx = $(a)\n",
            "\ufeff{-# LANGUAGE GADTs #-}\nimport qualified C\nimport qualified D\nx = 1\n",
        ),
        (
            "module A where {import B; x = $(a)}\n",
            "{-# LANGUAGE GADTs #-}\nmodule A where {import qualified C; import qualified D; import B; x = 1}\n",
        ),
    ],
)  # fmt: skip
def test_imports_and_extensions_find_their_place(text: str, expected: str) -> None:
    assert one(text, "(a)", E, "1", **NEEDS) == expected


def test_a_splice_at_the_very_beginning() -> None:
    text = "make 1\nx = 2\n"
    expected = "{-# LANGUAGE GADTs #-}\nimport qualified C\nimport qualified D\na = 1\nx = 2\n"
    assert one(text, "make 1", D, "a = 1", **NEEDS) == expected
    assert len(inline(text, [at(text, "make 1", D, "a = 1", **NEEDS)]).edits) == 1


def test_what_cannot_be_added_is_told() -> None:
    text = "{-# LANGUAGE CPP, NoGADTs #-}\nmodule A where\n#if 1\nimport B\n#endif\nx = $(a)\n"
    done = inline(text, [at(text, "(a)", E, "1", imports=("import C",), extensions=("GADTs",))])
    assert apply_edits(text, done.edits) == text.replace("$(a)", "1")
    assert reasons(done) == [
        "The expansions need GADTs, which the module switches off.",
        "Add `import C`: all imports here stand between directives of the preprocessor, so it was not done.",
    ]


def test_what_the_preprocessor_could_spoil_stays() -> None:
    text = "{-# LANGUAGE CPP #-}\nx = $(a)\ny = MACRO\nz = $(b\n#if 1\n c)\n#endif\nw = $(d)\n"
    done = inline(
        text,
        [
            at(text, "(a)", E, "p /* q"),
            at(text, "MACRO", E, "1"),
            at(text, "(b\n#if 1\n c)", E, "1"),
            at(text, "(d)", E, "4"),
        ],
    )
    assert apply_edits(text, done.edits) == text.replace("$(d)", "4")
    assert reasons(done) == [
        "The C preprocessor would change its expansion.",
        "No splice stands there in the file: it comes from a macro or a preprocessor.",
        "It has preprocessor directives inside that belong to code around it.",
    ]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("x = $(f MACRO)\n", "$(f MAC"),
        ("x = MACRO $(f)\n", "$(f)\n"),
        ("x = $abc\n", "$ab"),
        ("make abc\n", "make a"),
    ],
)
def test_a_line_that_the_preprocessor_changed(text: str, told: str) -> None:
    text = "{-# LANGUAGE CPP #-}\n" + text
    done = inline(text, [at(text, told, E if "$" in told else D, "1")])
    assert (done.edits, len(done.remarks)) == ((), 1)


BRANCHES = [
    ("#if A\n b\n#else\n c\n#endif\n", True),
    ("#if A\n# ifdef B\n b\n# endif\n#elif C\n c\n#endif\n", True),
    ("#ifndef A\n b\n#endif\n#if C\n c\n#endif\n", True),
    ("#define b c\n b\n", False),
    ('#include "b.h"\n', False),
    ("#else\n b\n", False),
    ("#endif\n#if A\n b\n", False),
    ("#if A\n b\n", False),
    ("# not a directive\n b\n", False),
]


@pytest.mark.parametrize(("inside", "replaced"), BRANCHES)
def test_a_splice_with_whole_branches_inside_is_replaced(inside: str, replaced: bool) -> None:
    text = f"{{-# LANGUAGE CPP #-}}\nx = $(a\n{inside} d)\ny = 1\n"
    splice = text[text.index("$") : text.index("\ny = ")]
    done = inline(text, [at(text, splice, E, "1")])
    assert (done.remarks == ()) is replaced
    assert apply_edits(text, done.edits) == (text.replace(splice, "1") if replaced else text)


def test_whole_splices_in_preprocessed_files() -> None:
    text = '{-# LANGUAGE CPP #-}\nx = $(f (g ")")) + $a\'b + $$(h)\nmake 1 -- why\n'
    found = [at(text, piece, E, "1") for piece in ('$(f (g ")"))', "$a'b", "$$(h)")]
    done = inline(text, [*found, at(text, "make 1", D, "y = 2")])
    assert apply_edits(text, done.edits) == "{-# LANGUAGE CPP #-}\nx = 1 + 1 + 1\ny = 2 -- why\n"


def test_bird_tracks_go_on() -> None:
    text = "A text.\n\n> module A where\n> import B\n>\n> $(make)\n\nMore: $(make)s.\n\n> x = f $(a) 1\n"
    replacements = [
        Replacement(span=Span(6, 4, 6, 10), kind=D, text="a = do\n  b\nc = 1", imports=("import C",)),
        at(text, "(a)", E, "do a\n   b", extensions=("GADTs",)),
    ]
    expected = (
        "A text.\n\n> {-# LANGUAGE GADTs #-}\n> module A where\n> import B\n> import C\n>\n"
        "> a = do\n>   b\n> c = 1\n\nMore: $(make)s.\n\n> x = f (do a\n>           b) 1\n"
    )
    assert apply_edits(text, inline(text, replacements, literate=True).edits) == expected


def test_code_between_tex_lines() -> None:
    text = "A text.\n\\begin{code}\nmodule A where\n$(make)\n\\end{code}\n"
    replacement = at(text, "(make)", D, "a = 1\nb = 2", imports=("import C",), extensions=("GADTs",))
    assert apply_edits(text, inline(text, [replacement], literate=True).edits) == (
        "A text.\n\\begin{code}\n{-# LANGUAGE GADTs #-}\nmodule A where\n\nimport C\na = 1\nb = 2\n\\end{code}\n"
    )


def test_line_ends_are_the_files() -> None:
    text = "module A where\r\n$(make)\r\ny = 1\r\n"
    replacement = at(text, "(make)", D, "a = 1\nb = 2", imports=("import C",))
    assert apply_edits(text, inline(text, [replacement]).edits) == (
        "module A where\r\n\r\nimport C\r\na = 1\r\nb = 2\r\ny = 1\r\n"
    )


@given(st.text(alphabet="ab$()[|]{-}\n\t;, \ufeff#>\"'=:éimportwhe", max_size=60), st.booleans(), st.booleans())
def test_broken_files_are_no_reason_to_fail(text: str, literate: bool, preprocessed: bool) -> None:
    lines = LineIndex(text)
    span = Span(*lines.ghc_position(len(text) // 3), *lines.ghc_position(2 * len(text) // 3))
    for kind in SpliceKind:
        replacement = Replacement(span=span, kind=kind, text="a\nb", imports=("import C",), extensions=("GADTs",))
        done = inline(text, [replacement], literate=literate, preprocessed=preprocessed)
        for edit, following in zip(done.edits, done.edits[1:], strict=False):
            assert edit.start <= edit.end <= following.start
        assert bool(done.edits) is bool(done.replaced)


@given(st.lists(st.sampled_from(["x = $(a)", "$(mk)", "y = [q|z|]", "-- c", "", "w = f $b 1"]), max_size=8))
def test_only_splices_change(items: list[str]) -> None:
    text = "\n".join(["module A where", *items, ""])
    spans = [
        Span(number, item.index(piece) + 1, number, item.index(piece) + 1 + len(piece))
        for number, item in enumerate(items, 2)
        for piece in ("$(a)", "$(mk)", "[q|z|]", "$b")
        if piece in item
    ]
    kinds = [D if items[span.start_line - 2] == "$(mk)" else E for span in spans]
    found = [Replacement(span=span, kind=kind, text="v") for span, kind in zip(spans, kinds, strict=True)]
    expected = text
    for piece in ("$(a)", "$(mk)", "[q|z|]", "$b"):
        expected = expected.replace(piece, "v")
    assert apply_edits(text, inline(text, found).edits) == expected


@pytest.mark.parametrize(
    ("imports", "expected"),
    [
        ("import B (make)", "import B ()"),
        ("import B (make, used)", "import B (used)"),
        ("import B (used, make)", "import B (used)"),
        ("import qualified B as C (used, make, used2)", "import qualified B as C (used, used2)"),
        ("import B qualified as C\n  ( make\n  , used\n  , (+++)\n  )", "import B qualified as C\n  ( used\n  )"),
        ("import B\n  ( T (make)\n  , one\n  , T\n  )", "import B\n  ( T (make)\n  )"),
        # What is used, what may be used unseen, and what was not used before.
        ("import B (used, unused)", None),
        ("import B hiding (make)", None),
        ("import B (make {- why -})", None),
        ("import B (fmap, make')", None),
        ("import B", None),
        ("import Whole (make)", None),
        ("import D as W (make)", None),
        ("import B (mentioned)", None),
        ("import B (given)", None),
    ],
)
def test_names_that_only_splices_used_are_imported_no_more(imports: str, expected: str | None) -> None:
    text = (
        f"module A (x, module Whole, module W) where\n{imports}\n-- mentioned\n"
        "$(make ''T one (fmap (+++)) mentioned given)\nx = used used2\n"
    )
    splice = "$(make ''T one (fmap (+++)) mentioned given)"
    done = one(text, splice, D, "y = given", imports=("import E",))
    assert done == text.replace(splice, "y = given").replace(imports, f"{expected or imports}\nimport E")


def test_a_qualified_operator_is_used() -> None:
    text = "import qualified B as C ((+++))\nx = $(1 C.+++ 2) C.+++ 3\n"
    assert one(text, "$(1 C.+++ 2)", E, "1") == text.replace("$(1 C.+++ 2)", "1")


def test_import_lists_stay_when_the_preprocessor_could_know_more() -> None:
    text = "{-# LANGUAGE CPP #-}\nimport B (make)\nx = $(make)\n"
    assert one(text, "$(make)", E, "1") == text.replace("$(make)", "1")


def test_import_lists_stay_when_nothing_is_replaced() -> None:
    text = "import B (make)\nx = 1\n"
    assert inline(text, [at(text, "make", E, "1")]).edits == ()
