{-# LANGUAGE TemplateHaskellQuotes #-}

-- | A typed splice, unrolled when the program is compiled.
module Letters.Power (power) where

import Language.Haskell.TH.Syntax (Code, Quote)

-- | @$$(power 3)@ is @\\n -> n * (n * (n * 1))@.
power :: Quote m => Int -> Code m (Int -> Int)
power times = [||\n -> $$(go times [||n||])||]
  where
    go 0 _ = [||1||]
    go left n = [||$$n * $$(go (left - 1 :: Int) n)||]
