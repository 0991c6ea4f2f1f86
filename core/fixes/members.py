"""Methods of an instance and fields of a record that are missing, each with a hole for what it is to be."""

import re
from collections.abc import Iterator, Sequence

from thatch.core.diagnostics import Diagnostic
from thatch.core.fixes.model import Fix
from thatch.core.fixes.source import Source
from thatch.core.fixes.words import plain
from thatch.core.source.layout import find, split
from thatch.core.source.lexer import Token
from thatch.core.splices.inline_head import Edit
from thatch.core.splices.inline_lexer import line_end
from thatch.core.th.names import prefix

_METHODS = re.compile(r"No explicit implementation for (?P<what>.*)")
_EITHER = re.compile(r"either (`[^`]+`)(?:,? (?:or )?`[^`]+`)*")
_QUOTED = re.compile(r"`([^`]+)`")
_FIELDS = re.compile(
    r"(?:Fields of \S+ not initialised:|Constructor \S+ does not have the required strict field\(s\):)(?P<fields>.*)",
    re.DOTALL,
)
_FIELD = re.compile(r"^\s+\(?([^\s()]+)\)? ::", re.MULTILINE)
INDENT = "  "


def add_methods(source: Source, diagnostic: Diagnostic) -> Iterator[Fix]:
    """The methods that an instance must have, of alternatives the first one."""
    found = _METHODS.match(plain(diagnostic.message))
    if not found or diagnostic.span is None:
        return
    names = _QUOTED.findall(_EITHER.sub(_chosen, found["what"]))
    start, end = source.region(diagnostic.span)
    first = next((token for token in reversed(source.tokens) if token.start < start and token.text == "instance"), None)
    if first is None or not names:
        return
    item_end = source.head.item_end(first.start, end)
    item = [token for token in source.tokens if first.start <= token.start < item_end]
    edit = _into_body(source, item, [f"{prefix(name)} = _" for name in names])
    shown = ", ".join(map(prefix, names))
    title = f"Add missing method{'s' if len(names) > 1 else ''} {shown}"
    yield Fix(title=title, edits=(edit,), diagnostics=(diagnostic,), preferred=True)


def _chosen(alternatives: re.Match[str]) -> str:
    """The alternative that people write; mostly it is the first."""
    return "`show`" if "`show`" in alternatives[0] else alternatives[1]


def _into_body(source: Source, item: Sequence[Token], bindings: Sequence[str]) -> Edit:
    """Bindings at the end of what follows the `where` of a declaration."""
    where = find(item, "where")
    end = item[-1].end
    if where is None or where + 1 == len(item):
        opening = " where" if where is None else ""
        indent = source.indent(item[0].start) + INDENT
        return Edit(end, end, opening + "".join(f"\n{indent}{one}" for one in bindings))
    if item[where + 1].text == "{":
        closing = next((token for token in source.tokens if token.start >= end), None)
        is_empty = where + 2 == len(item) or item[where + 2].text == "}"
        at = item[-1].start if item[-1].text == "}" else closing.start if closing else end
        return Edit(at, at, ("" if is_empty else "; ") + "; ".join(bindings))
    first = item[where + 1]
    indent = "".join(one if one in "\t>" else " " for one in source.indent(first.start))
    at = line_end(source.code, end)
    return Edit(at, at, "".join(f"\n{indent}{one}" for one in bindings))


def add_fields(source: Source, diagnostic: Diagnostic) -> Iterator[Fix]:
    """The fields that a record is made without."""
    found = _FIELDS.search(diagnostic.message)
    start, end = source.region(diagnostic.span)
    names = _FIELD.findall(found["fields"]) if found else []
    if not names or source.code[end - 1 : end] != "}":
        return
    tokens = [token for token in source.tokens if start <= token.start < end]
    opening = next((index for index, token in enumerate(tokens) if token.text == "{"), None)
    if opening is None:
        return
    fields = [part for part in split(tokens[opening + 1 : -1], ",") if part]
    separator = ", "
    if len(fields) > 1:
        between = source.code[fields[-2][-1].end : fields[-1][0].start]
        separator = between if not between.strip(", \t\r\n") else separator
    at = fields[-1][-1].end if fields else tokens[opening].end
    new = separator.join(f"{prefix(name)} = _" for name in names)
    title = f"Add missing field{'s' if len(names) > 1 else ''} {', '.join(names)}"
    edit = Edit(at, at, (separator if fields else "") + new)
    yield Fix(title=title, edits=(edit,), diagnostics=(diagnostic,), preferred=True)
