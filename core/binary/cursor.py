"""A place in bytes that are being decoded, and the one error of decoding; nothing here knows a format."""

from collections.abc import Callable
from typing import TypeVar

from attrs import define, field

from thatch.core.errors import ThatchError

Value = TypeVar("Value")


@define(kw_only=True)
class DecodeError(ThatchError):
    """Bytes that are not what their format says: damaged, cut short, or of another version."""

    offset: int
    """Where in the bytes, counted from 0."""

    expected: str
    """What should have stood there."""

    path: tuple[str, ...] = ()
    """The names of the parts that enclose the place, outermost first."""

    message: str = field(init=False)

    @message.default
    def _sentence(self) -> str:
        place = f" in {' -> '.join(self.path)}" if self.path else ""
        return f"Cannot decode the byte at {self.offset}{place}: expected {self.expected}."

    def inside(self, part: str) -> "DecodeError":
        """The same error, told from one part further out."""
        return type(self)(offset=self.offset, expected=self.expected, path=(part, *self.path))


class Cursor:
    """A place in some bytes; what it reads moves it on, and it never leaves them.

    Every method raises `DecodeError` when the bytes end too soon.
    """

    __slots__ = ("data", "end", "position")

    def __init__(self, data: bytes, position: int = 0, end: int | None = None) -> None:
        self.data = data
        self.position = position
        self.end = len(data) if end is None else end

    def error(self, expected: str, offset: int | None = None) -> DecodeError:
        """The error for what is wrong here (or at `offset`)."""
        return DecodeError(offset=self.position if offset is None else offset, expected=expected)

    def byte(self) -> int:
        """One byte."""
        position = self.position
        if position >= self.end:
            raise self.error("one more byte")
        self.position = position + 1
        return self.data[position]

    def take(self, n_bytes: int) -> bytes:
        """That many bytes."""
        position = self.position
        if not 0 <= n_bytes <= self.end - position:
            raise self.error(f"{n_bytes} more bytes of {self.end - position}")
        self.position = position + n_bytes
        return self.data[position : position + n_bytes]

    def word32(self) -> int:
        """Four bytes, the biggest first."""
        return int.from_bytes(self.take(4), "big")

    def seek(self, position: int) -> None:
        """Go to a place that lies within the bytes (or right behind them)."""
        if not 0 <= position <= self.end:
            raise self.error(f"the position {position} to lie in {self.end} bytes")
        self.position = position

    def part(self, name: str, read: Callable[[], Value]) -> Value:
        """Read a part; errors in it tell its name."""
        try:
            return read()
        except DecodeError as error:
            raise error.inside(name) from None
