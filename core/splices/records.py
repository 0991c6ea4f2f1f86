"""What the splices of a module did when they ran, kept so that it can be said again; pure.

A splice does the same again as long as the code that it can reach is the same and GHC answers its questions as it did;
`thatch.core.iserv.replay` sees to the answers.  No splice runs code of its own module, so the code is that of all
modules that its module imports, directly or not; and what the names in the splice mean, the module's head says.  What a
splice keeps for the next in its module (`putQ`) nobody is told of, so all of them must stand there as they did.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from attrs import field, frozen

from thatch.core.diagnostics import Span
from thatch.core.iserv.source_slices import splice_context, splice_source
from thatch.core.splices.runs import FileSplices, Question, SpliceRun
from thatch.core.syntax import parse_header

if TYPE_CHECKING:
    from thatch.core.iserv.replay import Record as Encoded
    from thatch.core.iserv.replay import Source as EncodedSource

Source = tuple[str, str, str]
"""A splice's kind, source, and context (`splice_context`)."""

BEYOND_REPLAY = frozenset({"AddTempFile", "AddForeignFilePath", "AddCorePlugin"})
"""Questions with effects that are more than GHC's answers: files, plugins."""

DECIDING = re.compile(r"infix[lr]?\s|default\s*\(")
"""What lines begin with that may decide what the code of splices means, wherever they stand."""


@frozen(eq=False)
class Record:
    """The splices of one module."""

    inputs: str
    """What `Code.below` said when they ran."""

    sources: tuple[Source, ...] = field(repr=False)
    """All of them, by place."""

    runs: Mapping[Source, tuple[SpliceRun, ...]] = field(repr=False)
    """Those that can be replayed; of those that look the same, each in its order."""

    def stands_in(self, text: str) -> bool:
        """Whether a text has all the splices, in their order."""
        position = 0
        for _, source, _ in self.sources:
            position = text.find(source, position) + 1
            if not position:
                return False
        return True


def head_of(text: str, *, literate: bool = False) -> str:
    """What decides for all of a text what code means, for comparison with another: pragmas, imports, `DECIDING` lines.

    Comments around them do not.
    """
    header = parse_header(text, literate=literate)
    lines = text.splitlines()
    last = header.imports[-1].span.end_line if header.imports else 0
    while last and last < len(lines) and (not lines[last].strip() or lines[last][0] in " \t"):
        # The list of names goes on.
        last += 1
    first = header.imports[0].span.start_line - 1 if header.imports else 0
    imports = (line.strip() for line in lines[first:last])
    kept = [line for line in imports if line and not line.startswith("--")]
    deciding = (line for line in lines[last:] if DECIDING.match(line))
    return "\n".join([*header.extensions, "", *header.options, "", *kept, "", *deciding])


def recorded(splices: FileSplices, inputs: str) -> Record:
    """The record of a module whose splices ran."""
    lines = splices.text.split("\n")
    sources: list[Source] = []
    runs: dict[Source, list[SpliceRun]] = {}
    for run in splices.runs:
        source = run.kind.value, *_code(lines, run.span)
        sources.append(source)
        if source[1] and _can_be_replayed(run):
            runs.setdefault(source, []).append(run)
    return Record(inputs, tuple(sources), {source: tuple(alike) for source, alike in runs.items()})


def replayable(splices: FileSplices, text: str, *, literate: bool) -> Record | None:
    """The record of a module's splices, if all of them would do the same in another text, with the same code below.

    A splice can know where it stands (`location`), and no question tells.
    """
    record = recorded(splices, "")
    lines = text.split("\n")
    there = [(source[0], *_code(lines, run.span)) for source, run in zip(record.sources, splices.runs, strict=True)]
    heads = {head_of(one, literate=literate) for one in (splices.text, text)}
    n_replayable = sum(len(alike) for alike in record.runs.values())
    return record if list(record.sources) == there and len(heads) == 1 and n_replayable == len(there) else None


def encoded_runs(record: Record, rename: Callable[[bytes], bytes]) -> "dict[EncodedSource, list[Encoded]]":
    """The record as a tap reads it, with other names of home modules."""

    def conversation(questions: Iterable[Question]) -> list[tuple[bytes, bytes]]:
        return [(rename(one.asked), rename(one.answer)) for one in questions]

    def encoded(run: SpliceRun) -> "Encoded":
        finalizers = {one.references: conversation(one.questions) for one in run.finalizers}
        return rename(run.result or b""), conversation(run.questions), finalizers, _numbers(run.span)

    return {source: [encoded(run) for run in alike] for source, alike in record.runs.items()}


def _can_be_replayed(run: SpliceRun) -> bool:
    failed = run.result is None or any(finalizer.failure for finalizer in run.finalizers)
    return not failed and all(one.asked and one.name not in BEYOND_REPLAY for one in run.all_questions)


def _code(lines: Sequence[str], span: Span) -> tuple[str, str]:
    """The source of a splice and its context."""
    source = splice_source(lines, _numbers(span))
    return source, splice_context(lines, _numbers(span), source) if source else ""


def _numbers(span: Span) -> list[int]:
    return [span.start_line, span.start_column, span.end_line, span.end_column]
