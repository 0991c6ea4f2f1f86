"""The import declarations of a text with the places of their items, and the edits that take items away."""

from collections.abc import Collection, Iterator, Sequence
from functools import lru_cache

from attrs import frozen

from thatch.core.fixes.source import Source
from thatch.core.source.layout import depths
from thatch.core.source.lexer import Token
from thatch.core.splices.inline_head import Edit
from thatch.core.splices.inline_lexer import line_end


@frozen
class ListItem:
    """An entry of an import list, or one of its parts."""

    name: str
    start: int
    end: int

    parts: tuple["ListItem", ...] = ()
    """What stands in parentheses behind it."""

    brings_all: bool = False
    """Whether it is followed by `(..)`."""


@frozen(kw_only=True)
class ImportList:
    """An import declaration and where its parts are."""

    module: str
    qualifier: str
    """What stands before the dot of the names that it brings."""
    qualified: bool
    conditional: bool
    start: int
    name_start: int
    end: int
    hiding: int | None = None
    """The offset of `hiding`."""
    items: tuple[ListItem, ...] | None = None
    """None without a list."""
    opening: int = 0
    """The offset behind the parenthesis that opens the list."""
    closing: int = 0
    """The offset of the parenthesis that closes it."""


@lru_cache(maxsize=4)
def import_lists(source: Source) -> tuple[ImportList, ...]:
    """The imports as written, in their order."""
    starts = {token.start: index for index, token in enumerate(source.head_tokens)}
    found = []
    for head in source.head.header.imports:
        start, end = source.lines.offsets(head.span)
        if (index := starts.get(start)) is not None:
            found.append(_read(source.head_tokens, index, end, conditional=head.conditional))
    return tuple(found)


def without_import(source: Source, one: ImportList) -> Edit:
    """The edit that takes an import away, with its line if it is alone there."""
    line_start = source.code.rfind("\n", 0, one.start) + 1
    end = line_end(source.text, one.end)
    if source.code[line_start : one.start].strip() or _code_in(source, one.end, end):
        behind = next((token for token in source.head_tokens if token.start >= one.end), None)
        return Edit(one.start, behind.end if behind and behind.text == ";" else one.end, "")
    return Edit(line_start, min(end + 1, len(source.text)), "")


def without_items(source: Source, one: ImportList, names: Collection[str]) -> list[Edit]:
    """The edits that take the items and parts of these names out of a list; nothing if none is there."""
    items = one.items or ()
    gone = [_goes(item, names) for item in items]
    edits = _without(items, gone, one.opening, one.closing)
    if edits and all(gone) and one.hiding is not None:
        start = len(source.text[: one.hiding].rstrip())
        return [Edit(start, one.closing + 1, "")]
    for item, is_gone in zip(items, gone, strict=True):
        if not is_gone:
            parts = [part.name in names for part in item.parts]
            edits += _without(item.parts, parts, item.parts[0].start, item.parts[-1].end) if any(parts) else []
    return sorted(edits)


def _goes(item: ListItem, names: Collection[str]) -> bool:
    """Whether an item is named; one whose parts are named too stays if it has others."""
    if item.name in names:
        return all(part.name in names for part in item.parts)
    return f"{item.name}(..)" in names


def _without(items: Sequence[ListItem], gone: Sequence[bool], start: int, end: int) -> list[Edit]:
    """The edits that take some items of a list away, with the commas that separated them."""
    if not any(gone):
        return []
    kept = [item for item, is_gone in zip(items, gone, strict=True) if not is_gone]
    if not kept:
        return [Edit(start, end, "")]
    edits: list[Edit] = []
    if gone[0]:
        edits.append(Edit(items[0].start, kept[0].start, ""))
    last: ListItem | None = None
    for index, (item, is_gone) in enumerate(zip(items, gone, strict=True)):
        if not is_gone:
            last = item
        elif last is not None and (index + 1 == len(items) or not gone[index + 1]):
            edits.append(Edit(last.end, item.end, ""))
    return edits


def _code_in(source: Source, start: int, end: int) -> bool:
    return any(start <= token.start < end for token in source.head_tokens)


def _read(tokens: Sequence[Token], index: int, end: int, *, conditional: bool) -> ImportList:
    """The import whose module's name is a token."""
    start = index
    while start > 0 and tokens[start].text != "import":
        start -= 1
    qualified = any(token.text == "qualified" for token in tokens[start:index])
    module, at = tokens[index], index + 1
    if tokens[at : at + 1] and tokens[at].text == "qualified":
        qualified, at = True, at + 1
    qualifier = module.text
    if tokens[at : at + 1] and tokens[at].text == "as":
        qualifier, at = tokens[at + 1].text, at + 2
    hiding = tokens[at].start if tokens[at : at + 1] and tokens[at].text == "hiding" else None
    at += hiding is not None
    end = tokens[at - 1].end
    items, opening, closing = None, 0, 0
    if tokens[at : at + 1] and tokens[at].text == "(" and tokens[at].column > tokens[start].column:
        inner = _inner(tokens, at)
        items, opening = tuple(_items(inner)), tokens[at].end
        last = tokens[min(at + 1 + len(inner), len(tokens) - 1)]
        closing, end = last.start, last.end
    return ImportList(
        module=module.text,
        qualifier=qualifier,
        qualified=qualified,
        conditional=conditional,
        start=tokens[start].start,
        name_start=module.start,
        end=end,
        hiding=hiding,
        items=items,
        opening=opening,
        closing=closing,
    )


def _inner(tokens: Sequence[Token], opening: int) -> list[Token]:
    """The tokens between a parenthesis and the one that closes it."""
    depth = 1
    for index, token in enumerate(tokens[opening + 1 :], opening + 1):
        depth += (token.text == "(") - (token.text == ")")
        if depth == 0:
            return list(tokens[opening + 1 : index])
    return []


def _items(tokens: Sequence[Token]) -> Iterator[ListItem]:
    item: list[Token] = []
    for depth, token in depths(tokens):
        if depth == 0 and token.text == ",":
            if item:
                yield _item(item)
            item = []
        else:
            item.append(token)
    if item:
        yield _item(item)


def _item(tokens: Sequence[Token]) -> ListItem:
    """An item by its tokens: `type (+)`, `pattern P`, `T`, `T (A, b)`, `(+++)`."""
    words = [token for token in tokens if token.text not in {"type", "pattern"}] or list(tokens)
    name_end = 3 if words[0].text == "(" else 1
    name = next((token.text for token in words[:name_end] if token.text not in {"(", ")"}), "")
    parts = words[name_end + 1 : -1] if words[name_end : name_end + 1] else []
    brings_all = [token.text for token in parts] == [".."]
    inner = () if brings_all else tuple(_items(parts))
    return ListItem(name, tokens[0].start, tokens[-1].end, inner, brings_all)
