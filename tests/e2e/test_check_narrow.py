"""`thatch check` of a part of a project, and how long its modules take, with real compilers and a real git."""

import json
import re
import subprocess
from pathlib import Path

import pytest

from tests.conftest import Ghc
from tests.support.check import Checker, Entry, write_files

PACKAGE = (
    "cabal-version: 2.4\nname: p\nversion: 0\n"
    "library\n  hs-source-dirs: src\n  exposed-modules: A B C D\n  build-depends: base, template-haskell\n"
    "  default-language: Haskell2010\n  ghc-options: -Wall\n"
    "executable run\n  hs-source-dirs: app\n  main-is: Main.hs\n  build-depends: base, p\n"
    "  default-language: Haskell2010\n  ghc-options: -Wall -Wunused-packages\n"
)
BANNER = (
    "{-# LANGUAGE TemplateHaskell #-}\nmodule D where\nimport Language.Haskell.TH.Syntax\n"
    'd = $(addDependentFile "banner.txt" >> runIO (readFile "banner.txt") >>= lift)\n'
)
FILES = {
    "cabal.project": "packages: .\n",
    "p.cabal": PACKAGE,
    "banner.txt": "hello",
    "src/A.hs": "module A where\na = 'a'\n",
    "src/B.hs": "module B where\nimport A\nb = a\n",
    "src/C.hs": "module C where\nc = 'c'\n",
    "src/D.hs": BANNER,
    "app/Main.hs": "module Main where\nimport B\nmain = print b\n",
}
"""Each module but C and D reaches A; each has one warning."""


@pytest.fixture
def checker(tmp_path: Path) -> Checker:
    return Checker(tmp_path)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    write_files(folder, FILES)
    git(folder, "init", "--quiet", "--initial-branch", "main")
    commit(folder)
    return folder


def git(folder: Path, *arguments: str) -> None:
    identity = ("-c", "user.name=n", "-c", "user.email=n@mail.example")
    subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True)


def commit(folder: Path) -> None:
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", "more", "--allow-empty")


def files(entries: list[Entry]) -> list[str]:
    return [entry.path for entry in entries]


def test_what_changed_and_what_depends_on_it(checker: Checker, project: Path, ghc: Ghc) -> None:
    whole = checker.concise("--ghc", ghc, cwd=project)
    assert files(whole.entries) == ["app/Main.hs", "src/A.hs", "src/B.hs", "src/C.hs", "src/D.hs"]

    def changed(*more: object) -> tuple[list[str], str]:
        checked = checker.concise("--ghc", ghc, "--changed-since", "main", *more, cwd=project)
        assert checked.code == 0
        return files(checked.entries), checked.err

    assert changed()[0] == []
    assert "There is nothing to check" in changed()[1]
    git(project, "switch", "--quiet", "--create", "feature")
    write_files(project, {"src/B.hs": "module B where\nimport A\n\nb = a\n"})
    commit(project)
    assert changed()[0] == ["app/Main.hs", "src/B.hs"]
    assert changed("src")[0] == ["src/B.hs"]
    # A module that did not change was named all the same: it belongs to the project.
    assert changed("src/C.hs") == ([], changed("src/C.hs")[1])
    # What happened on the other branch since is not ours.
    git(project, "switch", "--quiet", "main")
    write_files(project, {"src/C.hs": "module C where\n\nc = 'c'\n"})
    commit(project)
    git(project, "switch", "--quiet", "feature")
    assert changed()[0] == ["app/Main.hs", "src/B.hs"]
    # A file that only a splice has read, and one that git does not know yet.
    write_files(project, {"banner.txt": "hi", "src/New.hs": "module New where\n"})
    assert changed()[0] == ["app/Main.hs", "src/B.hs", "src/D.hs"]
    write_files(project, {"p.cabal": PACKAGE + "  other-modules:\n"})
    assert changed()[0] == files(whole.entries)


def test_a_reference_that_git_does_not_know(checker: Checker, project: Path) -> None:
    for reference in ("nowhere", "--output=x"):
        checked = checker.concise("--changed-since", reference, cwd=project)
        assert (checked.code, checked.out) == (3, "")
        assert "commit" in checked.err
    assert not (project / "x").exists()


def test_components(checker: Checker, project: Path, ghc: Ghc) -> None:
    checked = checker.concise("--ghc", ghc, "--components", "p:exe:*", cwd=project)
    assert (files(checked.entries), checked.code) == (["app/Main.hs"], 0)
    assert "in 1 module " in checked.err
    checked = checker.concise("--ghc", ghc, "--components", "p:test:*", cwd=project)
    assert (checked.code, checked.out) == (2, "")
    assert "There are: p:exe:run, p:lib." in checked.err


def test_shards_are_together_the_whole(checker: Checker, project: Path, ghc: Ghc, tmp_path: Path) -> None:
    """Each on a machine of its own, without a cache; then all of them with one."""
    alone = [checker.concise("--ghc", ghc, "--no-cache", "--shard", f"{n}/3", cwd=project) for n in (1, 2, 3)]
    shared = [checker.concise("--ghc", ghc, "--shard", f"{n}/3", cwd=project) for n in (1, 2, 3)]
    whole = checker.concise("--ghc", ghc, "--timings", cwd=project)
    lines = whole.out.splitlines()
    assert len(lines) == 5
    assert sorted(line for part in alone for line in part.out.splitlines()) == sorted(lines)
    assert [part.out for part in shared] == [part.out for part in alone]
    assert all(part.out for part in alone)
    # Nothing was left to compile.
    assert re.search(r"s of compiling, 0\.0 s of it now", whole.err)
    times = tmp_path / "times.json"
    assert checker.concise("--ghc", ghc, "--write-shard-times", times, cwd=project).code == 0
    known = json.loads(times.read_text())["milliseconds"]
    assert {name: sorted(modules) for name, modules in known.items()} == {
        "p:exe:run": ["Main"],
        "p:lib": ["A", "B", "C", "D"],
    }
    weighed = [checker.concise("--ghc", ghc, "--shard", f"{n}/2", "--shard-times", times, cwd=project) for n in (1, 2)]
    assert sorted(line for part in weighed for line in part.out.splitlines()) == sorted(lines)


def test_timings_and_statistics(checker: Checker, project: Path, ghc: Ghc, tmp_path: Path) -> None:
    trace = tmp_path / "trace.json"
    options = ("--ghc", ghc, "--timings", "--timings-trace", trace, "--statistics")
    cold = checker.concise(*options, cwd=project)
    rows = re.findall(r"^ *([\d,]+) ms  (now|before) +(\S+) +(\S+)$", cold.err, re.MULTILINE)
    assert {(when, component, module) for _, when, component, module in rows} == {
        ("now", "p:exe:run", "Main"),
        *(("now", "p:lib", module) for module in "ABCD"),
    }
    began = {event["name"]: event["ts"] for event in json.loads(trace.read_text())["traceEvents"] if event["ph"] == "X"}
    assert began["A"] < began["B"] < began["Main"]
    assert re.search(r"^ +5 +warning +(GHC-38417|-) +-Wmissing-signatures$", cold.err, re.MULTILINE)
    warm = checker.concise(*options, cwd=project)
    assert warm.out == cold.out
    again = re.findall(r"^ *([\d,]+) ms  (now|before) +(\S+) +(\S+)$", warm.err, re.MULTILINE)
    assert [(ms, *row) for ms, when, *row in again if when == "before"] == [(ms, *row) for ms, _, *row in rows]


@pytest.mark.parametrize(
    "options",
    [
        ("--timings", "--no-cache"),
        ("--write-shard-times", "x", "--shard", "1/2"),
        ("--shard-times", "p.cabal"),
        ("--shard", "3/2"),
    ],
)
def test_options_that_make_no_sense(checker: Checker, project: Path, options: tuple[str, ...]) -> None:
    checked = checker.concise(*options, cwd=project)
    assert (checked.code, checked.out) == (2, "")


def test_a_file_that_holds_no_times(checker: Checker, project: Path) -> None:
    checked = checker.concise("--shard", "1/2", "--shard-times", "p.cabal", cwd=project)
    assert (checked.code, checked.out) == (3, "")
    assert "p.cabal does not hold times" in checked.err
