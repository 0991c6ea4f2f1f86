"""Which declarations a diagnostic stands in, by the syntax of its file; nothing is compiled for that."""

import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from thatch.core.diagnostics import Diagnostic
from thatch.core.text import LineIndex

if TYPE_CHECKING:
    from thatch.core.structure.symbols import Symbol

PARSE_SECONDS = 4.0
"""How much of a processor's time a file may cost.  A hundred times what the largest real ones take."""

HASKELL = frozenset({".hs", ".lhs", ".hs-boot", ".lhs-boot", ".hsig", ".hsc", ".chs"})


class Enclosing:
    """Reads each file at most once, when first asked for."""

    def __init__(self, lines: Callable[[Path], LineIndex | None]) -> None:
        """`lines` gives the text of a file; None when it cannot be read."""
        self._lines = lines
        self._outlines: dict[Path, Sequence[Symbol]] = {}

    def names(self, diagnostic: Diagnostic) -> str:
        """The names of the declarations around it, such as `instance Show Colour.show`; empty outside of all."""
        lines = self._lines(diagnostic.path)
        if diagnostic.span is None or lines is None or diagnostic.path.suffix not in HASKELL:
            return ""
        start, end = lines.offsets(diagnostic.span)
        return ".".join(_around(self._outline(diagnostic.path, lines), start, end))

    def _outline(self, path: Path, lines: LineIndex) -> "Sequence[Symbol]":
        if path not in self._outlines:
            # Only few who check want it, and it brings a parser along.
            from thatch.core.structure.outline import outline
            from thatch.core.structure.symbols import SymbolKind
            from thatch.core.structure.syntax_tree import parse

            deadline = time.thread_time() + PARSE_SECONDS
            literate = path.suffix.startswith(".lhs")
            tree = parse(lines.text, literate=literate, gives_up=lambda: time.thread_time() > deadline)
            symbols = outline(tree) if tree is not None else ()
            # The module itself is around everything.
            inner = [symbol.children if symbol.kind is SymbolKind.MODULE else (symbol,) for symbol in symbols]
            self._outlines[path] = [symbol for group in inner for symbol in group]
        return self._outlines[path]


def _around(symbols: "Sequence[Symbol]", start: int, end: int) -> Iterator[str]:
    """The names from the outermost declaration in."""
    around = next((symbol for symbol in symbols if symbol.start <= start and end <= symbol.end), None)
    while around is not None:
        yield around.name
        around = next((symbol for symbol in around.children if symbol.start <= start and end <= symbol.end), None)
