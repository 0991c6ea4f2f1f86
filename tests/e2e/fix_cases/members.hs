-- /Methods.hs
module Methods where
data T = A | B Int
class Foo a where
  bar, baz :: a -> Int
  bar = baz
  baz = bar
  (<+>) :: a -> a -> a
  {-# MINIMAL (bar | baz), (<+>) #-}
instance Foo T where
         ^^^^^ Add missing methods bar, (<+>)
instance Eq T
         ^^^^ Add missing method (==)
instance Foo Int where
         ^^^^^^^ Add missing method (<+>)
  bar = id -- It is.

instance Show T where { }
         ^^^^^^ Add missing method show
instance Num T where
         ^^^^^ Add missing methods (*), abs, signum, fromInteger, negate
    A + b = b
    B x + b = b
      where _ = x
class Three a where
  three :: a
  two :: a
instance Three Bool where { three = True }
         ^^^^^^^^^^ Add missing method two
instance (Three a, Three b) =>
         ^^^^^^^^^^^^^^^^^^^^^~ Add missing methods three, two
         Three (a, b)
-- /RecordFields.hs
{-# OPTIONS_GHC -Wmissing-fields #-}
module RecordFields where
data Rec = Rec { r1 :: Int, r2 :: Bool, (%%) :: Maybe Int }
l, m, n, o :: Rec
l = Rec { r1 = 1 }
    ^^^^^^^^^^^^^^ Add missing fields r2, %%
m = Rec {}
    ^^^^^^ Add missing fields r1, r2, %%
n = Rec
    ^^^~ Add missing field r2
  { r1 = 1
  , (%%) = Just 3
  }
o = Rec { r1 = 1,
    ^^^^^^^^^^^^^~ Add missing field %%
          r2 = True }
-- /StrictFields.hs
module StrictFields where
data Rec = Rec { r1 :: Int, r3 :: !Int }
l :: Rec
l = Rec { r1 = 1 }
    ^^^^^^^^^^^^^^ Add missing field r3
