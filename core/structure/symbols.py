"""What a file declares, as data, and how signatures, clauses and comments of one name become one symbol."""

from collections.abc import Sequence
from enum import Enum, auto

from attrs import evolve, field, frozen

from thatch.core.structure.declarations import COMMENTS
from thatch.core.structure.syntax_tree import Node, Tree


class SymbolKind(Enum):
    """What a symbol is."""

    MODULE = auto()
    DATA = auto()
    CLASS = auto()
    INSTANCE = auto()
    TYPE = auto()
    """A synonym, a family, an instance of a family."""

    CONSTRUCTOR = auto()
    PATTERN = auto()
    FIELD = auto()
    METHOD = auto()
    FUNCTION = auto()
    VALUE = auto()
    """A binding without arguments, whose type is not known to be one of functions."""

    SPLICE = auto()


@frozen(kw_only=True)
class Symbol:
    """Something that is declared; all offsets are into the file's text."""

    name: str
    kind: SymbolKind
    start: int
    """Where all of it begins, with the comments above it."""

    code_start: int
    """Where its code begins: its signature if there is one."""

    end: int
    name_start: int
    """Where the name stands in its definition."""

    name_end: int
    detail: str = ""
    """Its type as it is written, on one line; of a constructor, its fields."""

    deprecated: bool = False
    children: tuple["Symbol", ...] = field(default=(), repr=False)


TYPES = frozenset({SymbolKind.DATA, SymbolKind.CLASS, SymbolKind.TYPE})
"""What has a name among types, and perhaps a signature of its kind."""

_IN_PARTS = frozenset({SymbolKind.FUNCTION, SymbolKind.VALUE, SymbolKind.METHOD})
"""What may have several clauses."""


class SymbolGroup:
    """The symbols of declarations that stand side by side, given one after the other.

    A signature belongs to the definition of its name.  It is in the symbol's range if nothing but comments, pragmas and
    other signatures of the name stands between: ranges should not cover other symbols.
    """

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._symbols: list[Symbol | None] = []
        self._signed: dict[tuple[bool, str], int] = {}
        self._defined: dict[tuple[bool, str], int] = {}
        self._latest = -1
        self._above: tuple[int, int, bool] | None = None
        """Comments that may belong to what follows: start, end, whether they are documentation."""

    def symbols(self) -> tuple[Symbol, ...]:
        """All of them, in order."""
        return tuple(symbol for symbol in self._symbols if symbol is not None)

    def pass_by(self, node: Node) -> None:
        """A comment or a pragma comes next."""
        start, end = self._tree.starts[node], self._tree.ends[node]
        comments = self._tree.kinds[node] in COMMENTS and self._begins_line(start)
        comments = comments and self._tree.text(node).lstrip("{- ")[:1] != "^"
        if self._above and self._touches(self._above[1], start):
            self._above = (self._above[0], end, self._above[2])
        else:
            self._above = (start, end, self._tree.kinds[node] == "haddock") if comments else None

    def part(self) -> None:
        """Something else that has no symbol comes next."""
        self._above = None
        self._latest = -1

    def sign(self, symbols: Sequence[Symbol]) -> None:
        """A signature of one or several names comes next."""
        for symbol in self._with_comments(symbols):
            key = _key(symbol)
            known = self._signed.get(key, self._defined.get(key))
            if known is None:
                self._signed[key] = self._latest = len(self._symbols)
                self._symbols.append(symbol)
            elif known == self._latest:
                self._extend(known, symbol)

    def define(self, symbols: Sequence[Symbol]) -> None:
        """A declaration of one or several names comes next."""
        for symbol in self._with_comments(symbols):
            key = _key(symbol)
            signature = self._signed.pop(key, None)
            known = self._defined.get(key)
            if signature is not None:
                self._latest = self._join_signature(signature, symbol)
            elif known is not None and known == self._latest and symbol.kind in _IN_PARTS:
                self._extend(known, symbol)
                continue
            else:
                self._latest = len(self._symbols)
                self._symbols.append(symbol)
            self._defined[key] = self._latest

    def add(self, symbols: Sequence[Symbol]) -> None:
        """Declarations come next that nothing can be joined with."""
        self._symbols += self._with_comments(symbols)
        self._latest = -1

    def _join_signature(self, index: int, symbol: Symbol) -> int:
        """Make one symbol of a signature and a definition; returns where it is."""
        signature = self._symbols[index]
        assert signature
        if symbol.kind is SymbolKind.METHOD:
            # In a class, the signature is the declaration; what follows is only a default.
            if index == self._latest:
                self._extend(index, symbol)
            return index
        is_function = SymbolKind.FUNCTION in {signature.kind, symbol.kind} and symbol.kind in _IN_PARTS
        kind = SymbolKind.FUNCTION if is_function else symbol.kind
        symbol = evolve(symbol, kind=kind, detail=signature.detail or symbol.detail)
        if index == self._latest:
            self._symbols[index] = evolve(symbol, start=signature.start, code_start=signature.code_start)
            return index
        self._symbols[index] = None
        self._symbols.append(symbol)
        return len(self._symbols) - 1

    def _extend(self, index: int, symbol: Symbol) -> None:
        known = self._symbols[index]
        assert known
        is_function = known.kind is SymbolKind.VALUE and symbol.kind is SymbolKind.FUNCTION
        self._symbols[index] = evolve(
            known,
            kind=symbol.kind if is_function else known.kind,
            end=max(known.end, symbol.end),
            detail=known.detail or symbol.detail,
            children=known.children + symbol.children,
        )

    def _with_comments(self, symbols: Sequence[Symbol]) -> list[Symbol]:
        """The symbols of one declaration; the first one has all of it with the comments above, others their names."""
        if not symbols:
            self.part()
            return []
        first, *others = first_whole(symbols)
        above, self._above = self._above, None
        if above and (self._touches(above[1], first.start) or (above[2] and self._only_space(above[1], first.start))):
            first = evolve(first, start=above[0])
        return [first, *others]

    def _begins_line(self, start: int) -> bool:
        line = self._tree.code.rfind("\n", 0, start) + 1
        return self._only_space(line, start)

    def _touches(self, end: int, start: int) -> bool:
        return self._only_space(end, start) and self._tree.code.count("\n", end, start) <= 1

    def _only_space(self, start: int, end: int) -> bool:
        return not self._tree.code[start:end].strip()


def first_whole(symbols: Sequence[Symbol]) -> tuple[Symbol, ...]:
    """The symbols of one declaration so that only the first has all of it for its range; others have their names."""
    return (*symbols[:1], *map(_only_name, symbols[1:]))


def _only_name(symbol: Symbol) -> Symbol:
    return evolve(symbol, start=symbol.name_start, code_start=symbol.name_start, end=symbol.name_end)


def _key(symbol: Symbol) -> tuple[bool, str]:
    return symbol.kind in TYPES, symbol.name
