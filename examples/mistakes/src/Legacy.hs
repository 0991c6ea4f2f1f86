-- | Expected: nothing; this module is in order, and its users are warned.
module Legacy {-# WARNING "use Modern instead" #-} (answer, oldAnswer) where

answer :: Int
answer = 42

oldAnswer :: Int
oldAnswer = answer
{-# DEPRECATED oldAnswer "it was renamed to answer" #-}
