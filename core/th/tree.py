"""Syntax trees of Template Haskell as data, read from bytes and written back; what they mean is the printer's business.

The encoding is that of the package `binary` with the instances of ghci's `GHCi/TH/Binary.hs` (GHC 9.6.6, 9.10.3):

    Int         8 bytes, the biggest first
    Integer     00 and 4 bytes, or 01, sign byte, 8-byte length, bytes, the smallest first
    Char        its UTF-8
    list        8-byte length, items (String and NonEmpty too); Bytes likewise
    Ratio       two Integers
    sum         a byte: the constructor's place (none for a single constructor), then the fields
    Maybe       00, or 01 and the value; Bool 00 or 01

Haskell's types become Python's: Int and Integer `int`; Char and String `str`; lists, NonEmpty and tuples `tuple`; Ratio
a `tuple` of two; Maybe None or the value; Bool `bool`; Bytes and lists of Word8 `bytes`; `Name` a `Name`; single-field
newtypes over text (OccName, ModName, PkgName) `str`; all else `Node`.
"""

from collections.abc import Callable
from functools import cache
from typing import TypeAlias

from attrs import frozen

from thatch.core.binary.cursor import Cursor, DecodeError
from thatch.core.th.depth import MOST_LEVELS, room_for_deep_trees
from thatch.core.th.schema import Constructor, DataType, Schema, TypeUse


@frozen
class Unqualified:
    """NameS: bound by whatever is called so at the splice (`mkName "x"`)."""


@frozen
class Qualified:
    """NameQ: the same with a qualifier (`mkName "M.x"`)."""

    module: str


@frozen
class Unique:
    """NameU: a fresh name (`newName`)."""

    number: int


@frozen
class Local:
    """NameL: something bound around the splice, or a binder that was reified."""

    number: int


@frozen
class Global:
    """NameG: something of the top level of a module."""

    space: str
    """`VarName`, `DataName`, `TcClsName`, and since 9.8 `FldName`."""

    package: str
    """The id of the unit."""

    module: str

    parent: str = ""
    """Of a `FldName`: its first constructor."""


Flavour = Unqualified | Qualified | Unique | Local | Global


@frozen
class Name:
    """A name: what it is called, and how it is bound."""

    occ: str
    flavour: Flavour = Unqualified()


@frozen
class Node:
    """A constructor with its fields."""

    constructor: str
    fields: tuple["Value", ...] = ()


Value: TypeAlias = "Node | Name | int | str | bytes | bool | tuple[Value, ...] | None"

MOST_PATH = 50
"""How many levels the path of an error tells."""

EXPRESSION = TypeUse("Exp")
PATTERN = TypeUse("Pat")
TYPE = TypeUse("Type")
DECLARATIONS = TypeUse("List", (TypeUse("Dec"),))


def decode(data: bytes, use: TypeUse, schema: Schema) -> Value:
    """The value of that type that the bytes hold.

    Raises `DecodeError`, with offset and path, for bytes that are anything else, trailing ones included.
    """
    cursor = Cursor(data)
    value = decode_next(cursor, use, schema)
    if cursor.position != cursor.end:
        raise cursor.error("the end of the bytes")
    return value


def decode_next(cursor: Cursor, use: TypeUse, schema: Schema) -> Value:
    """The value of that type at the cursor, which moves behind it; raises `DecodeError`."""
    with room_for_deep_trees():
        return _Reader(cursor, schema).read(use)


def encode(value: Value, use: TypeUse, schema: Schema) -> bytes:
    """The bytes that `decode` reads; raises `ValueError` for a value that is not of that type."""
    out = bytearray()
    with room_for_deep_trees():
        _Writer(out, schema).write(value, use)
    return bytes(out)


class _Reader:
    """Reads values at a cursor."""

    def __init__(self, cursor: Cursor, schema: Schema) -> None:
        self._cursor = cursor
        self._schema = schema
        self._level = 0
        self._primitives: dict[str, Callable[[], Value]] = {
            "Int": self._int,
            "Integer": self._integer,
            "Char": lambda: self._characters(1),
            "String": lambda: self._characters(self._length()),
            "Word8": cursor.byte,
            "Bytes": lambda: cursor.take(self._length()),
            "Bool": lambda: self._tag(2, "Bool") == 1,
        }
        self._applied: dict[str, Callable[[TypeUse], Value]] = {
            "List": self._list,
            "NonEmpty": self._non_empty,
            "Maybe": lambda use: self.read(use) if self._tag(2, "Maybe") else None,
            "Ratio": lambda _: (self._integer(), self._integer()),
        }

    def read(self, use: TypeUse) -> Value:
        head = use.head
        if head in self._primitives:
            return self._primitives[head]()
        if head in self._applied:
            return self._applied[head](use.arguments[0])
        if head == "Tuple":
            return tuple([self.read(argument) for argument in use.arguments])
        data_type = instantiate(self._schema, use)
        if data_type.synonym is not None:
            return self.read(data_type.synonym)
        return self._constructed(data_type)

    def _constructed(self, data_type: DataType) -> Value:
        n_constructors = len(data_type.constructors)
        tag = self._tag(n_constructors, data_type.name) if n_constructors > 1 else 0
        constructor = data_type.constructors[tag]
        self._level += 1
        if self._level > MOST_LEVELS:
            raise self._cursor.error(f"at most {MOST_LEVELS} levels of nesting")
        fields: list[Value] = []
        level = self._level
        try:
            for use in constructor.fields:
                fields.append(self.read(use))  # noqa: PERF401 (the error tells how far it came)
        except DecodeError as error:
            # The outermost parts say enough, and so error handling is linear in the depth.
            if level > MOST_PATH:
                raise
            raise error.inside(f"{constructor.name}.{len(fields)}") from None
        self._level -= 1
        return _built(constructor.name, tuple(fields))

    def _list(self, use: TypeUse) -> Value:
        n_items = self._length()
        if use.head == "Word8":
            return self._cursor.take(n_items)
        return tuple([self.read(use) for _ in range(n_items)])

    def _non_empty(self, use: TypeUse) -> Value:
        position = self._cursor.position
        items = self._list(use)
        if not items:
            raise self._cursor.error("a list that is not empty", position)
        return items

    def _int(self) -> int:
        return int.from_bytes(self._cursor.take(8), "big", signed=True)

    def _integer(self) -> int:
        if self._tag(2, "Integer") == 0:
            return int.from_bytes(self._cursor.take(4), "big", signed=True)
        sign = -1 if self._cursor.byte() == 0xFF else 1
        return sign * int.from_bytes(self._cursor.take(self._length()), "little")

    def _length(self) -> int:
        """A number of items; each takes at least one byte, so that no more can be allocated than there is."""
        position = self._cursor.position
        length = self._int()
        if not 0 <= length <= self._cursor.end - self._cursor.position:
            raise self._cursor.error(f"a length that the rest of the bytes can hold, not {length}", position)
        return length

    def _characters(self, n_characters: int) -> str:
        cursor = self._cursor
        start = cursor.position
        if n_characters <= cursor.end - start:
            plain = cursor.data[start : start + n_characters]
            if plain.isascii():
                cursor.position += n_characters
                return plain.decode("ascii")
        return "".join([self._character() for _ in range(n_characters)])

    def _character(self) -> str:
        cursor = self._cursor
        start = cursor.position
        first = cursor.byte()
        n_more = 0 if first < 0x80 else 1 if first < 0xE0 else 2 if first < 0xF0 else 3
        data = bytes([first]) + cursor.take(n_more)
        try:
            # Haskell's characters can be surrogates.
            return data.decode("utf-8", "surrogatepass")
        except UnicodeDecodeError:
            raise cursor.error("a character in UTF-8", start) from None

    def _tag(self, n_tags: int, name: str) -> int:
        position = self._cursor.position
        tag = self._cursor.byte()
        if tag >= n_tags:
            raise self._cursor.error(f"the tag of a constructor of {name}, below {n_tags}, not {tag}", position)
        return tag


@cache
def _instantiated(data_type: DataType, arguments: tuple[TypeUse, ...]) -> DataType:
    bound = dict(zip(data_type.parameters, arguments, strict=True))

    def put(use: TypeUse) -> TypeUse:
        return bound.get(use.head) or TypeUse(use.head, tuple(map(put, use.arguments)))

    constructors = tuple(Constructor(each.name, tuple(map(put, each.fields))) for each in data_type.constructors)
    return DataType(data_type.name, (), constructors, data_type.synonym and put(data_type.synonym))


def instantiate(schema: Schema, use: TypeUse) -> DataType:
    """The data type with its parameters filled in."""
    data_type = schema.types[use.head]
    return _instantiated(data_type, use.arguments) if data_type.parameters else data_type


_TEXTS = {"OccName", "ModName", "PkgName"}


def _built(constructor: str, fields: tuple[Value, ...]) -> Value:
    """A constructor's value; names get classes of their own."""
    match constructor, fields:
        case "Name", (str(occ), Node(flavour, inner)):
            return Name(occ, _flavour(flavour, inner))
        case _, (str(text),) if constructor in _TEXTS:
            return text
        case _:
            return Node(constructor, fields)


def _flavour(constructor: str, fields: tuple[Value, ...]) -> Flavour:
    match constructor, fields:
        case "NameS", ():
            return Unqualified()
        case "NameQ", (str(module),):
            return Qualified(module)
        case "NameU", (int(number),):
            return Unique(number)
        case "NameL", (int(number),):
            return Local(number)
        case "NameG", (Node(space, parent), str(package), str(module)):
            return Global(space, package, module, str(parent[0]) if parent else "")
        case _:
            raise DecodeError(offset=0, expected=f"a known kind of name, not {constructor}")


def _taken_apart(value: Value) -> Value:
    """The opposite of `_built` for names."""
    if not isinstance(value, Name):
        return value
    match value.flavour:
        case Unqualified():
            flavour = Node("NameS")
        case Qualified(module):
            flavour = Node("NameQ", (module,))
        case Unique(number):
            flavour = Node("NameU", (number,))
        case Local(number):
            flavour = Node("NameL", (number,))
        case Global(space, package, module, parent):
            flavour = Node("NameG", (Node(space, (parent,) if parent else ()), package, module))
    return Node("Name", (value.occ, flavour))


class _Writer:
    """Writes values to the end of some bytes."""

    def __init__(self, out: bytearray, schema: Schema) -> None:
        self._out = out
        self._schema = schema

    def write(self, value: Value, use: TypeUse) -> None:
        match use.head, value:
            case (("List" | "NonEmpty"), tuple(items)):
                self._int(len(items))
                for item in items:
                    self.write(item, use.arguments[0])
            case "Maybe", _:
                self._out.append(value is not None)
                if value is not None:
                    self.write(value, use.arguments[0])
            case "Tuple", tuple(parts) if len(parts) == len(use.arguments):
                for part, argument in zip(parts, use.arguments, strict=True):
                    self.write(part, argument)
            case head, _ if head in self._schema.types:
                self._constructed(value, instantiate(self._schema, use))
            case _:
                self._primitive(value, use)

    def _primitive(self, value: Value, use: TypeUse) -> None:
        match use.head, value:
            case (("Bool" | "Word8"), int(number)):
                self._out.append(number)
            case "Int", int(number):
                self._int(number)
            case "Integer", int(number):
                self._integer(number)
            case "Char", str(text):
                self._out += text.encode("utf-8", "surrogatepass")
            case "String", str(text):
                self._int(len(text))
                self._out += text.encode("utf-8", "surrogatepass")
            case (("Bytes" | "List"), bytes(data)):
                self._int(len(data))
                self._out += data
            case "Ratio", (int(above), int(below)):
                self._integer(above)
                self._integer(below)
            case _:
                raise ValueError(f"{value!r:.80} is no {use}")

    def _constructed(self, value: Value, data_type: DataType) -> None:
        if data_type.synonym is not None:
            self.write(value, data_type.synonym)
            return
        value = _taken_apart(value)
        if data_type.name in _TEXTS:
            value = Node(data_type.name, (value,))
        if isinstance(value, Node):
            for tag, constructor in enumerate(data_type.constructors):
                if constructor.name == value.constructor and len(constructor.fields) == len(value.fields):
                    if len(data_type.constructors) > 1:
                        self._out.append(tag)
                    for part, use in zip(value.fields, constructor.fields, strict=True):
                        self.write(part, use)
                    return
        raise ValueError(f"{value!r:.80} is no {data_type.name}")

    def _int(self, number: int) -> None:
        self._out += number.to_bytes(8, "big", signed=True)

    def _integer(self, number: int) -> None:
        if -(2**31) <= number < 2**31:
            self._out.append(0)
            self._out += number.to_bytes(4, "big", signed=True)
            return
        size = (abs(number).bit_length() + 7) // 8
        self._out.append(1)
        self._out.append(1 if number > 0 else 0xFF)
        self._int(size)
        self._out += abs(number).to_bytes(size, "little")
