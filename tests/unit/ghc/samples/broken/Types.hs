module Types where

import Data.List (sort, nub)
import qualified Data.Maybe as Maybe

wrong :: Int -> Int
wrong x = x + "a" ++ undefinedThing

hole :: Bool -> Int
hole y = case y of { True -> _hole }
	where unused = 'c' + True

shadow :: Int -> Int
shadow wrong = wrong

ambiguous = show (read "1")

instance Show (a -> b)

data Shape = Circle { radius :: Double } | Square { side :: Double }

area :: Shape -> Double
area (Circle r) = r

misspelt :: [Int]
misspelt = sortt [1, 2]

missing :: Shape
missing = Circle {}

rigid :: a -> b
rigid x = x

noInstance :: String
noInstance = show wrong

defaulted :: IO ()
defaulted = print (2 ^ 3)

discarded :: IO ()
discarded = do
  return 1
  pure ()
