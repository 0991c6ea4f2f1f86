-- | A shelf in a file.
module Shelf.Store
  ( load
  , save
  ) where

import Data.Aeson (eitherDecodeStrict', encode)
import Data.ByteString qualified as ByteString
import Data.ByteString.Lazy qualified as Lazy
import Shelf.Book (Book)

-- | The books in a file, or what is wrong with it.
load :: FilePath -> IO (Either String [Book])
load path = eitherDecodeStrict' <$> ByteString.readFile path

save :: FilePath -> [Book] -> IO ()
save path = Lazy.writeFile path . encode
