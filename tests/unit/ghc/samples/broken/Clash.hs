module Clash (clash, nothing, module Nowhere) where

import Data.List
import Data.Map

clash = insert 1 []
