"""The formats against golden texts: each file holds one case as `full` prints it, then as `concise` does."""

import re
from pathlib import Path

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from tests.support.goldens import Golden
from thatch.cli.formats.concise import concise
from thatch.cli.formats.excerpt import excerpt
from thatch.cli.formats.full import full
from thatch.cli.formats.look import Look, printable
from thatch.core.diagnostics import Diagnostic, Location, Related, Severity, Span
from thatch.core.text import LineIndex

BASE = Path("/project")
LOOK = Look(BASE)


def diagnostic(*span: int, message: str = "Something is wrong", severity=Severity.ERROR, **more) -> Diagnostic:
    place = Span(*span) if span else None
    path = more.pop("path", BASE / "src/A.hs")
    return Diagnostic(path=path, span=place, severity=severity, message=message, **more)


CASES = {
    "everything": (
        'total :: Int\ntotal = "one"\n',
        diagnostic(
            2,
            9,
            2,
            14,
            message="Couldn't match expected type 'Int'\n              with actual type '[Char]'",
            code="GHC-83865",
            flag="-Wdeferred-type-errors",
            context=('In the expression: "one"\nIn an equation: total = "one"',),
            hints=("Use a number\nor another type", "Perhaps you meant one"),
            related=(
                Related(Location(BASE / "src/A.hs", Span(1, 1, 1, 13)), "the type signature"),
                Related(Location(Path("/elsewhere/B.hs"), Span(7, 3, 7, 4)), ""),
            ),
        ),
    ),
    "warning": ("import Data.List\n", diagnostic(1, 1, 1, 17, severity=Severity.WARNING, flag="-Wunused-imports")),
    "whole-file": ("cabal-version: 0\n", diagnostic(source="cabal", path=BASE / "a.cabal")),
    "unreadable": (None, diagnostic(3, 1, 3, 2)),
    "tabs": ("f =\n\tx\ty z\n", diagnostic(2, 17, 2, 18)),
    "tab-itself": ("\tx\n", diagnostic(1, 1, 1, 9, severity=Severity.WARNING, flag="-Wtabs")),
    "wide": ('f = "表示" ++ g\n', diagnostic(1, 13, 1, 14)),
    "wide-marked": ('f = "表示" ++ g\n', diagnostic(1, 5, 1, 9)),
    "astral": ('f = "🎉𐍈" ++ g\n', diagnostic(1, 5, 1, 9)),
    "after-astral": ('f = "🎉𐍈" ++ g\n', diagnostic(1, 13, 1, 14)),
    "combining": ('f = "e\u0301e\u0301" ++ g\n', diagnostic(1, 14, 1, 15)),
    "byte-order-mark": ("\ufeffmodule A where\n", diagnostic(1, 8, 1, 9)),
    "crlf": ("f = x\r\ng = y\r\n", diagnostic(1, 5, 1, 6)),
    "form-feed": ("f = x\fy\ng = z\n", diagnostic(2, 5, 2, 6)),
    "control-characters": ("f = '\x1b[31m\x07' -- \u202e\n", diagnostic(1, 5, 1, 13, message="Escaped: \x1b[2J\x7f")),
    "markup": ("f = [bold]x[/bold]\n", diagnostic(1, 5, 1, 11, message="[red]not markup[/red] :smile:")),
    "empty-span": ("f = x +\n", diagnostic(1, 8, 1, 8)),
    "past-line-end": ("f = x   \ng\n", diagnostic(1, 20, 1, 40)),
    "past-text-end": ("f = x\n", diagnostic(9, 1, 9, 5)),
    "ends-past-text": ("f = x\ng = y", diagnostic(1, 1, 99, 5)),
    "two-lines": ("f x =\n\n    case x of\ng = y\n", diagnostic(1, 3, 3, 9)),
    "ends-at-line-start": ("f = x\ng = y\n", diagnostic(1, 1, 2, 1)),
    "many-lines": ("".join(f"  line {n}  \n" for n in range(95, 195)), diagnostic(2, 3, 12, 8)),
    "blank-lines": ("f = x\n   \n\ng = y", diagnostic(2, 2, 3, 1)),
    "long-line": ("x = [" + ", ".join(map(str, range(100_000))) + "]\n", diagnostic(1, 500, 1, 503)),
    "long-line-start": ("x" * 1000, diagnostic(1, 1, 1, 1001)),
    "long-line-end": ("x" * 1000, diagnostic(1, 999, 1, 1001)),
    "empty-message": ("f\n", diagnostic(1, 1, 1, 2, message="")),
    "named-places": (
        "f = x\ng = f\n",
        diagnostic(
            2, 1, 2, 2,
            message="Shadowed: bound at /project/src/A.hs:1:1, /project-two/B.hs:1:1 and a/project/C.hs:1:1",
            context=("(/project/src/A.hs:1:5)",),
            related=(
                Related(Location(BASE / "src/A.hs", Span(1, 1, 1, 2)), "named above"),
                Related(Location(BASE / "src/A.hs", Span(2, 5, 2, 6)), "not named"),
            ),
        ),
    ),
    "outside": ("f\n", diagnostic(1, 1, 1, 2, path=Path("/project-two/A.hs"))),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_format(name: str, golden: Golden) -> None:
    source, said = CASES[name]
    lines = None if source is None else LineIndex(source)
    golden.check(f"{name}.txt", f"{full(said, lines, LOOK)}\n\n{concise(said, LOOK)}\n")


def test_colours_add_only_escapes(golden: Golden) -> None:
    source, said = CASES["everything"]
    lines = LineIndex(source)
    coloured = Look(BASE, coloured=True)
    shown = full(said, lines, coloured)
    golden.check("coloured.txt", shown.replace("\x1b", "␛") + "\n")
    assert full(said, lines, LOOK) == without_escapes(shown)
    assert concise(said, LOOK) == without_escapes(concise(said, coloured))


def without_escapes(text: str) -> str:
    return re.sub(r"\x1b\[[0-9;]*m", "", text)


TEXTS = st.text(st.sampled_from("ab \t\n\r\f\0\x1b\u0301\u200b\u202e\ufeff表🎉𐍈"), max_size=60)
NUMBERS = st.integers(0, 70)


@given(TEXTS, st.builds(Span, NUMBERS, NUMBERS, NUMBERS, NUMBERS))
def test_any_excerpt_can_be_shown(text: str, span: Span) -> None:
    """Nothing fails, no line ends in spaces, nothing steers the terminal, and something is underlined."""
    shown = excerpt(LineIndex(text), span, LOOK, "red")
    assert [line.rstrip() for line in shown] == shown
    assert all(line.isprintable() for line in shown)
    assert bool(shown) == (1 <= span.start_line <= text.count("\n") + 1)
    assert any("^" in line for line in shown) == bool(shown)


@given(st.text("abc xyz", max_size=500).map(lambda text: text + "end"), st.integers(0, 499), st.integers(1, 20))
def test_carets_stand_under_what_they_mean(line: str, start: int, length: int) -> None:
    start = min(start, len(line) - 1)
    meant = line[start : start + length]
    _, source, carets = excerpt(LineIndex(line), Span(1, start + 1, 1, start + 1 + length), LOOK, "red")
    first = carets.index("^")
    assert source[first : len(carets)].rstrip() == meant.rstrip()


@given(st.text())
def test_printable_keeps_length_and_steers_nothing(text: str) -> None:
    shown = printable(text)
    assert len(shown) == len(text)
    assert not any(ord(character) < 32 and character not in "\n\t" for character in shown)
    assert "\x7f" not in shown
    assert not any("\x80" <= character <= "\x9f" for character in shown)


@given(st.text(), st.text())
def test_concise_is_one_line(message: str, path: str) -> None:
    said = evolve(diagnostic(1, 1, 1, 2), message=message, path=BASE / path.replace("\0", ""))
    assert "\n" not in concise(said, LOOK)
