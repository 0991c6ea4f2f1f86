"""The texts of files as they are now, read again only when they have changed."""

from collections import OrderedDict
from collections.abc import Collection, Mapping
from pathlib import Path

from attrs import frozen

from thatch.core.documents import Document, read_text
from thatch.core.ghc.stamps import file_stamp, text_stamp
from thatch.core.text import LineIndex

KEPT_FILES = 2000
"""Of how many files the texts are remembered; each takes as much as the file and a little more."""


@frozen(eq=False)
class Text:
    """What a file or its buffer holds."""

    lines: LineIndex

    stamp: str
    """As `text_stamp` gives it."""


class Texts:
    """Reads files and remembers them.  For one thread at a time."""

    def __init__(self) -> None:
        self._known: OrderedDict[Path, tuple[str, Text]] = OrderedDict()

    def current(self, paths: Collection[Path], documents: Mapping[Path, Document]) -> dict[Path, Text]:
        """The texts of files, or of their buffers; those that cannot be read are missing.  Blocking."""
        found = {}
        for path in paths:
            document = documents.get(path)
            text = Text(document.lines, text_stamp(document.text)) if document else self._read(path)
            if text:
                found[path] = text
        return found

    def _read(self, path: Path) -> Text | None:
        stamp = file_stamp(path)
        known = self._known.get(path)
        if known and known[0] == stamp:
            self._known.move_to_end(path)
            return known[1]
        content = read_text(path)
        if content is None:
            return None
        text = Text(LineIndex(content), text_stamp(content))
        self._known[path] = stamp, text
        self._known.move_to_end(path)
        if len(self._known) > KEPT_FILES:
            self._known.popitem(last=False)
        return text
