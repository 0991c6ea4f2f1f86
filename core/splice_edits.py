"""Replacing a splice by its expansion: which pieces of a file's text change; the expansion is made elsewhere."""

import re
from collections.abc import Sequence

from attrs import frozen

from thatch.core.splice_brackets import is_atomic, unwrapped
from thatch.core.splices import SpliceKind
from thatch.core.syntax import Header, parse_header
from thatch.core.text import LineIndex


@frozen
class Edit:
    """A piece of a text that becomes another."""

    start: int
    """Offset of the first character that goes."""

    end: int
    """Offset after the last character that goes; `start` for an insertion."""

    text: str


@frozen(kw_only=True)
class Inlined:
    """What shall stand where the splice stands, and what that needs."""

    text: str
    """The expansion as source, without indentation."""

    imports: tuple[str, ...] = ()
    """Whole import declarations that it needs and the module lacks."""

    extensions: tuple[str, ...] = ()
    """The names of language extensions that it needs."""


def replace_splice(text: str, start: int, end: int, kind: SpliceKind, inlined: Inlined) -> list[Edit]:
    """The edits that put an expansion in the place of a splice (offsets of all of it), for `apply_edits`."""
    header = parse_header(text)
    edits = [
        *_add_extensions(text, header, inlined.extensions),
        *_add_imports(text, header, inlined.imports),
        _replace(text, start, end, kind, inlined.text),
    ]
    newline = "\r\n" if "\r\n" in text else "\n"
    written = [Edit(one.start, one.end, one.text.replace("\n", newline)) for one in edits]
    return sorted(written, key=lambda one: (one.start, one.end))


def apply_edits(text: str, edits: Sequence[Edit]) -> str:
    """The text after edits that are sorted and do not overlap; of insertions at one place the first comes first."""
    for edit in reversed(edits):
        text = text[: edit.start] + edit.text + text[edit.end :]
    return text


# What stands in the splice's place.


def _replace(text: str, start: int, end: int, kind: SpliceKind, source: str) -> Edit:
    if kind is SpliceKind.DECLARATIONS:
        return _replace_declarations(text, start, end, source)
    alone = _stands_alone(text, start, end)
    bare = alone or is_atomic(source)
    body = unwrapped(source) if alone else source if bare else f"({source})"
    return Edit(start, end, _indent(body, _column(text, start) + (0 if bare else 1)))


def _replace_declarations(text: str, start: int, end: int, source: str) -> Edit:
    if source.strip():
        return Edit(start, end, _indent(source, _column(text, start)))
    line = text.rfind("\n", 0, start) + 1
    after = text.find("\n", end)
    alone = not text[line:start].strip() and not text[end : after if after >= 0 else len(text)].strip()
    return Edit(line, after + 1 if after >= 0 else len(text), "") if alone else Edit(start, end, "")


def _indent(source: str, column: int) -> str:
    """The source with its later lines shifted, so that its layout is the same from a 0-based column on."""
    first, *rest = source.split("\n")
    return "\n".join([first, *(" " * column + line if line else "" for line in rest)])


def _column(text: str, offset: int) -> int:
    """The 0-based column of an offset, as GHC's layout rule counts."""
    return LineIndex(text).ghc_position(offset)[1] - 1


def _stands_alone(text: str, start: int, end: int) -> bool:
    """Whether the splice is all that follows a `=` or `::` up to the next item of its block."""
    line = text.rfind("\n", 0, start) + 1
    if not _OPENS.search(text, line, start):
        return False
    rest = text[end:].split("\n")
    if rest[0].strip():
        return False
    following = next((one for one in rest[1:] if one.strip()), "")
    own = text[line:start]
    return len(following) - len(following.lstrip()) <= len(own) - len(own.lstrip()) and "\t" not in own + following


_SYMBOL = r"!#$%&*+./<=>?@\\^|~:\-"
_OPENS = re.compile(rf"(?<![{_SYMBOL}])(?:=|::)[ \t]*\Z")


# What it needs at the head of the file.


def _add_imports(text: str, header: Header, imports: Sequence[str]) -> list[Edit]:
    if not imports:
        return []
    lines = LineIndex(text)
    placed = [entry for entry in header.imports if not entry.conditional]
    if placed:
        first = lines.line_text(placed[-1].span.start_line - 1)
        indent = first[: len(first) - len(first.lstrip())]
        at, before, after = _end_of_item(lines, placed[-1].span.start_line - 1), "\n", ""
    else:
        at, indent = _end_of_head(text, header, lines), ""
        before, after = ("\n\n" if at and header.name_span else ""), ("" if header.name_span else "\n")
    body = "\n".join(indent + one for one in imports)
    return [Edit(at, at, before + body + after)]


def _end_of_item(lines: LineIndex, line: int) -> int:
    """The offset behind the declaration that begins on a line: behind the last line that is indented deeper."""
    depth = _depth(lines.line_text(line))
    last = line
    for number in range(line + 1, lines.n_lines):
        content = lines.line_text(number)
        if not content.strip():
            continue
        if _depth(content) <= depth:
            break
        last = number
    return lines.ghc_offset(last + 1, 1) + len(lines.line_text(last))


def _depth(line: str) -> int:
    return len(line.expandtabs()) - len(line.expandtabs().lstrip())


def _end_of_head(text: str, header: Header, lines: LineIndex) -> int:
    """Where imports begin in a module that has none: behind its `where`, else behind the pragmas."""
    if header.name_span is None:
        return _end_of_pragmas(text)
    start = lines.offsets(header.name_span)[1]
    depth = 0
    for found in _HEAD.finditer(text, start):
        depth += (found[0] == "(") - (found[0] == ")")
        if found[0] == "where" and depth == 0:
            return found.end()
    return start


def _add_extensions(text: str, header: Header, extensions: Sequence[str]) -> list[Edit]:
    missing = [name for name in extensions if name not in header.extensions]
    if not missing:
        return []
    known = list(_pragmas(text))
    in_one = any("," in found[1] for found in known)
    names = [", ".join(missing)] if in_one else missing
    body = "".join(f"{{-# LANGUAGE {name} #-}}\n" for name in names)
    if known:
        at = text.find("\n", known[-1].end()) + 1
        return [Edit(at, at, body)] if at else [Edit(len(text), len(text), "\n" + body)]
    at = _top(text)
    return [Edit(at, at, body)]


def _pragmas(text: str) -> list[re.Match[str]]:
    """The LANGUAGE pragmas above the module's code."""
    at, found = _top(text), []
    while above := _ABOVE.match(text, at):
        if pragma := _LANGUAGE.match(text, at):
            found.append(pragma)
        at = above.end()
    return found


def _end_of_pragmas(text: str) -> int:
    known = _pragmas(text)
    return text.find("\n", known[-1].end()) + 1 or len(text) if known else _top(text)


def _top(text: str) -> int:
    """Behind a byte order mark and a `#!` line."""
    at = 1 if text.startswith("\ufeff") else 0
    return (text.find("\n", at) + 1 or len(text)) if text.startswith("#!", at) else at


_ABOVE = re.compile(r"\s+|--[^\n]*|\{-.*?-\}|#[^\n]*", re.DOTALL)
_LANGUAGE = re.compile(r"\{-#\s*LANGUAGE\b(.*?)#-\}", re.DOTALL | re.IGNORECASE)
_HEAD = re.compile(r"--[^\n]*|\{-.*?-\}|[()]|(?<![\w'])where(?![\w'])", re.DOTALL)
