{-# LANGUAGE QuasiQuotes #-}
{-# LANGUAGE TemplateHaskell #-}

-- | Every kind of splice at work; `thatch expand` shows what they give.
module Letters
  ( Letter (..)
  , body
  , cube
  , delivered
  , isReply
  , name
  , place
  , places
  , reading
  , write
  ) where

import Language.Haskell.TH (mkName, varP)
import Letters.Fields (fields, over, view)
import Letters.Places (linesOf)
import Letters.Power (power)
import Letters.Text (text)

data Letter = Letter
  { letterName :: String
  , letterPlace :: String
  , letterBody :: String
  }
  deriving (Eq, Show)

fields "letter" ''Letter

-- | Where letters can be sent.
places :: [String]
places = $(linesOf "data/places.txt")

delivered :: Letter -> Bool
delivered letter = view place letter `elem` places

write :: Letter -> String
write letter =
  [text|Dear {sender},
greetings to {town}!

{content}
|]
  where
    sender = view name letter
    town = view place letter
    content = view body (over body (<> ".") letter)

isReply :: String -> Bool
isReply [text|Re:|] = True
isReply _ = False

-- | The volume of a parcel with this edge.
cube :: Int -> Int
cube = $$(power 3)

reading :: $([t|String -> Int|])
reading = \ $(varP (mkName "page")) -> length page
