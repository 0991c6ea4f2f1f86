{-# LANGUAGE TemplateHaskell #-}
{-# OPTIONS_GHC -haddock #-}
{-| About the module. -}
module Spoken (
  -- * A section
  speak,
  -- $more
  Voice (..), -- ^ About an export.
) where

import Language.Haskell.TH.Syntax (DocLoc (DeclDoc), addModFinalizer, putDoc)

-- | Uses 'Voice', ünd more.
speak :: Voice -- ^ Whose.
  -> String
  -- ^ What 'speak' says.
speak (Loud _) = "!"

-- $more
-- A named chunk.

newtype Voice = Loud Int -- ^ The only 'Voice'.

silent :: ()
silent = ()

addModFinalizer (putDoc (DeclDoc 'silent) "By a splice.") >> pure []
