"""`thatch check` on the examples and on small projects, with real compilers."""

import asyncio
import os
import pty
import re
import shutil
import signal
import subprocess
from pathlib import Path

import psutil
import pytest

from tests.conftest import Ghc
from tests.support.check import REPOSITORY, Checker, write_files
from tests.support.children import running_interpreter
from tests.support.waiting import seconds, until

EXAMPLES = REPOSITORY / "examples"

MISTAKES = [
    ("Deprecated", 4, "warning", "GHC-15328", "-Wdeprecations"),
    ("Deprecated", 7, "warning", "GHC-63394", "-Wdeprecations"),
    ("IncompletePatterns", 8, "error", "GHC-62161", "-Wincomplete-patterns"),
    ("IncompletePatterns", 16, "warning", "GHC-53633", "-Woverlapping-patterns"),
    ("MissingInstance", 7, "error", "GHC-39999", ""),
    ("MissingInstance", 10, "error", "GHC-39999", ""),
    ("MissingModule", 4, "error", "GHC-61948", ""),
    ("OnlyWarnings", 5, "warning", "GHC-66111", "-Wunused-imports"),
    ("OnlyWarnings", 6, "warning", "GHC-38856", "-Wunused-imports"),
    ("OnlyWarnings", 8, "warning", "GHC-38417", "-Wmissing-signatures"),
    ("OnlyWarnings", 11, "warning", "GHC-40910", "-Wunused-matches"),
    ("OnlyWarnings", 13, "warning", "GHC-63397", "-Wname-shadowing"),
    ("OnlyWarnings", 16, "warning", "GHC-40910", "-Wunused-top-binds"),
    ("OnlyWarnings", 16, "warning", "GHC-40910", "-Wunused-matches"),
    ("OnlyWarnings", 17, "warning", "GHC-94817", "-Wtabs"),
    ("OnlyWarnings", 17, "warning", "GHC-18042", "-Wtype-defaults"),
    ("ParseError", 9, "error", "GHC-58481", ""),
    ("ScopeError", 8, "warning", "GHC-40910", "-Wunused-matches"),
    ("ScopeError", 8, "error", "GHC-88464", ""),
    ("SpliceError", 9, "error", "GHC-39584", ""),
    ("TypeError", 8, "error", "GHC-83865", ""),
    ("TypeError", 11, "error", "GHC-83865", ""),
    ("TypedHole", 5, "error", "GHC-88464", ""),
]
"""Module, line, severity, code and flag, in the order in which they are printed."""

WITHOUT_CODE_IN_9_6 = {"GHC-15328", "GHC-61948", "GHC-66111", "GHC-38856", "GHC-40910"}

LIBRARY_AND_PROGRAM = {
    "cabal.project": "packages: .\n",
    "pair.cabal": (
        "cabal-version: 2.4\nname: pair\nversion: 0\n"
        "library\n  hs-source-dirs: src\n  exposed-modules: Pair\n  build-depends: base\n"
        "  default-language: Haskell2010\n  ghc-options: -Wall\n"
        "executable program\n  hs-source-dirs: app\n  main-is: Main.hs\n  build-depends: base, pair\n"
        "  default-language: Haskell2010\n  ghc-options: -Wall\n"
    ),
    "src/Pair.hs": "module Pair (twice) where\n\ntwice :: Int -> Int\ntwice n = n + n\n",
    "app/Main.hs": "module Main (main) where\n\nimport Pair (twice)\n\nmain :: IO ()\nmain = print (twice True)\n",
}


@pytest.fixture
def checker(tmp_path: Path) -> Checker:
    return Checker(tmp_path)


@pytest.fixture
def mistakes(tmp_path: Path) -> Path:
    return Path(shutil.copytree(EXAMPLES / "mistakes", tmp_path / "mistakes"))


@pytest.fixture
def pair(tmp_path: Path) -> Path:
    folder = tmp_path / "pair"
    write_files(folder, LIBRARY_AND_PROGRAM)
    return folder


def test_every_mistake_is_found(checker: Checker, mistakes: Path, ghc: Ghc) -> None:
    checked = checker.concise("--ghc", ghc, cwd=mistakes)
    missing = WITHOUT_CODE_IN_9_6 if ghc.series == "9.6" else set()
    expected = [
        (f"src/{module}.hs", line, severity, "" if code in missing else code, flag)
        for module, line, severity, code, flag in MISTAKES
    ]
    found = [(entry.path, entry.line, entry.severity, entry.code, entry.flag) for entry in checked.entries]
    assert found == expected
    assert checked.code == 1
    assert re.fullmatch(r"10 errors, 13 warnings in 12 modules \([\d.]+ s\)\n", checked.err)


def test_output_is_the_same_each_time(checker: Checker, mistakes: Path, ghc: Ghc) -> None:
    first, second = (checker.run("--ghc", ghc, cwd=mistakes) for _ in range(2))
    assert first.out == second.out
    assert "\x1b" not in first.out


def test_full_output_shows_the_source_and_the_hint(checker: Checker, mistakes: Path, ghc: Ghc) -> None:
    checked = checker.run("--ghc", ghc, "src/ScopeError.hs", cwd=mistakes)
    assert "8 | warmer degrees (Celsius now) = Celsius (degres + now)\n" in checked.out
    assert "  |                                         ^^^^^^\n" in checked.out
    assert (
        "hint: Perhaps use \N{LEFT SINGLE QUOTATION MARK}degrees\N{RIGHT SINGLE QUOTATION MARK} (line 8)" in checked.out
    )


def test_a_named_file_alone_is_printed(checker: Checker, mistakes: Path, ghc: Ghc) -> None:
    checked = checker.concise("--ghc", ghc, "OnlyWarnings.hs", "Legacy.hs", cwd=mistakes / "src")
    assert {entry.path for entry in checked.entries} == {"OnlyWarnings.hs"}
    assert checked.code == 0
    assert "9 warnings in 2 modules" in checked.err


@pytest.mark.parametrize(("fail_on", "code"), [("error", 0), ("warning", 1), ("never", 0)])
def test_fail_on_decides_about_warnings(checker: Checker, mistakes: Path, fail_on: str, code: int) -> None:
    checked = checker.concise("--fail-on", fail_on, "src/OnlyWarnings.hs", cwd=mistakes)
    assert (len(checked.entries), checked.code) == (9, code)


def test_a_file_of_no_component_is_not_called_clean(checker: Checker, pair: Path, ghc: Ghc) -> None:
    write_files(pair, {"attic/Old.hs": "module Old where\nx = True + 1\n"})
    checked = checker.concise("--ghc", ghc, "attic/Old.hs", cwd=pair)
    assert checked.code == 2
    assert "attic/Old.hs belongs to no component of its project" in checked.err


def test_scripts_need_no_description(checker: Checker, ghc: Ghc) -> None:
    checked = checker.concise("--ghc", ghc, EXAMPLES / "scripts", cwd=EXAMPLES)
    assert (checked.code, checked.out) == (0, "")
    assert "No problems in 3 modules" in checked.err


def test_the_bookshelf_is_in_order(checker: Checker) -> None:
    """With the GHC on PATH, for which the example's libraries are installed."""
    checked = checker.concise(EXAMPLES / "bookshelf", cwd=REPOSITORY)
    assert (checked.code, checked.out) == (0, "")
    assert "No problems in 8 modules" in checked.err


@pytest.mark.parametrize(("name", "line"), [("shelf/src/Shelf/Sample.hs", 23), ("bookshelf/test/Main.hs", 27)])
def test_a_wrong_number_in_a_splice_is_found(checker: Checker, tmp_path: Path, name: str, line: int) -> None:
    """A splice that runs code of the project, in the same component and in another one."""
    folder = Path(shutil.copytree(EXAMPLES / "bookshelf", tmp_path / "bookshelf"))
    path = folder / name
    path.write_text(path.read_text().replace("978-0-15-602760-1", "978-0-15-602760-3"))
    checked = checker.concise(cwd=folder)
    (entry,) = checked.entries
    assert (entry.path, entry.line, entry.severity) == (name, line, "error")
    assert entry.message == "978-0-15-602760-3 has the wrong check digit"


def test_an_error_in_a_program_that_uses_the_library_beside_it(checker: Checker, pair: Path, ghc: Ghc) -> None:
    checked = checker.concise("--ghc", ghc, cwd=pair)
    (entry,) = checked.entries
    assert (entry.path, entry.line, entry.column, entry.code) == ("app/Main.hs", 6, 21, "GHC-83865")
    assert not (pair / "dist-newstyle").exists()


def test_several_projects_at_once(checker: Checker, pair: Path, mistakes: Path, ghc: Ghc) -> None:
    checked = checker.concise("--ghc", ghc, "pair", "mistakes/src/ParseError.hs", cwd=pair.parent)
    assert [entry.path for entry in checked.entries] == ["mistakes/src/ParseError.hs", "pair/app/Main.hs"]
    assert "2 errors in 3 modules" in checked.err


def test_progress_is_shown_on_a_terminal_alone(checker: Checker, mistakes: Path, ghc: Ghc) -> None:
    terminal, slave = pty.openpty()
    environment = {**checker.environment, "TERM": "xterm"}
    with subprocess.Popen(
        checker.command("--ghc", ghc), cwd=mistakes, env=environment, stdout=subprocess.PIPE, stderr=slave
    ) as process:
        os.close(slave)
        shown = read_all(terminal)
        assert process.stdout
        out = process.stdout.read()
    os.close(terminal)
    assert b"Checking mistakes" in shown
    assert re.search(rb" \d+/12 \w+", shown)
    assert b"10 errors, 13 warnings in 12 modules" in shown
    assert b"\x1b" not in out
    assert checker.run("--ghc", ghc, "--color", "always", cwd=mistakes).out.count("\x1b[31m\x1b[1merror\x1b[0m") == 10


def read_all(terminal: int) -> bytes:
    """Everything that is written to a terminal until its other end is closed."""
    shown = b""
    while True:
        try:
            shown += os.read(terminal, 65536)
        except OSError:  # How Linux says that nobody holds the other end.
            return shown


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
async def test_an_interrupted_check_leaves_nothing_behind(
    checker: Checker, tmp_path: Path, ghc: Ghc, number: signal.Signals, code: int
) -> None:
    source = (
        "{-# LANGUAGE TemplateHaskell #-}\nmodule Endless where\nimport Language.Haskell.TH.Syntax (runIO)\n"
        "$(runIO (mapM_ print (cycle [1 :: Int, 2])) >> pure [])\n"
    )
    write_files(tmp_path / "endless", {"Endless.hs": source})
    process = await asyncio.create_subprocess_exec(
        *checker.command("--ghc", ghc),
        cwd=tmp_path / "endless",
        env=checker.environment,
        stderr=asyncio.subprocess.PIPE,
    )
    await until(running_interpreter, "the splice to run", timeout=120)
    children = psutil.Process(process.pid).children(recursive=True)
    assert children
    process.send_signal(number)
    async with asyncio.timeout(seconds(30)):
        _, complaints = await process.communicate()
    assert (process.returncode, complaints.strip()) == (code, b"")
    assert psutil.wait_procs(children, timeout=seconds(10))[1] == []
    assert list((tmp_path / "cache" / "run").iterdir()) == []
