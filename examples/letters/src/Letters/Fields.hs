{-# LANGUAGE TemplateHaskellQuotes #-}

-- | Lenses for the fields of records: what libraries do with more care.
module Letters.Fields
  ( Lens
  , fields
  , over
  , view
  ) where

import Data.Char (toLower)
import Data.Functor.Const (Const (..))
import Data.Functor.Identity (Identity (..))
import Language.Haskell.TH

type Lens record field = forall f. Functor f => (field -> f field) -> record -> f record

view :: ((field -> Const field field) -> record -> Const field record) -> record -> field
view lens = getConst . lens Const

over :: ((field -> Identity field) -> record -> Identity record) -> (field -> field) -> record -> record
over lens change = runIdentity . lens (Identity . change)

-- | A lens for each field of a record, called like the field without the
-- given prefix: @fields "letter" ''Letter@.
fields :: String -> Name -> Q [Dec]
fields prefix record = do
  information <- reify record
  case information of
    TyConI (DataD _ _ [] _ [RecC _ parts] _) -> concat <$> traverse (field prefix record) parts
    _ -> fail (nameBase record <> " is no record with a single constructor and without parameters")

field :: String -> Name -> VarBangType -> Q [Dec]
field prefix record (name, _, result) = do
  lens <- lensName prefix name
  signature <- sigD lens [t|Lens $(conT record) $(pure result)|]
  change <- newName "change"
  whole <- newName "whole"
  part <- newName "part"
  let put = lamE [varP part] (recUpdE (varE whole) [pure (name, VarE part)])
  let changed = [|$put <$> $(varE change) ($(varE name) $(varE whole))|]
  definition <- funD lens [clause [varP change, varP whole] (normalB changed) []]
  pure [signature, definition]

lensName :: String -> Name -> Q Name
lensName prefix name = case drop (length prefix) (nameBase name) of
  first : rest -> pure (mkName (toLower first : rest))
  [] -> fail (nameBase name <> " has nothing behind " <> show prefix)
