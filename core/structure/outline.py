"""The symbols of a file (`symbols.py`), from its syntax trees, however broken the code.

Of what is local to a declaration only functions are listed, and what has a type signature: they are places to go to,
and all the other names of `where` and `let` would hide them.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import ClassVar

from attrs import evolve, frozen

from thatch.core.structure.declarations import VALUES, is_function_type, items, names, one_line
from thatch.core.structure.symbols import Symbol, SymbolGroup, SymbolKind, first_whole
from thatch.core.structure.syntax_tree import ERROR, Node, SyntaxTree, Tree

MOST_DEPTH = 20
"""Functions that are more deeply local than this are not listed."""


def outline(source: SyntaxTree) -> tuple[Symbol, ...]:
    """The symbols of a file, in order.  A module with a head is one symbol with all others in it."""
    found: tuple[Symbol, ...] = ()
    for number, tree in enumerate(source.trees):
        found = _join(found, _Reader(tree).module(), source, number)
    return found


def pruned(symbols: tuple[Symbol, ...], most: int) -> tuple[Symbol, ...]:
    """The symbols without the deepest ones, and in the end without the last ones, so that no more than `most` stay."""
    levels = [symbols]
    while inner := tuple(child for symbol in levels[-1] for child in symbol.children):
        levels.append(inner)
    room, depth = most, 0
    while depth < len(levels) and len(levels[depth]) <= room:
        room -= len(levels[depth])
        depth += 1
    if depth == len(levels):
        return symbols
    return _to_depth(symbols, depth, iter(range(room)))


def _to_depth(symbols: tuple[Symbol, ...], depth: int, room: Iterator[int]) -> tuple[Symbol, ...]:
    """All symbols above a depth, and as many as there is room for at it."""
    if depth == 0:
        return tuple(evolve(symbol, children=()) for symbol, _ in zip(symbols, room, strict=False))
    return tuple(evolve(symbol, children=_to_depth(symbol.children, depth - 1, room)) for symbol in symbols)


def _join(known: tuple[Symbol, ...], new: Iterable[Symbol], source: SyntaxTree, number: int) -> tuple[Symbol, ...]:
    """Add what another reading shows: whole symbols, or more of symbols that are known.

    A symbol is known if it is at the same place, or if it is other clauses under the same signature.
    """
    joined = list(known)
    by_place = {symbol.name_start: index for index, symbol in enumerate(known)}
    by_name = {(symbol.name, symbol.kind): index for index, symbol in enumerate(known)}
    for symbol in new:
        index = by_place.get(symbol.name_start, by_name.get((symbol.name, symbol.kind)))
        if index is not None and joined[index].start < symbol.end and symbol.start < joined[index].end:
            old = joined[index]
            joined[index] = evolve(
                old,
                start=min(old.start, symbol.start),
                code_start=min(old.code_start, symbol.code_start),
                end=max(old.end, symbol.end),
                children=_join(old.children, symbol.children, source, number),
            )
        elif source.shows(number, symbol.name_start):
            joined.append(symbol)
    return tuple(sorted(joined, key=lambda symbol: symbol.name_start))


_BETWEEN = frozenset({"comment", "haddock", "pragma", "fixity"})
_CONSTRUCTORS = frozenset({"data_constructor", "gadt_constructor", "newtype_constructor"})


@frozen
class _Scope:
    """Declarations that stand side by side."""

    group: SymbolGroup
    depth: int
    """How many functions it is local to."""

    in_class: bool
    """Whether its values are methods."""


class _Reader:
    """Finds the symbols of one reading."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._deprecated = _deprecated(tree)

    def module(self) -> tuple[Symbol, ...]:
        """All symbols of the file."""
        tree = self._tree
        scope = _Scope(SymbolGroup(tree), 0, in_class=False)
        for part in _parts(tree):
            nodes = list(items(tree, part))
            if (broken := self._broken(part, nodes)) is not None:
                scope.group.define([broken])
            else:
                self._read(scope, nodes)
        found = self._finish(scope)
        head = next((node for node in items(tree, 0) if tree.kinds[node] == "header"), None)
        name = tree.child(head, "module") if head is not None else None
        if name is None:
            return found
        return (
            evolve(self._symbol(name, SymbolKind.MODULE, 0), start=0, code_start=0, end=len(tree.code), children=found),
        )

    def _inner(self, parent: Node, depth: int, *, in_class: bool = False) -> tuple[Symbol, ...]:
        """The symbols of a class, an instance, a `where` or a `let`."""
        scope = _Scope(SymbolGroup(self._tree), depth, in_class)
        self._read(scope, items(self._tree, parent))
        return self._finish(scope)

    def _read(self, scope: _Scope, nodes: Iterable[Node]) -> None:
        for node in nodes:
            self._readers.get(self._tree.kinds[node], _Reader._part)(self, scope, node)

    def _finish(self, scope: _Scope) -> tuple[Symbol, ...]:
        return tuple(evolve(symbol, deprecated=symbol.name in self._deprecated) for symbol in scope.group.symbols())

    # One for each kind of declaration.

    def _pass_by(self, scope: _Scope, node: Node) -> None:
        scope.group.pass_by(node)

    def _part(self, scope: _Scope, node: Node) -> None:
        if not self._tree.kinds[node].startswith('"'):
            scope.group.part()

    def _signature(self, scope: _Scope, node: Node) -> None:
        inner = self._tree.child(node, "signature")
        scope.group.sign(self._signed(scope, node if inner is None else inner, node))

    def _kind_signature(self, scope: _Scope, node: Node) -> None:
        detail = self._written(node, "kind")
        scope.group.sign([self._symbol(name, SymbolKind.TYPE, node, detail) for name in names(self._tree, node)])

    def _foreign(self, scope: _Scope, node: Node) -> None:
        signature = self._tree.child(node, "signature")
        scope.group.define([] if signature is None else self._signed(scope, signature, node))

    def _value(self, scope: _Scope, node: Node) -> None:
        kind = SymbolKind.METHOD if scope.in_class else SymbolKind.FUNCTION if self._takes(node) else SymbolKind.VALUE
        local = tuple(self._local(node, scope.depth + 1)) if scope.depth < MOST_DEPTH else ()
        symbols = [self._symbol(name, kind, node) for name in names(self._tree, node)]
        scope.group.define([evolve(symbol, children=local) for symbol in symbols[:1]] + symbols[1:])

    def _pattern_synonym(self, scope: _Scope, node: Node) -> None:
        signature = self._tree.child(node, "signature")
        if signature is not None:
            scope.group.sign(self._signed(scope, signature, node, SymbolKind.PATTERN))
            return
        equation = self._tree.child(node, "equation")
        left = self._tree.child(equation, "synonym") if equation is not None else None
        if equation is None or left is None:
            return
        of_fields = [part for part in self._tree.children(left) if self._tree.kinds[part] == "field_pattern"]
        fields = [self._symbol(name, SymbolKind.FIELD, name) for part in of_fields for name in names(self._tree, part)]
        found = [self._symbol(name, SymbolKind.PATTERN, node) for name in names(self._tree, equation)]
        scope.group.define([evolve(symbol, children=tuple(fields)) for symbol in found])

    def _data(self, scope: _Scope, node: Node) -> None:
        children = tuple(self._constructors(node))
        found = [
            self._symbol(name, SymbolKind.DATA, node, self._written(node, "kind")) for name in names(self._tree, node)
        ]
        scope.group.define([evolve(symbol, children=children) for symbol in found])

    def _data_instance(self, scope: _Scope, node: Node) -> None:
        inner = self._tree.child(node, "data_type", "newtype")
        if inner is not None:
            symbol = self._with_arguments(inner, SymbolKind.DATA, node)
            scope.group.add([evolve(one, children=tuple(self._constructors(inner))) for one in symbol])

    def _class(self, scope: _Scope, node: Node) -> None:
        children = self._inner(node, scope.depth, in_class=True)
        found = [self._symbol(name, SymbolKind.CLASS, node) for name in names(self._tree, node)]
        scope.group.define([evolve(symbol, children=children) for symbol in found])

    def _instance(self, scope: _Scope, node: Node) -> None:
        children = self._inner(node, scope.depth, in_class=True)
        found = self._with_arguments(node, SymbolKind.INSTANCE, node)
        scope.group.add([evolve(one, name=f"instance {one.name}", children=children) for one in found])

    def _type(self, scope: _Scope, node: Node) -> None:
        detail = self._written(node, "type", "kind")
        scope.group.define([self._symbol(name, SymbolKind.TYPE, node, detail) for name in names(self._tree, node)])

    def _type_instance(self, scope: _Scope, node: Node) -> None:
        if self._tree.kinds[self._tree.parents[node]] == "class_declarations":
            return  # The default of a family that has a symbol.
        scope.group.add(self._with_arguments(node, SymbolKind.TYPE, node))

    def _fragment(self, scope: _Scope, node: Node) -> None:
        found = self._by_first_words(self._tree.starts[node], self._tree.ends[node], in_class=scope.in_class)
        scope.group.define([] if found is None else [found])

    def _splice(self, scope: _Scope, node: Node) -> None:
        scope.group.add([self._symbol(node, SymbolKind.SPLICE, node)])

    _readers: ClassVar[dict[str, Callable[["_Reader", _Scope, Node], None]]] = {
        **dict.fromkeys(_BETWEEN, _pass_by),
        **dict.fromkeys(("signature", "default_signature"), _signature),
        **dict.fromkeys(VALUES, _value),
        **dict.fromkeys(("data_type", "newtype"), _data),
        **dict.fromkeys(("instance", "deriving_instance"), _instance),
        **dict.fromkeys(("type_synonym", "type_family"), _type),
        ERROR: _fragment,
        "class": _class,
        "data_family": _data,
        "data_instance": _data_instance,
        "foreign_import": _foreign,
        "kind_signature": _kind_signature,
        "pattern_synonym": _pattern_synonym,
        "top_splice": _splice,
        "type_instance": _type_instance,
    }

    # What these are made of.

    def _symbol(self, name: Node, kind: SymbolKind, whole: Node, detail: str = "") -> Symbol:
        tree = self._tree
        return Symbol(
            name=one_line(tree, tree.starts[name], tree.ends[name]),
            kind=kind,
            start=tree.starts[whole],
            code_start=tree.starts[whole],
            end=tree.ends[whole],
            name_start=tree.starts[name],
            name_end=tree.ends[name],
            detail=detail,
        )

    def _signed(self, scope: _Scope, signature: Node, whole: Node, kind: SymbolKind | None = None) -> list[Symbol]:
        value = SymbolKind.FUNCTION if is_function_type(self._tree, signature) else SymbolKind.VALUE
        kind = kind or (SymbolKind.METHOD if scope.in_class else value)
        detail = self._written(signature, "type")
        return [self._symbol(name, kind, whole, detail) for name in names(self._tree, signature)]

    def _written(self, node: Node, *fields: str) -> str:
        """A type or kind as it is written in a declaration."""
        found = self._tree.child(node, *fields)
        return one_line(self._tree, self._tree.starts[found], self._tree.ends[found]) if found is not None else ""

    def _with_arguments(self, node: Node, kind: SymbolKind, whole: Node) -> list[Symbol]:
        """The symbol of an instance, whose name has the types that it is for."""
        tree = self._tree
        first = tree.child(node, "name", "infix", "parens")
        heads = names(tree, node)
        if first is None or not heads:
            return []
        last = tree.child(node, "patterns")
        symbol = self._symbol(heads[0], kind, whole)
        return [evolve(symbol, name=one_line(tree, tree.starts[first], tree.ends[first if last is None else last]))]

    def _takes(self, binding: Node) -> bool:
        """Whether a binding is one of a function, as far as one sees."""
        if self._tree.kinds[binding] == "function":
            return True
        match = self._tree.child(binding, "match")
        value = self._tree.child(match, "expression") if match is not None else None
        return value is not None and self._tree.kinds[value] in {"lambda", "lambda_case", "lambda_cases"}

    def _local(self, node: Node, depth: int) -> Iterator[Symbol]:
        """The listed declarations of the `where`s and `let`s in a declaration."""
        inner, after = node + 1, self._tree.afters[node]
        while inner < after:
            if self._tree.kinds[inner] != "local_binds":
                inner += 1
                continue
            for symbol in self._inner(inner, depth):
                if symbol.detail or symbol.kind is SymbolKind.FUNCTION:
                    yield symbol
                else:
                    yield from symbol.children
            inner = self._tree.afters[inner]

    def _constructors(self, declaration: Node) -> Iterator[Symbol]:
        tree = self._tree
        for node in tree.descendants(declaration):
            if tree.kinds[node] in _CONSTRUCTORS:
                yield from self._constructor(node)

    def _constructor(self, node: Node) -> tuple[Symbol, ...]:
        tree = self._tree
        inner = tree.child(node, "prefix", "infix", "record")
        is_infix = inner is not None and tree.kinds[inner] == "infix"
        # Of a constructor in the syntax of GADTs, `prefix` and `record` are its type.
        of_data = inner is not None and tree.kinds[node] == "data_constructor" and not is_infix
        found = names(tree, inner if inner is not None and of_data else node)
        fields = tuple(field for part in tree.descendants(node) for field in self._fields(part))
        detail = self._written(node, "type")
        if not detail and not fields and found:
            start = tree.starts[node] if is_infix else tree.ends[found[-1]]
            detail = one_line(tree, start, tree.ends[node]).removeprefix(")").strip()
        symbols = [self._symbol(name, SymbolKind.CONSTRUCTOR, node, detail) for name in found]
        return first_whole([evolve(symbol, children=fields) for symbol in symbols[:1]] + symbols[1:])

    def _fields(self, node: Node) -> tuple[Symbol, ...]:
        """The fields that one declaration of fields declares; none of any other node."""
        if self._tree.kinds[node] != "field":
            return ()
        detail = self._written(node, "type")
        return first_whole([self._symbol(name, SymbolKind.FIELD, node, detail) for name in names(self._tree, node)])

    def _broken(self, part: Node, nodes: Sequence[Node]) -> Symbol | None:
        """The symbol of an item that could not be parsed; None for any other item."""
        tree = self._tree
        code = [node for node in nodes if tree.kinds[node] not in _BETWEEN]
        kinds = [tree.kinds[node] for node in code]
        if kinds[:1] != [ERROR] and kinds[:2] != ["top_splice", ERROR]:
            return None
        return self._by_first_words(tree.starts[code[0]], tree.ends[part])

    def _by_first_words(self, start: int, end: int, *, in_class: bool = False) -> Symbol | None:
        """The symbol of what begins like a declaration."""
        found = _BEGINNING.match(self._tree.code, start, end)
        if found is None:
            return None
        place = found.span("type" if found["keyword"] else "value")
        kind = SymbolKind.FUNCTION if found["keyword"] or found["arguments"].strip() else SymbolKind.VALUE
        return Symbol(
            name=self._tree.code[slice(*place)],
            kind=_KEYWORDS.get(found["keyword"], SymbolKind.METHOD if in_class else kind),
            start=start,
            code_start=start,
            end=end,
            name_start=place[0],
            name_end=place[1],
        )


def _parts(tree: Tree) -> Iterator[Node]:
    """The items of a file that was parsed item by item; the whole of any other."""
    parts = [node for node in tree.children(0) if tree.kinds[node] == tree.kinds[0]]
    return iter(parts or [0])


def _deprecated(tree: Tree) -> frozenset[str]:
    """The names in DEPRECATED pragmas."""
    pragmas = (tree.text(node) for node, kind in enumerate(tree.kinds) if kind == "pragma")
    found = (_DEPRECATED.match(pragma) for pragma in pragmas)
    return frozenset(name for match in found if match for name in _NAME.findall(match[1]))


_DEPRECATED = re.compile(r'\{-#\s*DEPRECATED\s+([^"\[]*)', re.IGNORECASE)
_NAME = re.compile(r"[^\s,()]+")
_BEGINNING = re.compile(
    r"""(?P<keyword>data|newtype|type|class)\s+(?:family\s+)?(?:[^\n]*?=>\s*)?(?P<type>\w[\w']*)
    |(?!(?:module|import|instance|deriving|default|infix[lr]?|pattern|foreign|data|newtype|type|class)\b)
    (?P<value>[^\W\dA-Z][\w']*)(?P<arguments>[^\n=|:]*)(?:\n\s+)?(?:=|\||::)""",
    re.VERBOSE,
)
"""The first words of what could be a declaration."""

_KEYWORDS = {
    "data": SymbolKind.DATA,
    "newtype": SymbolKind.DATA,
    "type": SymbolKind.TYPE,
    "class": SymbolKind.CLASS,
}
