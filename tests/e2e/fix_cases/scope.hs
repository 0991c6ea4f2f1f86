-- /Lists.hs
module Lists where
import Data.List (sort)
import Data.Maybe ()
import Data.Bits ((.|.),
                  shiftL)
import Things (Thing (ThingOne), thingA)
a = nub [1 :: Int]
    ^^^ Add nub to the import of Data.List
b = fromMaybe 3 Nothing
    ^^^^^^^^^ Add fromMaybe to the import of Data.Maybe
c = sort "" ++ show (3 .|. shiftL 3 4 :: Int)
d x = x .&. (3 :: Int)
        ^^^ Add (.&.) to the import of Data.Bits
        ^^^ Replace by .|.
e = Second
    ^^^^^^ Add Other(Second) to the import of Things
f = thingB
    ^^^^^^ Add thingB to the import of Things
    ^^^^^^ Replace by thingA
h = ThingOne 1 True
i = thingA
-- /Parts.hs
module Parts where
import Things (Thing (ThingOne), helper)
g (ThingTwo x) = x + helper
   ^^^^^^^^ Add Thing(ThingTwo) to the import of Things
h = ThingOne 1 True
-- /Things.hs
{-# LANGUAGE PatternSynonyms, TypeOperators #-}
module Things (Thing (..), Other (Second), helper, type (&), pattern P, Cls (..)) where
data Thing = ThingOne { thingA :: Int, thingB :: Bool } | ThingTwo Int
data Other = First | Second
type a & b = (a, b)
pattern P :: Int -> Thing
pattern P x = ThingTwo x
helper, helper2 :: Int
helper = 2
helper2 = 3
class Cls a where
  method :: a -> Int
instance Cls Int where
  method = id
-- /Types.hs
{-# LANGUAGE TypeOperators #-}
module Types where
import qualified Data.Map as M
import Data.Set (empty)
import Things (helper)
a :: Set Int
     ^^^ Add Set to the import of Data.Set
a = empty
b :: Map Int Int
     ^^^ Replace by M.Map
b = M.empty
c :: Thing -> Int & Int
     ^^^^^ Add Thing to the import of Things
                  ^ Add type (&) to the import of Things
c _ = (helper, 1)
d :: Cls a => a
     ^^^ Add Cls to the import of Things
d = undefined
-- /Hidden.hs
{-# OPTIONS_GHC -Wno-deprecations #-}
module Hidden where
import Prelude hiding (lookup, length)
import Data.List hiding (nub)
import qualified Data.Set as Set hiding (map)
a = lookup
b = nub [sort "a"]
    ^^^ Stop hiding nub in the import of Data.List
c = Set.map
    ^^^^^^^ Replace by map
    ^^^^^^^ Stop hiding map in the import of Data.Set
d = Set.empty
-- /Quals.hs
module Quals where
import qualified Data.Set as S
import qualified Data.Char
import qualified Data.Map
import Data.Word (Word8)
a = insert 'a' S.empty
    ^^^^^^ Replace by Data.Map.insert
    ^^^^^^ Replace by S.insert
b = toUpper 'a'
    ^^^^^^^ Replace by Data.Char.isUpper
    ^^^^^^^ Replace by Data.Char.toUpper
c = S.insertt 'a' S.empty
    ^^^^^^^^^ Replace by S.insert
d = Data.Char.toUper 'a'
    ^^^^^^^^^^^^^^^^ Replace by Data.Char.isUpper
    ^^^^^^^^^^^^^^^^ Replace by Data.Char.toLower
    ^^^^^^^^^^^^^^^^ Replace by Data.Char.toUpper
f = M.insert
    ^^^^^^^^ Replace by Data.Map.insert
    ^^^^^^^^ Replace by S.insert
-- /Quals2.hs
module Quals2 where
import qualified Data.Map
import Data.Word (Word8)
e :: Map Int Word8
     ^^^ Replace by Data.Map.Map
e = Data.Map.empty
-- /Typos.hs
module Typos where
a = lenght [1 :: Int]
    ^^^^^^ Replace by length
b = Nuthing
    ^^^^^^^ Replace by Nothing
d :: Int
d = 4 `dvi` 3
      ^^^^^ Replace by div
e = [1 :: Int] <> concatt [[2]]
                  ^^^^^^^ Replace by concat
                  ^^^^^^^ Replace by mconcat
f = False ||| True
          ^^^ Replace by ||
fo1, fo2 :: Int
fo1 = 3
fo2 = 3
g = fo
    ^^ Replace by f
    ^^ Replace by fo1
    ^^ Replace by fo2
-- /Typos2.hs
module Typos2 where
c :: Integr
     ^^^^^^ Replace by Integer
     ^^^^^^ Replace by Integral
c = 3
h (Jus x) = x
   ^^^ Replace by Just
-- /Fields.hs
module Fields where
data R = R { fieldA :: Int }
g r = r { fielda = 3 }
          ^^^^^^ Replace by fieldA
-- /Fields2.hs
module Fields2 where
data R = R { fieldA :: Int }
h = R { fieldB = 3 }
        ^^^^^^ Replace by fieldA
-- /Exports.hs
module Exports (foo, Bar (..), quux) where
                ^^^ Replace by fooo
                     ^^^^^^^^ Replace by Barr
fooo = 3 :: Int
data Barr = Barr
-- /Synonyms.hs
{-# LANGUAGE PatternSynonyms #-}
module Synonyms where
import Things (Thing (..))
a = P 3
    ^ Add pattern P to the import of Things
b (ThingOne _ _) = method (3 :: Int)
                   ^^^^^^ Add method to the import of Things
-- /Semi.hs
module Semi where { import Data.List (sort); a = nub (sort "") }
                                                 ^^^ Add nub to the import of Data.List
