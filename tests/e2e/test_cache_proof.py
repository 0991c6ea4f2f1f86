"""What GHC says of what was restored: defects are counted with its reason; a compilation proves entries, or not."""

import logging
import os
from collections.abc import Collection
from pathlib import Path

import pytest
from attrs import define, evolve

from tests.conftest import Ghc
from tests.e2e.test_cache import PLAIN, TOP
from tests.support.checking import checked
from tests.support.projects import write
from tests.support.waiting import until
from thatch.cache.disk import DiskStore
from thatch.cache.modules import ModuleCache
from thatch.cache.open import open_cache, open_local
from thatch.cache.tallies import Counted
from thatch.cli import main
from thatch.cli.exit_code import ExitCode
from thatch.core.artifacts import Plan
from thatch.core.ghc.results import ModuleKey
from thatch.core.settings import Settings


@define
class Careless(ModuleCache):
    """Restores `.hie` files with a time before that of their sources, which GHC does not accept."""

    def restore(self, plan: Plan, interfaces: Path) -> Collection[ModuleKey]:
        restored = super().restore(plan, interfaces)
        for path in interfaces.rglob("*.hie"):
            os.utime(path, (1, 1))
        return restored


@pytest.fixture
def settings(ghc: Ghc, tmp_path: Path) -> Settings:
    return Settings(cache_dir=tmp_path / "cache", ghc=str(ghc.path), jobs=1)


async def check(root: Path, settings: Settings) -> tuple[str, ...]:
    store = open_cache(settings)
    assert store is not None
    try:
        return (await checked(root, settings, store)).compiled
    finally:
        store.close()


def counted(settings: Settings) -> Counted:
    store = open_local(settings)
    try:
        return store.stats().counted
    finally:
        store.close()


async def test_loads_are_counted(settings: Settings, tmp_path: Path) -> None:
    """GHC compiles a likely hit, which is no defect; it takes time, which the entry knows."""
    root = write(tmp_path / "project", PLAIN)
    assert await check(root, settings) == ("Base", "Middle", "Top")
    assert await check(root, settings) == ()
    write(root, {"Base.hs": PLAIN["Base.hs"].replace("Int", "Bool").replace("= 1", "= True")})
    assert await check(root, settings) == ("Base", "Middle")
    found = counted(settings)
    assert (found.n_loads, found.n_hits, found.n_likely, found.n_misses) == (3, 3, 2, 4)
    assert (found.n_recompiled, found.recompiled) == (0, ())
    store = open_local(settings)
    assert all(entry.compile_ms > 0 for entry in store.entries() if entry.unit != "*")
    store.close()


async def test_a_restored_hit_that_ghc_compiles_is_a_defect(
    settings: Settings, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    root = write(tmp_path / "project", PLAIN)
    await check(root, settings)
    write(root, {"Top.hs": TOP.replace("Bool", "Int")})
    local = open_local(settings)
    with caplog.at_level(logging.WARNING, "thatch"):
        said = await checked(root, settings, Careless(local, settings.cache_dir / "heads", local.tallies))
    local.close()
    assert said.compiled == ("Base", "Middle", "Top")
    found = counted(settings)
    assert found.n_recompiled == 2
    assert {(module.module, module.reason) for module in found.recompiled} == {
        ("Base", "HIE file is out of date"),
        ("Middle", "HIE file is out of date"),
    }
    assert "GHC compiled Base of" in caplog.text


@pytest.mark.parametrize("most", [[], ["2"]])
def test_a_compilation_proves_entries(
    most: list[str], ghc: Ghc, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root, folder = write(tmp_path / "project", PLAIN), str(tmp_path / "cache")
    assert main.run(["check", "--ghc", str(ghc.path), "--cache-dir", folder, str(root)]) is ExitCode.FINDINGS
    arguments = ["cache", "verify", "--compile", *most]
    arguments += ["--project", str(root), "--ghc", str(ghc.path), "--cache-dir", folder]
    assert main.run(arguments) is ExitCode.CLEAN
    assert f"Compiled and compared: {2 if most else 3} modules.\nThe cache is right" in capsys.readouterr().out


def test_a_wrong_entry_is_found_and_removed(ghc: Ghc, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root, folder = write(tmp_path / "project", PLAIN), tmp_path / "cache"
    common = ["--ghc", str(ghc.path), "--cache-dir", str(folder)]
    assert main.run(["check", *common, str(root)]) is ExitCode.FINDINGS
    store = DiskStore(folder / "store")
    [top] = [entry for entry in store.entries() if entry.module == "Top"]
    [base] = [entry for entry in store.entries() if entry.module == "Base"]
    wrong = {**top.artifacts, "diagnostics": base.artifacts["diagnostics"]}
    store.put(evolve(top, abi="0" * 32, artifacts=wrong), {})
    store.close()
    assert main.run(["check", *common, str(root)]) is ExitCode.CLEAN, "the cache lies"
    capsys.readouterr()
    assert main.run(["cache", "verify", "--compile", "--project", str(root), *common]) is ExitCode.FINDINGS
    out = capsys.readouterr().out
    assert "Compiled and compared: 3 modules.\nOther than in the cache, and removed from it: 1 module.\n" in out
    assert ":Top: its ABI is another, GHC says what the cache does not (Couldn" in out
    assert main.run(["check", *common, str(root)]) is ExitCode.FINDINGS


def n_held(settings: Settings) -> int:
    store = open_local(settings)
    held = store.stats().usage.n_held
    store.close()
    return held


async def test_what_is_beyond_the_limit_goes_by_itself(settings: Settings, tmp_path: Path) -> None:
    """But not what a session uses, even if that alone is beyond the limit."""
    small = evolve(settings, cache_limit="40kB")
    first, second = write(tmp_path / "first", PLAIN), write(tmp_path / "second", PLAIN)
    write(second, {name: f"{text}-- second\n" for name, text in PLAIN.items()})
    assert len(await check(first, small)) == 3
    assert await check(first, small) == ()
    store = open_cache(small)
    assert store is not None
    try:
        # One session uses the first project while another adds the second.
        assert (await checked(first, small, store)).compiled == ()
        await until(lambda: n_held(small) > 0, "the session that holds what it uses")
        assert len(await check(second, small)) == 3
        assert (await checked(first, small, store)).compiled == ()
    finally:
        store.close()
    write(second, {name: f"{text}-- third\n" for name, text in PLAIN.items()})
    assert len(await check(second, small)) == 3
    assert await check(second, small) == ()
    assert len(await check(first, small)) > 0
