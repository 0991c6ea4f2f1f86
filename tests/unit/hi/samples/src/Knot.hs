module Knot where
import {-# SOURCE #-} Tied (Tied)
data Knot = Knot Tied
