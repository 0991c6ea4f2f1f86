"""Descriptions of installed packages, as `ghc-pkg` and cabal write them."""

from pathlib import Path

from thatch.core.packages.database import (
    database_folders,
    interface_path,
    parse_package,
    read_packages,
    visible_packages,
)

CONTAINERS = """\
name:                 containers
version:              0.6.7
id:                   containers-0.6.7
exposed:              True
exposed-modules:
    Data.Map Data.Map.Internal,
    Data.Set from sets-1:Data.Set.Real

hidden-modules:       Utils.Hidden
import-dirs:          "/lib/with blank/containers" ${pkgroot}/more
depends:
    array-0.5.6.0 base-4.18.2.1

haddock-interfaces: "${pkgroot}/doc/containers.haddock"
haddock-html: "${pkgroot}/doc/containers"
"""
LIBRARY = """\
name:          z-attoparsec-z-attoparsec-internal
package-name:  attoparsec
lib-name:      attoparsec-internal
version:       0.14.4
id:            attoparsec-0.14.4-abc
exposed:       False
"""


def test_a_description() -> None:
    package = parse_package(CONTAINERS, Path("/root"))
    assert (package.id, package.name, package.version) == ("containers-0.6.7", "containers", "0.6.7")
    assert package.source_id == "containers-0.6.7"
    assert package.exposed
    assert package.modules == {
        "Data.Map": ("containers-0.6.7", "Data.Map"),
        "Data.Map.Internal": ("containers-0.6.7", "Data.Map.Internal"),
        "Data.Set": ("sets-1", "Data.Set.Real"),
    }
    assert package.import_dirs == (Path("/lib/with blank/containers"), Path("/root/more"))
    assert package.depends == ("array-0.5.6.0", "base-4.18.2.1")
    assert package.documentation == (Path("/root/doc/containers"),)
    assert package.haddock_files == (Path("/root/doc/containers.haddock"),)


def test_a_library_of_a_package() -> None:
    package = parse_package(LIBRARY, Path("/root"))
    assert package.name == "z-attoparsec-z-attoparsec-internal"
    assert package.source_id == "attoparsec-0.14.4"
    assert not package.exposed


def test_nothing() -> None:
    assert parse_package("", Path("/root")).id == ""


def test_databases(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    for folder in (first, second):
        folder.mkdir()
        (folder / "containers.conf").write_text(CONTAINERS)
    (second / "broken.conf").write_bytes(b"name: \xff")
    (second / "attoparsec.conf").write_text(LIBRARY)
    packages = read_packages([first, second, tmp_path / "absent"])
    assert set(packages) == {"containers-0.6.7", "attoparsec-0.14.4-abc"}
    assert packages["containers-0.6.7"].documentation == (tmp_path / "doc/containers",)
    assert visible_packages(packages, []) == {"containers-0.6.7"}
    assert visible_packages(packages, ["-hide-all-packages", "-package-id", "attoparsec-0.14.4-abc"]) == {
        "attoparsec-0.14.4-abc"
    }
    assert visible_packages(packages, ["-hide-all-packages", "-package", "containers"]) == {"containers-0.6.7"}


def test_which_databases_flags_name() -> None:
    flags = ["-package-db", "/a", "-package-db=/b", "-package-db", "global", "-package-db"]
    assert database_folders(Path("/ghc"), flags) == (Path("/ghc/package.conf.d"), Path("/a"), Path("/b"))


def test_interfaces(tmp_path: Path) -> None:
    for name in ("a/A/B.dyn_hi", "b/A/B.hi", "b/C.hi"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    folders = (tmp_path / "a", tmp_path / "b")
    assert interface_path(folders, "A.B") == tmp_path / "a/A/B.dyn_hi"
    assert interface_path(folders, "C") == tmp_path / "b/C.hi"
    assert interface_path(folders, "D") is None
