-- | International Standard Book Numbers, checked when they are read and, for
-- those that stand in the program, when the program is compiled.
module Shelf.Isbn
  ( Isbn
  , isbn
  , isbnDigits
  , parseIsbn
  ) where

import Data.Aeson (FromJSON (..), ToJSON (..), withText)
import Data.Char (digitToInt, isDigit)
import Data.Text qualified as Text
import Language.Haskell.TH.Syntax (Code, Lift (liftTyped), Q, joinCode)

-- | The thirteen digits of a valid ISBN.
newtype Isbn = Isbn String
  deriving stock (Eq, Ord, Lift)

instance Show Isbn where
  show = isbnDigits

instance ToJSON Isbn where
  toJSON = toJSON . isbnDigits

instance FromJSON Isbn where
  parseJSON = withText "ISBN" (either fail pure . parseIsbn . Text.unpack)

-- | The digits, without hyphens.
isbnDigits :: Isbn -> String
isbnDigits (Isbn digits) = digits

-- | Read an ISBN-13; hyphens and spaces between the digits are ignored.
parseIsbn :: String -> Either String Isbn
parseIsbn text
  | not (all isDigit digits) = Left (text <> " has characters that are not digits")
  | length digits /= 13 = Left (text <> " has " <> show (length digits) <> " digits instead of 13")
  | checksum digits /= 0 = Left (text <> " has the wrong check digit")
  | otherwise = Right (Isbn digits)
  where
    digits = filter (`notElem` "- ") text

-- | Zero for a valid number: the digits, weighted 1, 3, 1, 3, ..., modulo 10.
checksum :: String -> Int
checksum digits = sum (zipWith (*) (cycle [1, 3]) (map digitToInt digits)) `mod` 10

-- | An ISBN in the program text: @$$(isbn "978-0-13-484346-9")@.  A wrong one
-- does not compile.
isbn :: String -> Code Q Isbn
isbn = joinCode . either fail (pure . liftTyped) . parseIsbn
