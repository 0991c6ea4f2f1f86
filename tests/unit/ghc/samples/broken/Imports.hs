module Imports where

import Data.Nope
import Data.Lisst (sort)
import GHC.Driver.Main
