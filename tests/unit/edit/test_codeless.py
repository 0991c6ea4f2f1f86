"""Packages without code: what is left out of their descriptions, and for which packages there is one."""

from pathlib import Path

from thatch.core.edit.codeless import codeless, without_code

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


def test_plugins_need_their_code(tmp_path: Path) -> None:
    folder = database(tmp_path, base="", ghc="base-1", plugin="ghc-1 base-1")
    assert codeless(["plugin-1"], [folder]) == {}
    assert sorted(codeless(["base-1"], [folder])) == ["base-1"]
