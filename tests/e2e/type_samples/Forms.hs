{-# LANGUAGE CPP #-}
{-# LANGUAGE AllowAmbiguousTypes #-}
{-# LANGUAGE DataKinds #-}
{-# LANGUAGE FunctionalDependencies #-}
{-# LANGUAGE GADTs #-}
{-# LANGUAGE ImplicitParams #-}
{-# LANGUAGE LinearTypes #-}
{-# LANGUAGE MagicHash #-}
{-# LANGUAGE NoStarIsType #-}
{-# LANGUAGE QuantifiedConstraints #-}
{-# LANGUAGE RankNTypes #-}
{-# LANGUAGE TypeFamilies #-}
{-# LANGUAGE UnboxedSums #-}
{-# LANGUAGE UnboxedTuples #-}
{-# LANGUAGE UndecidableInstances #-}
#if __GLASGOW_HASKELL__ >= 909
{-# LANGUAGE RequiredTypeArguments #-}
#endif
{-# OPTIONS_GHC -w #-}
-- | All forms of types.
module Forms where

import Data.Coerce (Coercible, coerce)
import Data.Kind (Constraint, Type)
import Data.List.NonEmpty (NonEmpty (..))
import qualified Data.Map as M
import qualified Data.Map.Strict as MS
import Data.Proxy (Proxy (..))
import Data.Set (Set)
import Data.Type.Equality
import GHC.Exts (Char#, FUN, Int#, Multiplicity (..), RuntimeRep, TYPE)
import GHC.TypeLits

-- Operators.
type a ~> b = forall x. a x -> b x
infixr 0 ~>
data a :+: b = L a | R b
infixl 6 :+:
data a :*: b = a :*: b
infixl 7 :*:
data HList (ts :: [Type]) where
  HNil :: HList '[]
  (:&) :: t -> HList ts -> HList (t ': ts)
infixr 5 :&

operators :: Int :+: Bool :*: Char -> (Int :+: Bool) :*: Char
operators = undefined
functionOperand :: (Int -> Bool) :+: Maybe Int -> Int :+: Bool
functionOperand x = undefined x
prefixOperator :: Proxy (:+:) -> Proxy ((:+:) Int) -> Proxy ((~) Int) -> Int
prefixOperator x = undefined x
elements = 'c' :& True :& HNil
moreElements x = x :& True :& undefined

-- Foralls.
rank2 :: (forall a. Show a => a -> String) -> Int -> String
rank2 f n = f n
natural :: Maybe ~> []
natural Nothing = []
natural (Just x) = [x]
useNatural :: (Maybe ~> []) -> Int
useNatural f = length (f (Just 'x'))
nested :: Show a => a -> (forall b. Eq b => b -> (forall c. c -> a))
nested x y z = x
sameName :: a -> (forall a. a -> a) -> a
sameName x f = f x
local x = let { g :: b -> c -> (b, c); g y z = (y, z) } in g x
shadowing :: a -> [a]
shadowing x = h x where { h :: a -> [a]; h y = [y, undefined x y] }
quantifiedConstraint :: (forall x. Show x => Show (f x)) => f Int -> String
quantifiedConstraint x = show x
kinded :: forall k (f :: k -> Type) (a :: k). f a -> Proxy a -> Proxy f
kinded x y = Proxy
inferredKinds x y = [x, y, Proxy]
dependent :: forall (t :: forall k -> k -> Type). OfVisible t -> Int
dependent x = undefined x
#if __GLASGOW_HASKELL__ >= 909
requiredArgument :: forall a -> forall b. (Show a, Show b) => a -> b -> String
requiredArgument a x y = show (x :: a)
#endif

-- Arrows.
linear :: a %1 -> (a, b) %m -> a
linear = undefined
many :: a %'Many -> b
many = undefined
multiplicity :: a %(F1 m) -> b
multiplicity = undefined
partialArrow :: Proxy (->) -> Proxy ((->) Int) -> Proxy (FUN 'One) -> Proxy (FUN 'One Int) -> Proxy (FUN m) -> Int
partialArrow x = undefined x
type family F1 (m :: Multiplicity) :: Multiplicity

-- Constraints.
implicit :: (?x :: Int, ?y :: [Bool]) => Int
implicit = ?x + length ?y
implicitOne :: (?x :: Int) => Int
implicitOne = ?x
equal :: (a ~ b) => a -> b
equal x = x
equalities :: (a ~ Int, b ~~ Maybe) => a -> b Int -> Int
equalities x y = undefined x y
heterogeneous :: forall k1 k2 (a :: k1) (b :: k2). (a ~~ b) => Proxy a -> Proxy b
heterogeneous x = undefined x
coercible :: Coercible a b => a -> b
coercible x = coerce x
equalityTypes :: a :~: b -> a :~~: c -> Int
equalityTypes x y = undefined x y
type Both a = (Show a, Eq a)
synonym :: Both a => a -> Proxy (Both a) -> Proxy (Show a, Eq a) -> Proxy (() :: Constraint)
synonym x = undefined x
class Converts a b | a -> b where converts :: a -> b
fundep x = show (converts (x, x))
instance Converts (a, b) [a] where converts (a, b) = [a]
classNeeded x y = converts x == [y]

-- Brackets.
unboxed :: (# Int, Bool #) -> (# #) -> (# Int#, Char, Bool #)
unboxed (# i, b #) u = undefined
unboxedSum :: (# Int | Bool | Int# #) -> Int
unboxedSum x = undefined
tuples :: (Int, (Bool, Char), ()) -> (,) Int Bool
tuples (a, b, c) = (a, True)
partialTuples :: Proxy ((,) Int) -> Proxy (,,) -> Proxy [] -> Proxy Maybe -> Proxy (#,#) -> Int
partialTuples x = undefined x
maps :: M.Map Int (Set Bool) -> MS.Map Bool Char -> [M.Map Int Int]
maps a b = [fmap length (M.map show a)]

-- Promotion.
data Odd' = Odd' | A'
promoted
  :: Proxy '[ 'True, 'False] -> Proxy '[ 'Just 'True] -> Proxy '[] -> Proxy '[Int] -> Proxy '[Int, Bool]
  -> Proxy '(Int, 'True) -> Proxy '( 'True, Int) -> Proxy '() -> Proxy '(,) -> Proxy 'Just -> Int
promoted x = undefined x
literal :: Proxy "sym\"bol" -> Proxy 42 -> Proxy 'x' -> Proxy '\'' -> Proxy 123456789012345678901234567890 -> Int
literal x = undefined x
conses :: Proxy (a ': b ': c) -> Proxy (1 ':| '[]) -> Proxy 'Odd' -> Proxy ' A' -> Int
conses x = undefined x
kindsAsTypes
  :: Proxy Show -> Proxy (Show Int) -> Proxy Type -> Proxy Constraint -> Proxy (Type -> Constraint)
  -> Proxy Nat -> Proxy Symbol -> Proxy (TYPE r) -> Int
kindsAsTypes x = undefined x

gadt :: Proxy 'HNil -> Proxy ('Refined 'True) -> Int
gadt x = undefined x
data Refined a where Refined :: a -> Refined Bool
#if __GLASGOW_HASKELL__ < 909
evidence :: Proxy ('Equal 'True) -> Int
evidence x = undefined x
data Equal a where Equal :: (a ~ Int) => Bool -> Equal a
#endif

-- Kinds and families.
type OfVisible :: (forall k -> k -> Type) -> Type
data OfVisible t = OfVisible
type Invisible :: forall k. k -> Type
data Invisible a = Invisible
type Visible :: forall k -> k -> Type
data Visible k a = Visible
visible :: Visible Type Int -> Visible (Type -> Type) Maybe -> Invisible Maybe
visible x y = Invisible
type family F a :: Type -> Type
type family G a where { G Int = Bool; G a = a }
families :: F a b -> G a -> G Int
families x = undefined x
type family K a where { K Int = Type; K Bool = Type -> Type }
type OfFamily :: K Int -> Type
data OfFamily a = OfFamily
cast :: OfFamily Bool -> Int
cast x = undefined x
castHead :: forall (f :: K Bool). Proxy (f Int) -> OfFamily (f Int) -> Int
castHead x = undefined x
levity :: forall (r :: RuntimeRep) (a :: TYPE r). (Int -> a) -> Int -> a
levity f x = f x
newtype Fix f = Fix (f (Fix f))
cata :: Functor f => (f a -> a) -> Fix f -> a
cata alg (Fix x) = alg (fmap (cata alg) x)
data Some = forall a. Show a => Some a
existential (Some x) = show x
compose x y z = (x . y) z
actions = print (Just 3 >>= \x -> pure (x + 1))
