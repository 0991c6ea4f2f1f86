"""`thatch check` with a baseline, with real compilers: what is known is not reported, whatever lines it moves to."""

import json
from pathlib import Path

import pytest

from tests.conftest import Ghc
from tests.support.check import Checked, Checker, write_files

FILES = {
    "p.cabal": (
        "cabal-version: 2.4\nname: p\nversion: 0\n"
        "library\n  hs-source-dirs: src\n  exposed-modules: A B\n  build-depends: base\n"
        "  default-language: Haskell2010\n  ghc-options: -Wall\n"
    ),
    "src/A.hs": "module A (a, f) where\na = 'a'\nf :: Int -> Int\nf x = 1\n",
    "src/B.hs": "module B where\nimport A\nb :: Char\nb = a\nimportant = True\n",
}
"""No signature for `a` and `important`, an argument `x` that is not used."""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    write_files(folder, FILES)
    return folder


class Baselined:
    """Runs of one project against `known.json` in its folder."""

    def __init__(self, project: Path, ghc: Ghc) -> None:
        self.project = project
        self.file = project / "known.json"
        self._checker = Checker(project.parent)
        self._ghc = ghc

    def run(self, *arguments: object, cwd: Path | None = None) -> Checked:
        """Check; warnings count."""
        fixed = ("--ghc", self._ghc, "--fail-on", "warning", "--baseline", self.file)
        return self._checker.concise(*fixed, *arguments, cwd=cwd or self.project)

    def known(self) -> set[tuple[str, str]]:
        """The paths and declarations of what the file holds."""
        return {(one["path"], one["within"]) for one in json.loads(self.file.read_text())["diagnostics"]}

    def edit(self, name: str, before: str, after: str) -> None:
        """Change a source."""
        path = self.project / name
        assert before in path.read_text()
        path.write_text(path.read_text().replace(before, after))


def test_the_life_of_a_baseline(project: Path, ghc: Ghc) -> None:
    checks = Baselined(project, ghc)
    missing = checks.run()
    assert (missing.code, missing.out) == (3, "")
    assert "Write one with --write-baseline." in missing.err

    written = checks.run("--write-baseline")
    assert (written.code, written.out) == (0, "")
    assert "the baseline known.json holds 3 diagnostics." in written.err
    assert checks.known() == {("src/A.hs", "a"), ("src/A.hs", "f"), ("src/B.hs", "important")}

    before = checks.file.read_text()
    clean = checks.run()
    assert (clean.code, clean.out) == (0, "")
    assert "No problems besides the 3 in the baseline, in 2 modules" in clean.err
    # From another folder too.
    assert checks.run(cwd=project / "src").code == 0
    assert checks.file.read_text() == before

    # Lines move, and something new comes, with the same message in another declaration.
    checks.edit("src/A.hs", "a = 'a'\n", "-- |\n-- The letter.\n\na = 'a'\n")
    checks.edit("src/A.hs", "f x = 1\n", "f x = 1\ng :: Int -> Int\ng x = 2\n")
    checks.edit("src/A.hs", "(a, f)", "(a, f, g)")
    found = checks.run()
    assert found.code == 1
    assert [(entry.path, entry.line) for entry in found.entries] == [("src/A.hs", 9)]
    assert checks.file.read_text() == before

    # What is mended is struck out, and told.
    checks.edit("src/A.hs", "g x", "g _")
    checks.edit("src/B.hs", "important", "important :: Bool\nimportant")
    mended = checks.run()
    assert (mended.code, mended.out) == (0, "")
    assert "mended: src/B.hs in important: [" in mended.err
    assert "1 of the baseline is mended and struck out." in mended.err
    assert checks.known() == {("src/A.hs", "a"), ("src/A.hs", "f")}
    # So it does not come back unseen.
    checks.edit("src/B.hs", "important :: Bool\n", "")
    assert checks.run().code == 1


def test_only_what_was_checked_can_be_mended(project: Path, ghc: Ghc) -> None:
    checks = Baselined(project, ghc)
    assert checks.run("--write-baseline").code == 0
    before = checks.known()
    assert checks.run("src/B.hs").code == 0
    assert checks.known() == before
    # Modules above an error are not reached: nothing is known of what is wrong in them.
    checks.edit("src/A.hs", "f x = 1", "f x = = 1")
    broken = checks.run()
    assert [(entry.path, entry.severity) for entry in broken.entries] == [("src/A.hs", "error")]
    assert checks.known() == before
    # A file that is gone has no diagnostics any more.
    (project / "src/B.hs").unlink()
    checks.edit("src/A.hs", "f x = = 1", "f x = 1")
    checks.edit("p.cabal", "A B", "A")
    assert checks.run().code == 0
    assert checks.known() == {("src/A.hs", "a"), ("src/A.hs", "f")}


def test_a_part_can_be_written(project: Path, ghc: Ghc) -> None:
    checks = Baselined(project, ghc)
    assert checks.run("--write-baseline", "src/B.hs").code == 0
    assert checks.known() == {("src/B.hs", "important")}
    assert {entry.path for entry in checks.run().entries} == {"src/A.hs"}
    assert checks.run("--write-baseline", "src/A.hs").code == 0
    assert len(checks.known()) == 3


def test_formats_have_only_what_is_new(project: Path, ghc: Ghc) -> None:
    checks = Baselined(project, ghc)
    assert checks.run("--write-baseline", "src/A.hs").code == 0
    lines = [json.loads(line) for line in checks.run("--format", "jsonl").out.splitlines()]
    assert [line["kind"] for line in lines] == ["diagnostic", "summary"]
    assert (lines[0]["path"], lines[1]["known"]) == ("src/B.hs", 2)


def test_a_damaged_baseline_is_no_empty_one(project: Path) -> None:
    (project / "known.json").write_text("{}")
    checked = Checker(project.parent).concise("--baseline", "known.json", cwd=project)
    assert (checked.code, checked.out) == (3, "")
    assert "known.json is no baseline" in checked.err
    assert (project / "known.json").read_text() == "{}"
