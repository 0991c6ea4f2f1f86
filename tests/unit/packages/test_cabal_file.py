"""What a `.cabal` file says of its sources, in the ways in which people write it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thatch.core.packages.cabal_file import CabalFile, parse_cabal_file

FILE = """\
cabal-version: 2.2
name:          box
Version :      1.2.3

-- hs-source-dirs: commented
common shared
  hs-source-dirs: shared

library
  import:          shared
  exposed-modules: Box
  hs-source-dirs:  src, generated
    more
  if os(linux)
    hs-source-dirs: linux

test-suite tests
  type:            exitcode-stdio-1.0
  hs-source-dirs:  tests src

library internal
    HS-Source-Dirs:
        internal

"""


def test_libraries_come_first() -> None:
    assert parse_cabal_file(FILE) == CabalFile(
        "1.2.3", ("shared", "src", "generated", "more", "linux", "internal", "tests", ".")
    )


@pytest.mark.parametrize(
    ("text", "folders"),
    [
        ("library\n  exposed-modules: A\n", (".",)),
        ("library {\n  hs-source-dirs: src\n}\n", ("src", ".")),
        ("library\r\n  hs-source-dirs: src\r\n", ("src", ".")),
        ("library\n  hs-source-dir: src\n", ("src", ".")),
        ("name: x\nhs-source-dirs: src\n", ("src", ".")),
        ("", (".",)),
    ],
)
def test_other_ways_to_write_it(text: str, folders: tuple[str, ...]) -> None:
    assert parse_cabal_file(text).source_dirs == folders


@given(st.text(alphabet="hs-ourcedibxlya :\n\t,."))
def test_no_text_is_an_error(text: str) -> None:
    assert "." in parse_cabal_file(text).source_dirs
