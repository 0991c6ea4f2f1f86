"""A view: interfaces are where GHC looks for them, changed ones are told, and what is not there is missing."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.conftest import Ghc
from thatch.core import process
from thatch.core.artifacts import Planned, Standing
from thatch.core.edit.view import Kept, Left, View
from thatch.core.ghc.results import ModuleKey
from thatch.core.ghc.toolchain import probe
from thatch.core.project.model import Module, Unit
from thatch.core.project.resolve import ModuleId

A, B = ModuleId("unit-1", "A"), ModuleId("unit-1", "B.C")
UNITS = ["unit-1"]


class Cache:
    """A cache that has some interfaces."""

    def __init__(self, **contents: bytes) -> None:
        self.contents = contents

    def read(self, planned: Planned) -> bytes | None:
        return self.contents.get(planned.artifacts["hi"])


def kept(module: ModuleId, digest: str) -> Kept:
    key = ModuleKey(module.unit, Path(f"/p/{module.name}.hs"))
    return Kept(Planned(key, module.name, False, Standing.HIT, artifacts={"hi": digest}))


def contents(folder: Path, name: str) -> list[bytes]:
    return [(folder / f"unit-1/{name}{suffix}").read_bytes() for suffix in (".hi", ".dyn_hi")]


def test_interfaces_are_placed_when_they_are_needed(tmp_path: Path) -> None:
    view = View(tmp_path / "view", Cache(a=b"first").read, tmp_path / "memory")
    assert view.take({A: (kept(A, "a"), "text"), B: (kept(B, "gone"), "other")}, UNITS) == frozenset()
    assert not (tmp_path / "view").exists()
    assert view.place([A, B, ModuleId("unit-1", "Unknown")]) == {B, ModuleId("unit-1", "Unknown")}
    assert contents(tmp_path / "view", "A") == [b"first", b"first"]
    assert (view.source(A), view.source(ModuleId("unit-1", "Unknown"))) == ("text", "")


def test_only_interfaces_that_were_seen_are_told_as_changed(tmp_path: Path) -> None:
    view = View(tmp_path / "view", Cache(a=b"first", b=b"second").read, tmp_path / "memory")
    view.take({A: (kept(A, "a"), ""), B: (kept(B, "a"), "")}, UNITS)
    view.place([A])
    assert view.take({A: (kept(A, "b"), "new"), B: (kept(B, "b"), "new")}, UNITS) == {A}
    assert contents(tmp_path / "view", "A") == [b"second", b"second"]
    assert view.take({A: (kept(A, "b"), "newer")}, UNITS) == frozenset()
    assert view.source(A) == "newer"


def test_what_a_session_left_is_copied_at_once(tmp_path: Path) -> None:
    """It writes there again, in place, and a torn file must not be seen."""
    file = tmp_path / "A.hi"
    view = View(tmp_path / "view", Cache().read, tmp_path / "memory")
    file.write_bytes(b"whole")
    view.take({A: (Left(file), "text")}, UNITS)
    file.write_bytes(b"wh")
    assert view.place([A]) == frozenset()
    assert contents(tmp_path / "view", "A") == [b"whole", b"whole"]
    assert view.take({A: (Left(file), "text")}, UNITS) == {A}
    file.unlink()
    # What cannot be read is not taken, and neither is the text that it would be of.
    assert view.take({A: (Left(file), "newer")}, UNITS) == frozenset()
    assert (view.place([A]), view.source(A)) == (frozenset(), "text")
    assert contents(tmp_path / "view", "A") == [b"wh", b"wh"]


def test_what_was_begun_is_finished_when_there_is_time(tmp_path: Path) -> None:
    view = View(tmp_path / "view", Cache(a=b"a", b=b"b", c=b"c").read, tmp_path / "memory")
    view.take({A: (kept(A, "a"), ""), B: (kept(B, "b"), "")}, UNITS)
    assert not view.lighten()
    assert view.place([A, B]) == frozenset()
    view.take({B: (kept(B, "c"), "")}, UNITS)
    assert [view.lighten() for _ in range(4)] == [True, True, True, False]
    assert (contents(tmp_path / "view", "A"), contents(tmp_path / "view", "B/C")) == ([b"a"] * 2, [b"c"] * 2)
    # What was replaced meanwhile is not kept.
    assert sorted(path.read_bytes() for path in (tmp_path / "memory").glob("*/*/*/*")) == [b"a", b"c"]


def test_what_is_forgotten_is_missing(tmp_path: Path) -> None:
    view = View(tmp_path / "view", Cache(a=b"a").read, tmp_path / "memory")
    view.take({A: (kept(A, "a"), ""), B: (kept(B, "a"), "")}, UNITS)
    view.forget([A])
    assert (A in view, B in view) == (True, False)
    assert view.place([A, B]) == {B}
    view.remove()
    view.remove()
    assert not (tmp_path / "view").exists()


def test_two_views_side_by_side(tmp_path: Path) -> None:
    cache = Cache(a=b"a", b=b"b")
    one, other = (View(tmp_path / name, cache.read, tmp_path / "memory") for name in ("one", "other"))
    one.take({A: (kept(A, "a"), "")}, UNITS)
    other.take({A: (kept(A, "b"), "")}, UNITS)
    one.place([A])
    other.place([A])
    one.remove()
    assert contents(tmp_path / "other", "A") == [b"b", b"b"]


async def test_a_database_is_made_once(ghc: Ghc, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    toolchain = await probe(ghc.path)
    calls: list[object] = []
    run = process.run

    async def counted(command: Sequence[str | Path], **more: object) -> process.Completed:
        calls.append(command)
        return await run(command, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(process, "run", counted)
    unit = Unit(
        id="unit-1",
        component="some:lib",
        directory=Path("/p"),
        flags=(),
        source_dirs=(),
        modules=(Module("A", Path("/p/A.hs")),),
    )
    for number in range(2):
        view = View(tmp_path / f"view-{number}", Cache().read, tmp_path / "memory")
        database = await view.database([unit], [A], toolchain, with_code=True)
        assert await view.database([unit], [A], toolchain, with_code=True) == database
        assert (database / "package.cache").stat().st_size > 0
        assert len(calls) == 1
    assert await view.database([unit], [A, B], toolchain, with_code=True) != database
    assert len(calls) == 2
