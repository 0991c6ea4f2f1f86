"""The open buffers of an editor, as immutable values."""

from functools import cached_property
from pathlib import Path

from attrs import define, field

from thatch.core.text import LineIndex


@define(frozen=True, slots=False)
class Document:
    """An open buffer at one moment."""

    path: Path
    """Absolute path of the file that the buffer is (or will be) saved to."""

    text: str
    version: int = field()
    """The editor's number for this state; grows with every change."""

    @cached_property
    def lines(self) -> LineIndex:
        """The line index of the text, made when first asked for."""
        return LineIndex(self.text)


def read_text(path: Path) -> str | None:
    """The text of a file, decoded leniently as UTF-8 with line ends kept; None if it cannot be read."""
    try:
        return path.read_bytes().decode("utf-8", "replace")
    except OSError:
        return None
