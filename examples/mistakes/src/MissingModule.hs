-- | Expected: a module that does not exist, with a suggestion (GHC-61948 from GHC 9.8 on).
module MissingModule (sorted) where

import Data.Lsit (sort)

sorted :: [Int] -> [Int]
sorted = sort
