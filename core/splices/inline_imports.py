"""Import lists without the names that only replaced splices mentioned, as edits of a module's text."""

import re
from collections.abc import Collection, Iterator

from thatch.core.splices.inline_head import Edit, Head
from thatch.core.syntax import Import

IMPLICIT = frozenset(
    "fromInteger fromRational fromString fromList fromListN toList fromLabel enumFrom enumFromThen enumFromTo "
    "enumFromThenTo return fail mfix join fmap pure liftA2 ifThenElse negate toInteger getField setField app loop "
    "first arr mappend quote >>= >> <*> <$> == >= - ||| >>> |||".split()
)
"""What `RebindableSyntax` and its like take from what is in scope without naming it: these stay."""


def unneeded_edits(head: Head, gone: str, rest: str) -> list[Edit]:
    """The edits that take names out of import lists that stand in `gone`, the splices, and not in `rest`.

    `rest` is all else of the module as it will be, without its imports.  Whether a name is used is decided by its
    text, wherever that stands, so that too many stay.  Lists with `hiding`, with comments and of modules that are
    exported as a whole are left alone, and so are items that bring constructors or methods along.  No import goes as
    a whole, since it may bring instances.  Nothing is done to files that the C preprocessor reads.
    """
    if head.preprocessed:
        return []
    candidates = names_in(gone) - names_in(rest) - IMPLICIT
    whole = frozenset(_EXPORTED.findall(head.code, 0, head.where or 0))
    return [edit for entry in head.header.imports for edit in _without(head, entry, candidates, whole)]


def import_spans(head: Head) -> Iterator[tuple[int, int]]:
    """The offsets of all import declarations."""
    for entry in head.header.imports:
        yield _span(head, entry)


def names_in(text: str) -> frozenset[str]:
    """Everything in a text that could be a name, or a part of one, without qualifiers."""
    found = _NAME.findall(text)
    return frozenset([*found, *(one[1:] for one in found if one.startswith("."))])


_NAME = re.compile(r"[^\W\d][\w']*#*|[^\s\w\"'(),;\[\]`{}]+")
_EXPORTED = re.compile(r"\bmodule\s+([\w.']+)")
_LIST = re.compile(
    r"(?P<name>[\w.']+)(?:\s+qualified)?(?:\s+as\s+(?P<alias>[\w.']+))?\s*\((?P<items>.*)\)\s*\Z", re.DOTALL
)
_PLAIN = re.compile(r"\s*(?:([^\W\d][\w']*#*)|\(\s*([^\s\w\"'(),;\[\]`{}]+)\s*\))\s*")


def _span(head: Head, entry: Import) -> tuple[int, int]:
    start, end = head.lines.offsets(entry.span)
    keyword = head.code.rindex("import", 0, start)
    return keyword, head.item_end(keyword, end)


def _without(head: Head, entry: Import, candidates: Collection[str], whole: frozenset[str]) -> Iterator[Edit]:
    start, end = head.lines.offsets(entry.span)[0], _span(head, entry)[1]
    found = _LIST.match(head.code, start, end)
    if not found or "--" in found["items"] or "{-" in found["items"] or not whole.isdisjoint(found.group(1, 2)):
        return
    items = _split(found["items"])
    kept = [item for item in items if _name(item) not in candidates]
    if len(kept) == len(items):
        return
    shown = ""
    if kept:
        kept[0] = _leading(items[0]) + kept[0].lstrip()
        kept[-1] = kept[-1].rstrip() + _trailing(items[-1])
        shown = ",".join(kept)
    yield Edit(*found.span("items"), shown)


def _split(items: str) -> list[str]:
    """The pieces between the commas that stand in no parentheses."""
    pieces, depth, start = [], 0, 0
    for place, character in enumerate(items):
        depth += (character == "(") - (character == ")")
        if character == "," and depth == 0:
            pieces.append(items[start:place])
            start = place + 1
    return [*pieces, items[start:]]


def _name(item: str) -> str | None:
    """The name in an item that is nothing else."""
    found = _PLAIN.fullmatch(item)
    return (found[1] or found[2]) if found else None


def _leading(text: str) -> str:
    return text[: len(text) - len(text.lstrip())]


def _trailing(text: str) -> str:
    return text[len(text.rstrip()) :]
