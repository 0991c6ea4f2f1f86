{-# LANGUAGE CPP #-}
{-# LANGUAGE DefaultSignatures, DeriveAnyClass, DerivingStrategies, ExistentialQuantification, FlexibleContexts #-}
{-# LANGUAGE AllowAmbiguousTypes, DataKinds, DuplicateRecordFields, GADTs, PatternSynonyms, QuasiQuotes, RankNTypes #-}
{-# LANGUAGE TemplateHaskell, TypeFamilies, TypeOperators, ViewPatterns #-}

-- | About the module.
--
-- Its second paragraph.
module Documented
  ( -- * A section of the exports
    module Documented
    -- | A paragraph between exports.
  , Maybe (..) -- ^ About an export.
  ) where

import Data.List (sort)
-- | Rejected: it stands between imports.
import Data.Kind (Type)
import Foreign.C.Types (CDouble (..))

-- * A section

-- $named
-- A named chunk, which documents nothing.

-- An ordinary comment.
undocumented :: Int
undocumented = 1

-- | About 'plain'.
plain
  :: Int -- ^ The first.
  -> (Int -> Bool) -- ^ The second.
  -> String
  -- ^ The result.
plain n _ = show (n + sum (sort []))

{-| A block about
    several names. {- nested -} -}
one, two :: Int
one = 1
two = 2

-- | Before the pragma and the fixity.
{-# INLINE (+++) #-}
infixr 5 +++
(+++) :: [a] -> [a] -> [a]
xs +++ ys = xs ++ ys

-- | About @`also`@, which has no signature.
x `also` y = x && y

infixl 4 `also`, :*:

withArguments
  :: forall a. (Show a, Eq a)
  => -- | Before an argument.
     a
  -> -- | Before the result.
     String
-- ^ Behind a signature, at its column.
withArguments = show

synonymous :: Int -- ^ Behind a type that is no function.
synonymous = 3

-- | Two comments,
-- the first.

-- | And the second.
twice :: Int
twice = 4
-- ^ And one behind the equation.

(left, right)
  | otherwise = ('l', 'r')

[listed, _ignored] = "ab"

~lazy = ()

whole@(Just inside) = Just ('\'' :: Char)

((id -> viewed)) = 5 :: Int

-- | About a type.
data Shape
  -- | About 'Circle'.
  = Circle
  { radius :: Double -- ^ About 'radius'.
  , centre, edge :: (Double, Double)
    -- ^ About 'centre' and 'edge'.
  }
  -- | About 'Square'.
  | Square
      Double -- ^ About the side.
      !Int -- ^ About the depth.
  | Point -- ^ About 'Point'.
  | Int :*: Bool -- ^ About ':*:'.
  | forall a. Show a => Hidden a -- ^ About 'Hidden'.
  | {-# UNPACK #-} !Int `Around` [Int]
  deriving anyclass Unmethodical -- ^ About the instance.

-- ^ More about the type.

class Unmethodical a

-- | About a newtype.
newtype Wrapped a = Wrapped { unwrapped :: a {- ^ About 'unwrapped'. -} }

-- | About a GADT.
data Term :: Type -> Type where
  -- | About 'Literal'.
  Literal :: Int -- ^ Its value.
          -> Term Int
  -- | About two.
  Yes, No :: Term Bool
  Pair :: { first :: Term a -- ^ About 'first'.
          , second :: Term b } -> Term (a, b)
  deriving ()

-- | About a synonym.
type Predicate a = a -- ^ What is asked.
  -> Bool -- ^ The answer.

-- | About a class.
class Eq a => Container f a where
  -- | About an associated type.
  type Element f a :: Type
  -- | About 'empty'.
  empty :: f a
  -- | About 'insert'.
  insert
    :: a -- ^ What goes in.
    -> f a -> f a
  insert _ c = c
  infixr 6 `insert`
  {-# MINIMAL empty #-}

  toL :: f a -> [a]
  -- ^ About 'toL'.
  default toL :: Show a => f a -> [a]
  toL _ = []

-- | About an instance.
instance Container [] Int where
  type Element [] Int = Int
  -- | Nothing sees this.
  empty = []

-- | About a family.
type family Result a where
  Result Int = Bool

-- | About a data family.
data family Stored a

-- | About an instance of it.
data instance Stored Int
  = StoredInt Int -- ^ About 'StoredInt'.

-- | The kind of 'Kinded' is elsewhere.
type Kinded :: Type -> Type
data Kinded a = Kinded

-- | About an infix type.
data a :+: b = InL a | InR b

-- | About a pattern.
pattern Zero :: Int
pattern Zero = 0

-- | About a pattern of records.
pattern Two { here, there } = (here, there)

-- | About a foreign function.
foreign import ccall unsafe "math.h sin"
  sine :: CDouble -- ^ An angle.
       -> CDouble -- ^ Its sine.

#if defined(__GLASGOW_HASKELL__)
-- | About both branches.
branched :: Int
branched = 1
#else
-- | About both branches.
branched :: Int
branched = 2
#endif

pure []

-- | Behind a splice.
last' :: String -> Int
last' _ = {- | no comment for anybody -} length "-- | not a comment" -- | nor is this
