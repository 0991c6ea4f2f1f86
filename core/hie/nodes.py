"""Decoding what a `.hie` file says of a node of a syntax tree; the layout is drawn in `thatch.core.hie.reader`."""

from collections.abc import Callable
from itertools import islice
from typing import ClassVar

from thatch.core.binary.cursor import DecodeError
from thatch.core.binary.ghc_binary import NUMBERS, StringTable
from thatch.core.diagnostics import Span
from thatch.core.hie.cursor import HieCursor
from thatch.core.hie.model import Context, ContextKind, Identifier, Name, NodeInfo, Scope
from thatch.core.hie.on_demand import OnDemand
from thatch.core.hie.shapes import identifier_shape, info_head_shape
from thatch.core.hie.spans import Scopes

_BINDINGS = ("RegularBind", "InstanceBind")
_DECLARATIONS = ("FamDec", "SynDec", "DataDec", "ConDec", "PatSynDec", "ClassDec", "InstDec")
_IMPORTS_AND_EXPORTS = ("Import", "ImportAs", "ImportHiding", "Export")
_FIELDS = ("RecFieldDecl", "RecFieldAssign", "RecFieldMatch", "RecFieldOcc")
_EVIDENCE = ("EvPatternBind", "EvSigBind", "EvWrapperBind", "EvImplicitBind", "EvInstBind", "EvLetBind")
_PLAIN_CONTEXTS = {
    kind.value: Context(kind)
    for kind in (ContextKind.USE, ContextKind.TYPE_SIGNATURE, ContextKind.MATCH, ContextKind.EVIDENCE_USE)
}


Keys = tuple[bytes, bytes, bytes]
"""What `Tables` calls the name, the type and the contexts of an identifier: their encodings."""

Mention = tuple[bytes, bytes, bytes, bool]
"""The same, and whether it is generated."""


class Tables:
    """What the nodes of a file refer to, and what of them was decoded so far; for any thread.

    The dictionaries decode what they are asked for.  They raise `DecodeError`, without its true place.
    """

    def __init__(self, data: bytes, strings: StringTable, names: OnDemand[Name], n_types: int) -> None:
        self.data = data
        self.strings = strings
        self.names = names
        self.n_types = n_types
        self.scopes = Scopes()
        self.mentions = _Mentions(strings, len(names))
        self.types = _TypeIndexes(n_types)
        self.contexts = _Contexts(self)


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
        index = NUMBERS[encoded[1:]]
        if index >= self._n_types:
            raise DecodeError(offset=0, expected=f"an index below {self._n_types}, not {index}")
        self[encoded] = index
        return index


class _Contexts(dict[bytes, tuple[Context, ...]]):
    """From encoded lists of contexts to these."""

    def __init__(self, tables: Tables) -> None:
        super().__init__()
        self._strings, self._names, self._scopes = tables.strings, tables.names, tables.scopes

    def __missing__(self, encoded: bytes) -> tuple[Context, ...]:
        cursor = ContextCursor(encoded, self._strings, self._names)
        cursor.scopes = self._scopes
        contexts = self[encoded] = cursor.tuple_of(cursor.context)
        return contexts


class ContextCursor(HieCursor):
    """Reads contexts."""

    __slots__ = ("scopes",)

    scopes: Scopes

    def scope(self) -> Scope:
        """A `Scope`."""
        return self.scopes.read(self)

    def span(self) -> Span | None:
        """A `Maybe` of a `RealSrcSpan`, without its file."""
        return self.scopes.read_span(self)

    def context(self) -> Context:
        """A `ContextInfo`."""
        tag = self.tag(12)
        plain = _PLAIN_CONTEXTS.get(tag)
        return plain if plain is not None else self._READERS[tag](self)

    def declaration(self, kind: ContextKind, details: tuple[str, ...] = ()) -> Context:
        """What has a span and perhaps a detail, and no scope."""
        return Context(kind, self.one_of(details) if details else "", (), self.span())

    def type_variable_binding(self) -> Context:
        """The rest of a `TyVarBind`."""
        scope = self.scope()
        if self.tag(2) == 0:
            return Context(ContextKind.TYPE_VARIABLE_BINDING, "", (scope, *self.tuple_of(self.scope)))
        names = self.tuple_of(self.name)
        return Context(ContextKind.TYPE_VARIABLE_BINDING, "", (scope,), self.span(), names)

    def evidence_binding(self) -> Context:
        """The rest of an `EvidenceVarBind`."""
        how = self.one_of(_EVIDENCE)
        names: tuple[Name, ...] = ()
        if how == "EvInstBind":
            how = "EvInstBind superclass" if self.flag() else how
            names = (self.name(),)
        elif how == "EvLetBind":
            names = self.tuple_of(self.name)
        return Context(ContextKind.EVIDENCE_BINDING, how, (self.scope(),), self.span(), names)

    _READERS: ClassVar[dict[int, Callable[["ContextCursor"], Context]]] = {
        1: lambda at: Context(ContextKind.IMPORT_OR_EXPORT, at.one_of(_IMPORTS_AND_EXPORTS)),
        3: lambda at: Context(ContextKind.VALUE_BINDING, at.one_of(_BINDINGS), (at.scope(),), at.span()),
        4: lambda at: Context(ContextKind.PATTERN_BINDING, "", (at.scope(), at.scope()), at.span()),
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
        self.scopes = tables.scopes

    def infos(self) -> tuple[NodeInfo, ...]:
        """The front of a node: what GHC knows of it."""
        return self.tuple_of(self.info)

    def info(self) -> NodeInfo:
        """A `NodeInfo`, after its origin."""
        generated = self.tag(2) == 1
        annotations = self.tuple_of(lambda: (self.text(), self.text()))
        types = self.tuple_of(self.type)
        return NodeInfo(generated, annotations, types, self.identifiers())

    def identifiers(self) -> tuple[Identifier, ...]:
        """Names, or names of modules, each with its `IdentifierDetails`."""
        n_identifiers = self.count()
        start = self.position
        try:
            return tuple([self._identifier(*keys) for keys in self.encoded_identifiers(n_identifiers)])
        except DecodeError:
            # Where the damage is, only reading it at its place tells.
            self.position = start
            for _ in range(n_identifiers):
                self._skip_identifier()
            raise

    def _identifier(self, name: bytes, kind: bytes, contexts: bytes) -> Identifier:
        tables = self._tables
        found = tables.mentions[name]
        name_or_module = found if isinstance(found, str) else self.names[found]
        return Identifier(name_or_module, tables.types[kind], tables.contexts[contexts])

    def encoded_identifiers(self, n_identifiers: int) -> list[Keys]:
        """What `Tables` calls the parts of so many identifiers."""
        found: list[Keys] = []
        while n_missing := n_identifiers - len(found):
            n_found = len(found)
            for keys in islice(identifier_shape().finditer(self.data, self.position), n_missing):
                if keys.lastindex is None:
                    break
                name, kind, contexts = keys.groups()
                found.append((name, kind, contexts))
                self.position = keys.end()
            if len(found) == n_found:
                found.append(self._odd_identifier())
        return found

    def _odd_identifier(self) -> Keys:
        start, (behind_name, behind_type) = self.position, self._skip_identifier()
        data = self.data
        return data[start:behind_name], data[behind_name:behind_type], data[behind_type : self.position]

    def _skip_identifier(self) -> tuple[int, int]:
        """Go behind an identifier; the ends of its name and its type."""
        _ = self.name() if self.flag() else self.text()
        behind_name = self.position
        self.optional(self.type)
        behind_type = self.position
        self.tuple_of(self.context)
        return behind_name, behind_type

    def mentions(self) -> list[Mention]:
        """All identifiers of a node, and whether they are generated."""
        found = []
        for _ in range(self.count()):
            generated = self.data[self.position : self.position + 1] == b"\1"
            self._skip_head()
            found += [(*keys, generated) for keys in self.encoded_identifiers(self.count())]
        return found

    def _skip_head(self) -> None:
        """Go to the identifiers of a `NodeInfo`."""
        head = info_head_shape().match(self.data, self.position)
        if head is not None:
            self.position = head.end()
            return
        self.tag(2)
        for _ in range(2 * self.count()):
            self.word()
        for _ in range(self.count()):
            self.number()

    def type(self) -> int:
        """The index of a type."""
        return self.index(self._tables.n_types)
