"""Which lines fold into which, beneath the lines that stay (see `tests.support.structure.check_folds`)."""

from tests.support.structure import check_folds


def test_declarations_imports_comments_and_pragmas() -> None:
    check_folds("""
{-# LANGUAGE A #-}
^^^ to 1
{-# LANGUAGE B #-}
-- | Module
^^ to 3 comment
-- documentation.
module Lib
  ( a
  ^ to 6
  , b
  ) where

import A
^^^^^^ to 14 imports
-- between
import B
^^^^^^ to 14
  ( b
  ^ to 14
  , c
  )

{- A block
^^ to 17 comment
   comment. -}
a :: Int
^ to 25
  -> Int
a 0 = 1
a x =
^ to 25
  x
  where
  ^^^^^ to 25
    y =
    ^ to 25
      1
short = 1
class C a where
^^^^^ to 30
  m :: a
  ^ to 30
  m =
  ^ to 30
    1
data T
^^^^ to 37
  = A
  ^ to 35
      { x :: Int
      ^ to 35
      , y :: Int
      }
  | B
  deriving (Eq)
""")


def test_blocks_within_declarations_and_what_must_stay_visible_behind_them() -> None:
    check_folds(r"""
f = do
^ to 16
  x <- foo
  ^ to 2
    bar
  let y = 1
  ^^^ to 4
      z = 2
  case x of
  ^^^^ to 8
    1 -> do
    ^ to 7
      a
    _ -> b
  when c (do
  ^^^^ to 11
    d
    e)
  forM xs (\i -> do
    g) h
  pure [ 1
  ^^^^ to 16
       , 2
       ]
g x
^ to 23
  | x = if a
  ^ to 20
      then b
      else c
  | otherwise = r
  ^ to 23
      { q = 1
      }
h = [qq|
^ to 26
  text
|]
""")


def test_branches_of_conditionals_regions_and_long_strings() -> None:
    check_folds(r"""
#if A
^^^ to 2
import A
^^^^^^ to 2 imports
import B
#else
^^^^^ to 4
import C
#endif
-- region Helpers
^^ to 13 region
-- one
f = 1

-- #region Inner
^^ to 12 region
g = 2
-- #endregion
^^ to 13 comment
-- endregion
s = "a\
^ to 15
    \b"
#ifdef X
h = 1
""")


def test_if_there_are_too_many_the_outer_ones_stay() -> None:
    marked = """
f = do
^ to 5
  g $ do
    a
    b
  h
    x
k =
^ to 7
  1
"""
    check_folds(marked, most=2)
