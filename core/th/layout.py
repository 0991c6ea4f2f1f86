"""Text in lines of a sensible width: a small language of documents, and their rendering; nothing knows Haskell here.

A document is a text without line feeds, a list of documents, or one of the classes below.  A group is laid on one line
if it fits; else its lines become line feeds.  Everything after the first line of a document stands further in than its
base, provided that its lines are inside a `Nest`: that is what Haskell's layout rule asks for.
"""

from collections.abc import Iterable, Sequence
from typing import TypeAlias

from attrs import frozen

WIDTH = 100


@frozen
class Line:
    """A line feed, or in a group that fits, the text `flat`."""

    flat: str = " "


@frozen
class Hard:
    """A line feed in any case."""


@frozen
class Nest:
    """Line feeds inside are followed by so many more spaces."""

    n_spaces: int
    inside: "Doc"


@frozen
class Group:
    """On one line if it fits."""

    inside: "Doc"


@frozen
class Block:
    """What starts with a `Hard`, and is no part of the line of the groups around it."""

    inside: "Doc"


@frozen
class Apart:
    """A text that has a space before it where it would follow an opening parenthesis."""

    text: str


Doc: TypeAlias = "str | Apart | Sequence[Doc] | Line | Hard | Nest | Group | Block"

LINE = Line()
SOFT = Line("")
HARD = Hard()


def block(items: Iterable[Doc], n_spaces: int = 2) -> Doc:
    """Items one below the other, further in."""
    return Block(Nest(n_spaces, [[HARD, item] for item in items]))


def call(head: Doc, arguments: Iterable[Doc]) -> Doc:
    """A head followed by arguments, those on lines of their own when they do not fit."""
    return Group([head, Nest(2, [[LINE, argument] for argument in arguments])])


def enclosed(start: str, items: Sequence[Doc], end: str, separator: str = ",") -> Doc:
    """Items between brackets."""
    if not items:
        return start + end
    rest: list[Doc] = [[separator, LINE, item] for item in items[1:]]
    return Group([start, Nest(2, [SOFT, items[0], *rest]), end])


def spaced(items: Iterable[Doc]) -> Doc:
    """Items on one line, with spaces between those that are not empty."""
    return joined(" ", [item for item in items if item not in ("", [])])


def joined(separator: Doc, items: Iterable[Doc]) -> Doc:
    """Items with a separator between them."""
    out: list[Doc] = []
    for item in items:
        out += [separator, item] if out else [item]
    return out


def render(doc: Doc, *, indent: int = 0, width: int = WIDTH) -> str:
    """The text of a document whose first line starts at column `indent` (0-based) and whose others start there too."""
    out: list[str] = []
    column = indent
    stack: list[tuple[int, bool, Doc]] = [(indent, False, doc)]
    while stack:
        nest, flat, item = stack.pop()
        match item:
            case str():
                out.append(item)
                column += len(item)
            case Apart(text):
                text = f" {text}" if out and out[-1].endswith("(") else text
                out.append(text)
                column += len(text)
            case Line(text) if flat:
                out.extend([text] if text else [])
                column += len(text)
            case Line() | Hard():
                _trim(out)
                out.append("\n" + " " * nest)
                column = nest
            case Nest(n_spaces, inside):
                stack.append((nest + n_spaces, flat, inside))
            case Group(inside):
                stack.append((nest, flat or _fits(inside, stack, width - column), inside))
            case Block(inside):
                # What follows is on other lines, so that the groups around fit no longer.
                stack[:] = [(behind, False, part) for behind, _, part in stack]
                stack.append((nest, False, inside))
            case _:
                stack.extend([(nest, flat, part) for part in reversed(item)])
    return "".join(out)


def _trim(out: list[str]) -> None:
    """Leave no blank at the end of a line."""
    while out and not out[-1].strip(" "):
        out.pop()
    if out:
        out[-1] = out[-1].rstrip(" ")


def _fits(doc: Doc, behind: list[tuple[int, bool, Doc]], room: int) -> bool:
    """Whether a document, laid flat, and what follows it up to a line feed have room."""
    stack: list[tuple[bool, Doc]] = [(True, doc)]
    next_behind = len(behind)
    while room >= 0:
        if not stack:
            if next_behind == 0:
                return True
            next_behind -= 1
            _, flat, doc = behind[next_behind]
            stack.append((flat, doc))
        flat, item = stack.pop()
        match item:
            case str():
                room -= len(item)
            case Line() if not flat:
                return True
            case Line(text) | Apart(text):
                room -= len(text)
            case Hard() | Block():
                return True
            case Nest(inside=inside) | Group(inside):
                stack.append((flat, inside))
            case _:
                stack.extend([(flat, part) for part in reversed(item)])
    return False
