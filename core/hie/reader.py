"""Decoding `.hie` files of GHC 9.6 and 9.10; what the parts mean is in `model`.

The layout, drawn from GHC's `compiler/GHC/Iface/Ext/Types.hs` and `Binary.hs` (9.6.6 and 9.10.3, where they agree):

    header       HIE, version as a number, newline, version as text, newline
    pointers     four bytes each: to the string table, to the name table
    file         path (String), module, types (Array), trees (list of FastString and Node), exports, source (ByteString)
    name table   length, then for each name a tag: 0 module, OccName, SrcSpan; 1 OccName, SrcSpan; 2 Char, Int or Word64
    Node         list of origin (a byte) and NodeInfo; RealSrcSpan; list of Node
    NodeInfo     list of pairs of FastStrings; list of Int; list of Identifier
    Identifier   Either FastString Name; Maybe Int; list of ContextInfo
    RealSrcSpan  FastString, four Ints

The encodings of strings, numbers and lists are those of `thatch.core.binary.ghc_binary`; a name is a Word32, its index
in the name table.
"""

import re
from collections.abc import Callable
from typing import TypeVar

from attrs import define

from thatch.core.binary.cursor import DecodeError
from thatch.core.binary.ghc_binary import SMALL_INT, GhcCursor, StringTable
from thatch.core.diagnostics import Span
from thatch.core.hi.model import KnownName, OccName
from thatch.core.hi.names import read_module, read_occ
from thatch.core.hi.versions import LAYOUTS, Layout
from thatch.core.hie.model import (
    Application,
    Cast,
    Coercion,
    ConstructorApplication,
    Context,
    ContextKind,
    ExternalName,
    ForAll,
    Function,
    HieFile,
    Identifier,
    Literal,
    LocalName,
    Name,
    Node,
    NodeInfo,
    Qualified,
    Scope,
    Type,
    TypeVariable,
    WholeModule,
)

Value = TypeVar("Value")

KNOWN = ("9.6", "9.10")
"""The series whose files were tried."""


@define(kw_only=True)
class UnknownHieError(DecodeError):
    """A file of a GHC whose layout is not known here."""


def read_hie(data: bytes) -> HieFile:
    """Decode a `.hie` file.

    Raises `DecodeError` for anything else, and its `UnknownHieError` for files of other versions of GHC.
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
    try:
        return _Reader(data, header.end(), LAYOUTS[series]).file(version)
    except RecursionError:
        raise DecodeError(offset=header.end(), expected="syntax trees that are not as deep as that") from None


_HEADER = re.compile(rb"HIE\d{1,12}\n(\d{1,4}(?:\.\d{1,8}){1,3})\n")

_NUMBER = rb"[\x80-\xff]{0,9}[\x00-\x7f]"
_SPAN = re.compile(_NUMBER * 5, re.DOTALL)
"""A `RealSrcSpan`."""

_TUPLE_SORTS = ("tuple", "unboxed tuple", "constraint tuple")
_BINDINGS = ("RegularBind", "InstanceBind")
_DECLARATIONS = ("FamDec", "SynDec", "DataDec", "ConDec", "PatSynDec", "ClassDec", "InstDec")
_IMPORTS_AND_EXPORTS = ("Import", "ImportAs", "ImportHiding", "Export")
_FIELDS = ("RecFieldDecl", "RecFieldAssign", "RecFieldMatch", "RecFieldOcc")
_EVIDENCE = ("EvPatternBind", "EvSigBind", "EvWrapperBind", "EvImplicitBind", "EvInstBind", "EvLetBind")
_PLAIN_CONTEXTS = {
    kind.value: Context(kind)
    for kind in (ContextKind.USE, ContextKind.TYPE_SIGNATURE, ContextKind.MATCH, ContextKind.EVIDENCE_USE)
}


class _Reader(GhcCursor):
    """A cursor over a whole file."""

    __slots__ = ("_context_readers", "_layout", "_name_place", "_names", "_spans", "_type_readers")

    def __init__(self, data: bytes, position: int, layout: Layout) -> None:
        pointers = GhcCursor(data, StringTable(data, 0), position)
        strings = pointers.word32()
        self._name_place = pointers.word32()
        super().__init__(data, StringTable(data, strings), pointers.position)
        self._layout = layout
        self._names: tuple[Name, ...] = ()
        self._spans: dict[bytes, Span] = {}
        self._context_readers: dict[int, Callable[[], Context]] = {
            1: lambda: Context(ContextKind.IMPORT_OR_EXPORT, self._one_of(_IMPORTS_AND_EXPORTS)),
            3: lambda: Context(
                ContextKind.VALUE_BINDING, self._one_of(_BINDINGS), (self._scope(),), self._maybe(self._span)
            ),
            4: lambda: Context(
                ContextKind.PATTERN_BINDING, "", (self._scope(), self._scope()), self._maybe(self._span)
            ),
            5: lambda: Context(ContextKind.CLASS_DECLARATION, "", (), self._maybe(self._span)),
            6: lambda: Context(ContextKind.DECLARATION, self._one_of(_DECLARATIONS), (), self._maybe(self._span)),
            7: self._type_variable_binding,
            8: lambda: Context(ContextKind.FIELD, self._one_of(_FIELDS), (), self._maybe(self._span)),
            10: self._evidence_binding,
        }
        self._type_readers: tuple[Callable[[], Type], ...] = (
            lambda: TypeVariable(self._name()),
            lambda: Application(self.number(), self._arguments()),
            self._constructor_application,
            lambda: ForAll(self._name(), self.number(), self.tag(3), self.number()),
            lambda: Function(self.number(), self.number(), self.number()),
            lambda: Qualified(self.number(), self.number()),
            self._literal,
            lambda: Cast(self.number()),
            Coercion,
        )

    def file(self, version: str) -> HieFile:
        """Everything."""
        start = self.position
        self.seek(self._name_place)
        self._names = self.part("name table", self._name_table)
        self.seek(start)
        path = self.part("path", self.characters)
        module = self.part("module", lambda: read_module(self))
        types = self.part("types", self._types)
        trees = self.part("trees", lambda: {self.text(): self._node() for _ in range(self.count())})
        self.part("exports", self._skip_exports)
        return HieFile(version, path, module, self._names, types, trees, self.part("source", self.blob))

    def _name_table(self) -> tuple[Name, ...]:
        return tuple([self._table_name(index) for index in range(self.count())])

    def _table_name(self, index: int) -> Name:
        match self.tag(3):
            case 0:
                module, occ = read_module(self), read_occ(self, self._layout)
                start = self.position + 1
                span = self._source_span()
                file = GhcCursor(self.data, self.strings, start).text() if span else ""
                return ExternalName(module, occ, span, file)
            case 1:
                return LocalName(self._occ(), self._source_span(), index)
            case _:
                # An Int in 9.6.6 and a Word64 in 9.10.3, which look the same while the highest bit is not set.
                # It never is: no number is negative.
                return KnownName(f"{chr(self.word() & 0xFF)}{self.word()}")

    def _occ(self) -> OccName:
        return read_occ(self, self._layout)

    def _source_span(self) -> Span | None:
        """A `SrcSpan`, which may say why there is none."""
        if self.tag(2) == 0:
            return self._span()
        if self.tag(5) == 4:
            self.word()
        return None

    def _span(self) -> Span:
        found = _SPAN.match(self.data, self.position, self.end)
        if found is None:
            raise self.error("a span")
        self.position = found.end()
        # The same spans come again and again, as scopes.
        known = self._spans.get(found[0])
        return known if known is not None else self._new_span(found[0])

    def _new_span(self, encoded: bytes) -> Span:
        cursor = GhcCursor(encoded, self.strings)
        cursor.word()
        span = self._spans[encoded] = Span(cursor.number(), cursor.number(), cursor.number(), cursor.number())
        return span

    def _name(self) -> Name:
        index = self.word()
        if index >= len(self._names):
            raise self.error(f"a name below {len(self._names)}, not {index}")
        return self._names[index]

    def _one_of(self, words: tuple[str, ...]) -> str:
        return words[self.tag(len(words))]

    def _maybe(self, read: Callable[[], Value]) -> Value | None:
        return read() if self.flag() else None

    def _scope(self) -> Scope:
        tag = self.tag(3)
        if tag == 1:
            return self._span()
        return WholeModule.MODULE if tag else None

    # Types.

    def _types(self) -> tuple[Type, ...]:
        low, high = self.number(), self.number()
        n_types = self.count()
        if (low, high) != (0, n_types - 1):
            raise self.error(f"{n_types} types to be numbered from 0 on, not {low} to {high}")
        readers = self._type_readers
        return tuple([readers[self.tag(9)]() for _ in range(n_types)])

    def _arguments(self) -> tuple[tuple[bool, int], ...]:
        return tuple([(self.flag(), self.number()) for _ in range(self.count())])

    def _constructor_application(self) -> Type:
        constructor, promoted, (sort, arity) = self._name(), self.flag(), self._sort()
        return ConstructorApplication(constructor, promoted, sort, self._arguments(), arity)

    def _sort(self) -> tuple[str, int]:
        match self.tag(4):
            case 0:
                return "", 0
            case 1:
                arity = self.number()
                return self._one_of(_TUPLE_SORTS), arity
            case 2:
                return "unboxed sum", self.number()
            case _:
                return "equality", 0

    def _literal(self) -> Type:
        match self.tag(4):
            case 1:
                return Literal(self._integer(), False)
            case 2:
                return Literal(self.text(), False)
            case 3:
                return Literal(chr(min(self.word(), 0x10FFFF)), True)
            case _:
                raise self.error("a literal", self.position - 1)

    def _integer(self) -> int:
        tag = self.tag(3)
        if tag == 0:
            return self.number()
        value = int.from_bytes(self.take(self.count()), "little")
        return -value if tag == 1 else value

    # Syntax trees: most of a file, so they are read without needless calls.

    def _node(self) -> Node:
        infos = tuple([self._info() for _ in range(self._length())])
        span = self._span()
        return Node(span, infos, tuple([self._node() for _ in range(self._length())]))

    def _length(self) -> int:
        position = self.position
        if position < self.end and (length := self.data[position]) < SMALL_INT:
            self.position = position + 1
            return length
        return self.count()

    def _info(self) -> NodeInfo:
        generated = self.tag(2) == 1
        strings, word = self.strings, self.word
        annotations = tuple([(strings[word()], strings[word()]) for _ in range(self._length())])
        types = tuple([self.number() for _ in range(self._length())])
        return NodeInfo(generated, annotations, types, tuple([self._identifier() for _ in range(self._length())]))

    def _identifier(self) -> Identifier:
        name = self._name() if self.flag() else self.text()
        kind = self.number() if self.flag() else None
        return Identifier(name, kind, tuple([self._context() for _ in range(self._length())]))

    def _context(self) -> Context:
        tag = self.tag(12)
        plain = _PLAIN_CONTEXTS.get(tag)
        return plain if plain is not None else self._context_readers[tag]()

    def _type_variable_binding(self) -> Context:
        scope = self._scope()
        if self.tag(2) == 0:
            scopes = [self._scope() for _ in range(self.count())]
            return Context(ContextKind.TYPE_VARIABLE_BINDING, "", (scope, *scopes))
        names = tuple([self._name() for _ in range(self.count())])
        return Context(ContextKind.TYPE_VARIABLE_BINDING, "", (scope,), self._maybe(self._span), names)

    def _evidence_binding(self) -> Context:
        how = self._one_of(_EVIDENCE)
        names: tuple[Name, ...] = ()
        if how == "EvInstBind":
            how = "EvInstBind superclass" if self.flag() else how
            names = (self._name(),)
        elif how == "EvLetBind":
            names = tuple([self._name() for _ in range(self.count())])
        return Context(ContextKind.EVIDENCE_BINDING, how, (self._scope(),), self._maybe(self._span), names)

    def _skip_exports(self) -> None:
        """Exports stand in the interface as well."""
        for _ in range(self.count()):
            self._skip_export()

    def _skip_export(self) -> None:
        """An `AvailInfo` (GHC/Types/Avail.hs): a name, or a parent with its parts."""
        plain = self.tag(2) == 0
        if self._layout.fields_are_names:
            self.word()
            if not plain:
                self._skip_names()
            return
        if plain:
            self._skip_grename()
        else:
            self.word()
            for _ in range(self.count()):
                self._skip_grename()

    def _skip_names(self) -> None:
        for _ in range(self.count()):
            self.word()

    def _skip_grename(self) -> None:
        """A `GreName`, which is a name or a field: label, whether fields may be duplicate, selector."""
        if self.tag(2) == 0:
            self.word()
        else:
            self.text()
            self.flag()
            self.flag()
            self.word()
