"""The command in copies of a checkout, under other names, with real compilers: nothing is asked or compiled again."""

import shutil
import subprocess
from contextlib import closing
from pathlib import Path

import pytest

from tests.conftest import Ghc
from tests.support.check import Checked, Checker
from tests.support.projects import write
from tests.support.sandboxes import require_sandbox
from tests.support.waiting import seconds
from thatch.cache.disk import DiskStore

SOURCES = {
    "src/Base.hs": "module Base where\n\nnumber :: Int\nnumber = 1\n",
    "src/Top.hs": "module Top where\n\nimport Base\n\ntop :: Bool\ntop = number\n",
}
CABAL = {
    "p.cabal": "cabal-version: 2.4\nname: p\nversion: 0\nlibrary\n  hs-source-dirs: src\n  build-depends: base\n"
    "  exposed-modules: Base, Top\n  default-language: Haskell2010\n"
}
TARGETS = {"hie.yaml": "cradle: {direct: {arguments: [-isrc, Top]}}\n"}
FOLDERS = {"hie.yaml": "cradle: {direct: {arguments: [-isrc]}}\n"}
PARTS = {
    "hie.yaml": "cradle: {multi: [{path: src, config: {cradle: {direct: {arguments: [-isrc, Top]}}}},"
    " {path: app, config: {cradle: {direct: {arguments: [-iapp, App]}}}}]}\n",
    "app/App.hs": "module App where\n",
}


def names_in(machine: Path) -> list[str]:
    """The modules of the entries that a machine has."""
    with closing(DiskStore(machine / "cache" / "store")) as store:
        return sorted(entry.module for entry in store.entries())


def logging_ghc(ghc: Ghc, folder: Path) -> tuple[Path, Path]:
    """A compiler that writes down each session that it starts."""
    log, program = folder / "sessions.txt", folder / "logging-ghc"
    program.write_text(
        f'#!/bin/sh\ncase " $* " in *" --interactive "*) echo session >> "{log}";; esac\nexec "{ghc}" "$@"\n'
    )
    program.chmod(0o755)
    log.touch()
    return program, log


@pytest.mark.parametrize(
    "described", [CABAL, TARGETS, FOLDERS, PARTS, {}], ids=["cabal", "targets", "folders", "parts", "bare"]
)
def test_a_copy_of_another_name_compiles_nothing(ghc: Ghc, tmp_path: Path, described: dict[str, str]) -> None:
    program, log = logging_ghc(ghc, tmp_path)
    checker = Checker(tmp_path)
    root = write(tmp_path / "first", SOURCES | described)
    cold = checker.run("--ghc", program, cwd=root)
    assert cold.code == 1, cold.err
    sessions = log.read_text()
    copy = Path(shutil.copytree(root, tmp_path / "elsewhere" / "second"))
    shutil.rmtree(root)
    moved = checker.run("--ghc", program, cwd=copy)
    assert (moved.code, moved.out) == (cold.code, cold.out), moved.err
    assert log.read_text() == sessions


def test_a_copy_runs_neither_cabal_nor_ghc(ghc: Ghc, tmp_path: Path) -> None:
    """But for cabal's version, which says whether it is the one that was asked."""
    log, cabal = tmp_path / "calls.txt", tmp_path / "cabal"
    cabal.write_text(f'#!/bin/sh\necho "$1" >> "{log}"\nexec {shutil.which("cabal")} "$@"\n')
    cabal.chmod(0o755)
    environment = {"PATH": f"{tmp_path}:/usr/bin:/bin"}
    checker = Checker(tmp_path)
    root = write(tmp_path / "first", SOURCES | CABAL)
    assert checker.run("--ghc", ghc.path, cwd=root, env=environment).code == 1
    log.unlink()
    copy = Path(shutil.copytree(root, tmp_path / "second"))
    for _ in range(2):
        assert checker.run("--ghc", ghc.path, cwd=copy, env=environment).code == 1
    assert set(log.read_text().split()) == {"--numeric-version"}


def test_a_cache_that_can_only_be_read_serves_its_checkouts_and_others(ghc: Ghc, tmp_path: Path) -> None:
    require_sandbox()
    program, log = logging_ghc(ghc, tmp_path)
    checker = Checker(tmp_path)
    root = write(tmp_path / "first", SOURCES | CABAL)
    cold = checker.run("--ghc", program, cwd=root)
    copy = Path(shutil.copytree(root, tmp_path / "second"))
    log.write_text("")
    cache = tmp_path / "cache"
    wrapped = ["bwrap", "--bind", "/", "/", "--dev-bind", "/dev", "/dev", "--ro-bind", str(cache), str(cache)]

    def read_only(folder: Path) -> Checked:
        command = [*wrapped, *checker.command("--ghc", program)]
        environment = {**checker.environment, "THATCH_SANDBOX": "off", "TMPDIR": str(tmp_path)}
        done = subprocess.run(
            command, cwd=folder, env=environment, capture_output=True, text=True, timeout=seconds(120)
        )
        return Checked(done.returncode, done.stdout, done.stderr)

    for folder in (root, copy):
        warm = read_only(folder)
        assert (warm.code, warm.out) == (cold.code, cold.out), warm.err
        assert "is only read" in warm.err
    assert log.read_text() == ""
    (copy / "src" / "Top.hs").write_text(SOURCES["src/Top.hs"].replace("number", "number == 1"))
    changed = read_only(copy)
    assert changed.code == 0, changed.err
    assert log.read_text() != ""
    assert list(tmp_path.glob("thatch-*")) == [], "nothing is left among the temporary files"


def test_another_machine_runs_neither_and_gets_what_it_needs_later(ghc: Ghc, tmp_path: Path) -> None:
    """The first machine shares what it compiled and what cabal said, through a folder; they have nothing else."""
    calls, cabal = tmp_path / "calls.txt", tmp_path / "cabal"
    cabal.write_text(f'#!/bin/sh\necho "$1" >> "{calls}"\nexec {shutil.which("cabal")} "$@"\n')
    cabal.chmod(0o755)
    program, sessions = logging_ghc(ghc, tmp_path)
    environment = {"PATH": f"{tmp_path}:/usr/bin:/bin"}
    share = ("--ghc", program, "--remote", (tmp_path / "remote").as_uri())
    first, second = (Checker(tmp_path / name) for name in ("one", "two"))
    root = write(tmp_path / "first", SOURCES | CABAL)
    cold = first.run(*share, "--remote-write", cwd=root, env=environment)
    assert (cold.code, names_in(tmp_path / "one")) == (1, ["*", "*", "Base", "Top"]), cold.err
    copy = Path(shutil.copytree(root, tmp_path / "second"))
    for file in (calls, sessions):
        file.write_text("")
    warm = second.run(*share, cwd=copy, env=environment)
    assert (warm.code, warm.out) == (cold.code, cold.out), warm.err
    assert (set(calls.read_text().split()), sessions.read_text()) == ({"--numeric-version"}, "")
    assert names_in(tmp_path / "two") == ["*", "*"], "what was said of all together, and by cabal"
    # A session needs the interfaces of what has not changed.
    (copy / "src" / "Top.hs").write_text(SOURCES["src/Top.hs"].replace("number", "number == 1"))
    changed = second.run(*share, cwd=copy, env=environment)
    assert changed.code == 0, changed.err
    assert names_in(tmp_path / "two") == ["*", "*", "Base", "Top"]
