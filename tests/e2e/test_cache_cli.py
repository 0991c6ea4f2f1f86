"""`thatch cache explain`, `thatch iface` and the options of `thatch check`, as users run them, with real compilers."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import Ghc
from tests.support.check import Checked, Checker, write_files
from tests.support.waiting import seconds
from thatch.cache.entry import digest_of

PROJECT = {
    "hie.yaml": "cradle:\n  direct:\n    arguments: [-isrc, -Wall, Base, Middle, Top, Included, Fresh]\n",
    "src/Base.hs": "module Base (base) where\n\nbase :: Int\nbase = 1\n",
    "src/Middle.hs": "module Middle (middle) where\n\nimport Base (base)\n\nmiddle :: Int -> Int\nmiddle n = n + base\n",  # noqa: E501
    "src/Top.hs": "module Top (top) where\n\nimport Middle (middle)\n\ntop :: Int\ntop = middle 2\n",
    "src/Included.hs": (
        '{-# LANGUAGE CPP #-}\nmodule Included (text) where\n\n#include "text.h"\n\ntext :: String\ntext = TEXT\n'
    ),
    "src/text.h": '#define TEXT "here"\n',
    "src/Fresh.hs": (
        "{-# OPTIONS_GHC -F -pgmF ./preprocess #-}\nmodule Fresh (fresh) where\n\nfresh :: Int\nfresh = NUMBER\n"
    ),
    "preprocess": (
        "#!/bin/sh\n"
        """{ echo "{-# LINE 1 \\"$1\\" #-}"; sed "s/NUMBER/$(cat number)/" "$2"; } > "$3"\n"""
    ),
    "number": "1\n",
}  # fmt: skip


class Thatch:
    """The command line on a project, with a cache of the test's own."""

    def __init__(self, folder: Path, ghc: Ghc) -> None:
        self.checker = Checker(folder)
        self.ghc = str(ghc.path)
        self.project = folder / "project"
        write_files(self.project, PROJECT)
        (self.project / "preprocess").chmod(0o755)

    def run(self, *arguments: object, cwd: Path | None = None) -> Checked:
        command = [sys.executable, "-m", "thatch.cli.main", *map(str, arguments)]
        done = subprocess.run(
            command,
            cwd=cwd or self.project,
            env=self.checker.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=seconds(120),
        )
        return Checked(done.returncode, done.stdout.decode(), done.stderr.decode())

    def check(self, *options: object, cwd: Path | None = None) -> None:
        checked = self.run("check", "--ghc", self.ghc, *options, cwd=cwd)
        assert checked.code == 0, checked

    def explain(self, module: str, *options: object, cwd: Path | None = None) -> dict[str, object]:
        shown = self.run("cache", "explain", module, "--ghc", self.ghc, "--json", *options, cwd=cwd)
        assert shown.code in {0, 1}, shown
        (found,) = json.loads(shown.out)
        assert shown.code == (found["standing"] == "miss")
        return dict(found)

    def standings(self, *modules: str, cwd: Path | None = None) -> list[object]:
        return [self.explain(module, cwd=cwd)["standing"] for module in modules]

    def edit(self, name: str, old: str, new: str) -> None:
        path = self.project / name
        text = path.read_text("utf-8")
        assert old in text
        path.write_text(text.replace(old, new), "utf-8")


@pytest.fixture
def thatch(tmp_path: Path, ghc: Ghc) -> Thatch:
    return Thatch(tmp_path, ghc)


def test_explain_follows_a_project(thatch: Thatch) -> None:
    before = thatch.explain("Top")
    assert (before["standing"], before["n_entries"], before["nearest"]) == ("miss", 0, None)
    thatch.check()
    assert thatch.standings("Base", "Middle", "Top", "src/Top.hs", "Included") == ["hit"] * 5

    # Another body: those above hold if the interface comes out as it was.
    thatch.edit("src/Base.hs", "base = 1", "base = 2")
    base, top = thatch.explain("Base"), thatch.explain("Top")
    assert base["standing"] == "miss"
    assert [(one["kind"], one["name"]) for one in base["differences"]] == [("input", "source")]  # type: ignore[attr-defined]
    assert top["standing"] == "likely"
    assert [one["reason"] for one in top["causes"]] == ["the source text changed"]  # type: ignore[attr-defined]
    thatch.check()
    assert thatch.standings("Base", "Middle", "Top") == ["hit"] * 3

    # What was compiled once is not forgotten.
    thatch.edit("src/Base.hs", "base = 2", "base = 1")
    assert thatch.standings("Base", "Middle", "Top") == ["hit"] * 3


def test_explain_names_an_included_file_and_flags(thatch: Thatch) -> None:
    thatch.check()
    thatch.edit("src/text.h", "here", "there")
    included = thatch.explain("Included")
    assert included["standing"] == "miss"
    (difference,) = included["differences"]  # type: ignore[misc]
    assert difference["kind"] == "file"
    assert difference["name"].endswith("src/text.h")
    assert difference["then"] != difference["now"] != ""
    assert included["reason"] == "src/text.h has changed"

    thatch.edit("hie.yaml", "-Wall", "-Wall, -DX=1")
    assert [one["name"] for one in thatch.explain("Base")["differences"]] == ["flags"]  # type: ignore[attr-defined]
    shown = thatch.run("cache", "explain", "Base", "--ghc", thatch.ghc)
    assert shown.code == 1
    assert "Base: miss\n" in shown.out
    assert "    the flags of its unit changed:\n      new  -DX=1\n" in shown.out


def test_a_preprocessor_of_its_own_is_asked_every_time(thatch: Thatch) -> None:
    """It may read anything: here a file of which GHC knows nothing."""
    thatch.check()
    fresh = thatch.explain("Fresh")
    assert (fresh["standing"], fresh["key"]) == ("miss", "")
    assert "preprocessor" in str(fresh["reason"])
    (thatch.project / "number").write_text("True\n")
    checked = thatch.run("check", "--ghc", thatch.ghc, "--format", "concise")
    assert checked.code == 1
    assert [entry.path for entry in checked.entries] == ["src/Fresh.hs"]


def test_a_unit_with_a_preprocessor_is_not_kept(thatch: Thatch) -> None:
    thatch.edit("hie.yaml", "-Wall", "-Wall, -F, -pgmF, ./preprocess")
    thatch.check()
    assert thatch.explain("Base")["key"] == ""


def test_a_copy_and_a_remote_store(thatch: Thatch, tmp_path: Path) -> None:
    remote = f"file://{tmp_path / 'shared'}"
    (thatch.project / "src/Fresh.hs").unlink()
    thatch.edit("hie.yaml", ", Fresh", "")
    thatch.check("--remote", remote, "--remote-write")
    # Without a package's name, units are named after their folder.
    copy = Path(shutil.copytree(thatch.project, tmp_path / "copy" / thatch.project.name))
    assert thatch.standings("Base", "Top", cwd=copy) == ["hit", "hit"]
    empty = ("--cache-dir", tmp_path / "elsewhere")
    assert thatch.explain("Top", *empty, cwd=copy)["standing"] == "miss"
    assert thatch.explain("Top", *empty, "--remote", remote, cwd=copy)["standing"] == "hit"
    thatch.check(*empty, "--remote", remote, cwd=copy)
    # GHC had to compile what includes a file beside it, so all the others came over: nothing is left without the store.
    assert thatch.explain("Top", *empty, cwd=copy)["standing"] == "hit"


def test_a_cache_that_is_only_to_be_read(thatch: Thatch, tmp_path: Path) -> None:
    def kept() -> set[str]:
        """What the cache holds; SQLite makes its log and the index of it, both empty, for readers, too."""
        folders = [tmp_path / "cache" / name for name in ("store", "heads")]
        found = (path for folder in folders for path in folder.rglob("*") if path.is_file())
        return {f"{path} {digest_of(path.read_bytes())}" for path in found if not path.name.endswith(("-shm", "-wal"))}

    none = thatch.run("check", "--ghc", thatch.ghc, "--read-only-cache")
    assert "There is no cache in" in none.err
    assert kept() == set()
    thatch.check()
    before = kept()
    thatch.edit("src/Top.hs", "module Top", "-- changed\nmodule Top")
    for _ in range(2):
        assert thatch.standings("Base", "Top") == ["hit", "miss"]
        thatch.check("--read-only-cache")
    assert kept() == before


def test_a_remote_store_over_a_cache_that_is_only_to_be_read(thatch: Thatch, tmp_path: Path) -> None:
    remote = f"file://{tmp_path / 'shared'}"
    thatch.check("--remote", remote, "--remote-write")
    copy = Path(shutil.copytree(thatch.project, tmp_path / "copy" / thatch.project.name))
    # Something has to be compiled, for which interfaces are needed.
    (copy / "src/Top.hs").write_text((copy / "src/Top.hs").read_text() + "\n-- changed\n")
    empty = ("--cache-dir", tmp_path / "elsewhere")
    trace = tmp_path / "trace.json"
    shared = {path: path.read_bytes() for path in (tmp_path / "shared").rglob("*") if path.is_file()}
    # What the file of a project says of uploads, the command line overrules.
    (copy / "thatch.toml").write_text("[check]\nremote-write = true\n")
    thatch.check(*empty, "--remote", remote, "--read-only-cache", "--timings-trace", trace, cwd=copy)
    events = [event for event in json.loads(trace.read_text())["traceEvents"] if event["ph"] != "M"]
    compiled = {event["name"] for event in events if event["tid"] == 1}
    assert not (tmp_path / "elsewhere/store").exists()
    assert {path: path.read_bytes() for path in (tmp_path / "shared").rglob("*") if path.is_file()} == shared
    assert "Top" in compiled
    assert {"Base", "Middle"} & {event["name"] for event in events if event["tid"] == 2} == {"Base", "Middle"}


def test_no_cache(thatch: Thatch) -> None:
    thatch.check("--no-cache")
    assert thatch.explain("Base")["n_entries"] == 0


def test_iface(thatch: Thatch) -> None:
    nothing = thatch.run("iface", "Middle", "--ghc", thatch.ghc)
    assert nothing.code == 3
    assert "thatch check" in nothing.err
    thatch.check()
    shown = thatch.run("iface", "Middle", "--ghc", thatch.ghc, "--json")
    assert shown.code == 0, shown
    found = json.loads(shown.out)
    assert (found["module"], found["fat"], found["exports"]) == ("Middle", True, ["middle"])
    (name,) = found["dependencies"]["modules"]
    assert name.endswith(":Base")
    text = thatch.run("iface", "Middle", "--ghc", thatch.ghc)
    assert "exports:\n  middle\n" in text.out
    assert found["hashes"]["abi"] in text.out


def test_core(thatch: Thatch) -> None:
    thatch.check()
    shown = thatch.run("iface", "Middle", "--core", "middle", "--ghc", thatch.ghc)
    assert shown.code == 0, shown
    assert shown.out.startswith("middle = \\ (n")
    assert "Base.base" in shown.out
    unknown = thatch.run("iface", "Middle", "--core", "midle", "--ghc", thatch.ghc)
    assert unknown.code == 2
    assert "middle" in unknown.err
    thatch.edit("src/Middle.hs", "n + base", "base + n")
    stale = thatch.run("iface", "Middle", "--core", "middle", "--ghc", thatch.ghc)
    assert stale.out == shown.out
    assert "an earlier state" in stale.err


@pytest.mark.parametrize("command", [("cache", "explain"), ("iface",)])
def test_an_unknown_module_is_wrong_usage(command: tuple[str, ...], thatch: Thatch) -> None:
    shown = thatch.run(*command, "No.Such", "--ghc", thatch.ghc)
    assert shown.code == 2
    assert "No.Such" in shown.err
