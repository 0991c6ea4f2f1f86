"""Lines of the C preprocessor in a Haskell file, and the texts that its branches leave; no macro is expanded.

Which branch GHC takes depends on macros that the text does not tell.  So the file is read several times, each time with
another branch of every `#if`, until each line has been part of a reading.  All readings have the same length and lines:
what is not read is blank.  A directive begins at a line's first column, as in the traditional mode that GHC asks for.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable

from attrs import frozen

MOST_READINGS = 4
"""More branches than this are not looked at: an `#elif` for each of ten platforms says the same ten times."""

MOST_DIRECTIVES = 5_000
MOST_DEPTH = 50
"""Beyond these a text is no program; its directives are blank and nothing more."""


@frozen
class Directive:
    """One line, or several that end in backslashes."""

    word: str
    """Such as `ifdef`; `!` for a `#!` line, a number for a `# 1 "file"` line."""

    start: int
    """The offset of the `#`."""

    word_end: int
    """The offset behind the word."""

    end: int
    """The offset behind its last line's text."""


@frozen
class Directives:
    """A text's directives, and which reading shows the text between them."""

    found: tuple[Directive, ...]
    conditionals: tuple[tuple[Directive, ...], ...]
    """`#if`, the `#elif`s and `#else` of the same level, and `#endif` unless the text ends before it."""

    shown_in: tuple[int, ...]
    """For the text before the first directive and the text behind each: the number of its reading; -1 for none."""

    _hidden: tuple[tuple[int, ...], ...]
    """For each reading, which of those pieces it does not show."""

    @property
    def n_readings(self) -> int:
        """How many readings it takes to see everything; 1 without `#else`."""
        return len(self._hidden)

    def reading_of(self, offset: int) -> int:
        """The reading that shows the text at an offset; -1 if none does."""
        return self.shown_in[bisect_right(self.found, offset, key=lambda directive: directive.start)]

    def reading(self, code: str, number: int) -> str:
        """A text of the same length with nothing but the code of one reading."""
        ends = [0, *(directive.end for directive in self.found)]
        starts = [*(directive.start for directive in self.found), len(code)]
        hidden = set(self._hidden[number])
        pieces = []
        for piece, (start, end) in enumerate(zip(ends, starts, strict=True)):
            if piece:
                pieces.append(blank(code[self.found[piece - 1].start : start]))
            pieces.append(blank(code[start:end]) if piece in hidden else code[start:end])
        return "".join(pieces)


def find_directives(text: str) -> Directives:
    """The directives of a text, whether or not the file is preprocessed."""
    found = tuple(
        Directive(match["word"], match.start(), match.end("word"), match.end()) for match in _DIRECTIVE.finditer(text)
    )
    if not found or len(found) > MOST_DIRECTIVES:
        return Directives(found, (), (0,) * (len(found) + 1), ((),))
    conditionals, paths = _nest(found)
    wanted = [_has_code(text, start, end) for start, end in _pieces(found, len(text))]
    shown, hidden = _choose(paths, wanted)
    return Directives(found, conditionals, shown, hidden)


def blank(text: str) -> str:
    """Spaces for everything but the ends of lines."""
    return _VISIBLE.sub(lambda match: " " * len(match[0]), text)


_WORDS = "if|ifdef|ifndef|elif|else|endif|include|define|undef|error|warning|line|pragma"
_DIRECTIVE = re.compile(
    rf"^#[ \t]*+(?P<word>(?:{_WORDS})\b|\d++|(?<=\A#)!)(?:[^\\\n]++|\\(?:\r?\n|.|\Z))*+", re.MULTILINE
)
_VISIBLE = re.compile(r"[^\n]+")
_CODE = re.compile(r"\S")

Path = tuple[tuple[int, int], ...]
"""The conditionals that a piece of text stands in, from the outermost on, each with the number of the branch."""


def _pieces(found: tuple[Directive, ...], length: int) -> Iterable[tuple[int, int]]:
    starts = [0, *(directive.end for directive in found)]
    return zip(starts, [*(directive.start for directive in found), length], strict=True)


def _has_code(text: str, start: int, end: int) -> bool:
    return _CODE.search(text, start, end) is not None


def _nest(found: tuple[Directive, ...]) -> tuple[tuple[tuple[Directive, ...], ...], list[Path]]:
    """Which directives belong together, and the path of each piece of text."""
    conditionals: list[list[Directive]] = []
    open_now: list[tuple[int, int]] = []
    paths: list[Path] = [()]
    for directive in found:
        if directive.word.startswith("if") and len(open_now) < MOST_DEPTH:
            open_now.append((len(conditionals), 0))
            conditionals.append([directive])
        elif directive.word in {"elif", "else", "endif"} and open_now:
            number, branch = open_now.pop()
            conditionals[number].append(directive)
            if directive.word != "endif":
                open_now.append((number, branch + 1))
        paths.append(tuple(open_now))
    return tuple(map(tuple, conditionals)), paths


def _choose(paths: list[Path], wanted: list[bool]) -> tuple[tuple[int, ...], tuple[tuple[int, ...], ...]]:
    """The reading that shows each piece, and the pieces that each reading hides.

    Each reading takes, from the first piece on, the branches of whatever was not shown yet; where nothing is left to be
    shown, the first branch.
    """
    shown = [-1] * len(paths)
    hidden: list[tuple[int, ...]] = []
    while len(hidden) < MOST_READINGS:
        branches: dict[int, int] = {}
        for piece, path in enumerate(paths):
            if shown[piece] < 0 and wanted[piece] and _agrees(path, branches):
                branches.update(path)
        number, hides = len(hidden), []
        for piece, path in enumerate(paths):
            if any(branches.get(conditional, 0) != branch for conditional, branch in path):
                hides.append(piece)
            elif shown[piece] < 0:
                shown[piece] = number
        hidden.append(tuple(hides))
        if not any(wanted[piece] and number < 0 for piece, number in enumerate(shown)):
            break
    return tuple(shown), tuple(hidden)


def _agrees(path: Path, branches: dict[int, int]) -> bool:
    return all(branches.get(conditional, branch) == branch for conditional, branch in path)
