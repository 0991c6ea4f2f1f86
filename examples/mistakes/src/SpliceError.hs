{-# LANGUAGE TemplateHaskell #-}

-- | Expected: a splice that fails, and its own words for why (GHC-39584).
module SpliceError (tooMuch) where

import Checked (percent)

tooMuch :: Int
tooMuch = $(percent 120)
