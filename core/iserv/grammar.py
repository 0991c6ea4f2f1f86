"""The types of template-haskell as the tap's walker wants them, from the list of their declarations in th_types.json.

One line of that list is a data type with its constructors in order, or a synonym, in a small syntax:

    data Body = GuardedB [(Guard,Exp)] | NormalB Exp
    data TyVarBndr flag = PlainTV Name 'flag | KindedTV Name 'flag Kind
    type FieldExp = (Name,Exp)

with `Maybe<Exp>` for a type applied to another.  The lists were derived by reifying the types of GHC 9.6.6 and 9.10.3.
"""

import json
import re
from collections.abc import Iterator, Sequence
from functools import cache
from importlib import resources

from thatch.core.iserv.messages import BOOL, BYTES, INT, STRING, UNIT
from thatch.core.iserv.readers import CHARACTERS, FIXED, LIST, NAMED, RECORD, SUM, Type

_INTEGER: Type = (SUM, ((FIXED, 4),), ((FIXED, 1), (LIST, (FIXED, 1))))
_BUILT_IN: dict[str, Type] = {
    "Int": INT,
    "Bool": BOOL,
    "String": STRING,
    "Char": (CHARACTERS, 1),
    "Word8": (FIXED, 1),
    "Integer": _INTEGER,
    "Rational": (RECORD, _INTEGER, _INTEGER),
    "Bytes": BYTES,
    "()": UNIT,
}
_TOKEN = re.compile(r"[A-Za-z_][\w']*|'\w+|\(\)|[\[\]<>(),|=]")


@cache
def th_types(series: str) -> dict[str, Type]:
    """The types of the template-haskell that comes with a GHC such as `9.10`; empty when it is not known."""
    text = resources.files(__package__).joinpath("th_types.json").read_text("utf-8")
    return compile_types(json.loads(text).get(series, []))


def compile_types(lines: Sequence[str]) -> dict[str, Type]:
    """The types that declarations in the syntax above define; raises ValueError for a line that is not in it."""
    return _Compiler(lines).all()


class _Compiler:
    def __init__(self, lines: Sequence[str]) -> None:
        self._declared: dict[str, tuple[list[str], list[str]]] = {}
        self._done: dict[str, Type] = {}
        for line in lines:
            kind, name, *rest = _TOKEN.findall(line)
            equals = rest.index("=")
            self._declared[name] = (rest[:equals], [kind, *rest[equals + 1 :]])

    def all(self) -> dict[str, Type]:
        for name, (parameters, _) in self._declared.items():
            if not parameters:
                self._by_name(name, ())
        return self._done

    def _by_name(self, name: str, arguments: tuple[Type, ...]) -> Type:
        key = f"{name}{arguments or ''}"
        if key not in self._done:
            self._done[key] = UNIT
            parameters, (kind, *tokens) = self._declared[name]
            reader = _Types(tokens, dict(zip(parameters, arguments, strict=True)), self)
            self._done[key] = reader.one() if kind == "type" else reader.constructors()
        return (NAMED, key)

    def applied(self, name: str, arguments: tuple[Type, ...]) -> Type:
        """A type by its name and the types that it is applied to."""
        if name == "Maybe":
            return (SUM, (), arguments)
        if name == "NonEmpty":
            return (LIST, *arguments)
        if name == "Ratio":
            return (RECORD, *arguments, *arguments)
        return _BUILT_IN.get(name) or self._by_name(name, arguments)


class _Types:
    """Reads types from tokens."""

    def __init__(self, tokens: Sequence[str], variables: dict[str, Type], compiler: _Compiler) -> None:
        self._tokens = [*tokens, "|"]
        self._position = 0
        self._variables = variables
        self._compiler = compiler

    def constructors(self) -> Type:
        """All constructors of a type; one alone has no tag, and is nothing but its fields."""
        found = list(self._constructors())
        if len(found) > 1:
            return (SUM, *found)
        (fields,) = found
        return fields[0] if len(fields) == 1 else (RECORD, *fields)

    def one(self) -> Type:
        """The type that stands here."""
        word = self._next()
        if word == "[":
            inner = self.one()
            self._next()
            return (LIST, inner)
        if word == "(":
            return (RECORD, *self._separated(")"))
        if word.startswith("'"):
            return self._variables[word[1:]]
        arguments: tuple[Type, ...] = ()
        if self._tokens[self._position] == "<":
            self._next()
            arguments = tuple(self._separated(">"))
        return self._compiler.applied(word, arguments)

    def _constructors(self) -> Iterator[tuple[Type, ...]]:
        while self._position < len(self._tokens):
            self._next()
            fields = []
            while self._tokens[self._position] != "|":
                fields.append(self.one())
            self._next()
            yield tuple(fields)

    def _separated(self, end: str) -> Iterator[Type]:
        yield self.one()
        while self._next() != end:
            yield self.one()

    def _next(self) -> str:
        word = self._tokens[self._position]
        self._position += 1
        return word
