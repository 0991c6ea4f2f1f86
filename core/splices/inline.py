"""Putting expansions in the place of splices: which pieces of a file's text become which; nothing is printed or run.

Everything works on the text that was compiled, and returns edits of it; `thatch.core.position_map` finds their places
in a later text.  Who replaces a single splice gives a single `Replacement`.
"""

import re
from collections.abc import Iterable, Iterator, Sequence

from attrs import frozen

from thatch.core.diagnostics import Span
from thatch.core.splices.inline_head import Edit, Head, joined, needed_edits
from thatch.core.splices.inline_imports import import_spans, unneeded_edits
from thatch.core.splices.inline_lexer import bracket_end, code_only, is_atomic, next_token
from thatch.core.splices.runs import SpliceKind
from thatch.core.text import LineIndex


@frozen(kw_only=True)
class Replacement:
    """What shall stand where a splice stands, and what that needs."""

    span: Span
    """The splice in GHC's columns (1-based, end exclusive): as GHC names it or all of it, see `extent`."""

    kind: SpliceKind

    text: str
    """The expansion as source, as if it stood in the first column; declarations begin there and nothing else does."""

    imports: tuple[str, ...] = ()
    """Whole import declarations, one line each, that it needs and the module lacks."""

    extensions: tuple[str, ...] = ()
    """The names of language extensions that it needs."""


@frozen
class Remark:
    """Something that could not be done."""

    span: Span | None
    """The splice that was left as it is; None for what is missing at the head of the module."""

    reason: str
    """A sentence for the user."""


@frozen(kw_only=True)
class Inlining:
    """How a text becomes the one without splices."""

    edits: tuple[Edit, ...]
    """Sorted and disjoint, in offsets of the text."""

    replaced: tuple[Span, ...]
    """The spans of the replacements that took place, sorted."""

    remarks: tuple[Remark, ...] = ()
    """The splices that stay, and what must be added by hand."""


def inline(
    text: str, replacements: Iterable[Replacement], *, literate: bool = False, preprocessed: bool = False
) -> Inlining:
    """The edits that put expansions in the place of their splices, and what these need at the module's head.

    Of splices within each other the outermost counts, of two for one place the last.  Expressions, patterns and types
    get parentheses unless they surely need none.  All lines of an expansion are indented so that its layout holds.
    In files that the C preprocessor reads (`preprocessed`, or `CPP` in a pragma), what it could spoil stays, with a
    remark.  `literate` says that the text is literate Haskell, whose bird tracks are continued.

    Names in import lists that only the splices mentioned are taken out where that is safe (`inline_imports`); other
    imports, and extensions, stay.
    """
    page = _Page(text, literate=literate, preprocessed=preprocessed)
    chosen, edits, remarks = [], [], []
    for start, end, replacement in _outermost(page, replacements):
        trouble = _trouble(page, start, end, replacement)
        if trouble:
            remarks.append(Remark(replacement.span, trouble))
            continue
        chosen.append(replacement)
        edits.append(_replace(page, start, end, replacement))
    head, missing = needed_edits(
        page.head,
        imports=[one for replacement in chosen for one in replacement.imports],
        extensions=[one for replacement in chosen for one in replacement.extensions],
    )
    unneeded = _unneeded(page, edits) if edits else []
    newline = "\r\n" if "\r\n" in text else "\n"
    return Inlining(
        edits=joined(Edit(one.start, one.end, one.text.replace("\n", newline)) for one in [*head, *unneeded, *edits]),
        replaced=tuple(sorted(replacement.span for replacement in chosen)),
        remarks=(*remarks, *(Remark(None, reason) for reason in missing)),
    )


def apply_edits(text: str, edits: Sequence[Edit]) -> str:
    """The text after sorted edits that do not overlap."""
    parts, reached = [], 0
    for edit in edits:
        parts += [text[reached : edit.start], edit.text]
        reached = edit.end
    return "".join([*parts, text[reached:]])


def extent(lines: LineIndex, span: Span) -> tuple[int, int]:
    """The offsets of all of a splice, with its `$` or `$$`, or with the brackets and the name of a quasi-quote.

    GHC tells the interpreter only where that lies which stands behind the `$`, or behind the first bar of a
    quasi-quote (the `Loc` in `RunTH`, 9.6 and 9.10).  A span that is all of a splice gives just its offsets.
    """
    text = lines.text
    start, end = lines.offsets(span)
    quoter = _QUOTER.search(text, max(start - _LONGEST_QUOTER, 0), start)
    if quoter and text.endswith("|]", start, end):
        return quoter.start(), end
    if text.startswith("$", start):
        return start, end
    before = text[max(start - 2, 0) : start]
    return start - (len(before) - len(before.rstrip("$"))), end


class _Page:
    """A text, and what is asked of it over and over."""

    def __init__(self, text: str, *, literate: bool, preprocessed: bool) -> None:
        self.text = text
        self.literate = literate
        self.code = code_only(text) if literate else text
        self.lines = LineIndex(text)
        self.head = Head(text, self.code, self.lines, literate=literate, preprocessed=preprocessed)

    def line_start(self, offset: int) -> int:
        return self.text.rfind("\n", 0, offset) + 1

    def line_end(self, offset: int) -> int:
        end = self.text.find("\n", offset)
        end = len(self.text) if end < 0 else end
        return end - 1 if self.text[offset:end].endswith("\r") else end

    def before(self, offset: int) -> str:
        """The code before it on its line."""
        return self.code[self.line_start(offset) : offset]

    def after(self, offset: int) -> str:
        """The code behind it on its line."""
        return self.code[offset : self.line_end(offset)]

    def indent(self, offset: int, column: int) -> str:
        """What brings a new line below that of an offset to a 0-based column."""
        bird = self.literate and self.text.startswith(">", self.line_start(offset))
        return ">" + " " * (column - 1) if bird else " " * column

    def column(self, offset: int) -> int:
        """The 0-based column of an offset, as GHC's layout rule counts."""
        return self.lines.ghc_position(offset)[1] - 1


_QUOTER = re.compile(r"\[(?:\w[\w']*\.)*\w[\w']*\|\Z")
_LONGEST_QUOTER = 200


def _outermost(page: _Page, replacements: Iterable[Replacement]) -> Iterator[tuple[int, int, Replacement]]:
    """The replacements with their extents, by place."""
    places = {extent(page.lines, one.span): one for one in replacements if one.kind is not SpliceKind.ANNOTATION}
    # Nothing of the code stands before its top, whatever a span says.
    reached = page.head.top
    for start, end in sorted(places, key=lambda place: (place[0], -place[1])):
        if start >= reached:
            yield start, end, places[start, end]
            reached = end


def _unneeded(page: _Page, edits: Sequence[Edit]) -> list[Edit]:
    """The edits of import lists that replacing splices makes possible."""
    gone = [page.code[edit.start : edit.end] for edit in edits]
    rest, reached = [edit.text for edit in edits], 0
    away = [*import_spans(page.head), *((edit.start, edit.end) for edit in edits)]
    for start, end in sorted(away):
        rest.append(page.text[reached:start])
        reached = max(reached, end)
    return unneeded_edits(page.head, "\n".join(gone), "\n".join([*rest, page.text[reached:]]))


def _trouble(page: _Page, start: int, end: int, replacement: Replacement) -> str:
    """Why a splice has to stay; empty when it can go."""
    if not page.code[start:end].strip():
        return "Its place in the file is not known."
    if page.code[start] not in "$[" and (
        replacement.kind is not SpliceKind.DECLARATIONS or not _begins_item(page, start)
    ):
        return "No splice stands there in the file: it comes from a macro or a preprocessor."
    if page.head.preprocessed:
        if not _has_whole_branches(page.code[start:end]):
            return "It has preprocessor directives inside that belong to code around it."
        if not _is_whole(page, start, end):
            return "Its place in the file is not known: the C preprocessor has changed its line."
        if _SPOILED.search(replacement.text):
            return "The C preprocessor would change its expansion."
    return ""


_VARIABLE = re.compile(r"[\w.']+")
_DIRECTIVE = re.compile(r"^#[ \t]*(\w*)", re.MULTILINE)
_BRANCHES = {"if": 1, "ifdef": 1, "ifndef": 1, "elif": 0, "else": 0, "endif": -1}
_SPOILED = re.compile(r"/\*|\\$", re.MULTILINE)


def _has_whole_branches(code: str) -> bool:
    """Whether the directives in a piece of code, if any, are conditions that begin and end in there."""
    depth = 0
    for found in _DIRECTIVE.finditer(code):
        if found[1] not in _BRANCHES or (depth == 0 and _BRANCHES[found[1]] < 1):
            return False
        depth += _BRANCHES[found[1]]
    return depth == 0


def _is_whole(page: _Page, start: int, end: int) -> bool:
    """Whether a piece of the file is surely a whole splice: what GHC saw may have been longer or shorter."""
    if page.code[start] == "[":
        return True
    if page.code[start] != "$":
        return next_token(page.after(end), 0) is None or page.after(end).lstrip().startswith((";", "}"))
    inside = start + len(page.code[start:end]) - len(page.code[start:end].lstrip("$"))
    if page.code[inside] != "(":
        return _VARIABLE.fullmatch(page.code, inside, end) is not None and not _VARIABLE.match(page.code, end)
    return bracket_end(page.code, inside) == end


def _begins_item(page: _Page, offset: int) -> bool:
    before = page.before(offset).rstrip()
    return not before or before.endswith((";", "{", "where"))


def _replace(page: _Page, start: int, end: int, replacement: Replacement) -> Edit:
    if replacement.kind is SpliceKind.DECLARATIONS:
        return _replace_declarations(page, start, end, replacement.text.strip("\n"))
    source = replacement.text.strip()
    bare = any(
        [_is_safe_atom(page, start, end, source), _stands_alone(page, start, end), _is_enclosed(page, start, end)]
    )
    column = page.column(start) + (0 if bare else 1)
    body = _indented(source, page.indent(start, column))
    return Edit(start, end, body if bare else f"({body})")


def _indented(source: str, indent: str) -> str:
    """The source with its later lines brought to where its first one begins."""
    first, *rest = source.split("\n")
    return "\n".join([first, *((indent + line).rstrip() for line in rest)])


# Declarations.


def _replace_declarations(page: _Page, start: int, end: int, source: str) -> Edit:
    if page.head.braced:
        return _replace_in_braces(page, start, end, source)
    before, after = page.before(start), page.after(end).lstrip()
    if not source:
        return _remove_declarations(page, start, end)
    column = page.head.body_column
    indent = page.indent(start, column)
    opening = f"\n{indent}" if before.strip() and page.column(start) != column else ""
    closing = ""
    if after.startswith(";"):
        # What follows could be taken for a part of a block at the end of the last declaration.
        end = page.code.index(";", end) + 1
        end += len(page.after(end)) - len(page.after(end).lstrip())
        closing = f"\n{indent}" if page.after(end).strip() else ""
    return Edit(start, end, opening + _indented(source, indent) + closing)


def _replace_in_braces(page: _Page, start: int, end: int, source: str) -> Edit:
    """The same where semicolons alone separate declarations."""
    indent = page.indent(start, page.column(start))
    # A semicolon on the last line would belong to a block that is open there.
    closing = f"\n{indent}" if "\n" in source and page.after(end).lstrip().startswith(";") else ""
    return Edit(start, end, _indented(_NEXT_DECLARATION.sub("; ", source), indent) + closing)


def _remove_declarations(page: _Page, start: int, end: int) -> Edit:
    """Take a splice away that gives nothing, with its line if nothing else stands there."""
    if page.before(start).strip() or page.after(end).strip():
        return Edit(start, end, "")
    following = page.text.find("\n", end) + 1
    return Edit(page.line_start(start), following or len(page.text), "")


_NEXT_DECLARATION = re.compile(r"(?<=\n)(?=[^\s])")


# Expressions, patterns and types.


def _is_safe_atom(page: _Page, start: int, end: int, source: str) -> bool:
    """Whether the source needs no parentheses, and does not grow together with what stands beside it."""
    if not is_atomic(source):
        return False
    before, after = page.text[max(start - 1, 0) : start], page.text[end : end + 1]
    if before and (before.isalnum() or before in "_'\".#-"):
        return False
    if after and (after.isalnum() or after in "_'\".#{"):
        return False
    # A list comprehension would become a quasi-quote.
    return not (before == "[" and after == "|")


def _stands_alone(page: _Page, start: int, end: int) -> bool:
    """Whether the splice is surely all that follows a `=` or `::`, so that anything may stand there."""
    opening = page.before(start)
    found = _OPENS.search(opening)
    if not found or not opening[: found.start()].strip() or page.after(end).strip():
        return False
    following = next_token(page.code, end)
    if following is None:
        return True
    column = page.column(following.start())
    new_item = not page.head.braced and column <= page.head.body_column
    if new_item or following[0] in {"}", ",", ")", "]"}:
        return True
    return following[0] == "where" and column < page.column(start)


def _is_enclosed(page: _Page, start: int, end: int) -> bool:
    """Whether the splice is all that stands between a bracket or comma and the next one on its line."""
    return page.before(start).rstrip().endswith(("(", "[", ",")) and page.after(end).lstrip().startswith(
        (")", "]", ",")
    )


_OPENS = re.compile(r"(?<![!#$%&*+./<=>?@\\^|~:\-])(?:=|::)[ \t]*\Z")
