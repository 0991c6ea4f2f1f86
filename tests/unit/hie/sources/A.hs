{-# LANGUAGE DataKinds, PatternSynonyms, RecordWildCards, ScopedTypeVariables, TemplateHaskell, TypeFamilies #-}
{-# LANGUAGE UnboxedTuples #-}
module A (module A, length) where
import Data.List (sortBy)
import qualified Data.Map as M hiding (foldr)
import GHC.TypeLits (KnownNat, natVal, Symbol)
import Data.Proxy
data R = R { fieldA :: Int, fieldB :: [Bool] } deriving (Eq, Show)
class C a where { meth :: a -> Int; meth _ = 1 }
instance C R where meth R{..} = fieldA
type family F a where F Int = Bool
pattern P :: Int -> Maybe Int
pattern P x = Just x
f :: forall a. (Ord a, Show a) => [a] -> M.Map a Int
f xs = M.fromList (zip ys [0 ..]) where ys :: [a]
                                        ys = sortBy compare xs
g :: Maybe Int -> (# Int, Bool #) -> Int
g (P 3) _ = let y = 1 + 2 in y
g _ (# n, True #) | n > 3, Just z <- Just n = z
g _ _ = $( [| 1 |] )
h :: (Proxy "symbol", Proxy 3, Proxy 'x', Proxy '[ 'True ]) -> Integer
h _ = natVal (Proxy :: Proxy 123456789012345678901234567890)
