-- | Finding books on a shelf.
module Shelf.Search
  ( Query (..)
  , search
  , shelves
  ) where

import Data.Char (toLower)
import Data.Function (on)
import Data.List (groupBy, isInfixOf, sortOn)
import Data.List.NonEmpty (NonEmpty)
import Data.List.NonEmpty qualified as NonEmpty
import Shelf.Book (Book (..), Genre)

data Query
  = TitleHas String
  | WrittenBy String
  | PublishedIn Int Int
  | Both Query Query
  deriving stock (Eq, Show)

-- | The books that a query is true of, oldest first.
search :: Query -> [Book] -> [Book]
search query = sortOn bookYear . filter (matches query)

matches :: Query -> Book -> Bool
matches query book = case query of
  TitleHas part -> part `within` bookTitle book
  WrittenBy part -> any (part `within`) (bookAuthors book)
  PublishedIn from to -> bookYear book >= from && bookYear book <= to
  Both one other -> matches one book && matches other book

within :: String -> String -> Bool
within = isInfixOf `on` map toLower

-- | The books by genre; no shelf is empty.
shelves :: [Book] -> [(Genre, NonEmpty Book)]
shelves books =
  [ (bookGenre first, first NonEmpty.:| others)
  | first : others <- groupBy ((==) `on` bookGenre) (sortOn bookGenre books)
  ]
