"""The part of an interface from its warnings on, which is read when someone asks for it."""

from functools import cached_property

from thatch.core.binary.ghc_binary import GhcCursor
from thatch.core.hi.body import BodyReader
from thatch.core.hi.model import Declaration, KnownName, Name, OccName, Warnings, WarningText
from thatch.core.hi.names import NameTable, read_occ
from thatch.core.hi.versions import Layout
from thatch.core.hi.walk import walk

UNHELPFUL_OTHER = 4
"""The one reason for having no span that comes with a text."""


class Rest:
    """What follows the fixities; `cursor` stands there, and ends where the name table begins."""

    def __init__(self, cursor: GhcCursor, layout: Layout, names: NameTable) -> None:
        self._cursor = cursor
        self._layout = layout
        self._names = names
        self._start = cursor.position

    def warnings(self) -> Warnings:
        """The pragmas that make users of the module see a warning."""
        cursor = self._at(self._start)
        reader = WarningsReader(cursor, self._layout, self._names)
        return cursor.part("warnings", reader.read)

    @cached_property
    def declarations(self) -> tuple[Declaration, ...]:
        """The names and hashes of all declarations."""
        return self._declarations[0]

    @cached_property
    def is_fat(self) -> bool:
        """Whether extra declarations (Core) are there."""
        cursor = self._at(self._declarations[1])
        return cursor.part("extra declarations", cursor.flag)

    @cached_property
    def orphan_hash(self) -> str:
        """The hash of the orphans, behind everything else that is big."""
        cursor = self._at(self._declarations[1])
        for name in ("ExtraDecls", "Instances", "FamilyInstances"):
            self._walk(cursor, name)
        cursor.part("rules", cursor.skip_lazy)
        return cursor.part("orphan hash", cursor.fingerprint)

    @cached_property
    def _declarations(self) -> tuple[tuple[Declaration, ...], int]:
        """The declarations, and where they end."""
        cursor = self._at(self._start)
        cursor.part("warnings", cursor.skip_lazy)
        cursor.part("annotations", cursor.skip_lazy)
        found = cursor.part("declarations", lambda: self._read_declarations(cursor))
        return found, cursor.position

    def _read_declarations(self, cursor: GhcCursor) -> tuple[Declaration, ...]:
        shape = self._layout.shapes["Decl"]
        found = []
        for _ in range(cursor.count()):
            declared_hash = cursor.fingerprint()
            start = cursor.position
            binder = walk(cursor, shape).binder
            if binder is None:
                raise cursor.error("a name that is declared", start)
            found.append(Declaration(self._names.read(self._at(binder)), declared_hash))
        return tuple(found)

    def _walk(self, cursor: GhcCursor, name: str) -> None:
        shape = self._layout.shapes[name]
        cursor.part(name, lambda: walk(cursor, shape))

    def _at(self, position: int) -> GhcCursor:
        return GhcCursor(self._cursor.data, self._cursor.strings, position, self._cursor.end)


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
