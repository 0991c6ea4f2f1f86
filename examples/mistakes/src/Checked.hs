{-# LANGUAGE TemplateHaskellQuotes #-}

-- | Expected: nothing; this module is in order.
module Checked (percent) where

import Language.Haskell.TH (Exp, Q, integerL, litE)

-- | A percentage that is checked when the program is compiled.
percent :: Integer -> Q Exp
percent n
  | n < 0 || n > 100 = fail (show n <> " is not between 0 and 100")
  | otherwise = litE (integerL n)
