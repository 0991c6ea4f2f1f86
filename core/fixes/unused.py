"""What is defined and not used: taken away, or named so that nobody expects a use; results that are discarded."""

import re
from collections.abc import Iterator, Sequence

from thatch.core.diagnostics import Diagnostic
from thatch.core.fixes.model import Fix
from thatch.core.fixes.source import Source
from thatch.core.fixes.words import plain
from thatch.core.source.layout import items
from thatch.core.source.lexer import Token
from thatch.core.source.values import bound_names, signature_names
from thatch.core.splices.inline_head import Edit
from thatch.core.splices.inline_lexer import line_end

_UNUSED = re.compile(r"Defined but not used: `(?P<name>[^`]+)`")
_DISCARDED = re.compile(r"Suppress this warning by saying `_ <- ")
RENAMED = frozenset({"-Wunused-matches", "-Wunused-local-binds", "-Wunused-pattern-binds"})
_ABOUT_NAMES = "INLINE|NOINLINE|INLINABLE|INLINEABLE|NOTINLINE|OPAQUE|SPECIALISE|SPECIALIZE"
"""The pragmas that name a binding."""
REMOVED = frozenset({"-Wunused-top-binds", "-Wunused-local-binds"})


def rename(source: Source, diagnostic: Diagnostic) -> Iterator[Fix]:
    """An underscore before a name, or in its place."""
    found = _UNUSED.fullmatch(plain(diagnostic.message))
    if not found or diagnostic.flag not in RENAMED or source.at(diagnostic.span) != found["name"]:
        return
    start, end = source.region(diagnostic.span)
    name = found["name"]
    if not (name[0].isalpha() and name[0].islower()) or _is_pun(source, start, end):
        return
    if diagnostic.flag != "-Wunused-matches" and not _stands_alone(source, start, name):
        return
    insertion = Edit(start, start, "_")
    is_match = diagnostic.flag == "-Wunused-matches"
    yield Fix(title=f"Rename to _{name}", edits=(insertion,), diagnostics=(diagnostic,), preferred=is_match)
    if is_match and source.code[end : end + 1] != "@":
        yield Fix(title=f"Replace {name} by _", edits=(Edit(start, end, "_"),), diagnostics=(diagnostic,))


def remove(source: Source, diagnostic: Diagnostic) -> Iterator[Fix]:
    """Take a binding away, with its signature and its pragmas."""
    found = _UNUSED.fullmatch(plain(diagnostic.message))
    if not found or diagnostic.flag not in REMOVED or diagnostic.span is None:
        return
    name, is_top = found["name"], diagnostic.flag == "-Wunused-top-binds"
    block = source.items if is_top else _local_block(source, source.region(diagnostic.span)[0])
    bindings = [item for item in block if _binds(item, name)]
    signatures = [item for item in block if name in [token.text for token in signature_names(item)]]
    if not bindings:
        return
    if not is_top and len(bindings) + sum(len(signature_names(one)) == 1 for one in signatures) == len(block):
        edits = _without_block(source, block)
    else:
        edits = [_without(source, item) for item in bindings]
        edits += [_without_name(source, item, name) for item in signatures]
        edits += _pragmas(source, name) if is_top else []
    if edits:
        yield Fix(title=f"Remove {name}", edits=tuple(sorted(edits)), diagnostics=(diagnostic,))


def keep_result(source: Source, diagnostic: Diagnostic) -> Iterator[Fix]:
    """Say that the result of a statement is discarded."""
    if diagnostic.span is None or not any(_DISCARDED.match(plain(hint)) for hint in diagnostic.hints):
        return
    start = source.region(diagnostic.span)[0]
    yield Fix(title="Discard the result: _ <-", edits=(Edit(start, start, "_ <- "),), diagnostics=(diagnostic,))


def _stands_alone(source: Source, start: int, name: str) -> bool:
    """Whether a local binding names itself nowhere else, in a signature, another equation or its own body."""
    block = _local_block(source, start)
    return sum(token.text == name for item in block for token in item) == 1


def _is_pun(source: Source, start: int, end: int) -> bool:
    """Whether a name stands alone between the braces of a record."""
    around = [index for index, token in enumerate(source.tokens) if token.start == start]
    if not around:
        return True
    before, after = source.tokens[around[0] - 1].text, source.tokens[around[0] + 1 : around[0] + 2]
    depth = 0
    for token in reversed(source.tokens[: around[0]]):
        depth += (token.text in {")", "]", "}"}) - (token.text in {"(", "[", "{"})
        if depth < 0:
            return token.text == "{" and before in {"{", ","} and bool(after) and after[0].text in {"}", ","}
    return False


def _binds(item: Sequence[Token], name: str) -> bool:
    """Whether an item defines a name and nothing else."""
    return not signature_names(item) and [token.text for token in bound_names(item)] == [name]


def _local_block(source: Source, start: int) -> list[tuple[Token, ...]]:
    """The items of the `where` or `let` that the binding at an offset belongs to."""
    at = next((index for index, token in enumerate(source.tokens) if token.start == start), None)
    for index in range(at - 1 if at else 0, -1, -1):
        if source.tokens[index].text not in {"where", "let"}:
            continue
        behind = source.tokens[index + 1 :]
        if behind and behind[0].text == "{":
            return []
        end = _block_end(behind)
        found = [item.code for item in items(behind[:end])]
        if any(token.start == start for item in found for token in bound_names(item)):
            return found if not any(token.text == ";" for item in found for token in item) else []
    return []


def _block_end(tokens: Sequence[Token]) -> int:
    """How many tokens belong to the block that begins with the first one: up to its `in` or to less indentation."""
    depth, lets = 0, 0
    for index, token in enumerate(tokens):
        depth += (token.text in {"(", "[", "{"}) - (token.text in {")", "]", "}"})
        if depth < 0 or (index and token.line > tokens[index - 1].line and token.column < tokens[0].column):
            return index
        if token.text == "in" and lets == 0:
            return index
        lets += (token.text == "let") - (token.text == "in")
        if depth == 0 and token.text == "," and index:
            return index
    return len(tokens)


def _without(source: Source, item: Sequence[Token]) -> Edit:
    """An item taken away, with its lines if it is alone on them."""
    start, end = item[0].start, item[-1].end
    line = line_end(source.code, end)
    has_more = any(end <= token.start < line for token in source.tokens)
    if source.is_first(start) and not has_more:
        first = source.text.rfind("\n", 0, start) + 1
        return Edit(first, min(line + 1, len(source.text)), "")
    following = next((token for token in source.tokens if token.start >= end), None)
    return Edit(start, following.start if following else end, "")


def _without_block(source: Source, block: Sequence[Sequence[Token]]) -> list[Edit]:
    """A `where` or `let` taken away with all that it binds."""
    first, last = block[0][0], block[-1][-1]
    keyword = next(token for token in reversed(source.tokens) if token.start < first.start)
    following = next((token for token in source.tokens if token.start >= last.end), None)
    if keyword.text == "let" and following and following.text == "in":
        behind = next((token.start for token in source.tokens if token.start >= following.end), following.end)
        return [Edit(keyword.start, behind, "")]
    if keyword.text == "let" and not source.is_first(keyword.start):
        return []
    line = line_end(source.code, last.end)
    if following and following.start < line:
        return []
    if source.is_first(keyword.start):
        start = source.text.rfind("\n", 0, keyword.start) + 1
        return [Edit(start, min(line + 1, len(source.text)), "")]
    return [Edit(len(source.code[: keyword.start].rstrip()), last.end, "")]


def _without_name(source: Source, signature: Sequence[Token], name: str) -> Edit:
    """A signature without one of its names, or without it altogether if it has no other."""
    names = signature_names(signature)
    if len(names) == 1:
        return _without(source, signature)
    index = next(index for index, token in enumerate(names) if token.text == name)
    if index + 1 < len(names):
        return Edit(_name_start(source, names[index]), _name_start(source, names[index + 1]), "")
    return Edit(_name_end(source, names[index - 1]), _name_end(source, names[index]), "")


def _name_start(source: Source, name: Token) -> int:
    return name.start - (source.code[name.start - 1 : name.start] == "(")


def _name_end(source: Source, name: Token) -> int:
    return name.end + (source.code[name.end : name.end + 1] == ")")


def _pragmas(source: Source, name: str) -> list[Edit]:
    """Pragmas about a name and the fixity declarations of it alone, which would be errors without it."""
    word = re.escape(name)
    pragma = rf"\{{-# *(?:{_ABOUT_NAMES})\b[^\n]*?[\s(]{word}[\s)][^\n]*#-\}}"
    fixity = rf"infix[lr]?\s+\d?\s*`?{word}`?"
    pattern = re.compile(rf"^[ \t]*(?:{pragma}|{fixity})[ \t]*(?:\n|\Z)", re.MULTILINE | re.IGNORECASE)
    return [Edit(found.start(), found.end(), "") for found in pattern.finditer(source.code)]
