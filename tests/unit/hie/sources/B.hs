{-# LANGUAGE Arrows, CPP, DerivingVia, DuplicateRecordFields, FunctionalDependencies, GADTs, ImplicitParams #-}
{-# LANGUAGE LinearTypes, MagicHash, NamedFieldPuns, OverloadedStrings, ParallelListComp, PatternSynonyms #-}
{-# LANGUAGE PolyKinds, QuantifiedConstraints, RankNTypes, RecursiveDo, StandaloneKindSignatures, TypeFamilies #-}
{-# LANGUAGE UndecidableInstances, UndecidableSuperClasses, UnboxedSums, UnboxedTuples, ViewPatterns, DataKinds, ScopedTypeVariables #-}
{-# LANGUAGE TypeApplications, MultiWayIf, LambdaCase, DefaultSignatures #-}
module B where
import Control.Arrow (returnA)
import Data.Kind (Constraint, Type)
import Data.List as L
import Data.Monoid (Sum (..))
import Data.Proxy (Proxy (..))
import Data.String (IsString)
import GHC.Exts (Int (I#), Int#, (+#))
import Numeric.Natural (Natural)

#include "part.h"

-- | A class with a superclass, a default signature and an associated type.
class (Show f, forall x. Eq x => Eq (g x)) => Box f g | f -> g where
  type Inside f :: Type
  type Inside f = Int
  data Kept f
  open :: f -> g (Inside f)
  default open :: Monoid (g (Inside f)) => f -> g (Inside f)
  open _ = mempty

instance Box Int Maybe where
  data Kept Int = KeptInt Int | Other
  open = Just

data Expr :: Type -> Type where
  Number :: Int -> Expr Int
  Truth :: { truth :: Bool } -> Expr Bool
  If :: Expr Bool -> Expr a -> Expr a -> Expr a
  Shown :: (Show a, Num a) => a -> Expr String

eval :: Expr a -> a
eval (Number n) = n
eval Truth{truth} = truth
eval (If c t e) = if | eval c -> eval t | otherwise -> eval e
eval (Shown x) = show (x + 1)

data P = P { name :: String, size, weight :: !Int }
data Q = Q { name :: String }
pattern Pair :: a -> b -> (a, b)
pattern Pair { left, right } = (left, right)
{-# COMPLETE Pair #-}

newtype Age = Age Int deriving (Semigroup, Monoid) via Sum Int
deriving stock instance Show Age
newtype Text' = Text' String deriving newtype IsString

type Both :: (k -> Constraint) -> (k -> Constraint) -> k -> Constraint
class (c a, d a) => Both c d a
instance (c a, d a) => Both c d a
type family Size (a :: Type) :: Natural where
  Size Int = 8
  Size _ = 0
type Maker r = forall a. (Show a => a -> r) -> r
data family Table k :: Type -> Type
newtype instance Table Int v = TableInt [v]

implicit :: (?depth :: Int) => Int
implicit = let ?depth = 3 + ?depth in ?depth

unboxed :: (# Int | Bool #) -> (# Int, Int# #) -> Int
unboxed (# n | #) (# _, i #) = n + I# (i +# 1#)
unboxed (# | b #) _ = fromEnum b

same :: (a ~ Int, Eq a, Show a, ()) => a -> Int
same x = if x == x then x else length (show x)

constraints :: Proxy (Eq Int, Show Int)
constraints = Proxy

linear :: a %1 -> a
linear x = x

rename :: P -> P
rename p = p { size = 1, weight = size p }

zipped :: [(Int, Char)]
zipped = [(x, y) | x <- [1 ..], odd x | y <- "many"]

tied :: Maybe [Int]
tied = mdo { xs <- Just (1 : take 3 xs); let { ys = xs }; pure ys }

arrow :: Int -> Int
arrow = proc n -> do { m <- (+ 1) -< n; returnA -< m * 2 }

views :: (Ord b, Show b) => (a -> b) -> a -> [b] -> [String]
views f (f -> x) ys = case sortBy (\a b -> compare a b) (x : ys) of
  (show -> first) : _ | length first > 2, let n = 1 -> [first] ++ replicate n first
  _ -> L.map show ys where _unused = ()

type Λέξη = Int
größe' :: Λέξη -> Λέξη
größe' ähm = ähm * 2
data a :+: b = a :+: b
infixr 5 :+:
foreign import ccall "math.h sin" csin :: Double -> Double
typed :: Int
typed = read @Int "3" + (\case { 0 -> 1; n -> n :: Int }) 2
far :: Int
far = {- far -}1
-- What follows is said to stand in another file, far below.
#line 70000 "Elsewhere.hs"
elsewhere :: Int -> Int
elsewhere x = x + typed
