{-# LANGUAGE TemplateHaskell #-}

module Main (main) where

import Control.Monad (unless)
import Data.Aeson (decode, encode)
import Data.Foldable (for_)
import Shelf.Book (Book (..))
import Shelf.Isbn (isbn, parseIsbn)
import Shelf.Sample (sample)
import Shelf.Search (Query (..), search, shelves)
import System.Exit (exitFailure)

main :: IO ()
main = do
  for_ failures putStrLn
  unless (null failures) exitFailure
  where
    failures = [name <> ": failed" | (name, False) <- checks]

checks :: [(String, Bool)]
checks =
  [ ("JSON gives back what it was given", decode (encode sample) == Just sample)
  , ("the oldest book comes first", map bookYear (search (PublishedIn 1900 2010) sample) == [1961, 2002])
  , ("search ignores case", length (search (TitleHas "PROGRAMMING") sample) == 2)
  , ("every book is on one shelf", sum (map (length . snd) (shelves sample)) == length sample)
  , ("hyphens do not matter", parseIsbn "9780156027601" == Right $$(isbn "978-0-15-602760-1"))
  , ("a wrong check digit is found", parseIsbn "978-0-15-602760-2" == Left "978-0-15-602760-2 has the wrong check digit")
  ]
