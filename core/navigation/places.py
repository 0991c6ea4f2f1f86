"""Places in files to lead the user to, as offsets into the text as it is now; plain data."""

from pathlib import Path

from attrs import frozen

from thatch.core.text import LineIndex


@frozen(eq=False)
class Place:
    """A name in a file, and all of what it names."""

    path: Path

    lines: LineIndex
    """The text of the file as it is now."""

    name: tuple[int, int]
    """The offsets of the name."""

    whole: tuple[int, int]
    """The offsets of the declaration around it, as far as it is known; at least the name's."""


@frozen(eq=False)
class Found:
    """What was found for a place that was asked about."""

    origin: tuple[int, int]
    """The offsets of the name that was asked about."""

    places: tuple[Place, ...]
