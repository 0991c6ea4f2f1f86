"""The names that generated declarations bind, each with its line, read from the printed source by its words alone.

The printer writes one declaration after the other, each from the first column on, without braces around blocks; that is
all that this relies on.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from attrs import frozen


@frozen
class Word:
    """A token of Haskell source other than a parenthesis."""

    text: str
    """As written; a qualified name with its qualifier."""

    line: int
    """0-based."""

    starts_line: bool
    """Whether nothing but parentheses stands before it in its line."""

    starts_declaration: bool
    """Whether it is the first one of a line that begins in the first column."""


def words(source: str) -> Iterator[Word]:
    """The tokens of a source without comments."""
    for number, line in enumerate(source.split("\n")):
        first = True
        for found in _TOKEN.finditer(line):
            if found[0] not in "()":
                yield Word(found[0], number, first, first and not line[:1].isspace())
                first = False


def declarations(source: str) -> list[list[Word]]:
    """The tokens of each top-level declaration, clause or signature."""
    found: list[list[Word]] = []
    for word in words(source):
        if word.starts_declaration or not found:
            found.append([])
        found[-1].append(word)
    return found


def bound_names(source: str) -> dict[str, int]:
    """The names that top-level declarations bring into scope, with the 0-based line where each stands first."""
    lines: dict[str, int] = {}
    for declaration in declarations(source):
        for word in _bound(declaration):
            lines.setdefault(word.text, word.line)
    return lines


def name_at(line: str, column: int) -> tuple[int, int] | None:
    """Where in a line the name is that a column (0-based, in characters) touches, without its qualifier."""
    for found in _NAME.finditer(line):
        if found.start() <= column <= found.end() and (found[1] or not found[0].startswith("--")):
            return (found.start(1), found.end(1)) if found[1] else found.span()
    return None


def _bound(declaration: Sequence[Word]) -> Iterator[Word]:
    match declaration[0].text:
        case "data" | "newtype" | "type" | "class":
            yield from _type_level(declaration)
        case "pattern":
            yield from declaration[1:2]
        case "foreign":
            yield from (word for word, after in pairwise(declaration) if after.text == "::" and _is_name(word))
        case "instance" | "deriving" | "infixl" | "infixr" | "infix" | "default" | "{" | "import":
            return
        case _:
            yield from _signed(declaration) or _left_side(declaration)


def _type_level(declaration: Sequence[Word]) -> Iterator[Word]:
    """A type or class, its constructors, and the fields and methods."""
    head = [word for word in declaration[1:] if word.text not in {"family", "instance", "role"}]
    stop = next((at for at, word in enumerate(head) if word.text in {"=", "where", "::", "|"}), len(head))
    after = next((at + 1 for at, word in enumerate(head[:stop]) if word.text == "=>"), 0)
    name = next((word for word in head[after:stop] if word.text[0].isupper() or word.text[0] == ":"), None)
    if name is not None and declaration[1].text != "instance":
        yield name
    if declaration[0].text in {"data", "newtype"}:
        yield from _constructors(head[stop:])
    yield from _signed(head[stop:])


def _constructors(words: Sequence[Word]) -> Iterator[Word]:
    for at, word in enumerate(words):
        if word.text not in {"=", "|"}:
            continue
        end = next((to for to in range(at + 1, len(words)) if words[to].text in {"|", "deriving"}), len(words))
        body = words[at + 1 : end]
        start = next((to + 1 for to, one in enumerate(body) if one.text == "=>"), 0)
        infix = next((one for one in body[start:] if one.text[0] == ":" and one.text != "::"), None)
        found = infix or next((one for one in body[start:] if one.text[0].isupper()), None)
        if found is not None:
            yield found


def _signed(words: Sequence[Word]) -> list[Word]:
    """The names before each `::` of a signature: at the beginning of a line, or of a record's field."""
    found: list[Word] = []
    depth = 0
    for at, word in enumerate(words):
        depth += (word.text == "{") - (word.text == "}")
        if word.text == "::":
            found += _listed(words[:at], in_record=depth > 0)
    return found


def _listed(before: Sequence[Word], *, in_record: bool) -> list[Word]:
    """The names, with commas between them, that end a piece of a declaration."""
    names: list[Word] = []
    at = len(before) - 1
    while at >= 0 and _is_name(before[at]) and not (in_record and before[at].text[0].isupper()):
        names.insert(0, before[at])
        if before[at].starts_line or at == 0:
            return names
        if before[at - 1].text != ",":
            return names if in_record and before[at - 1].text == "{" else []
        at -= 2
    return names if in_record else []


def _left_side(declaration: Sequence[Word]) -> Iterable[Word]:
    """The name that a clause defines: an operator between its arguments, else the first word."""
    stop = next((at for at, word in enumerate(declaration) if word.text in {"=", "|"}), len(declaration))
    side = [word for word in declaration[:stop] if word.text not in _PUNCTUATION]
    infix = [word for word in side[1:2] if not word.text[0].isalnum() and word.text[0] not in "_\"'"]
    return infix or [word for word in side[:1] if _is_name(word)]


def _is_name(word: Word) -> bool:
    return re.fullmatch(r"[^\W\d][\w']*#*", word.text) is not None or word.text[0] in _SYMBOLS


_PUNCTUATION = set("[]{},;`!~")
_SYMBOLS = "!#$%&*+./<=>?@\\^|~:-"
_TOKEN = re.compile(
    r"""--+(?![!#$%&*+./<=>?@\\^|~:]).*|(?:[A-Z][\w']*\.)*(?:[^\W\d][\w']*#*)|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\[^']+|\\')'"""
    r"""|\d[\w.]*|[!#$%&*+./<=>?@\\^|~:\-]+|[^\w\s]"""
)
_NAME = re.compile(r"(?:[A-Z][\w']*\.)*([^\W\d][\w']*#*)|[!#$%&*+./<=>?@\\^|~:\-]+")
