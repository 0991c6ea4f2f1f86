"""Formatting by the real programs."""

from pathlib import Path

import pytest

from tests.support.projects import write_program
from tests.support.user_tools import user_tool
from thatch.core.errors import ThatchError
from thatch.core.fixes.model import applied
from thatch.core.tools import format as formatting
from thatch.core.tools.format import format_edits
from thatch.core.tools.formatters import Lines, Request

UGLY = """\
module A   where
import Data.Map (Map)
import Data.List   (sort)

f :: Int->Int
f = \\case
  1   -> 2
  n->n

größe   =   1 -- a comment
"""

NAMES = ("fourmolu", "ormolu", "stylish-haskell")


async def formatted(text: str, path: Path, tool: str, lines: Lines | None = None) -> str:
    edits = await format_edits(text, Request(path, ("LambdaCase",), lines), str(user_tool(tool)))
    return applied(text, tuple(edits))


@pytest.mark.parametrize("tool", NAMES)
async def test_a_text_is_formatted_and_then_stays(tool: str, tmp_path: Path) -> None:
    once = await formatted(UGLY, tmp_path / "A.hs", tool)
    assert once != UGLY
    assert once.index("import") < once.index("größe")
    assert await format_edits(once, Request(tmp_path / "A.hs", ("LambdaCase",)), str(user_tool(tool))) == []
    ends = await formatted(UGLY.replace("\n", "\r\n"), tmp_path / "A.hs", tool)
    assert ends == once.replace("\n", "\r\n")


@pytest.mark.parametrize("tool", NAMES)
async def test_of_some_lines_only_their_declarations_change(tool: str, tmp_path: Path) -> None:
    """stylish-haskell can only format all of a text; it changes the imports, and no declarations like these."""
    whole = await formatted(UGLY, tmp_path / "A.hs", tool)
    changed = await formatted(UGLY, tmp_path / "A.hs", tool, Lines(10, 10))
    if tool == "stylish-haskell":
        assert changed == UGLY
        assert await formatted(UGLY, tmp_path / "A.hs", tool, Lines(2, 3)) == whole
    else:
        assert changed == UGLY.replace("größe   =   1", "größe = 1")
    assert await formatted(UGLY, tmp_path / "A.hs", tool, Lines(1, 10)) == whole


@pytest.mark.parametrize("tool", NAMES)
async def test_broken_code_is_left_alone_and_the_reason_said(tool: str, tmp_path: Path) -> None:
    with pytest.raises(ThatchError, match=rf"{tool} cannot format A\.hs\.\n(?s:.*)[pP]arse"):
        await formatted("module A where\nf = (\n", tmp_path / "A.hs", tool)


async def test_literate_haskell_is_only_for_those_that_know_it(tmp_path: Path) -> None:
    with pytest.raises(ThatchError, match="does not format literate"):
        await formatted("> module A where\n", tmp_path / "A.lhs", "ormolu")


async def test_the_configuration_of_the_project_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", f"{user_tool('fourmolu').parent}:{user_tool('stylish-haskell').parent}")
    (tmp_path / "fourmolu.yaml").write_text("indentation: 7\n")
    (tmp_path / "src").mkdir()
    path = tmp_path / "src" / "New" / "A.hs"
    edits = await format_edits(UGLY, Request(path, ("LambdaCase",)), "")
    assert "\n       1 -> 2\n" in applied(UGLY, tuple(edits))
    (tmp_path / "src" / ".stylish-haskell.yaml").write_text("steps: [trailing_whitespace: {}]\n")
    text = "module A where   \nf   = 1\n"
    edits = await format_edits(text, Request(path), "")
    assert applied(text, tuple(edits)) == "module A where\nf   = 1\n"


async def test_a_formatter_that_is_missing_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    (tmp_path / ".ormolu").write_text("")
    with pytest.raises(ThatchError, match=r"ormolu is not to be found, and there is .*\.ormolu"):
        await format_edits(UGLY, Request(tmp_path / "A.hs"), "")
    with pytest.raises(ThatchError, match=r"setting thatch\.formatter names it"):
        await format_edits(UGLY, Request(tmp_path / "A.hs"), "/nowhere/ormolu")


async def test_one_that_takes_too_long_or_says_nothing_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = write_program(tmp_path / "ormolu", "import sys\nsys.stdin.read()\n")
    with pytest.raises(ThatchError, match="cannot format"):
        await format_edits(UGLY, Request(tmp_path / "A.hs"), str(program))
    program = write_program(tmp_path / "ormolu", "import signal\nsignal.pause()\n")
    monkeypatch.setattr(formatting, "FORMAT_SECONDS", 0.2)
    with pytest.raises(ThatchError, match=r"did not answer within 0\.2 s"):
        await format_edits(UGLY, Request(tmp_path / "A.hs"), str(program))


CABAL_FMT = """
    import sys

    text = sys.stdin.read()
    if "{" in text:
        sys.exit("<stdin>:1:1: error: parse error")
    sys.stdout.write("".join(line.replace(":   ", ": ") for line in text.splitlines(keepends=True)))
"""
DESCRIPTION = "name:   box\n\nlibrary\n  build-depends:   base\n\nexecutable box\n  main-is:   Main.hs\n"


@pytest.fixture(params=["cabal-fmt", "cabal-gild"])
def stand_in(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A program in the place of cabal-fmt and cabal-gild, which Debian does not have: it only takes blanks away."""
    return str(write_program(tmp_path / "bin" / request.param, CABAL_FMT))


async def test_cabal_files_are_formatted_in_whole_and_in_parts(stand_in: str, tmp_path: Path) -> None:
    path = tmp_path / "box.cabal"
    edits = await format_edits(DESCRIPTION, Request(path), stand_in)
    assert applied(DESCRIPTION, tuple(edits)) == DESCRIPTION.replace("   ", " ")
    assert len(edits) == 3
    part = await format_edits(DESCRIPTION, Request(path, lines=Lines(4, 4)), stand_in)
    assert applied(DESCRIPTION, tuple(part)) == DESCRIPTION.replace("depends:   base", "depends: base")


async def test_a_broken_cabal_file_is_left_alone_and_the_reason_said(stand_in: str, tmp_path: Path) -> None:
    with pytest.raises(ThatchError, match=r"cannot format box\.cabal\.\n<stdin>:1:1: error: parse error"):
        await format_edits("library {\n", Request(tmp_path / "box.cabal"), stand_in)
