#!/usr/bin/env runghc

-- Prints the current month, a week on each line.

import Data.Time.Calendar
import Data.Time.Clock (getCurrentTime, utctDay)
import Text.Table (table)

main :: IO ()
main = do
  (year, month, _) <- toGregorian . utctDay <$> getCurrentTime
  let days = weeks (fromGregorian year month 1) (gregorianMonthLength year month)
  putStr (table (["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"] : map (map (maybe "" show)) days))

-- | The days of a month in rows of seven, beginning on Mondays.
weeks :: Day -> Int -> [[Maybe Int]]
weeks firstDay days = rows (replicate offset Nothing <> map Just [1 .. days])
  where
    offset = fromEnum (dayOfWeek firstDay) - 1
    rows [] = []
    rows cells = let (week, rest) = splitAt 7 cells in pad week : rows rest
    pad week = take 7 (week <> repeat Nothing)
