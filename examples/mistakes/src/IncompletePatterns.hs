-- | Expected: missing patterns as an error (GHC-62161), because of -Werror=incomplete-patterns, and a
-- pattern that is never reached as a warning (GHC-53633).
module IncompletePatterns (Light (..), after, mayGo) where

data Light = Red | RedAndYellow | Green | Yellow

after :: Light -> Light
after light = case light of
  Red -> RedAndYellow
  RedAndYellow -> Green
  Green -> Yellow

mayGo :: Light -> Bool
mayGo Green = True
mayGo _ = False
mayGo Red = False
