{-# LANGUAGE TemplateHaskell, DeriveLift, UnboxedTuples, FunctionalDependencies, TypeFamilies, DerivingStrategies, GeneralizedNewtypeDeriving, PatternSynonyms, LambdaCase, ScopedTypeVariables, FlexibleContexts #-}
module Gen where
import Language.Haskell.TH
import Language.Haskell.TH.Quote
import Language.Haskell.TH.Syntax
import Control.Monad

power :: Int -> Q Exp
power 0 = [| const 1 |]
power n = [| \x -> x * $(power (n - 1)) x |]

sel :: Int -> Int -> Q Exp
sel i n = do { x <- newName "x"; pure (LamE [TupP [if j == i then VarP x else WildP | j <- [1..n]]] (VarE x)) }

mkShow :: Name -> Q [Dec]
mkShow n = do
  TyConI (DataD _ _ _ _ cs _) <- reify n
  let nms = [nameBase c | c <- map cname cs]
  [d| instance Named $(conT n) where { names = const $(lift nms); label x = ("the " ++) (show (length (names x))) } |]
 where cname (NormalC c _) = c
       cname (RecC c _) = c
       cname (InfixC _ c _) = c
       cname _ = error "c"

class Named a where
  names :: a -> [String]
  label :: a -> String

genRecord :: String -> [(String, Name)] -> Q [Dec]
genRecord s fs = do
  let n = mkName s
  b <- pure (Bang NoSourceUnpackedness SourceStrict)
  pure [DataD [] n [] Nothing [RecC n [(mkName f, b, ConT t) | (f, t) <- fs]] [DerivClause (Just StockStrategy) [ConT ''Show, ConT ''Eq]]]

genClass :: Q [Dec]
genClass = [d|
  class Monad m => Store k m | m -> k where
    type Elem m
    get' :: k -> m (Elem m)
    put' :: k -> Elem m -> m ()
    put' _ _ = pure ()
    infixl 5 `put'`
  {-# INLINE helper #-}
  helper :: forall a b. (Show a, Num b) => a -> b -> (# a, b #)
  helper a b = (# a, b + 1 #)
  newtype Wrap f a = Wrap { unWrap :: f a } deriving newtype Show
  type family Fam a where { Fam Int = Bool; Fam [a] = a }
  pattern P :: a -> Maybe a
  pattern P x = Just x
  |]

str :: QuasiQuoter
str = QuasiQuoter { quoteExp = stringE, quotePat = \s -> litP (stringL s), quoteType = \s -> litT (strTyLit s), quoteDec = \s -> fmap concat (forM (words s) (\w -> do { let { n = mkName w }; t <- sigD n [t| Int |]; d <- valD (varP n) (normalB (litE (integerL 1234567890123456789))) []; pure [t, d] })) }

tpower :: Int -> Code Q (Int -> Int)
tpower 0 = [|| const 1 ||]
tpower n = [|| \x -> x * $$(tpower (n - 1)) x ||]

curryN :: Int -> Q [Dec]
curryN n = do
  f <- newName "f"
  xs <- replicateM n (newName "x")
  pure [FunD (mkName ("curry" ++ show n)) [Clause (VarP f : map VarP xs) (NormalB (AppE (VarE f) (TupE (map (Just . VarE) xs)))) []]]

everything :: Q Exp
everything = [| \xs m -> let { y = 3 :: Int; z 'a' = "x\"\n\1234"; z _ = "" } in
   (do { a <- m; let { b = a }; _ <- pure b; case xs of { (c : _) | c > 1, Just d <- Just c -> pure [d .. 10]; [] -> pure [x | x <- xs, odd x]; _ | otherwise -> if y > 2 then pure [1, 3 ..] else pure (map (+ 1) xs) } }, (subtract 1 . negate) (-1.5 :: Double), z 'b', \case { Left e -> e :: Int; Right _ -> 0 }) |]
