"""Finding examples in the comments of a module, as doctest does, in all kinds of comments; pure.

doctest's rules (its README, 0.24): an example is `>>>` at the beginning of a line and what follows there, or the lines
up to `:}` if that is `:{`; below it stands what is printed, up to an empty line, the next prompt or the comment's end.
From these lines the white space is taken that stands before the prompt.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from attrs import frozen

from thatch.core.evaluation.model import Block, Example, Prompt
from thatch.core.source.lexer import comments
from thatch.core.splices.inline_lexer import code_only
from thatch.core.text import LineIndex

OPENING, CLOSING = ":{", ":}"

SETUP = "$setup"

SAID_OF_PROPERTY = re.compile(r"\+\+\+ OK|\*\*\* |<interactive>")
"""How what is recorded of a property begins."""


def find_blocks(text: str, *, literate: bool = False) -> tuple[Block, ...]:
    """The comments of a module that have examples, in their order; `literate` Haskell has comments in its code only."""
    if not any(prompt.value in text for prompt in Prompt):
        return ()
    code = code_only(text) if literate else text
    lines = LineIndex(text)
    return tuple(block for comment in _comments(code, lines) if (block := _Reader(comment).block()).examples)


@frozen
class _Line:
    """A line of a comment."""

    number: int
    """0-based."""

    before: str
    """What stands before its text, as it would stand before the text of another line below."""

    text: str
    start: int
    """The offset of the text."""

    in_block: bool

    @property
    def end(self) -> int:
        """The offset behind the text."""
        return self.start + len(self.text)

    @property
    def is_blank(self) -> bool:
        """Whether there is no text."""
        return not self.text.strip()


def _comments(code: str, lines: LineIndex) -> Iterator[list[_Line]]:
    """The lines of each comment; line comments below each other are one."""
    found = [list(_lines_of(code, lines, start, end)) for start, end in comments(code)]
    flat = [line for some in found for line in some]
    blocks = [some for some in found if some and some[0].in_block]
    rest = [line for line in flat if not line.in_block]
    runs = groupby(enumerate(rest), lambda numbered: numbered[1].number - numbered[0])
    yield from sorted([*blocks, *([line for _, line in run] for _, run in runs)], key=lambda some: some[0].number)


def _lines_of(code: str, lines: LineIndex, start: int, end: int) -> Iterator[_Line]:
    in_block = code.startswith("{-", start)
    for number in range(lines.line_of(start), lines.line_of(max(start, end - 1)) + 1):
        whole = lines.line_text(number)
        first = lines.line_start(number)
        if in_block:
            track = whole[: int(whole.startswith(">") and code[first] != ">")]
            yield _block_line(whole, number, first, track, start, end)
        elif (found := _LINE_COMMENT.match(whole)) and first + found.end() - 2 >= start:
            # What stands behind code on its line is a comment on that.
            yield _Line(number, found[0], whole[found.end() :], first + found.end(), in_block=False)


def _block_line(whole: str, number: int, first: int, track: str, start: int, end: int) -> _Line:
    """A line of a comment in braces that reaches from offset `start` to `end`; `track` is the bird track before it."""
    begin = start + 2 if first <= start else first + len(track)
    stop = min(end - 2, first + len(whole))
    text = whole[begin - first : max(begin, stop) - first]
    if stop < first + len(whole):
        # What stands before the end of the comment stays there.
        text = text.rstrip()
    before = track + _NOT_BLANK.sub(" ", whole[len(track) : begin - first])
    return _Line(number, before, text, begin, in_block=True)


class _Reader:
    """Reads the examples of one comment."""

    def __init__(self, lines: Sequence[_Line]) -> None:
        self._lines = lines

    def block(self) -> Block:
        """The examples."""
        first = next((line for line in self._lines if not line.is_blank), None)
        return Block(tuple(self._examples()), first is not None and first.text.strip() == SETUP)

    def _examples(self) -> Iterator[Example]:
        at = 0
        while at < len(self._lines):
            line = self._lines[at]
            found = _PROMPT.match(line.text)
            if found is None:
                at += 1
                continue
            lead = _MARK.sub(" ", found["lead"])
            prompt = Prompt(found["prompt"])
            code, behind = self._code(at, found["code"].strip(), prompt, lead)
            end = self._recorded_end(behind, prompt)
            yield self._example(prompt, code, self._lines[at:behind], self._lines[behind:end], lead)
            at = end

    def _code(self, at: int, code: str, prompt: Prompt, lead: str) -> tuple[str, int]:
        """What is evaluated, and the index of the line behind it."""
        if code != OPENING:
            return code, at + 1
        said = [OPENING]
        for behind in range(at + 1, len(self._lines)):
            line = self._lines[behind]
            if line.is_blank:
                break
            bare = line.text.lstrip()
            prompted = bare.startswith(prompt.value)
            said.append(bare.removeprefix(prompt.value) if prompted else line.text.removeprefix(lead))
            if said[-1].strip() == CLOSING:
                return "\n".join([*said[:-1], CLOSING]), behind + 1
        return OPENING, at + 1

    def _recorded_end(self, behind: int, prompt: Prompt) -> int:
        """The index of the line behind the recorded ones."""
        end = behind
        while end < len(self._lines) and not self._lines[end].is_blank and not _PROMPT.match(self._lines[end].text):
            end += 1
        # What stands below a property is mostly prose.
        said = end > behind and SAID_OF_PROPERTY.match(self._lines[behind].text.strip())
        return end if said or prompt is not Prompt.PROPERTY else behind

    def _example(
        self, prompt: Prompt, code: str, asked: Sequence[_Line], recorded: Sequence[_Line], lead: str
    ) -> Example:
        last = (*asked, *recorded)[-1]
        return Example(
            prompt=prompt,
            code=code,
            recorded=tuple(_unindented(recorded, asked[0].before, lead)),
            line=asked[0].number,
            last_line=last.number,
            start=asked[-1].end,
            end=last.end,
            prefix=asked[0].before + lead,
            in_block=last.in_block,
        )


def _unindented(lines: Iterable[_Line], before: str, lead: str) -> Iterator[str]:
    for line in lines:
        # A comment in braces may begin on the line of the prompt.
        whole = line.before + line.text
        text = whole.removeprefix(before + lead) if whole.startswith(before + lead) else line.text.removeprefix(lead)
        yield text.rstrip()


_LINE_COMMENT = re.compile(r">?[ \t]*--")
"""The dashes of a comment that has its line for itself, in literate Haskell behind a bird track."""
_NOT_BLANK = re.compile(r"[^\s]")
_MARK = re.compile(r"[|^]")
_PROMPT = re.compile(r"(?P<lead>[ \t]*(?:[|^][ \t]*)?)(?P<prompt>>>>|prop>)(?P<code>.*)")
