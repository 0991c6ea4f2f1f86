"""Understanding cabal's complaints: texts as cabal-install 3.10 prints them, and the forms of 3.12."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thatch.core.diagnostics import Span
from thatch.core.project import cabal_messages as messages
from thatch.core.project.cabal_messages import Complaint, complaints

ROOT = Path("/w")
DESCRIPTION = "name: text\nlibrary\n  build-depends: base,\n    -- text\n    text-short, text >= 99\n"
FILES = {ROOT / "cabal.project": "packages: .\n", ROOT / "p/p.cabal": DESCRIPTION}

UNKNOWN = """
Error: cabal: Could not resolve dependencies:
[__0] trying: p-0 (user goal)
[__1] unknown package: text (dependency of p)
[__1] fail (backjumping, conflict set: p, text)
"""
REJECTED = """
Error: [Cabal-7107]
Could not resolve dependencies:
[__0] trying: p-0 (user goal)
[__1] next goal: text (dependency of p)
[__1] rejecting: text-2.0.2/installed-2.0.2 (conflict: p => text>=99)
"""
TEST_SUITE = """
Error: cabal: Could not resolve dependencies:
[__1] trying: p:*test
[__2] unknown package: text (dependency of p *test)
"""
TOOL = """
Error: cabal: Could not resolve dependencies:
[__1] unknown package: p:happy:exe.happy (dependency of p)
"""
MALFORMED = """
Errors encountered when parsing cabal file ./p/p.cabal:

p.cabal:8:1: error:
"the input" (line 8, column 1):
unexpected operator "$%"
expecting field or section name

    7 |  bad indentation
    8 |   $%
      | ^
"""
PROJECT = """
Error: cabal: Error parsing project file /w/cabal.project:3:
"<eitherParsec>" (line 1, column 7):
unexpected end of input
expecting white space
"""


@pytest.mark.parametrize(
    ("said", "path", "line", "message"),
    [
        (UNKNOWN, "p/p.cabal", 5, "p needs text, which is neither installed nor known to cabal."),
        (REJECTED, "p/p.cabal", 5, "p needs text >=99, and no version that is installed or known fits."),
        (TEST_SUITE, "p/p.cabal", 5, "The test suites of p need text, which is neither installed nor known to cabal."),
        (TOOL, None, 1, "p needs happy, which is neither installed nor known to cabal."),
        (
            MALFORMED,
            "p/p.cabal",
            8,
            'cabal cannot read p.cabal: unexpected operator "$%" expecting field or section name.',
        ),
        (
            PROJECT,
            "cabal.project",
            3,
            "cabal cannot read cabal.project: unexpected end of input expecting white space.",
        ),
        ("Error: cabal: something else\n", "cabal.project", 1, "cabal could not describe the project."),
    ],
)
def test_errors_and_their_places(said: str, path: str | None, line: int, message: str) -> None:
    error = messages.cradle_error(said, ROOT, FILES)

    assert (error.path, error.line, error.message) == (ROOT / path if path else None, line, message)
    assert error.detail == said


def test_the_place_of_a_package_is_a_whole_word_outside_comments() -> None:
    assert messages.line_naming(DESCRIPTION, "text") == Span(5, 17, 5, 21)
    assert messages.line_naming(DESCRIPTION, "bytestring") is None


def test_targets_that_there_are_none_of() -> None:
    said = "Error: cabal: Cannot build all the test suites in the project because none of the components are ..."

    assert messages.unavailable_targets(said) == {"all:tests"}


def test_modules_without_a_file_are_looked_for_in_our_folder() -> None:
    said = (
        "Error: cabal: can't find source for B/C in src, /build/p/autogen, /build/p/global\n"
        "Error: cabal: can't find source for Main in app\n"
        "Error: cabal: can't find source for ../D in src, /build/p/autogen\n"
    )

    assert list(messages.missing_sources(said, Path("/build"))) == [("B/C", Path("/build/p/autogen"))]


def test_why_a_component_is_left_out() -> None:
    said = "Error: cabal: can't find source for Nope in src\n\nError: cabal: Failed to build exe:e from p.\n"

    assert messages.not_prepared("p:exe:e", said) == "p:exe:e is left out: can't find source for Nope in src."
    assert "cabal could not get it ready" in messages.not_prepared("p:exe:e", "")
    assert "compiles none" in messages.not_prepared("p:lib", messages.NOT_COMPILED)


def test_our_own_configuration_provokes_no_warning() -> None:
    noise = "Warning: No remote package servers have been specified. Usually you would have one.\n"

    assert messages.without_noise(f"a\n{noise}b\n") == "a\nb\n"


CHECKED = """\
Warning: foo.cabal:9:40:
unexpected end of input
Warning: foo.cabal:6:3: Undefined common stanza imported: nope
Errors encountered when parsing cabal file ./foo.cabal:

foo.cabal:9:40: error:
unexpected end of input
expecting white space

    8 |   buld-depends: base
    9 |   build-depends: öbase >=4 && <5, bar >
      |                                        ^

foo.cabal:8:3: warning:
Unknown field: "buld-depends"

    7 |   exposed-modules: Foo
    8 |   buld-depends: base
      |   ^

foo.cabal:0:0: error:
"the input" (line 8, column 7):
"version" field missing

Error: [Cabal-7035]
parse error
"""


def test_what_cabal_says_when_it_reads_a_file() -> None:
    assert complaints(CHECKED) == [
        Complaint(9, 40, is_error=True, text="unexpected end of input\nexpecting white space"),
        Complaint(8, 3, is_error=False, text='Unknown field: "buld-depends"'),
        Complaint(0, 0, is_error=True, text='"version" field missing'),
    ]
    warned = 'Warning: foo.cabal:8:3: Unknown field: "x"\nThe package will not build sanely due to these errors:\n'
    assert complaints(warned) == [Complaint(8, 3, is_error=False, text='Unknown field: "x"')]
    assert complaints("No errors or warnings could be found in the package.") == []


@given(st.text(alphabet='foo.cabal:019 -"\nWarningeror|'))
def test_whatever_cabal_says_is_data(said: str) -> None:
    assert all(one.line >= 0 for one in complaints(said))
