module Main (main) where

import Command (Command (..), parseCommand, usage)
import Data.Foldable (for_, traverse_)
import Shelf.Book (describe)
import Shelf.Sample (sample)
import Shelf.Search (search, shelves)
import Shelf.Store (save)
import System.Environment (getArgs)
import System.Exit (die)

main :: IO ()
main = getArgs >>= maybe (die usage) run . parseCommand

run :: Command -> IO ()
run command = case command of
  Shelves -> for_ (shelves sample) $ \(genre, books) -> do
    print genre
    for_ books $ \book -> putStrLn ("  " <> describe book)
  Find query -> traverse_ (putStrLn . describe) (search query sample)
  Export path -> save path sample
