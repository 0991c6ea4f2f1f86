-- | Expected: a parse error (GHC-58481), and nothing about the rest.
module ParseError (greet) where

greet :: String -> String
greet name = case name of
  "" -> "Hello"
  other -> "Hello, " <> other <>

farewell :: String
farewell = "Goodbye"
