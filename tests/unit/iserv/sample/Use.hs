{-# LANGUAGE TemplateHaskell, QuasiQuotes, DataKinds, FunctionalDependencies, TypeFamilies, UnboxedTuples, DerivingStrategies, GeneralizedNewtypeDeriving, PatternSynonyms, LambdaCase, ScopedTypeVariables, FlexibleContexts, KindSignatures #-}
module Use where
import Gen
import Language.Haskell.TH
import Language.Haskell.TH.Syntax (Module (..), PkgName (..), ModName (..), addDependentFile, addModFinalizer)
import qualified Data.Kind as K
import Data.Proxy

data T = A Int | B { b1 :: T, b2 :: [Maybe Int] } | T :*: T
infixr 6 :*:
data Param f a = Param (f a) a

mkShow ''T

$(genRecord "Rec" [("one", ''Int), ("two", ''String)])

genClass

curryN 3
concat <$> mapM curryN [4 .. 6]

x1 = $(power 3) 2
x2 = $(sel 2 3) ('a', 'b', 'c')
x3 = $$(tpower 2) 5
x4 :: [Int] -> Maybe Int -> (Maybe [Int], Double, String, Either Int b -> Int)
x4 = $(everything)
x5 = [str|multi
line λ "quoted"|]
f1 [str|pat|] = 1
f1 _ = 2
f2 :: Proxy [str|typelit|]
f2 = Proxy
[str|q1 q2|]
g :: $( [t| forall a. (Ord a) => a -> Maybe [(a, Int)] |] )
g a = Just [(a, 1)]
h $(do { tupP [varP (mkName "p1"), bangP (varP (mkName "p2")), asP (mkName "p3") (conP 'Just [wildP])] }) = (p1, p2, p3)
x6 = $(do { ClassI _ is <- reify ''Show; n <- lookupValueName "x1"; l <- location; t <- reifyType 'map; fx <- reifyFixity '(:*:); r <- reifyRoles ''Param; i <- isInstance ''Show [ConT ''Int]; recover (pure ()) (fail "no"); _ <- recover (reify (mkName "nope") >> pure ()) (pure ()); addDependentFile "Gen.hs"; e <- extsEnabled; stringE (show (length is, n, l, t, fx, r, i, length e)) })
x7 = $(let go = [| $(litE (integerL 1)) + $( [| 2 |] ) |] in go)
type family F2 (a :: K.Type) :: K.Type
$(do { d <- [d| type instance F2 Int = Bool; data family DF a; newtype instance DF Int = DFI Int; deriving stock instance Show (Param Maybe Int); x8 :: Int; x8 = 1 |]; pure d })
{-# ANN module "hello" #-}
{-# ANN x1 (Just 'c') #-}
x9 :: Int
x9 = $(do { as <- reifyAnnotations (AnnLookupName 'x1) :: Q [Maybe Char]; bs <- reifyAnnotations (AnnLookupModule (Module (PkgName "main") (ModName "Gen"))) :: Q [String]; addModFinalizer (reportWarning "at the end"); reportWarning "während"; litE (integerL (fromIntegral (length as + length bs))) })
