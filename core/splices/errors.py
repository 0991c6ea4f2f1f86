"""Which line of a splice's expansion a message of GHC is about, by the code that the message quotes.

GHC gives all code that a splice generated the place of the splice, so that only its words say where in there it is:
`In an equation for 'show': show x_a3QS = (x_a3QS + 'c')`.  It prints names with unique suffixes, qualifies them by
rules of its own, adds and drops parentheses, and leaves out inner parts as `...`; all that is ignored here.
"""

import re
from collections.abc import Iterable, Iterator, Sequence

from attrs import evolve, frozen

from thatch.core.diagnostics import Diagnostic, Span
from thatch.core.splices.inline import extent
from thatch.core.splices.names import Word, words
from thatch.core.splices.runs import SpliceRun
from thatch.core.text import LineIndex


def generated_at(text: str, runs: Iterable[SpliceRun]) -> dict[Span, SpliceRun]:
    """The places that GHC gives messages about what splices generated, by the text that they ran in.

    That is what stands behind the `$`, behind the first bar of a quasi-quote, or all of the splice.
    """
    lines = LineIndex(text)
    found = {}
    for run in runs:
        if run.result is None:
            continue
        start, end = extent(lines, run.span)
        inner = _without_sigil(text, start, end)
        for region in ((start, end), inner):
            found[Span(*lines.ghc_position(region[0]), *lines.ghc_position(region[1]))] = run
    return found


def is_told_by_splice(diagnostic: Diagnostic) -> bool:
    """Whether the splice's own code says it (`reportWarning`, `fail`), which is about anything."""
    return diagnostic.code in _TOLD_BY_SPLICES


def generated_line(diagnostic: Diagnostic, expansion: str) -> int | None:
    """The 0-based line of the expansion that a message about generated code quotes; None if none is found."""
    tokens = _plain(expansion)
    region = None
    for clues in _clues(diagnostic):
        inside = region or _Region(0, len(tokens))
        region = next((found for clue in clues if (found := _find(clue, tokens, inside))), region)
    return None if region is None else tokens[region.start].line


@frozen
class _Region:
    """Some tokens of the expansion."""

    start: int
    end: int


def _without_sigil(text: str, start: int, end: int) -> tuple[int, int]:
    """The part of a splice that GHC names: without `$`, or behind the first bar of a quasi-quote."""
    if text.startswith("[", start) and text.startswith("|]", end - 2):
        return text.index("|", start) + 1, end
    while text.startswith("$", start):
        start += 1
    return start, end


def _clues(diagnostic: Diagnostic) -> Iterator[list[list[str]]]:
    """The code that a message quotes, from the outermost to the innermost; for each, several ways to look for it."""
    if not diagnostic.context:
        names = [found[1] or found[2] for found in _MENTIONED.finditer(diagnostic.message)]
        yield [clue for name in names if (clue := _clue(name))]
    clauses = [found[0] for found in _CLAUSE.finditer("\n".join(diagnostic.context))]
    for clause in reversed(clauses):
        quotes = [prefix + found[1] for pattern, prefix in _QUOTES if (found := pattern.search(clause))]
        yield [clue for quote in quotes if (clue := _clue(quote))]


def _clue(quote: str) -> list[str]:
    """The tokens of quoted code up to what GHC left out."""
    return [one.text for one in _plain(quote.split("...", maxsplit=1)[0])]


def _find(clue: Sequence[str], tokens: Sequence[Word], region: _Region) -> _Region | None:
    """Where a piece of code stands in a region of the expansion; None too if it could be one of several."""
    wanted, length = list(clue), len(clue)
    found = [
        at
        for at in range(region.start, region.end - length + 1)
        if tokens[at].text == wanted[0] and [one.text for one in tokens[at : at + length]] == wanted
    ]
    if len(found) > 1:
        # A binding is meant rather than its signature.
        found = [
            at
            for at in found
            if tokens[at].starts_declaration and tokens[min(at + length, len(tokens) - 1)].text != "::"
        ]
    if len(found) != 1:
        return None
    start, end = found[0], found[0] + length
    if tokens[start].starts_declaration:
        # All of a declaration, which may hold what the inner clues quote.
        end = next((at for at in range(end, region.end) if tokens[at].starts_declaration), region.end)
    return _Region(start, end)


def _plain(source: str) -> list[Word]:
    """The tokens of a source as both GHC and the printer would write them: without qualifiers and unique suffixes."""
    return [evolve(word, text=_plain_name(word.text)) for word in words(source)]


def _plain_name(text: str) -> str:
    if not (text[0].isalpha() or text[0] == "_"):
        return text
    return _UNIQUE.sub("", text.rpartition(".")[2])


_CLAUSE = re.compile(r"^\s*In (?:.(?!^\s*In ))*", re.MULTILINE | re.DOTALL)
_QUOTES = (
    (re.compile(r"In the instance declaration for \u2018(.*)\u2019", re.DOTALL), "instance "),
    (re.compile(r"namely\s+\u2018(.*)\u2019", re.DOTALL), ""),
    (re.compile(r"In [^:\u2018]*(?:\u2018[^\u2019]*\u2019)?:\s*(.*\S)", re.DOTALL), ""),
    (re.compile(r"In [^:\u2018]*\u2018([^\u2019]*)\u2019", re.DOTALL), ""),
)
"""How GHC quotes code, the best way to look for it first, with a word to put before it."""

_MENTIONED = re.compile(r"not in scope: (\S+)|\u2018([^\u2019]+)\u2019", re.IGNORECASE)
_TOLD_BY_SPLICES = {"GHC-39584", "GHC-87897"}
"""GHC's codes of what a splice reports and of exceptions in it (`TcRnTHError` and others, 9.6 and 9.10)."""

_UNIQUE = re.compile(r"_a[A-Za-z0-9]{3,5}\Z|_\d+\Z")
