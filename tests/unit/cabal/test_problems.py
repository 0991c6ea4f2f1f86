"""What is wrong with the modules that `.cabal` files list."""

from pathlib import Path

from hypothesis import given

from tests.unit.cabal.test_outline import TEXTS
from thatch.core.cabal.outline import Section, parse
from thatch.core.cabal.problems import problems

PATH = Path("/p/box.cabal")
FILE = """\
name: box
common shared
  autogen-modules: Made.Shared
library
  import: shared
  exposed-modules: Box, Gone, Box
  other-modules:
    Paths_box, Made, Made.Shared
    Gone.Öl
  autogen-modules: Made
  if os(windows)
    other-modules: Windows
  else
    other-modules: Windows
  if flag(x)
    other-modules: Box
executable box
  other-modules: Box
flag Gone
  other-modules: Nothing
"""


def has_file(component: Section, module: str) -> bool:
    return component.name == "library" and module in {"Box", "Windows"}


def said(text: str) -> list[str]:
    return [
        f"{one.span.start_line}:{one.span.start_column} {one.severity.name.lower()} {one.code} {one.message.split()[2]}"
        for one in problems(PATH, parse(text), has_file)
        if one.span
    ]


def test_modules_without_files_and_those_listed_twice() -> None:
    assert said(FILE) == [
        "6:25 error module-without-file Gone",
        "6:31 warning module-listed-twice Box",
        "9:5 error module-without-file Gone.Öl",
        "16:20 warning module-listed-twice Box",
        "18:18 error module-without-file Box",
    ]
    twice = problems(PATH, parse(FILE), has_file)[1]
    assert [(one.location.span.start_line, one.location.span.start_column) for one in twice.related] == [(6, 20)]


def test_another_build_type_may_make_modules_in_any_way() -> None:
    assert said("build-type: Custom\nlibrary\n  exposed-modules: Gone, Gone\n") == [
        "3:26 warning module-listed-twice Gone"
    ]
    assert len(said("build-type: Simple\nlibrary\n  exposed-modules: Gone\n")) == 1


@given(TEXTS)
def test_any_text_can_be_looked_at(text: str) -> None:
    for one in problems(PATH, parse(f"library\n  exposed-modules: {text}"), has_file):
        assert one.span
        assert one.span.start_line >= 2
