"""Which module of a package a name of a hidden one is looked for in first."""

import pytest

from thatch.core.packages.pages import by_likelihood

BASE = ["Prelude", "Data.Either", "Data.Foldable", "Data.List", "Data.List.NonEmpty", "GHC.List", "GHC.Base", "Data"]


@pytest.mark.parametrize(
    ("exposed", "module", "first"),
    [
        (BASE, "Data.OldList", ["Data", "Data.List"]),
        (
            ["Data.Aeson.Types", "Data.Aeson", "Data.Aeson.Key"],
            "Data.Aeson.Types.FromJSON",
            ["Data.Aeson", "Data.Aeson.Types"],
        ),
        (["B", "A"], "Hidden", ["A", "B"]),
        ([], "Hidden", []),
    ],
)
def test_the_likeliest_comes_first(exposed: list[str], module: str, first: list[str]) -> None:
    found = by_likelihood(exposed, module)
    assert found[: len(first)] == first
    assert sorted(found) == sorted(exposed)
