"""The outline of `.cabal` files: whole ones in the ways in which people write them, and any text at all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thatch.core.cabal.outline import Element, Field, Section, parse

FILE = """\
cabal-version:      2.4
name:               box
-- a comment: not a field
synopsis:
  Boxes, and
  -- left out
  more boxes

Common Shared
    default-language: Haskell2010

library
    import: shared
    exposed-modules: Box, Box.Öl
                     "Box.Lid"
      , Box.Side
    if flag(big) && os(linux)
       build-depends:
           , base >=4.9 && <5
           , text (>=2), box:{a, b} ^>=1
    else
      buildable: False
    hs-source-dirs:
  -- indented less, and no end of anything
      src

executable  box
  main-is: Main.hs
"""


def tree(text: str) -> list[object]:
    """The names of all elements, those of sections with what is in them, and the words of fields."""
    outline = parse(text)

    def shown(one: Element) -> object:
        if isinstance(one, Field):
            return one.name, " ".join(word.text for word in outline.words(one))
        return f"{one.name} {one.argument}".strip(), [shown(child) for child in one.children]

    return [shown(one) for one in outline.elements]


def test_a_file() -> None:
    assert tree(FILE) == [
        ("cabal-version", "2.4"),
        ("name", "box"),
        ("synopsis", "Boxes and more boxes"),
        ("common Shared", [("default-language", "Haskell2010")]),
        (
            "library",
            [
                ("import", "shared"),
                ("exposed-modules", "Box Box.Öl Box.Lid Box.Side"),
                ("if flag(big) && os(linux)", [("build-depends", "base >=4.9 && <5 text (>=2) box:{a b} ^>=1")]),
                ("else", [("buildable", "False")]),
                ("hs-source-dirs", "src"),
            ],
        ),
        ("executable box", [("main-is", "Main.hs")]),
    ]


def test_entries_stand_between_commas() -> None:
    outline = parse(FILE)
    (depends,) = outline.sections[1].fields("build-depends")
    assert [one.text for one in outline.entries(depends)] == ["base >=4.9 && <5", "text (>=2)", "box:{a, b} ^>=1"]
    assert [FILE[one.start : one.end] for one in outline.entries(depends)][:2] == ["base >=4.9 && <5", "text (>=2)"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("library {\n a: b\n}\nname: x\n", [("library", [("a", "b")]), ("name", "x")]),
        ("library\n{\na: b\n }", [("library", [("a", "b")])]),
        ("a: b\n{c", [("a", "b"), ("{c", [])]),
        ("if a { b: c\n d: e\n} else {\n}\nf: g", [("if a", [("b", "c"), ("d", "e")]), ("else", []), ("f", "g")]),
        ("a: {b\nc} d\ne: f", [("a", "b c"), ("e", "f")]),
        ("a: {b\nc: d", [("a", "{b"), ("c", "d")]),
        ("library {}\nname: x", [("library", []), ("name", "x")]),
        ("}\nname: x", [("}", []), ("name", "x")]),
        ("library {\n if a {\n b: c\n }\n d: e", [("library", [("if a", [("b", "c")]), ("d", "e")])]),
        ("name: x\r\nlibrary\r\n  a: b\r\n", [("name", "x"), ("library", [("a", "b")])]),
        ("\ufeffname: x", [("name", "x")]),
        ("Name\t:x", [("name", "x")]),
        ("library\n  build-dep\n  a: b", [("library", [("build-dep", []), ("a", "b")])]),
        (", base\n", [(", base", [])]),
    ],
)
def test_other_ways_to_write_it(text: str, expected: list[object]) -> None:
    assert tree(text) == expected


MARKED = """\
name: |box
|
library
  exposed-modules: A|
    B|,
    |
  |
|
  if os(linux)
    build-depends: base
      |
    |
    bui|
|
executable x
 |
flag f {
|
}
|
"""


def test_what_is_around_a_place_goes_by_indentation() -> None:
    places, text = [], ""
    for part in MARKED.split("|"):
        text += part
        places.append(len(text))
    outline = parse(text)
    found = []
    for place in places[:-1]:
        around = outline.around(place)
        names = [one.name for one in around.sections]
        found.append(" ".join([*names, f"{around.field.name}:" if around.field else ""]))
    assert found == [
        "name:",
        "",
        "library exposed-modules:",
        "library exposed-modules:",
        "library exposed-modules:",
        "library ",
        "",
        "library if build-depends:",
        "library if ",
        "library if bui ",
        "",
        "executable ",
        "flag ",
        "",
    ]


TEXTS = st.lists(
    st.sampled_from(
        ["library", "name", "if a", "x-y", ":", ": ", "{", "}", "--", '"', ",", "ö🦆", " ", "\n", "\r\n", "\ufeff"]
    ),
    max_size=40,
).map("".join) | st.text()  # fmt: skip


@given(TEXTS, st.integers(0, 100))
def test_any_text_has_an_outline_whose_places_are_true(text: str, place: int) -> None:
    outline = parse(text)
    last = 0
    for one, above in outline.walk():
        assert last <= one.start <= one.name_end <= one.end <= len(text)
        last = one.start
        assert text[one.start : one.name_end].lower() == one.name
        assert all(section.start <= one.start and one.end <= section.end for section in above)
        if isinstance(one, Field):
            assert text[one.name_end : one.value_start].strip(" \t") == ":"
            assert all(one.value_start <= start < end <= one.end for start, end in one.pieces)
            assert all("\n" not in text[start:end] for start, end in one.pieces)
            for word in (*outline.words(one), *outline.entries(one)):
                assert one.value_start <= word.start < word.end <= one.end
            assert all(word.text in text[word.start : word.end] for word in outline.words(one))
    around = outline.around(min(place, len(text)))
    assert all(isinstance(section, Section) for section in around.sections)


@given(TEXTS)
def test_no_word_of_the_text_is_lost(text: str) -> None:
    """Each visible character of a line that is no comment lies in some element's name, argument or value."""
    outline = parse(text)
    covered: set[int] = set()
    for one, _ in outline.walk():
        covered |= set(range(one.start, one.value_start if isinstance(one, Field) else one.argument_region[1]))
        covered |= {at for piece in getattr(one, "pieces", ()) for at in range(*piece)}
    start = 0
    for line in text.split("\n"):
        if not line.strip(" \t\r\f\v\ufeff\u00a0").startswith("--"):
            lost = [at for at in range(start, start + len(line)) if at not in covered and not text[at].isspace()]
            assert all(text[at] in "{}\ufeff" or "}" in line for at in lost)
        start += len(line) + 1
