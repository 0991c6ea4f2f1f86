"""Packages without code: what is left out of their descriptions, and which packages have one."""

from pathlib import Path

from thatch.core.edit.codeless import codeless, without_code
from thatch.core.ghc.plugins import uses_plugins

BASE = """\
name:            base
version:         4.18
id:              base-4.18
exposed-modules:
    Data.List Prelude
import-dirs:     "${pkgroot}/lib/base"
library-dirs:    "${pkgroot}/lib/base"
dynamic-library-dirs:
    "${pkgroot}/lib"
hs-libraries:    HSbase-4.18
extra-libraries:
    c m
ld-options:      -lc
depends:         rts-1.0
"""


def database(folder: Path, **packages: str) -> Path:
    (folder / "package.conf.d").mkdir(parents=True)
    for name, depends in packages.items():
        text = f"name: {name}\nid: {name}-1\nhs-libraries: HS{name}\ndepends: {depends}\n"
        (folder / "package.conf.d" / f"{name}-1.conf").write_text(text)
    return folder / "package.conf.d"


def test_only_what_is_about_code_is_left_out() -> None:
    assert without_code(BASE, Path("/usr")).splitlines() == [
        "name:            base",
        "version:         4.18",
        "id:              base-4.18",
        "exposed-modules:",
        "    Data.List Prelude",
        'import-dirs:     "/usr/lib/base"',
        "depends:         rts-1.0",
    ]


def test_all_that_packages_depend_on(tmp_path: Path) -> None:
    first = database(tmp_path / "first", base="rts-1", text="base-1 gone-1", other="base-1")
    second = database(tmp_path / "second", text="base-1", loop="loop-1 text-1")
    found = codeless(["loop-1", "text-1", "missing-1"], [first, second])
    assert sorted(found) == ["base-1", "loop-1", "text-1"]
    assert found["text-1"] == "name: text\nid: text-1\ndepends: base-1\n"
    assert codeless(["text-1"], []) == {}


def test_files_may_be_named_without_the_hash(tmp_path: Path) -> None:
    folder = database(tmp_path, base="", text="base-1")
    (folder / "text-1.conf").rename(folder / "text-2.conf")
    (folder / "text-2.conf").write_text("name: text\nid: text-2-4f\ndepends: base-1\n")
    assert sorted(codeless(["text-2-4f"], [folder])) == ["base-1", "text-2-4f"]
    # It is another one of the same name and version.
    assert codeless(["text-2-5a"], [folder]) == {}


def test_plugins() -> None:
    assert uses_plugins(["-Wall", "-fplugin=A"])
    assert uses_plugins(["-plugin-package", "p"])
    assert not uses_plugins(["-Wall", "-package", "ghc"])
