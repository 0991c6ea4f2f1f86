"""The text that is to be changed, with what is often asked of it, each worked out when it is first asked for."""

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

from thatch.core.completion.model import Candidate
from thatch.core.diagnostics import Span
from thatch.core.source.layout import items
from thatch.core.source.lexer import Token, tokens
from thatch.core.splices.inline_head import Head
from thatch.core.splices.inline_lexer import code_only, line_end
from thatch.core.syntax import is_literate
from thatch.core.text import LineIndex
from thatch.core.th.imports import ImportDeclaration, read_imports
from thatch.core.th.names import Space
from thatch.core.th.scope import Exports, brought


class Source:
    """A module's text as it is now, which GHC's messages are about."""

    def __init__(self, path: Path, lines: LineIndex, exports: Exports) -> None:
        """`lines` is the text with its lines; `exports` tells what the modules export that it can import."""
        self.importable: dict[str, Sequence[Candidate]] = {}
        """Where names that are not in scope could be imported from, as far as somebody asked for them."""
        self.path = path
        self.exports = exports
        self.lines = lines
        self.text = lines.text
        self.literate = is_literate(path)

    @cached_property
    def code(self) -> str:
        """The text without what is no code, at the same offsets."""
        return code_only(self.text) if self.literate else self.text

    @cached_property
    def head(self) -> Head:
        """Where the parts of the module's head are."""
        return Head(self.text, self.code, self.lines, literate=self.literate, preprocessed=False)

    @cached_property
    def tokens(self) -> list[Token]:
        """All tokens, without comments."""
        return [token for token in tokens(self.code) if not token.is_comment]

    @cached_property
    def head_tokens(self) -> list[Token]:
        """The tokens up to the end of the imports, which take less time than all."""
        imports = self.head.header.imports
        start = self.lines.offsets(imports[-1].span)[0] if imports else 0
        end = self.head.item_end(self.code.rfind("import", 0, start), start) if imports else self.head.body
        return [token for token in tokens(self.code[: line_end(self.code, end)]) if not token.is_comment]

    @cached_property
    def items(self) -> list[tuple[Token, ...]]:
        """The declarations of the top level, each as its tokens."""
        start = next((i for i, token in enumerate(self.tokens) if token.start >= self.head.body), len(self.tokens))
        return [item.code for item in items(self.tokens[start:])]

    @cached_property
    def imports(self) -> tuple[ImportDeclaration, ...]:
        """The imports, the implicit one of `Prelude` included."""
        return read_imports(self.code, self.head.header)

    @cached_property
    def types(self) -> frozenset[str]:
        """The types and classes that imports bring into scope without a qualifier, as far as anybody knows."""
        found: set[str] = set()
        for one in self.imports:
            if not one.qualified:
                exported = self.exports.exports(one.module, one.package) or ()
                found |= {each.occ for each in brought(one, exported) if each.space is Space.TYPE}
        return frozenset(found)

    def item_start(self, offset: int) -> int | None:
        """Where the line of an offset begins, if a declaration of the top level does so there; else None."""
        start = self.code.rfind("\n", 0, offset) + 1
        first = start + len(self.code[start:offset]) - len(self.code[start:offset].lstrip())
        is_item = self.lines.ghc_position(first)[1] == self.head.body_column + 1
        return first if is_item and not self.head.braced else None

    def is_first(self, offset: int) -> bool:
        """Whether nothing stands before an offset in its line."""
        return not self.code[self.code.rfind("\n", 0, offset) + 1 : offset].strip()

    def indent(self, offset: int) -> str:
        """What stands before the first code of a line at an offset, in literate Haskell the mark of code."""
        return self.text[self.text.rfind("\n", 0, offset) + 1 : offset]

    def region(self, span: Span | None) -> tuple[int, int]:
        """The offsets of a place that a message is about; the whole text where it names none."""
        return self.lines.offsets(span) if span else (0, len(self.text))

    def at(self, span: Span | None) -> str:
        """The text of a place."""
        start, end = self.region(span)
        return self.text[start:end]
