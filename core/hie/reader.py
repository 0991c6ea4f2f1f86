"""Reading `.hie` files of GHC 9.6 and 9.10; what the parts mean is in `model`.

The layout, drawn from GHC's `compiler/GHC/Iface/Ext/Types.hs` and `Binary.hs` (9.6.6 and 9.10.3, where they agree):

    header       HIE, version as a number, newline, version as text, newline
    pointers     four bytes each: to the string table, to the name table
    file         path (String), module, types (Array), trees (list of FastString and Node), exports, source (ByteString)
    name table   length, then for each name a tag: 0 module, OccName, SrcSpan; 1 OccName, SrcSpan; 2 Char, Int or Word64
    Node         list of NodeInfo, each after its origin (a byte); RealSrcSpan; list of Node
    NodeInfo     list of pairs of FastStrings; list of Int; list of Identifier
    Identifier   Either FastString Name; Maybe Int; list of ContextInfo
    RealSrcSpan  FastString, four Ints

The encodings of strings, numbers and lists are those of `thatch.core.binary.ghc_binary`; a name is a Word32, its index
in the name table.
"""

import re
from collections.abc import Mapping

from attrs import define

from thatch.core.binary.cursor import DecodeError
from thatch.core.binary.ghc_binary import GhcCursor, StringTable
from thatch.core.hi.model import Name as GlobalName
from thatch.core.hi.names import read_module
from thatch.core.hi.versions import LAYOUTS, Layout
from thatch.core.hie.cursor import HieCursor
from thatch.core.hie.exports import skip_exports
from thatch.core.hie.file import HieFile
from thatch.core.hie.names import read_name_table
from thatch.core.hie.nodes import Tables
from thatch.core.hie.tree import SyntaxTree, read_tree
from thatch.core.hie.types import read_types

KNOWN = ("9.6", "9.10")
"""The series whose files were tried."""

_HEADER = re.compile(rb"HIE\d{1,12}\n(\d{1,4}(?:\.\d{1,8}){1,3})\n")


@define(kw_only=True)
class UnknownHieError(DecodeError):
    """A file of a GHC whose layout is not known here."""


def read_hie(data: bytes, known: Mapping[str, GlobalName] = {}) -> HieFile:
    """Find the parts of a `.hie` file; `known` is what `thatch.core.th.derive.known_names` says of the GHC.

    Raises `DecodeError` for anything else, and its `UnknownHieError` for files of other versions of GHC.  What is
    decoded only on demand raises `DecodeError` then, if it is damaged.
    """
    header = _HEADER.match(data)
    if header is None:
        raise DecodeError(offset=0, expected="the header of a .hie file")
    version = header[1].decode("ascii")
    series = ".".join(version.split(".")[:2])
    if series not in KNOWN:
        raise UnknownHieError(
            offset=header.start(1), expected=f"a .hie file of GHC {' or '.join(KNOWN)}, not {version}"
        )
    return _read(data, header.end(), version, LAYOUTS[series], known)


def _read(data: bytes, start: int, version: str, layout: Layout, known: Mapping[str, GlobalName]) -> HieFile:
    pointers = GhcCursor(data, StringTable(data, len(data)), start)
    strings = StringTable(data, pointers.word32())
    table = GhcCursor(data, strings)
    table.seek(pointers.word32())
    names = table.part("name table", lambda: read_name_table(table, layout, known))
    cursor = HieCursor(data, strings, names, pointers.position)
    path = cursor.part("path", cursor.characters)
    module = cursor.part("module", lambda: read_module(cursor))
    types = cursor.part("types", lambda: read_types(cursor))
    tables = Tables(data, strings, names, len(types))
    trees = cursor.part("trees", lambda: _trees(cursor, tables))
    cursor.part("exports", lambda: skip_exports(cursor, layout))
    source = cursor.part("source", cursor.blob)
    sole = next(iter(trees.values())) if len(trees) == 1 else SyntaxTree(path, tables, 0, (), {})
    return HieFile(version, path, module, names, types, trees, trees.get(path, sole), source)


def _trees(cursor: HieCursor, tables: Tables) -> dict[str, SyntaxTree]:
    trees = {}
    for _ in range(cursor.count()):
        file = cursor.text()
        trees[file], end = read_tree(tables, file, cursor.position)
        cursor.seek(end)
    return trees
