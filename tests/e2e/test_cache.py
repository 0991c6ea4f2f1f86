"""Checks with the cache on real GHCs: what is compiled again, and that the diagnostics are always the right ones."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from attrs import frozen

from tests.conftest import Ghc
from tests.support.check import Checker
from tests.support.checking import Said, checked
from tests.support.children import none_left
from tests.support.ide import Ide, working
from tests.support.projects import write
from thatch.cache.open import open_cache
from thatch.core.artifacts import ArtifactStore
from thatch.core.events import WorkProgressed
from thatch.core.settings import Settings
from thatch.core.workspace import Workspace

BASE = "module Base where\n\nnumber :: Int\nnumber = 1\n"
MIDDLE = "module Middle where\n\nimport Base\nimport Data.List\n\nmiddle :: Int\nmiddle = number\n"
TOP = "module Top where\n\nimport Middle\n\ntop :: Bool\ntop = middle\n"
PLAIN = {"Base.hs": BASE, "Middle.hs": MIDDLE, "Top.hs": TOP}
SPLICES = {
    "Base.hs": BASE,
    "Gen.hs": (
        "{-# LANGUAGE TemplateHaskell #-}\nmodule Gen where\nimport Base\nimport Language.Haskell.TH\n"
        "gen :: Q Exp\ngen = if number == 1 then [| 'x' |] else [| True |]\n"
    ),
    "Use.hs": "{-# LANGUAGE TemplateHaskell #-}\nmodule Use where\nimport Gen\nuse :: Char\nuse = $gen\n",
}


@frozen
class Checks:
    """A project that is checked again and again with one cache, each time against a check from scratch."""

    root: Path
    settings: Settings

    async def check(self, changes: Mapping[str, str] | None = None, root: Path | None = None) -> Said:
        """Write some files and check."""
        place = write(root or self.root, changes or {})
        store = open_cache(self.settings)
        assert store is not None
        try:
            cached = await checked(place, self.settings, store)
        finally:
            store.close()
        fresh = await checked(place, self.settings, None)
        assert cached.messages == fresh.messages
        assert cached.status == fresh.status
        return cached

    async def compiled(self, changes: Mapping[str, str] | None = None, root: Path | None = None) -> list[str]:
        """Write some files and check; the modules that GHC compiled, sorted."""
        return sorted((await self.check(changes, root)).compiled)


@pytest.fixture
def checks(ghc: Ghc, tmp_path: Path) -> Checks:
    settings = Settings(cache_dir=tmp_path / "cache", ghc=str(ghc.path), ghc_options=("-Wall",), jobs=1)
    return Checks(tmp_path / "project", settings)


def logging_ghc(ghc: Ghc, folder: Path) -> tuple[Path, Path]:
    """A compiler that writes down each session that it starts, and where."""
    log = folder / "sessions.txt"
    program = folder / "logging-ghc"
    text = f'#!/bin/sh\ncase " $* " in *" --interactive "*) echo session >> "{log}";; esac\nexec "{ghc}" "$@"\n'
    program.write_text(text)
    program.chmod(0o755)
    log.touch()
    return program, log


def test_a_warm_check_starts_no_session(ghc: Ghc, tmp_path: Path) -> None:
    """The command prints the same bytes, also for a copy elsewhere when the original is gone."""
    program, log = logging_ghc(ghc, tmp_path)
    root = write(tmp_path / "project", PLAIN)
    checker = Checker(tmp_path)
    # The sandbox would hide the compiler's log.
    checker.environment["THATCH_SANDBOX"] = "off"
    cold = checker.run("--ghc", program, cwd=root)
    assert (cold.code, log.read_text()) == (1, "session\n"), cold.err
    warm = checker.run("--ghc", program, cwd=root)
    assert (warm.code, warm.out) == (cold.code, cold.out)
    copy = tmp_path / "elsewhere" / "project"
    shutil.copytree(root, copy)
    shutil.rmtree(root)
    moved = checker.run("--ghc", program, cwd=copy)
    assert (moved.code, moved.out) == (cold.code, cold.out)
    assert log.read_text() == "session\n"


async def test_branches_are_compiled_once(checks: Checks) -> None:
    other = {"Base.hs": BASE.replace("Int", "Bool").replace("= 1", "= True")}
    assert await checks.compiled(PLAIN) == ["Base", "Middle", "Top"]
    assert await checks.compiled(other) == ["Base", "Middle"]
    for branch in (PLAIN, other, PLAIN):
        assert await checks.compiled(branch) == []


async def test_only_what_must_be_is_compiled(checks: Checks) -> None:
    await checks.check(PLAIN)
    assert await checks.compiled({"Base.hs": BASE.replace("= 1", "= 2")}) == ["Base"]
    assert await checks.compiled({"Top.hs": TOP.replace("Bool", "Int")}) == ["Top"]
    # GHC alone can tell that the others need not be compiled again.
    assert await checks.compiled({"Base.hs": f"{BASE}\nmore :: Int\nmore = 1\n"}) == ["Base", "Middle"]


async def test_errors_and_warnings_are_replayed(checks: Checks) -> None:
    first = await checks.check(PLAIN)
    again = await checks.check()
    assert [len(said.messages) for said in (first, again)] == [2, 2]
    assert again.compiled == ()


async def test_a_parse_error_and_its_mending(checks: Checks) -> None:
    await checks.check(PLAIN)
    broken = await checks.check({"Top.hs": "module Top where\n\ntop = = 1\n"})
    assert broken.compiled == ("Top",)
    assert any("GHC-58481" in message for message in broken.messages)
    assert await checks.compiled(PLAIN) == []


async def test_code_that_ran_in_a_splice(checks: Checks) -> None:
    """A body two modules below a splice decides what it makes, though no interface to compile against changes."""
    assert (await checks.check(SPLICES)).messages == ()
    changed = await checks.check({"Base.hs": BASE.replace("= 1", "= 2")})
    assert set(changed.compiled) == {"Base", "Use"}
    assert any("GHC-83865" in message for message in changed.messages)
    assert await checks.compiled({"Base.hs": BASE}) == []


@pytest.mark.parametrize("place", ["data.txt", "{root}/data.txt"])
async def test_a_file_that_a_splice_read(checks: Checks, place: str) -> None:
    path = place.format(root=checks.root)
    source = (
        "{-# LANGUAGE TemplateHaskell #-}\nmodule Embed where\nimport Language.Haskell.TH\n"
        "import Language.Haskell.TH.Syntax\ntext :: String\n"
        f'text = $(addDependentFile "{path}" >> runIO (readFile "{path}") >>= \\found ->\n'
        "  if null found then litE (integerL 1) else stringE found)\n"
    )
    assert (await checks.check({"Embed.hs": source, "data.txt": "x"})).messages == ()
    changed = await checks.check({"data.txt": ""})
    assert changed.compiled == ("Embed",)
    assert len(changed.messages) == 1
    assert await checks.compiled({"data.txt": "x"}) == []


async def test_an_included_file(checks: Checks) -> None:
    source = '{-# LANGUAGE CPP #-}\nmodule Macro where\n#include "defs.h"\nlimit :: Int\nlimit = LIMIT\n'
    assert await checks.compiled({"Macro.hs": source, "defs.h": "#define LIMIT 1\n", "Base.hs": BASE}) == [
        "Base",
        "Macro",
    ]
    assert await checks.compiled({"defs.h": "#define LIMIT 'x'\n"}) == ["Macro"]
    assert await checks.compiled({"defs.h": "#define LIMIT 1\n"}) == []


async def test_deprecations_reach_importers(checks: Checks) -> None:
    """GHC itself would keep the interfaces of importers, and their warnings."""
    plain = {"Base.hs": BASE, "Middle.hs": MIDDLE}
    old = {"Base.hs": f'{BASE}{{-# DEPRECATED number "old" #-}}\n'}
    await checks.check(plain)
    assert any("Wdeprecations" in message for message in (await checks.check(old)).messages)
    commented = {"Base.hs": f"{BASE}-- A remark.\n"}
    assert not any("Wdeprecations" in message for message in (await checks.check(commented)).messages)
    assert await checks.compiled(old) == []


async def test_a_boot_file_counts_for_its_module(checks: Checks) -> None:
    ping = "module Ping where\nimport {-# SOURCE #-} Pong\nping :: Int\nping = pong\n"
    pong = "module Pong where\nimport Ping\npong :: Int\npong = 1 + ping\n"
    boot = "module Pong where\npong :: Int\n"
    assert (await checks.check({"Ping.hs": ping, "Pong.hs": pong, "Pong.hs-boot": boot})).messages == ()
    assert (await checks.check({"Pong.hs-boot": boot.replace("Int", "Bool")})).messages != ()
    assert await checks.compiled({"Pong.hs-boot": boot}) == []


async def test_other_flags(checks: Checks) -> None:
    described = "cradle:\n  direct:\n    arguments: [-i., {}]\n"
    assert await checks.compiled({**PLAIN, "hie.yaml": described.format("-Wno-all")}) == ["Base", "Middle", "Top"]
    assert await checks.compiled({"hie.yaml": described.format("-XStrict")}) == ["Base", "Middle", "Top"]
    assert await checks.compiled({"hie.yaml": described.format("-Wno-all")}) == []


async def test_modules_that_move_and_go(checks: Checks) -> None:
    await checks.check(PLAIN)
    (checks.root / "Base.hs").rename(checks.root / "Ground.hs")
    moved = {"Ground.hs": BASE.replace("Base", "Ground"), "Middle.hs": MIDDLE.replace("Base", "Ground")}
    assert await checks.compiled(moved) == ["Ground", "Middle"]
    (checks.root / "Ground.hs").unlink()
    assert await checks.compiled(PLAIN) == []


async def test_a_home_module_in_the_place_of_a_packages(checks: Checks) -> None:
    source = "module Use where\nimport Data.Maybe\nuse :: Int -> Int\nuse = fromMaybe 1 . Just\n"
    assert (await checks.check({"Use.hs": source})).messages == ()
    ours = await checks.check({"Data/Maybe.hs": "module Data.Maybe where\nfromMaybe :: Int -> Int\nfromMaybe = id\n"})
    assert set(ours.compiled) == {"Data.Maybe", "Use"}
    assert ours.messages != ()
    (checks.root / "Data/Maybe.hs").unlink()
    assert await checks.compiled() == []


@pytest.mark.parametrize("damage", ["blobs", "all"])
async def test_a_damaged_store(checks: Checks, damage: str) -> None:
    await checks.check(PLAIN)
    store = checks.settings.cache_dir / "store"
    if damage == "all":
        shutil.rmtree(store)
    for path in [path for path in store.rglob("*") if path.is_file() and not path.name.startswith("traces")]:
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    await checks.check()
    assert await checks.compiled() == []


async def test_two_checks_at_once(checks: Checks) -> None:
    write(checks.root, PLAIN)
    stores = [open_cache(checks.settings), open_cache(checks.settings)]
    one, other = await asyncio.gather(*(checked(checks.root, checks.settings, store) for store in stores))
    for store in stores:
        assert store is not None
        store.close()
    assert one.messages == other.messages
    assert await checks.compiled() == []


async def test_an_editor_over_a_warm_cache(checks: Checks) -> None:
    """Nothing is compiled until somebody edits; then a GHC starts from the restored interfaces."""
    fine = {**PLAIN, "Top.hs": TOP.replace("Bool", "Int")}
    await checks.check(fine)
    store = open_cache(checks.settings)
    assert store is not None
    async with editing(checks.root, checks.settings, store) as ide:
        assert ide.ghcs() == []
        assert ide.said("Middle.hs") == ["4:1 warning -Wunused-imports"]
        assert await ide.edited("Top.hs", TOP) == ["6:7 error GHC-83865"]
        assert len(ide.ghcs()) == 1
        assert ide.said("Middle.hs") == ["4:1 warning -Wunused-imports"]
        ide.save("Top.hs", TOP)
        ide.workspace.save_document(checks.root / "Top.hs")
        await ide.idle()
        ide.close("Top.hs")
        await ide.idle()
        assert ide.said("Top.hs") == ["6:7 error GHC-83865"]
        compiled = [event.message for event in ide.events if isinstance(event, WorkProgressed) and event.total]
        assert {message.partition(" ")[2] for message in compiled} == {"Top"}
    store.close()


@asynccontextmanager
async def editing(root: Path, settings: Settings, store: ArtifactStore) -> AsyncIterator[Ide]:
    """An editor's workspace with a cache."""
    ide = Ide(root, settings.cache_dir)
    ide.workspace = Workspace([root], settings, ide._hear, store)
    with none_left():
        await ide.workspace.start()
        try:
            await ide.idle()
            yield ide
        finally:
            await ide.workspace.close()


async def test_what_no_longer_imports_a_broken_module_keeps_its_errors(ghc: Ghc, tmp_path: Path) -> None:
    """Since the session was planned, when it did import it."""
    root, cache = write(tmp_path / "project", PLAIN), tmp_path / "cache"
    async with working(root, cache, cached=True, ghc=str(ghc)) as ide:
        ide.save("Top.hs", "module Top where\n\ntop = = 1\n")
        await ide.until_said("Top.hs", "3:7 error GHC-58481")
        ide.save("Base.hs", "module Base where\n\nbase = = 1\n")
        await ide.until_said("Base.hs", "3:8 error GHC-58481")
        assert ide.said("Top.hs") == ["3:7 error GHC-58481"]
