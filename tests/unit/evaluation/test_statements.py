"""What GHCi is told, and what is read of its answers."""

import pytest

from thatch.core.evaluation.examples import find_blocks
from thatch.core.evaluation.statements import (
    Refusal,
    extension_flags,
    free_variables,
    imported,
    leaves_traces,
    missing_code,
    property_statements,
    statement,
    tidied,
)


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("1 + 1", "1 + 1"),
        ("", ""),
        (":type x", ":type x"),
        (":set -XLambdaCase -XGADTs", ":seti -XLambdaCase -XGADTs"),
        (":seti -Wall", ":seti -Wall"),
        (":set -package text", ":set -package text"),
        (":{\nx\n:}", ":{\nx\n:}"),
        (":kind! T", ":kind! T"),
        (":info x", ":info x"),
        (":doc x", ":doc x"),
    ],
)
def test_what_is_told(code: str, told: str) -> None:
    assert statement(code) == told


@pytest.mark.parametrize("code", [":q", ":quit", ":load X", ":l X", ":reload", ":r", ":set +m", ":set prompt x", ":{"])
def test_what_is_refused(code: str) -> None:
    assert isinstance(statement(code), Refusal)


def test_modules_that_are_imported() -> None:
    lines = (
        "import A",
        "import qualified B.C as D",
        "import safe E",
        'import "p" F (g)',
        "importX",
        ":{",
        "import G",
        ":}",
    )
    (block,) = find_blocks("".join(f"-- >>> {line}\n" for line in lines))
    assert list(imported(block.examples)) == ["A", "B.C", "E", "F", "G"]


@pytest.mark.parametrize(
    ("lines", "several_units", "traces"),
    [
        ((":set -XLambdaCase",), False, False),
        ((":set -package text",), False, True),
        (("import A",), False, False),
        (("import A",), True, True),
        (("let x = 1", ":type x"), True, False),
    ],
)
def test_what_a_reload_does_not_undo(lines: tuple[str, ...], several_units: bool, traces: bool) -> None:
    (block,) = find_blocks("".join(f"-- >>> {line}\n" for line in lines))
    assert leaves_traces(block.examples, several_units=several_units) == traces


def test_just_the_extensions_of_the_module_are_switched_on() -> None:
    shown = ["base language is: GHC2021", "with the following modifiers:", "  -XGADTs", "  -XNoMonomorphismRestriction"]
    assert extension_flags(["-XHaskell2010", "-XLambdaCase"], shown) == [
        ":seti -XNoGADTs",
        ":seti -XHaskell2010",
        ":seti -XLambdaCase",
    ]
    assert extension_flags([], ["  -XNoFoo"]) == [":seti -XFoo", ":seti -XGHC2021"]


def test_variables_of_a_property_are_those_that_are_not_in_scope() -> None:
    said = [
        "<interactive>:1:2: error: [GHC-88464]",
        "    Variable not in scope: xs :: [a]",
        "<interactive>:1:9: error: [GHC-88464] Variable not in scope: n' :: Int",
        "<interactive>:1:19: error: [GHC-88464] Variable not in scope: xs :: [a]",
        "<interactive>:1:19: error: [GHC-88464] Data constructor not in scope: X",
    ]
    assert free_variables(said) == ["xs", "n'"]
    assert "let thatch_property = \\xs n' -> (f xs n')" in property_statements("f xs n'", ["xs", "n'"])
    assert "let thatch_property = law" in property_statements("law", [])


def test_blank_lines_around_messages_are_no_output() -> None:
    message = ["<interactive>:1:1: error: [GHC-88464]", "    Variable not in scope: x"]
    assert tidied(["", *message]) == message
    assert tidied([*message, ""]) == message
    assert tidied(["out", ""]) == ["out", ""]


def test_a_panic_names_what_was_not_found() -> None:
    panic = ["panic! (the 'impossible' happened)", "  GHC version 9.6.6:", "\tnameModule", "  internal $cmap_1_iY1"]
    assert missing_code(panic) == "$cmap_1"
    assert missing_code(panic[:-1]) == missing_code(["  internal mk1_iY1"]) == ""
