"""Splices that ran, as bytes: the `splices` artifact of an entry, free of the checkout it was made in.

The bytes are one line of JSON and behind it, without gaps, what went over the interpreter's pipes.  The JSON is a list
of objects, one for each splice in the order they ran: `unit`, `module`, `path` (below the project's root with `root/`
in its place), `span` (four numbers), `kind`, `failure`, `milliseconds`, `files` (paths), `memory`, `stopped`, `result`
(its length, or null), `questions`: lists of name, length of the question, length of the answer, milliseconds; and
`finalizers`, which may be missing: objects with `references` (numbers), `failure`, `milliseconds` and `questions`.
The bytes of each splice are its result, then each question with its answer, those of the finalizers last.
"""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from thatch.cache.said import to_path, to_text
from thatch.core.diagnostics import Span
from thatch.core.splices.runs import Finalizer, Question, SpliceKind, SpliceRun


def encode_splices(runs: Iterable[SpliceRun], root: Path) -> bytes:
    """The splices as bytes."""
    runs = list(runs)
    header = json.dumps([_fields(run, root) for run in runs], separators=(",", ":")).encode()
    return b"".join([header, b"\n", *(piece for run in runs for piece in _pieces(run))])


def decode_splices(data: bytes, root: Path) -> tuple[SpliceRun, ...]:
    """The splices with the paths of the checkout at `root`; raises ValueError for anything else than such bytes."""
    header, newline, body = data.partition(b"\n")
    reader = _Pieces(body)
    try:
        runs = tuple(_run(fields, reader, root) for fields in json.loads(header))
    except (TypeError, LookupError, AttributeError, RecursionError) as error:
        raise ValueError("these bytes are no splices") from error
    if not newline or not reader.at_end:
        raise ValueError("the splices are followed by something else")
    return runs


class _Pieces:
    """The bytes behind the header, taken piece by piece."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    @property
    def at_end(self) -> bool:
        """Whether everything was taken."""
        return self._at == len(self._data)

    def take(self, length: int) -> bytes:
        """The next piece; raises ValueError when there is less."""
        if type(length) is not int or not 0 <= length <= len(self._data) - self._at:
            raise ValueError("the splices end early")
        self._at += length
        return self._data[self._at - length : self._at]


def _fields(run: SpliceRun, root: Path) -> dict[str, Any]:
    span = run.span
    return {
        "unit": run.unit,
        "module": run.module,
        "path": to_text(run.path, root),
        "span": [span.start_line, span.start_column, span.end_line, span.end_column],
        "kind": run.kind.value,
        "failure": run.failure,
        "milliseconds": round(run.milliseconds, 3),
        "files": [to_text(path, root) for path in run.dependent_files],
        "memory": run.memory,
        "stopped": run.stopped,
        "result": None if run.result is None else len(run.result),
        "questions": _questions_fields(run.questions),
        "finalizers": [
            {
                "references": list(finalizer.references),
                "failure": finalizer.failure,
                "milliseconds": round(finalizer.milliseconds, 3),
                "questions": _questions_fields(finalizer.questions),
            }
            for finalizer in run.finalizers
        ],
    }


def _questions_fields(questions: Iterable[Question]) -> list[list[Any]]:
    return [[one.name, len(one.asked), len(one.answer), round(one.milliseconds, 3)] for one in questions]


def _pieces(run: SpliceRun) -> Iterator[bytes]:
    yield run.result or b""
    for question in run.all_questions:
        yield question.asked
        yield question.answer


def _run(fields: dict[str, Any], reader: _Pieces, root: Path) -> SpliceRun:
    length = fields["result"]
    result = reader.take(length or 0)
    return SpliceRun(
        unit=fields["unit"],
        module=fields["module"],
        path=to_path(fields["path"], root),
        span=Span(*fields["span"]),
        kind=SpliceKind(fields["kind"]),
        result=None if length is None else result,
        failure=fields["failure"],
        milliseconds=float(fields["milliseconds"]),
        questions=_questions(fields, reader),
        dependent_files=tuple(to_path(path, root) for path in fields["files"]),
        memory=fields["memory"],
        stopped=fields["stopped"],
        finalizers=tuple(
            Finalizer(
                references=tuple(map(int, one["references"])),
                questions=_questions(one, reader),
                failure=one["failure"],
                milliseconds=float(one["milliseconds"]),
            )
            for one in fields.get("finalizers", ())
        ),
    )


def _questions(fields: dict[str, Any], reader: _Pieces) -> tuple[Question, ...]:
    return tuple(
        Question(name, reader.take(asked), reader.take(answer), float(milliseconds))
        for name, asked, answer, milliseconds in fields["questions"]
    )
