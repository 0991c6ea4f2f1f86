"""Heads of modules: all forms of imports, layouts, encodings, preprocessors, and broken code."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.header_source import Head, heads
from thatch.core.diagnostics import Span
from thatch.core.syntax import Header, Import, is_module_name, parse_header, read_module_name


def names(text: str, *, literate: bool = False) -> list[str]:
    return [entry.module for entry in parse_header(text, literate=literate).imports]


@given(heads())
def test_every_legal_head_is_read(head: Head) -> None:
    header = parse_header(head.text, literate=head.literate)
    assert header.name == head.name
    assert tuple((entry.module, entry.source, entry.package) for entry in header.imports) == head.imports
    assert header.exact


@given(heads(), st.data())
def test_a_head_cut_short_or_damaged_gives_what_can_be_known(head: Head, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(head.text)))
    insertion = data.draw(st.sampled_from(["", "(", '"', "{-", "\n#if\n", "import ", "\x00", "}"]))
    for text in (head.text[:place], head.text[:place] + insertion + head.text[place:]):
        header = parse_header(text, literate=head.literate)
        assert all(is_module_name(entry.module) for entry in header.imports)
        assert read_module_name(text, literate=head.literate) == header.name


@given(st.text())
def test_no_text_is_an_error(text: str) -> None:
    assert isinstance(parse_header(text), Header)
    assert isinstance(parse_header(text, literate=True), Header)


def test_spans_count_code_points_and_expand_tabs() -> None:
    header = parse_header("{- 🙂 -} module\tÉ where {\nimport\tA;\n{- 🙂 -} import qualified B; import C}")
    assert header.name_span == Span(1, 17, 1, 18)
    assert [entry.span for entry in header.imports] == [
        Span(2, 9, 2, 10),
        Span(3, 26, 3, 27),
        Span(3, 36, 3, 37),
    ]


def test_imports_end_at_the_first_declaration() -> None:
    assert names("module A where\nimport B\nx = 1\nimport C\n") == ["B"]
    assert names("module A where {import B; x = 1; import C}") == ["B"]
    assert names("module A where {import B}\nimport C") == ["B"]
    assert names("module A where\nimport B\nforeign import ccall f :: Int\nimport C") == ["B"]


def test_names_that_begin_like_keywords_are_names() -> None:
    assert names("import A (imported, import', whereas)\nimports = 1") == ["A"]
    assert parse_header("modules = 1").name is None


@pytest.mark.parametrize("comment", ["-- x", "--", "--- x", "-- | x", "--é"])
def test_comments(comment: str) -> None:
    assert names(f"import A {comment} import X\nimport B") == ["A", "B"]


@pytest.mark.parametrize("operator", ["-->", "--|", "|--", "--→", "--🙂"])
def test_operators_that_look_like_comments(operator: str) -> None:
    header = parse_header(f"module A (({operator}), b) where import B")
    assert [entry.module for entry in header.imports] == ["B"]


def test_pragmas_at_the_top() -> None:
    header = parse_header(
        "#!/usr/bin/env runghc\n"
        "{-# LANGUAGE CPP, NoImplicitPrelude\n  , GADTs #-}\n"
        "-- c\n"
        '{-# options_ghc -Wall -DX="a b" #-}\n'
        "{-# OPTIONS_HADDOCK hide #-}\n"
        "module A {-# LANGUAGE Late #-} where\n"
        "{-# LANGUAGE TooLate #-}\n"
    )
    assert header.extensions == ("CPP", "NoImplicitPrelude", "GADTs")
    assert header.options == ("-Wall", "-DX=a b")
    assert header.uses_cpp


def test_an_open_quote_in_options_is_no_error() -> None:
    assert parse_header('{-# OPTIONS_GHC -W "x #-}').options == ("-W", '"x')


@pytest.mark.parametrize("pragma", ["{-# LANGUAGE CPP #-}", "{-# OPTIONS_GHC -cpp #-}", "{-# OPTIONS_GHC -XCPP #-}"])
def test_ways_to_ask_for_cpp(pragma: str) -> None:
    assert parse_header(pragma).uses_cpp


def test_imports_of_all_branches_are_given_and_marked() -> None:
    header = parse_header(
        "module A where\n"
        "import Always\n"
        "#if MIN_VERSION_base(4,9,0) \\\n  && 1\n"
        "import Then\n"
        "# ifdef X\n"
        "import Deep\n"
        "x = 1\n"
        "# endif\n"
        "#else\n"
        "import Else\n"
        "#endif\n"
        "import After\n"
        "x = 2\n"
    )
    assert [(entry.module, entry.conditional) for entry in header.imports] == [
        ("Always", False),
        ("Then", True),
        ("Deep", True),
        ("Else", True),
        ("After", False),
    ]
    assert not header.exact


def test_conditions_inside_lists_make_no_import_conditional() -> None:
    header = parse_header(
        "module A (a,\n#if X\n  b,\n#endif\n c) where\nimport B (x\n#if X\n , y\n#endif\n )\nimport C"
    )
    assert header.imports == (Import("B", Span(6, 8, 6, 9)), Import("C", Span(11, 8, 11, 9)))
    assert header.exact


def test_a_module_header_in_every_branch() -> None:
    header = parse_header("#if X\nmodule A (a) where\n#else\nmodule A where\n#endif\nimport B")
    assert (header.name, [entry.module for entry in header.imports]) == ("A", ["B"])


def test_what_makes_imports_uncertain() -> None:
    assert not parse_header('#include "x.h"\nimport A').exact
    assert not parse_header("{-# OPTIONS_GHC -F -pgmF hspec-discover #-}").exact
    assert parse_header('import A\nx = 1\n#include "x.h"\n').exact


def test_what_preprocessing_left_counts() -> None:
    header = Header(imports=(Import("A", Span(2, 8, 2, 9), conditional=True),), preprocessed=())
    assert header.exact
    assert header.effective_imports == ()


def test_literate_haskell() -> None:
    assert names("import X\n\n> import A\n\nimport X\n\n>import B\n", literate=True) == ["A", "B"]
    latex = "import X\n\\begin{code}\nimport A\n\\end{code}\nimport X\n\\begin{code}\nimport B\n\\end{code}"
    assert names(latex, literate=True) == ["A", "B"]
    assert parse_header("> import A", literate=True).imports[0].span == Span(1, 10, 1, 11)


def test_broken_imports_do_not_hide_the_others() -> None:
    assert names("import A (a,\nimport\nimport Data.\nimport b\nimport qualified\nimport B") == ["A", "B"]
    assert names("module M (a, b\nimport A") == ["A"]
    assert names("module M (a, b where\nimport A") == ["A"]
    assert parse_header("module where\nimport A").name is None
    assert names("module where\nimport A") == ["A"]


def test_a_signature_has_a_header_too() -> None:
    assert parse_header("signature A where\nimport B").name == "A"


@pytest.mark.parametrize("text", ["a.B", "A.b", "A.", ".A", "A..B", "", "1A", "A B"])
def test_no_module_names(text: str) -> None:
    assert not is_module_name(text)


@pytest.mark.parametrize("piece", ["import A;", "(", "{-", "--", "\\", '"', "#if\nx\n", "a,", "import A (\n"])
def test_endless_repetition_takes_no_endless_time(piece: str) -> None:
    # Whatever takes quadratic time does not end here while anybody waits.
    header = parse_header("module M (" + piece * (400_000 // len(piece)))
    assert header.name == "M"
