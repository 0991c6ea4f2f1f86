"""Colours and streams."""

import os
import subprocess
import sys

import pytest

from thatch.cli.output import wants_colour


@pytest.mark.parametrize(
    ("choice", "environment", "terminal", "expected"),
    [
        ("auto", {}, True, True),
        ("auto", {}, False, False),
        ("auto", {"TERM": "dumb"}, True, False),
        ("auto", {"NO_COLOR": "1"}, True, False),
        ("auto", {"NO_COLOR": ""}, True, True),
        ("auto", {"FORCE_COLOR": "1"}, False, True),
        ("auto", {"FORCE_COLOR": "1", "NO_COLOR": "1"}, True, False),
        ("always", {"NO_COLOR": "1"}, False, True),
        ("never", {"FORCE_COLOR": "1"}, True, False),
    ],
)
def test_colours(choice: str, environment: dict[str, str], terminal: bool, expected: bool) -> None:
    assert wants_colour(choice, environment, terminal=terminal) is expected


def run_python(code: str, **options) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, **options)


def test_a_locale_that_cannot_show_a_character_stops_nothing() -> None:
    code = "from thatch.cli.output import Output; Output().write('\\u2018x\\u2019 \\udc80')"
    result = run_python(code, env={**os.environ, "PYTHONIOENCODING": "ascii"})
    assert (result.returncode, result.stdout, result.stderr) == (0, "\\u2018x\\u2019 \\udc80\n", "")


def test_a_reader_that_goes_away_is_no_error() -> None:
    code = (
        "from thatch.cli.output import Output\nout = Output()\nfor n in range(100_000): out.write(str(n))\nprint('end')"
    )
    command = [sys.executable, "-c", code]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout and process.stderr
        assert process.stdout.readline() == b"0\n"
        process.stdout.close()
        complaints = process.stderr.read()
        assert (process.wait(timeout=60), complaints) == (0, b"")
