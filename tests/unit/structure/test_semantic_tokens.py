"""What each word is, painted beneath the words (see `tests.support.structure.check_tokens`)."""

from tests.support.structure import check_tokens, paint, parsed
from thatch.core.structure.semantic_tokens import Meaning, Modifier, Token, TokenKind, overlay, syntactic_tokens


def test_every_kind_of_token() -> None:
    check_tokens(r"""
  {-# LANGUAGE CPP #-}
| kkkkkkkkkkkk     kkk
  -- | Module.
| dddddddddddd
  module Data.Lib (foo, T (..), module X) where
| kkkkkk nnnnnnnn  fff  t       kkkkkk n  kkkkk

  import qualified Data.Map as M hiding (map)
| kkkkkk kkkkkkkkk nnnnnnnn kk n kkkkkk  vvv
  import "pkg" Foo
| kkkkkk sssss nnn

  #define X 1
| xxxxxxx
  data T a = A { field :: Int } | B a | a :+: a deriving stock (Eq)
| kkkk T p o E   RRRRR oo ttt   o E p o p ooo p kkkkkkkk kkkkk  cc
  newtype N f = N (f Int)
| kkkkkkk T p o E  p ttt
  class (Monad m) => C m where
| kkkkk  ccccc p  oo C p kkkkk
    meth :: Show a => m a -> String
|   MMMM oo cccc p oo p p oo tttttt
  instance C (Maybe) where
| kkkkkkkk c  ttttt  kkkkk
    meth x = y where y = show x
|   MMMM v o v kkkkk V o ffff v
  type family F a where F Int = 'True
| kkkk kkkkkk T p kkkkk t ttt o  eeee
  pattern P x = Just x
| kkkkkkk E v o eeee v
  foo :: forall a. Ord a => a -> [T a]
| FFF oo kkkkkk p  ccc p oo p oo  t p
  foo x | x > 1, Just y <- M.lookup x m = f $ g . h
| FFF v o v o 0  eeee v oo n ffffff v v o f o f o f
  foo _ = bar { field = 0x1f, other } `op` r.field.sub
| FFF   o vvv   rrrrr o 0000  rrrrr    ff  v rrrrr rrr
  op a b = foo @Int 'c' "str\
| FF v v o fff ottt sss sssss
    \ing" 1.5 -- comment
| sssssss 000 //////////
  makeLenses ''T
| xxxxxxxxxx   t
  splice = $make + $(make 'foo) + [qq|text|] + [| x |]
| VVVVVV o xxxxx o x ffff  fff  o xxxxssssxx o xx v xx
  lens = map foo #label ?implicit
| VVVV o fff fff rrrrrr vvvvvvvvv
  (<+>) :: a
|  OOO  oo p
  main = \case { 1 -> mdo { rec { x <- y } } }
| VVVV o okkkk   0 oo kkk   kkk   V oo v
""")


def test_prose_of_literate_haskell_has_no_tokens() -> None:
    check_tokens(
        """
  Prose with (open brackets.

  > module Lib where
|   kkkkkk nnn kkkkk
  >
  > foo :: Int
|   VVV oo ttt
  > foo = 1
|   VVV o 0

  More prose.

  > bar x = x
|   fff v o v
  >   where y = (
|     kkkkk v o
  > baz = 2
|   VVV o 0
""",
        literate=True,
    )


def test_broken_code_has_the_tokens_that_it_would_have() -> None:
    check_tokens("""
  f x = (M.g "s"
| f v o  n f sss
  data T = A { x ::
| kkkk t o t   r oo
  h = 1
| V o 0""")


def test_each_branch_of_a_conditional() -> None:
    check_tokens("""
  #if A
| xxx
  f x = 1
| F v o 0
  #else
| xxxxx
  f y = "a"
| F v o sss
  #endif
| xxxxxx
  {-
| //
  #define IN a comment
| ////////////////////
  -}
| //""")


def test_wide_characters_and_tabs() -> None:
    text = "λx =\t'🦆' -- 日本\n{- 🦆\n-}\na\t∷ b"
    painted = "  λx =\t'🦆' -- 日本\n| VV o sss /////\n  {- 🦆\n| ////\n  -}\n| //\n  a\t∷ b\n| V o p"
    assert paint(text, syntactic_tokens(parsed(text))) == painted


def test_what_is_known_better_is_laid_over_names() -> None:
    text = "f x = show x -- f\n"
    known = {
        0: Meaning(TokenKind.VARIABLE),
        6: Meaning(TokenKind.METHOD, Modifier.DOCUMENTATION),
        8: Meaning(TokenKind.TYPE),
        13: Meaning(TokenKind.TYPE),
    }
    tokens = overlay(syntactic_tokens(parsed(text)), known)
    assert tokens == [
        Token(0, 1, TokenKind.VARIABLE, Modifier.DECLARATION),
        Token(2, 3, TokenKind.VARIABLE),
        Token(4, 5, TokenKind.OPERATOR),
        Token(6, 10, TokenKind.METHOD, Modifier.DOCUMENTATION),
        Token(11, 12, TokenKind.VARIABLE),
        Token(13, 17, TokenKind.COMMENT),
    ]
    assert overlay(tokens, {}) == tokens


def test_paint_shows_tokens_of_several_lines() -> None:
    assert paint("ab\nc", [Token(1, 4, TokenKind.STRING)]) == "  ab\n|  s\n  c\n| s"
