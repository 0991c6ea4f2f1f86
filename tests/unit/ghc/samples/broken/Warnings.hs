{-# LANGUAGE LambdaCase, ExplicitForAll, RecordWildCards, KindSignatures #-}
module Warnings (module Warnings, T (..), T) where

import Data.Char (ord, ord)
import Data.Kind
import Data.List hiding (nothingLikeThat)
import Prelude

{-# DEPRECATED old "use new" #-}
old :: Int
old = 1

data T = T { field :: Int } deriving (Eq)

{-# NONSENSE what #-}

redundant :: Int -> Int
redundant x = case x of
  0 -> 1
  _ -> 2
  1 -> 3

overflow :: Word
overflow = -1

empty :: [Int]
empty = [5 .. 1]

incomplete :: Maybe Int -> Int
incomplete = \case Just x -> x

partial :: T -> Int
partial T {..} = 1

useless :: forall a. Int
useless = 1

local :: Int
local = let Just y = Nothing; z = 2 in y

update :: Either Int T -> T
update t = case t of { Right u -> u { field = 2 } }

orphan :: IO ()
orphan = do { pure 3; print 1 }

class K a where { k1 :: a; k2 :: a; {-# MINIMAL k1 #-} }

instance K Int

star :: Proxy (a :: *) -> ()
star Proxy = ()

data Proxy a = Proxy
