-- /Signatures.hs
{-# LANGUAGE PatternSynonyms #-}
{-# OPTIONS_GHC -Wmissing-signatures -Wmissing-pattern-synonym-signatures #-}
module Signatures where
import qualified Data.Map as M
import Data.Char (ord)

f x = M.insert x True
^ Add signature: f :: Ord k => k -> M.Map k Bool -> M.Map k Bool

-- | Documented.
g = map ord
^ Add signature: g :: [Char] -> [Int]
x +++ y = [x, y]
  ^^^ Add signature: (+++) :: a -> a -> [a]
(a, b) = ('a', "b")
 ^ Add signature: a :: Char
    ^ Add signature: b :: String
infixr 3 `also`
x `also` y = x && y
  ^^^^^^ Add signature: also :: Bool -> Bool -> Bool
h 0 = 1 :: Int
^ Add signature: h :: Int -> Int
h n = n
pattern P a = Just a
{-# INLINE i #-}
i
^ Add signature: i :: [a] -> a
  = head
-- /Long.hs
{-# OPTIONS_GHC -Wmissing-signatures #-}
module Long where
import qualified Data.Map.Strict
long one two three four five = (Data.Map.Strict.insertWith (++) one [(two, three)] four, compare five five, show five, reads one `asTypeOf` [(two, "")])
^^^^ Add signature: long :: (Ord a1, Show a1, Read a2) => [Char] -> a2 -> b -> Data.Map.Strict.Map [Char] [(a2, b)] -> a1 -> (Data.Map.Strict.Map [Char] [(a2, b)], Ordering, String, [(a2, String)])
-- /Locals.hs
{-# OPTIONS_GHC -Wmissing-local-signatures #-}
module Locals where
local :: Int
local = h 3
  where
    h n = n + 1
    ^^^^^^^^^^^ Add signature: h :: Num a => a -> a
other :: Show a => a -> String
other x = both x ""
  where both y z = shows x (show y) ++ z
third :: Show a => a -> String
third x =
  let both y z = shows x (shows y z)
  in both 'a' ""
-- /Bird.lhs
A literate module.

> {-# OPTIONS_GHC -Wmissing-signatures #-}
> module Bird where
>
> g = not
  ^ Add signature: g :: Bool -> Bool
-- /Wildcards.hs
{-# OPTIONS_GHC -Wno-partial-type-signatures #-}
module Wildcards where
i :: _ -> Int
     ^ Enable PartialTypeSignatures
     ^ Replace _ by Int
i x = x + 1
j :: _ => a -> a -> Bool
     ^ Enable PartialTypeSignatures
     ^ Replace _ by Eq a
j x y = x == y
k :: Maybe _ -> [_] -> (_, Int)
           ^ Enable PartialTypeSignatures
           ^ Replace _ by (Maybe Int)
                 ^ Enable PartialTypeSignatures
                 ^ Replace _ by Char
                        ^ Enable PartialTypeSignatures
                        ^ Replace _ by Maybe (Maybe Int)
k x y = (id <$> x :: Maybe (Maybe Int), length (y :: String))
l :: Either _ Int -> Int
            ^ Enable PartialTypeSignatures
            ^ Replace _ by (Maybe Bool)
l = either (fromEnum :: Maybe Bool -> Int) id where fromEnum = maybe 1 (const 2)
-- /Elsewhere.hs
{-# OPTIONS_GHC -Wmissing-signatures #-}
module Elsewhere where
import qualified Helper
h x = Helper.make x
-- /Helper.hs
module Helper (make) where
data Secret = Secret
make :: Int -> Secret
make _ = Secret
