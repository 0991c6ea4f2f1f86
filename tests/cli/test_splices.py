"""`thatch splices` on splices that a test made up: the table, JSON, the page, hostile names, exit codes."""

import importlib
import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.fake_splices import Ran, Settled
from thatch.cli import main
from thatch.cli.exit_code import ExitCode
from thatch.cli.splices_report import highlighted
from thatch.cli.splices_text import duration
from thatch.core.diagnostics import Diagnostic, Severity
from thatch.core.events import Health, Status
from thatch.core.splices.runs import SpliceKind
from thatch.core.th.expansion import Expansion

ONE = "module One where\n\n$(make ''Int)\n\nx = $(bad)\n"
TWO = "module Two where\n\ny = [q|1|]\n"

HOSTILE = "\"'></button><script>alert({{rows}})</script>&amp;\x1b[31m\u202e"


class Here:
    """A folder with two modules, and the command in it."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self._patch = monkeypatch
        self._capture = capsys
        monkeypatch.chdir(folder)
        one, two = folder / "One.hs", folder / "Two.hs"
        for path in (one, two):
            path.touch()
        self.made = Ran(
            "$(make ''Int)", SpliceKind.DECLARATIONS, Expansion(text="instance C Int where\n  c = 1"),
            12.5, (("Reify", 2.0), ("NewName", 0.1), ("Reify", 1.0)), (folder / "data.txt",),
        )  # fmt: skip
        self.failed = Ran("$(bad)", SpliceKind.EXPRESSION, "user error\n  (no)", 2000.0)
        self.quoted = Ran("[q|1|]", SpliceKind.EXPRESSION, Expansion(text="1234567890 + " * 9 + "1"), 0.25)
        self.settled(Settled({one: (ONE, (self.made, self.failed)), two: (TWO, (self.quoted,))}))

    def settled(self, settled: Settled) -> None:
        self._patch.setattr(importlib.import_module("thatch.cli.splices"), "settled_workspace", settled.context)

    def run(self, *arguments: str) -> tuple[int, str, str]:
        code = main.run(["splices", "--cache-dir", str(self.folder / "cache"), *arguments])
        said = self._capture.readouterr()
        return code, said.out, said.err


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Here:
    return Here(tmp_path.resolve(), monkeypatch, capsys)


TABLE = """\
  time  lines  questions  files  memory  kind          place       expansion
2.00 s      0          0      0  123 MB  expression    One.hs:5:5  failed: user error (no)
 12 ms      2          3      1  123 MB  declarations  One.hs:3:1  instance C Int where
0.2 ms      1          0      0  123 MB  expression    Two.hs:3:5  1234567890 + 1234567890 + 1234567890 + 1234567890 + 1234567\N{HORIZONTAL ELLIPSIS}

  time  lines  questions  splices  module
2.01 s      2          3        2  fake-0:One
0.2 ms      1          0        1  fake-0:Two

3 splices in 2 modules: 2.01 s, 3 lines, 3 questions, 1 failed
"""  # noqa: E501


def test_the_table(here: Here) -> None:
    assert here.run() == (ExitCode.CLEAN, TABLE, "")


def test_colours_add_escape_sequences_alone(here: Here) -> None:
    plain, coloured = here.run()[1], here.run("--color", "always")[1]
    assert re.sub("\x1b\\[[0-9;]*m", "", coloured) == plain != coloured


@pytest.mark.parametrize(("order", "first"), [("time", "$(bad)"), ("size", "[q|1|]"), ("questions", "$(make ''Int)")])
def test_the_order(here: Here, order: str, first: str) -> None:
    found = json.loads(here.run("--json", "--sort", order)[1])["splices"][0]
    text = ONE if found["module"] == "One" else TWO
    line = text.split("\n")[found["line"] - 1]
    assert line[found["column"] - 1 : found["end_column"] - 1] == first


def test_json(here: Here) -> None:
    code, out, err = here.run("--json")
    assert (code, err) == (ExitCode.CLEAN, "")
    found = json.loads(out)
    assert [one["expansion"] for one in found["splices"]] == [
        None,
        "instance C Int where\n  c = 1",
        "1234567890 + " * 9 + "1",
    ]
    failed, made, _ = found["splices"]
    assert made == {
        "unit": "fake-0", "module": "One", "path": str(here.folder / "One.hs"),
        "line": 3, "column": 1, "end_line": 3, "end_column": 14, "kind": "declarations",
        "milliseconds": 12.5, "n_lines": 2, "n_bytes": 28, "n_questions": 3,
        "questions": [
            {"name": "Reify", "n": 2, "milliseconds": 3.0}, {"name": "NewName", "n": 1, "milliseconds": 0.1}
        ],
        "dependent_files": [str(here.folder / "data.txt")], "memory": 123_000_000,
        "failure": None, "stopped": False, "expansion": "instance C Int where\n  c = 1", "trouble": "",
    }  # fmt: skip
    assert (failed["failure"], failed["n_bytes"]) == ("user error\n  (no)", 0)
    assert [(one["module"], one["n_splices"], one["n_failed"]) for one in found["modules"]] == [
        ("One", 2, 1),
        ("Two", 1, 0),
    ]
    assert found["total"] == {
        "n_splices": 3, "n_failed": 1, "milliseconds": 2012.75, "n_lines": 3, "n_bytes": 146, "n_questions": 3
    }  # fmt: skip


def test_only_what_was_named(here: Here) -> None:
    assert [one["module"] for one in json.loads(here.run("--json", "Two.hs")[1])["splices"]] == ["Two"]
    (here.folder / "Three.hs").touch()
    code, out, err = here.run("Three.hs")
    assert (code, out) == (ExitCode.USAGE, "No splices.\n")
    assert "Three.hs belongs to no component" in err


def test_a_project_that_cannot_be_loaded(here: Here) -> None:
    here.settled(Settled({}, others=(here.folder / "One.hs",), status=Status(health=Health.ERROR, message="No GHC.")))
    assert here.run("One.hs") == (ExitCode.ENVIRONMENT, "No splices.\n", "thatch: No GHC.\n")


def test_errors_are_told(here: Here) -> None:
    path = here.folder / "One.hs"
    error = Diagnostic(path=path, span=None, severity=Severity.ERROR, message="wrong")
    here.settled(Settled({path: (ONE, (here.made,))}, diagnostics=(error,)))
    code, out, err = here.run()
    assert (code, out.splitlines()[-1]) == (ExitCode.CLEAN, "1 splice in 1 module: 12 ms, 2 lines, 3 questions")
    assert err == "thatch: there are errors, so splices may be missing: `thatch check` shows more.\n"


class Page(HTMLParser):
    """What stands in a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.texts: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def test_the_page(here: Here) -> None:
    code, out, err = here.run("--html", "report.html")
    assert (code, out, err) == (ExitCode.CLEAN, "", "thatch: wrote report.html.\n")
    text = (here.folder / "report.html").read_text()
    shown = Page(text)
    assert "3 splices in 2 modules: 2.01 s, 3 lines, 3 questions, 1 failed" in shown.texts
    assert shown.tags.count("tr") == 1 + 3 + 1 + 2
    assert f"depends on {here.folder / 'data.txt'}" in shown.texts
    targets = {value for name, value in shown.attributes if name == "data-target"}
    # The third takes too small a part of the time to be drawn alone.
    assert targets == {"s0", "s1"}
    assert targets < {value for name, value in shown.attributes if name == "id"}
    # It needs nothing from elsewhere.
    assert {name for name, _ in shown.attributes}.isdisjoint({"src", "href", "srcset", "style-src"})
    assert not re.search(r"https?:|url\(|@import|\bfetch\b|XMLHttp", text)
    assert "{{" not in text


def test_hostile_names_and_expansions(here: Here) -> None:
    path = here.folder / ("".join(HOSTILE.split("/")) + ".hs")
    text = f"x = [q|{HOSTILE}|]\ny = $(z)\n"
    here.settled(
        Settled(
            {
                path: (
                    text,
                    (
                        Ran(
                            f"[q|{HOSTILE}|]",
                            SpliceKind.EXPRESSION,
                            Expansion(text=HOSTILE),
                            questions=((HOSTILE, 1.0),),
                        ),
                        Ran("$(z)", SpliceKind.EXPRESSION, HOSTILE, files=(path,)),
                    ),
                )
            }
        )
    )
    here.run("--html", "report.html", ".")
    text = (here.folder / "report.html").read_text()
    shown = Page(text)
    assert shown.tags.count("script") == 1
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert text.count("{{rows}}") > 0
    assert "\x1b" not in here.run(".")[1]
    assert json.loads(here.run("--json", ".")[1])["splices"][0]["expansion"] == HOSTILE


@given(st.text(alphabet="ab1A \n\"'\\<>&-{}|where", max_size=80))
def test_highlighting_changes_no_text(source: str) -> None:
    shown = Page(highlighted(source))
    assert "".join(shown.texts) == source
    assert set(shown.tags) <= {"b"}


def test_highlighting() -> None:
    assert highlighted('case X of "a<b" -> where\' 12 -- c') == (
        '<b class="k">case</b> <b class="t">X</b> <b class="k">of</b> <b class="s">&quot;a&lt;b&quot;</b> -&gt; '
        'where&#x27; <b class="n">12</b> <b class="c">-- c</b>'
    )


def test_times_for_people() -> None:
    assert [duration(value) for value in (0, 0.04, 9.94, 9.96, 999, 1500)] == [
        "0.0 ms", "0.0 ms", "9.9 ms", "10 ms", "999 ms", "1.50 s"
    ]  # fmt: skip
