{-# LANGUAGE TemplateHaskell #-}

-- | A shelf to begin with.
module Shelf.Sample (sample) where

import Shelf.Book (Book (..), Genre (..))
import Shelf.Isbn (isbn)

sample :: [Book]
sample =
  [ Book
      { bookTitle = "Types and Programming Languages"
      , bookAuthors = ["Benjamin C. Pierce"]
      , bookYear = 2002
      , bookGenre = Textbook
      , bookIsbn = $$(isbn "978-0-262-16209-8")
      }
  , Book
      { bookTitle = "Solaris"
      , bookAuthors = ["Stanisław Lem"]
      , bookYear = 1961
      , bookGenre = ScienceFiction
      , bookIsbn = $$(isbn "978-0-15-602760-1")
      }
  , Book
      { bookTitle = "Programming in Haskell"
      , bookAuthors = ["Graham Hutton"]
      , bookYear = 2016
      , bookGenre = Textbook
      , bookIsbn = $$(isbn "978-1-316-62622-1")
      }
  ]
