"""Entries that are put into the lists of `.cabal` files and taken out again, in the ways in which people write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.cabal.test_outline import TEXTS
from thatch.core.cabal.edits import add_entry, remove_entry, section_of, title_of
from thatch.core.cabal.outline import parse
from thatch.core.fixes.model import applied

HEAD = "cabal-version: 2.4\nname: box\nversion: 1\n"

DEPENDENCIES = {
    "one line": ("  build-depends: base\n", "  build-depends: base, mtl\n"),
    "one line, in order": ("  build-depends: base, text\n", "  build-depends: base, mtl, text\n"),
    "one line, in no order": (
        "  build-depends: text, base >=4 && <5\n",
        "  build-depends: text, base >=4 && <5, mtl\n",
    ),
    "a line of its own": ("  build-depends:\n    base\n", "  build-depends:\n    base,\n    mtl\n"),
    "commas behind": ("  build-depends:\n    base,\n    text\n", "  build-depends:\n    base,\n    mtl,\n    text\n"),
    "commas behind, the last": (
        "  build-depends:\n    base,\n    bytestring\n",
        "  build-depends:\n    base,\n    bytestring,\n    mtl\n",
    ),
    "commas behind all": (
        "  build-depends:\n    base,\n    bytestring,\n",
        "  build-depends:\n    base,\n    bytestring,\n    mtl,\n",
    ),
    "beneath the first": (
        "  build-depends: base,\n                 bytestring\n",
        "  build-depends: base,\n                 bytestring,\n                 mtl\n",
    ),
    "commas in front": (
        "  build-depends:\n    , base  >=4\n    , text  >=2\n",
        "  build-depends:\n    , base  >=4\n    , mtl\n    , text  >=2\n",
    ),
    "commas in front, the first": (
        "  build-depends:\n    , process\n    , text\n",
        "  build-depends:\n    , mtl\n    , process\n    , text\n",
    ),
    "commas in front but for the first": (
        "  build-depends:\n      base\n    , bytestring\n",
        "  build-depends:\n      base\n    , bytestring\n    , mtl\n",
    ),
    "the first with its field": (
        "  build-depends: process\n               , text\n",
        "  build-depends: process\n               , mtl\n               , text\n",
    ),
    "several on lines": (
        "  build-depends: base, bytestring,\n    text, array\n",
        "  build-depends: base, bytestring,\n    text, array, mtl\n",
    ),
    "comments": (
        "  build-depends:\n    base,\n    -- more\n    bytestring\n",
        "  build-depends:\n    base,\n    -- more\n    bytestring,\n    mtl\n",
    ),
    "two fields": (
        "  build-depends: base\n  build-depends: text\n",
        "  build-depends: base\n  build-depends: text, mtl\n",
    ),
    "empty": ("  build-depends:\n", "  build-depends: mtl\n"),
    "none": ("  default-language: Haskell2010\n", "  default-language: Haskell2010\n  build-depends: mtl\n"),
    "none, and conditionals": (
        "    buildable: True\n    if os(linux)\n        build-depends: base\n",
        "    buildable: True\n    build-depends: mtl\n    if os(linux)\n        build-depends: base\n",
    ),
    "nothing": ("", "  build-depends: mtl\n"),
    "braces": ("  build-depends: { base }\n", "  build-depends: { base, mtl }\n"),
}
MODULES = {
    "blanks": ("  other-modules: Box Lid\n", "  other-modules: Box Lid Mid\n"),
    "blanks, in order": ("  other-modules: Box Öl\n", "  other-modules: Box Mid Öl\n"),
    "lines": ("  other-modules:\n    Box\n    Öl\n", "  other-modules:\n    Box\n    Mid\n    Öl\n"),
    "lines, the last": ("  other-modules:\n    Box\n    Lid\n", "  other-modules:\n    Box\n    Lid\n    Mid\n"),
    "beneath the first": (
        "  other-modules:   Box\n                   Lid\n",
        "  other-modules:   Box\n                   Lid\n                   Mid\n",
    ),
    "commas": ("  other-modules: Box, Öl\n", "  other-modules: Box, Mid, Öl\n"),
    "commas in front": (
        "  other-modules: Box\n               , Lid\n",
        "  other-modules: Box\n               , Lid\n               , Mid\n",
    ),
    "one": ("  other-modules: Box\n", "  other-modules: Box, Mid\n"),
    "one on its line": ("  other-modules:\n    Box\n", "  other-modules:\n    Box,\n    Mid\n"),
    "none": ("  exposed-modules: Box\n", "  exposed-modules: Box\n  other-modules: Mid\n"),
}
CASES = [
    pytest.param(f"{HEAD}library\n{old}", f"{HEAD}library\n{new}", field, entry, id=f"{field}: {name}")
    for field, entry, table in (("build-depends", "mtl", DEPENDENCIES), ("other-modules", "Mid", MODULES))
    for name, (old, new) in table.items()
]


def added(text: str, field: str, entry: str) -> str | None:
    outline = parse(text)
    edit = add_entry(outline, outline.sections[0], field, entry)
    return applied(text, (edit,)) if edit else None


@pytest.mark.parametrize(("old", "new", "field", "entry"), CASES)
def test_an_entry_is_written_as_the_others_are(old: str, new: str, field: str, entry: str) -> None:
    assert added(old, field, entry) == new
    assert added(old.replace("\n", "\r\n"), field, entry) == new.replace("\n", "\r\n")
    assert added(new, field, entry) is None, "It is there already."
    assert added(new, field, f"{entry} ^>=1") is None


@pytest.mark.parametrize(("old", "new", "field", "entry"), CASES)
def test_what_was_added_can_be_taken_out(old: str, new: str, field: str, entry: str) -> None:
    outline = parse(new)
    edit = remove_entry(outline, new.rindex(entry))
    assert edit
    without = parse(applied(new, (edit,)))
    left = [word.text for each in without.sections[0].fields(field) for word in without.words(each)]
    expected = [word.text for each in parse(old).sections[0].fields(field) for word in parse(old).words(each)]
    assert left == expected


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("library\n  other-modules: A, B|, C\n", "library\n  other-modules: A, C\n"),
        ("library\n  other-modules: A|, B\n", "library\n  other-modules: B\n"),
        ("library\n  other-modules:\n    , A|\n    , B\n", "library\n  other-modules:\n    , B\n"),
        ("library\n  other-modules:\n    A|\n    B\n", "library\n  other-modules:\n    B\n"),
        ("library\n  other-modules: A|\n  build-depends: base\n", "library\n  build-depends: base\n"),
        ("library\n  build-depends: base >=4, te|xt >=2 && <3\n", "library\n  build-depends: base >=4\n"),
        ("library\n  other-modules:\n    A\n    -- about B\n    B|\n", None),
        ("library\n  other-modules: |  A\n", None),
        ("library|\n", None),
    ],
)
def test_entries_are_taken_out(text: str, left: str | None) -> None:
    place = text.index("|")
    text = text.replace("|", "")
    edit = remove_entry(parse(text), place)
    assert (edit and applied(text, (edit,))) == left


def test_what_cannot_be_written_is_not_offered() -> None:
    assert added("library { }\n", "build-depends", "mtl") is None


def test_sections_of_components() -> None:
    outline = parse("library\nlibrary inner\nexecutable box\ntest-suite t\nbenchmark b\nforeign-library f\nflag box\n")
    components = ("p:lib", "p:lib:inner", "p:exe:box", "p:test:t", "p:bench:b", "p:flib:f")
    found = [section_of(outline, each) for each in components]
    assert [title_of(each) for each in found if each] == [
        *("the library", "library inner", "executable box", "test-suite t", "benchmark b", "foreign-library f")
    ]
    assert section_of(outline, "p:exe:other") is None
    assert section_of(outline, "a folder") is None


@given(TEXTS, st.sampled_from(["build-depends", "other-modules"]))
def test_whatever_is_added_anywhere_is_there(text: str, field: str) -> None:
    text = f"library\n{text}"
    outline = parse(text)
    for section in outline.sections:
        edit = add_entry(outline, section, field, "Mid")
        if edit and "{" not in text:
            after = parse(applied(text, (edit,)))
            own = next(each for each in after.sections if each.start == section.start)
            assert "Mid" in [word.text for each in own.fields(field) for word in after.words(each)]
