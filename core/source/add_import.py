"""The insertion that brings a name into scope: into the list of an import that is there, or as an import of its own."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from attrs import frozen

from thatch.core.source.layout import depths, find
from thatch.core.source.lexer import Kind, Token, tokens
from thatch.core.splices.inline_lexer import code_only, line_end
from thatch.core.syntax import Import, parse_header
from thatch.core.text import LineIndex
from thatch.core.th.imports import ImportDeclaration, read_imports
from thatch.core.th.names import prefix


@frozen
class Insertion:
    """A text to be put in at an offset."""

    offset: int
    text: str

    def apply(self, text: str) -> str:
        """The text with it."""
        return text[: self.offset] + self.text + text[self.offset :]


@frozen(kw_only=True)
class ImportedName:
    """A name as it stands in an import list."""

    name: str

    parent: str = ""
    """The type that it stands behind; needed for constructors, while fields and methods can stand alone."""

    keyword: str = ""
    """`pattern` for a pattern synonym, `type` for a type whose name looks like an operator's."""

    @property
    def alone(self) -> str:
        """It as an item of a list that does not name the parent."""
        if self.parent:
            return f"{prefix(self.parent)}({prefix(self.name)})"
        return f"{self.keyword} {prefix(self.name)}".lstrip()


def add_import(
    text: str, module: str, name: ImportedName | None = None, *, qualifier: str = "", literate: bool = False
) -> Insertion | None:
    """What brings a name of a module into scope; without a name, all that the module exports.

    With a `qualifier` the name is to be in scope behind that, and a new import is a qualified one without a list.
    None if the imports bring it already, or if there is no place for an import, as where several stand on one line.
    The text may be broken.
    """
    code = code_only(text) if literate else text
    lines = LineIndex(code)
    header = parse_header(code)
    heads = [_Head(code, lines, *each) for each in zip(header.imports, read_imports(code, header), strict=False)]
    usable = [each for each in heads if each.declaration.module == module and each.serves(qualifier)]
    if any(each.brings(name) for each in usable):
        return None
    if name:
        for each in usable:
            if each.is_extensible and (insertion := each.with_item(name)):
                return insertion
    return _new_import(code, text, heads, module, _import_of(heads, module, name, qualifier))


class _Head:
    """One import declaration and its text."""

    def __init__(self, code: str, lines: LineIndex, head: Import, declaration: ImportDeclaration) -> None:
        self.declaration = declaration
        self.is_certain = declaration.certain and not head.source
        self.name_start, name_end = lines.offsets(head.span)
        self.start = code.rfind("import", 0, self.name_start)
        self.line_start = code.rfind("\n", 0, self.start) + 1
        self.is_first_in_line = not code[self.line_start : self.start].strip()
        self._code = code
        self.tokens = _declaration_tokens(code, name_end, self.start - self.line_start)
        self.end = self.tokens[-1].end if self.tokens else name_end

    def serves(self, qualifier: str) -> bool:
        """Whether what it brings can be used behind a qualifier, or without one if that is empty."""
        if not self.is_certain:
            return False
        return self.declaration.qualifier == qualifier if qualifier else not self.declaration.qualified

    def brings(self, name: ImportedName | None) -> bool:
        """Whether it brings a name, or everything."""
        declaration = self.declaration
        if declaration.items is None:
            return True
        listed = {item.name: item.parts for item in declaration.items}
        if name is None:
            return False
        if declaration.hiding:
            return name.name not in listed and not (name.parent and name.parent in listed)
        if name.parent and name.parent in listed:
            parts = listed[name.parent]
            return parts is None or name.name in parts
        return not name.parent and name.name in listed

    @property
    def is_extensible(self) -> bool:
        """Whether it has a list of what it brings, without conditions of the preprocessor."""
        has_list = self.declaration.items is not None and not self.declaration.hiding
        return has_list and "\n#" not in self._code[self.start : self.end] and self.tokens[-1].text == ")"

    def with_item(self, name: ImportedName) -> Insertion | None:
        """The insertion of an item, or of a part of one."""
        opening = next(index for index, token in enumerate(self.tokens) if token.text == "(")
        items = list(_items(self.tokens[opening + 1 : -1]))
        for item in items if name.parent else ():
            if _item_name(item) == name.parent:
                return _with_part(item, prefix(name.name))
        return _with_new_item(self._code, items, name, self.tokens[opening].end)


def _declaration_tokens(code: str, start: int, column: int) -> list[Token]:
    """The tokens of an import behind the module's name, whose first word stands in a column (0-based)."""
    end = len(code)
    for line in _LINES.finditer(code, start):
        indent = len(line[0]) - 1
        if indent <= column and not code.startswith(("#", "--", "{-"), line.end()):
            end = line.start()
            break
    found = []
    depth = 0
    for token in tokens(code[start:end]):
        if token.is_comment:
            continue
        if depth == 0 and token.text not in {"qualified", "as", "hiding", "(", ","} and not _is_module(token):
            break
        depth += (token.text == "(") - (token.text == ")")
        found.append(token._replace(start=token.start + start, end=token.end + start))
        if depth == 0 and token.text == ")":
            break
    return found


_LINES = re.compile(r"\n[ \t]*(?=\S)")


_GAP = 2
"""How many characters may stand between two imports of one group: the end of a line."""


def _is_module(token: Token) -> bool:
    return token.kind is Kind.WORD and token.text[:1].isupper()


def _items(found: Sequence[Token]) -> Iterator[list[Token]]:
    """The items of a list, without the commas between them."""
    item: list[Token] = []
    for depth, token in depths(found):
        if depth == 0 and token.text == ",":
            if item:
                yield item
            item = []
        else:
            item.append(token)
    if item:
        yield item


def _item_name(item: Sequence[Token]) -> str:
    words = [token.text for token in item if token.text not in {"(", ")", "type", "pattern"}]
    return words[0] if words else ""


def _with_part(item: Sequence[Token], part: str) -> Insertion | None:
    """An item for a type with one more of its parts."""
    # The first bracket may be that of an operator's name.
    opening = next((index for index, token in enumerate(item) if index and token.text == "("), None)
    if opening is None:
        return Insertion(item[-1].end, f"({part})")
    is_empty = item[opening + 1].text == ")"
    return Insertion(item[-2].end, part if is_empty else f", {part}")


def _with_new_item(code: str, items: Sequence[Sequence[Token]], name: ImportedName, start: int) -> Insertion:
    """A list with one more item, where it belongs if the others are in order, with the separator that they have."""
    if not items:
        return Insertion(start, name.alone)
    keys = [_order(_item_name(item)) for item in items]
    between = [code[one[-1].end : other[0].start] for one, other in pairwise(items)]
    separator = between[-1] if between and not between[-1].strip(", \t\r\n") else ", "
    if keys == sorted(keys):
        own = _order(name.parent or name.name)
        following = next((item for key, item in zip(keys, items, strict=True) if key > own), None)
        if following:
            return Insertion(following[0].start, f"{name.alone}{separator}")
    return Insertion(items[-1][-1].end, f"{separator}{name.alone}")


def _order(name: str) -> str:
    return name.lower()


def _import_of(heads: Sequence[_Head], module: str, name: ImportedName | None, qualifier: str) -> str:
    """A new import in the style of the others."""
    if not qualifier:
        others = [each for each in heads if not each.declaration.qualified]
        is_padded = bool(others) and all(each.name_start - each.start == len(_PADDED) for each in others)
        brought = f" ({name.alone})" if name else ""
        return f"{_PADDED if is_padded else 'import '}{module}{brought}"
    alias = "" if qualifier == module else f" as {qualifier}"
    is_post = any(each.tokens[:1] and each.tokens[0].text == "qualified" for each in heads)
    return f"import {module} qualified{alias}" if is_post else f"import qualified {module}{alias}"


_PADDED = "import qualified ".replace("qualified", " " * len("qualified"))


def _new_import(code: str, text: str, heads: Sequence[_Head], module: str, new: str) -> Insertion | None:
    newline = "\r\n" if "\r\n" in text else "\n"
    found = [token for token in tokens(code[: heads[0].start] if heads else code) if not token.is_comment]
    if found and found[-1].text == "{" and heads:
        return Insertion(heads[0].start, f"{new}; ")
    placed = [each for each in heads if each.is_certain and each.is_first_in_line]
    if not placed:
        return _first_import(code, text, new, newline)
    after, is_before = _neighbour(placed, module)
    indent = text[after.line_start : after.start]
    if is_before:
        return Insertion(after.line_start, f"{indent}{new}{newline}")
    return Insertion(_line_end(code, after.end), f"{newline}{indent}{new}")


def _neighbour(placed: Sequence[_Head], module: str) -> tuple[_Head, bool]:
    """The import that a new one stands behind, or before: in the last group that has such modules, in their order."""
    groups = [[placed[0]]]
    for one, other in pairwise(placed):
        if other.line_start - one.end > _GAP:
            groups.append([])
        groups[-1].append(other)
    stem = module.split(".", maxsplit=1)[0]
    akin = [group for group in groups if any(each.declaration.module.split(".")[0] == stem for each in group)]
    group = (akin or groups)[-1]
    names = [each.declaration.module for each in group]
    if names != sorted(names):
        return group[-1], False
    before = [each for each in group if each.declaration.module <= module]
    return (before[-1], False) if before else (group[0], True)


def _first_import(code: str, text: str, new: str, newline: str) -> Insertion | None:
    """An import where there was none: behind the module's header, or else before the first declaration."""
    found = tokens(code)
    words = [token for token in found if not token.is_comment]
    if not words or words[0].text != "module":
        at = found[0].start if found else len(text)
        start = code.rfind("\n", 0, at) + 1
        return Insertion(start, f"{text[start:at]}{new}{newline}{newline if found else ''}")
    where = find(words, "where")
    if where is None:
        return None
    if words[where + 1 : where + 2] and words[where + 1].text == "{":
        return Insertion(words[where + 1].end, f" {new};")
    start = code.rfind("\n", 0, words[0].start) + 1
    return Insertion(_line_end(code, words[where].end), f"{newline}{newline}{text[start : words[0].start]}{new}")


def _line_end(code: str, at: int) -> int:
    end = line_end(code, at)
    return end - 1 if code[end - 1 : end] == "\r" else end
