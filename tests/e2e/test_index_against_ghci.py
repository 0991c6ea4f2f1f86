"""What the index says of the uses of names, compared with what GHCi's `:uses` says of the same modules.

GHCi knows the uses of values only, and only those in the module that it is asked about.
"""

import re
import subprocess
from collections.abc import Iterable, Sequence
from pathlib import Path

from attrs import frozen

from tests.conftest import Ghc
from tests.support.compiled import UNIT, CompiledModules, CompileOnce
from tests.support.indexed import indexed
from tests.support.waiting import seconds
from thatch.core.diagnostics import Span
from thatch.core.hi.model import Namespace
from thatch.core.hie.model import ContextKind, LocalName
from thatch.core.index import queries
from thatch.core.index.definitions import contains
from thatch.core.index.model import Kind, Mention, Role
from thatch.core.navigation.code import Code
from thatch.core.navigation.seen import Seen

FIXTURE = """
    -- /Base.hs
    {-# LANGUAGE LambdaCase, TupleSections, MultiWayIf, BangPatterns, ViewPatterns #-}
    module Base where
    import Data.List (sortOn, foldl')
    import qualified Data.Map as Map

    infixr 5 <+>
    (<+>) :: [a] -> [a] -> [a]
    xs <+> ys = foldr (:) ys xs

    data Tree a = Leaf | Node (Tree a) a (Tree a)

    class Container f where
      empty :: f a
      insert :: Ord a => a -> f a -> f a
      toL :: f a -> [a]
      size :: f a -> Int
      size = length . toL

    instance Container Tree where
      empty = Leaf
      insert x Leaf = Node Leaf x Leaf
      insert x t@(Node l y r)
        | x < y = Node (insert x l) y r
        | x > y = Node l y (insert x r)
        | otherwise = t
      toL Leaf = []
      toL (Node l x r) = toL l <+> (x : toL r)

    fromL :: (Ord a) => [a] -> Tree a
    fromL = go empty
      where
        go !acc [] = acc
        go acc (x : xs) = go (insert x acc) xs

    pairs :: [a] -> [b] -> [(a, b)]
    pairs as bs = [(a, b) | a <- as, b <- bs, let c = a, let d = b, seq c True, d `seq` True]

    classify :: Int -> String
    classify n
      | even n, let half = n `div` 2, half > limit = "big " ++ show half
      | (subtract 1 -> m) <- n, m > limit = show m
      | otherwise = case n of
          0 -> zero
          k | k < limit -> zero <+> show k
            | otherwise -> other k
      where
        zero = "zero"
        other k = show k <+> zero

    limit :: Int
    limit = 10

    counted :: Ord k => [k] -> Map.Map k Int
    counted = foldl' step Map.empty
      where step m k = Map.insertWith (+) k 1 m

    (first, second) = (limit, limit + 1)

    section :: [Int] -> [Int]
    section = map (`max` limit) . map (limit `min`) . map (subtract limit) . ([limit] <+>)
    -- /Uses.hs
    module Uses where
    import Base
    import qualified Base as B

    total :: Tree Int -> Int
    total = sum . toL

    main :: IO ()
    main = do
      let tree = fromL [3, 1, 2]
          again = insert 4 tree
      print (total tree, total again)
      n <- pure (B.limit + first)
      mapM_ (putStrLn . classify) [n, second]
      print (B.size tree, tree `seq` (toL again B.<+> toL tree))
      if n > limit then main else pure ()
"""

PLACE = re.compile(r"(\w+)\.hs:\((\d+),(\d+)\)-\((\d+),(\d+)\)")


@frozen
class Used:
    """A value and its uses in one module."""

    module: str
    name: str
    is_method: bool
    uses: frozenset[Span]
    binders: frozenset[Span]
    """Where it is bound, if that is in the module."""
    whole: Span | None
    """Its binding, if that is in the module."""


async def used(code: Code, path: Path) -> list[Used]:
    """The home modules' values and the local ones that a module uses, in code."""
    mentioned = await code.index.ask(lambda view: queries.mentions_in(view, UNIT, path))
    keys = [one.key for _, one in mentioned]
    defined = {one.key: one for _, one in await code.index.ask(lambda view: queries.definitions(view, keys))}
    kinds = {key: one.kind for key, one in defined.items()}
    seen = await code.modules.seen(path, {})
    assert seen
    facts = seen.facts
    found = [
        Used(
            path.stem,
            one.key.text,
            kinds[one.key] is Kind.METHOD,
            in_code(seen, one.places),
            frozenset(place.span for place in one.places if place.role is Role.BINDING),
            defined[one.key].whole if one.key.module == path.stem else None,
        )
        for _, one in mentioned
        if kinds.get(one.key) in {Kind.FUNCTION, Kind.VALUE, Kind.METHOD}
    ]
    for name in facts.names:
        if isinstance(name, LocalName) and name.occ.namespace is Namespace.VARIABLE:
            ones = [one for one in facts.of(name) if facts.is_written(one)]
            uses = frozenset(one.span for one in ones if ContextKind.USE in one.kinds)
            binders = frozenset(one.span for one in ones if one.binds)
            wholes = [context.span for one in ones for context in one.contexts if context.span]
            found.append(Used(path.stem, name.occ.text, False, uses, binders, next(iter(wholes), None)))
    return [one for one in found if one.uses]


def in_code(seen: Seen, places: Iterable[Mention]) -> frozenset[Span]:
    """The uses that are not in declarations of fixity."""
    uses = [one.span for one in places if one.role is Role.USE]
    return frozenset(span for span in uses if not seen.lines.line_text(span.start_line - 1).startswith("infix"))


def ask_ghci(ghc: Ghc, files: CompiledModules, values: Sequence[Used]) -> list[set[Span]]:
    """Where GHCi finds values of which one use is told it."""
    commands = [":set +c", ":load Base.hs Uses.hs", 'putStrLn "-- answers"']
    for value in values:
        span = min(value.uses)
        region = f"{span.start_line} {span.start_column} {span.end_line} {span.end_column}"
        commands += [f":uses {value.module}.hs {region}", 'putStrLn "--"']
    done = subprocess.run(
        [ghc.path, "--interactive", "-v0", "-ignore-dot-ghci"],
        cwd=files.folder, input="\n".join(commands), capture_output=True, text=True, timeout=seconds(120), check=True,
    )  # fmt: skip
    answers = done.stdout.partition("-- answers\n")[2].split("--\n")[:-1]
    return [
        {
            # GHCi's last column is within.
            Span(int(line), int(column), int(end_line), int(end_column) + 1)
            for module, line, column, end_line, end_column in PLACE.findall(answer)
            if module == value.module
        }
        for value, answer in zip(values, answers, strict=True)
    ]


async def test_uses_are_those_that_ghci_finds(ghc: Ghc, compile_once: CompileOnce, tmp_path: Path) -> None:
    files = compile_once(ghc, FIXTURE)
    async with indexed(files, tmp_path) as code:
        values = [one for module in ("Base", "Uses") for one in await used(code, files.source(module))]
    answers = ask_ghci(ghc, files, values)
    # Of methods, GHCi finds only some; and of what comes from another module, the definition there.
    compared = [one for one in zip(values, answers, strict=True) if one[1] or not one[0].is_method]
    assert len(compared) > 40
    for value, answer in compared:
        # A function that calls itself is another one within itself, while its type is not generalised.
        recursive = {span for span in value.uses if value.whole and contains(value.whole, span)}
        assert (value, sorted(answer | recursive)) == (value, sorted(value.uses | value.binders))
