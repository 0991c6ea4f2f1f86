"""GHC's `Binary` encoding and the tables of strings and names that its files share; not what the files mean.

Drawn from GHC's `compiler/GHC/Utils/Binary.hs` and `compiler/GHC/Iface/Binary.hs` (9.6.6 and 9.10.3):

    Word16/32/64   7 bits a byte, low bits first, the top bit set on all bytes but the last (unsigned LEB128)
    Int, lengths   the same with the sign in the last byte's bit 6 (signed LEB128)
    Word8, Bool, tags of sum types   one byte
    Fingerprint    two Word64; shown as 32 hexadecimal digits
    pointer        four bytes, big-endian: an offset from the start of the file
    list           length, then the items
    String         a list of Char, each a Word32
    FastString     a Word32: the index in the string table
    Name           a Word32: 00 + 30 bits: the index in the name table; 10 + 8 bits + 22 bits: a name known to GHC
    string table   length, then for each string: length in bytes, UTF-8 with NUL as C0 80
    name table     length, then for each name: unit, module name (FastString), namespace and FastString
    Unit           tag: 0 an ordinary unit: FastString; 1 one with its signatures filled: FastString, list of
                   (FastString, Module); 2 a signature without an implementation
"""

import re
from functools import lru_cache

from thatch.core.binary.cursor import Cursor, DecodeError

SMALL_WORD = 0x80
"""A byte below this is a whole unsigned number."""

SMALL_INT = 0x40
"""A byte below this is a whole signed number that is not negative."""

MOST_BITS = 64
"""No number that GHC writes this way is longer."""

WORD64 = (1 << 64) - 1

DEEPEST_UNIT = 32
"""Units in units (Backpack) deeper than this are taken for damage."""

TWO_WORDS = re.compile(rb"[\x80-\xff]{0,9}[\x00-\x7f][\x80-\xff]{0,9}[\x00-\x7f]", re.DOTALL)
"""Two unsigned numbers of at most 70 bits."""

HOLE = "<hole>"
"""The unit of a signature that nothing implements yet."""


class GhcCursor(Cursor):
    """A cursor that reads GHC's basic encodings; strings come from the file's table."""

    __slots__ = ("strings",)

    def __init__(self, data: bytes, strings: "StringTable", position: int = 0, end: int | None = None) -> None:
        super().__init__(data, position, end)
        self.strings = strings

    def word(self) -> int:
        """An unsigned number of at most 64 bits."""
        position = self.position
        data = self.data
        if position < self.end and data[position] < SMALL_WORD:
            self.position = position + 1
            return data[position]
        return self._digits()[0]

    def number(self) -> int:
        """A signed number of at most 64 bits."""
        position = self.position
        data = self.data
        if position < self.end and data[position] < SMALL_INT:
            self.position = position + 1
            return data[position]
        value, shift = self._digits()
        return value - (1 << shift) if data[self.position - 1] & SMALL_INT else value

    def _digits(self) -> tuple[int, int]:
        """The digits of a number, and how many bits they are."""
        position, end, data = self.position, self.end, self.data
        value = shift = 0
        while position < end and shift < MOST_BITS:
            digit = data[position]
            position += 1
            value |= (digit & 0x7F) << shift
            shift += 7
            if digit < SMALL_WORD:
                self.position = position
                return value, shift
        raise self.error("a number of at most 64 bits")

    def count(self) -> int:
        """The length of a list whose items take at least a byte each."""
        start = self.position
        n_items = self.number()
        if not 0 <= n_items <= self.end - self.position:
            raise self.error(f"a length below {self.end - self.position}, not {n_items}", start)
        return n_items

    def flag(self) -> bool:
        """A truth value."""
        return self.tag(2) == 1

    def tag(self, n_tags: int) -> int:
        """The tag of a sum type, below the given number."""
        position = self.position
        if position >= self.end or self.data[position] >= n_tags:
            raise self.error(f"a tag below {n_tags}")
        self.position = position + 1
        return self.data[position]

    def fingerprint(self) -> str:
        """A hash, as `ghc --show-iface` writes it."""
        found = TWO_WORDS.match(self.data, self.position, self.end)
        if found is None:
            raise self.error("a hash")
        self.position = found.end()
        return _fingerprint(found[0])

    def text(self) -> str:
        """A `FastString`."""
        return self.strings[self.word()]

    def characters(self) -> str:
        """A `String`, or a `FilePath` of older versions."""
        n_characters = self.count()
        start = self.position
        encoded = self.data[start : start + n_characters]
        if encoded.isascii():
            self.position = start + n_characters
            return encoded.decode("ascii")
        try:
            return "".join([chr(self.word()) for _ in range(n_characters)])
        except (ValueError, OverflowError):
            raise self.error("characters", start) from None

    def blob(self) -> bytes:
        """A `ByteString`."""
        return self.take(self.count())

    def unit(self, depth: int = 0) -> str:
        """A unit as GHC writes it: its id, `id[A=<unit>:<module>]` or `<hole>`."""
        tag = self.tag(3)
        if tag == 0:
            return self.text()
        if tag == 2:
            return HOLE
        if depth == DEEPEST_UNIT:
            raise self.error("an end of units in units")
        name = self.text()
        filled = [f"{self.text()}={self.unit(depth + 1)}:{self.text()}" for _ in range(self.count())]
        return f"{name}[{','.join(filled)}]"

    def skip_lazy(self) -> int:
        """Skip a value that GHC reads only on demand; where it starts.

        It is preceded by a pointer behind it.
        """
        behind = self.word32()
        start = self.position
        if not start <= behind <= self.end:
            raise self.error(f"a pointer between {start} and {self.end}, not {behind}", start - 4)
        self.position = behind
        return start


@lru_cache(maxsize=1 << 16)
def _fingerprint(encoded: bytes) -> str:
    """A hash in hexadecimal digits; the same ones come in every file of a project, hence the cache."""
    words = [0]
    shift = 0
    for digit in encoded:
        words[-1] |= (digit & 0x7F) << shift
        shift += 7
        if digit < SMALL_WORD:
            words.append(0)
            shift = 0
    return f"{words[0] & WORD64:016x}{words[1] & WORD64:016x}"


class _Numbers(dict[bytes, int]):
    def __missing__(self, encoded: bytes) -> int:
        value = 0
        for digit in reversed(encoded):
            value = value << 7 | digit & 0x7F
        # There are only so many short ones, and they come again and again.
        if len(encoded) <= 2:
            self[encoded] = value
        return value


NUMBERS = _Numbers()
"""Numbers that are not negative, signed or not, by their encoding: to decode many of them with `map`."""


class StringTable:
    """A file's string table; a string is looked for and decoded when it is asked for, by any thread.

    GHC numbers strings in the order of their use, so that the ones that matter stand in front.
    """

    def __init__(self, data: bytes, position: int) -> None:
        self._data = data
        self._start = position
        self._found: tuple[list[int], int] | None = None
        """Where the strings found so far start, each in front of its length, and where the next one would."""
        self._n_strings = 0
        self._strings: dict[int, str] = {}

    def __getitem__(self, index: int) -> str:
        known = self._strings.get(index)
        if known is None:
            try:
                known = self._strings[index] = self._decode(index)
            except DecodeError as error:
                raise error.inside("string table") from None
        return known

    def _decode(self, index: int) -> str:
        places = self._places(index)
        cursor = GhcCursor(self._data, self, places[index])
        encoded = cursor.blob()
        try:
            return encoded.decode()
        except UnicodeDecodeError:
            return _decode_unusual(cursor, encoded)

    def _places(self, index: int) -> list[int]:
        """The places of the strings, up to that one at least."""
        found = self._found
        if found is not None and index < len(found[0]):
            return found[0]
        if found is None:
            cursor = GhcCursor(self._data, self, self._start)
            self._n_strings = cursor.count()
            found = [], cursor.position
        if index >= self._n_strings:
            raise DecodeError(offset=self._start, expected=f"more than {index} strings, not {self._n_strings}")
        places, position = found
        # Another thread may look for strings too: nothing is changed that it could have seen.
        wanted = min(max(index + 1, 2 * len(places)), self._n_strings)
        self._found = found = self._further(places.copy(), position, index, wanted)
        return found[0]

    def _further(self, places: list[int], position: int, index: int, wanted: int) -> tuple[list[int], int]:
        """Go on through the table; damage behind the string in question is for those who ask for what lies there."""
        data, end = self._data, len(self._data)
        while len(places) < wanted:
            if position < end and (length := data[position]) < SMALL_INT:
                places.append(position)
                position += 1 + length
                continue
            cursor = GhcCursor(data, self, min(position, end))
            try:
                length = cursor.count()
            except DecodeError:
                if index < len(places):
                    break
                raise
            places.append(position)
            position = cursor.position + length
        return places, position


def _decode_unusual(cursor: GhcCursor, encoded: bytes) -> str:
    """A string with what GHC's UTF-8 has beyond the common one.

    NUL is C0 80, and undecodable bytes of file names are lone surrogates.
    """
    try:
        return encoded.replace(b"\xc0\x80", b"\0").decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        raise cursor.error("UTF-8", cursor.position - len(encoded)) from None
