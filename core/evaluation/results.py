"""How what came of examples is written below them; pure.

What would not be the same next time, or cannot stand in a comment, becomes doctest's `...`, which allows anything: so
what is written is what is compared with later, here and in doctest.
"""

import re
from collections.abc import Iterable, Iterator, Sequence

from thatch.core.evaluation.examples import SAID_OF_PROPERTY
from thatch.core.evaluation.matching import BLANK, WILDCARD, matches
from thatch.core.evaluation.model import Block, Example, Outcome, Prompt
from thatch.core.splices.inline_head import Edit

HOLDS = "+++ OK"
"""How QuickCheck says that a property holds."""

MOST_LINES = 100
"""How many lines are written of what one example printed."""

MOST_COLUMNS = 1000
"""How much is written of a line."""

MOST_ERROR_LINES = 8
"""How many lines are written of an error."""


def edit_of(text: str, example: Example, outcome: Outcome) -> Edit | None:
    """What makes an example of a text say what came of it; None if it does already, be it by wildcards."""
    if example.prompt is Prompt.EXAMPLE and is_recorded(example, outcome):
        return None
    newline = "\r\n" if text.find("\r\n") >= 0 else "\n"
    said = written(outcome, example, preprocessed="CPP" in text)
    new = "".join(f"{newline}{example.prefix}{line}" for line in said)
    return None if text[example.start : example.end] == new else Edit(example.start, example.end, new)


def is_recorded(example: Example, outcome: Outcome) -> bool:
    """Whether what is recorded below an example is what came of it.

    A property is right when it holds, or when it is recorded that it does not and so it is.
    """
    said = [*outcome.lines, *([outcome.ended] if outcome.ended else [])]
    if example.prompt is Prompt.EXAMPLE:
        return matches(example.recorded, said)
    holds = any(line.startswith(HOLDS) for line in said)
    return holds == (not example.recorded or example.recorded[0].startswith(HOLDS))


def moved(blocks: Iterable[Block], examples: Iterable[Example]) -> list[Example | None]:
    """Where examples are in the blocks of a newer text: the nearest that evaluate the same; None if there is none."""
    here = [example for block in blocks for example in block.examples]
    found: list[Example | None] = []
    for example in examples:
        same = [one for one in here if (one.prompt, one.code) == (example.prompt, example.code) and one not in found]
        found.append(min(same, key=lambda one: abs(one.line - example.line), default=None))
    return found


def written(outcome: Outcome, example: Example, *, preprocessed: bool) -> list[str]:
    """The lines that are written below an example; `preprocessed` by the C preprocessor."""
    said = outcome.lines if example.prompt is Prompt.EXAMPLE else _of_property(outcome.lines)
    shortened = list(_shortened(said))
    cut = outcome.cut or len(shortened) > MOST_LINES
    lines = [*shortened[:MOST_LINES], *([WILDCARD] if cut else []), *([outcome.ended] if outcome.ended else [])]
    kept = [_writable(line, example, preprocessed=preprocessed) for line in lines]
    return [line for number, line in enumerate(kept) if line != WILDCARD or kept[number - 1 : number] != [WILDCARD]]


def _of_property(lines: Sequence[str]) -> Sequence[str]:
    """What QuickCheck says, without what the property itself printed before."""
    begin = next((number for number, line in enumerate(lines) if SAID_OF_PROPERTY.match(line)), None)
    return lines[begin:] if begin is not None else [f"*** {line}" for line in lines[-1:]]


def _shortened(lines: Iterable[str]) -> Iterator[str]:
    """The lines without what GHC says beside the point, and without places that move."""
    n_left: int | None = None
    for line in lines:
        if _CALL_STACK.match(line):
            yield WILDCARD
            return
        if _ERROR.match(line):
            n_left = MOST_ERROR_LINES
        elif n_left is not None and (n_left == 0 or _CONTEXT.match(line)):
            yield WILDCARD
            return
        if n_left is not None:
            n_left -= 1
        yield _PLACE.sub(rf"\1:{WILDCARD}", line)


def _writable(line: str, example: Example, *, preprocessed: bool) -> str:
    """A line as it can stand in the comment of an example."""
    line = line.rstrip()
    if not line:
        return BLANK
    if line == BLANK:
        line = line.replace(">", WILDCARD)
    if len(line) > MOST_COLUMNS:
        line = line[:MOST_COLUMNS].rstrip(".") + WILDCARD
    line = _PROMPT.sub(WILDCARD, _UNPRINTABLE.sub(WILDCARD, line))
    if example.in_block:
        line = _BRACES.sub(WILDCARD, line)
    if preprocessed:
        line = _PREPROCESSOR.sub(WILDCARD, line)
    return line


def _with_dots(pattern: str) -> re.Pattern[str]:
    """What a wildcard takes the place of, with dots around it, which would be taken for a part of that."""
    return re.compile(rf"\.*(?:{pattern})\.*")


_PLACE = re.compile(r"(<interactive>|[^\s:()]+\.l?hs):(?:\d+:\d+(?:-\d+)?|\(\d+,\d+\)-\(\d+,\d+\))")
_ERROR = re.compile(r"(?:<interactive>:\S+|<no location info>:|\*\*\* Exception: \S+\.l?hs:\S+) error:")
_CONTEXT = re.compile(r" +• In |  +In the |  +In an equation |\(deferred type error\)")
_CALL_STACK = re.compile(r"CallStack \(from |HasCallStack backtrace:")
_UNPRINTABLE = _with_dots(r"[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff]+")
_PROMPT = _with_dots(r"^\s*[|^]?\s*(?:>>>|prop>)")
_BRACES = _with_dots(r"\{-|-\}|\{$|-$")
_PREPROCESSOR = _with_dots(r"^\s*#|/\*|\*/|\\$")
