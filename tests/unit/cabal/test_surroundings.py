"""What lies around a `.cabal` file: modules, folders, packages, and where its words lead to."""

from pathlib import Path

import pytest

from tests.support.projects import write
from thatch.core.cabal.completion import PackageFact
from thatch.core.cabal.definition import definition
from thatch.core.cabal.outline import parse
from thatch.core.cabal.surroundings import (
    InstalledPackages,
    find_module,
    folders_of,
    main_files,
    module_files,
    package_facts,
    subfolders,
)
from thatch.core.project.model import Unit

FILE = """\
common deep
  hs-source-dirs: generated
common Shared
  import: deep, Shared
  hs-source-dirs: src
library
  import: Shared
  exposed-modules: Box, Box.Lid, Gone
  if flag(big)
    hs-source-dirs: big
executable box
  main-is: Main.hs
flag big
"""
FILES = {
    "box.cabal": FILE,
    "Setup.hs": "",
    "Main.hs": "",
    "src/Box.hs": "",
    "src/Box/Lid.chs": "",
    "src/notes/Old.txt": "",
    "generated/Box.hs": "",
    "dist-newstyle/Made.hs": "",
    "test/data/Öl/deep/er.hs": "",
}


@pytest.fixture
def package(tmp_path: Path) -> Path:
    return write(tmp_path / "box", FILES)


def test_folders_and_modules_of_components(package: Path) -> None:
    outline = parse(FILE)
    library, program = outline.sections[2:4]
    folders = folders_of(outline, library, package)
    assert [folder.relative_to(package).as_posix() for folder in folders] == ["big", "src", "generated"]
    assert module_files(folders) == {"Box": package / "src/Box.hs", "Box.Lid": package / "src/Box/Lid.chs"}
    assert find_module(folders, "Box.Lid") == package / "src/Box/Lid.chs"
    assert find_module(folders, "Gone") is None
    own = folders_of(outline, program, package)
    assert own == [package]
    assert module_files(own) == {"Main": package / "Main.hs"}
    assert sorted(main_files(own)) == ["Main.hs", "Setup.hs"]
    assert subfolders(package) == ["generated", "src", "src/Box", "src/notes", "test", "test/data", "test/data/Öl"]


def test_packages_of_databases_are_read_again_when_they_change(tmp_path: Path) -> None:
    def install(name: str, version: str, **rest: str) -> None:
        fields = {"name": name, "version": version, "id": f"{name}-{version}", "synopsis": f"About {name}", **rest}
        text = "".join(f"{key.replace('_', '-')}: {value}\n" for key, value in fields.items())
        (tmp_path / f"{name}-{version}.conf").write_text(text)

    install("text", "2.0.2")
    install("text", "2.0.10")
    install("z-inner", "1.0", package_name="z")
    installed = InstalledPackages()
    facts = package_facts(installed.of([tmp_path]), ())
    assert facts == {"text": PackageFact("2.0.10", "About text")}
    assert installed.of([tmp_path]) is installed.of([tmp_path])
    install("mtl", "2.3")
    unit = Unit(id="u", component="own:lib", directory=tmp_path, flags=(), source_dirs=())
    assert set(package_facts(installed.of([tmp_path]), [unit])) == {"mtl", "own", "text"}


def test_words_lead_to_files_and_sections(package: Path) -> None:
    outline = parse(FILE)

    def leads(text: str) -> str:
        offset = FILE.index(text)
        found = definition(outline, offset, package)
        if found is None:
            return ""
        assert found.origin[0] <= offset <= found.origin[1]
        if found.section:
            return f"{found.section.name} {found.section.argument}"
        assert found.path
        return found.path.relative_to(package).as_posix()

    assert leads("Box, Box.Lid") == "src/Box.hs"
    assert leads("Lid, Gone") == "src/Box/Lid.chs"
    assert leads("Gone") == ""
    assert leads("Shared\n  exposed") == "common Shared"
    assert leads("Main.hs") == "Main.hs"
    assert leads("big)") == "flag big"
    assert leads("library") == ""
    assert leads("src\n") == ""
