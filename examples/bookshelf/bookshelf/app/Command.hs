-- | What the user can ask for.
module Command
  ( Command (..)
  , parseCommand
  , usage
  ) where

import Shelf.Search (Query (..))
import Text.Read (readMaybe)

data Command
  = Shelves
  | Find Query
  | Export FilePath
  deriving stock (Eq, Show)

parseCommand :: [String] -> Maybe Command
parseCommand arguments = case arguments of
  [] -> Just Shelves
  ["export", path] -> Just (Export path)
  "find" : terms -> Find <$> parseQuery terms
  _ -> Nothing

parseQuery :: [String] -> Maybe Query
parseQuery terms = case terms of
  ["title", part] -> Just (TitleHas part)
  ["author", part] -> Just (WrittenBy part)
  ["from", from, "to", to] -> PublishedIn <$> readMaybe from <*> readMaybe to
  _ -> Nothing

usage :: String
usage =
  unlines
    [ "bookshelf                        show every shelf"
    , "bookshelf find title PART        find by a part of the title"
    , "bookshelf find author PART       find by a part of an author's name"
    , "bookshelf find from YEAR to YEAR find by the year of publication"
    , "bookshelf export FILE            write the shelf as JSON"
    ]
