{-# LANGUAGE DataKinds, DuplicateRecordFields, GADTs, PatternSynonyms, TypeFamilies #-}
{-# OPTIONS_GHC -Wno-orphans #-}
module Shapes (Shape (..), Sized (..), Elem, area, old, pattern Dot, Vec (..), (<+>), module Data.Maybe) where

import Data.Kind (Type)
import Data.Maybe
import Knot

infixr 5 <+>

data Shape = Circle {radius :: Double} | Square {side :: {-# UNPACK #-} !Double}
  deriving (Eq, Show)

class Show a => Sized a where
  type Measure a :: Type
  size :: a -> Measure a
  describe :: a -> String
  describe x = "of size " ++ show x
  {-# MINIMAL size #-}

instance Sized Shape where
  type Measure Shape = Double
  size = area

type family Elem c where
  Elem [a] = a
  Elem (Maybe a) = a

data Vec (n :: Bool) a where
  Nil :: Vec 'False a
  Cons :: a -> Vec b a -> Vec 'True a

pattern Dot :: Shape
pattern Dot = Circle 0

area :: Shape -> Double
area (Circle r) = let go n x = if n == (0 :: Int) then x else go (n - 1) (x * r) in 3 * go 2 1
area Square {side = s} = case s of { 0 -> error "flat"; _ -> s * s }
{-# INLINE area #-}

old :: Int
old = 1
{-# DEPRECATED old ["use area", "instead"] #-}

(<+>) :: Shape -> Shape -> Shape
a <+> _ = a

instance Ord Shape where
  compare a b = compare (area a) (area b)
