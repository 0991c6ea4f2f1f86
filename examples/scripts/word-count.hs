#!/usr/bin/env runghc

-- Counts the words of its input and prints the most frequent ones.

import Data.Char (isAlpha, toLower)
import Data.List (sortOn)
import Data.Map.Strict qualified as Map
import Data.Ord (Down (..))
import Text.Table (table)

main :: IO ()
main = do
  input <- getContents
  let counts = Map.fromListWith (+) [(word, 1 :: Int) | word <- wordsOf input]
      frequent = take 10 (sortOn (Down . snd) (Map.toList counts))
  putStr (table [[word, show count] | (word, count) <- frequent])

wordsOf :: String -> [String]
wordsOf = words . map (\c -> if isAlpha c then toLower c else ' ')
