"""What changes in texts when files of modules are moved."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.support.markers import parse
from thatch.core.fixes.model import applied
from thatch.core.navigation.texts import Text
from thatch.core.project.model import Module, Role, Unit
from thatch.core.rename.move import move_edits
from thatch.core.text import LineIndex

ROOT = Path("/p")

PROJECT = """
    -- /lib/Data/Shape.hs
    -- | See "Data.Shape#anchor", and "Data.Shapes" not.
    module Data.Shape (module Data.Shape, module Data.Area) where
    import Data.Area
    import {-# SOURCE #-} Data.Cycle
    own = Data.Shape.other . Data.Area.area . Data.Shape
    -- /lib/Data/Area.hs
    module Data.Area where
    area = 1
    -- /lib/Data/Cycle.hs
    module Data.Cycle where
    import qualified Data.Shape as S
    import "this" Data.Shape as S (own)
    cycle = S.own
    -- /lib/Data/Cycle.hs-boot
    module Data.Cycle where
    -- /lib/Main.hs
    module Main where
    import Data.Shape
    import Other.Shape as Data.Shape
    main = Data.Shape.own
    -- /test/Data/Shape.hs
    module Data.Shape where
    -- /test/Spec.hs
    module Main where
    import Data.Shape qualified
    import Data.Area
    main = Data.Shape.own
    -- /p.cabal
    cabal-version: 3.0
    name: p
    -- Data.Area is the heart
    library
      exposed-modules: Data.Shape, Data.Area -- Data.Area first
                       Data.Cycle

      build-depends: Data.Area
      Other-Modules:
        Data.Area.Inner
        Data.Area
    test-suite t
      other-modules: Data.Shape
"""


LIBRARY = {name: ROOT / f"lib/{name.replace('.', '/')}.hs" for name in ("Data.Shape", "Data.Area", "Data.Cycle")}


def unit(name: str, folder: str, modules: Mapping[str, Path], *package_ids: str) -> Unit:
    return Unit(
        id=name,
        component=name,
        directory=ROOT,
        flags=(),
        source_dirs=(ROOT / folder,),
        package_ids=package_ids,
        modules=tuple(Module(name, path, Role.EXPOSED) for name, path in modules.items()),
        description=ROOT / "p.cabal",
    )


UNITS = (
    unit("p:lib", "lib", LIBRARY),
    unit("p:exe", "lib", {"Main": ROOT / "lib/Main.hs"}),
    unit("p:test", "test", {"Main": ROOT / "test/Spec.hs", "Data.Shape": ROOT / "test/Data/Shape.hs"}, "p:lib"),
)


def moved(**moves: str) -> list[str]:
    """The changed lines, each after its file."""
    texts = {ROOT / name: Text(LineIndex(file.text), "") for name, file in parse(PROJECT).items()}
    paths = {ROOT / old.replace("__", "/").replace("_", "."): ROOT / new for old, new in moves.items()}
    said = []
    for each in move_edits(UNITS, texts, paths):
        before, after = each.lines.text, applied(each.lines.text, each.edits)
        lines = zip(before.split("\n"), after.split("\n"), strict=True)
        said += [f"{each.path.relative_to(ROOT)}: {new.strip()}" for old, new in lines if old != new]
    return said


def test_a_module_is_renamed_wherever_it_is_meant() -> None:
    """The test's own module of that name is another, and so is what one file imports by that name."""
    assert moved(lib__Data__Shape_hs="lib/Data/Form.hs") == [
        "lib/Data/Cycle.hs: import qualified Data.Form as S",
        'lib/Data/Cycle.hs: import "this" Data.Form as S (own)',
        'lib/Data/Shape.hs: -- | See "Data.Form#anchor", and "Data.Shapes" not.',
        "lib/Data/Shape.hs: module Data.Form (module Data.Form, module Data.Area) where",
        "lib/Data/Shape.hs: own = Data.Form.other . Data.Area.area . Data.Shape",
        "lib/Main.hs: import Data.Form",
    ]


def test_the_build_description_follows_where_it_is_plain() -> None:
    assert moved(lib__Data__Area_hs="lib/Data/Shape/Size.hs") == [
        "lib/Data/Area.hs: module Data.Shape.Size where",
        "lib/Data/Shape.hs: module Data.Shape (module Data.Shape, module Data.Shape.Size) where",
        "lib/Data/Shape.hs: import Data.Shape.Size",
        "lib/Data/Shape.hs: own = Data.Shape.other . Data.Shape.Size.area . Data.Shape",
        "p.cabal: exposed-modules: Data.Shape, Data.Shape.Size -- Data.Area first",
        "p.cabal: Data.Shape.Size",
        "test/Spec.hs: import Data.Shape.Size",
    ]


def test_a_folder_moves_with_all_that_is_in_it() -> None:
    found = moved(lib__Data="lib/Info/Data")
    assert "lib/Data/Shape.hs: import {-# SOURCE #-} Info.Data.Cycle" in found
    assert "lib/Data/Cycle.hs-boot: module Info.Data.Cycle where" in found
    assert "lib/Main.hs: import Info.Data.Shape" in found
    assert "test/Spec.hs: import Info.Data.Area" in found
    assert "test/Spec.hs: import Data.Shape qualified" not in found
    assert "p.cabal: Info.Data.Cycle" in found


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("lib__Main_hs", "lib/Start.hs"),
        ("lib__Data__Shape_hs", "elsewhere/Shape.hs"),
        ("lib__Data__Shape_hs", "lib/Data/shape.hs"),
        ("lib__Data__Shape_hs", "lib/Data/Shape.txt"),
        ("lib__Data__Shape_hs", "lib/Data/Shape.lhs"),
        ("p_cabal", "q.cabal"),
    ],
)
def test_what_is_no_module_afterwards_changes_nothing(old: str, new: str) -> None:
    assert moved(**{old: new}) == []
