"""Imports and extensions that are added to the head of a module, as edits of its text."""

import re
from collections.abc import Iterable

from attrs import frozen

from thatch.core.splices.inline_lexer import comment_end, line_end, next_token, skip_blank
from thatch.core.syntax import Import, parse_header
from thatch.core.text import LineIndex


@frozen(order=True)
class Edit:
    """A piece of a text that becomes another."""

    start: int
    """Offset of the first character that goes."""

    end: int
    """Offset behind the last character that goes; `start` for an insertion."""

    text: str


class Head:
    """Where the parts of a module's head are."""

    def __init__(self, text: str, code: str, lines: LineIndex, *, literate: bool, preprocessed: bool) -> None:
        """Look at a text; `code` is the same without what is no code, at the same offsets."""
        self.text = text
        self.code = code
        self.lines = lines
        self.literate = literate
        self.header = parse_header(text, literate=literate)
        self.preprocessed = preprocessed or self.header.uses_cpp
        """Whether the C preprocessor reads the file first."""
        self.where = self._where()
        """The offset behind the `where` of the module's header; None without one."""
        body = self._token(self.where if self.where is not None else self.top)
        self.braced = body is not None and body[0] == "{"
        """Whether the module's body stands in explicit braces."""
        self.body = body.start() if body else len(code)
        """The offset of the body's first token (or of its brace)."""
        self.body_column = lines.ghc_position(self.body)[1] - 1 if body else 0
        """The 0-based column of the layout of the module's body."""

    @property
    def top(self) -> int:
        """The offset behind a byte order mark and a `#!` line."""
        at = 1 if self.text.startswith("\ufeff") else 0
        return min(line_end(self.code, at) + 1, len(self.code)) if self.code.startswith("#!", at) else at

    @property
    def branches(self) -> bool:
        """Whether a conditional of the preprocessor stands before the body."""
        return self.preprocessed and _CONDITIONAL.search(self.code, 0, self.body) is not None

    def item_end(self, start: int, end: int) -> int:
        """The offset behind the last token of the item that begins at `start` and goes on behind `end`."""
        column = self.lines.ghc_position(start)[1]
        while token := self._token(end):
            first = not self.code[self.code.rfind("\n", 0, token.start()) + 1 : token.start()].strip()
            if token[0] in {";", "}"} or (first and self.lines.ghc_position(token.start())[1] <= column):
                break
            end = token.end()
        return end

    def bird(self, offset: int) -> str:
        """What every line of code begins with beside an offset, in literate Haskell."""
        return "> " if self.literate and self.text.startswith(">", self.text.rfind("\n", 0, offset) + 1) else ""

    def _where(self) -> int | None:
        if self.header.name_span is None:
            return None
        at, depth = self.lines.offsets(self.header.name_span)[1], 0
        while token := self._token(at):
            depth += (token[0] == "(") - (token[0] == ")")
            at = token.end()
            if token[0] == "where" and depth == 0:
                return at
        return None

    def _token(self, at: int) -> re.Match[str] | None:
        return next_token(self.code, at, preprocessed=self.preprocessed)


def joined(edits: Iterable[Edit]) -> tuple[Edit, ...]:
    """The edits by place, each place but once: what is inserted there first comes first."""
    places: dict[int, Edit] = {}
    for edit in edits:
        before = places.get(edit.start, Edit(edit.start, edit.start, ""))
        places[edit.start] = Edit(edit.start, max(before.end, edit.end), before.text + edit.text)
    return tuple(sorted(places.values()))


def needed_edits(head: Head, *, imports: Iterable[str], extensions: Iterable[str]) -> tuple[list[Edit], list[str]]:
    """The edits that add what is missing, and a sentence for each thing that cannot be added."""
    edits: list[Edit] = []
    troubles: list[str] = []
    _add_extensions(head, dict.fromkeys(extensions), edits, troubles)
    _add_imports(head, list(dict.fromkeys(imports)), edits, troubles)
    return edits, troubles


_CONDITIONAL = re.compile(r"^#[ \t]*if", re.MULTILINE)


def _add_imports(head: Head, imports: list[str], edits: list[Edit], troubles: list[str]) -> None:
    if not imports:
        return
    placed = [entry for entry in head.header.imports if not entry.conditional]
    if placed:
        edits.append(_beside_imports(head, placed, imports))
    elif head.branches:
        sentence = "Add `{}`: all imports here stand between directives of the preprocessor, so it was not done."
        troubles += [sentence.format(one) for one in imports]
    else:
        edits.append(_first_imports(head, imports))


def _beside_imports(head: Head, placed: list[Import], imports: list[str]) -> Edit:
    """Behind the last import; before the first one where items are separated by semicolons."""
    last = head.lines.offsets(placed[-1].span)
    start = head.code.rindex("import", 0, last[0])
    end = head.item_end(start, last[1])
    line = head.code.rfind("\n", 0, start) + 1
    following = next_token(head.code, end)
    if head.braced or head.code[line:start].strip() or (following and following[0] == ";"):
        first = head.code.rindex("import", 0, head.lines.offsets(placed[0].span)[0])
        return Edit(first, first, "".join(f"{one}; " for one in imports))
    indent = head.text[line:start]
    at = _behind_comment(head, end)
    return Edit(at, at, "".join(f"\n{indent}{one}" for one in imports))


def _first_imports(head: Head, imports: list[str]) -> Edit:
    if head.braced:
        return Edit(head.body + 1, head.body + 1, "".join(f" {one};" for one in imports))
    line = max(head.code.rfind("\n", 0, head.body) + 1, head.top)
    if head.code[line : head.body].strip():
        return Edit(head.body, head.body, "".join(f"{one}; " for one in imports))
    indent = head.text[line : head.body]
    if head.where is not None:
        block = "\n".join(indent + one for one in imports)
        at = _behind_comment(head, head.where)
        return Edit(at, at, f"\n{indent.rstrip()}\n{block}")
    at = _below_pragmas(head)
    return Edit(at, at, "".join(f"{indent}{one}\n" for one in imports))


def _behind_comment(head: Head, at: int) -> int:
    """The end of a line of which only a comment is left, unless that goes on below."""
    rest = head.code[at : line_end(head.code, at)]
    return at if "{-" in rest else at + len(rest.rstrip())


def _below_pragmas(head: Head) -> int:
    """The beginning of the line below the pragmas of a file without a module header."""
    if head.literate:
        return head.code.rfind("\n", 0, head.body) + 1
    ends = [end for _, end in file_pragmas(head)]
    return min(line_end(head.code, ends[-1]) + 1, head.code.rfind("\n", 0, head.body) + 1) if ends else head.top


def _add_extensions(head: Head, extensions: Iterable[str], edits: list[Edit], troubles: list[str]) -> None:
    present = set() if head.branches else set(head.header.extensions)
    missing = [name for name in extensions if name not in present]
    refused = [name for name in missing if f"No{name}" in head.header.extensions]
    troubles += [f"The expansions need {name}, which the module switches off." for name in refused]
    names = [name for name in missing if name not in refused]
    if not names:
        return
    at = above_pragmas(head)
    bird = head.bird(at)
    edits.append(Edit(at, at, "".join(f"{bird}{{-# LANGUAGE {name} #-}}\n" for name in names)))


def above_pragmas(head: Head) -> int:
    """The offset where a new pragma of the file can stand, before those that are there."""
    pragmas = [] if head.branches else file_pragmas(head)
    if pragmas:
        at = head.code.rfind("\n", 0, pragmas[0][0]) + 1
    elif head.literate:
        at = head.code.rfind("\n", 0, _first_character(head)) + 1
    else:
        at = head.top
    return at if head.literate else max(at, head.top)


def _first_character(head: Head) -> int:
    """The offset of the first character of code, or of a comment in code."""
    return len(head.code) - len(head.code[head.top :].lstrip())


def file_pragmas(head: Head) -> list[tuple[int, int]]:
    """Where the pragmas above the module's code begin and end."""
    found, at = [], head.top
    limit = skip_blank(head.code, at, preprocessed=head.preprocessed)
    while opening := _COMMENT.search(head.code, at, limit):
        if opening[0] != "{-":
            at = line_end(head.code, opening.start())
            continue
        at = comment_end(head.code, opening.start())
        if _PRAGMA.match(head.code, opening.start()):
            found.append((opening.start(), at))
    return found


_COMMENT = re.compile(r"--|\{-|^#", re.MULTILINE)
_PRAGMA = re.compile(r"\{-#\s*(?:LANGUAGE|OPTIONS)", re.IGNORECASE)
