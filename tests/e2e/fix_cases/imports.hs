-- /Unused.hs
{-# OPTIONS_GHC -Wunused-imports #-}
{-# LANGUAGE TypeOperators #-}
module Unused where
import Data.List (nub, sort, sortBy, sortOn)
^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ 9.6: Remove nub, sortBy from the import of Data.List
                  ^^^^^^^^^^^^^^^^^ 9.10: Remove nub, sortBy from the import of Data.List
import Data.Char -- It is not used.
^^^^^^^^^^^^^^^^ Import only instances from Data.Char
^^^^^^^^^^^^^^^^ Remove the import of Data.Char
import Data.Maybe (fromMaybe, Maybe (..), isJust)
^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ Import only instances from Data.Maybe
^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ Remove the import of Data.Maybe
import qualified Data.Map as M
^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ Import only instances from Data.Map
^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ Remove the import of Data.Map
import Exporter (Thing (Thing, Other), other, type (&), (&&&), Cls (..))
^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ 9.6: Remove &, &&&, Cls, Other, other from the import of Exporter
                 ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ 9.10: Remove &, &&&, Cls, Other, other from the import of Exporter
import Data.Foldable (foldl',
                      ^^^^^^ Remove foldl' from the import of Data.Foldable
                      toList
                     )
import Data.List (sort)
^^^^^^^^^^^^^^^^^^^^^^^ Import only instances from Data.List
^^^^^^^^^^^^^^^^^^^^^^^ Remove the import of Data.List
import Data.Ratio
^^^^^^^^^^^^^^^^^~ Import only instances from Data.Ratio
^^^^^^^^^^^^^^^^^~ Remove the import of Data.Ratio
  ( (%)
  , numerator
  )
import Data.Word (Word8 , Word16
^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^~ 9.6: Remove Word32, Word8 from the import of Data.Word
                  ^^^^^^^^^^^^^^~ 9.10: Remove Word32, Word8 from the import of Data.Word
                 , Word32)
a :: [Int] -> [Int]
a = sort . sortOn negate
b :: Thing
b = Thing 1 True
c :: Word16
c = 3
d :: Foldable t => t a -> [a]
d = toList
-- /Exporter.hs
{-# LANGUAGE TypeOperators #-}
module Exporter (other, Thing (..), helper, type (&), (&&&), Cls (..)) where
data Thing = Thing { thingA :: Int, thingB :: Bool } | Other
type a & b = (a, b)
(&&&) :: Int -> Int -> Int
(&&&) = (+)
class Cls a where
  cls1, cls2 :: a -> a
other, helper :: Int
other = 1
helper = 2
-- /Unused2.hs
{-# OPTIONS_GHC -Wunused-imports #-}
{-# LANGUAGE ImportQualifiedPost, PackageImports, Trustworthy #-}
module Unused2 where
import Exporter (Thing (Thing, thingA, thingB), Cls (cls1), (&&&), helper)
^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ Import only instances from Exporter
^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ Remove the import of Exporter
import Exporter as E hiding (Cls)
import safe Data.Char qualified as C
^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ Import only instances from Data.Char
^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ Remove the import of Data.Char
import "base" Data.Bits (shiftL)
^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ Import only instances from Data.Bits
^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ Remove the import of Data.Bits
a :: Thing -> Int
a = thingA
-- /Unused3.hs
{-# OPTIONS_GHC -Wunused-imports #-}
module Unused3 where { import Data.List; import Data.Char; a :: Int; a = 3 }
                       ^^^^^^^^^^^^^^^^ Import only instances from Data.List
                       ^^^^^^^^^^^^^^^^ Remove the import of Data.List
                                         ^^^^^^^^^^^^^^^^ Import only instances from Data.Char
                                         ^^^^^^^^^^^^^^^^ Remove the import of Data.Char
-- /NotExported.hs
{-# OPTIONS_GHC -Wdodgy-imports #-}
module NotExported where
import Prelude hiding (foo, filter)
import Data.List (srot)
                  ^^^^ Remove srot from the import of Data.List
                  ^^^^ Replace by sort
import Data.Maybe (isJust, Mayb, fromJust)
                           ^^^^ Remove Mayb from the import of Data.Maybe
                           ^^^^ Replace by Maybe
import Exporter (Thing, othr, helper)
                        ^^^^ Remove othr from the import of Exporter
                        ^^^^ Replace by other
-- /Dodgy.hs
{-# OPTIONS_GHC -Wdodgy-imports #-}
module Dodgy where
import Prelude hiding (foo, filter)
^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ 9.6: Remove foo from the import of Prelude
                       ^^^ 9.10: Remove foo from the import of Prelude
import Data.List hiding (bar)
^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ 9.6: Remove bar from the import of Data.List
                         ^^^ 9.10: Remove bar from the import of Data.List
