"""What the printers of all syntactic classes share: names, extensions, and each other; nothing is printed here.

A construct is printed for a place, which says by a number how tightly it must hold together: a place takes whatever
binds at least so tightly, and all else gets parentheses.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence

from thatch.core.errors import ThatchError
from thatch.core.th.layout import Doc
from thatch.core.th.names import Names, Space, infix, is_operator, prefix
from thatch.core.th.tree import Name, Node, Value

WHOLE = 0
"""Takes anything, a type signature included."""

OPEN = 10
"""Takes operators, and what extends as far to the right as possible (lambda, `let`, `if`, `forall`)."""

TAIL = 15
"""The right operand of an operator: no other operator, but what extends to the right."""

OPERAND = 20
"""Takes an application."""

ATOM = 30
"""Takes what needs no parentheses anywhere."""


class PrintError(ThatchError):
    """A tree that cannot be printed: it holds something that has no syntax or is not known."""


class Printing(ABC):
    """The state of printing, and the classes of syntax that refer to each other in a circle."""

    def __init__(self, names: Names, *, strings: bool = False) -> None:
        self.names = names
        self.strings = strings
        """Whether lists of characters are written as string literals."""
        self.extensions: set[str] = set()
        """The language extensions that what has been printed needs."""

    @abstractmethod
    def expression(self, node: Value, place: int = OPEN) -> Doc:
        """An expression."""

    @abstractmethod
    def local_declarations(self, declarations: Sequence[Value]) -> list[Doc]:
        """Declarations of a `let` or `where`."""

    def need(self, *extensions: str) -> None:
        """Note language extensions."""
        self.extensions.update(extensions)

    def value(self, name: Value) -> str:
        """A variable where it is used, in prefix form."""
        return prefix(self._use(name, Space.VALUE))

    def constructor(self, name: Value) -> str:
        """A data constructor where it is used, in prefix form."""
        return prefix(self._use(name, Space.CONSTRUCTOR))

    def type_name(self, name: Value) -> str:
        """A type constructor or class where it is used, in prefix form."""
        return self._type_operator(prefix(self._use(name, Space.TYPE)))

    def operator(self, name: Value, space: Space) -> str:
        """A name between operands."""
        return infix(self._use(name, space))

    def binder(self, name: Value) -> str:
        """A name where it is bound, in prefix form."""
        return prefix(self.bare_binder(name))

    def type_binder(self, name: Value) -> str:
        """A type or class where it is declared, in prefix form."""
        return self._type_operator(self.binder(name))

    def bare_binder(self, name: Value) -> str:
        """A name where it is bound, without parentheses."""
        assert isinstance(name, Name)
        return self._hashed(self.names.bind(name))

    def _type_operator(self, text: str) -> str:
        if text[0] == "(" and is_operator(text[1:-1].strip()):
            self.need("TypeOperators")
        return text

    def _use(self, name: Value, space: Space) -> str:
        assert isinstance(name, Name)
        return self._hashed(self.names.use(name, space))

    def _hashed(self, text: str) -> str:
        if text.endswith("#") and text[0] != "(" and not set(text) <= _SYMBOLS:
            self.need("MagicHash")
        return text


def enclose(doc: Doc, place: int, binds: int) -> Doc:
    """Parentheses around something if its place asks for more than it gives."""
    return ["(", doc, ")"] if place > binds else doc


def nodes(value: Value) -> tuple[Value, ...]:
    """A list of the tree."""
    assert isinstance(value, tuple)
    return value


def unknown(what: str, value: Value) -> PrintError:
    """The error for a construct that the printer does not know."""
    said = value.constructor if isinstance(value, Node) else repr(value)[:60]
    return PrintError(
        message=f"The {what} {said} of a splice cannot be printed.",
        remedy="This version of thatch does not know it; please report it with your GHC's version.",
    )


_SYMBOLS = set("!#$%&*+./<=>?@\\^|-~:")
