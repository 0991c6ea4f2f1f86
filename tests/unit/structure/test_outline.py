"""What is listed of a file, beneath the names themselves (see `tests.support.structure.check_symbols`)."""

import pytest

from tests.support.structure import check_symbols, parsed
from thatch.core.structure.outline import outline, pruned
from thatch.core.structure.symbols import Symbol


def test_values_with_their_comments_signatures_and_clauses() -> None:
    check_symbols(r"""
module Lib (foo) where
       ^^^ module, 0-26

import Data.List (sort)

-- | Documentation belongs to what it
-- stands above.
foo :: Int -> Int
foo 0 = 1
^^^ function Int -> Int, 4-9
{-# INLINE foo #-}
foo n = n * foo (n - 1)

-- A comment that touches nothing.

answer = 42
^^^^^^ value deprecated
op, (<+>) :: Int
op = 1
^^ value Int
x <+> y = 1
  ^^^ function deprecated Int
x `plus` y = 2
   ^^^^ function
(f . g) x = f (g x)
   ^ function
-- ^ about the dot
(one, Just two@(three : _)) = undefined
 ^^^ value
           ^^^ value
                ^^^^^ value
Rec{field = bound, pun, ..} = undefined
            ^^^^^ value
                   ^^^ value
(view -> seen) = undefined
         ^^^^ value
identity = \x -> x
^^^^^^^^ function
foreign import ccall "math.h sin" sine :: Double -> Double
                                  ^^^^ function Double -> Double
{-# DEPRECATED answer, (<+>) "Ask again." #-}
""")


def test_types_with_constructors_and_fields() -> None:
    check_symbols("""
data T a
     ^ data, 0-5
  = A { fieldA :: Int, fieldB, fieldC :: !Bool }
    ^ constructor in T
        ^^^^^^ field Int in A
                       ^^^^^^ field !Bool in A
                               ^^^^^^ field !Bool in A
  | B a {-# UNPACK #-} !Int -- more
    ^ constructor a !Int in T
  | a :+: a
      ^^^ constructor a :+: a in T
  | forall b. Show b => C b
                        ^ constructor b in T
  deriving (Eq)
newtype N = N { unN :: forall a. a }
        ^ data
            ^ constructor in N
                ^^^ field forall a. a in N
type G :: Type -> Type
data G a where
     ^ data Type -> Type, 7-10
  GI :: Int -> G Int
  ^^ constructor Int -> G Int in G
  GR, GS :: { gx :: Int } -> G Bool
  ^^ constructor { gx :: Int } -> G Bool in G
      ^^ constructor { gx :: Int } -> G Bool in G
              ^^ field Int in GR
type a ~> b = a -> b
       ^^ type a -> b
type family F a where
            ^ type, 12-13
  F Int = Bool
data family D a :: Type
            ^ data Type
type instance F Int = Bool
              ^ type named F Int
data instance D Int = DI | DJ { dj :: Int }
              ^ data named D Int
                      ^^ constructor in D Int
                           ^^ constructor in D Int
                                ^^ field Int in DJ
pattern P :: a -> Maybe a
pattern P x = Just x
        ^ pattern a -> Maybe a, 17-18
pattern Q{qa, qb} <- (qa, qb)
        ^ pattern
pattern x :> y = (x, y)
          ^^ pattern
""")


def test_classes_instances_and_splices() -> None:
    check_symbols("""
class (Eq a) => C a where
                ^ class, 0-11
  type Ty a
       ^^ type in C
  type Ty a = Int
  data Da a
       ^^ data in C
  one :: a
  ^^^ method a in C
  two, three :: a -> a
  ^^^ method a -> a in C
       ^^^^^ method a -> a in C
  default one :: Num a => a
  one = 0
  two = id
  (<+>) :: a -> a
   ^^^ method a -> a in C, 9-10
  (<+>) = id
  {-# MINIMAL three #-}

instance Show a => C (Maybe a) where
                   ^ instance named instance C (Maybe a), 13-18
  type Ty (Maybe a) = a
       ^^ type in instance C (Maybe a) named Ty (Maybe a)
  -- | How.
  one = Nothing
  ^^^ method in instance C (Maybe a), 15-16
  two (Just x) = Just x
  ^^^ method in instance C (Maybe a), 17-18
  two y = y
deriving stock instance Eq (G a)
                        ^^ instance named instance Eq (G a)
deriving via (Sum Int) instance Monoid N
                                ^^^^^^ instance named instance Monoid N
makeLenses ''T
^^^^^^^^^^^^^^ splice
$(pure [])
^^^^^^^^^^ splice
""")


def test_of_what_is_local_only_functions_and_what_has_a_signature() -> None:
    check_symbols("""
outer :: Int -> Int
outer x = go x
^^^^^ function Int -> Int, 0-13
  where
    limit = 10
      where
        nested y = y
        ^^^^^^ function in outer
    shown :: Int
    shown = limit
    ^^^^^ value Int in outer, 6-7
    go :: Int -> Int
    go 0 = let step n = n + 1 in step 0
    ^^ function Int -> Int in outer, 8-13
               ^^^^ function in go
    go n = do
      let plain = n
          f m = m
          ^ function in go
      f plain
""")


def test_all_branches_of_conditionals() -> None:
    check_symbols(r"""
{-# LANGUAGE CPP #-}
module Lib
       ^^^ module, 0-38
#if NEW
  ( foo )
#endif
  where
#ifdef A
import A
#elif defined(B)
import B
#else
import C
#endif
foo :: Int -> Int
#if NEW
foo x = 1
^^^ function Int -> Int, 13-17
#else
foo x = 2
#endif
data T = A
     ^ data, 19-23
         ^ constructor in T
#if NEW
  | B
    ^ constructor in T
#else
  | C { c :: Int }
    ^ constructor in T
        ^ field Int in C
#endif
#if NEW
one = 1
^^^ value
# if OLD
two = 2
^^^ value
# else
three = 3
^^^^^ value
# endif
#else
four = 4
^^^^ value
#endif
#define MACRO(x) \
  five = x
five = 5
^^^^ value
""")


def test_items_that_do_not_parse_are_listed_and_hide_no_others() -> None:
    check_symbols("""
module Lib where
       ^^^ module, 0-25
import A (

before = 1
^^^^^^ value

foo :: Int -> (
^^^ function, 5-6
foo x = (1 +

-- | Documentation.
bar x y
^^^ function, 8-13
  | x = [
  where
    z :: Int
    z = 1

data T = A { x ::
     ^ data
class Foo a where
      ^^^ class, 16-17
  m :: [
  ^ method in Foo
main = do
^^^^ value, 18-20
  print "a
  let y = (
unsigned ::
^^^^^^^^ value
after :: Int -> Int
after x = case x of
^^^^^ function Int -> Int, 22-24
  1 -> 2
""")


def test_broken_parts_of_a_body_hide_no_others() -> None:
    check_symbols("""
instance C Int where
         ^ instance named instance C Int, 0-5
  -- | Documentation.
  one = 1
  ^^^ method in instance C Int, 1-2
  two = (
  ^^^ method in instance C Int
  three x = y
  ^^^^^ method in instance C Int, 4-5
    where y = x
class D a where
      ^ class, 6-7
  only :: [
  ^^^^ method in D
foo :: Int
foo = bar
^^^ value Int, 8-13
  where
    a x = x
    ^ function in foo
    b y = [1
    ^ function in foo
    c z = z
    ^ function in foo
""")


def test_literate_haskell_in_bird_tracks() -> None:
    check_symbols(
        """
Prose with (open brackets.

> module Lib where
         ^^^ module, 0-12
>
> foo :: Int
> foo = 1
  ^^^ value Int, 4-5

More prose.

> bar x = x
  ^^^ function, 9-10
>   where y = (
> baz = 2
  ^^^ value
""",
        literate=True,
    )


def test_literate_haskell_in_code_environments() -> None:
    check_symbols(
        r"""
\documentclass{article}
foo = prose
\begin{code}
foo :: Int
foo = 1
^^^ value Int, 3-4
\end{code}
bar = prose
""",
        literate=True,
    )


def test_columns_with_tabs_carriage_returns_and_characters_beyond_the_first_plane() -> None:
    wide = "λ\N{MATHEMATICAL SCRIPT CAPITAL A}"
    text = f"module Lib where\r\n\r\n-- 🦆\r\nfoo\t:: Int\r\nfoo\t= '🦆' `seq` 1\r\n{wide} = 2\r\n"
    (module,) = outline(parsed(text))
    foo, greek = module.children
    assert text[foo.start : foo.end] == "-- 🦆\r\nfoo\t:: Int\r\nfoo\t= '🦆' `seq` 1"
    assert text[greek.name_start : greek.name_end] == wide
    assert (foo.detail, greek.name) == ("Int", wide)


def test_a_byte_order_mark_is_no_indentation() -> None:
    found = outline(parsed("\ufefffoo = 1\nbar = 2\n"))
    assert [(one.name, one.name_start) for one in found] == [("foo", 1), ("bar", 9)]


@pytest.mark.parametrize(
    "text",
    [
        "module Lib where { foo = 1; bar x = y where { y = x } }",
        "module Lib where\n  foo = 1\n  bar x = y\n    where y = x\n",
        "module Lib where\n\tfoo = 1\n        bar x = y\n",
        "module Lib\n( foo\n) where\nfoo = 1\nbar x = y\nwhere y = x\n",
    ],
)
def test_layout(text: str) -> None:
    (module,) = outline(parsed(text))
    assert [one.name for one in module.children] == ["foo", "bar"]


@pytest.mark.parametrize(
    "text", ["", "\n", "\ufeff", "-- nothing", "module", "module Lib where", "{-# LANGUAGE CPP #-}"]
)
def test_files_without_declarations(text: str) -> None:
    assert [one.name for one in outline(parsed(text))] in ([], ["Lib"])


def test_functions_may_be_local_to_any_depth_but_are_not_listed_to_any() -> None:
    text = "f0 x = x\n" + "".join(f"{'  ' * n}where\n{'  ' * n} f{n} x = x\n" for n in range(1, 60))
    (one,) = outline(parsed(text))
    depth = 1
    while one.children:
        (one,) = one.children
        depth += 1
    assert depth == 21


def test_what_is_too_much_is_left_out_from_the_deepest_on() -> None:
    text = "data A = A { x :: Int } | B\nf = 1\ng x = y where y :: Int; y = x\n"
    found = outline(parsed(text))
    shown = {most: _names(pruned(found, most)) for most in (10, 7, 6, 5, 3, 2, 0)}
    assert shown == {
        10: ["A", ["A", ["x"], "B"], "f", "g", ["y"]],
        7: ["A", ["A", ["x"], "B"], "f", "g", ["y"]],
        6: ["A", ["A", "B"], "f", "g", ["y"]],
        5: ["A", ["A", "B"], "f", "g"],
        3: ["A", "f", "g"],
        2: ["A", "f"],
        0: [],
    }


def _names(symbols: tuple[Symbol, ...]) -> list[object]:
    found: list[object] = []
    for one in symbols:
        found += [one.name, _names(one.children)] if one.children else [one.name]
    return found
