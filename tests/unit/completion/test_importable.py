"""What packages offer for import is read once, and kept as long as the package's files stay the same."""

import threading
from pathlib import Path

import pytest
from attrs import evolve

from tests.conftest import Ghc
from tests.support.compiled import CompileOnce
from tests.support.waiting import until
from thatch.core.completion.importable import Importable
from thatch.core.hi.model import Namespace
from thatch.core.th.packages import InstalledExports, InterfaceExports

FIXTURE = """
    -- /A.hs
    module A where
"""


async def test_names_of_packages_are_read_once(ghc: Ghc, compile_once: CompileOnce, tmp_path: Path) -> None:
    files = evolve(compile_once(ghc, FIXTURE), flags=("-hide-all-packages", "-package", "containers"))
    exports = await files.exports("main")
    first = Importable(exports, tmp_path)
    assert list(first.find("fromList")) == []
    assert not first.is_complete
    await first.read()
    assert first.is_complete
    found = {each.module: each for each in first.find("fromlis") if each.label == "fromList"}
    assert {"Data.Map", "Data.Set", "Data.IntMap", "Data.Sequence"} <= found.keys() | {"Data.Map.Strict"}
    assert not [module for module in found if "Internal" in module]
    name = found["Data.Set"].name
    assert name
    assert (name.module.name, name.occ.text, name.occ.namespace) == (
        "Data.Set.Internal",
        "fromList",
        Namespace.VARIABLE,
    )
    # They are made to be imported qualified.
    assert all(each.seldom for each in found.values())
    assert [each.kind.value for each in first.find("IntSet") if each.label == "IntSet"] == ["type"]

    (kept,) = kept_in(tmp_path)
    second = Importable(InterfaceExports(Unreadable(exports.installed.packages, {}), exports.visible), tmp_path)
    await second.read()
    assert list(second.find("fromlis")) == list(first.find("fromlis"))

    kept.write_bytes(b"damaged")
    third = Importable(exports, tmp_path)
    await third.read()
    assert list(third.find("fromlis")) == list(first.find("fromlis"))


async def test_one_may_look_while_packages_are_read(ghc: Ghc, compile_once: CompileOnce, tmp_path: Path) -> None:
    files = evolve(
        compile_once(ghc, FIXTURE), flags=("-hide-all-packages", "-package", "base", "-package", "containers")
    )
    exports = await files.exports("main")
    gate = threading.Event()

    class Waiting(InstalledExports):
        def index(self, unit: str) -> dict[tuple[str, str, object], tuple[str, ...]]:  # type: ignore[override]
            assert unit.startswith("base") or gate.wait(60)
            return super().index(unit)  # type: ignore[return-value]

    names = Importable(InterfaceExports(Waiting(exports.installed.packages, {}), exports.visible), tmp_path)
    names.begin()
    found = await until(lambda: list(names.find("map")))
    looking = names.find("map")
    assert next(looking) == found[0]
    gate.set()
    await names.read()
    # Somebody who looks goes on with what was known when they began.
    assert [found[0], *looking] == found
    assert len(list(names.find("map"))) > len(found)


def kept_in(folder: Path) -> list[Path]:
    return list(folder.glob("exports/*.json"))


class Unreadable(InstalledExports):
    """Packages that nobody may read."""

    def index(self, unit: str) -> dict[tuple[str, str, object], tuple[str, ...]]:  # type: ignore[override]
        pytest.fail(f"{unit} was read again.")
