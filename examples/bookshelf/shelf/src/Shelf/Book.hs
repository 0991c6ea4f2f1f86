{-# LANGUAGE TemplateHaskell #-}

-- | A book, and its form as JSON.
module Shelf.Book
  ( Book (..)
  , Genre (..)
  , describe
  ) where

import Data.Aeson.TH (Options (..), defaultOptions, deriveJSON)
import Data.Aeson.Types (camelTo2)
import Data.List (intercalate)
import Shelf.Isbn (Isbn)

data Genre = Novel | Poetry | ScienceFiction | Textbook
  deriving stock (Bounded, Enum, Eq, Ord, Show)

data Book = Book
  { bookTitle :: String
  , bookAuthors :: [String]
  , bookYear :: Int
  , bookGenre :: Genre
  , bookIsbn :: Isbn
  }
  deriving stock (Eq, Show)

$(deriveJSON defaultOptions {constructorTagModifier = camelTo2 '-'} ''Genre)
$(deriveJSON defaultOptions {fieldLabelModifier = camelTo2 '_' . drop (length "book")} ''Book)

-- | One line for a list of books.
describe :: Book -> String
describe book =
  intercalate ", " (bookAuthors book) <> ": " <> bookTitle book <> " (" <> show (bookYear book) <> ")"
