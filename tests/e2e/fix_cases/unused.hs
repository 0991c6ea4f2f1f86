-- /UnusedTop.hs
{-# OPTIONS_GHC -Wunused-top-binds #-}
module UnusedTop (used) where
used :: Int
used = 3
-- | Documented.
g :: Int
g = 3
^ Remove g
h 0 = 4 :: Int
^ Remove h
h n = n + 1

i, j, k :: Int
i = used
^ Remove i
j = 2 where { z = 3 }
^ Remove j
k = 4
^ Remove k
{-# INLINE l #-}
l :: Int -> Int
l x = x
^ Remove l
infixl 6 +++
(+++) :: Int -> Int -> Int
x +++ y = x + y
  ^^^ Remove +++
-- /UnusedLocal.hs
{-# LANGUAGE NamedFieldPuns #-}
{-# OPTIONS_GHC -Wunused-local-binds -Wunused-matches #-}
module UnusedLocal where
data R = R { ra :: Int }
l :: Int -> a -> Int
l x y = let z = 3 :: Int in x
    ^ Rename to _y
    ^ Replace y by _
            ^ Remove z
            ^ Rename to _z
  where w = 3 :: Int
        ^ Remove w
        ^ Rename to _w
q :: Monad m => m Int -> m Int
q xs = do
  y <- xs
  ^ Rename to _y
  ^ Replace y by _
  let a = 3 :: Int
      ^ Remove a
      ^ Rename to _a
      b = 4 :: Int
  pure b
r :: Maybe a -> (b, c) -> Int
r (Just x) y@(z, _) = 3
        ^ Rename to _x
        ^ Replace x by _
           ^ Rename to _y
              ^ Rename to _z
              ^ Replace z by _
r Nothing y = 3
          ^ Rename to _y
          ^ Replace y by _
s :: R -> Int
s R{ra} = 4
t :: Int -> Int
t x = go x
  where
    go 0 = 1
    go n = n
    unused :: Int -> Int
    unused 0 = 0
    ^^^^^^ Remove unused
    unused b = b
u :: [Int]
u = [ 3 | c <- [1 :: Int], let v = 4 :: Int ]
          ^ Rename to _c
          ^ Replace c by _
                               ^ Rename to _v
-- /Discarded.hs
{-# OPTIONS_GHC -Wunused-do-bind -Wwrong-do-bind #-}
module Discarded where
f :: [Int]
f = do
  map (+ 1) [3]
  ^^^^^^^^^^^^^ Discard the result: _ <-
  [1]
g :: IO (IO Int)
g = do
  pure (pure 3 :: IO Int)
  ^^^^^^^^^^^^^^^^^^^^^^^ Discard the result: _ <-
  pure (pure 4)
