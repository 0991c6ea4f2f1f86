"""What is put into `.cabal` files and offered for them, read by the real cabal."""

import re
import subprocess
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY
from tests.support.user_tools import user_tool
from tests.unit.cabal.test_completion import offers
from tests.unit.cabal.test_edits import CASES, added
from thatch.core.cabal.checker import CabalChecker
from thatch.core.cabal.fixes import fixes
from thatch.core.cabal.outline import Field, Section, parse
from thatch.core.cabal.problems import problems
from thatch.core.cabal.surroundings import find_module, folders_of
from thatch.core.cabal.words import FIELDS, LICENSES, NAMED, SECTIONS
from thatch.core.fixes.model import applied
from thatch.core.packages.database import parse_package
from thatch.core.project.cabal_messages import complaints
from thatch.core.text import LineIndex


@pytest.mark.parametrize(("old", "new", "field", "entry"), CASES)
def test_cabal_reads_what_was_written(old: str, new: str, field: str, entry: str, tmp_path: Path) -> None:
    assert read_by_cabal(old, tmp_path) == []
    assert read_by_cabal(added(old, field, entry) or "", tmp_path) == []
    assert read_by_cabal(new.replace(entry, "~"), tmp_path) != []


def read_by_cabal(text: str, folder: Path) -> list[str]:
    (folder / "box.cabal").write_text(text, "utf-8")
    command = [user_tool("cabal"), "check", "-vnormal+nowrap"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=60, check=False)
    return [each.text for each in complaints(done.stdout + done.stderr)]


LATER = {"extra-files", "jspp-options"}
"""Fields that a newer cabal knows than Debian's."""


@pytest.mark.parametrize("section", FIELDS)
def test_cabal_knows_the_fields(section: str, tmp_path: Path) -> None:
    """Their values are nonsense to cabal, or missing; but it says which names it does not know."""
    head = f"{section} x" if section in {*NAMED, "library"} else section
    own = {name: "" for name in FIELDS[section] if name not in {"cabal-version", "name", "version", "import"}}
    fields = "".join(f"{'  ' if section else ''}{name}:\n" for name in (*own, "nonsense"))
    said = read_by_cabal(f"cabal-version: 3.8\nname: box\nversion: 1\n{head}\n{fields}", tmp_path)
    unknown = {found[1] for text in said if (found := re.fullmatch(r'Unknown field: "(.*)"', text))}
    assert unknown - LATER == {"nonsense"}


@pytest.mark.parametrize("section", SECTIONS)
def test_cabal_reads_the_skeletons_of_sections(section: str, tmp_path: Path) -> None:
    (offer,) = [each for each in offers(f"{section}|") if each.label == section]
    text = re.sub(r"\$\{\d:([^}]*)\}|\$\d", lambda found: found[1] or "", offer.snippet or section)
    assert read_by_cabal(f"cabal-version: 3.8\nname: box\nversion: 1\n{text}", tmp_path) == []


def test_cabal_knows_the_licences(tmp_path: Path) -> None:
    def said(name: str) -> list[str]:
        return read_by_cabal(f"cabal-version: 3.8\nname: box\nversion: 1\nlicense: {name}\nlibrary\n", tmp_path)

    assert {name: each for name in LICENSES if (each := said(name))} == {}
    assert said("BSD3") != []


SOURCES = REPOSITORY / ".toolchains" / "sources"


def test_a_real_file_lists_what_was_installed_of_it() -> None:
    """What cabal made of aeson's file when Debian built it."""
    file = SOURCES / "aeson/aeson.cabal"
    outline = parse(file.read_text("utf-8"))
    registered = subprocess.run(
        ["/usr/bin/ghc-pkg", "describe", f"aeson-{outline.value('version')}"],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    ).stdout
    (library,) = [each for each in outline.sections if each.name == "library"]
    package = parse_package(registered, Path())
    assert {word.text for each in library.fields("exposed-modules") for word in outline.words(each)} == set(
        package.modules
    )
    depends = {word.text.split()[0] for each in library.fields("build-depends") for word in outline.entries(each)}
    assert {re.sub(r"-\d[\d.]*(-\w+)?$", "", unit) for unit in package.depends} <= depends
    assert package.synopsis == outline.value("synopsis")


@pytest.mark.parametrize("name", ["aeson", "hledger-lib", "hledger"])
def test_nothing_is_wrong_with_real_files(name: str) -> None:
    file = SOURCES / name / f"{name}.cabal"
    outline = parse(file.read_text("utf-8"))

    def has_file(component: Section, module: str) -> bool:
        return find_module(folders_of(outline, component, file.parent), module) is not None

    assert problems(file, outline, has_file) == []
    assert [each.name for each, _ in outline.walk() if not (isinstance(each, Field) or each.name)] == []


@pytest.mark.parametrize(
    "text",
    [
        "licence: MIT\nlibrary\n",
        "license: BSD3\nlibrary\n",
        "common shared\n  buildable: True\nlibrary\n  import: shard\n",
        "library\n  expsed-modules: Box\n",
        "library\n  Build-Depend: base\n",
        "library\n  exposed-modules: Box, Gone\n",
        "library\n  exposed-modules: Gone\n",
        "library\n  exposed-modules:\n    Box\n    Gone\n  other-modules: Öl\n",
        "library\n  exposed-modules: Box\n  other-modules: Öl, Box\n",
        "library\n  exposed-modules: Box\n    , Box\n",
    ],
)
async def test_a_fix_mends_what_was_said(text: str, tmp_path: Path) -> None:
    text = f"cabal-version: 2.4\nname: box\nversion: 1\n{text}"
    for module in ("Box", "Öl"):
        (tmp_path / f"{module}.hs").touch()
    path = tmp_path / "box.cabal"
    cabal = str(user_tool("cabal"))
    checker = CabalChecker(lambda: cabal, lambda _: None)
    (said,) = await checker.inspect(path, text)
    (fix,) = fixes(parse(text), LineIndex(text), said)
    assert fix.diagnostics == (said,)
    assert await checker.inspect(path, applied(text, fix.edits)) == ()
