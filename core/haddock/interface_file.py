"""Reading the `.haddock` files that Haddock leaves beside its pages: the documentation of a package, taken apart.

The layout, from `Haddock/InterfaceFile.hs` of Haddock 2.29 (GHC 9.6) and 2.31 (GHC 9.10); the encodings are those of
`thatch.core.binary.ghc_binary`, names and strings stand in tables as in interfaces:

    magic        Word32 0xD0CFACE, variable in length
    version      Word16, likewise: 42 for GHC 9.6, 44 for GHC 9.10
    pointers     to the string table, to the name table
    environment  list of (Name, Module): where names are documented
    package      FastString, String: name and version
    modules      list of: Module, Bool: a signature; information; lazy documentation; what is exported
    information  Maybe Doc: description; six Maybe String; Maybe Int: language; list of Int: extensions
    documentation  list of (Name, MetaDoc); list of (Name, list of (Int, MetaDoc)): of arguments
    exported     list of (OccName, Name): defaults of methods (since 44); two lists of Name; list of options (bytes);
                 list of (Name, Fixity)
    MetaDoc      in 42 Maybe version, Maybe package; in 44 Maybe (Maybe package, version); Doc
    Doc          tag and what belongs to it, see `_Docs`; an identifier is a byte and a Name
"""

from collections.abc import Callable, Mapping
from typing import TypeVar

from attrs import field, frozen

from thatch.core.binary.cursor import DecodeError
from thatch.core.binary.ghc_binary import GhcCursor, StringTable
from thatch.core.haddock.document import Document
from thatch.core.haddock.interface_docs import DocReader
from thatch.core.hi.body import DIRECTIONS
from thatch.core.hi.model import KnownName, ModuleId, Name
from thatch.core.hi.names import NameTable, read_module, read_occ
from thatch.core.hi.versions import HADDOCK_LAYOUTS

Value = TypeVar("Value")

MAGIC = 0xD0CFACE


@frozen
class ModuleDocuments:
    """What a `.haddock` file says of a module; it is decoded when it is asked for."""

    module: ModuleId

    _at: int = field(repr=False, eq=False)
    _file: "HaddockFile" = field(repr=False, eq=False)

    def read(self) -> tuple[Mapping[Name, Document], Mapping[Name, Mapping[int, Document]]]:
        """The documentation of names and of their arguments; raises `DecodeError`."""
        return self._file.documents(self._at)


class HaddockFile:
    """The content of a `.haddock` file."""

    def __init__(self, data: bytes) -> None:
        """Raises `DecodeError` for a damaged file, and for one of another version."""
        cursor = GhcCursor(data, StringTable(data, len(data)))
        if cursor.word() != MAGIC:
            raise cursor.error("the start of a .haddock file", 0)
        start = cursor.position
        version = cursor.word()
        if version not in HADDOCK_LAYOUTS:
            known = ", ".join(map(str, HADDOCK_LAYOUTS))
            raise cursor.error(f"a .haddock file of version {known}, not {version}", start)
        self._layout = HADDOCK_LAYOUTS[version]
        strings, names = cursor.word32(), cursor.word32()
        for pointer in (strings, names):
            GhcCursor(data, cursor.strings).seek(pointer)
        self._cursor = GhcCursor(data, StringTable(data, strings), cursor.position)
        self._names = NameTable(GhcCursor(data, self._cursor.strings, names), self._layout)
        self.modules: Mapping[str, ModuleDocuments] = {
            found.module.name: found for found in self._cursor.part("modules", self._read_modules)
        }

    def documents(self, at: int) -> tuple[Mapping[Name, Document], Mapping[Name, Mapping[int, Document]]]:
        """The documentation of a module that stands at a place."""
        cursor = GhcCursor(self._cursor.data, self._cursor.strings, at)
        docs = DocReader(cursor, self._layout, self._names)
        try:
            names = {self._name(cursor): docs.document() for _ in range(cursor.count())}
            arguments = {
                self._name(cursor): {cursor.number(): docs.document() for _ in range(cursor.count())}
                for _ in range(cursor.count())
            }
        except DecodeError as error:
            raise error.inside("documentation") from None
        return names, arguments

    def _read_modules(self) -> list[ModuleDocuments]:
        cursor = self._cursor
        self._skip(lambda: (cursor.word(), read_module(cursor)))
        cursor.text()
        cursor.characters()
        return [self._module() for _ in range(cursor.count())]

    def _module(self) -> ModuleDocuments:
        cursor = self._cursor
        module = read_module(cursor)
        cursor.flag()
        self._skip_information()
        at = cursor.skip_lazy()
        if self._layout.haddock_joins_since:
            self._skip(lambda: (read_occ(cursor, self._layout), cursor.word()))
        self._skip(cursor.word)
        self._skip(cursor.word)
        self._skip(cursor.byte)
        self._skip(self._skip_fixity)
        return ModuleDocuments(module, at, self)

    def _skip_information(self) -> None:
        cursor = self._cursor
        if cursor.flag():
            DocReader(cursor, self._layout, self._names).skip()
        for _ in range(6):
            if cursor.flag():
                cursor.characters()
        if cursor.flag():
            cursor.number()
        self._skip(cursor.number)

    def _skip_fixity(self) -> None:
        cursor = self._cursor
        cursor.word()
        if cursor.flag():
            cursor.text() if self._layout.paths_are_strings else cursor.characters()
        cursor.number()
        cursor.tag(len(DIRECTIONS))

    def _skip(self, read: Callable[[], object]) -> None:
        for _ in range(self._cursor.count()):
            read()

    def _name(self, cursor: GhcCursor) -> Name:
        name = self._names.read(cursor)
        if isinstance(name, KnownName):
            raise cursor.error("a name in full")
        return name
