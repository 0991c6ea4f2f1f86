"""Lines of JSON while a check goes on: everything once, and what does not hold is taken back."""

import io
import json
from pathlib import Path

import pytest
from attrs import evolve

from tests.cli.test_formats import diagnostic
from tests.cli.test_report_formats import page_of
from thatch.cli.output import Output
from thatch.cli.report import Report, Selection
from thatch.cli.stream import Stream
from thatch.core.diagnostics import Diagnostic
from thatch.core.events import DiagnosticsChanged, WorkEnded


class Streamed:
    """A stream and what it printed."""

    def __init__(self, base: Path) -> None:
        self.base = base
        self._file = io.StringIO()
        selection = Selection(folders=frozenset({base / "src"}))
        self.stream = Stream(selection, Output(self._file), base)

    def say(self, path: Path, *diagnostics: Diagnostic) -> None:
        """GHC has judged a file."""
        self.stream.hear(DiagnosticsChanged(path, diagnostics, None))

    def printed(self) -> list[tuple[str, str, str]]:
        """Kind, path and message of each line since the last call."""
        lines = [json.loads(line) for line in self._file.getvalue().splitlines()]
        self._file.seek(0)
        self._file.truncate()
        return [(line["kind"], line["path"], line["message"]) for line in lines]

    def rest(self, *diagnostics: Diagnostic) -> list[tuple[str, str]]:
        """Kind and message of what is printed at the end."""
        report = Report(diagnostics=diagnostics, files=frozenset())
        lines = [json.loads(line) for line in self.stream.rest(report, page_of({}))]
        return [(line["kind"], line.get("message", "")) for line in lines]


@pytest.fixture
def streamed(tmp_path: Path) -> Streamed:
    return Streamed(tmp_path)


def test_each_is_printed_once_and_may_be_taken_back(streamed: Streamed) -> None:
    path = streamed.base / "src/A.hs"
    one, two = (diagnostic(n, 1, n, 2, message=str(n), path=path) for n in (1, 2))
    streamed.say(path, one)
    assert streamed.printed() == [("diagnostic", "src/A.hs", "1")]
    streamed.say(path, one, two)
    assert streamed.printed() == [("diagnostic", "src/A.hs", "2")]
    streamed.say(path, two)
    assert streamed.printed() == [("withdrawn", "src/A.hs", "1")]
    assert streamed.rest(two) == [("summary", "")]


def test_what_was_not_told_is_printed_at_the_end(streamed: Streamed) -> None:
    path = streamed.base / "src/A.hs"
    one, two = (diagnostic(n, 1, n, 2, message=str(n), path=path) for n in (1, 2))
    streamed.say(path, one)
    assert streamed.rest(two) == [("withdrawn", "1"), ("diagnostic", "2"), ("summary", "")]


def test_a_message_of_two_units_is_one(streamed: Streamed) -> None:
    path = streamed.base / "src/A.hs"
    one = diagnostic(1, 1, 1, 2, path=path, unit="lib")
    streamed.say(path, one, evolve(one, unit="test"))
    assert len(streamed.printed()) == 1


def test_what_nobody_asked_for_is_not_printed(streamed: Streamed) -> None:
    other = streamed.base / "test/B.hs"
    streamed.say(other, diagnostic(1, 1, 1, 2, path=other))
    streamed.stream.hear(WorkEnded(0, ""))
    assert streamed.printed() == []
    cabal = streamed.base / "a.cabal"
    streamed.say(cabal, diagnostic(path=cabal, source="cabal", message="odd"))
    assert streamed.printed() == [("diagnostic", "a.cabal", "odd")]


def test_what_a_workspace_forgets_at_the_end_is_no_news(streamed: Streamed) -> None:
    path = streamed.base / "src/A.hs"
    streamed.say(path, diagnostic(1, 1, 1, 2, path=path))
    streamed.printed()
    streamed.stream.stop()
    streamed.say(path)
    assert streamed.printed() == []
