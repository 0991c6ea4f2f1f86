"""Reading the documentation in an interface: what `-haddock` kept of the comments.

The layout, from GHC's `compiler/GHC/Hs/Doc.hs` and `GHC/Hs/DocString.hs` (9.6.6 and 9.10.3):

    Docs           Maybe HsDoc: the module's own
                   list of (Name, HsDoc): of exports (since 9.10)
                   list of (Name, list of HsDoc): of declarations
                   list of (Name, list of (Int, HsDoc)): of arguments
                   what else Haddock needs to lay out its page, which is not read
    HsDoc          tag and comment, list of (SrcSpan, Name): what the identifiers in it mean
    comment        0 decorator, list of (SrcSpan, ByteString): `--` lines
                   1 decorator, SrcSpan, ByteString: a block comment
                   2 ByteString: made by Template Haskell
    decorator      0 `|`; 1 `^`; 2 `$`, String; 3 `*`s, Int
    SrcSpan        0 FastString and four Ints; 1 and a reason: 0 to 3, or 4 FastString
"""

import re
from collections.abc import Callable
from typing import TypeVar

from thatch.core.binary.ghc_binary import GhcCursor
from thatch.core.hi.model import Documentation, DocumentationComment, KnownName, Name
from thatch.core.hi.names import NameTable
from thatch.core.hi.versions import Layout

Value = TypeVar("Value")

_WORD = rb"[\x80-\xff]{0,9}[\x00-\x7f]"
_SPAN = re.compile(rb"\x00(?:%b){5}|\x01(?:[\x00-\x03]|\x04%b)" % (_WORD, _WORD), re.DOTALL)


class DocumentationReader:
    """Readers of the parts of the documentation, for one layout."""

    def __init__(self, cursor: GhcCursor, layout: Layout, names: NameTable) -> None:
        self._cursor = cursor
        self._layout = layout
        self._names = names

    def read(self) -> Documentation:
        """All that is said of the module and its names."""
        part = self._cursor.part
        return Documentation(
            module=part("module header", lambda: self._comment() if self._cursor.flag() else None),
            exports=part("export docs", lambda: self._by_name(self._comment)) if self._layout.exports_have_docs else {},
            names=part("declaration docs", lambda: self._by_name(self._comments)),
            arguments=part("argument docs", lambda: self._by_name(self._by_index)),
        )

    def _by_name(self, read: Callable[[], Value]) -> dict[Name | KnownName, Value]:
        return {self._names.read(self._cursor): read() for _ in range(self._cursor.count())}

    def _by_index(self) -> dict[int, DocumentationComment]:
        return {self._cursor.number(): self._comment() for _ in range(self._cursor.count())}

    def _comments(self) -> tuple[DocumentationComment, ...]:
        return tuple([self._comment() for _ in range(self._cursor.count())])

    def _comment(self) -> DocumentationComment:
        text = self._text()
        return DocumentationComment(text, tuple([self._identifier() for _ in range(self._cursor.count())]))

    def _text(self) -> str:
        cursor = self._cursor
        tag = cursor.tag(3)
        if tag == 0:
            self._decorator()
            return "\n".join([self._line() for _ in range(cursor.count())])
        if tag == 1:
            self._decorator()
            return self._line()
        return self._characters()

    def _decorator(self) -> None:
        tag = self._cursor.tag(4)
        if tag == 2:
            self._cursor.characters()
        elif tag == 3:
            self._cursor.number()

    def _line(self) -> str:
        self._span()
        return self._characters()

    def _characters(self) -> str:
        # GHC checks nothing here either: a comment is text for people.
        return self._cursor.blob().replace(b"\xc0\x80", b"\0").decode("utf-8", "replace")

    def _identifier(self) -> Name | KnownName:
        self._span()
        return self._names.read(self._cursor)

    def _span(self) -> None:
        cursor = self._cursor
        found = _SPAN.match(cursor.data, cursor.position, cursor.end)
        if found is None:
            raise cursor.error("a place in a source file")
        cursor.position = found.end()
