"""Package databases: the descriptions of units, and what a real GHC's say."""

from pathlib import Path

from tests.conftest import Ghc
from thatch.core.ghc.packages import Packages, parse_package
from thatch.core.ghc.toolchain import probe

TEXT = """\
name:                 some-lib
version:              1.2
id:                   some-lib-1.2-inplace
exposed:              True
description:
    Text: with a colon.

    More.

exposed-modules:
    Some.Lib, Some.Other from other-3:Other.Module,
    Some.Last

hidden-modules:       Some.Internal
import-dirs:          ${pkgroot}/../lib "/with space/lib"
depends:              base-4.18
"""


def test_a_description() -> None:
    package = parse_package(TEXT, Path("/db/package.conf.d"))
    assert package is not None
    assert (package.id, package.name, package.exposed) == ("some-lib-1.2-inplace", "some-lib", True)
    assert package.modules == {"Some.Lib", "Some.Last"}
    assert package.reexported == {"Some.Other": ("other-3", "Other.Module")}
    assert package.folders == (Path("/db/../lib"), Path("/with space/lib"))


def test_what_is_no_description() -> None:
    assert parse_package("\0 garbage", Path("/db")) is None


def test_a_database_of_a_unit(tmp_path: Path) -> None:
    database = tmp_path / "packages.conf.d"
    (tmp_path / "lib" / "Some").mkdir(parents=True)
    database.mkdir()
    (database / "some.conf").write_text(TEXT.replace("${pkgroot}/../lib", "${pkgroot}/lib"))
    (tmp_path / "lib/Some/Lib.dyn_hi").touch()
    (tmp_path / "lib/Some/Internal.hi").touch()
    empty = tmp_path / "no-ghc"
    seen = Packages(empty, ["-hide-all-packages", f"-package-db={database}", "-package-id", "some-lib-1.2-inplace"])
    assert seen.importing("Some.Lib") == tmp_path / "lib/Some/Lib.dyn_hi"
    assert seen.importing("Some.Internal") is None
    assert seen.defining("some-lib-1.2-inplace", "Some.Internal") == tmp_path / "lib/Some/Internal.hi"
    assert seen.importable("some-lib-1.2-inplace", "Some.Lib")
    assert not seen.importable("some-lib-1.2-inplace", "Some.Internal")
    hidden = Packages(empty, ["-hide-all-packages", "-package-db", str(database)])
    assert hidden.importing("Some.Lib") is None
    assert Packages(empty, ["-package-db", str(database), "-hide-all-packages", "-package", "some-lib-1.2"]).importing(
        "Some.Lib"
    )


async def test_the_packages_of_a_real_ghc(ghc: Ghc) -> None:
    packages = Packages((await probe(ghc.path)).libdir, [])
    prelude = packages.importing("Prelude")
    assert prelude is not None
    assert prelude.name in {"Prelude.hi", "Prelude.dyn_hi"}
    assert packages.defining("base", "Prelude") == prelude
    assert packages.importing("Data.Map.Strict") is not None
    assert packages.importing("No.Such.Module") is None
