-- | Plain text tables with columns as wide as they must be.
module Text.Table (table) where

import Data.List (dropWhileEnd, transpose)

-- | The rows below each other, one line each, without spaces at the end.
table :: [[String]] -> String
table rows = unlines (map line rows)
  where
    widths = map (maximum . map length) (transpose rows)
    line = dropWhileEnd (== ' ') . unwords . zipWith pad widths
    pad width cell = take (max width (length cell)) (cell <> repeat ' ')
