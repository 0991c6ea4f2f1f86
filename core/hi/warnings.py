"""Reading the pragmas of an interface that make users of the module see a warning."""

from thatch.core.binary.ghc_binary import GhcCursor
from thatch.core.hi.body import BodyReader
from thatch.core.hi.model import KnownName, Name, OccName, Warnings, WarningText
from thatch.core.hi.names import NameTable, read_occ
from thatch.core.hi.versions import Layout

UNHELPFUL_OTHER = 4
"""The one reason for having no span that comes with a text."""


class WarningsReader:
    """Readers of the parts of the warnings, for one layout."""

    def __init__(self, cursor: GhcCursor, layout: Layout, names: NameTable) -> None:
        self._cursor = cursor
        self._layout = layout
        self._names = names
        self._body = BodyReader(cursor, layout)

    def read(self) -> Warnings:
        """All warnings."""
        return self._body.lazy(self._since_9_8 if self._layout.warnings_have_categories else self._until_9_6)

    def _until_9_6(self) -> Warnings:
        tag = self._cursor.tag(3)
        if tag == 0:
            return Warnings()
        return Warnings(module=self._text()) if tag == 1 else Warnings(names=self._body.many(self._about_occ))

    def _since_9_8(self) -> Warnings:
        if self._cursor.tag(2) == 0:
            return Warnings(module=self._text())
        return Warnings(names=self._body.many(self._about_occ), exports=self._body.many(self._about_name))

    def _about_occ(self) -> tuple[OccName, WarningText]:
        return read_occ(self._cursor, self._layout), self._text()

    def _about_name(self) -> tuple[Name | KnownName, WarningText]:
        return self._names.read(self._cursor), self._text()

    def _text(self) -> WarningText:
        deprecated = self._cursor.tag(2) == 1
        category = None
        if self._layout.warnings_have_categories and not deprecated:
            category = self._body.optional(self._cursor.text)
        self._body.source_text()
        return WarningText(deprecated, self._body.many(self._line), category or "")

    def _line(self) -> str:
        self._body.source_text()
        line = self._cursor.text()
        self._body.many(self._identifier)
        return line

    def _identifier(self) -> None:
        """A name in the text that documentation would link."""
        if not self._layout.warnings_have_categories:
            self._span()
        self._cursor.word()

    def _span(self) -> None:
        cursor = self._cursor
        if cursor.tag(2) == 0:
            for _ in range(5):
                cursor.number()
        elif cursor.tag(5) == UNHELPFUL_OTHER:
            cursor.text()
