"""What is being typed: `$0` is the place, and what stands before it is all that counts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.markers import parse_file
from thatch.core.completion.asked import Asked, asked_at, item_end, item_start
from thatch.core.text import Encoding, LineIndex, Position


def asked(marked: str) -> Asked | None:
    file = parse_file(marked)
    ((line, column),) = file.cursors
    return asked_at(file.text, LineIndex(file.text).offset(Position(line, column), Encoding.UTF32))


def told(marked: str) -> tuple[str, ...] | None:
    """The kind, and what else there is to say."""
    found = asked(marked)
    if found is None:
        return None
    return tuple(filter(None, (found.where.value, found.qualifier, found.subject, found.parent, found.typed)))


@pytest.mark.parametrize(
    ("marked", "expected"),
    [
        ("f x = ma$0", ("expression", "ma")),
        ("f x = ma$0p x", ("expression", "ma")),
        ("f x = M.fi$0", ("expression", "M", "fi")),
        ("f x = Data.Map.$0", ("expression", "Data.Map")),
        ("f x = x M.!$0", ("expression", "M", "!")),
        ("f x = x <$$0", ("expression", "<$")),
        ("f x = x `el$0", ("expression", "el")),
        ("f x = 'ma$0", ("expression", "ma")),
        ("f = ''Ma$0", ("expression", "Ma")),
        ("f (Ju$0", ("expression", "Ju")),
        ("ma$0", ("top", "ma")),
        ("f = 12$0", None),
        ('f = "ma$0', None),
        ('f = "ma" ++ sh$0', ("expression", "sh")),
        ("f = 1 -- ma$0", None),
        ("f = a --> ma$0", ("expression", "ma")),
        ("{- ma$0", None),
        ('f = "{-"\ng = ma$0', ("expression", "ma")),
        ("f :: Ma$0", ("type", "Ma")),
        ("f :: M.Ma$0", ("type", "M", "Ma")),
        ("f :: (A, Ma$0", ("type", "Ma")),
        ("f :: A -> [Ma$0", ("type", "Ma")),
        ("f :: Show a => Ma$0", ("type", "Ma")),
        ("f :: A\nf x = (1 :: Int, ma$0", ("expression", "ma")),
        ("f x = ma where\n  g :: Int -> Ma$0", ("type", "Ma")),
        ("f x = ma where\n  g :: Int\n  ma$0", ("expression", "ma")),
        ("f x = ma where\n  g :: Int\n    -> ma$0", ("type", "ma")),
        ("f x = read @Ma$0", ("type", "Ma")),
        ("f x = read @(Ma$0", ("type", "Ma")),
        ("f x@(ma$0", ("expression", "ma")),
        ("f x@ma$0", ("expression", "ma")),
        ("f x | ma$0", ("expression", "ma")),
        ("data T = C Ma$0", ("type", "Ma")),
        ("data T = C { a :: Ma$0", ("type", "Ma")),
        ("data T = C deriving (Eq, Sh$0", ("type", "Sh")),
        ("instance Sh$0", ("type", "Sh")),
        ("instance Show T where\n  sho$0", ("expression", "sho")),
        ("class C a where\n  f :: a -> Ma$0", ("type", "Ma")),
        ("f = C { fi$0", ("field", "C", "fi")),
        ("f = M.C { a = 1, fi$0", ("field", "C", "fi")),
        ("f = C { a = fi$0", ("expression", "fi")),
        ("f r = r { fi$0", ("field", "fi")),
        ("f = do { ma$0", ("expression", "ma")),
        ("f r = r.na$0", ("dot", "r", "na")),
        ("f r = r.$0", ("dot", "r")),
        ("f r = (g r).na$0", ("dot", "na")),
        ("f = [1..ma$0", ("expression", "ma")),
        ("import Da$0", ("module", "Da")),
        ("import qualified Data.Ma$0", ("module", "Data.Ma")),
        ("import Data.$0", ("module", "Data.")),
        ("import A$0 (b)", ("module", "A")),
        ("import A (fo$0", ("import item", "A", "fo")),
        ("import A as B hiding (fo$0", ("import item", "A", "fo")),
        ("import A\n  ( a\n  , fo$0", ("import item", "A", "fo")),
        ("import A\n(\n  a,\n  fo$0", ("import item", "A", "fo")),
        ("import A (T(fo$0", ("import item", "A", "T", "fo")),
        ("import A (T(B), fo$0", ("import item", "A", "fo")),
        ("import A (a, (<$$0", ("import item", "A", "<$")),
        ("import A ((:+)(fo$0", ("import item", "A", ":+", "fo")),
        ("import A hi$0", ("import word", "A", "hi")),
        ("import A as $0", None),
        ("import A\nfo$0", ("top", "fo")),
        ("module M (fo$0", ("export item", "fo")),
        ("module M (T(fo$0", ("export item", "T", "fo")),
        ("module M\n( a\n, fo$0", ("export item", "fo")),
        ("module M (module Da$0", ("imported module", "Da")),
        ("module M (a) where\nf = fo$0", ("expression", "fo")),
        ("module M (\n  a) where\nimport A\n(x, y) = fo$0", ("expression", "fo")),
        ("{-# LAN$0", ("pragma", "LAN")),
        ("{-# LANGUAGE Over$0", ("extension", "Over")),
        ("{-# LANGUAGE CPP, Over$0 #-}", ("extension", "Over")),
        ("{-# OPTIONS_GHC -Wno-un$0", ("option", "-Wno-un")),
        ("{-# INLINE fo$0", ("expression", "fo")),
        ("{-# SPECIALISE f :: In$0", ("type", "In")),
    ],
)  # fmt: skip
def test_what_is_typed(marked: str, expected: tuple[str, ...] | None) -> None:
    assert told(marked) == expected
    # What stands before and behind changes nothing.
    if not marked.startswith(("module", "{-")):
        assert told(f"module M (a) where\n\nimport Z (z)\n\nx :: Int\nx = 1\n\n{marked}\n\ny = (2") == expected


def test_items_of_the_top_level() -> None:
    code = "module M where\n\nf x = y\n where\n  y = x\n\n-- c\n(a, b) = f 1\n(+) = g\n"
    starts = {code[item_start(code, offset) :].split("\n", 1)[0] for offset in range(len(code))}
    assert starts == {"module M where", "f x = y", "(a, b) = f 1", "(+) = g"}
    assert code[item_end(code, code.index("f x") + 1) :] == ""


PIECES = [
    "module M (", "import A (", "f x = ", "::", "->", "(", ")", "{", "}", ",", "\n", "  ", "a.b", "M.", "@", "'", '"',
    "{-", "-}", "{-#", "#-}", "LANGUAGE", "--", "data ", "where", "|", "é", "\t", "=", "1",
]  # fmt: skip


@given(st.lists(st.sampled_from(PIECES)).map("".join), st.data())
def test_any_text_is_understood_or_not_but_never_an_error(text: str, data: st.DataObject) -> None:
    offset = data.draw(st.integers(0, len(text)))
    found = asked_at(text, offset)
    if found:
        assert text[found.start : offset] == found.typed
        assert 0 <= found.item <= offset
        assert text[: found.start].endswith(f"{found.qualifier}." if found.qualifier else "")
