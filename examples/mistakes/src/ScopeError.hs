-- | Expected: a misspelt name, with a suggestion (GHC-88464).
module ScopeError (Temperature (..), warmer) where

newtype Temperature = Celsius Double
  deriving (Eq, Show)

warmer :: Double -> Temperature -> Temperature
warmer degrees (Celsius now) = Celsius (degres + now)
