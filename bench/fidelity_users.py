"""Small modules that use Template Haskell as programs do, by file; for `fidelity.py`."""

USERS = {
    "note.txt": 'some "text"\nof two lines: λ\n',
    "Library.hs": r"""{-# LANGUAGE TemplateHaskell #-}
module Library where
import Language.Haskell.TH
import Language.Haskell.TH.Quote

power :: Int -> Q Exp
power 0 = [| const 1 |]
power n = [| \x -> x * $(power (n - 1)) x |]

tupleGetter :: Int -> Int -> Q Exp
tupleGetter size index = do
  x <- newName "x"
  lamE [tupP [if i == index then varP x else wildP | i <- [0 .. size - 1]]] (varE x)

curries :: Int -> Q [Dec]
curries most = mapM make [2 .. most]
  where
    make n = do
      f <- newName "f"
      xs <- mapM (\i -> newName ("x" ++ show i)) [1 .. n]
      let name = mkName ("curry" ++ show n)
      funD name [clause (varP f : map varP xs) (normalB (appE (varE f) (tupE (map varE xs)))) []]

class Described a where
  constructors :: a -> [String]
  describe :: a -> String
  describe x = unwords (constructors x)

described :: Name -> Q [Dec]
described name = do
  TyConI (DataD _ _ _ _ found _) <- reify name
  let nameOf con = case con of { NormalC n _ -> n; RecC n _ -> n; InfixC _ n _ -> n; _ -> error "unknown" }
  [d| instance Described $(conT name) where constructors _ = $(listE [stringE (nameBase (nameOf c)) | c <- found]) |]

isConstructors :: Name -> Q [Dec]
isConstructors name = do
  TyConI (DataD _ _ _ _ found _) <- reify name
  concat <$> mapM one [n | NormalC n _ <- found]
  where
    one con = do
      let test = mkName ("is" ++ nameBase con)
      declared <- sigD test [t| $(conT name) -> Bool |]
      defined <- funD test [clause [recP con []] (normalB [| True |]) [], clause [wildP] (normalB [| False |]) []]
      pure [declared, defined]

manyForms :: Q [Dec]
manyForms = [d|
  data Shape a = Circle { radius :: !a } | Square a a | Int :/: a deriving (Eq, Show)
  newtype Wrapped f a = Wrapped { unwrapped :: f a }
  class Monad m => Store k m | m -> k where
    type Element m
    fetch :: k -> m (Element m)
    keep :: k -> Element m -> m ()
    keep _ _ = pure ()
  type family Other a where
    Other Int = Bool
    Other [a] = a
  infixl 6 |+|
  (|+|) :: Num a => a -> a -> a
  a |+| b = a + b
  {-# INLINE helper #-}
  helper :: (Show a, Num b) => a -> b -> (String, b)
  helper a b
    | null shown = (shown, 0)
    | otherwise = let c = b + 1; d = c * 2 in (shown, d)
    where
      shown = show a
  loop :: Maybe Int -> [Int] -> IO Int
  loop m xs = do
    let total = sum [x * y | x <- xs, y <- [1 .. 3], odd x]
    n <- case m of
      Just n | n > 0, even n -> pure n
             | otherwise -> do
                 print n
                 pure (negate n)
      Nothing -> pure 0
    if n > total then pure n else loop (Just total) (drop 1 xs)
  |]

text :: QuasiQuoter
text = QuasiQuoter { quoteExp = stringE, quotePat = litP . stringL, quoteType = litT . strTyLit, quoteDec = one }
  where one said = do { d <- valD (varP (mkName (filter (/= ' ') said))) (normalB (stringE said)) []; pure [d] }
""",
    "Plain.hs": r"""{-# LANGUAGE TemplateHaskell, QuasiQuotes, DataKinds, KindSignatures #-}
{-# LANGUAGE TypeFamilies, FunctionalDependencies #-}
module Plain where
import Library
import Data.Proxy
import qualified Data.Map.Strict as M
import Data.List (sortBy)
import Language.Haskell.TH (stringE, Q, Exp, Code, unsafeCodeCoerce)

data Colour = Red | Green Int | Blue { depth :: Int, named :: String }

described ''Colour
isConstructors ''Colour
curries 5
manyForms

cube :: Int -> Int
cube = $(power 3)

second :: (a, b, c) -> b
second = $(tupleGetter 3 1)

lookups :: M.Map String Int -> [Int]
lookups m = $([| map (\k -> M.findWithDefault 0 k m) (M.keys m) |])

sorted :: [Int] -> [Int]
sorted xs = $([| sortBy (\a b -> compare b a <> EQ) (xs ++ [1, 2.5 `seq` 3]) |])

said :: String
said = [text|some "text"
over lines \ and more|]

match :: String -> Bool
match [text|abc|] = True
match _ = False

proxy :: Proxy [text|symbol|]
proxy = Proxy

pairs :: $([t| forall a. Ord a => a -> Maybe [(a, Int)] |])
pairs x = if x == x then Just [(x, 1)] else Nothing

typed :: Int
typed = $$( [|| 3 + length [1 :: Int, 2] ||] )

nested :: Int -> Int
nested y = let z = $( [| \case' -> if case' then y else negate y |] ) in z True + $([| y |])

[text|quoted|]
""",
    "Lenses.hs": r"""{-# LANGUAGE TemplateHaskell, RankNTypes, FunctionalDependencies, FlexibleInstances #-}
module Lenses where
import Lens.Micro.TH

data Foo a = Foo { _bar :: Int, _baz :: a, _qux :: [a] } | Other { _bar :: Int }
makeLenses ''Foo

data Point = Point { _px, _py :: !Double, _plabel :: Maybe String }
makeLenses ''Point

data Config = Config { configPort :: Int, configHost :: String }
makeLensesFor [("configPort", "port"), ("configHost", "host")] ''Config

data Has = Has { _hasA :: Int, _hasB :: Bool }
makeClassy ''Has

data Named = Named { namedName :: String, namedAge :: Int }
makeFields ''Named
""",
    "Embedded.hs": r"""{-# LANGUAGE TemplateHaskell #-}
module Embedded where
import Data.ByteString (ByteString)
import Data.FileEmbed

note :: ByteString
note = $(embedFile "note.txt")

noteText :: String
noteText = $(embedStringFile "note.txt")

maybeNote :: Maybe ByteString
maybeNote = $(embedFileIfExists "note.txt")
""",
    "Lifted.hs": r"""{-# LANGUAGE TemplateHaskell #-}
module Lifted where
import Language.Haskell.TH.Lift

data Tree a = Leaf | Node (Tree a) a (Tree a)
deriveLift ''Tree

data Settings = Settings { name :: String, sizes :: [Int] }
deriveLift ''Settings
""",
    "Generics.hs": r"""{-# LANGUAGE TemplateHaskell, TypeFamilies, FlexibleContexts, KindSignatures, DataKinds #-}
module Generics where
import Generics.Deriving.TH

data Two a b = One a | Two b [a]
deriveAll0 ''Two
""",
    "Encoded.hs": r"""{-# LANGUAGE TemplateHaskell #-}
module Encoded where
import Data.Aeson
import Data.Aeson.TH

data Person = Person { pName :: String, pAge :: Maybe Int }
deriveJSON defaultOptions { fieldLabelModifier = drop 1 } ''Person
""",
    "Functors.hs": r"""{-# LANGUAGE TemplateHaskell #-}
module Functors where
import Data.Bifunctor.TH

data Pair a b = Pair a b | Neither deriving (Functor, Foldable, Traversable)
deriveBifunctor ''Pair
deriveBifoldable ''Pair
deriveBitraversable ''Pair
""",
    "Templates.hs": r"""{-# LANGUAGE TemplateHaskell, QuasiQuotes #-}
module Templates where
import Text.Shakespeare.Text
import Data.Text (Text)
import qualified Data.Text.Lazy as TL

greeting :: Text -> Int -> TL.Text
greeting name n = [lt|Hello #{name}, you have #{n + 1} messages.|]

plain :: Text -> Text
plain name = [st|Dear #{name}:
  some lines
    that are indented
|]
""",
    "Desugared.hs": r"""{-# LANGUAGE TemplateHaskell #-}
module Desugared where
import Language.Haskell.TH.Desugar

f :: [Maybe Int] -> Int
f xs = $(expToTH <$> (dsExp =<<
  [| sum [case x of { Just n | n > 3 -> n; _ -> 0 } | x <- xs, let _y = x, True] |]))

$(decsToTH <$> (dsDecs =<< [d| classify :: Int -> String
                               classify n | n < 0 = "negative"
                                          | n == 0 = "zero"
                               classify _ = "positive" |]))
""",
}
