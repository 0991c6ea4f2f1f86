-- | Expected: warnings only, of -Wunused-imports, -Wmissing-signatures, -Wname-shadowing,
-- -Wunused-top-binds, -Wunused-matches, -Wtabs and -Wtype-defaults.
module OnlyWarnings (area, perimeter) where

import Data.List (sort)
import Data.Maybe (fromMaybe, mapMaybe)

area width height = width * height :: Double

perimeter :: Double -> Double -> Double
perimeter width height = 2 * sum (mapMaybe Just sides)
  where
    sides = let width = height in [width, height]

unused :: Double -> Double
unused size =
	2 ^ 3
