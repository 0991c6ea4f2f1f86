"""What is offered in `.cabal` files, and what their words mean; the places are marked by `|`."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.cabal.test_outline import TEXTS
from thatch.core.cabal.completion import Known, Offer, PackageFact, complete
from thatch.core.cabal.hover import About, about
from thatch.core.cabal.outline import Section, parse
from thatch.core.cabal.words import COMPONENTS, FIELDS, SECTIONS

PACKAGES = {
    "base": PackageFact("4.18", "Basic libraries"),
    "base-orphans": PackageFact("0.9", ""),
    "text": PackageFact("2.0", "Unicode *text*"),
    "own": PackageFact(),
}
OPTIONS = ("-Wall", "-Wunused-imports", "-O2", "-XGHC2021", "-XHaskell2010", "-XLambdaCase", "-XNoLambdaCase")


def modules(component: Section) -> list[str]:
    return ["Box", "Box.Lid", "Box.Öl"] if component.name == "library" else ["Spec"]


KNOWN = Known(OPTIONS, PACKAGES, modules, lambda _: ["Main.hs", "Other.lhs"], lambda: ["src", "src/Box", "test"])

FILE = """\
cabal-version: 2.4
name: box
flag big
  default: False
common shared
  ghc-options: -Wall
common later
"""


def offers(text: str) -> list[Offer]:
    place = text.index("|")
    found = complete(parse(text.replace("|", "", 1)), place, KNOWN)
    if found is None:
        return []
    typed = text[found.start : place]
    assert all(letter.lower() in offer.label.lower() for offer in found.offers for letter in typed)
    return list(found.offers)


def labels(text: str) -> list[str]:
    return [offer.label for offer in offers(text)]


def test_names_are_those_of_the_section() -> None:
    top = labels(f"{FILE}|")
    assert {"license:", "library", "test-suite"} <= set(top)
    assert {"name:", "build-depends:", "if"}.isdisjoint(top), "It has a name, and depends on nothing by itself."
    inner = labels("library\n  |\n  build-depends: base\n")
    assert {"exposed-modules:", "hs-source-dirs:", "if"} <= set(inner)
    assert {"build-depends:", "main-is:", "library", "name:"}.isdisjoint(inner)
    assert "main-is:" in labels("executable x\n  if os(linux)\n    |")
    assert "visibility:" in labels("library inner\n  |")
    assert "visibility:" not in inner
    assert set(labels("flag f\n  |")) == {"description:", "default:", "manual:"}
    assert labels("unknown x\n  |") == ["if", "elif", "else"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("library\n  build-dep|", ["build-depends:", "build-tool-depends:"]),
        ("library\n  build-d|", ["build-depends:", "build-tool-depends:"]),
        ("library\n  build-to|-x: base", ["build-tools", "build-tool-depends"]),
        ("lib|", ["library", "foreign-library"]),
        ("library\n  build-depends: bas|", ["base", "base-orphans"]),
        ("library\n  build-depends: |", ["base", "base-orphans", "own", "text"]),
        ("library\n  build-depends: base >=4, te|", ["text"]),
        ("library\n  build-depends:\n    , base\n    , ow|\n", ["own"]),
        ("library\n  build-depends:\n    , base\n    -- and\n    , ow|\n", ["own"]),
        ("library\n  build-depends: base, bas|\n", ["base-orphans"]),
        ("library\n  build-depends: base |", ["^>=4.18", ">=4.18 && <4.19"]),
        ("library\n  build-depends: base, text ^|", ["^>=2.0"]),
        ("library\n  build-depends: own |", []),
        ("library\n  build-depends: base >=4 |", []),
        ("library\n  build-depends: base >=4.|", []),
        ("library\n  build-depends: base:{a, te|", []),
        ("custom-setup\n  setup-depends: ba|", ["base", "base-orphans"]),
        ("library\n  exposed-modules: Box, |", ["Box.Lid", "Box.Öl"]),
        ("library\n  exposed-modules: Box\n  other-modules: Box.|", ["Box.Öl", "Box.Lid"]),
        ("test-suite t\n  other-modules:\n    |", ["Spec"]),
        ("library\n  default-language: |", ["GHC2021", "Haskell2010"]),
        ("library\n  default-language: GHC2021 |", ["Haskell2010"]),
        ("library\n  default-extensions: La|", ["LambdaCase", "NoLambdaCase"]),
        ("library\n  ghc-options: -Wall -W|", ["-Wunused-imports"]),
        ("library\n  ghc-options: -|", ["-O2", "-Wall", "-Wunused-imports"]),
        ("license: BSD-|", ["BSD-3-Clause", "BSD-2-Clause", "BSD-4-Clause"]),
        ("build-type: Si|", ["Simple"]),
        ("build-type: Simple |", []),
        ("benchmark b\n  type: |", ["exitcode-stdio-1.0"]),
        ("source-repository head\n  type: gi|", ["git"]),
        (f"{FILE}library\n  import: |", ["shared", "later"]),
        (f"{FILE}library\n  import: shared, |", ["later"]),
        (f"{FILE}library\n  if flag(|)", ["big"]),
        ("library\n  if os(lin|", ["linux"]),
        ("library\n  if !imp|", ["impl"]),
        ("library\n  -- build-de|", []),
        ("executable x\n  main-is: |", ["Main.hs", "Other.lhs"]),
        ("executable x\n  main-is: Main.hs |", []),
        ("library\n  hs-source-dirs: src, t|", ["test"]),
        ("data-dir: src/|", ["src/Box"]),
        ("synopsis: na|", []),
        ("library na|", []),
    ],
)
def test_what_is_offered(text: str, expected: list[str]) -> None:
    assert labels(text) == expected


def test_offers_say_what_they_are() -> None:
    (base, *_) = offers("library\n  build-depends: bas|")
    assert (base.detail, base.documentation) == ("4.18", "Basic libraries")
    (own,) = offers("library\n  build-depends: ow|")
    assert own.detail == "in this project"
    (executable,) = [each for each in offers("exe|") if each.label == "executable"]
    assert executable.snippet.startswith("executable ${1:name}\n  main-is: ")
    (depends,) = [each for each in offers("library\n  bd|") if each.label == "build-depends:"]
    assert depends.documentation.startswith("The packages that")


@given(TEXTS, st.integers(0, 200))
def test_any_place_in_any_text_can_be_asked_about(text: str, place: int) -> None:
    place = min(place, len(text))
    found = complete(parse(text), place, KNOWN)
    assert found is None or 0 <= found.start <= place
    told = about(parse(text), place, PACKAGES)
    assert told is None or told.region[0] <= place <= told.region[1]


def test_every_section_has_fields_and_a_meaning() -> None:
    assert set(FIELDS) - {""} == set(SECTIONS)
    assert set(SECTIONS) >= COMPONENTS
    assert all(word.meaning.endswith(".") for fields in FIELDS.values() for word in fields.values())


def hovered(text: str) -> About | None:
    place = text.index("|")
    found = about(parse(text.replace("|", "", 1)), place, PACKAGES)
    assert found is None or found.region[0] <= place <= found.region[1]
    return found


def test_hovers_say_what_words_mean() -> None:
    field = hovered("library\n  build-de|pends: base")
    assert field
    assert field.plain().startswith("build-depends\n\nThe packages that")
    package = hovered("library\n  build-depends: base, te|xt >=2\n")
    assert package
    assert package.markdown() == "`text` 2.0\n\nUnicode \\*text\\*"
    assert package.plain() == "text 2.0\n\nUnicode *text*"
    assert (own := hovered("library\n  build-depends: o|wn")) and own.plain() == "own\n\nA package of this project."
    assert (section := hovered("test-s|uite x")) and section.subject == "test-suite"
    assert (condition := hovered("library\n  i|f os(x)\n")) and condition.subject == "if"
    assert (kind := hovered("test-suite x\n  ty|pe: y")) and kind.text.startswith("How tests")
    for text in ("library\n  build-depends: base >=|4", "na|mes: x", "library\n |", "library x|", "build-depends: no|"):
        assert hovered(text) is None, text
