"""Which layout a version has."""

import pytest

from thatch.core.hi.versions import UnknownInterfaceError, layout_of, series_of


@pytest.mark.parametrize(
    ("version", "series"),
    [
        ("9066", "9.6"),
        ("9103", "9.10"),
        ("90610", "9.6"),
        ("9101.20240316", ""),
        ("910120240316", "9.10"),
        ("10001", "10.0"),
        ("10023", "10.2"),
        ("906", ""),
        ("1000", ""),
        ("", ""),
        ("abcd", ""),
        ("\u0669\u0660\u0666\u0666", ""),
    ],
)
def test_series(version: str, series: str) -> None:
    assert series_of(version) == series


def test_known() -> None:
    assert layout_of("9066", 0).series == "9.6"
    assert layout_of("9102", 0).series == "9.10"


@pytest.mark.parametrize("version", ["9024", "9121", "10001", "nonsense", ""])
def test_unknown(version: str) -> None:
    with pytest.raises(UnknownInterfaceError, match=r"GHC 9\.6, 9\.8, 9\.10, not of") as caught:
        layout_of(version, 5)
    assert caught.value.offset == 5
