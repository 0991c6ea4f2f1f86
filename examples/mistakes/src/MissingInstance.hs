-- | Expected: no instance of Show for a type and for a function (GHC-39999).
module MissingInstance (announce, applied) where

data Colour = Red | Green | Blue

announce :: Colour -> String
announce colour = "the colour is " <> show colour

applied :: String
applied = show (announce . toEnum')
  where
    toEnum' n = [Red, Green, Blue] !! n
