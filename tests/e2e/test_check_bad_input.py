"""What is broken, missing or hostile gets a clear message and the right exit code; nothing hangs, nothing is lost."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from tests.conftest import Ghc
from tests.support.check import Checker, write_files
from tests.support.waiting import seconds

PACKAGE = (
    "cabal-version: 2.4\nname: small\nversion: 0\n"
    "library\n  exposed-modules: Small\n  build-depends: base\n  default-language: Haskell2010\n"
)
MODULE = "module Small where\n\nx :: Int\nx = True\n"


@pytest.fixture
def checker(tmp_path: Path) -> Checker:
    return Checker(tmp_path)


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A cabal package with one type error."""
    folder = tmp_path / "small"
    write_files(folder, {"small.cabal": PACKAGE, "Small.hs": MODULE})
    return folder


@pytest.fixture
def bare(tmp_path: Path) -> Path:
    """A folder with one module that has a type error."""
    folder = tmp_path / "bare"
    write_files(folder, {"Small.hs": MODULE})
    return folder


def script(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return path


def only_tools(folder: Path, *names: str) -> dict[str, str]:
    """An environment in which PATH holds just these programs."""
    folder.mkdir()
    for name in names:
        found = shutil.which(name)
        assert found, name
        (folder / name).symlink_to(found)
    return {"PATH": str(folder)}


def test_no_ghc(checker: Checker, bare: Path, tmp_path: Path) -> None:
    checked = checker.concise(cwd=bare, env=only_tools(tmp_path / "bin"))
    assert (checked.code, checked.out) == (3, "")
    assert "No GHC was found" in checked.err
    assert "Install GHC 9.6 or newer" in checked.err


def test_no_ghc_where_the_user_says(checker: Checker, bare: Path) -> None:
    checked = checker.concise("--ghc", "/nowhere/ghc", cwd=bare)
    assert checked.code == 3
    assert "/nowhere/ghc is not an executable file" in checked.err


def test_a_ghc_that_is_too_old(checker: Checker, bare: Path, tmp_path: Path) -> None:
    info = '[("Project version","9.0.2"),("LibDir","/usr/lib/ghc")]'
    old = script(tmp_path / "old" / "ghc", f"case $1 in --info) echo '{info}' ;; --numeric-version) echo 9.0.2 ;; esac")
    checked = checker.concise("--ghc", old, cwd=bare)
    assert checked.code == 3
    assert "is GHC 9.0.2, which is too old" in checked.err
    assert "GHC 9.6 or newer" in checked.err


def test_a_ghc_that_is_none(checker: Checker, bare: Path) -> None:
    checked = checker.concise("--ghc", shutil.which("true"), cwd=bare)
    assert checked.code == 3
    assert "does not answer `--info` like a GHC" in checked.err


def test_no_cabal(checker: Checker, package: Path, tmp_path: Path) -> None:
    checked = checker.concise(cwd=package, env=only_tools(tmp_path / "bin", "ghc", "ghc-pkg", "sh"))
    assert checked.code == 3
    assert "is described by cabal, which was not found" in checked.err
    assert "Install cabal-install" in checked.err


def test_cabal_fails(checker: Checker, package: Path, tmp_path: Path) -> None:
    failing = script(tmp_path / "bin" / "cabal", "echo 'it is a holiday' >&2; exit 1")
    checked = checker.concise(cwd=package, env={"PATH": f"{failing.parent}:{os.environ['PATH']}"})
    assert checked.code == 3
    assert "it is a holiday" in checked.err


def test_cabal_hangs(checker: Checker, package: Path, tmp_path: Path) -> None:
    hanging = script(tmp_path / "bin" / "cabal", 'echo $$ > "$0.pid"; cat "$0.pipe"')
    os.mkfifo(f"{hanging}.pipe")
    path = {"PATH": f"{hanging.parent}:{os.environ['PATH']}"}
    checked = checker.concise("--cradle-timeout", "2", cwd=package, env=path)
    assert checked.code == 3
    assert "did not answer within 2 s" in checked.err
    assert not psutil.pid_exists(int(Path(f"{hanging}.pid").read_text()))


def test_a_malformed_cabal_file(checker: Checker, package: Path, ghc: Ghc) -> None:
    (package / "small.cabal").write_text(PACKAGE + "  other-modules: not-a-module\n")
    checked = checker.concise("--ghc", ghc, cwd=package)
    assert checked.code == 3
    (entry,) = checked.entries
    assert (entry.path, entry.line, entry.severity) == ("small.cabal", 8, "error")


def test_a_dependency_that_is_not_installed(checker: Checker, package: Path, ghc: Ghc) -> None:
    (package / "small.cabal").write_text(PACKAGE.replace("base", "base, no-such-package"))
    checked = checker.concise("--ghc", ghc, cwd=package)
    assert checked.code == 3
    (entry,) = checked.entries
    assert (entry.path, entry.line, entry.severity) == ("small.cabal", 6, "error")
    assert "no-such-package" in checked.err


def test_one_broken_project_does_not_hide_another(checker: Checker, package: Path, bare: Path, ghc: Ghc) -> None:
    (package / "small.cabal").write_text("nonsense\n")
    checked = checker.concise("--ghc", ghc, "small", "bare", cwd=bare.parent)
    assert checked.code == 3
    assert ("bare/Small.hs", "GHC-83865") in {(entry.path, entry.code) for entry in checked.entries}
    assert "small/small.cabal" in {entry.path for entry in checked.entries}


@pytest.mark.parametrize(
    ("text", "line"),
    [("cradle: [\n", 2), ("cradle: {direct: {arguments: 7}}\n", 1), ("cradle:\n  no-such-kind: x\n", 2), ("- 1\n", 1)],
)
def test_a_malformed_hie_yaml(checker: Checker, bare: Path, text: str, line: int) -> None:
    (bare / "hie.yaml").write_text(text)
    checked = checker.concise(cwd=bare)
    assert checked.code == 3
    assert [(entry.path, entry.line) for entry in checked.entries] == [("hie.yaml", line)]


def test_an_empty_folder(checker: Checker, tmp_path: Path, ghc: Ghc) -> None:
    folder = tmp_path / "empty"
    folder.mkdir()
    checked = checker.concise("--ghc", ghc, cwd=folder)
    assert (checked.code, checked.out) == (0, "")
    assert f"No Haskell modules were found in {folder}" in checked.err


def test_modules_of_the_same_name_in_several_units(checker: Checker, package: Path, ghc: Ghc) -> None:
    suites = "".join(
        f"test-suite {name}\n  type: exitcode-stdio-1.0\n  hs-source-dirs: {name}\n  main-is: Main.hs\n"
        "  other-modules: Util\n  build-depends: base\n  default-language: Haskell2010\n"
        for name in ("one", "two")
    )
    main = "module Main (main) where\nimport Util\nmain :: IO ()\nmain = print util\n"
    wrong = "module Util where\nutil :: Int\nutil = 'x'\n"
    files = {"small.cabal": PACKAGE + suites, "one/Main.hs": main, "two/Main.hs": main}
    write_files(package, {**files, "one/Util.hs": "module Util where\nutil :: Int\nutil = 1\n", "two/Util.hs": wrong})
    checked = checker.concise("--ghc", ghc, cwd=package)
    assert [(entry.path, entry.line) for entry in checked.entries] == [("Small.hs", 4), ("two/Util.hs", 3)]
    assert "in 5 modules" in checked.err


def test_a_source_that_is_not_utf8(checker: Checker, bare: Path, ghc: Ghc) -> None:
    (bare / "Latin.hs").write_bytes(b'module Latin where\n\nname :: String\nname = "\xe9t\xe9"\n')
    checked = checker.run("--ghc", ghc, cwd=bare)
    assert checked.code == 1
    assert "Latin.hs:4:" in checked.out
    assert "Small.hs:4:5: error [GHC-83865]" in checked.out


def test_a_line_of_two_megabytes(checker: Checker, bare: Path, ghc: Ghc) -> None:
    text = f'module Long where\n\ntext :: String\ntext = "{"x" * 2_000_000}" ++ True\n'
    (bare / "Long.hs").write_text(text)
    checked = checker.run("--ghc", ghc, "Long.hs", cwd=bare)
    assert checked.code == 1
    assert "Long.hs:4:2000014: error [GHC-83865]" in checked.out
    assert max(map(len, checked.out.splitlines())) < 1100


def test_a_cache_folder_that_cannot_be_written(checker: Checker, bare: Path) -> None:
    checked = checker.concise(cwd=bare, env={"THATCH_CACHE_DIR": "/proc/none"})
    assert checked.code == 3
    assert "cannot be written" in checked.err
    assert "THATCH_CACHE_DIR" in checked.err


def test_a_project_folder_that_cannot_be_written(checker: Checker, package: Path, ghc: Ghc) -> None:
    """Nothing is written into a project; root, whom permissions do not bind, gives that privilege up first."""
    package.chmod(0o555)
    give_up = ["setpriv", "--bounding-set=-dac_override", "--inh-caps=-dac_override"] if os.geteuid() == 0 else []
    writing = subprocess.run([*give_up, "touch", package / "x"], capture_output=True)
    assert writing.returncode != 0
    command = [*give_up, *checker.command("--format", "concise", "--ghc", ghc)]
    done = subprocess.run(
        command, cwd=package, env=checker.environment, capture_output=True, text=True, timeout=seconds(120)
    )
    assert done.stdout.startswith("Small.hs:4:5: error [GHC-83865]"), done.stderr
    assert done.returncode == 1


KILLING = """\
{{-# LANGUAGE TemplateHaskell #-}}
module Killing where

import Language.Haskell.TH.Syntax (runIO)
import System.Process (callCommand)

$(runIO (callCommand "sh {killer}") >> pure [])

y :: Int
y = 'y'
"""


def killing_project(folder: Path, ghc: Ghc, *, once: bool) -> Path:
    """A module whose splice kills the GHC that compiles it, and a wrapper that tells which process that is."""
    notes = folder.with_name("notes")  # Not in the project: a change there would be a reason to load again.
    condition = f"mkdir {notes}/killed 2>&1 || exit 0" if once else "true"
    killer = script(notes / "killer.sh", f"{condition}\nkill -9 $(cat {notes}/pid)")
    write_files(folder, {"Killing.hs": KILLING.format(killer=killer)})
    remember = f'case " $* " in *" --interactive "*) echo $$ > {notes}/pid ;; esac'
    return script(notes / "ghc", f'{remember}\nexec {ghc} "$@"')


def test_a_ghc_that_is_killed_once_is_started_again(checker: Checker, bare: Path, ghc: Ghc) -> None:
    checker.environment["THATCH_SANDBOX"] = "off"  # In a sandbox the splice could not do it.
    wrapper = killing_project(bare, ghc, once=True)
    checked = checker.concise("--ghc", wrapper, cwd=bare)
    assert (wrapper.parent / "killed").is_dir()
    found = [(entry.path, entry.line, entry.code) for entry in checked.entries]
    assert found == [("Killing.hs", 10, "GHC-83865"), ("Small.hs", 4, "GHC-83865")]
    assert checked.code == 1


def test_a_ghc_that_is_killed_again_and_again_is_given_up(checker: Checker, bare: Path, ghc: Ghc) -> None:
    checker.environment["THATCH_SANDBOX"] = "off"  # In a sandbox the splice could not do it.
    wrapper = killing_project(bare, ghc, once=False)
    checked = checker.concise("--ghc", wrapper, cwd=bare)
    assert checked.code == 3
    assert re.search(r"thatch: .*GHC", checked.err)


def test_nobody_reads_the_output(checker: Checker, bare: Path, ghc: Ghc) -> None:
    files = {f"M{n}.hs": f"module M{n} where\nx :: Int\nx = True\n" for n in range(300)}
    write_files(bare, files)
    command = checker.command("--ghc", ghc)
    with subprocess.Popen(
        command, cwd=bare, env=checker.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout and process.stderr
        process.stdout.readline()
        process.stdout.close()
        said = process.stderr.read().decode()
        assert process.wait(timeout=seconds(60)) == 1
    assert "301 errors in 301 modules" in said
    assert "Traceback" not in said
    assert "Broken" not in said


def test_the_log_is_shown_on_demand(checker: Checker, bare: Path) -> None:
    quiet = checker.concise(cwd=bare)
    command = [sys.executable, "-m", "thatch.cli.main", "--debug", "check"]
    loud = subprocess.run(command, cwd=bare, env=checker.environment, capture_output=True, timeout=seconds(60))
    assert len(quiet.err.splitlines()) == 1
    assert len(loud.stderr.splitlines()) > 1
