"""Which function a place is an argument of, and the parameters of signatures."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.markers import parse_file
from thatch.core.completion.call import calls_at, parameters
from thatch.core.text import Encoding, LineIndex, Position


def called(marked: str) -> list[str]:
    """Such as `f 0`, the innermost first."""
    file = parse_file(marked)
    ((line, column),) = file.cursors
    offset = LineIndex(file.text).offset(Position(line, column), Encoding.UTF32)
    return [f"{file.text[each.start : each.end]} {each.argument}" for each in calls_at(file.text, offset)]


@pytest.mark.parametrize(
    ("marked", "expected"),
    [
        ("x = f $0", ["f 0"]),
        ("x = f a$0", ["f 0"]),
        ("x = f a $0", ["f 1"]),
        ("x = f a (g b) $0", ["f 2"]),
        ("x = f (g a$0", ["g 0", "f 0"]),
        ("x = f a (g b $0", ["g 1", "f 1"]),
        ("x = f a ($0", ["f 1"]),
        ("x = f a [g $0", ["g 0", "f 1"]),
        ("x = f a [b, c$0", ["f 1"]),
        ("x = M.f a $0", ["M.f 1"]),
        ("x = f a . g $0", ["g 0"]),
        ("x = f a $ g $0", ["g 0"]),
        ("x = f r.a (g.b) $0", ["f 2"]),
        ("x = f$0", []),
        ("x = f a + $0", []),
        ("x = Just $0", ["Just 0"]),
        ("x = f r { a = 1 } $0", ["f 1"]),
        ("x = f @Int a $0", ["f 1"]),
        ("x = f !a $0", ["f 1"]),
        ("x = do\n  f a\n  g $0", ["g 0"]),
        ("x = do\n  f a\n    b $0", ["f 2"]),
        ("x = if f a then g $0", ["g 0"]),
        ("x = \\y -> f y $0", ["f 1"]),
        ("x = case f a of\n  B -> g $0", ["g 0"]),
        ('x = f "a b" $0', ["f 1"]),
        ("x = f 1 $0", ["f 1"]),
        ("x = 1 $0", []),
    ],
)
def test_the_call_around_a_place(marked: str, expected: list[str]) -> None:
    assert called(marked) == expected
    assert called(f"y = 2\n\n{marked}\n\nz = (3") == expected


@pytest.mark.parametrize(
    ("signature", "expected"),
    [
        ("f :: Int -> [a] -> a", ["Int", "[a]"]),
        ("f :: (a -> b) -> M.Map k a -> b", ["(a -> b)", "M.Map k a"]),
        ("f :: forall a b. (Show a, Eq b) => a -> b -> Int", ["a", "b"]),
        ("f :: Show a => Eq b => a -> b", ["a"]),
        ("(<+>) :: Int -> Int -> Int", ["Int", "Int"]),
        ("f :: Int", []),
        ("f :: (forall a. a -> a) -> Int", ["(forall a. a -> a)"]),
        ("f ::\n  Int ->\n  Bool ->\n  IO ()", ["Int", "Bool"]),
        ("data T = A", []),
    ],
)
def test_parameters(signature: str, expected: list[str]) -> None:
    assert [signature[start:end] for start, end in parameters(signature)] == expected


PIECES = [
    "f ", "x = ", "(", ")", "[", "]", "{", "}", ", ", "\n", "  ", "-> ", ":: ", "=> ", "1 ", '"', "`", "@", "\t", "do ",
    ".",
]  # fmt: skip


@given(st.lists(st.sampled_from(PIECES)).map("".join), st.data())
def test_any_text_has_calls_or_none(text: str, data: st.DataObject) -> None:
    offset = data.draw(st.integers(0, len(text)))
    for each in calls_at(text, offset):
        assert 0 <= each.start < each.end <= offset
        assert each.argument >= 0
    assert all(start < end for start, end in parameters(text))
