"""What came of examples in comments, as text and as JSON; pure."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from attrs import frozen

from thatch.cli.formats.json_text import dumped
from thatch.cli.formats.look import Look, printable
from thatch.core.evaluation.model import Example, Outcome, Prompt
from thatch.core.evaluation.results import is_recorded

VERSION = 1
"""The version of the JSON: grows when a field goes or changes its meaning, not when one is added."""

KINDS = {Prompt.EXAMPLE: "example", Prompt.PROPERTY: "property"}


@frozen
class Result:
    """An example of a module and what came of it."""

    path: Path
    example: Example
    outcome: Outcome

    @property
    def right(self) -> bool:
        """Whether what is recorded is what came of it."""
        return is_recorded(self.example, self.outcome)

    @property
    def said(self) -> tuple[str, ...]:
        """All that came of it, as lines."""
        cut = ("...",) if self.outcome.cut else ()
        return (*self.outcome.lines, *cut, *([self.outcome.ended] if self.outcome.ended else []))


@frozen
class Failure:
    """A module none of whose examples could be evaluated, or not all."""

    path: Path
    reason: str


def differences(results: Iterable[Result], failures: Iterable[Failure], look: Look) -> str:
    """What differs, and the modules that could not be loaded: for each example what is recorded and what came of it."""
    parts = ["\n".join(_difference(result, look)) for result in results if not result.right]
    parts += [f"{look.paint(look.path(one.path), bold=True)}: {printable(one.reason)}" for one in failures]
    return "\n\n".join(parts)


def summary(results: Sequence[Result], failures: Sequence[Failure]) -> str:
    """How many examples there are, and how many of them are right."""
    if not results and not failures:
        return "There are no examples in comments."
    n_wrong = sum(not result.right for result in results)
    n_modules = len({result.path for result in results})
    said = f"{_count(len(results), 'example')} in {_count(n_modules, 'module')}: "
    said += f"{n_wrong:,} {'differs' if n_wrong == 1 else 'differ'}" if n_wrong else "all as recorded"
    return said + (f"; {_count(len(failures), 'module')} could not be evaluated." if failures else ".")


def as_json(results: Sequence[Result], failures: Sequence[Failure], look: Look) -> str:
    """All examples with what came of them; lines are 1-based."""
    return dumped(
        {
            "version": VERSION,
            "examples": [_fields(result, look) for result in results],
            "failures": [{"path": look.name(one.path), "reason": one.reason} for one in failures],
        },
        indented=True,
    )


def _difference(result: Result, look: Look) -> Iterator[str]:
    place = look.paint(f"{look.path(result.path)}:{result.example.line + 1}:", bold=True)
    yield f"{place} {result.example.prompt.value} {printable(result.example.code)}"
    for mark, colour, lines in (("-", "red", result.example.recorded), ("+", "green", result.said)):
        yield from (look.paint(f"  {mark} {printable(line)}".rstrip(), colour) for line in lines)


def _fields(result: Result, look: Look) -> dict[str, Any]:
    return {
        "path": look.name(result.path),
        "line": result.example.line + 1,
        "kind": KINDS[result.example.prompt],
        "code": result.example.code,
        "recorded": list(result.example.recorded),
        "said": list(result.said),
        "stopped": bool(result.outcome.ended),
        "right": result.right,
    }


def _count(number: int, word: str) -> str:
    return f"{number:,} {word}{'' if number == 1 else 's'}"
