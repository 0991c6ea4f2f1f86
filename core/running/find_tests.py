"""The tests that a module's text defines with hspec, tasty and QuickCheck: found by words and layout, without GHC.

A test is a word such as `it` or `testCase` with a string literal behind it.  What belongs to it is told by brackets and
by the layout of blocks, so that text that does not parse gives what can be recognised.
"""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from attrs import Factory, define, frozen

from thatch.core.diagnostics import Span
from thatch.core.running.model import FoundTest, Framework
from thatch.core.running.string_literal import string_value
from thatch.core.source.layout import CLOSING, OPENING
from thatch.core.source.lexer import Kind, Token, tokens
from thatch.core.splices.inline_lexer import code_only
from thatch.core.syntax import parse_header

GROUPS = {
    **dict.fromkeys(("describe", "context", "fdescribe", "fcontext", "xdescribe", "xcontext"), Framework.HSPEC),
    **dict.fromkeys(
        ("testGroup", "sequentialTestGroup", "inOrderTestGroup", "dependentTestGroup", "testSpec"), Framework.TASTY
    ),
}
"""The functions that make groups, and whose they are (hspec 2.11, tasty 1.5, tasty-hspec 1.2)."""

TESTS = {
    **dict.fromkeys(("it", "fit", "xit", "specify", "fspecify", "xspecify"), Framework.HSPEC),
    **dict.fromkeys(("prop", "fprop", "xprop"), Framework.HSPEC),
    **dict.fromkeys(("testCase", "testCaseSteps", "testCaseInfo"), Framework.TASTY),
    **dict.fromkeys(("testProperty", "testPropertyNamed"), Framework.TASTY),
    **dict.fromkeys(("goldenVsFile", "goldenVsFileDiff", "goldenVsString", "goldenVsStringDiff"), Framework.TASTY),
}
"""The functions that make tests (with tasty-hunit 0.10, -quickcheck 0.11, -hedgehog 1.4, -golden 2.3)."""

TELLING = frozenset({"describe", "testGroup"})
"""Words that tell of their library by themselves: many projects import it through a module of their own."""

_SIGNS = (*TELLING, "Test.Hspec", "Test.Tasty", "Test.QuickCheck")
"""What stands in every text with tests, which most have not."""

DEEPEST = 50
"""How many groups may lie in one another; what lies deeper is left out."""

PROPERTY = re.compile(r"prop_[\w']+")

_IMPORTS = {
    Framework.HSPEC: re.compile(r"Test\.Hspec(\..*)?"),
    Framework.TASTY: re.compile(r"Test\.Tasty(\..*)?"),
}
_RUNNERS = {"Test.QuickCheck": Framework.QUICKCHECK, "Test.Tasty.QuickCheck": Framework.TASTY}
_BLOCKS = frozenset({"do", "mdo", "of", "where", "let"})


@lru_cache(maxsize=32)
def find_tests(text: str, *, literate: bool = False) -> tuple[FoundTest, ...]:
    """The tests of a module, in the order of its text; those in groups are in their groups.  It never fails.

    `literate` says that the text is literate Haskell.  Spans are GHC's: 1-based, tabs to multiples of eight.
    """
    if not any(word in text for word in _SIGNS):
        return ()
    found = [token for token in tokens(code_only(text) if literate else text) if not token.is_comment]
    modules = [one.module for one in parse_header(text, literate=literate).imports]
    frameworks = _frameworks(modules, found)
    runner = next((_RUNNERS[module] for module in _RUNNERS if module in modules), None)
    if not frameworks and not runner:
        return ()
    reader = _Reader(frameworks, runner)
    for index, token in enumerate(found):
        reader.read(found, index, token)
    reader.close(0)
    return tuple(reader.tests)


def runs_with_tasty(text: str, *, literate: bool = False) -> bool:
    """Whether the main module of a test suite has tasty run its tests, whatever these are written with."""
    header = parse_header(text, literate=literate)
    imports = (_IMPORTS[Framework.TASTY].fullmatch(one.module) for one in header.imports)
    # It writes a module of its own in this one's place.
    return "tasty-discover" in header.options or any(imports)


def _frameworks(modules: Sequence[str], found: Sequence[Token]) -> frozenset[Framework]:
    """The libraries that a module with these imports and tokens tests with."""
    imported = {framework for framework, name in _IMPORTS.items() if any(name.fullmatch(module) for module in modules)}
    told = {
        GROUPS[word]
        for index, token in enumerate(found)
        if (word := _base(token)) in TELLING and _literal(found, index + 1) is not None
    }
    return frozenset(imported | told)


@define
class _Open:
    """A group or test whose end has not come."""

    depth: int
    """How many contexts stood around its word."""

    token: Token
    framework: Framework
    name: str | None
    """None where it is worked out when the tests run."""

    is_group: bool
    tests: list[FoundTest] = Factory(list)


@frozen
class _Context:
    """A bracket that is open, or a block without braces."""

    bracket: str
    """Empty for a block."""

    column: int
    """Where the items of the block begin, or of the one that the bracket is in."""


class _Reader:
    """Follows layout and brackets through the tokens of a module."""

    def __init__(self, frameworks: frozenset[Framework], runner: Framework | None) -> None:
        self.tests: list[FoundTest] = []
        self._frameworks = frameworks
        self._runner = runner
        self._contexts: list[_Context] = []
        self._brackets: list[int] = []
        """The indices of those contexts that are brackets."""

        self._open: list[_Open] = []
        self._last: Token | None = None
        self._opens_block = True
        self._properties: set[str] = set()

    def read(self, found: Sequence[Token], index: int, token: Token) -> None:
        """Take the next token."""
        begins_line = self._last is None or self._last.line != token.line
        if self._opens_block:
            self._begin_block(token)
        elif begins_line:
            self._begin_line(token)
        self._pass(token)
        self._begin_test(found, index, token, at_top=begins_line and self._is_at_top(token))
        self._opens_block = token.kind is Kind.WORD and (token.text in _BLOCKS or self._is_lambda_case(token))
        self._last = token

    def close(self, depth: int) -> None:
        """End the tests that began with at least so many contexts around them."""
        while self._open and self._open[-1].depth >= depth:
            self._end(self._open.pop())

    def _begin_block(self, token: Token) -> None:
        if token.text == "{" and token.kind is Kind.MARK:
            return
        if token.column > self._block_column():
            self._contexts.append(_Context("", token.column))
        else:
            self._begin_line(token)

    def _begin_line(self, token: Token) -> None:
        if token.kind is Kind.WORD and token.column <= self._contexts[0].column:
            # A declaration begins, whatever was left open before it.
            self._leave(1)
        while len(self._contexts) > 1 and not self._contexts[-1].bracket and token.column < self._contexts[-1].column:
            self._leave(len(self._contexts) - 1)
        if not self._contexts[-1].bracket and token.column <= self._contexts[-1].column:
            self.close(len(self._contexts))

    def _pass(self, token: Token) -> None:
        """Brackets and what separates items."""
        if token.text == "where" and token.kind is Kind.WORD:
            self.close(len(self._contexts))
        if token.kind is not Kind.MARK:
            return
        if token.text in OPENING:
            self._brackets.append(len(self._contexts))
            self._contexts.append(_Context(token.text, self._block_column()))
        elif token.text in CLOSING or token.text in {",", ";"}:
            innermost = self._brackets[-1] if self._brackets else 0
            if token.text in CLOSING and innermost:
                self._leave(innermost)
            elif token.text == "," and self._contexts[innermost].bracket == "[":
                self._leave(innermost + 1)
                self.close(len(self._contexts))
            elif token.text == ";":
                self.close(len(self._contexts))

    def _leave(self, n_contexts: int) -> None:
        """Go out until so many contexts are left."""
        del self._contexts[n_contexts:]
        while self._brackets and self._brackets[-1] >= n_contexts:
            self._brackets.pop()
        self.close(n_contexts + 1)

    def _block_column(self) -> int:
        """Where the items of the innermost block begin."""
        return self._contexts[-1].column if self._contexts else 0

    def _is_at_top(self, token: Token) -> bool:
        return len(self._contexts) == 1 and token.column == self._contexts[0].column

    def _is_lambda_case(self, token: Token) -> bool:
        return token.text in {"case", "cases"} and self._last is not None and self._last.text.endswith("\\")

    def _begin_test(self, found: Sequence[Token], index: int, token: Token, *, at_top: bool) -> None:
        word = _base(token)
        framework = GROUPS.get(word) or TESTS.get(word)
        if framework in self._frameworks and framework is not None:
            name = _literal(found, index + 1)
            is_named = name is not None or (word in GROUPS and _is_applied(found, index))
            if is_named and len(self._open) < DEEPEST:
                self._open.append(_Open(len(self._contexts), token, framework, name, word in GROUPS))
        elif at_top and self._runner and PROPERTY.fullmatch(word) and word not in self._properties:
            self._properties.add(word)
            self.tests.append(FoundTest(framework=self._runner, path=(word,), is_property=True, span=token.span))

    def _end(self, one: _Open) -> None:
        """Put a test that is whole into the group around it."""
        siblings = self._open[-1].tests if self._open else self.tests
        if one.name is None:
            # It cannot be named, what is in it can.
            siblings.extend(one.tests)
            return
        assert self._last is not None
        names = (*_named(self._open), one.name)
        span = _span(one.token, self._last)
        siblings.append(
            FoundTest(framework=one.framework, path=names, is_group=one.is_group, span=span, tests=tuple(one.tests))
        )


def _named(around: Sequence[_Open]) -> Iterator[str]:
    """The names of groups, without those around one that has none: what they are called together is not known."""
    last = max((at for at, each in enumerate(around) if each.name is None), default=-1)
    yield from (each.name for each in around[last + 1 :] if each.name is not None)


def _base(token: Token) -> str:
    """A word without what qualifies it."""
    return token.text.rpartition(".")[2] if token.kind is Kind.WORD else ""


def _literal(found: Sequence[Token], index: int) -> str | None:
    """The value of the string literal that a token is."""
    token = found[index] if index < len(found) else None
    return string_value(token.text) if token is not None and token.kind is Kind.LITERAL else None


def _is_applied(found: Sequence[Token], index: int) -> bool:
    """Whether an argument stands behind a function."""
    after = found[index + 1] if index + 1 < len(found) else None
    return after is not None and (after.kind is Kind.WORD or after.text == "(")


def _span(first: Token, last: Token) -> Span:
    """From one token to another; a literal of several lines ends somewhere in its last."""
    *before, end = last.text.split("\n")
    line, column = last.line + len(before), (1 if before else last.column) + len(end)
    return Span(first.line, first.column, line, column)
