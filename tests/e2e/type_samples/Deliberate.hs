{-# LANGUAGE AllowAmbiguousTypes, DataKinds, NoStarIsType, RankNTypes #-}
{-# OPTIONS_GHC -w #-}
-- | Types that are written in another way than GHC writes them, on purpose.
module Deliberate where


import Data.Kind (Constraint, Type)
import Data.List.NonEmpty (NonEmpty (..))
import Data.Proxy (Proxy (..))
import Data.Tuple (Solo (..))
import GHC.Exts (RuntimeRep, TYPE)

ambiguous :: forall a. Show a => Int
ambiguous = 3
solo :: Solo Int -> Proxy ('MkSolo 1) -> Int
solo x = undefined
prefixPromoted :: Proxy '(:|) -> Proxy '(:) -> Int
prefixPromoted x = undefined
unicode :: Proxy "жук\n" -> Proxy 'ж' -> Int
unicode x = undefined
levityArgument :: (forall (r :: RuntimeRep) (a :: TYPE r). Int -> a) -> Int
levityArgument f = f 3
