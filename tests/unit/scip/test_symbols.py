"""Symbols of SCIP: what units, modules and names are called there."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thatch.core.hi.model import Namespace
from thatch.core.index.model import KNOWN, MODULE, NameKey
from thatch.core.scip.symbols import Package, Symbols, home_package, identifier, package_of

NAMES = Symbols(
    home={"shelf-0.1.0.0-inplace": Package("shelf", "0.1.0.0"), "tests": Package("shelf:test:tests", "")},
    modules={("shelf-0.1.0.0-inplace", "Shelf.Book"): "shelf-0.1.0.0-inplace", ("tests", "Shared"): "other-1-inplace"},
)


@pytest.mark.parametrize(
    ("key", "symbol"),
    [
        (NameKey(0, "describe", "shelf-0.1.0.0-inplace", "Shelf.Book"), "shelf 0.1.0.0 `Shelf.Book`/describe."),
        (NameKey(1, "Book", "shelf-0.1.0.0-inplace", "Shelf.Book"), "shelf 0.1.0.0 `Shelf.Book`/Book."),
        (NameKey(3, "Book", "shelf-0.1.0.0-inplace", "Shelf.Book"), "shelf 0.1.0.0 `Shelf.Book`/Book#"),
        (NameKey(4, "title", "shelf-0.1.0.0-inplace", "Shelf.Book", "Book"), "shelf 0.1.0.0 `Shelf.Book`/Book.title."),
        (NameKey(0, "$sel:title:Book", "x-1.2-ab", "M"), "x 1.2 M/Book.title."),
        (NameKey(0, "<+>", "base", "GHC.Base"), "base . `GHC.Base`/`<+>`."),
        (NameKey(0, "x'", "tests", "Main"), "shelf:test:tests . Main/`x'`."),
        (NameKey(0, "shared", "tests", "Shared"), "other 1 Shared/shared."),
        (NameKey(MODULE, "Shelf.Book"), "shelf 0.1.0.0 `Shelf.Book`/"),
        (NameKey(MODULE, "Elsewhere"), ". . Elsewhere/"),
    ],
)
def test_names(key: NameKey, symbol: str) -> None:
    units = {"Shelf.Book": "shelf-0.1.0.0-inplace"}
    assert NAMES.symbol(key, units) == f"thatch hackage {symbol}"


def test_what_only_ghc_knows_has_no_symbol() -> None:
    assert NAMES.symbol(NameKey(KNOWN, "3a"), {}) is None


@pytest.mark.parametrize(
    ("unit", "package"),
    [
        ("aeson-2.1.2.1-abcdef", Package("aeson", "2.1.2.1")),
        ("base-4.20.2.0-e3d1", Package("base", "4.20.2.0")),
        ("base", Package("base", "")),
        ("text-2.0.2", Package("text", "2.0.2")),
        ("hledger-lib-1.40-inplace", Package("hledger-lib", "1.40")),
        ("a-b2-0-x", Package("a-b2", "0")),
    ],
)
def test_installed_units(unit: str, package: Package) -> None:
    assert package_of(unit) == package


@pytest.mark.parametrize(
    ("component", "unit", "package"),
    [
        ("shelf:lib", "shelf-0.1.0.0-inplace", Package("shelf", "0.1.0.0")),
        ("shelf:test:t", "shelf-0.1.0.0-inplace-t", Package("shelf:test:t", "0.1.0.0")),
        ("scripts", "scripts-1f", Package("scripts", "")),
    ],
)
def test_units_of_the_project(component: str, unit: str, package: Package) -> None:
    assert home_package(component, unit) == package


@given(st.text(min_size=1))
def test_identifiers_follow_the_grammar(name: str) -> None:
    assert re.fullmatch(r"[A-Za-z0-9_+$-]+|`(?:[^`]|``)+`", identifier(name))


def test_every_namespace_has_a_descriptor_of_its_own_kind() -> None:
    ends = {space: str(NAMES.symbol(NameKey(space.value, "n", "u", "M"), {}))[-2:] for space in Namespace}
    assert ends == {
        Namespace.VARIABLE: "n.",
        Namespace.CONSTRUCTOR: "n.",
        Namespace.TYPE_VARIABLE: "n]",
        Namespace.TYPE: "n#",
        Namespace.FIELD: "n.",
    }
