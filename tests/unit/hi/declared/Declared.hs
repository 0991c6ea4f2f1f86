{-# LANGUAGE CPP, DataKinds, DefaultSignatures, DuplicateRecordFields, FunctionalDependencies, GADTs #-}
{-# LANGUAGE ImplicitParams, LinearTypes, MagicHash, PatternSynonyms, PolyKinds, QuantifiedConstraints #-}
{-# LANGUAGE StandaloneKindSignatures, TypeData, TypeFamilyDependencies, UnboxedSums, UnboxedTuples #-}
{-# LANGUAGE UndecidableInstances, UndecidableSuperClasses, ViewPatterns, StrictData, TypeOperators #-}
{-# LANGUAGE AllowAmbiguousTypes, NoStarIsType, DatatypeContexts #-}
{-# OPTIONS_GHC -w #-}
#if __GLASGOW_HASKELL__ >= 910
{-# LANGUAGE RequiredTypeArguments #-}
#endif
module Declared where
import Data.Kind (Constraint, Type)
import Data.Proxy (Proxy)
import GHC.Exts (Int#, TYPE)
import GHC.Stack (HasCallStack)
import GHC.TypeLits (ErrorMessage (..), Nat, Symbol, TypeError, type (+))

data Plain a b = First a b | Int :*: ~b | a `Infix` (Maybe b) | Record {one :: a, two, three :: Maybe b}
data Lazily = Lazily ~Int {-# UNPACK #-} !Int (Int -> Int) !(Maybe Int)
data Eq a => Constrained a = Constrained a
data Existential = forall a b. (Show a, Num b) => Existential a !b | forall f. Functor f => Hidden {hidden :: f Int}
data Void
newtype Fix f = Fix {unFix :: f (Fix f)}
newtype App f (a :: k) = App (f a)
type data Universe = Star | Nebula Type
data Same1 = Same1 {same :: Int, other :: Bool}
data Same2 = Same2 {same :: Char}
data Gadt :: Type -> (Type -> Type) -> Type where
  Nullary :: Gadt Int f
  Pair :: !a -> Gadt b f %1 -> Gadt (a, b) f
  Lists :: Show a => [a] -> f x -> Gadt [a] f
  Fields :: forall a f. {left :: !a, right :: Maybe (f Int)} -> Gadt (Maybe a) (f :: Type -> Type)
type Vec :: Nat -> Type -> Type
data Vec n a where { Empty :: Vec 0 a; (:>) :: a -> Vec n a -> Vec (n + 1) a }
infixr 5 :>

type Alias = Plain Int
type Polymorphic a = forall b. Show b => b -> a
type a ~> b = forall x. a x -> b x
type family Open (a :: k) (b :: Type) :: Type
type instance Open Int b = [b]
type instance Open Maybe b = Maybe b
type family Closed a = r | r -> a where { Closed Int = Bool; Closed [a] = Maybe (Closed a) }
type Kinded :: k -> k
type family Kinded a where { Kinded Int = Bool; Kinded (f :: Type -> Type) = Maybe; Kinded a = a }
type family Nothing' a where {}
type family Error a where { Error () = (); Error a = TypeError ('Text "no " ':<>: 'ShowType a) }
type family (a :: Bool) && (b :: Bool) :: Bool where { 'True && b = b; a && b = 'False }
data family Data a :: Type -> Type
data instance Data Int b = DataInt b Int | DataInts {dataInts :: [b]}
newtype instance Data Bool b = DataBool b
data instance Data [a] b where { DataList :: a -> Data [a] Int }

class (Show a, forall x. Eq x => Eq (f x)) => Big a f | a -> f, f -> a where
  type Assoc a (b :: Type) :: Type
  type Assoc a b = (a, b)
  data AssocData a
  type NoDefault f :: Type -> Type
  method :: a -> f a
  (<+>) :: Ord b => b -> f b -> AssocData a
  defaulted :: a -> String
  default defaulted :: (Show a) => a -> String
  defaulted = show
  {-# MINIMAL method, ((<+>) | defaulted) #-}
class Empty
class Empty => Sub a
type Coerced :: (Type -> Constraint) -> Constraint
class c Int => Coerced c
pattern Both :: (Eq a, Num a) => Show b => b -> Both a b
pattern Both x <- MkBoth 0 x where Both x = MkBoth 0 x
data Both a b where { MkBoth :: Show b => a -> b -> Both a b }
pattern Viewed :: Int -> String
pattern Viewed n <- (length -> n)
pattern Provided :: () => Show a => a -> Existing
pattern Provided x = MkExisting x
pattern Point :: a -> b -> (a, b)
pattern Point {px, py} = (px, py)
pattern a :<> b = (a, b)
data Existing = forall a. Show a => MkExisting a

implicit :: (?size :: Int, HasCallStack) => a -> Int
implicit _ = ?size
linear :: a %1 -> (a %m -> b) -> (a -> b) -> ()
linear = linear
unboxed :: (# Int#, a #) -> (# a | Int | () #) -> (# #)
unboxed _ _ = (# #)
levity :: forall r (a :: TYPE r). (() -> a) -> a
levity f = f ()
promoted :: Proxy '[ 'True, 'False ] -> Proxy '( 'Just 1, "text", 'x') -> Proxy ('[] :: [Type]) -> Proxy (Int ': xs)
promoted = promoted
ranked :: (forall a. a -> a) -> (forall (f :: k -> Type) x. f x -> Int) -> Proxy Int -> ()
ranked _ _ _ = ()
equal :: (a ~ b, Closed a ~ Bool) => a -> b
equal x = x
ambiguous :: forall a. Show a => String
ambiguous = ""
partial :: Either (Either Int a -> ((,) a b)) ((->) a b) -> Proxy (->) -> Proxy Either -> Proxy [] -> Proxy (,,)
partial = partial
#if __GLASGOW_HASKELL__ >= 910
required :: forall a -> Show a => a -> String
required _ = show
#endif
