-- /Redundant.hs
{-# LANGUAGE RankNTypes #-}
{-# OPTIONS_GHC -Wredundant-constraints #-}
module Redundant where
f :: (Eq a, Show a) => a -> String
     ^^^^^^^^^^^^^^ Remove redundant constraint Eq a
f = show
l :: Eq a => Int -> a -> Int
     ^^^^ Remove redundant constraint Eq a
l x _ = x
n :: (Ord a, Show a, Num a) => a -> a -> Bool
     ^^^^^^^^^^^^^^^^^^^^^^ Remove redundant constraints Show a, Num a
n a b = a == b && a < b
m :: forall a b. (Show a) => a -> b
                 ^^^^^^^^ Remove redundant constraint Show a
m = undefined
class V a where v :: a
instance (Show a, Eq a) => V (Maybe a) where v = Nothing
         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ Remove redundant constraints Show a, Eq a
o :: ( Ord a
     ^^^^^^^~ Remove redundant constraint Ord a
     , Show a
     )
  => a -> String
o = show
-- /Missing.hs
{-# LANGUAGE RankNTypes #-}
module Missing where
f :: a -> a -> Bool
f x y = x == y
          ^^ Add Eq a to the signature of f
g :: Show a => a -> a -> Bool
g x y = x < y || null (show x)
          ^ Add Ord a to the signature of g
h :: forall a. a -> String
h = k where k x = show x
    ^ Add Show a to the signature of h
class C a where c :: a -> a -> Bool
instance C a => C [a] where c x y = x == y
                                      ^^ Add Eq a to the instance
instance C (Maybe a) where
  c x y = x == y
            ^^ Add Eq a to the instance
i :: (Show a, Eq a) => a -> a -> (String, Bool)
i x y = (show x, x < y)
                   ^ Add Ord a to the signature of i
j :: Int -> Int
j = length . k
  where
    k :: a -> String
    k x = show x
          ^^^^ Add Show a to the signature of k
-- /Derive.hs
module Derive where
data T = A | B
data U = U Int
  deriving Show
data V
  = V
  | W
newtype X a = X a deriving (Show)
a = A == B
      ^^ Derive Eq for T
b = show A
    ^^^^ Derive Show for T
c = U 3 == U 4
        ^^ Derive Eq for U
d = V == W
      ^^ Derive Eq for V
e = X 'a' < X 'b'
          ^ Derive Eq and Ord for X
f = [A ..]
    ^^^^^^ Derive Enum for T
