"""Syntax trees: what holds of all of them, and how much time and room the worst texts take."""

import time
from collections.abc import Callable
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.structure import parsed
from thatch.core.structure.folding import folds
from thatch.core.structure.outline import outline
from thatch.core.structure.selection import selections
from thatch.core.structure.semantic_tokens import syntactic_tokens
from thatch.core.structure.symbols import Symbol
from thatch.core.structure.syntax_tree import ERROR, LONGEST_LINE, MOST_CHARACTERS, SyntaxTree, Tree, parse

WORDS = """
    module Lib where import Data.Map as M data T = A { x :: Int } | B class C a instance deriving type family f x y 0
    1.5 'c' "s" <- -> => \\ case of do let in if then else $ . + :+: ` ( ) [ ] { } , ; | @ ! ~ _ ''T
    {- -} -- {-# #-} [q| |] \"\"\" ' " \\ 🦆 é → \ufeff
""".split()
ENDS = ["\n", "\n", "\n", "\n  ", "\n    ", "\t", "\r\n", "\n#if A\n", "\n#else\n", "\n#endif\n", "\n> "]
TEXTS = st.lists(st.sampled_from([*WORDS, *ENDS, "\\begin{code}\n"]), max_size=60).map(" ".join)


@given(TEXTS, st.booleans())
def test_trees_of_any_text(text: str, literate: bool) -> None:
    source = parsed(text, literate=literate)
    for tree in source.trees:
        assert len(tree.code) == len(text)
        check_tree(tree)
    check_features(source)


def check_tree(tree: Tree) -> None:
    """What the rest of the program relies on."""
    assert tree.parents[0] == -1
    assert tree.afters[0] == len(tree.kinds)
    for node in range(1, len(tree.kinds)):
        parent = tree.parents[node]
        assert parent < node < tree.afters[node] <= tree.afters[parent]
        assert tree.starts[parent] <= tree.starts[node] < tree.ends[node] <= tree.ends[parent]
        assert tree.starts[node - 1] <= tree.starts[node]
        assert tree.text(node) == tree.text(node).strip()
        assert node in tree.children(parent)
    for offset in range(len(tree.code) + 1):
        around = [node for node in range(len(tree.kinds)) if tree.starts[node] <= offset < tree.ends[node]]
        assert tree.at(offset) == max(around, default=0)


def check_features(source: SyntaxTree) -> None:
    """Whatever the text, answers make sense."""
    length = len(source.text)
    check_symbols_nest(outline(source), 0, length)
    end = 0
    for token in syntactic_tokens(source):
        assert end <= token.start < token.end <= length
        end = token.end
    found = folds(source, 5_000)
    assert [fold.start for fold in found] == sorted({fold.start for fold in found})
    assert all(0 <= fold.start < fold.end <= source.text.count("\n") for fold in found)
    for offset, chain in zip(range(0, length + 1, 7), selections(source, range(0, length + 1, 7)), strict=True):
        assert chain[-1] == (0, length)
        assert all(start <= offset <= end for start, end in chain)


def check_symbols_nest(symbols: tuple[Symbol, ...], start: int, end: int) -> None:
    """Clients refuse a selection range outside of the range; outlines look odd if children are outside of parents."""
    for one in symbols:
        assert start <= one.start <= one.code_start <= one.name_start < one.name_end <= one.end <= end
        check_symbols_nest(one.children, one.start, one.end)


def test_one_broken_item_changes_nothing_about_the_others() -> None:
    items = ["f x = g (x + 1)", "data T = A | B { c :: Int }", "class C a where\n  m :: a", "h = do\n  x <- y\n  z"]
    chance = Random(3)
    for _ in range(200):
        texts = [f"{item}\n\n" for item in chance.sample(items, len(items))]
        broken = chance.randrange(len(texts))
        place = chance.randrange(1, len(texts[broken]) - 2)
        whole = [outline(parsed(text)) for text in texts]
        texts[broken] = texts[broken][:place] + chance.choice("([{\"'`,=|") + texts[broken][place:]
        found = outline(parsed("".join(texts)))
        names = {one.name for one in found}
        for number, symbols in enumerate(whole):
            assert number == broken or {one.name for one in symbols} <= names, texts


def test_multiline_strings_are_strings() -> None:
    text = '{-# LANGUAGE MultilineStrings #-}\nf = """\n  a "b" \\"""\n  """\ng = 1\n'
    source = parsed(text)
    assert ERROR not in source.trees[0].kinds
    assert [text[one.start : one.end] for one in syntactic_tokens(source) if one.kind.value == "string"] == [
        '"""\n  a "b" \\"""\n  """'
    ]


def test_lines_that_nobody_wrote_are_blank() -> None:
    line = f"table = {'1 + ' * LONGEST_LINE}"
    assert [one.name for one in outline(parsed(f"f = 1\n{line}\ng = 2\n"))] == ["f", "g"]


def test_a_text_may_be_too_large_or_take_too_long() -> None:
    assert parse(" " * (MOST_CHARACTERS + 1)) is None
    assert parse("f x = x\n" * 1000, gives_up=lambda: True) is None
    assert parse("f x = (\n" * 1000, gives_up=lambda: True) is None


def lines(text: str, n: int) -> Callable[[], str]:
    return lambda: text * n


WORST: dict[str, Callable[[], str]] = {
    "a line of two megabytes": lines("1 + ", 500_000),
    "50,000 lines": lines("-- | Doc.\nf :: Int -> Int\nf x = case x of\n  1 -> g (2 + x)\n  _ -> x\n", 10_000),
    "broken items": lines("f x = (\n", 10_000),
    "broken parts": lambda: "instance C Int where\n" + "  f x = (\n" * 10_000,
    "open brackets": lines("  (\n", 10_000),
    "nested layouts": lambda: "".join(f"{' ' * n}do\n" for n in range(2_000)),
    "nested types": lambda: "x ::\n" + "  Maybe (\n" * 10_000,
    "open comments": lines("{-\n", 50_000),
    "open strings": lines('x = "abc\n', 10_000),
    "open quotations": lines("x = [q|\n", 10_000),
    "lambdas": lambda: "x =\n" + "  \\\n" * 10_000,
    "operators": lambda: "x = 1\n" + "  + 1\n" * 20_000,
    "conditionals": lambda: "".join(f"#if A\nx{n} = 1\n#else\nx{n} = 2\n#endif\n" for n in range(1_000)),
    "nested conditionals": lambda: "".join(f"#if A\nx{n} = 1\n#else\n" for n in range(1_000)),
    "zeros": lines("\0", 1_000_000),
    "spaces": lines(" ", 2_000_000),
    "anything": lambda: "".join(Random(1).choices("abc ()[]{}\n\t\\|\"'`;,.$@~!#-=><:12AB", k=50_000)),
}

CPU_SECONDS = 0.5


@pytest.mark.parametrize("make", WORST.values(), ids=WORST)
def test_the_worst_texts_take_bounded_time_and_give_way(make: Callable[[], str]) -> None:
    """Time of a processor is measured, for the machine may be busy.

    While the parser runs, other threads only get their turn when it asks whether to give up.
    """
    text = make()
    begin = latest = time.thread_time()
    longest = 0.0

    def gives_up() -> bool:
        nonlocal latest, longest
        now = time.thread_time()
        longest, latest = max(longest, now - latest), now
        return now - begin > CPU_SECONDS

    source = parse(text, gives_up=gives_up)
    if source is not None:
        check_symbols_nest(outline(source), 0, len(text))
        folds(source, 5_000)
        syntactic_tokens(source)
        selections(source, [0, len(text) // 2, len(text)])
    # Generous, for a machine may be slow; a parser that never asks would take as long as the text wants.
    assert time.thread_time() - begin < 10 * CPU_SECONDS
    assert longest < 5 * CPU_SECONDS
