-- /LambdaCase.hs
module LambdaCase where
f :: Int -> Int
f = \case
     ^^^^ Enable LambdaCase
  _ -> 2
-- /ExplicitForAll.hs
{-# OPTIONS_GHC -Wall #-}
-- A comment.
module ExplicitForAll (f) where
f :: forall a. a -> a
     ^^^^^^ Enable RankNTypes
f x = x
-- /TypeOperators.hs
#!/usr/bin/env runghc
module TypeOperators where
type a + b = Either a b
       ^ Enable TypeOperators
-- /MultiParam.hs
module MultiParam where
class K a b where k :: a -> b
^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ Enable MultiParamTypeClasses
-- /Gadts.hs
module Gadts where
data G a where { GI :: G Int }
^^^^^^^^^^^^^^^^^^^^^^^^^^^^ 9.6: Enable GADTs
^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ 9.10: Enable GADTs
                 ^^^^^^^^^^^ 9.10: Enable ExistentialQuantification
                 ^^^^^^^^^^^ 9.10: Enable GADTs
-- /Standalone.hs
module Standalone where
data G a = G
deriving instance Show (G a)
^^^^^^^^^^^^^^^^^^^^^^^^^^^^ Enable StandaloneDeriving
-- /Strategies.hs
module Strategies where
newtype N = N Int deriving stock (Show)
                           ^^^^^ Enable DerivingStrategies
-- /Newtypes.hs
{-# LANGUAGE TupleSections #-}
module Newtypes where
newtype N = N Int deriving (Num)
                            ^^^ Enable GeneralizedNewtypeDeriving
-- /WildCards.hs
module WildCards where
data R = R { ra :: Int }
f :: R -> Int
f R{..} = ra
  ^^^^^ Enable RecordWildCards
-- /Puns.hs
module Puns where
data R = R { ra :: Int }
i :: R -> Int
i R{ra} = ra
  ^^^^^ Enable NamedFieldPuns
-- /Applications.hs
module Applications where
j :: Int -> String
j x = show @Int x
      ^^^^^^^^^ Enable TypeApplications
-- /Families.hs
module Families where
type family Fam a
^^^^^^^^^^^^^^^^^ Enable TypeFamilies
-- /Bangs.hs
module Bangs where
m :: a -> a
m !x = x
  ^^ Enable BangPatterns
-- /MultiWay.hs
module MultiWay where
o :: Int
o = if | True -> 1
    ^^ Enable MultiWayIf
-- /Underscores.hs
module Underscores where
p :: Int
p = 1_000
    ^^^^^ Enable NumericUnderscores
-- /Quotes.hs
module Quotes where
import Language.Haskell.TH
t :: Q Exp
t = [| 1 |]
    ^^^^^^^ Enable TemplateHaskell
    ^^^^^^^ Enable TemplateHaskellQuotes
-- /Functors.hs
module Functors where
data Fn a = Fn (Int -> a) deriving (Functor)
                                    ^^^^^^^ Enable DeriveFunctor
-- /FlexibleHead.hs
module FlexibleHead where
class Cl a where cl :: a -> Int
instance Cl (Maybe Int) where cl _ = 1
         ^^^^^^^^^^^^^^ Enable FlexibleInstances
-- /Synonym.hs
module Synonym where
class Cl a where cl :: a -> Int
type Three = Maybe
instance Cl (Three a) where cl _ = 1
         ^^^^^^^^^^^^ Enable TypeSynonymInstances
-- /FlexibleUse.hs
module FlexibleUse where
f :: Show (m Int) => m Int -> String
f = show
-- /Promoted.hs
module Promoted where
type T = 'True
         ^^^^^ Enable DataKinds
-- /Sections.hs
module Sections where
x :: Int -> (Int, Int)
x = (,) 3 `seq` (,3)
                ^^^^ Enable TupleSections
-- /Kinds.hs
module Kinds where
import Data.Kind
data P (a :: Type) = P
             ^^^^ Enable KindSignatures
-- /Scoped.hs
module Scoped where
f :: Int -> Int
f (x :: Int) = x
   ^^^^^^^^ Enable ScopedTypeVariables
-- /Splice.hs
module Splice where
import Language.Haskell.TH
f :: Int
f = $(litE (integerL 3))
    ^ Enable TemplateHaskell
-- /Empty.hs
module Empty where
data V
f :: V -> Int
f x = case x of {}
      ^^^^^^^^^^^^ Enable EmptyCase
-- /Existential.hs
module Existential where
data T = forall a. Show a => T a
         ^^^^^^^^^^^^^^^^^^^^^^^ Enable ExistentialQuantification
         ^^^^^^^^^^^^^^^^^^^^^^^ Enable GADTs
-- /Associated.hs
module Associated where
class C a where
  type F a
  ^^^^^^^^ Enable TypeFamilies
  c :: a
-- /Via.hs
module Via where
newtype E = E Int deriving (Show) via Int
                                  ^^^^^^^ Enable DerivingVia
-- /Roles.hs
module Roles where
type role P nominal
^^^^^^^^^^^^^^^^^^^ Enable RoleAnnotations
data P a = P
-- /Partial.hs
{-# OPTIONS_GHC -Wno-partial-type-signatures #-}
module Partial where
f :: Int -> Maybe _
                  ^ Enable PartialTypeSignatures
                  ^ Replace _ by Int
f x = Just x
-- /Literals.hs
module Literals where
import qualified Data.Text as T
t :: T.Text
t = "abc"
    ^^^^^ Enable OverloadedStrings
g :: T.Text -> Int
g _ = 2
u :: Int
u = g "abc"
      ^^^^^ Enable OverloadedStrings
-- /Views.hs
{- A licence. -}

{-# LANGUAGE BangPatterns,
             LambdaCase #-}
module Views where
n :: Int -> Int
n (succ -> y) = y
   ^^^^^^^^^ Enable ViewPatterns
-- /Default.hs
module Default where
class Mon m where
  m :: m
  default m :: Num m => m
  ^^^^^^^^^^^^^^^^^^^^^^^ Enable DefaultSignatures
  m = 3
-- /Patterns.hs
module Patterns where
pattern P :: Int
^^^^^^^^^ Enable PatternSynonyms
pattern P = 3
-- /Parallel.hs
module Parallel where
y :: [(Int, Int)]
y = [ (a, b) | a <- [1] | b <- [1] ]
               ^^^^^^^^^^^^^^^^^^^ Enable ParallelListComp
-- /Braced.hs
module Braced where { f :: Int -> Int; f = \case { _ -> 2 } }
                                            ^^^^ Enable LambdaCase
-- /Tilde.hs
{-# LANGUAGE GADTs #-}
{-# OPTIONS_GHC -Wno-type-equality-requires-operators #-}
module Tilde where
f :: (a ~ Int) => a -> a
f x = x
infixr 5 `And`
data a `And` b = And a b
type x & y = And x y
       ^ Enable TypeOperators
