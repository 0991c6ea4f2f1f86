"""The encoding of the `binary` package: finding where a value ends as its bytes come in, and reading small values.

Part of the tap: standard library only.  The tables of types are in `messages`.

A type is a tuple whose first item says how it is encoded:

    (FIXED, n)               n bytes
    (CHARACTERS, n)          n characters as UTF-8: Char
    (BLOB,)                  a length and that many bytes: ByteString
    (TEXT,)                  a length and that many characters as UTF-8: String
    (LIST, type)             a length and that many values
    (LIST, type, True)       the same, and the length is counted
    (SUM, fields, ...)       a byte that says which constructor, then the fields of that one: a tuple of types
    (RECORD, type, ...)      the values one after the other: tuples, types with one constructor
    (NAMED, name)            the type of that name in the walker's table, so that types can be recursive
    (CODE,)                  a blob that starts with a length, which is counted: what CreateBCOs holds

`Type` stands for all of these.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    # At run time this would make the start of the tap slow, here and in the modules around.
    from collections.abc import Mapping, Sequence
    from typing import Any

    Type = Sequence[Any]
else:
    Type = tuple

FIXED, CHARACTERS, BLOB, TEXT, LIST, SUM, RECORD, NAMED, CODE = range(9)
_ITEMS, _COUNTED = range(9, 11)

MOST_ITEMS = 2**32
"""A longer list or text is taken for damage: no GHC could hold it."""

MOST_BYTES = 2**40
"""A longer string of bytes is taken for damage."""

MOST_NESTING = 100_000
"""What is nested deeper is taken for damage."""


class WrongBytes(Exception):  # noqa: N818  # Part of the tap, which must not import the errors of thatch.
    """Bytes that are not what the table of their message says."""

    def __init__(self, expected: str, offset: int, path: str = "") -> None:
        super().__init__(expected, offset, path)
        self.expected = expected
        self.offset = offset
        """Counted from the start of the message."""
        self.path = path
        """The message that it stands in."""

    def __str__(self) -> str:
        inside = f" of {self.path}" if self.path else ""
        return f"expected {self.expected} at byte {self.offset}{inside}"


class Walker:
    """Finds the end of a value whose bytes come in pieces, without building the value.

    The time is proportional to the bytes; the memory to how deep the value is nested.
    """

    __slots__ = ("_kept", "_named", "_short", "_stack", "counted", "seen")

    def __init__(self, named: "Mapping[str, Type]") -> None:
        self._named = named
        self._stack: list[Type] = []
        self._kept = b""
        self._short = False
        self.counted = 0
        """The sum of the lengths that are to be counted."""
        self.seen = 0
        """How many bytes of the value were behind before the latest `feed`."""

    @property
    def done(self) -> bool:
        """Whether the end of the value has been found."""
        return not self._stack

    def start(self, *types: Type) -> None:
        """Begin a new value: values of these types one after the other."""
        self._stack = list(reversed(types))
        self._kept = b""
        self.counted = 0
        self.seen = 0

    def feed(self, data: bytes, position: int = 0) -> int:
        """Go on with these bytes from `position`; return where the value ends, or the end of `data` if it goes on.

        Raises `WrongBytes`; the walker is of no use after that.
        """
        n_kept = len(self._kept)
        if n_kept:
            # What is kept is the start of a length or a character: a few bytes.
            reached = self._walk(self._kept + data[position:], 0) - n_kept + position
            self.seen -= n_kept
        else:
            reached = self._walk(data, position)
        if self._stack:
            self._kept = data[max(reached, position) :] if reached >= position else self._kept + data[position:]
            self.seen += len(data) - position + n_kept
            return len(data)
        self._kept = b""
        self.seen += reached - position
        return reached

    def _walk(self, data: bytes, position: int) -> int:
        stack = self._stack
        start = position
        self._short = False
        while stack and not self._short:
            item = stack.pop()
            try:
                position = _STEPS[item[0]](self, item, data, position)
            except WrongBytes as error:
                error.offset += self.seen - len(self._kept) - start
                raise
            if len(stack) > MOST_NESTING:
                raise WrongBytes("less nesting", self.seen + position - start)
        return position

    def _lacks(self, item: Type) -> None:
        """Put back what the bytes did not suffice for."""
        self._stack.append(item)
        self._short = True

    def _fixed(self, item: Type, data: bytes, position: int) -> int:
        reached = position + item[1]
        if reached <= len(data):
            return int(reached)
        if len(data) > position:
            item = (FIXED, reached - len(data))
        self._lacks(item)
        return len(data)

    def _length(self, item: Type, data: bytes, position: int, most: int) -> int:
        """The length that stands here; -1 when its bytes are not all there."""
        if position + 8 > len(data):
            self._lacks(item)
            return -1
        length = int.from_bytes(data[position : position + 8], "big")
        if length > most:
            raise WrongBytes(f"a length of at most {most}", position)
        return length

    def _blob(self, item: Type, data: bytes, position: int) -> int:
        length = self._length(item, data, position, MOST_BYTES)
        return position if length < 0 else self._fixed((FIXED, length), data, position + 8)

    def _code(self, item: Type, data: bytes, position: int) -> int:
        length = self._length(item, data, position, MOST_BYTES)
        if length < 0:
            return position
        if length < 8:
            raise WrongBytes("a length within a string of bytes", position)
        self._stack += [(FIXED, length - 8), (_COUNTED,)]
        return position + 8

    def _counted(self, item: Type, data: bytes, position: int) -> int:
        count = self._length(item, data, position, MOST_ITEMS)
        if count < 0:
            return position
        self.counted += count
        return position + 8

    def _text(self, item: Type, data: bytes, position: int) -> int:
        length = self._length(item, data, position, MOST_ITEMS)
        return position if length < 0 else self._characters((CHARACTERS, length), data, position + 8)

    def _characters(self, item: Type, data: bytes, position: int) -> int:
        left = item[1]
        plain = data[position : position + left]
        if plain.isascii():
            position += len(plain)
            if left > len(plain):
                self._lacks((CHARACTERS, left - len(plain)))
            return position
        while left:
            reached = position + (_width(data, position) if position < len(data) else 1)
            if reached > len(data):
                self._lacks((CHARACTERS, left))
                break
            position, left = reached, left - 1
        return position

    def _list(self, item: Type, data: bytes, position: int) -> int:
        length = self._length(item, data, position, MOST_ITEMS)
        if length < 0:
            return position
        if len(item) == 3:
            self.counted += length
        element = item[1]
        if element[0] == FIXED:
            return self._fixed((FIXED, length * element[1]), data, position + 8)
        if length:
            self._stack.append((_ITEMS, element, length))
        return position + 8

    def _items(self, item: Type, data: bytes, position: int) -> int:
        _, element, left = item
        if left > 1:
            self._stack.append((_ITEMS, element, left - 1))
        self._stack.append(element)
        return position

    def _sum(self, item: Type, data: bytes, position: int) -> int:
        if position >= len(data):
            self._lacks(item)
            return position
        tag = data[position] + 1
        if tag >= len(item):
            raise WrongBytes(f"a tag below {len(item) - 1}", position)
        self._stack.extend(reversed(item[tag]))
        return position + 1

    def _record(self, item: Type, data: bytes, position: int) -> int:
        self._stack.extend(item[:0:-1])
        return position

    def _by_name(self, item: Type, data: bytes, position: int) -> int:
        self._stack.append(self._named[item[1]])
        return position


_STEPS = {
    FIXED: Walker._fixed,  # noqa: SLF001
    BLOB: Walker._blob,  # noqa: SLF001
    TEXT: Walker._text,  # noqa: SLF001
    LIST: Walker._list,  # noqa: SLF001
    SUM: Walker._sum,  # noqa: SLF001
    RECORD: Walker._record,  # noqa: SLF001
    NAMED: Walker._by_name,  # noqa: SLF001
    CODE: Walker._code,  # noqa: SLF001
    _ITEMS: Walker._items,  # noqa: SLF001
    CHARACTERS: Walker._characters,  # noqa: SLF001
    _COUNTED: Walker._counted,  # noqa: SLF001
}


class Reader:
    """Reads small values from bytes that are all there; every method raises `WrongBytes` when they are not."""

    __slots__ = ("data", "position")

    def __init__(self, data: bytes, position: int = 0) -> None:
        self.data = data
        self.position = position

    def byte(self) -> int:
        """One byte."""
        return self.take(1)[0]

    def take(self, n_bytes: int) -> bytes:
        """That many bytes."""
        position = self.position
        if not 0 <= n_bytes <= len(self.data) - position:
            raise WrongBytes(f"{n_bytes} more bytes", position)
        self.position = position + n_bytes
        return self.data[position : self.position]

    def integer(self) -> int:
        """An Int: eight bytes, the biggest first."""
        return int.from_bytes(self.take(8), "big", signed=True)

    def blob(self) -> bytes:
        """A ByteString."""
        return self.take(self.integer())

    def text(self) -> str:
        """A String."""
        left = self.integer()
        start = self.position
        if not 0 <= left <= len(self.data) - start:
            raise WrongBytes("a text that ends", start)
        reached = start
        while left and reached < len(self.data):
            reached, left = reached + _width(self.data, reached), left - 1
        if left:
            raise WrongBytes("a text that ends", reached)
        try:
            return self.take(reached - start).decode("utf-8", "surrogatepass")
        except UnicodeDecodeError as error:
            raise WrongBytes("UTF-8", start + error.start) from None


def _width(data: bytes, position: int) -> int:
    """The bytes of the character that starts here."""
    lead = data[position]
    if lead < 0x80:
        return 1
    for width, low, high in ((2, 0xC0, 0xE0), (3, 0xE0, 0xF0), (4, 0xF0, 0xF8)):
        if low <= lead < high:
            return width
    raise WrongBytes("the start of a character", position)
