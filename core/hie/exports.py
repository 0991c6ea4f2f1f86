"""Skipping the exports in a `.hie` file, which stand in the interface as well.

The layout, drawn from GHC's `compiler/GHC/Types/Avail.hs`: a list of `AvailInfo`, each with a tag.

    9.6    0 GreName; 1 name of the parent, list of GreName.  GreName: 0 name; 1 a field: label, two Bool, selector
    9.10   0 name; 1 name of the parent, list of names
"""

from thatch.core.binary.ghc_binary import GhcCursor
from thatch.core.hi.versions import Layout


def skip_exports(cursor: GhcCursor, layout: Layout) -> None:
    """Go behind the exports."""
    skip_part = cursor.word if layout.fields_are_names else lambda: _skip_grename(cursor)
    for _ in range(cursor.count()):
        if cursor.tag(2) == 0:
            skip_part()
            continue
        cursor.word()
        for _ in range(cursor.count()):
            skip_part()


def _skip_grename(cursor: GhcCursor) -> None:
    if cursor.tag(2) == 0:
        cursor.word()
        return
    cursor.text()
    cursor.flag()
    cursor.flag()
    cursor.word()
