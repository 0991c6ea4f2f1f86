"""Constraints that are redundant or missing, and instances that could be derived."""

import re
from collections.abc import Iterator, Sequence

from thatch.core.diagnostics import Diagnostic
from thatch.core.fixes.model import Fix
from thatch.core.fixes.signatures import is_writable
from thatch.core.fixes.source import Source
from thatch.core.fixes.words import plain
from thatch.core.source.layout import find, split
from thatch.core.source.lexer import Token
from thatch.core.source.values import head_name, signature_names
from thatch.core.splices.inline_head import Edit

_REDUNDANT = re.compile(r"Redundant constraints?: (?P<what>.+?)(?: In (?:the|an) .*)?$")
_MISSING = re.compile(
    r"add \((?P<what>.+?)\) to the context of "
    r"(?:the type signature for: (?P<name>\S+) ::|(?P<instance>the instance declaration))"
)
_NO_INSTANCE = re.compile(r"No instance for `\(?(?P<cls>[\w.']+) \(?(?P<type>[A-Z][\w']*)[^`]*`")
DERIVABLE = frozenset({"Eq", "Ord", "Show", "Read", "Enum", "Bounded", "Ix"})
"""The classes of the Haskell report that can be derived."""
SUPERCLASSES = {"Ord": "Eq", "Ix": "Ord"}


def remove_redundant(source: Source, diagnostic: Diagnostic) -> Iterator[Fix]:
    """Take constraints out of a context that nothing needs."""
    found = _REDUNDANT.match(plain(diagnostic.message))
    if not found or diagnostic.span is None:
        return
    start, end = source.region(diagnostic.span)
    context = _context(source, start, end)
    if context is None:
        return
    gone = [_normal(one) for one in _split(_without_parentheses(found["what"]))]
    parts = split(_inner(context), ",")
    kept = [part for part in parts if _normal(_text(source, part)) not in gone]
    if len(parts) - len(kept) != len(gone):
        return
    arrow = next(token for token in source.tokens if token.start >= context[-1].end)
    if kept:
        new = ", ".join(_text(source, part) for part in kept)
        edit = Edit(context[0].start, context[-1].end, new if len(kept) == 1 else f"({new})")
    else:
        following = next((token.start for token in source.tokens if token.start >= arrow.end), arrow.end)
        edit = Edit(context[0].start, following, "")
    what = ", ".join(gone)
    title = f"Remove redundant constraint{'s' if len(gone) > 1 else ''} {what}"
    yield Fix(title=title, edits=(edit,), diagnostics=(diagnostic,), preferred=True)


def add_missing(source: Source, diagnostic: Diagnostic) -> Iterator[Fix]:
    """Add the constraint that GHC says the context of a signature or an instance lacks."""
    for text in (*diagnostic.hints, diagnostic.message, *diagnostic.context):
        found = _MISSING.search(plain(text))
        if not found or not is_writable(source, found["what"]):
            continue
        item = _instance(source, diagnostic) if found["instance"] else _signature(source, diagnostic, found["name"])
        if item:
            edit = _with_constraint(source, item, found["what"])
            where = "the instance" if found["instance"] else f"the signature of {found['name']}"
            title = f"Add {found['what']} to {where}"
            yield Fix(title=title, edits=(edit,), diagnostics=(diagnostic,), preferred=True)
            return


def derive(source: Source, diagnostic: Diagnostic) -> Iterator[Fix]:
    """Derive an instance that a type of the module lacks."""
    found = _NO_INSTANCE.match(plain(diagnostic.message))
    if not found or found["cls"] not in DERIVABLE:
        return
    for item in source.items:
        if item[0].text not in {"data", "newtype"} or len(item) < 2:
            continue
        name = head_name(item[1 : find(item, "=", "where", "::")])
        if name and name.text == found["type"]:
            classes = [*_superclasses(source, item, found["cls"], found["type"]), found["cls"]]
            edit = _deriving(source, item, ", ".join(classes))
            title = f"Derive {' and '.join(classes)} for {found['type']}"
            yield Fix(title=title, edits=(edit,), diagnostics=(diagnostic,))
            return


def _superclasses(source: Source, item: Sequence[Token], cls: str, name: str) -> list[str]:
    """The superclass of a class that a type has no instance of, as far as the module tells."""
    needed = SUPERCLASSES.get(cls)
    if needed is None or needed in [token.text for token in item]:
        return []
    instances = [[token.text for token in other] for other in source.items if other[0].text in {"instance", "deriving"}]
    if any({needed, name} <= set(words) for words in instances):
        return []
    return [*_superclasses(source, item, needed, name), needed]


def _deriving(source: Source, item: Sequence[Token], cls: str) -> Edit:
    """One more class in the `deriving` clause of a declaration, or such a clause."""
    deriving = find(item, "deriving")
    following = [token.text for token in item[deriving + 1 : deriving + 2]] if deriving is not None else []
    if deriving is None or following == [] or not (following == ["("] or following[0][0].isupper()):
        indent = source.indent(item[0].start)
        one_line = source.lines.line_of(item[0].start) == source.lines.line_of(item[-1].start)
        return Edit(item[-1].end, item[-1].end, f" deriving ({cls})" if one_line else f"\n{indent}  deriving ({cls})")
    if following != ["("]:
        only = item[deriving + 1]
        return Edit(only.start, only.end, f"({only.text}, {cls})")
    opening = item[deriving + 1]
    is_empty = item[deriving + 2].text == ")"
    return Edit(opening.end, opening.end, cls if is_empty else f"{cls}, ")


def _context(source: Source, start: int, end: int) -> list[Token] | None:
    """The tokens of the context at the beginning of a region, or that is the region; without its arrow."""
    tokens = [token for token in source.tokens if start <= token.start < end]
    arrow = find(tokens, "=>", "\u21d2")
    if arrow is not None:
        tokens = tokens[:arrow]
        forall = find(tokens, ".") if tokens and tokens[0].text == "forall" else None
        return tokens[forall + 1 if forall is not None else 0 :] or None
    following = next((token for token in source.tokens if token.start >= end), None)
    return tokens if tokens and following and following.text in {"=>", "\u21d2"} else None


def _inner(context: Sequence[Token]) -> Sequence[Token]:
    return context[1:-1] if context[0].text == "(" and context[-1].text == ")" else context


def _text(source: Source, tokens: Sequence[Token]) -> str:
    return source.code[tokens[0].start : tokens[-1].end] if tokens else ""


def _normal(text: str) -> str:
    return " ".join(text.split())


def _without_parentheses(text: str) -> str:
    return text[1:-1] if text.startswith("(") and text.endswith(")") else text


def _split(text: str) -> list[str]:
    """The parts between commas outside of brackets."""
    parts, depth = [""], 0
    for character in text:
        depth += (character in "([") - (character in ")]")
        if character == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += character
    return parts


def _with_constraint(source: Source, item: Sequence[Token], constraint: str) -> Edit:
    """A constraint in front of a type, or in the context that it has."""
    arrow = find(item, "=>", "\u21d2")
    first = find(item, ".") if item[0].text == "forall" else None
    start = 0 if first is None else first + 1
    if arrow is None:
        at = item[start].start
        new = f"({constraint})" if ", " in constraint and not constraint.startswith("(") else constraint
        return Edit(at, at, f"{new} => ")
    context = item[start:arrow]
    inner = _inner(context)
    if inner is not context and inner:
        return Edit(inner[-1].end, inner[-1].end, f", {constraint}")
    if not inner:
        return Edit(context[0].end, context[0].end, constraint)
    return Edit(context[0].start, context[-1].end, f"({_text(source, context)}, {constraint})")


def _signature(source: Source, diagnostic: Diagnostic, name: str) -> Sequence[Token]:
    """The type in the nearest signature of a name before a message's place."""
    end = source.region(diagnostic.span)[0]
    tokens = [token for token in source.tokens if token.start < end]
    for index in range(len(tokens) - 1, 0, -1):
        if tokens[index].text not in {"::", "\u2237"}:
            continue
        line = next(i for i in range(index, -1, -1) if i == 0 or tokens[i - 1].line < tokens[i].line)
        if any(token.text == name.strip("()") for token in signature_names(tokens[line : index + 1])):
            return _type_behind(source, tokens[line], tokens[index])
    return ()


def _type_behind(source: Source, first: Token, colons: Token) -> Sequence[Token]:
    end = source.head.item_end(first.start, colons.end)
    return [token for token in source.tokens if colons.end <= token.start < end]


def _instance(source: Source, diagnostic: Diagnostic) -> Sequence[Token]:
    """The head of the instance declaration that a message's place is in."""
    start = source.region(diagnostic.span)[0]
    item = next((item for item in source.items if item[0].start <= start < item[-1].end), None)
    if item is None or item[0].text != "instance":
        return ()
    return item[1 : find(item, "where")]
