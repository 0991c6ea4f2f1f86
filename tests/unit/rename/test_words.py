"""Where names stand in a text."""

import pytest

from thatch.core.rename.words import Where, find_qualifiers, find_words

CODE, LINK, DIRECTIVE, QUOTATION = Where.CODE, Where.LINK, Where.DIRECTIVE, Where.QUOTATION


@pytest.mark.parametrize(
    ("text", "name", "expected"),
    [
        ("f x = x' + M.x xs", "x", [(2, "", CODE, ""), (13, "M", CODE, "")]),
        ("-- 'x' x `M.x` v'x' t'x' \"x\" isn't x'\nx", "x", [
            (4, "", LINK, ""), (12, "M", LINK, ""), (17, "", LINK, "v"), (22, "", LINK, "t"), (38, "", CODE, ""),
        ]),
        ("{- 'x' {- x -} 'x' -}x", "x", [(4, "", LINK, ""), (16, "", LINK, ""), (21, "", CODE, "")]),
        ("--| x\nx --> x", "x", [(4, "", CODE, ""), (6, "", CODE, ""), (12, "", CODE, "")]),
        ("{-# INLINE x #-}", "x", [(11, "", CODE, "")]),
        ("\"x \\\" x\" 'x' '\\'' x", "x", [(18, "", CODE, "")]),
        ("['x, ''T, 'A.x]", "x", [(2, "", CODE, "'"), (13, "A", CODE, "'")]),
        ("''T 'T T", "T", [(2, "", CODE, "''"), (5, "", CODE, "'"), (7, "", CODE, "")]),
        ("r.x #x (.x) f . x", "x", [(2, "", CODE, "."), (5, "", CODE, "#"), (9, "", CODE, "."), (16, "", CODE, "")]),
        ("a <+> b S.<+> (<+>) <+>> `M.<+>`", "<+>", [
            (2, "", CODE, ""), (10, "S", CODE, ""), (15, "", CODE, ""), (28, "M", CODE, ""),
        ]),
        ("f.g A.B.g", "g", [(2, "", CODE, "."), (8, "A.B", CODE, "")]),
        ("#define M x\n#if x\nx", "x", [(10, "", DIRECTIVE, ""), (16, "", DIRECTIVE, ""), (18, "", CODE, "")]),
        ("{-# LANGUAGE QuasiQuotes #-} [q|x y|] x [x|x <- x]", "x", [
            (32, "", QUOTATION, ""), (38, "", CODE, ""), (41, "", CODE, ""), (43, "", CODE, ""),
            (48, "", CODE, ""),
        ]),
        ("{-# LANGUAGE QuasiQuotes #-} [| x |] [e|x|] [d|x = 1|]", "x", [
            (32, "", CODE, ""), (40, "", CODE, ""), (47, "", CODE, ""),
        ]),
        ("x# y x", "x", [(0, "", CODE, ""), (5, "", CODE, "")]),
        ("x# y x", "x#", [(0, "", CODE, "")]),
        ("größe = Größe.größe", "größe", [(0, "", CODE, ""), (14, "Größe", CODE, "")]),
        ("{- x", "x", []),
        ('"x', "x", []),
        ("", "x", []),
    ],
)  # fmt: skip
def test_words(text: str, name: str, expected: list[tuple[int, str, Where, str]]) -> None:
    found = list(find_words(text, name))
    assert [(word.start, word.qualifier, word.where, word.before) for word in found] == expected
    assert {text[word.start : word.end] for word in found} <= {name}


def test_prose_of_literate_files_is_no_code() -> None:
    assert [word.start for word in find_words("x 'x'\n\n> x = y\n\nx\n", "x", literate=True)] == [9]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("M.x + M.N.y * N.M.z M.+ (M..) m.M", [0, 20, 25]),
        ("-- 'M.x' M.x `M.y` v'M.z'\n\"M.x\" M.x", [4, 14, 21, 32]),
        ("{- 'M.x' -} import qualified A as M", [4]),
    ],
)
def test_qualifiers(text: str, expected: list[int]) -> None:
    assert list(find_qualifiers(text, "M")) == expected
