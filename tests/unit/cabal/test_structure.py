"""What editors show of the structure of `.cabal` files."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from tests.unit.cabal.test_outline import FILE, TEXTS
from thatch.core.cabal.outline import parse
from thatch.core.cabal.structure import folds, selections, symbols
from thatch.core.structure.symbols import Symbol

LIBRARY = (
    "field import = shared",
    'field exposed-modules = Box, Box.Öl "Box.Lid" , Box.Side',
    "value if flag(big) && os(linux) [field build-depends = , base >=4.9 && <5 , text (>=2), box:{a, b} ^>=1]",
    "value else [field buildable = False]",
    "field hs-source-dirs = src",
)


def test_symbols_are_sections_and_fields() -> None:
    def shown(one: Symbol) -> str:
        assert FILE[one.name_start : one.name_end].lower() == one.name.partition(" ")[0]
        inner = ", ".join(map(shown, one.children))
        return f"{one.kind.name.lower()} {one.name}{f' = {one.detail}' * bool(one.detail)}{f' [{inner}]' * bool(inner)}"

    assert [shown(one) for one in symbols(parse(FILE))][2:] == [
        "field synopsis = Boxes, and more boxes",
        "module common Shared [field default-language = Haskell2010]",
        f"module library [{', '.join(LIBRARY)}]",
        "module executable box [field main-is = Main.hs]",
    ]
    assert symbols(parse("description: " + "word " * 100))[0].detail.endswith("word word…")


def test_folds_are_what_takes_several_lines() -> None:
    found = [(fold.start, fold.end) for fold in folds(parse(FILE), 100)]
    assert found == [(3, 6), (8, 9), (11, 24), (13, 15), (16, 19), (17, 19), (20, 21), (22, 24), (26, 27)]
    assert [(fold.start, fold.end) for fold in folds(parse(FILE), 4)] == [(3, 6), (8, 9), (11, 24), (26, 27)]


def test_selections_grow_from_a_word_to_the_file() -> None:
    chain = selections(parse(FILE), FILE.index("4.9"))
    assert [FILE[slice(*region)].split("\n")[0] for region in chain] == [
        ">=4.9",
        "base >=4.9 && <5",
        ", base >=4.9 && <5",
        "build-depends:",
        "if flag(big) && os(linux)",
        "library",
        "cabal-version:      2.4",
    ]


@given(TEXTS, st.integers(0, 200))
def test_selections_lie_in_each_other_in_any_text(text: str, place: int) -> None:
    place = min(place, len(text))
    chain = selections(parse(text), place)
    assert chain[-1] == (0, len(text))
    assert all(start <= place <= end for start, end in chain)
    assert all(outer[0] <= inner[0] and inner[1] <= outer[1] for inner, outer in pairwise(chain))
