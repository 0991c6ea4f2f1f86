"""Modules compiled by a real GHC, for tests of what is known of their code."""

import subprocess
from collections.abc import Callable, Iterator, Mapping
from functools import cache, partial
from pathlib import Path

import pytest
from attrs import frozen

from tests.conftest import Ghc
from tests.support.markers import parse
from tests.support.waiting import seconds
from thatch.core.ghc.results import ModuleKey
from thatch.core.ghc.toolchain import probe
from thatch.core.hi.model import ModuleId, Name
from thatch.core.packages.database import read_packages, visible_packages
from thatch.core.packages.lookup import PackageNames, package_names
from thatch.core.settings import Settings
from thatch.core.th.derive import known_names, wired_in
from thatch.core.th.packages import InstalledExports, InterfaceExports

UNIT = "main"


@frozen
class CompiledModules:
    """Implements `HieFiles` on a folder of sources with a folder of `.hie` files in it."""

    folder: Path
    ghc: Path

    flags: tuple[str, ...] = ()
    """Which packages can be imported from, in GHC's words."""

    def home_modules(self) -> Iterator[tuple[ModuleKey, ModuleId]]:
        for file in sorted((self.folder / "hie").rglob("*.hie")):
            module = ".".join(file.relative_to(self.folder / "hie").with_suffix("").parts)
            source = next(path for suffix in (".hs", ".lhs") if (path := self.source(module, suffix)).exists())
            yield ModuleKey(UNIT, source), ModuleId(UNIT, module)

    def stamp(self, key: ModuleKey) -> str | None:
        file = self._file(key)
        return f"{file.stat().st_mtime_ns}" if file.exists() else None

    def read(self, key: ModuleKey) -> bytes | None:
        file = self._file(key)
        return file.read_bytes() if file.exists() else None

    def interface(self, key: ModuleKey) -> bytes | None:
        file = (self.folder / "hi" / key.path.relative_to(self.folder)).with_suffix(".hi")
        return file.read_bytes() if file.exists() else None

    async def known_names(self) -> Mapping[str, Name]:
        return await known_names(await probe(self.ghc), self.folder)

    def options(self) -> tuple[str, ...]:
        said = subprocess.run([self.ghc, "--show-options"], capture_output=True, text=True, check=True)
        return tuple(said.stdout.split())

    async def exports(self, unit: str) -> InterfaceExports:
        installed = _INSTALLED.get(self.ghc)
        if installed is None:
            packages = read_packages([(await probe(self.ghc)).libdir / "package.conf.d"])
            installed = _INSTALLED[self.ghc] = InstalledExports(packages, await self.known_names())
        keys = {module.name: key for key, module in self.home_modules()}
        return InterfaceExports(
            installed,
            visible_packages(installed.packages, self.flags),
            lambda module: self.interface(keys[module]) if module in keys else None,
            [module for _, module in self.home_modules()],
        )

    async def packages(self, unit: str) -> PackageNames:
        ghc = await probe(self.ghc)
        wired = partial(wired_in, ghc, self.folder)
        return package_names(ghc.libdir, self.flags, await self.known_names(), Settings(cache_dir=self.folder), wired)

    def source(self, module: str, suffix: str = ".hs") -> Path:
        return (self.folder / module.replace(".", "/")).with_suffix(suffix)

    def _file(self, key: ModuleKey) -> Path:
        return (self.folder / "hie" / key.path.relative_to(self.folder)).with_suffix(".hie")


_INSTALLED: dict[Path, InstalledExports] = {}
"""What packages export, by GHC; remembered because reading it takes longer than most tests."""

CompileOnce = Callable[..., CompiledModules]
"""From a GHC, a fixture and flags to the compiled modules, which nobody may change."""


@pytest.fixture(scope="session")
def compile_once(tmp_path_factory: pytest.TempPathFactory) -> CompileOnce:
    """Compiles each fixture once for all tests that ask for it."""

    @cache
    def compiled(ghc: Ghc, fixture: str, *flags: str) -> CompiledModules:
        return compile_modules(ghc, tmp_path_factory.mktemp("modules"), fixture, *flags)

    return compiled


def compile_modules(ghc: Ghc, folder: Path, fixture: str, *flags: str) -> CompiledModules:
    """Write the files of a fixture into a folder and have GHC check them; the file names are the module names."""
    for name, file in parse(fixture).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(file.text, "utf-8")
    sources = sorted(path for path in folder.rglob("*") if path.suffix in {".hs", ".lhs"})
    command = [
        ghc.path,
        "-v0",
        "-fno-code",
        "-fwrite-ide-info",
        "-hiedir",
        "hie",
        "-fwrite-interface",
        "-hidir",
        "hi",
        "-fdefer-type-errors",
        *flags,
    ]
    done = subprocess.run(
        [*command, "-i.", *sources], cwd=folder, capture_output=True, text=True, timeout=seconds(120), check=False
    )
    assert done.returncode == 0, done.stderr
    return CompiledModules(folder, ghc.path)
