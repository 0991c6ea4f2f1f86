-- /Holes.hs
module Holes where
import qualified Data.Map as M
f :: Int -> Int -> Int
f x y = _ + y
        ^ Fill with maxBound
        ^ Fill with minBound
        ^ Fill with x
        ^ Fill with y
h :: M.Map Int Bool
h = _ True (M.singleton 1 True)
    ^ Fill with mempty
m :: Show a => a -> String
m a = _show a
      ^^^^^ Fill with m
      ^^^^^ Fill with mempty
      ^^^^^ Fill with show
n :: String -> String
n x = x `_and` x
        ^^^^^^ Fill with ++
        ^^^^^^ Fill with <>
        ^^^^^^ Fill with >>
        ^^^^^^ Fill with mappend
        ^^^^^^ Fill with showList
        ^^^^^^ Fill with showString
o :: Maybe [Int]
o = Just $ _ [3] [4]
           ^ Fill with mempty
