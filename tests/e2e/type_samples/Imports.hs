-- | Names that are in scope in all ways.
module Imports where

import Data.Functor.Identity (runIdentity)
import Data.IORef as R (IORef, newIORef)
import Data.List.NonEmpty (NonEmpty ((:|)))
import qualified Data.List.NonEmpty as NE
import qualified Data.Map as M
import Data.Monoid hiding (Sum (..))
import qualified Data.Monoid as Mo
import Data.Set (Set)
import qualified Data.Set as S
import qualified Data.Tree
import Prelude hiding (Ordering (..), Word)
import qualified Prelude as P

data Either a b = Neither a b

data Maybe = Mine

mine :: Imports.Maybe -> Imports.Either Int Bool
mine Mine = Neither 1 True

theirs :: P.Maybe Int -> P.Either Int Bool
theirs found = maybe (P.Left 1) (const (P.Right True)) found

collections :: M.Map Int (Set Bool) -> NonEmpty Int -> S.Set Int
collections byNumber (first :| rest) = S.fromList (NE.toList (first :| rest) ++ M.keys byNumber)

monoids :: [Mo.Sum Int] -> Product Int -> (Mo.Sum Int, Product Int)
monoids sums factor = (mconcat sums, factor <> factor)

reference :: Int -> IO (R.IORef P.Word)
reference number = newIORef (fromIntegral number)

compared :: Int -> Int -> P.Ordering
compared left right = compare left right

tree :: Data.Tree.Tree Int -> [Data.Tree.Tree Int]
tree node = [node, node]

notInScope :: Int -> Int
notInScope number = runIdentity (pure number)
