"""The import declarations of a module with their lists, from its text; what they bring into scope is in `scope`."""

import re
from collections.abc import Iterator

from attrs import frozen

from thatch.core.syntax import Header, Import, parse_header
from thatch.core.text import LineIndex


@frozen
class Item:
    """One entry of an import list."""

    name: str

    parts: tuple[str, ...] | None = ()
    """What stands in parentheses behind it: names, or None for `(..)`."""


@frozen(kw_only=True)
class ImportDeclaration:
    """What an import brings into scope, and under which names."""

    module: str

    package: str | None = None

    qualified: bool = False
    """Whether only qualified names are meant."""

    alias: str = ""
    """The name behind `as`; empty without one."""

    hiding: bool = False
    """Whether the list says what is left out."""

    items: tuple[Item, ...] | None = None
    """The list; None without one."""

    certain: bool = True
    """Whether it is surely compiled: the C preprocessor may leave out what stands between its conditions."""

    @property
    def qualifier(self) -> str:
        """What stands before the dot of its qualified names."""
        return self.alias or self.module


def read_imports(text: str, header: Header | None = None) -> tuple[ImportDeclaration, ...]:
    """The imports in a module's text, the implicit one of `Prelude` included; broken ones give what can be known.

    `header` is that of the text, if it is known already.
    """
    header = parse_header(text) if header is None else header
    lines = LineIndex(text)
    conditions = _conditions(text)
    found = [_declaration(text, lines, each, certain=not _is_within(conditions, each)) for each in header.imports]
    implicit = "NoImplicitPrelude" not in header.extensions and not any(
        each.module == "Prelude" and each.certain for each in found
    )
    return (*found, *([ImportDeclaration(module="Prelude")] if implicit else []))


# Groups that are not possessive, as in `thatch.core.syntax`.
_BLANK = re.compile(r"(?:\s++|--+(?![!#$%&*+./<=>?@\\^|~:\-])[^\n]*+|\{-(?:[^-]|-(?!\}))*-\})*")
_TOKEN = re.compile(
    r"[(),]|\.\.(?![!#$%&*+./<=>?@\\^|~:\-])|[!#$%&*+./<=>?@\\^|~:\-\u2190-\u22ff]+|(?:[^\W\d][\w']*\.)*[^\W\d][\w']*#*"
)


def _conditions(text: str) -> list[tuple[int, int]]:
    """The first and the last line of everything that stands between conditions of the preprocessor."""
    found, depth, start = [], 0, 0
    for number, line in enumerate(text.split("\n"), 1) if "\n#" in text else ():
        directive = _CONDITION.match(line)
        if directive and directive[1] == "endif":
            depth -= 1
            if depth == 0:
                found.append((start, number))
        elif directive:
            depth += 1
            start = number if depth == 1 else start
    return found


def _is_within(conditions: list[tuple[int, int]], head: Import) -> bool:
    return any(first < head.span.start_line < last for first, last in conditions)


_CONDITION = re.compile(r"#[ \t]*(if|ifdef|ifndef|endif)\b")


def _declaration(text: str, lines: LineIndex, head: Import, *, certain: bool) -> ImportDeclaration:
    start = lines.ghc_offset(head.span.start_line, head.span.start_column)
    before = text.rfind("import", 0, start)
    tokens = list(_tokens(text, start + len(head.module)))
    qualified = "qualified" in text[before:start]
    if tokens[:1] == ["qualified"]:
        qualified = True
        del tokens[0]
    alias = tokens[1] if tokens[:1] == ["as"] and len(tokens) > 1 else ""
    rest = tokens[2:] if alias else tokens
    hiding = rest[:1] == ["hiding"]
    rest = rest[hiding:]
    items = tuple(_items(rest[1:])) if rest[:1] == ["("] else None
    return ImportDeclaration(
        module=head.module,
        package=head.package,
        qualified=qualified,
        alias=alias,
        hiding=hiding,
        items=items,
        certain=certain,
    )


def _tokens(text: str, at: int) -> Iterator[str]:
    """The tokens of the rest of an import: up to the end of its list, or a token that starts something else."""
    depth = 0
    while True:
        blank = _BLANK.match(text, at)
        new_line = blank is not None and "\n" in blank[0]
        found = _TOKEN.match(text, blank.end() if blank else at)
        if found is None:
            return
        word = found[0]
        if depth == 0 and (word not in {"qualified", "as", "hiding", "("} and new_line):
            return
        yield word
        at = found.end()
        depth += (word == "(") - (word == ")")
        if depth == 0 and word == ")":
            return


def _items(tokens: list[str]) -> Iterator[Item]:
    """The entries of a list whose opening parenthesis is left out."""
    depth, name = 1, ""
    parts: list[str] | None = []
    for word in tokens:
        depth += (word == "(") - (word == ")")
        if depth == 0 or (depth == 1 and word == ","):
            if name:
                yield Item(name, None if parts is None else tuple(parts))
            name, parts = "", []
        elif word in {"(", ")", ",", "type", "pattern"}:
            continue
        elif not name:
            name = word
        elif word == "..":
            parts = None
        elif parts is not None:
            parts.append(word)
