"""What is offered about messages by changing `.cabal` files; GHC's words are those of 9.6 and 9.10."""

import re
from pathlib import Path

import pytest

from thatch.core.cabal.fixes import (
    add_modules,
    add_packages,
    fixes,
    hidden_packages,
    missing_modules,
    providers,
    remove_packages,
    unseen_module,
    unused_packages,
)
from thatch.core.cabal.outline import parse
from thatch.core.cabal.problems import NO_FILE, TWICE
from thatch.core.diagnostics import Diagnostic, Severity, Span
from thatch.core.fixes.model import applied
from thatch.core.project.model import Module, Role, Unit
from thatch.core.text import LineIndex

PATH = Path("/p/box.cabal")
FILE = """\
cabal-version: 2.4
name: box
licence: MIT
license: BSD3
common shared
library
  import: shard
  exposed-modules: Box, Gone
  buld-depends: base
  build-depends: base
"""


def message(text: str, line: int = 1, column: int = 1, **rest: str) -> Diagnostic:
    """A message, in which GHC would write its quotation marks."""
    text = re.sub("`([^`]*)`", "\u2018\\1\u2019", text)
    span = Span(line, column, line, column)
    return Diagnostic(path=PATH, span=span, severity=Severity.ERROR, message=text, **rest)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Could not load module `Data.Map`\nIt is a member of the hidden package `containers-0.6.7`.",
            [("containers", "0.6.7")],
        ),
        (
            " ".join(f"It is a member of the hidden package `{name}`." for name in ("base-orphans-0.9", "mtl-2.3-ab")),
            [("base-orphans", "0.9"), ("mtl", "2.3")],
        ),
        ("Could not find module `Box.Nowhere`", []),
    ],
)
def test_hidden_packages(text: str, expected: list[tuple[str, str]]) -> None:
    assert hidden_packages(message(text)) == expected


def test_dependencies_are_added_with_and_without_a_range() -> None:
    one = message("It is a member of the hidden package `containers-0.6.7`.")
    outline = parse(FILE)
    found = list(add_packages(outline, outline.sections[1], hidden_packages(one), one))
    assert [fix.title for fix in found] == [
        "Add containers to build-depends of the library",
        "Add containers ^>=0.6.7 to build-depends of the library",
    ]
    assert applied(FILE, found[1].edits).endswith("  build-depends: base, containers ^>=0.6.7\n")
    older = parse(FILE.replace("2.4", "1.10"))
    assert len(list(add_packages(older, older.sections[1], hidden_packages(one), one))) == 1, (
        "That format has no such range."
    )
    assert not list(add_packages(outline, outline.sections[1], [("base", "4.18"), ("lid:more", "")], one))


def test_libraries_of_the_project_are_added_for_modules_that_are_not_found() -> None:
    def unit(component: str, *modules: str, role: Role = Role.EXPOSED) -> Unit:
        found = tuple(Module(name, PATH, role) for name in modules)
        return Unit(id=component, component=component, directory=PATH, flags=(), source_dirs=(), modules=found)

    assert unseen_module(message("Could not find module `Box.Lid`.\nIt is not a module.")) == "Box.Lid"
    assert unseen_module(message("Could not load module `Box.Lid`")) == "Box.Lid"
    assert unseen_module(message("Module `Box` does not export `lid`")) is None
    user = unit("box:exe:box", "Main", "Lid")
    units = [
        *(user, unit("box:lib", "Box", "Lid"), unit("box:lib:inner", "Lid"), unit("lid:lib", "Lid")),
        *(unit("lid:lib:more", "Lid"), unit("own:lib", "Lid", role=Role.OTHER), unit("a folder", "Lid")),
    ]
    assert providers(units, user, "Lid") == ["box", "inner", "lid", "lid:more"]
    assert providers(units, units[1], "Box") == []


def test_missing_modules_are_added_together() -> None:
    text = (
        "These modules are needed for compilation but not listed in your .cabal file's other-modules for "
        "`box-1.0-inplace` :\n    Box.Lid Box.Öl"
    )
    one = message(text, flag="-Wmissing-home-modules")
    assert missing_modules(one) == ["Box.Lid", "Box.Öl"]
    assert missing_modules(message(text)) == []
    outline = parse(FILE)
    other, exposed = add_modules(outline, outline.sections[1], missing_modules(one), (one,))
    assert other.title == "Add Box.Lid, Box.Öl to other-modules of the library"
    assert "  other-modules: Box.Lid, Box.Öl\n" in applied(FILE, other.edits)
    assert "exposed-modules: Box, Box.Lid, Box.Öl, Gone\n" in applied(FILE, exposed.edits)
    program = parse("executable x\n  main-is: Main.hs\n")
    (only,) = add_modules(program, program.sections[0], ["A", "B", "C", "D"])
    assert only.title == "Add A and 3 more to other-modules of executable x"


def test_packages_that_are_not_needed_are_taken_out() -> None:
    text = (
        "The following packages were specified via -package or -package-id flags,\n"
        "but were not needed for compilation:\n"
        "  - containers-0.7 (exposed by flag -package-id containers-0.7-inplace)\n"
        "  - base-orphans-0.9.2-4f (exposed by flag -package-id base-orphans-0.9.2-4f)\n"
        "  - mtl-2.3.1 (exposed by flag -package-id mtl-2.3.1)"
    )
    one = message(text, flag="-Wunused-packages")
    assert unused_packages(one) == ["containers", "base-orphans", "mtl"]
    outline = parse("library\n  build-depends:\n    base,\n    base-orphans >=0.9,\n    containers\n")
    found = {fix.title: applied(outline.text, fix.edits) for fix in remove_packages(outline, outline.sections[0], one)}
    assert found == {
        "Remove containers from build-depends of the library": (
            "library\n  build-depends:\n    base,\n    base-orphans >=0.9\n"
        ),
        "Remove base-orphans from build-depends of the library": (
            "library\n  build-depends:\n    base,\n    containers\n"
        ),
        "Remove containers, base-orphans from build-depends of the library": "library\n  build-depends:\n    base\n",
    }
    assert not list(remove_packages(outline, outline.sections[0], message(text)))


@pytest.mark.parametrize(
    ("one", "title", "line"),
    [
        (message('Unknown field: "licence"', 3), "Replace by license", "license: MIT"),
        (message('Unknown field: "buld-depends"', 9, 3), "Replace by build-depends", "  build-depends: base"),
        (message("Undefined common stanza imported: shard", 7, 3), "Replace by shared", "  import: shared"),
        (
            message("unexpected Unknown SPDX license identifier: 'BSD3' Do you mean BSD-3-Clause?", 4, 14),
            "Replace by BSD-3-Clause",
            "license: BSD-3-Clause",
        ),
        (message("No file.", 8, 25, code=NO_FILE), "Remove it from exposed-modules", "  exposed-modules: Box"),
        (message("Twice.", 8, 20, code=TWICE), "Remove it from exposed-modules", "  exposed-modules: Gone"),
    ],
)
def test_what_cabal_says_is_mended(one: Diagnostic, title: str, line: str) -> None:
    found = list(fixes(parse(FILE), LineIndex(FILE), one))
    assert [fix.title for fix in found][:1] == [title]
    assert one.span
    assert applied(FILE, found[0].edits).split("\n")[one.span.start_line - 1] == line


@pytest.mark.parametrize(
    "one",
    [
        message('Unknown field: "nothing-like-it"', 3),
        message('Unknown field: "licence"', 4),
        message("Undefined common stanza imported: nothing", 7, 3),
        message("unexpected end of input", 10, 3),
        message("No file.", 1, 1, code=NO_FILE),
    ],
)
def test_what_is_not_known_is_left_alone(one: Diagnostic) -> None:
    assert list(fixes(parse(FILE), LineIndex(FILE), one)) == []
