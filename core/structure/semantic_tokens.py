"""What each word of a file is, as far as its text tells: the tokens that editors colour, and what may be known better.

A token's class comes from the syntax around it.  What only a compiler knows (whether a name is a method, a class, a
local variable) can be laid over these tokens with `overlay`.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from enum import Enum, Flag, auto
from typing import NamedTuple

from attrs import frozen

from thatch.core.structure.declarations import is_function_type, names
from thatch.core.structure.syntax_tree import Node, SyntaxTree, Tree


class TokenKind(Enum):
    """What a token is; the values are LSP's `SemanticTokenTypes`."""

    NAMESPACE = "namespace"
    TYPE = "type"
    CLASS = "class"
    TYPE_PARAMETER = "typeParameter"
    VARIABLE = "variable"
    PROPERTY = "property"
    CONSTRUCTOR = "enumMember"
    FUNCTION = "function"
    METHOD = "method"
    MACRO = "macro"
    """Splices, the quoters of quasi-quotes, the preprocessor's directives."""

    KEYWORD = "keyword"
    COMMENT = "comment"
    STRING = "string"
    NUMBER = "number"
    OPERATOR = "operator"


class Modifier(Flag):
    """What else a token is; the names are LSP's `SemanticTokenModifiers`."""

    NONE = 0
    DECLARATION = auto()
    DOCUMENTATION = auto()


class Token(NamedTuple):
    """A token; offsets are into the file's text.  Comments, strings and quotations may have several lines."""

    start: int
    end: int
    kind: TokenKind
    modifiers: Modifier = Modifier.NONE


@frozen
class Meaning:
    """What somebody who knows more says of a name."""

    kind: TokenKind
    modifiers: Modifier = Modifier.NONE


NAMES = frozenset(
    {
        TokenKind.TYPE,
        TokenKind.CLASS,
        TokenKind.TYPE_PARAMETER,
        TokenKind.VARIABLE,
        TokenKind.PROPERTY,
        TokenKind.CONSTRUCTOR,
        TokenKind.FUNCTION,
        TokenKind.METHOD,
        TokenKind.OPERATOR,
    }
)
"""The tokens that name something, of which more may be known than the text tells."""


def syntactic_tokens(source: SyntaxTree) -> list[Token]:
    """The tokens of a file, sorted and without overlaps; brackets and commas are none."""
    found: list[Token] = []
    for number, tree in enumerate(source.trees):
        tokens = _Reader(tree).tokens()
        found += tokens if len(source.trees) == 1 else (one for one in tokens if source.shows(number, one.start))
    found += (Token(one.start, one.word_end, TokenKind.MACRO) for one in source.directives.found)
    return _without_overlaps(sorted(found, key=lambda token: token.start))


_LEAVES = {
    "haddock": TokenKind.COMMENT,
    "comment": TokenKind.COMMENT,
    "string": TokenKind.STRING,
    "char": TokenKind.STRING,
    "quasiquote_body": TokenKind.STRING,
    "import_package": TokenKind.STRING,
    "integer": TokenKind.NUMBER,
    "float": TokenKind.NUMBER,
    "calling_convention": TokenKind.KEYWORD,
    "safety": TokenKind.KEYWORD,
    "label": TokenKind.PROPERTY,
    "implicit_variable": TokenKind.VARIABLE,
    "constructor": TokenKind.CONSTRUCTOR,
    "operator": TokenKind.OPERATOR,
    "constructor_operator": TokenKind.OPERATOR,
    "star": TokenKind.TYPE,
    **dict.fromkeys(['"$"', '"$$"', '"|]"', '"||]"', '"||"', '"⟦"', '"⟧"'], TokenKind.MACRO),
    **dict.fromkeys(
        (f'"{operator}"' for operator in "= -> <- :: => | \\ @ .. ! ~ - → ← ∷ ⇒ ⊸ ->.".split()), TokenKind.OPERATOR
    ),
    '"∀"': TokenKind.KEYWORD,
}
"""What leaves of the tree are wherever they stand."""

_TYPE_DECLARATIONS = frozenset(
    """
    class data_family data_instance data_type deriving_instance instance kind_signature newtype role_annotation
    type_family type_instance type_synonym
    """.split()
)
_TYPE_PARTS = frozenset("context quantified_variables type_application type_params type_patterns".split())
_TYPE_FIELDS = frozenset({"type", "kind"})
_BODIES = frozenset({"class_declarations", "instance_declarations"})
_VALUES = frozenset({"signature", "function", "bind"})
_NAMED_TYPES = frozenset(
    {"class", "data_family", "data_type", "kind_signature", "newtype", "type_family", "type_synonym"}
)
_CONSTRUCTORS = frozenset({"gadt_constructor", "newtype_constructor", "prefix", "record"})
_DECLARING = _VALUES | _NAMED_TYPES | _CONSTRUCTORS | {"field", "equation"}
_QUOTES = frozenset({"quote", "typed_quote", "quasiquote"})
_APPLYING = frozenset({"$", "$!", "<$>", "<$!>", "."})
_PRAGMA_WORD = re.compile(r"\{-#\s*\w+")


class _Reader:
    """Finds the tokens of one reading."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._in_type = _types(tree)
        self._declared: set[Node] = set()
        self._functions: set[str] = set()
        for node, kind in enumerate(tree.kinds):
            if kind in _DECLARING:
                self._declare(node, kind)

    def tokens(self) -> Iterator[Token]:
        """The tokens in order."""
        tree = self._tree
        for node, kind in enumerate(tree.kinds):
            if kind == "module":
                yield from self._module(node)
            elif kind == "pragma":
                yield from self._pragma(node)
            elif tree.is_leaf(node) and (found := self._leaf(node, kind)):
                declared = Modifier.DECLARATION if node in self._declared else Modifier.NONE
                documents = Modifier.DOCUMENTATION if kind == "haddock" else Modifier.NONE
                yield Token(tree.starts[node], tree.ends[node], found, declared | documents)

    def _declare(self, node: Node, kind: str) -> None:
        """Note the names that a node declares, and which of them are functions."""
        is_type = kind in _VALUES and self._in_type[node]  # A type of functions, or the variables of a type.
        around = self._tree.kinds[max(self._tree.parents[node], 0)]
        is_instance = around == "data_instance" or (kind == "equation" and around != "pattern_synonym")
        found = [] if is_type or is_instance else names(self._tree, node)
        self._declared.update(found)
        if kind == "function" or (kind == "signature" and is_function_type(self._tree, node)):
            self._functions.update(self._tree.text(name) for name in found)

    def _module(self, node: Node) -> Iterator[Token]:
        """The name of a module, without the dot behind it that a qualified name has."""
        last = [part for part in self._tree.children(node) if self._tree.kinds[part] == "module_id"][-1:]
        yield from (Token(self._tree.starts[node], self._tree.ends[part], TokenKind.NAMESPACE) for part in last)

    def _pragma(self, node: Node) -> Iterator[Token]:
        """The beginning and the end of a pragma: what stands between has as many syntaxes as there are pragmas."""
        start, end = self._tree.starts[node], self._tree.ends[node]
        word = _PRAGMA_WORD.match(self._tree.code, start, end)
        if word and self._tree.code.endswith("#-}", start, end):
            yield Token(start, word.end(), TokenKind.KEYWORD)
            yield Token(end - len("#-}"), end, TokenKind.KEYWORD)

    def _leaf(self, node: Node, kind: str) -> TokenKind | None:
        parent = self._tree.kinds[self._tree.parents[node]]
        if parent in _QUOTES and kind.startswith('"'):
            return TokenKind.MACRO
        if parent == "field_name":
            return TokenKind.PROPERTY
        if kind == "variable":
            return TokenKind.TYPE_PARAMETER if self._in_type[node] else self._variable(node, parent)
        if kind == "name":
            return TokenKind.CLASS if self._is_class(node) else TokenKind.TYPE
        return _LEAVES.get(kind) or (TokenKind.KEYWORD if kind.startswith('"') and kind[1:-1].isalpha() else None)

    def _variable(self, node: Node, parent: str) -> TokenKind:
        if parent == "quoter" or self._is_spliced(node):
            return TokenKind.MACRO
        if node in self._declared and self._in_body(node):
            return TokenKind.METHOD
        if parent == "infix_id" or self._tree.text(node) in self._functions or self._is_applied(node):
            return TokenKind.FUNCTION
        return TokenKind.VARIABLE

    def _in_body(self, name: Node) -> bool:
        """Whether a declared name is one of a class or an instance, and not local to a method."""
        tree = self._tree
        around = iter(tree.ancestors(name))
        declaration = next((node for node in around if tree.kinds[node] in _VALUES), 0)
        return tree.kinds[max(tree.parents[declaration], 0)] in _BODIES | {"default_signature"}

    def _is_spliced(self, node: Node) -> bool:
        """Whether a variable is the head of a splice: `makeLenses` in `makeLenses ''T`, `x` in `$x`."""
        tree = self._tree
        while tree.fields[node] == "function":
            node = tree.parents[node]
        return tree.kinds[tree.parents[node]] in {"top_splice", "splice"}

    def _is_applied(self, node: Node) -> bool:
        """Whether a variable is the function of an application, as far as one sees."""
        tree = self._tree
        if tree.kinds[tree.parents[node]] == "qualified":
            node = tree.parents[node]
        if tree.fields[node] == "function":
            return True
        infix = tree.parents[node]
        operator = tree.child(infix, "operator") if tree.kinds[infix] == "infix" else None
        if operator is None or tree.text(operator) not in _APPLYING:
            return False
        return tree.fields[node] == "left_operand" or tree.text(operator) == "."

    def _is_class(self, node: Node) -> bool:
        """Whether a name in a type is one of a class: it is declared, derived, instantiated or in a context."""
        tree = self._tree
        parent = tree.parents[node]
        if tree.kinds[parent] in {"qualified", "infix_id"}:
            node, parent = parent, tree.parents[parent]
        if tree.kinds[parent] in {"class", "instance", "deriving_instance"}:
            return tree.fields[node] == "name"
        while tree.fields[node] == "constructor" and tree.kinds[parent] == "apply":
            node, parent = parent, tree.parents[parent]
        while tree.kinds[parent] in {"parens", "tuple"}:
            node, parent = parent, tree.parents[parent]
        return tree.fields[node] in {"context", "classes"}


def _types(tree: Tree) -> bytearray:
    """For each node, whether it is part of a type."""
    found = bytearray(len(tree.kinds))
    for node, kind in enumerate(tree.kinds):
        if node == 0 or kind in _BODIES:
            continue
        is_type = kind in _TYPE_DECLARATIONS or kind in _TYPE_PARTS or tree.fields[node] in _TYPE_FIELDS
        found[node] = is_type or found[tree.parents[node]]
    return found


def overlay(tokens: Iterable[Token], meanings: Mapping[int, Meaning]) -> list[Token]:
    """The tokens with what is known of the names among them, by the offsets at which these begin.

    A meaning where no name begins is passed over: it belongs to another text.  Modifiers are added to the token's own.
    """
    return [
        token._replace(kind=meaning.kind, modifiers=token.modifiers | meaning.modifiers)
        if token.kind in NAMES and (meaning := meanings.get(token.start))
        else token
        for token in tokens
    ]


def _without_overlaps(tokens: list[Token]) -> list[Token]:
    """Without tokens that begin inside of others, such as directives in a comment."""
    kept: list[Token] = []
    for token in tokens:
        if not kept or kept[-1].end <= token.start:
            kept.append(token)
    return kept
