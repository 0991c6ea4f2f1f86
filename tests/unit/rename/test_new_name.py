"""Which names a thing may be given."""

import pytest

from thatch.core.errors import ThatchError
from thatch.core.hi.model import Namespace
from thatch.core.rename.new_name import KEYWORDS, check_new_module, check_new_name, kind_of

VARIABLE, CONSTRUCTOR, TYPE = Namespace.VARIABLE, Namespace.CONSTRUCTOR, Namespace.TYPE


@pytest.mark.parametrize(
    ("old", "new", "namespace"),
    [
        ("f", "größe'", VARIABLE),
        ("f", "_f1", VARIABLE),
        ("f", "qualified", VARIABLE),
        ("f", "名", VARIABLE),
        ("f#", "g#", VARIABLE),
        ("f#", "g", VARIABLE),
        ("T", "Übung", CONSTRUCTOR),
        ("+", "<|>", VARIABLE),
        ("+", "∘", VARIABLE),
        ("+", "|-", VARIABLE),
        ("+", "--|", VARIABLE),
        (":+", ":|", CONSTRUCTOR),
        (":+", "+", TYPE),
        ("a", "b", Namespace.TYPE_VARIABLE),
    ],
)
def test_names_of_the_same_kind_will_do(old: str, new: str, namespace: Namespace) -> None:
    check_new_name(old, new, namespace)


@pytest.mark.parametrize(
    ("old", "new", "namespace"),
    [
        *(("f", keyword, VARIABLE) for keyword in sorted(KEYWORDS)),
        ("f", "", VARIABLE),
        ("f", "F", VARIABLE),
        ("f", "f g", VARIABLE),
        ("f", "f.g", VARIABLE),
        ("f", "M.f", VARIABLE),
        ("f", "1f", VARIABLE),
        ("f", "'f", VARIABLE),
        ("f", "f#", VARIABLE),
        ("f", "f\n", VARIABLE),
        ("f", "+", VARIABLE),
        ("f", "(+)", VARIABLE),
        ("+", "f", VARIABLE),
        ("+", ":+", VARIABLE),
        ("+", "--", VARIABLE),
        ("+", "---", VARIABLE),
        ("+", "->", VARIABLE),
        ("+", "`f`", VARIABLE),
        (":+", "+", CONSTRUCTOR),
        (":+", ":", CONSTRUCTOR),
        (":+", "Plus", CONSTRUCTOR),
        ("T", "t", TYPE),
        ("T", ":+", TYPE),
        ("T", "A.T", TYPE),
        ("+", "~", TYPE),
        ("a", "A", Namespace.TYPE_VARIABLE),
    ],
)
def test_other_names_will_not(old: str, new: str, namespace: Namespace) -> None:
    with pytest.raises(ThatchError):
        check_new_name(old, new, namespace)


def test_kinds() -> None:
    assert [kind_of(name, VARIABLE) for name in ("f", "_", "F", "+", ":+", "f+", "--", "")] == [
        "small", "small", "capital", "operator", "constructor operator", "", "", "",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "will_do"), [("M", True), ("Data.Map", True), ("m", False), ("M.", False), ("", False)]
)
def test_modules(name: str, *, will_do: bool) -> None:
    if will_do:
        check_new_module(name)
    else:
        with pytest.raises(ThatchError):
            check_new_module(name)
