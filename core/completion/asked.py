"""What is being typed at a place, by its text alone: a name of which kind, behind which qualifier.

The text is mostly broken there, so only what stands before the place is looked at, back to where its item of the top
level begins.  Offsets count code points of the text.
"""

import re
from collections.abc import Sequence
from enum import Enum
from itertools import pairwise

from attrs import frozen

from thatch.core.source.layout import CLOSING, OPENING, open_bracket
from thatch.core.source.lexer import Kind, Token, tokens


class Where(Enum):
    """What kind of thing can stand at a place."""

    EXPRESSION = "expression"
    """A value or a constructor; patterns are no different."""

    TYPE = "type"
    FIELD = "field"
    """The name of a field, in the braces of a record."""

    DOT = "dot"
    """What stands behind a dot without blanks: a field, or a function that is composed."""

    MODULE = "module"
    """The module of an import."""

    IMPORTED_MODULE = "imported module"
    """A module in the list of exports."""

    IMPORT_WORD = "import word"
    """Behind the module of an import."""

    IMPORT_ITEM = "import item"
    EXPORT_ITEM = "export item"
    TOP = "top"
    """The beginning of a declaration."""

    PRAGMA = "pragma"
    """The word that begins a pragma."""

    EXTENSION = "extension"
    OPTION = "option"


@frozen(kw_only=True)
class Asked:
    """What is being typed."""

    where: Where

    start: int
    """Where the name begins, behind its qualifier."""

    typed: str
    """What of it stands before the place."""

    qualifier: str = ""
    """What stands before the dot in front of it."""

    subject: str = ""
    """The module of the import; the constructor of the record; the variable before the dot."""

    parent: str = ""
    """The type or class behind which the list of an import stands."""

    item: int = 0
    """Where the item of the top level begins that the name is in."""

    @property
    def end(self) -> int:
        """The place."""
        return self.start + len(self.typed)


def asked_at(code: str, offset: int) -> Asked | None:
    """What is being typed at an offset; None where no name can stand: in comments, strings and numbers.

    `code` is the text of a module; of a literate one, with blanks for what is no code.
    """
    line = code[code.rfind("\n", 0, offset) + 1 : offset]
    if (pragma := _pragma(code, offset)) is not None:
        return _in_pragma(code, offset, pragma)
    if _in_comment(code, offset) or _in_literal(line):
        return None
    word = _word(code, offset, line)
    if word is None:
        return None
    start, qualifier, typed = word
    begin = item_start(code, start - len(qualifier) - (1 if qualifier else 0))
    before = [token for token in tokens(code[begin : start - len(qualifier) - bool(qualifier)]) if not token.is_comment]
    return _Place(code, start, qualifier, typed, begin, before).asked()


def item_start(code: str, offset: int) -> int:
    """Where the item of the top level begins that an offset is in, or that would begin there."""
    at = code.rfind("\n", 0, offset) + 1
    while at > 0:
        first = code[at : at + 1]
        if at <= offset and (first.isalpha() or first == "_") and not _ENDS_HEADER.match(code, at):
            return at
        if first == "(" and at <= offset:
            # The list of a header or an import, unless that has one: a pattern, or an operator's definition.
            above = item_start(code, at - 1)
            is_listed = code.startswith(("module", "import"), above) and not _closed(code[above:at])
            return above if is_listed and not _DEFINITION.match(code, at) else at
        at = code.rfind("\n", 0, at - 1) + 1
    return 0


def item_end(code: str, offset: int) -> int:
    """Where the item of the top level ends that an offset is in."""
    found = _NEXT_ITEM.search(code, offset)
    return found.start() if found else len(code)


_DEFINITION = re.compile(r"\([^()\n]*\)[ \t]*[^\s)]")
_ENDS_HEADER = re.compile(r"where\b(?!')")
_NEXT_ITEM = re.compile(r"(?<=\n)(?=[^\W\d])")


def _closed(text: str) -> bool:
    """Whether as many brackets are closed as were opened, and any were."""
    return "where" in text.split() or (")" in text and text.count("(") == text.count(")"))


def _pragma(code: str, offset: int) -> str | None:
    """The text of the pragma that an offset is in, from behind its opening brace."""
    start = code.rfind("{-#", 0, offset)
    inner = code[start + 3 : offset]
    return None if start < 0 or "-}" in inner or len(inner) > _LONGEST_PRAGMA else inner


_LONGEST_PRAGMA = 4000


def _in_pragma(code: str, offset: int, inner: str) -> Asked | None:
    words = inner.split(None, 1)
    if not words or (len(words) == 1 and not inner[-1:].isspace()):
        typed = inner.strip()
        return Asked(where=Where.PRAGMA, start=offset - len(typed), typed=typed, item=offset)
    name = words[0].upper()
    if name == "LANGUAGE":
        return _last(Where.EXTENSION, _LETTERS, inner, offset)
    if name in {"OPTIONS_GHC", "OPTIONS"}:
        return _last(Where.OPTION, _OPTION, inner, offset)
    found = _NAME.search(inner)
    if found is None or found[2][:1].isdigit():
        return None
    begin = item_start(code, offset)
    return Asked(
        where=Where.TYPE if name.startswith("SPECIALI") and "::" in inner else Where.EXPRESSION,
        start=offset - len(found[2]),
        typed=found[2],
        qualifier=found[1].removesuffix("."),
        item=begin,
    )


def _last(where: Where, pattern: re.Pattern[str], inner: str, offset: int) -> Asked:
    found = pattern.search(inner)
    assert found, "It may be empty."
    return Asked(where=where, start=offset - len(found[0]), typed=found[0], item=offset)


_LETTERS = re.compile(r"\w*$")
_OPTION = re.compile(r"[^\s,]*$")


def _in_comment(code: str, offset: int) -> bool:
    """Whether an offset is in a block comment; one within another is not seen to end."""
    start = code.rfind("{-", 0, offset)
    if start < 0 or code.find("-}", start, offset) >= 0:
        return False
    return not _in_literal(code[code.rfind("\n", 0, start) + 1 : start])


def _in_literal(line: str) -> bool:
    """Whether the end of the beginning of a line is in a string, a character or a line comment."""
    at = 0
    while found := _LEXEME.match(line, at):
        if found.lastgroup == "open":
            return True
        at = found.end()
    return False


_LEXEME = re.compile(
    r"""(?x)
    (?P<open> --+(?![!#$%&*+./<=>?@\\^|~:-]).* | "(?:[^"\\]|\\.)*\\?$ | '(?:[^'\\]|\\[^'\s]*)$ )
  | "(?:[^"\\]|\\.)*" | '(?:[^'\\]|\\[^'\s]+|\\')'
  | [!#$%&*+./<=>?@\\^|~:-]+ | [\w'.]+ | .
    """
)
_SYMBOLS = r"!#$%&*+./<=>?@\\^|~:\-"
_NAME = re.compile(r"((?:[^\W\d_a-z][\w']*\.)*)([\w']*)$")
_OPERATOR = re.compile(rf"((?:(?<![\w'.])[^\W\d_a-z][\w']*\.(?:[^\W\d_a-z][\w']*\.)*)?)([{_SYMBOLS}]+)$")


def _word(code: str, offset: int, line: str) -> tuple[int, str, str] | None:
    """Where the name before an offset begins, its qualifier, and what there is of it."""
    found = _NAME.search(line)
    assert found
    qualifier, typed = found[1].removesuffix("."), found[2]
    if not qualifier and not typed and (operator := _OPERATOR.search(line)):
        if _is_record_dot(line, len(line)):
            return offset, "", ""
        qualifier, typed = operator[1].removesuffix("."), operator[2]
    if typed[:1] == "'":
        # A name quoted for Template Haskell.
        qualifier, typed = "", typed.lstrip("'")
    if typed[:1].isdigit():
        return None
    return offset - len(typed), qualifier, typed


def _is_record_dot(line: str, at: int) -> bool:
    """Whether what ends there ends in a dot right behind a variable or a bracket."""
    return _RECORD_DOT.search(line[:at]) is not None


_RECORD_DOT = re.compile(r"(?:(?<![\w'])(?P<name>[^\W\dA-Z][\w']*)|[)\]}\w'])\.$")


@frozen
class _Place:
    """A name and the code before it."""

    code: str
    start: int
    qualifier: str
    typed: str
    item: int

    before: Sequence[Token]
    """The tokens of its item in front of it, without comments."""

    def asked(self) -> Asked | None:
        """What is being typed."""
        first = self.before[0].text if self.before else ""
        if first == "import":
            return self._import()
        if first in {"module", "signature"} and not any(token.text == "where" for token in self.before):
            return self._export()
        if not self.before:
            return self._is(Where.TOP)
        line_start = self.code.rfind("\n", 0, self.start) + 1
        dot = _RECORD_DOT.search(self.code[line_start : self.start])
        if dot and not self.qualifier:
            return self._is(Where.DOT, subject=dot["name"] or "")
        constructor = self._record()
        if constructor is not None:
            return self._is(Where.FIELD, subject=constructor)
        return self._is(Where.TYPE if self._is_type() else Where.EXPRESSION)

    def _is(self, where: Where, subject: str = "", parent: str = "") -> Asked:
        return Asked(
            where=where,
            start=self.start,
            typed=self.typed,
            qualifier=self.qualifier,
            subject=subject,
            parent=parent,
            item=self.item,
        )

    def _import(self) -> Asked | None:
        behind = [token for token in self.before[1:] if token.text not in {"safe", "qualified"}]
        if behind[:1] and behind[0].kind is Kind.LITERAL:
            del behind[0]
        if not behind:
            whole = f"{self.qualifier}." if self.qualifier else ""
            start = self.start - len(whole)
            return Asked(where=Where.MODULE, start=start, typed=whole + self.typed, item=self.item)
        opened = [index for index, token in enumerate(behind) if token.text == "("]
        depth = len(opened) - sum(token.text == ")" for token in behind)
        if not opened or depth <= 0:
            return None if behind[-1].text == "as" else self._is(Where.IMPORT_WORD, behind[0].text)
        parent = _parent(behind) if depth > 1 else ""
        return self._is(Where.IMPORT_ITEM, behind[0].text, parent)

    def _export(self) -> Asked | None:
        if not any(token.text == "(" for token in self.before):
            return None
        if self.before[-1].text == "module":
            whole = f"{self.qualifier}." if self.qualifier else ""
            start = self.start - len(whole)
            return Asked(where=Where.IMPORTED_MODULE, start=start, typed=whole + self.typed, item=self.item)
        depth = sum((token.text == "(") - (token.text == ")") for token in self.before)
        if depth <= 0:
            return None
        return self._is(Where.EXPORT_ITEM, parent=_parent(self.before) if depth > 1 else "")

    def _record(self) -> str | None:
        """The constructor before the open brace, if a name of a field is to come; empty for an update."""
        last = self.before[-1].text
        if last not in {"{", ","}:
            return None
        opening = open_bracket(self.before)
        if opening is None or self.before[opening].text != "{" or opening == 0:
            return None
        head = self.before[opening - 1]
        if head.text in _BLOCKS or (head.kind is not Kind.WORD and head.text not in CLOSING):
            return None
        name = head.text.rsplit(".", 1)[-1]
        return name if name[:1].isupper() else ""

    def _is_type(self) -> bool:
        """Whether a type stands here, as far as the code before tells."""
        before = self.before
        if before[-1].text == "@" and before[-1].end == self.start - self.item:
            return len(before) > 1 and before[-2].end < before[-1].start
        opening = open_bracket(before)
        if opening and opening > 1 and _is_application(before[opening - 2 : opening + 1]):
            return True
        first = before[0].text
        if first in {"data", "newtype", "type"}:
            return True
        if first in {"class", "instance", "deriving"} and not any(token.text == "where" for token in before):
            return True
        return _behind_colons(before, self._column())

    def _column(self) -> int:
        """GHC's column of the name if it begins its line, else one that is further in than all others."""
        line_start = self.code.rfind("\n", 0, self.start) + 1
        indent = self.code[line_start : self.start]
        return len(indent.expandtabs(8)) + 1 if not indent.strip() else _FAR


def _is_application(found: Sequence[Token]) -> bool:
    """Whether the middle one of three tokens is the `@` of a type application, and not that of a pattern."""
    before, sign, behind = found
    return sign.text == "@" and before.end < sign.start and sign.end == behind.start


_FAR = 10_000
_BLOCKS = frozenset({"do", "mdo", "of", "where", "let", "rec", "case", "\\case"})


def _parent(found: Sequence[Token]) -> str:
    """The name before the last open parenthesis."""
    opening = open_bracket(found)
    if not opening:
        return ""
    before = found[opening - 1]
    if before.text in {"(", ","}:
        # The name of an operator is being typed.
        return ""
    # An operator stands in parentheses of its own.
    return found[opening - 2].text if before.text == ")" and opening > 1 else before.text


def _behind_colons(before: Sequence[Token], column: int) -> bool:
    """Whether the code ends in a type behind `::`, or in the classes of a `deriving`."""
    depth, index = 0, len(before) - 1
    while index >= 0:
        token = before[index]
        if token.kind is Kind.MARK and token.text in CLOSING:
            depth += 1
        elif token.kind is Kind.MARK and token.text in OPENING:
            depth = max(depth - 1, 0)
        elif depth == 0:
            if token.text in {"::", "∷"}:
                return _begins_further_out(before, index, column)
            if token.text in {"deriving", "=>", "⇒", "forall", "∀"}:
                return True
            if token.text in _VALUE_WORDS:
                return False
            if token.text == ",":
                opening = open_bracket(before[:index])
                index = len(before) if opening is None else opening
                if opening is None:
                    return False
                continue
        index -= 1
    return False


_VALUE_WORDS = frozenset({"=", "<-", "←", "|", "then", "else", "of", "do", "in", "let", "where", "\\", "if", "case"})


def _begins_further_out(before: Sequence[Token], colons: int, column: int) -> bool:
    """Whether nothing behind `::` begins an item beside the signature."""
    line = before[colons].line
    own = next(token.column for token in before if token.line == line)
    starts = [token.column for one, token in pairwise(before) if token.line > max(one.line, line)]
    return all(start > own for start in [*starts, column])
