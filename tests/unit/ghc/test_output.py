"""Lines that GHC prints or could print, one by one; whole sessions are in `test_output_samples`."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.ghc.test_output_samples import SAMPLES, STYLES
from thatch.core.diagnostics import Diagnostic, Location, Related, Severity, Span
from thatch.core.ghc.output import Compiling, Notice, Output, Said, Text
from thatch.core.ghc.output_parser import OutputParser

HOME = Path("/home/me")


def feed(*lines: str) -> list[Output]:
    parser = OutputParser(lambda name: HOME / name)
    outputs = [output for line in lines for output in parser.feed(line)]
    return outputs + parser.finish()


def dump(message: str, text: str, span: tuple[str, int, int, int, int] | None = ("A.hs", 1, 2, 3, 4)) -> str:
    keys = ("file", "startLine", "startCol", "endLine", "endCol")
    place = dict(zip(keys, span, strict=True)) if span else None
    return json.dumps({"span": place, "doc": text, "messageClass": message}, separators=(",", ":"))


def schema(**changes: object) -> str:
    span = {"file": "A.hs", "start": {"line": 1, "column": 2}, "end": {"line": 3, "column": 4}}
    message = {"version": "1.1", "ghcVersion": "ghc-9.12.1", "span": span, "severity": "Warning", "code": 4924}
    return json.dumps({**message, "message": ["a", "b"], "hints": ["c"], **changes}, separators=(",", ":"))


def said(*lines: str) -> Diagnostic:
    (output,) = feed(*lines)
    assert isinstance(output, Said)
    return output.diagnostic


@pytest.mark.parametrize(
    ("line", "compiling"),
    [
        ("[1 of 2] Compiling A                ( src/A.hs, interpreted )", Compiling(1, 2, "A", HOME / "src/A.hs")),
        (
            "[ 9 of 12] Compiling Lib.Foo          ( /x y/Foo.hs, /o/Foo.o, /o/Foo.dyn_o ) [Source file changed]",
            Compiling(9, 12, "Lib.Foo", Path("/x y/Foo.hs"), reason="Source file changed"),
        ),
        (
            "[3 of 5] Compiling B2[boot]         ( B2.hs-boot, interpreted )[ub]",
            Compiling(3, 5, "B2", HOME / "B2.hs-boot", "ub", boot=True),
        ),
        (
            "[3 of 5] Compiling B               ( B.hs, nothing )[pkg-1.0-inplace-exe] [B2 changed]",
            Compiling(3, 5, "B", HOME / "B.hs", "pkg-1.0-inplace-exe", reason="B2 changed"),
        ),
        (
            "[1 of 1] Compiling A[ua] [Source file changed]",
            Compiling(1, 1, "A", None, "ua", reason="Source file changed"),
        ),
        ("[1 of 1] Compiling A[boot][ua]", Compiling(1, 1, "A", None, "ua", boot=True)),
        ("[1 of 1] Compiling A.B' [Flags changed]", Compiling(1, 1, "A.B'", None, reason="Flags changed")),
    ],
)
def test_progress(line: str, compiling: Compiling) -> None:
    assert feed(line) == [compiling]
    assert feed(f"{line}\r\n") == [compiling]
    assert feed(f"printed{line}") == [Text("printed"), compiling]
    assert feed(dump("MCOutput", line, None)) == [compiling]


@pytest.mark.parametrize(
    "line", ["Ok, 3 modules loaded.", "", "[1 of x] Compiling", "{", '{"a":1}', "<A.hs>", "a: error"]
)
def test_other_lines_are_text(line: str) -> None:
    assert feed(line) == [Text(line)]


def test_text_that_ghc_logs_comes_line_by_line() -> None:
    assert feed(dump("MCInfo", "one\ntwo", None)) == [Text("one"), Text("two")]


@pytest.mark.parametrize(
    ("message_class", "severity", "fatal", "code", "flag"),
    [
        ("SevWarning WarningWithFlag Opt_WarnTabs Just GHC-94817", Severity.WARNING, False, "GHC-94817", "-Wtabs"),
        (
            "SevWarning WarningWithFlags Opt_WarnTabs :| [] Just GHC-94817",
            Severity.WARNING,
            False,
            "GHC-94817",
            "-Wtabs",
        ),
        (
            "SevWarning WarningWithFlags Opt_WarnMissingSignatures :| [Opt_WarnMissingExportedSignatures] Nothing",
            Severity.WARNING,
            False,
            "",
            "-Wmissing-signatures",
        ),
        (
            "SevWarning WarningWithCategory x-partial Just GHC-63394",
            Severity.WARNING,
            False,
            "GHC-63394",
            "-Wx-partial",
        ),
        ("SevWarning WarningWithoutFlag Nothing", Severity.WARNING, False, "", ""),
        ("SevError ErrorWithoutFlag Just GHC-04924", Severity.ERROR, True, "GHC-04924", ""),
        ("SevError WarningWithFlag Opt_WarnTabs Nothing", Severity.ERROR, True, "", "-Wtabs"),
        ("SevWarning WarningWithFlag Opt_WarnDeferredTypeErrors Nothing", Severity.ERROR, False, "", ""),
        ("SevWarning WarningWithFlags Opt_WarnTypedHoles :| [] Nothing", Severity.ERROR, False, "", ""),
    ],
)
def test_message_classes(message_class: str, severity: Severity, fatal: bool, code: str, flag: str) -> None:
    span = Span(1, 2, 3, 4)
    expected = Diagnostic(path=HOME / "A.hs", span=span, severity=severity, message="Text", code=code, flag=flag)
    assert feed(dump(f"MCDiagnostic {message_class}", "Text")) == [Said(expected, fatal)]
    assert feed(dump(f"MCDiagnostic {message_class}", "Text", None)) == [Notice(severity, "Text", code, flag)]


@pytest.mark.parametrize(
    ("changes", "severity", "flag"),
    [
        ({}, Severity.WARNING, ""),
        ({"reason": {"flags": ["unused-imports", "orphans"]}}, Severity.WARNING, "-Wunused-imports"),
        ({"reason": {"category": "x-partial"}, "rendered": "A.hs:1:2..."}, Severity.WARNING, "-Wx-partial"),
        ({"reason": {"flags": ["deferred-type-errors"]}}, Severity.ERROR, ""),
        ({"severity": "Error", "version": "1.0"}, Severity.ERROR, ""),
    ],
)
def test_schema(changes: dict[str, object], severity: Severity, flag: str) -> None:
    diagnostic = said(schema(**changes))
    assert (diagnostic.severity, diagnostic.flag, diagnostic.code) == (severity, flag, "GHC-04924")
    assert (diagnostic.path, diagnostic.span) == (HOME / "A.hs", Span(1, 2, 3, 4))
    assert (diagnostic.message, diagnostic.context, diagnostic.hints) == ("a", ("b",), ("c",))


def test_a_message_without_code_and_place_in_the_schema() -> None:
    assert feed(schema(code=None, span=None, hints=[])) == [Notice(Severity.WARNING, "a\nb")]


def test_a_message_is_found_between_other_output() -> None:
    one, two = dump("MCDiagnostic SevError ErrorWithoutFlag Nothing", "1", None), schema(span=None, message=["2"])
    assert feed(f'a{{"span":{{"x"{one}b{two}c') == [
        Text('a{"span":{"x"'),
        Notice(Severity.ERROR, "1"),
        Text("b"),
        Notice(Severity.WARNING, "2\nc", "GHC-04924"),
        Text("c"),
    ]


@pytest.mark.parametrize(
    "line",
    [
        '{"span":',
        '{"span":1}',
        '{"span":null,"doc":1,"messageClass":"MCFatal"}',
        '{"version":"1.0","span":null,"severity":"Error","message":"a","hints":[]}',
        '{"span":' + "[" * 100_000,
        '{"span":' + "1" * 100_000 + "}",
    ],
)
def test_objects_that_are_not_ghcs_are_text(line: str) -> None:
    assert feed(line) == [Text(line)]


def test_astral_characters_that_ghc_escapes_wrongly() -> None:
    text = r"\u2018f\u2019 \u1f600 \\u1f600 \u1d4ac \u1e9e9"
    line = dump("MCFatal", "@", None).replace("@", text)
    assert feed(line) == [Notice(Severity.ERROR, "\u2018f\u2019 \U0001f600 \\u1f600 \U0001d4ac \u1e9e9")]


def test_where_an_include_came_from_is_no_message() -> None:
    error = "MCDiagnostic SevError ErrorWithoutFlag Nothing"
    lines = [
        dump("MCInfo", "In file included from a.h:2,", None),
        dump(error, "", ("                 from X.hs", 4, 0, 4, 0)),
        dump(error, ' warning: "A" redefined\n    2 | #define A 3\n      | ', ("b.h", 2, 0, 2, 0)),
    ]
    text, output = feed(*lines)
    assert text == Text("In file included from a.h:2,")
    assert isinstance(output, Said)
    diagnostic = output.diagnostic
    assert (diagnostic.path, diagnostic.severity, diagnostic.message) == (
        HOME / "b.h",
        Severity.WARNING,
        '"A" redefined',
    )
    assert not output.fatal


def test_what_thatch_itself_causes_is_not_told() -> None:
    deprecated = "-ddump-json is deprecated: Use `-fdiagnostics-as-json` instead"
    assert feed(dump("MCDiagnostic SevWarning WarningWithoutFlag Nothing", deprecated, None)) == []
    at_prompt = ("<interactive>", 1, 1, 1, 2)
    assert feed(dump("MCDiagnostic SevWarning WarningWithoutFlag Nothing", "Text", at_prompt)) == []
    errors = feed(dump("MCDiagnostic SevError ErrorWithoutFlag Nothing", "Text", at_prompt))
    assert errors == [Notice(Severity.ERROR, "Text")]


@pytest.mark.parametrize(
    ("place", "span"),
    [
        ("src/A b.hs:3:5", Span(3, 5, 3, 6)),
        ("src/A b.hs:3:5-9", Span(3, 5, 3, 10)),
        ("src/A b.hs:(3,5)-(4,2)", Span(3, 5, 4, 3)),
        ("src/A b.hs:3:0", Span(3, 1, 3, 2)),
    ],
)
def test_a_plain_message(place: str, span: Span) -> None:
    outputs = feed(
        f"{place}: error: [GHC-83865]",
        "    \u2022 Head",
        "      more",
        "    \u2022 Context",
        "    Suggested fix: Hint",
        "  |",
        "3 | x = y",
        "  |     ^",
        "Failed, one module loaded.",
    )
    expected = Diagnostic(
        path=HOME / "src/A b.hs",
        span=span,
        severity=Severity.ERROR,
        message="Head\nmore",
        code="GHC-83865",
        context=("Context",),
        hints=("Hint",),
    )
    assert outputs == [Said(expected, fatal=True), Text("Failed, one module loaded.")]


@pytest.mark.parametrize(
    ("title", "severity", "code", "flag", "message"),
    [
        ("warning: [-Wunused-imports (in -Wextra)]", Severity.WARNING, "", "-Wunused-imports", "Body"),
        ("error: [GHC-1] [-Wtabs (in -Wdefault), Werror=tabs]", Severity.ERROR, "GHC-1", "-Wtabs", "Body"),
        ("error: [-Werror]", Severity.ERROR, "", "", "Body"),
        ("warning: [GHC-2] [-Wdeferred-type-errors (in -Wdefault)]", Severity.ERROR, "GHC-2", "", "Body"),
        ("error: [GHC-3] parse error", Severity.ERROR, "GHC-3", "", "parse error\nBody"),
    ],
)
def test_plain_titles(title: str, severity: Severity, code: str, flag: str, message: str) -> None:
    diagnostic = said(f"A.hs:1:1: {title}", "    Body")
    assert (diagnostic.severity, diagnostic.code, diagnostic.flag, diagnostic.message) == (
        severity,
        code,
        flag,
        message,
    )


@pytest.mark.parametrize("nowhere", ["<no location info>", "<command line>", "<interactive>:1:2-3"])
def test_a_plain_message_without_a_place(nowhere: str) -> None:
    assert feed(f"{nowhere}: error: [GHC-4]", "    Text", "") == [Notice(Severity.ERROR, "Text", "GHC-4"), Text("")]


def test_an_unfinished_plain_message_waits_for_the_next_line() -> None:
    parser = OutputParser(lambda name: HOME / name)
    assert parser.feed("A.hs:1:1: error: One") == []
    (first,) = parser.feed("A.hs:2:1: error: Two")
    assert isinstance(first, Said)
    (second, text) = parser.feed(dump("MCInfo", "end", None))
    assert isinstance(second, Said)
    assert (first.diagnostic.message, second.diagnostic.message, text) == ("One", "Two", Text("end"))
    assert parser.finish() == []


def test_a_cycle_in_a_newer_plain_form() -> None:
    cycle = said(
        "<no location info>: error: [GHC-92213]",
        "    Module graph contains a cycle:",
        "              module \u2018A\u2019 (src/A.hs)",
        "            imports module \u2018B\u2019 (src/B.hs)",
        "      which imports module \u2018A\u2019 (src/A.hs)",
    )
    assert cycle.path == HOME / "src/A.hs"
    assert cycle.related == (Related(Location(HOME / "src/B.hs", Span(1, 1, 1, 1)), "module \u2018B\u2019"),)


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("defined at my src/A.hs:9:1", [("my src/A.hs", Span(9, 1, 9, 2), "defined here")]),
        (
            "Conflicting definitions for \u2018x\u2019\nBound at: A.hs:3:2\n          A.hs:3:4\nIn an equation",
            [("A.hs", Span(3, 2, 3, 3), "Bound here"), ("A.hs", Span(3, 4, 3, 5), "Bound here")],
        ),
        (
            "the type of\n  at A.hs:(7,1)-(8,28)",
            [("A.hs", Span(7, 1, 8, 29), "the type of here")],
        ),
        (
            "in the import of \u2018M\u2019 (A.hs:3:1-20).",
            [("A.hs", Span(3, 1, 3, 21), "in the import of \u2018M\u2019 (here).")],
        ),
        ("instance C T -- Defined at A.hs:5:10", [("A.hs", Span(5, 10, 5, 11), "instance C T -- Defined here")]),
        ('the string "A.hs:3" and 4:5 and <x.hs:1:2>', []),
    ],
)
def test_places_in_the_text(text: str, places: list[tuple[str, Span, str]]) -> None:
    diagnostic = said(dump("MCDiagnostic SevError ErrorWithoutFlag Nothing", text))
    assert [(one.location.path, one.location.span, one.message) for one in diagnostic.related] == [
        (HOME / name, span, message) for name, span, message in places
    ]


def test_the_messages_own_place_is_not_related_to_it() -> None:
    line = dump("MCDiagnostic SevError ErrorWithoutFlag Nothing", "bound at A.hs:1:2-3", ("A.hs", 1, 2, 1, 4))
    assert said(line).related == ()


@pytest.mark.parametrize(
    "piece",
    [
        "a",
        " ",
        "{",
        '{"span":',
        '{"version":"',
        ":1:1",
        "A.hs:1:1: ",
        " at A.hs:1:1",
        "(",
        "\\u1f",
        "] Compiling ",
        "\u2022 ",
    ],
)
@pytest.mark.parametrize("as_message", [False, True])
def test_lines_of_two_megabytes(piece: str, as_message: bool) -> None:
    text = piece * (2_000_000 // len(piece))
    outputs = feed(dump("MCDiagnostic SevError ErrorWithoutFlag Nothing", text) if as_message else text)
    assert len(outputs) <= 2


LINES = [line for name in STYLES for line in (SAMPLES / f"{name}.txt").read_text("utf-8").split("\n") if line.strip()]


@given(st.lists(st.tuples(st.sampled_from(LINES), st.integers(0, 400), st.text(max_size=5)), max_size=5))
def test_damaged_lines_never_raise(pieces: list[tuple[str, int, str]]) -> None:
    damaged = [line[:cut] + rubbish + line[cut:] for line, cut, rubbish in pieces]
    for output in feed(*damaged, *(line[: cut + 1] for line, cut, _ in pieces)):
        assert isinstance(output, Output)


@given(st.text(max_size=200))
def test_any_text_can_be_a_message(text: str) -> None:
    diagnostic = said(dump("MCDiagnostic SevError ErrorWithoutFlag Just GHC-00001", text))
    kept = "".join([diagnostic.message, *diagnostic.context, *diagnostic.hints])
    assert len(kept) <= len(text)


def test_texts_name_the_users_files() -> None:
    parser = OutputParser(lambda name: HOME / "A.hs" if name.startswith("/overlay/") else HOME / name)
    text = "Multiple declarations of x\nDeclared at: /overlay/0/A.hs:4:1\n             /overlay/0/A.hs:5:1"
    (found,) = [*parser.feed(dump("MCDiagnostic SevError ErrorWithoutFlag Nothing", text)), *parser.finish()]
    assert isinstance(found, Said)
    assert "/overlay" not in found.diagnostic.text
    assert f"Declared at: {HOME}/A.hs:4:1\n             {HOME}/A.hs:5:1" in found.diagnostic.text
    assert {one.location.path for one in found.diagnostic.related} == {HOME / "A.hs"}
