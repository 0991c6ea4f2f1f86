"""What both GHCs said of `samples/broken`, recorded, read by the parser; and that they still say it."""

from functools import cache
from pathlib import Path

import pytest

from tests.unit.ghc.real_ghc import LOADS, load
from thatch.core.diagnostics import Diagnostic, Location, Severity, Span
from thatch.core.ghc.output import Compiling, Output, Said, Text
from thatch.core.ghc.output_parser import OutputParser

SAMPLES = Path(__file__).parent / "samples"
STYLES = {
    "9.6.6": ("9.6", "-ddump-json"),
    "9.10.3": ("9.10", "-ddump-json"),
    "9.10.3-as-json": ("9.10", "-fdiagnostics-as-json"),
}

OTHER_WORDS = {
    "Clash.hs:6": "9.10 names another module of base",
    "CycleB.hs": "9.10 indents it otherwise",
    "Imports.hs:4": "other packages are installed",
    "Imports.hs:5": "the package is called ghc-9.10.3",
    "NotPreprocessed.hs:1": "9.10 calls the phase `Haskell C pre-processor'",
    "Types.hs:10": "9.10 names another module of base",
    "Types.hs:18": "9.10 says `class instance`",
    "Types.hs:42": "9.10 prints a type that nothing determines as ZonkAny",
    "Warnings.hs:33": "9.6 says `Possible fix: omit`, 9.10 `Omit`",
}
"""Places about which the two GHCs say the same in other words."""

OTHER_SPANS = {"Warnings.hs:6"}
"""9.10 puts a missing name of a hiding import on the name, 9.6 on the import."""


def parse(lines: list[str]) -> list[Output]:
    parser = OutputParser(lambda name: Path("/project") / name)
    outputs = [output for line in lines for output in parser.feed(line)]
    return outputs + parser.finish()


@cache
def recorded(name: str) -> list[Output]:
    return parse((SAMPLES / f"{name}.txt").read_text("utf-8").split("\n"))


def diagnostics(outputs: list[Output]) -> list[Diagnostic]:
    return [output.diagnostic for output in outputs if isinstance(output, Said)]


def place(diagnostic: Diagnostic) -> str:
    line = f":{diagnostic.span.start_line}" if diagnostic.span else ""
    return f"{diagnostic.path.name}{line}"


def at(wanted: str, name: str = "9.10.3") -> list[Diagnostic]:
    return [diagnostic for diagnostic in diagnostics(recorded(name)) if place(diagnostic) == wanted]


def words(diagnostic: Diagnostic) -> list[str]:
    """The texts without the full stops and commas that 9.10 adds at the end of lines."""
    texts = (diagnostic.message, *diagnostic.context, *diagnostic.hints)
    return ["\n".join(line.rstrip(".,") for line in text.split("\n")) for text in texts]


def unquoted(texts: list[str]) -> list[str]:
    """The texts without quotes: the schema's are ASCII, and left away around what holds a quote itself."""
    return [text.translate(dict.fromkeys(map(ord, "\u2018\u2019`'"))) for text in texts]


def test_both_ghcs_give_the_same_diagnostics() -> None:
    old, new = diagnostics(recorded("9.6.6")), diagnostics(recorded("9.10.3"))
    assert len(old) == 68
    other_words, other_spans = set(), set()
    for ours, theirs in zip(sorted(old, key=in_order), sorted(new, key=in_order), strict=True):
        assert (place(ours), ours.severity, ours.flag) == (place(theirs), theirs.severity, theirs.flag)
        # 9.6 has not yet given a code to every message.
        assert ours.code in ("", theirs.code)
        if ours.span != theirs.span:
            other_spans.add(place(ours))
        if words(ours) != words(theirs) or ours.related != theirs.related:
            other_words.add(place(ours))
    assert other_words == set(OTHER_WORDS)
    assert other_spans == OTHER_SPANS


def in_order(diagnostic: Diagnostic) -> tuple[str, int, str, str]:
    span = diagnostic.span
    return place(diagnostic), span.end_column if span else 0, diagnostic.flag, diagnostic.message


def test_both_styles_give_the_same_parts() -> None:
    dumped, schema = diagnostics(recorded("9.10.3")), diagnostics(recorded("9.10.3-as-json"))
    dumped, schema = sorted(dumped, key=place), sorted(schema, key=place)
    for ours, theirs in zip(dumped, schema, strict=True):
        assert (place(ours), ours.code) == (place(theirs), theirs.code)
        if ours.path.name != "CycleB.hs":
            assert unquoted(words(ours)) == unquoted(words(theirs))


@pytest.mark.parametrize("name", STYLES)
def test_nothing_that_looks_like_a_message_is_left_as_text(name: str) -> None:
    texts = {output.line for output in recorded(name) if isinstance(output, Text)}
    left = {line for line in texts if not line.startswith(("GHCi, version", "ghci> ", "Ok, ", "Failed, "))}
    assert left <= {"", "no newline", "compilation terminated."}


@pytest.mark.parametrize("name", STYLES)
def test_progress_is_told_for_every_module_that_is_compiled(name: str) -> None:
    compiled = [output for output in recorded(name) if isinstance(output, Compiling)]
    assert {output.path for output in compiled} == {Path(f"/project/{module}.hs") for module in LOADS[0]}
    assert {output.total for output in compiled} == {len(LOADS[0])}
    assert {output.unit for output in compiled} == {""}


@pytest.mark.parametrize("name", ["9.6.6", "9.10.3"])
def test_deferred_errors_are_errors_that_do_not_stop_the_module(name: str) -> None:
    for wanted in ("Types.hs:7", "Types.hs:10", "Types.hs:26", "Types.hs:32"):
        errors = [one for one in at(wanted, name) if one.severity is Severity.ERROR]
        assert errors
        assert {one.flag for one in errors} == {""}
    fatal = {output.diagnostic.path.name for output in recorded(name) if isinstance(output, Said) and output.fatal}
    assert "Types.hs" not in fatal
    assert "Warnings.hs" not in fatal
    assert "Preprocessed.hs" not in fatal
    # A pragma of the file's own makes this warning fatal.
    assert {"Parse.hs", "Bytes.hs", "Conflicts.hs", "Options.hs", "Splices.hs"} <= fatal


def test_a_type_error_is_taken_apart() -> None:
    error = next(one for one in at("Types.hs:7") if "Couldn't match" in one.message)
    assert error.span == Span(7, 11, 7, 36)
    assert error.message == "Couldn't match expected type \u2018Int\u2019 with actual type \u2018[Char]\u2019"
    (context,) = error.context
    assert context.split("\n")[0] == 'In the expression: x + "a" ++ undefinedThing'
    assert context.split("\n")[1].startswith("In an equation for \u2018wrong\u2019:")


def test_hints_are_told_from_the_message() -> None:
    (error,) = [one for one in at("Types.hs:26") if one.severity is Severity.ERROR]
    assert error.message.startswith("Variable not in scope: sortt :: [")
    assert error.hints == ("Perhaps use \u2018sort\u2019 (imported from Data.List)",)
    (warning,) = at("Types.hs:3")
    assert warning.hints == ("To import instances alone, use: import Data.List()",)
    (missing,) = at("Imports.hs:4", "9.6.6")
    assert missing.message == "Could not find module \u2018Data.Lisst\u2019"
    assert missing.hints[0].startswith("Perhaps you meant\n  Data.List (from base-")


def test_places_in_the_text_are_related() -> None:
    (clash,) = at("Clash.hs:6")
    assert [(one.location, one.message) for one in clash.related] == [
        (Location(Path("/project/Clash.hs"), Span(3, 1, 3, 17)), "imported from \u2018Data.List\u2019 here"),
        (Location(Path("/project/Clash.hs"), Span(4, 1, 4, 16)), "imported from \u2018Data.Map\u2019 here"),
    ]
    (twice,) = at("Conflicts.hs:3")
    assert [(one.location.span, one.message) for one in twice.related] == [(Span(3, 10, 3, 11), "Declared here")]


def test_what_the_preprocessor_prints_keeps_its_severity() -> None:
    (warning,) = at("Preprocessed.hs:3")
    assert (warning.severity, warning.message) == (Severity.WARNING, '#warning "careful" [-Wcpp]')
    assert [one.message for one in at("NotPreprocessed.hs:5")] == ['#error "no way"']
    (span,) = {one.span for one in at("NotPreprocessed.hs:3")}
    assert span == Span(3, 1, 3, 1)


def test_what_unlit_prints_is_about_its_file() -> None:
    assert {(place(one), one.message) for one in diagnostics(recorded("9.6.6")) if one.path.name == "Literate.lhs"} == {
        ("Literate.lhs:1", "`unlit' failed in phase `Literate pre-processor'. (Exit code: 1)"),
        ("Literate.lhs:2", "Program line next to comment"),
        ("Literate.lhs:5", "missing \\end{code}"),
    }


@pytest.mark.parametrize("name", STYLES)
def test_a_cycle_of_imports_is_put_on_one_of_its_files(name: str) -> None:
    (cycle,) = [one for one in diagnostics(recorded(name)) if one.path.name.startswith("Cycle")]
    assert cycle.message.startswith("Module graph contains a cycle:\n")
    assert (cycle.path, cycle.span) == (Path("/project/CycleB.hs"), None)
    assert [one.location.path for one in cycle.related] == [Path("/project/CycleA.hs")]


def test_a_message_behind_a_splices_output_is_found() -> None:
    outputs = recorded("9.6.6")
    behind = outputs[outputs.index(Text("no newline")) + 1]
    assert isinstance(behind, Said)
    assert behind.diagnostic.message == "first line\nsecond line"


@pytest.mark.parametrize("name", STYLES)
def test_the_real_ghc_still_says_what_was_recorded(name: str) -> None:
    series, style = STYLES[name]
    said = [output for modules in LOADS for output in parse(load(series, SAMPLES / "broken", style, "-Wall", *modules))]

    def places(outputs: list[Output]) -> set[tuple[object, ...]]:
        return {(one.path, one.span, one.severity, one.code, one.flag) for one in diagnostics(outputs)}

    assert places(said) == places(recorded(name))
