"""Decoding what a `.hie` file says of a node of a syntax tree; the layout is drawn in `thatch.core.hie.reader`."""

from collections.abc import Callable, Iterator
from typing import ClassVar

from thatch.core.binary.cursor import DecodeError
from thatch.core.binary.ghc_binary import NUMBERS, StringTable
from thatch.core.diagnostics import Span
from thatch.core.hie.cursor import HieCursor
from thatch.core.hie.model import Context, ContextKind, Identifier, Name, NodeInfo, Scope, WholeModule
from thatch.core.hie.on_demand import OnDemand
from thatch.core.hie.shapes import identifier_shape
from thatch.core.hie.spans import read_span

_BINDINGS = ("RegularBind", "InstanceBind")
_DECLARATIONS = ("FamDec", "SynDec", "DataDec", "ConDec", "PatSynDec", "ClassDec", "InstDec")
_IMPORTS_AND_EXPORTS = ("Import", "ImportAs", "ImportHiding", "Export")
_FIELDS = ("RecFieldDecl", "RecFieldAssign", "RecFieldMatch", "RecFieldOcc")
_EVIDENCE = ("EvPatternBind", "EvSigBind", "EvWrapperBind", "EvImplicitBind", "EvInstBind", "EvLetBind")
_PLAIN_CONTEXTS = {
    kind.value: Context(kind)
    for kind in (ContextKind.USE, ContextKind.TYPE_SIGNATURE, ContextKind.MATCH, ContextKind.EVIDENCE_USE)
}


Mention = tuple[bytes, bytes, bytes, int]
"""The keys of an identifier's name, type and contexts; 1 if it is generated."""


class Tables:
    """What the nodes of a file refer to, and what of them was decoded so far; for any thread.

    The three dictionaries decode what they are asked for.  They raise `DecodeError`, without its true place.
    """

    def __init__(self, data: bytes, strings: StringTable, names: OnDemand[Name], n_types: int) -> None:
        self.data = data
        self.strings = strings
        self.names = names
        self.n_types = n_types
        self.mentions = _Mentions(strings, len(names))
        self.types = _TypeIndexes(n_types)
        self.contexts = _Contexts(strings, names)


class _Mentions(dict[bytes, int | str]):
    """From the front of an identifier to the index of a name, or to the name of a module."""

    def __init__(self, strings: StringTable, n_names: int) -> None:
        super().__init__()
        self._strings, self._n_names = strings, n_names

    def __missing__(self, encoded: bytes) -> int | str:
        index = NUMBERS[encoded[1:]]
        if encoded[0] == 1 and index >= self._n_names:
            raise DecodeError(offset=0, expected=f"a name below {self._n_names}, not {index}")
        found = self[encoded] = index if encoded[0] == 1 else self._strings[index]
        return found


class _TypeIndexes(dict[bytes, int | None]):
    """From the type of an identifier to its index."""

    def __init__(self, n_types: int) -> None:
        super().__init__({b"\0": None})
        self._n_types = n_types

    def __missing__(self, encoded: bytes) -> int | None:
        index = self[encoded] = NUMBERS[encoded[1:]]
        if index >= self._n_types:
            raise DecodeError(offset=0, expected=f"an index below {self._n_types}, not {index}")
        return index


class _Contexts(dict[bytes, tuple[Context, ...]]):
    """From encoded lists of contexts to these."""

    def __init__(self, strings: StringTable, names: OnDemand[Name]) -> None:
        super().__init__()
        self._strings, self._names = strings, names

    def __missing__(self, encoded: bytes) -> tuple[Context, ...]:
        cursor = ContextCursor(encoded, self._strings, self._names)
        contexts = self[encoded] = cursor.tuple_of(cursor.context)
        return contexts


class ContextCursor(HieCursor):
    """Reads contexts."""

    __slots__ = ()

    def span(self) -> Span:
        """A `RealSrcSpan`, without its file."""
        return read_span(self)[1]

    def scope(self) -> Scope:
        """A `Scope`."""
        tag = self.tag(3)
        if tag == 1:
            return self.span()
        return WholeModule.MODULE if tag else None

    def context(self) -> Context:
        """A `ContextInfo`."""
        tag = self.tag(12)
        plain = _PLAIN_CONTEXTS.get(tag)
        return plain if plain is not None else self._READERS[tag](self)

    def declaration(self, kind: ContextKind, details: tuple[str, ...] = ()) -> Context:
        """What has a span and perhaps a detail, and no scope."""
        return Context(kind, self.one_of(details) if details else "", (), self.optional(self.span))

    def type_variable_binding(self) -> Context:
        """The rest of a `TyVarBind`."""
        scope = self.scope()
        if self.tag(2) == 0:
            return Context(ContextKind.TYPE_VARIABLE_BINDING, "", (scope, *self.tuple_of(self.scope)))
        names = self.tuple_of(self.name)
        return Context(ContextKind.TYPE_VARIABLE_BINDING, "", (scope,), self.optional(self.span), names)

    def evidence_binding(self) -> Context:
        """The rest of an `EvidenceVarBind`."""
        how = self.one_of(_EVIDENCE)
        names: tuple[Name, ...] = ()
        if how == "EvInstBind":
            how = "EvInstBind superclass" if self.flag() else how
            names = (self.name(),)
        elif how == "EvLetBind":
            names = self.tuple_of(self.name)
        return Context(ContextKind.EVIDENCE_BINDING, how, (self.scope(),), self.optional(self.span), names)

    _READERS: ClassVar[dict[int, Callable[["ContextCursor"], Context]]] = {
        1: lambda at: Context(ContextKind.IMPORT_OR_EXPORT, at.one_of(_IMPORTS_AND_EXPORTS)),
        3: lambda at: Context(ContextKind.VALUE_BINDING, at.one_of(_BINDINGS), (at.scope(),), at.optional(at.span)),
        4: lambda at: Context(ContextKind.PATTERN_BINDING, "", (at.scope(), at.scope()), at.optional(at.span)),
        5: lambda at: at.declaration(ContextKind.CLASS_DECLARATION),
        6: lambda at: at.declaration(ContextKind.DECLARATION, _DECLARATIONS),
        7: type_variable_binding,
        8: lambda at: at.declaration(ContextKind.FIELD, _FIELDS),
        10: evidence_binding,
    }


class NodeCursor(ContextCursor):
    """Reads all that stands in a node."""

    __slots__ = ("_tables",)

    def __init__(self, tables: Tables, position: int) -> None:
        super().__init__(tables.data, tables.strings, tables.names, position)
        self._tables = tables

    def infos(self) -> tuple[NodeInfo, ...]:
        """The front of a node: what GHC knows of it."""
        return self.tuple_of(self.info)

    def info(self) -> NodeInfo:
        """A `NodeInfo`, after its origin."""
        generated = self.tag(2) == 1
        annotations = self.tuple_of(lambda: (self.text(), self.text()))
        types = self.tuple_of(self.type)
        return NodeInfo(generated, annotations, types, self.tuple_of(self.identifier))

    def identifier(self) -> Identifier:
        """A name, or the name of a module, and its `IdentifierDetails`."""
        start = self.position
        name, kind, contexts = self.encoded_identifier()
        tables = self._tables
        try:
            found = tables.mentions[name]
            name_or_module = found if isinstance(found, str) else self.names[found]
            return Identifier(name_or_module, tables.types[kind], tables.contexts[contexts])
        except DecodeError:
            # Where the damage is, only reading it at its place tells.
            self.position = start
            self._skip_identifier()
            raise

    def encoded_identifier(self) -> tuple[bytes, bytes, bytes]:
        """The keys by which `Tables` knows the name, the type and the contexts of an identifier."""
        found = identifier_shape().match(self.data, self.position)
        if found is None:
            start, (behind_name, behind_type) = self.position, self._skip_identifier()
            data = self.data
            return data[start:behind_name], data[behind_name:behind_type], data[behind_type : self.position]
        self.position = found.end()
        name, kind, contexts = found.groups()
        return name, kind, contexts

    def _skip_identifier(self) -> tuple[int, int]:
        """Go behind an identifier; the ends of its name and its type."""
        _ = self.name() if self.flag() else self.text()
        behind_name = self.position
        self.optional(self.type)
        behind_type = self.position
        self.tuple_of(self.context)
        return behind_name, behind_type

    def mentions(self) -> Iterator[Mention]:
        """The identifiers of a node, encoded, and whether they are generated."""
        for _ in range(self.count()):
            generated = self.tag(2)
            for _ in range(2 * self.count()):
                self.word()
            for _ in range(self.count()):
                self.number()
            for _ in range(self.count()):
                yield *self.encoded_identifier(), generated

    def type(self) -> int:
        """The index of a type."""
        return self.index(self._tables.n_types)
