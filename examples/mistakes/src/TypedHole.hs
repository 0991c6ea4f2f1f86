-- | Expected: a typed hole (GHC-88464) and what could fill it.
module TypedHole (compose) where

compose :: (b -> c) -> (a -> b) -> a -> c
compose f g x = f (_apply g x)
