module Conflicts where

data T = A | A

f x x = x

f y = y

class C a where
  m :: a

instance C Int where
  n = 1

instance C Int
