"""Workspaces on real GHCs: a user edits, other programs write files, and GHC dies; what is known stays true."""

import signal
from pathlib import Path

import pytest

from tests.conftest import Ghc
from tests.support.children import running_interpreter, wait_until_gone
from tests.support.ide import Ide, working
from tests.support.projects import write
from tests.support.waiting import until
from thatch.core.events import DiagnosticsChanged, Event, Health, StatusChanged, WorkProgressed
from thatch.core.ghc import project_lane

A = "module A (a) where\n\na :: Int\na = 1\n"
B = "module B (b) where\n\nimport A\nimport Data.List\n\nb :: Int\nb = a\n"
C = "module C (c) where\n\nimport B\n\nc :: Int\nc = b\n"
WARNING = "4:1 warning -Wunused-imports"
MISMATCH = "4:5 error GHC-83865"

CABAL = {
    "cabal.project": "packages: .\n",
    "pair.cabal": """
        cabal-version: 3.0
        name: pair
        version: 0.1
        build-type: Simple

        library
          hs-source-dirs: src
          exposed-modules: Pair
          build-depends: base
          default-language: Haskell2010
          ghc-options: -Wall

        executable show-pair
          hs-source-dirs: app
          main-is: Main.hs
          build-depends: base, pair
          default-language: Haskell2010
          ghc-options: -Wall -Werror=unused-imports -Wno-missing-export-lists
    """,
    "src/Pair.hs": """
        module Pair (pair) where

        pair :: Int
        pair = 1
    """,
    "app/Main.hs": """
        module Main (main) where

        import Data.List
        import Pair

        main :: IO ()
        main = print (pair + 1)
    """,
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "project"


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "cache"


def bare(root: Path) -> Path:
    return write(root, {"A.hs": A, "B.hs": B, "C.hs": C})


def settings(ghc: Ghc) -> dict[str, object]:
    return {"ghc": str(ghc.path), "ghc_options": ("-Wunused-imports",)}


async def test_editing(ghc: Ghc, root: Path, cache: Path) -> None:
    """A user types, breaks and mends; the files stay as they are."""
    async with working(bare(root), cache, **settings(ghc)) as ide:
        assert ide.said("B.hs") == [WARNING]
        assert ide.status.health is Health.OK
        assert ide.status.ghc_versions[0].startswith(ghc.series)

        # A type error; the dependents are checked all the same.
        assert await ide.edited("A.hs", A.replace("= 1", "= 'x'")) == [MISMATCH]
        assert ide.version("A.hs") == 1
        assert ide.said("B.hs") == [WARNING]
        assert ide.said("C.hs") == []
        assert await ide.edited("A.hs", A) == []
        assert ide.version("A.hs") == 2

        # A change of a type is seen two modules further.
        assert await ide.edited("A.hs", A.replace("Int", "Bool").replace("= 1", "= True")) == []
        assert ide.said("B.hs") == [WARNING, "7:5 error GHC-83865"]

        # Parse errors hide the warnings of a text; its mending brings them back.
        assert await ide.edited("B.hs", B.replace("= a", "= = a")) == ["7:5 error GHC-58481"]
        assert await ide.edited("B.hs", B) == [WARNING, "7:5 error GHC-83865"]
        assert await ide.edited("B.hs", B.replace("where", "wher")) == ["1:14 error GHC-58481"]
        ide.edit("A.hs", A)
        assert await ide.edited("B.hs", B) == [WARNING]

        # An unsaved text is forgotten with its buffer.
        assert await ide.edited("C.hs", C.replace("= b", "= b + d")) == ["6:9 error GHC-88464"]
        ide.close("C.hs")
        await ide.idle()
        assert ide.said("C.hs") == []
        assert ide.version("C.hs") is None
        assert texts(root) == [A, B, C]


def texts(root: Path) -> list[str]:
    return [path.read_text() for path in sorted(root.glob("*.hs"))]


class Killing(Ide):
    """Kills GHC twice, each time after the third module of a load."""

    n_killed = 0

    def _hear(self, event: Event) -> None:
        super()._hear(event)
        if isinstance(event, WorkProgressed) and event.done == 3 and self.n_killed < 2:
            self.n_killed += 1
            for process in self.ghcs():
                process.kill()


async def test_a_cascade_of_edits_ends_with_the_last_one(ghc: Ghc, root: Path, cache: Path) -> None:
    """Each interrupts the load that the one before asked for."""
    async with working(bare(root), cache, **settings(ghc)) as ide:
        ide.edit("A.hs", A)
        for n in range(12):
            before = len(ide.events)
            ide.edit("A.hs", A.replace("= 1", f"= {n}"))
            ide.edit("B.hs", B.replace("= a", "= 'x' + a" if n % 2 else "= a"))
            await ide.until_events(before + 1 + n % 4)
        await ide.idle()
        assert ide.said("B.hs") == [WARNING, "7:5 error GHC-83865"]
        assert await ide.edited("B.hs", B) == [WARNING]


async def test_files_that_change_on_disk(ghc: Ghc, root: Path, cache: Path) -> None:
    async with working(bare(root), cache, **settings(ghc)) as ide:
        ide.save("A.hs", A.replace("= 1", "= 'x'"))
        await ide.until_said("A.hs", MISMATCH)
        ide.save("A.hs", A)
        await ide.until_said("A.hs")

        ide.save("D.hs", "module D where\n\nimport A\n\nd = 'x' + a\n")
        await ide.until_said("D.hs", "5:11 error GHC-83865")
        (root / "D.hs").unlink()
        await ide.until_said("D.hs")

        (root / "A.hs").unlink()
        await ide.until(lambda: any(said.startswith("3:1 error") for said in ide.said("B.hs")), "the missing import")
        # An editor still holds its text.
        assert await ide.edited("A.hs", A) == []
        ide.save("A.hs", A)
        await ide.until_said("B.hs", WARNING)


async def test_library_and_executable(ghc: Ghc, root: Path, cache: Path) -> None:
    """An unsaved edit of the library is seen in the executable's module; `-Werror` is the executable's own."""
    write(root, CABAL)
    async with working(root, cache, ghc=str(ghc.path)) as ide:
        assert ide.said("app/Main.hs") == ["3:1 error -Wunused-imports"]
        pair = (root / "src/Pair.hs").read_text()
        assert await ide.edited("src/Pair.hs", pair.replace("Int", "Bool").replace("= 1", "= True")) == []
        assert ide.said("app/Main.hs") == ["3:1 error -Wunused-imports", "7:20 error GHC-39999"]
        assert await ide.edited("src/Pair.hs", pair.replace("= 1", "= one")) == ["4:8 error GHC-88464"]
        assert ide.said("app/Main.hs") == ["3:1 error -Wunused-imports"]
        assert await ide.edited("src/Pair.hs", f"{pair}\nunused :: Int\nunused = 1\n") == [
            "7:1 warning -Wunused-top-binds"
        ]


async def test_a_program_named_by_its_file(ghc: Ghc, root: Path, cache: Path) -> None:
    """Its unsaved text includes a neighbour; a boot file's unsaved text counts as well."""
    tool = '{-# LANGUAGE CPP #-}\n#  include "numbers.h"\nmain :: IO ()\nmain = print one\n  where one = ONE :: Int\n'
    ping = "module Ping where\nimport {-# SOURCE #-} Pong\nping :: Int\nping = pong\n"
    pong = "module Pong where\nimport Ping\npong :: Int\npong = 1 + ping\n"
    boot = "module Pong where\npong :: Int\n"
    files = {"bin/numbers.h": "#define ONE 1\n", "bin/tool.hs": tool}
    write(root, {**files, "Ping.hs": ping, "Pong.hs": pong, "Pong.hs-boot": boot})
    async with working(root, cache, **settings(ghc)) as ide:
        assert {path.name: told.diagnostics for path, told in ide.told.items() if told.diagnostics} == {}
        assert await ide.edited("bin/tool.hs", tool.replace("ONE ::", "TWO ::")) == ["5:15 error GHC-88464"]
        assert await ide.edited("bin/tool.hs", tool) == []

        # Either of a pair may be open alone.
        assert await ide.edited("Pong.hs", pong.replace("1 +", "'x' +")) == ["4:8 error GHC-83865"]
        assert await ide.edited("Pong.hs", pong) == []
        ide.close("Pong.hs")
        assert await ide.edited("Pong.hs-boot", boot.replace("Int", "Char")) == []
        assert ide.said("Ping.hs") == ["4:8 error GHC-83865"]
        assert await ide.edited("Pong.hs-boot", boot) == []
        assert ide.said("Ping.hs") == []


@pytest.mark.parametrize("jobs", [1, 2])
async def test_a_splice_that_runs_for_ever(
    ghc: Ghc, root: Path, cache: Path, jobs: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The user mends it, and the next load is as good as any."""
    monkeypatch.setattr(project_lane, "STALL_SECONDS", 0.5)
    loop = (
        "{-# LANGUAGE TemplateHaskell #-}\nmodule Loop where\nimport Language.Haskell.TH\nx :: Int\n"
        "x = $(let loop n = if n < 0 then stringE [] else loop (n + 1 :: Integer) in loop 0)\n"
    )
    write(root, {"Loop.hs": loop})
    async with working(root, cache, wait=False, jobs=jobs, **settings(ghc)) as ide:
        interpreter = await until(running_interpreter, "the interpreter at work")
        ide.edit("Loop.hs", loop.replace("loop 0", "loop (-1)"))
        await ide.until_said("Loop.hs", "5:6 error GHC-83865")
        wait_until_gone(interpreter)
        assert ide.status.health is Health.OK


async def test_typing_while_a_splice_runs(ghc: Ghc, root: Path, cache: Path) -> None:
    """GHC ends itself after an interrupt in a splice; however often that happens, it is nobody's fault."""
    loop = (
        "{-# LANGUAGE TemplateHaskell #-}\nmodule Loop where\nimport Language.Haskell.TH\nx :: Int\n"
        "x = $(let loop n = if n < 0 then stringE [] else loop (n + 1 :: Integer) in loop 0)\n"
    )
    write(root, {"Loop.hs": loop})
    async with working(root, cache, wait=False, jobs=1, **settings(ghc)) as ide:
        for number in range(project_lane.RESTARTS + 2):
            interpreter = await until(running_interpreter, "the interpreter at work")
            ide.edit("Loop.hs", f"{loop}y{number} = ()\n")
            wait_until_gone(interpreter)
            assert ide.status.health is Health.OK
        interpreter = await until(running_interpreter, "the interpreter at work")
        ide.edit("Loop.hs", loop.replace("loop 0", "loop (-1)"))
        await ide.until_said("Loop.hs", "5:6 error GHC-83865")
        assert ide.status.health is Health.OK


async def test_a_splice_over_its_limit(ghc: Ghc, root: Path, cache: Path) -> None:
    """It is stopped, which is an error at the splice; all else is known."""
    loop = (
        "{-# LANGUAGE TemplateHaskell #-}\nmodule Loop where\nimport Language.Haskell.TH\nx, y :: Int\n"
        "x = $(let loop n = if n < 0 then stringE [] else loop (n + 1 :: Integer) in loop 0)\ny = $([| 1 |])\n"
    )
    bare(root)
    write(root, {"Loop.hs": loop, "Over.hs": "module Over where\nimport Loop\nz :: Int\nz = x\n"})
    async with working(root, cache, splices_seconds=1.0, **settings(ghc)) as ide:
        assert ide.said("Loop.hs")[0].startswith("5:5 error")
        (stopped,) = {
            said.message for said in ide.told[root / "Loop.hs"].diagnostics if "splices.seconds" in said.message
        }
        assert "more than 1 s" in stopped
        assert (ide.said("A.hs"), ide.said("B.hs"), ide.said("C.hs")) == ([], [WARNING], [])
        assert ide.status.health is Health.OK
        assert await ide.edited("A.hs", A.replace("= 1", "= 'x'")) == [MISMATCH]
        assert ide.said("Loop.hs")[0].startswith("5:5 error")


async def test_a_warning_about_an_include_in_an_include(ghc: Ghc, root: Path, cache: Path) -> None:
    files = {
        "X.hs": '{-# LANGUAGE CPP #-}\nmodule X where\n#include "a.h"\nx :: Int\nx = ONE\n',
        "a.h": '#include "b.h"\n',
        "b.h": "#define ONE 0\n#define ONE 1\n",
    }
    async with working(write(root, files), cache, **settings(ghc)) as ide:
        told = [diagnostic for event in ide.told.values() for diagnostic in event.diagnostics]
        found = sorted((diagnostic.path.name, diagnostic.severity.name) for diagnostic in told)
        assert found == [("b.h", "INFORMATION"), ("b.h", "WARNING")]


async def test_ghc_killed_while_idle(ghc: Ghc, root: Path, cache: Path) -> None:
    async with working(bare(root), cache, **settings(ghc)) as ide:
        for process in ide.ghcs():
            process.send_signal(signal.SIGKILL)
            wait_until_gone(process.pid)
        assert await ide.edited("A.hs", A.replace("= 1", "= 'x'")) == [MISMATCH]
        assert ide.said("B.hs") == [WARNING]
        assert ide.status.health is Health.OK


async def test_ghc_killed_in_the_middle_of_loads(ghc: Ghc, root: Path, cache: Path) -> None:
    """After each kill the next session goes on, and the last one knows everything."""
    body = "".join(f"f{n} :: Int -> Int\nf{n} x = x + {n} * f{n} (x - 1)\n" for n in range(40))
    files = {
        f"M{n}.hs": f"module M{n} where\nimport {f'M{n - 1} ()' if n else 'Prelude'}\nimport Data.List\n{body}"
        for n in range(12)
    }
    write(root, files)
    async with working(root, cache, kind=Killing, **settings(ghc)) as ide:
        assert isinstance(ide, Killing)
        assert ide.n_killed == 2
        assert {name: ide.said(name) for name in files} == {name: ["3:1 warning -Wunused-imports"] for name in files}
        assert ide.status.health is Health.OK
        restarts = {event.status.message for event in ide.events if isinstance(event, StatusChanged)} - {""}
        assert restarts == {f"GHC was ended by signal 9; it is being started again ({n}/3)." for n in (1, 2)}


async def test_ghc_that_dies_again_and_again(
    ghc: Ghc, root: Path, cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is given up with the reason; the next change is another chance."""
    monkeypatch.setattr(project_lane, "BACKOFF_SECONDS", 0.01)
    deadly = tmp_path / "deadly"
    deadly.write_text("")
    wrapper = tmp_path / "ghc"
    wrapper.write_text(
        f'#!/bin/sh\nif [ -e "{deadly}" ] && [ "$1" = --interactive ]; then\n'
        f'echo "[1 of 9] Compiling A ( A.hs, interpreted )"; echo "out of luck"; kill -9 $$\nfi\n'
        f'exec "{ghc.path}" "$@"\n'
    )
    wrapper.chmod(0o755)
    async with working(bare(root), cache, ghc=str(wrapper), ghc_options=("-Wunused-imports",)) as ide:
        assert ide.status.health is Health.ERROR
        assert "ended by signal 9" in ide.status.message
        assert "out of luck" in ide.status.message
        restarts = [e.status.message for e in ide.events if isinstance(e, StatusChanged) and "/3)" in e.status.message]
        assert {message[message.index("(") : message.index(")") + 1] for message in restarts} == {
            "(1/3)",
            "(2/3)",
            "(3/3)",
        }
        deadly.unlink()
        assert await ide.edited("A.hs", A) == []
        await ide.workspace.restart("asked to")
        await ide.until_said("B.hs", WARNING)
        assert ide.status.health is Health.OK


async def test_flags_that_ghc_refuses(ghc: Ghc, root: Path, cache: Path) -> None:
    """A GHC that ends by itself before it compiles anything is not started again."""
    async with working(bare(root), cache, ghc=str(ghc.path), ghc_options=("-fno-such-flag",)) as ide:
        assert ide.status.health is Health.ERROR
        assert "-fno-such-flag" in ide.status.message
        await ide.workspace.configure(project_lane.Settings(cache_dir=cache, ghc=str(ghc.path)))
        await ide.idle()
        assert ide.status.health is Health.OK


async def test_a_folder_that_cannot_be_written(ghc: Ghc, root: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    ide = Ide(bare(root), tmp_path / "file" / "cache", **settings(ghc))
    await ide.workspace.start()
    await ide.idle()
    assert ide.status.health is Health.ERROR
    assert "cannot be written" in ide.status.message
    await ide.workspace.close()


async def test_closing_in_the_middle_of_a_load(ghc: Ghc, root: Path, cache: Path) -> None:
    bare(root)
    async with working(root, cache, **settings(ghc)) as ide:
        ide.edit("A.hs", A.replace("= 1", "= 2"))
        await ide.until(lambda: ide.status.work != "", "work")
    assert not any(isinstance(event, DiagnosticsChanged) and event.path.name == "D.hs" for event in ide.events)


async def test_a_folder_with_an_odd_name(ghc: Ghc, tmp_path: Path, cache: Path) -> None:
    root = bare(tmp_path / "a b'c\"d\\e é\u3000")
    async with working(root, cache, **settings(ghc)) as ide:
        assert ide.said("B.hs") == [WARNING]
        assert await ide.edited("A.hs", A.replace("= 1", "= 'x'")) == [MISMATCH]


async def test_folders_come_and_go(ghc: Ghc, root: Path, cache: Path, tmp_path: Path) -> None:
    other = write(tmp_path / "other", {"D.hs": "module D where\nimport Data.List\n"})
    async with working(bare(root), cache, **settings(ghc)) as ide:
        await ide.workspace.add_folder(other)
        await ide.workspace.add_folder(other)
        await ide.idle()
        assert len(ide.told[other / "D.hs"].diagnostics) == 1
        pids = [process.pid for process in ide.ghcs()]
        assert len(pids) == 2
        await ide.workspace.remove_folder(other)
        await ide.workspace.remove_folder(other)
        assert ide.told[other / "D.hs"].diagnostics == ()
        assert ide.said("B.hs") == [WARNING]
        await until(lambda: len(ide.ghcs()) == 1, "the end of the other GHC")
