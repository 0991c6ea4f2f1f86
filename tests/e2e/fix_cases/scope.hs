-- /Lists.hs
module Lists where
import Data.List (sort)
import Data.Maybe ()
import Data.Bits ((.|.),
                  shiftL)
import Things (Thing (ThingOne), thingA)
a x = nub x
      ^^^ Add nub to the import of Data.List
      ^^^ Import nub from Data.List.NonEmpty
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
     ^^^ Import Map from Data.Map
     ^^^ Replace by M.Map
b = M.empty
c :: Thing -> Int & Int
     ^^^^^ Add Thing to the import of Things
     ^^^^^ Add Thing(..) to the import of Things
                  ^ Add type (&) to the import of Things
c _ = (helper, 1)
d :: Cls a => a
     ^^^ Add Cls to the import of Things
     ^^^ Add Cls(..) to the import of Things
d = undefined
-- /Hidden.hs
{-# OPTIONS_GHC -Wno-deprecations #-}
module Hidden where
import Prelude hiding (lookup, length)
import Data.List hiding (nub)
import qualified Data.Set as Set hiding (map)
a = lookup
b x = (nub x, sort "a")
       ^^^ Import nub from Data.List.NonEmpty
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
a x = insert x
      ^^^^^^ Import insert from Data.IntMap
      ^^^^^^ Import insert from Data.IntMap.Strict
      ^^^^^^ Import insert from Data.IntSet
      ^^^^^^ Import insert from Data.List
      ^^^^^^ Import insert from Data.List.NonEmpty
      ^^^^^^ Import insert from Data.Map
      ^^^^^^ Import insert from Data.Map.Strict
      ^^^^^^ Import insert from Data.Set
      ^^^^^^ Replace by Data.Map.insert
      ^^^^^^ Replace by S.insert
b = toUpper
    ^^^^^^^ Import toUpper from Data.Char
    ^^^^^^^ Import toUpper from Data.Text
    ^^^^^^^ Import toUpper from Data.Text.Lazy
    ^^^^^^^ Replace by Data.Char.isUpper
    ^^^^^^^ Replace by Data.Char.toUpper
c = S.insertt 'a' S.empty
    ^^^^^^^^^ Replace by S.insert
d = Data.Char.toUper 'a'
    ^^^^^^^^^^^^^^^^ Replace by Data.Char.isUpper
    ^^^^^^^^^^^^^^^^ Replace by Data.Char.toLower
    ^^^^^^^^^^^^^^^^ Replace by Data.Char.toUpper
f = M.insert
    ^^^^^^^^ Import qualified Data.Map as M
    ^^^^^^^^ Import qualified Data.Map.Strict as M
    ^^^^^^^^ Replace by Data.Map.insert
    ^^^^^^^^ Replace by S.insert
-- /Quals2.hs
module Quals2 where
import qualified Data.Map
import Data.Word (Word8)
e :: Map Int Word8
     ^^^ Import Map from Data.Map
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
f = False &&&& True
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
    ^ Import P from Data.Text.Internal.Read
b (ThingOne _ _) = method (3 :: Int)
                   ^^^^^^ Add method to the import of Things
-- /Semi.hs
module Semi where { import Data.List (sort); a x = (nubBy x, sort "") }
                                                    ^^^^^ Add nubBy to the import of Data.List
                                                    ^^^^^ Import nubBy from Data.List.NonEmpty
-- /NotImported.hs
module NotImported where
a = sortOn
    ^^^^^^ 9.10: Import sortOn from Data.List.NonEmpty
    ^^^^^^ Import sortOn from Data.List
    ^^^^^^ Import sortOn from Data.Sequence
b = Text.pack "a"
    ^^^^^^^^^ Import qualified Data.Text as Text
    ^^^^^^^^^ Import qualified Data.Text.Lazy as Text
c x = Map.insert x
      ^^^^^^^^^^ Import qualified Data.Map as Map
      ^^^^^^^^^^ Import qualified Data.Map.Strict as Map
d = fromMaybe 3 Nothing
    ^^^^^^^^^ Import fromMaybe from Data.Maybe
e x = x .&. (3 :: Int)
        ^^^ Import (.&.) from Data.Bits
f x = Data.List.nub x
      ^^^^^^^^^^^^^ Import qualified Data.List
-- /NotImported2.hs
module NotImported2 where
import Data.List (sort)
import qualified Data.IntMap as IM
a :: NonEmpty Int
     ^^^^^^^^ Import NonEmpty from Data.List.NonEmpty
a = undefined
b :: IM.IntMap Int -> M.Map Int Int
                      ^^^^^ Import qualified Data.Map as M
b = undefined
c (3 :| x) = sort x
     ^^ Import (:|) from Data.List.NonEmpty
-- /Instances.hs
module Instances where
import Data.Bits (shiftL)
import Data.List.NonEmpty (NonEmpty)
import Things (helper)
data T = T
instance Cls T where
         ^^^ Add Cls(..) to the import of Things
  method _ = helper
-- /Instances2.hs
module Instances2 where
import Things (Cls, helper)
data T = T
instance Cls T where
  method _ = helper
  ^^^^^^ Add Cls(method) to the import of Things
