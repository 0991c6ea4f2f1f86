"""Which names splices may have made of others."""

import pytest

from thatch.core.rename.made import is_made_of


@pytest.mark.parametrize(
    ("made", "label"),
    [
        ("name", "_name"),
        ("name", "name_"),
        ("nameL", "name"),
        ("setName", "name"),
        ("name", "personName"),
        ("HasName", "_personName"),
        ("HasPoint", "Point"),
        ("point", "Point"),
        ("_Point", "Point"),
        ("PointException", "Point"),
    ],
)
def test_made(made: str, label: str) -> None:
    assert is_made_of(made, label)


@pytest.mark.parametrize(
    ("made", "label"), [("sort_amount", "Amount"), ("depthNoUpdate", "Depth"), ("son", "personName"), ("x", "_")]
)
def test_not_made(made: str, label: str) -> None:
    assert not is_made_of(made, label)
