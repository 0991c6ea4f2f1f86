"""How names are spelled by what imports bring into scope."""

import pytest

from tests.support.hie_types import constructor
from thatch.core.hi.model import KnownName
from thatch.core.hie.spelling import ImportsScope, speller
from thatch.core.th.imports import read_imports

IMPORTS = """\
module Here where
import Control.Monad.State
import Data.ByteString.Char8 qualified as B
import Data.Foldable qualified as F
import Data.Map.Strict qualified as M
import Data.Set (Set, (\\\\))
import Data.Set qualified as Set
import Data.Text (Text)
import Data.Text qualified as T
import Data.Text.IO qualified as TIO
import Data.Text.Lazy qualified as LT
import Data.Text.Lazy.Builder qualified as TB
import Data.Vector hiding (Vector)
import Data.Vector qualified as V
import Project.Shapes as S
import Project.Sizes qualified
import Hidden.Away (Other (Made, Found), type (+++))
"""


@pytest.mark.parametrize(
    ("name", "spelled"),
    [
        ("Here.Mine", "Mine"),
        ("Control.Monad.State.Class.MonadState", "MonadState"),
        ("Data.ByteString.Internal.Type.ByteString", "B.ByteString"),
        # `Prelude` brings it.
        ("GHC.Internal.Data.Foldable.Foldable", "Foldable"),
        ("Data.Map.Internal.Map", "M.Map"),
        ("Data.Set.Internal.Set", "Set"),
        ("Data.Set.Internal.MergeSet", "Set.MergeSet"),
        ("Data.Text.Internal.Text", "Text"),
        ("Data.Text.Internal.Size", "T.Size"),
        ("Data.Text.Lazy.Internal.Chunk", "LT.Chunk"),
        ("Data.Text.Internal.Lazy.Text", "LT.Text"),
        ("Data.Vector.Vector", "V.Vector"),
        ("Data.Vector.Mutable.MVector", "MVector"),
        ("Project.Shapes.Shape", "Shape"),
        ("Project.Sizes.Size", "Project.Sizes.Size"),
        ("Hidden.Internals.+++", "+++"),
        # Nothing is known of it.
        ("GHC.Internal.Base.NonEmpty", "NonEmpty"),
        ("Elsewhere.Thing", "Thing"),
        ("Data.Text.Internal.Builder.Builder", "TB.Builder"),
    ],
)
def test_by_imports_alone(name: str, spelled: str) -> None:
    spell = speller(ImportsScope("Here", read_imports(IMPORTS)))
    assert spell(constructor(name)) == spelled


def test_parts_of_listed_types() -> None:
    spell = speller(ImportsScope("Here", read_imports(IMPORTS)))
    assert spell(constructor("Hidden.Internals.Made", promoted=True)) == "Made"
    assert spell(KnownName("3a")) == "_"


def test_without_prelude() -> None:
    text = "{-# LANGUAGE NoImplicitPrelude #-}\nmodule Here where\nimport Data.Foldable qualified as F\n"
    spell = speller(ImportsScope("Here", read_imports(text)))
    assert spell(constructor("GHC.Internal.Data.Foldable.Foldable")) == "F.Foldable"
