"""How the layouts of GHC's interface files differ: the one table of them."""

from collections.abc import Mapping
from functools import cached_property

from attrs import define, frozen

from thatch.core.binary.cursor import DecodeError
from thatch.core.hi import grammar
from thatch.core.hi.walk import Shape, read_grammar


@define(kw_only=True)
class UnknownInterfaceError(DecodeError):
    """An interface of a GHC whose layout is not known here."""


@frozen
class Layout:
    """What is particular to the interfaces of one series of GHC."""

    series: str
    """Such as `9.10`."""

    paths_are_strings: bool
    """Whether names of used files stand in the string table; else they are lists of characters."""

    fields_are_names: bool
    """Whether record fields are names like others, in a namespace of their own; else exports give their labels."""

    warnings_have_categories: bool
    """Whether a warning may have a category and may be about an export."""

    exports_have_docs: bool
    """Whether comments in the list of exports are kept."""

    haddock_joins_since: bool
    """Whether `.haddock` files have version and package of `@since` together, and name the defaults of methods."""

    binders_have_arrows: bool
    """Whether variables of type constructors that nothing depends on tell the sort of their arrow."""

    grammar: tuple[str, ...]
    """The texts of `grammar` that hold."""

    @cached_property
    def shapes(self) -> Mapping[str, Shape]:
        """The shapes of what is walked over."""
        return read_grammar(*self.grammar)


LAYOUTS: Mapping[str, Layout] = {
    layout.series: layout
    for layout in (
        Layout(
            series="9.6",
            paths_are_strings=False,
            fields_are_names=False,
            warnings_have_categories=False,
            exports_have_docs=False,
            haddock_joins_since=False,
            binders_have_arrows=True,
            grammar=(grammar.COMMON, grammar.ONLY_9_6, grammar.UNTIL_9_8),
        ),
        # Read in the sources only, at the revision where the branch of 9.8 began; never tried on a file.
        Layout(
            series="9.8",
            paths_are_strings=True,
            fields_are_names=True,
            warnings_have_categories=True,
            exports_have_docs=False,
            haddock_joins_since=True,
            binders_have_arrows=False,
            grammar=(grammar.COMMON, grammar.SINCE_9_8, grammar.UNTIL_9_8),
        ),
        Layout(
            series="9.10",
            paths_are_strings=True,
            fields_are_names=True,
            warnings_have_categories=True,
            exports_have_docs=True,
            haddock_joins_since=True,
            binders_have_arrows=False,
            grammar=(grammar.COMMON, grammar.SINCE_9_8, grammar.SINCE_9_10),
        ),
    )
}
"""By series.  From 9.12 on pointers are relative and types have a table of their own."""

HADDOCK_LAYOUTS: Mapping[int, Layout] = {42: LAYOUTS["9.6"], 44: LAYOUTS["9.10"]}
"""By the versions of `.haddock` files (`binaryInterfaceVersion` in `Haddock/InterfaceFile.hs`), which go with GHC's."""


def layout_of(version: str, offset: int) -> Layout:
    """The layout of a version as interfaces write it: `9066` is 9.6.6, `9103` is 9.10.3.

    Raises `UnknownInterfaceError`; `offset` is where the version stands.
    """
    series = series_of(version)
    if series not in LAYOUTS:
        known = ", ".join(LAYOUTS)
        raise UnknownInterfaceError(
            offset=offset, expected=f"an interface of GHC {known}, not of {series or repr(version)}"
        )
    return LAYOUTS[series]


def series_of(version: str) -> str:
    """The series of a version as interfaces write it; empty if it is none.

    They write the major version, two digits of the minor one, and the patch level.
    """
    n_major = 1 if version.startswith("9") else 2
    if not (version.isascii() and version.isdigit() and len(version) > n_major + 2):
        return ""
    return f"{version[:n_major]}.{int(version[n_major : n_major + 2])}"
