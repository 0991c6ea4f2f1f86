-- | Expected: the use of a deprecated function and of a discouraged module (-Wdeprecations).
module Deprecated (question) where

import Legacy (oldAnswer)

question :: Int
question = oldAnswer
