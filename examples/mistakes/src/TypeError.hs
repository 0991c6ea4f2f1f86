-- | Expected: two type errors (GHC-83865); the one does not hide the other.
module TypeError (average, report, total) where

total :: [Double] -> Double
total = sum

average :: [Double] -> Double
average prices = total prices / length prices

report :: [Double] -> String
report prices = "total: " <> show (total prices) <> average prices
