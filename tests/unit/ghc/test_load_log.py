"""What is heard of the modules that GHC compiles: how long they took, and which of them had been restored."""

from pathlib import Path

from tests.support.remote import FakeClock
from thatch.core.artifacts import Recompiled
from thatch.core.ghc.load_log import LoadLog
from thatch.core.ghc.output import Compiling
from thatch.core.ghc.results import ModuleKey

A, B = ModuleKey("lib", Path("/p/A.hs")), ModuleKey("lib", Path("/p/B.hs"))


def compiling(name: str, reason: str = "", *, boot: bool = False) -> Compiling:
    return Compiling(1, 2, name, Path(f"/p/{name}.hs"), boot=boot, reason=reason)


def test_times() -> None:
    clock = FakeClock()
    log = LoadLog(clock)
    log.begin(sole_unit="lib", one_by_one=True)
    log.compiling(compiling("A"))
    clock.now += 1.5
    log.compiling(compiling("B"))
    clock.now += 0.25
    log.finish()
    assert (log.milliseconds(A), log.milliseconds(B)) == (1500, 250)
    # An interrupted compilation takes nobody knows how long.
    log.begin(sole_unit="lib", one_by_one=True)
    log.compiling(compiling("B"))
    log.begin(sole_unit="lib", one_by_one=True)
    assert (log.milliseconds(A), log.milliseconds(B)) == (1500, 0)


def test_side_by_side_nothing_is_measured() -> None:
    log = LoadLog(FakeClock())
    log.begin(sole_unit="lib", one_by_one=False)
    log.compiling(compiling("A"))
    log.compiling(compiling("B"))
    log.finish()
    assert (log.milliseconds(A), log.milliseconds(B)) == (0, 0)


def test_broken_promises() -> None:
    log = LoadLog()
    log.promise({A: "source of A"})
    log.begin(sole_unit="", one_by_one=True)
    log.compiling(Compiling(1, 3, "A", A.path, "lib", reason="Flags changed"))
    log.compiling(Compiling(2, 3, "A", A.path, "other", reason="Flags changed"))
    log.compiling(Compiling(3, 3, "C", None, "lib"))
    assert log.take_broken() == ({A: "source of A"}, (Recompiled("lib", "A", "Flags changed"),))
    log.compiling(Compiling(1, 1, "A", A.path, "lib", reason="Source file changed"))
    assert log.take_broken() == ({}, ())
