"""Syntax features over marked texts: what is found, written beneath the lines it is found in.

A fixture may begin with a newline, which is not part of it.
"""

from collections.abc import Iterable, Iterator

from tests.support.markers import Label, annotate, parse_file
from thatch.core.structure.folding import Fold, folds
from thatch.core.structure.outline import outline
from thatch.core.structure.selection import selections
from thatch.core.structure.semantic_tokens import Modifier, Token, TokenKind, syntactic_tokens
from thatch.core.structure.symbols import Symbol
from thatch.core.structure.syntax_tree import SyntaxTree, parse
from thatch.core.text import LineIndex

PAINTS = {
    TokenKind.NAMESPACE: "n",
    TokenKind.TYPE: "t",
    TokenKind.CLASS: "c",
    TokenKind.TYPE_PARAMETER: "p",
    TokenKind.VARIABLE: "v",
    TokenKind.PROPERTY: "r",
    TokenKind.CONSTRUCTOR: "e",
    TokenKind.FUNCTION: "f",
    TokenKind.METHOD: "m",
    TokenKind.MACRO: "x",
    TokenKind.KEYWORD: "k",
    TokenKind.COMMENT: "/",
    TokenKind.STRING: "s",
    TokenKind.NUMBER: "0",
    TokenKind.OPERATOR: "o",
}
"""A letter for each kind of token; a capital letter where something is declared, `d` for documentation."""


def parsed(text: str, *, literate: bool = False) -> SyntaxTree:
    """The tree of a text, which must have one."""
    tree = parse(text, literate=literate)
    assert tree is not None
    return tree


def check_symbols(marked: str, *, literate: bool = False) -> None:
    """The names of symbols are marked with what they are, and the lines (from 0 on) that are theirs.

    For example `function Int -> Int in foo, 3-5`; the lines are left out if the symbol has but the one of its name.
    """
    marked = marked.removeprefix("\n")
    text = parse_file(marked).text
    lines = LineIndex(text)
    labels = _symbol_labels(outline(parsed(text, literate=literate)), lines, "")
    assert annotate(text, labels) == marked


def check_folds(marked: str, most: int = 5_000) -> None:
    """The first words of lines that stay are marked with the last line that goes (from 0 on): `to 5 comment`."""
    marked = marked.removeprefix("\n")
    text = parse_file(marked).text
    assert annotate(text, _fold_labels(folds(parsed(text), most), text.split("\n"))) == marked


def check_selections(marked: str, *expected: list[str]) -> None:
    """For each cursor, the selected texts from the smallest on, all but the whole file."""
    file = parse_file(marked.removeprefix("\n"))
    lines = file.text.split("\n")
    starts = [sum(len(line) + 1 for line in lines[:number]) for number in range(len(lines))]
    found = selections(parsed(file.text), [starts[line] + column for line, column in file.cursors])
    assert [chain[-1] for chain in found] == [(0, len(file.text))] * len(file.cursors)
    assert [[file.text[start:end] for start, end in chain[:-1]] for chain in found] == list(expected)


def check_tokens(painted: str, *, literate: bool = False) -> None:
    """Beneath each line with tokens stands a line that begins with a bar and has a letter for each of their characters.

    The first character of the text and of its paint stand in the same column, which is the third.
    """
    painted = painted.removeprefix("\n")
    text = "\n".join(line[2:] for line in painted.split("\n") if not line.startswith("|"))
    assert paint(text, syntactic_tokens(parsed(text, literate=literate))) == painted


def paint(text: str, tokens: Iterable[Token]) -> str:
    """A text with its tokens, as `check_tokens` takes them."""
    colours = [" " if character != "\n" else "\n" for character in text]
    for token in tokens:
        letter = PAINTS[token.kind]
        if token.modifiers & Modifier.DECLARATION:
            letter = letter.upper() if letter != "o" else "O"
        if token.modifiers & Modifier.DOCUMENTATION:
            letter = "d"
        for place in range(token.start, token.end):
            colours[place] = letter if colours[place] == " " else colours[place]
    painted = []
    for line, colour in zip(text.split("\n"), "".join(colours).split("\n"), strict=True):
        painted.append(f"  {line}" if line else "")
        painted += [f"| {colour}".rstrip()] if colour.strip() else []
    return "\n".join(painted)


def _symbol_labels(symbols: Iterable[Symbol], lines: LineIndex, within: str) -> Iterator[Label]:
    for one in symbols:
        line = lines.line_of(one.name_start)
        start = lines.text.rfind("\n", 0, one.name_start) + 1
        first, last = lines.line_of(one.start), lines.line_of(one.end)
        said = [one.kind.name.lower(), *(["deprecated"] if one.deprecated else []), one.detail]
        said += [f"in {within}"] if within else []
        said += [f"named {one.name}"] if one.name != lines.text[one.name_start : one.name_end] else []
        extent = f", {first}-{last}" if (first, last) != (line, line) else ""
        label = " ".join(filter(None, said)) + extent
        yield Label(line, one.name_start - start, one.name_end - start, False, label)
        yield from _symbol_labels(one.children, lines, one.name if one.kind.name != "MODULE" else "")


def _fold_labels(found: Iterable[Fold], lines: list[str]) -> Iterator[Label]:
    for fold in found:
        line = lines[fold.start]
        start = len(line) - len(line.lstrip())
        width = len(line.split()[0])
        kind = f" {fold.kind.value}" if fold.kind else ""
        yield Label(fold.start, start, start + width, False, f"to {fold.end}{kind}")
