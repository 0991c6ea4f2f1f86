-- /Equations.hs
{-# OPTIONS_GHC -Wincomplete-patterns #-}
module Equations where
data T = A | B Int | T :*: T | R { ra :: Int }
f :: T -> Int
f A = 1
^^^^^^^ Add 3 missing cases
^^^^^^^ Add a case for the rest

h :: Maybe T -> Bool -> Int
h Nothing _ = 3 -- A comment.
^^^^^^^^^^^^^^^ Add a case for the rest
^^^^^^^^^^^^^^^ Add missing case (Just _) _
k :: Int -> Int
k t
^^^~ Add missing case _
  | t > 1 = 3
p :: [T] -> Int
p [] = 1
^^^^^^^^~ Add 4 missing cases
^^^^^^^^~ Add a case for the rest
p [A] = 2
q :: (Int, Maybe Bool) -> Int
q (1, Just True) = 1
^^^^^^^^^^^^^^^^^^^^ Add 3 missing cases
^^^^^^^^^^^^^^^^^^^^ Add a case for the rest
s :: String -> Int
s "a" = 1
^^^^^^^^^ Add 3 missing cases
^^^^^^^^^ Add a case for the rest
v :: T -> T -> Int
v a _
^^^^^~ Add 3 missing cases
^^^^^~ Add a case for the rest
  | A <- a = other
  where other = 1
(+++) :: T -> Maybe T -> T
A +++ Just b = b
^^^^^^^^^^^^^^^^ Add 4 missing cases
^^^^^^^^^^^^^^^^ Add a case for the rest
outer :: T -> Int
outer x = go x + let in1 (Just y) = y :: Int; in1 _ = 4 in in1 Nothing
  where go A = 1
        ^^^^^^^^~ Add 2 missing cases
        ^^^^^^^^~ Add a case for the rest
        go (B _) = 2
inner :: Maybe Int -> Int
inner = \x -> let g (Just y) = y in g x
                  ^^^^^^^^^^^^^^ Add a case for the rest
                  ^^^^^^^^^^^^^^ Add missing case Nothing
-- /Alternatives.hs
{-# LANGUAGE LambdaCase #-}
{-# OPTIONS_GHC -Wincomplete-patterns #-}
module Alternatives where
data T = A | B Int | T :*: T | R { ra :: Int }
g :: T -> Int
g t = case t of
      ^^^^^^^^^~ Add 2 missing cases
      ^^^^^^^^^~ Add a case for the rest
  A -> 1
  B _ ->
    case t of
      R x -> x
      _ -> 3
i :: Maybe Int -> Int
i = \x -> case x of { Just y -> y }
          ^^^^^^^^^^^^^^^^^^^^^^^^^ Add a case for the rest
          ^^^^^^^^^^^^^^^^^^^^^^^^^ Add missing case Nothing
j :: Bool -> Int
j x = (case x of True -> 1) + 2
       ^^^^^^^^^^^^^^^^^^^ Add a case for the rest
       ^^^^^^^^^^^^^^^^^^^ Add missing case False
l :: Either Int Bool -> Int
l = \case
    ^^^^^~ Add a case for the rest
    ^^^^^~ Add missing case Right False
  Left n -> n
  Right True -> 1
m :: Bool -> [Int]
m x = case x of True -> []
      ^^^^^^^^^^^^^^^^^^^^ Add a case for the rest
      ^^^^^^^^^^^^^^^^^^^^ Add missing case False
                -- The end.
n :: Bool -> IO ()
n x = do
  case x of
  ^^^^^^^^^~ Add a case for the rest
  ^^^^^^^^^~ Add missing case False
    True -> pure ()
  pure ()
-- /Imported.hs
{-# OPTIONS_GHC -Wincomplete-patterns #-}
module Imported where
import qualified Data.Map as M
import qualified Data.List.NonEmpty as N
a :: N.NonEmpty Int -> Maybe (M.Map Int Int) -> Int
a (x N.:| [1]) (Just _) = x
^^^^^^^^^^^^^^^^^^^^^^^^^^^ Add 4 missing cases
^^^^^^^^^^^^^^^^^^^^^^^^^^^ Add a case for the rest
