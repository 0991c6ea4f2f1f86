"""Hints between the characters of code that a real GHC compiled."""

from tests.conftest import Ghc
from tests.support.compiled import CompileOnce
from thatch.core.documents import Document
from thatch.core.navigation.inlay import Inlay, binding_types, wildcard_fields
from thatch.core.navigation.modules import Modules
from thatch.core.navigation.seen import Seen

MODULE = """
    -- /A.hs
    {-# LANGUAGE RecordWildCards, LambdaCase #-}
    module A where
    import Data.Char (isSpace, toUpper)
    import Data.Maybe

    data R = R { a :: Int, b :: Bool }

    top = map toUpper

    f :: R -> IO Int
    f R{..} = do
      let x = a + 1
          go n acc
            | n > 0 = go (n - 1) (acc * n)
            | otherwise = acc
      l <- getLine
      (p, q) <- pure (l, b)
      pure (go x (length helper))
     where
      helper = mapMaybe (\\case { Just y -> Just (isSpace y); Nothing -> Nothing }) []
    g y = R { .. } where
      a = y
      b = isSpace 'x'
    class K t where
      m :: t -> Int
      m _ = 1
    instance K Int where
      m n = n
"""

HINTED = """\
top⟨:: [Char] -> [Char]⟩ = map toUpper

f :: R -> IO Int
f R{..⟨a, b⟩} = do
  let x⟨:: Int⟩ = a + 1
      go⟨:: (Ord t, Num t) => t -> t -> t⟩ n acc
        | n > 0 = go (n - 1) (acc * n)
        | otherwise = acc
  l⟨:: [Char]⟩ <- getLine
  (p⟨:: [Char]⟩, q⟨:: Bool⟩) <- pure (l, b)
  pure (go x (length helper))
 where
  helper⟨:: [Bool]⟩ = mapMaybe (\\case { Just y -> Just (isSpace y); Nothing -> Nothing }) []
g⟨:: Int -> R⟩ y = R { ..⟨a, b⟩ } where
  a⟨:: Int⟩ = y
  b⟨:: Bool⟩ = isSpace 'x'
class K t where
  m :: t -> Int
  m _ = 1
instance K Int where
  m n = n
"""

SIGNED = """\
top :: [Char] -> [Char]
top = map toUpper

f :: R -> IO Int
f R{..} = do
  let x = a + 1
      go n acc
        | n > 0 = go (n - 1) (acc * n)
        | otherwise = acc
  l <- getLine
  (p, q) <- pure (l, b)
  pure (go x (length helper))
 where
  helper :: [Bool]
  helper = mapMaybe (\\case { Just y -> Just (isSpace y); Nothing -> Nothing }) []
g :: Int -> R
g y = R { .. } where
  a :: Int
  a = y
  b :: Bool
  b = isSpace 'x'
class K t where
"""


def hints(seen: Seen, start: int, end: int) -> list[Inlay]:
    """The last one first."""
    found = [*binding_types(seen, (start, end)), *wildcard_fields(seen, (start, end))]
    return sorted(found, key=lambda one: -one.offset)


async def test_hints_and_what_they_put_in(ghc: Ghc, compile_once: CompileOnce) -> None:
    files = compile_once(ghc, MODULE)
    modules = Modules(lambda: [files])
    path = files.source("A")
    seen = await modules.seen(path, {})
    assert seen
    text = hinted = signed = seen.lines.text
    for one in hints(seen, 0, len(text)):
        hinted = f"{hinted[: one.offset]}⟨{one.label}⟩{hinted[one.offset :]}"
        for at, more in one.insertions:
            signed = signed[:at] + more + signed[at:]
    assert hinted.endswith(HINTED)
    assert SIGNED in signed
    assert [one.label for one in hints(seen, text.index("l <-"), text.index("l <-") + 1)] == [":: [Char]"]

    changed = text.replace("top = map toUpper", "top = map toUppers")
    seen = await modules.seen(path, {path: Document(path, changed, 1)})
    assert seen
    assert {one.label for one in hints(seen, 0, len(changed))} == {
        *(
            ":: [Char] -> [Char]",
            ":: Int",
            ":: (Ord t, Num t) => t -> t -> t",
            ":: [Char]",
            ":: Bool",
            ":: [Bool]",
            ":: Int -> R",
            "a, b",
        )
    }
