module Tied where
import Knot
data Tied = Tied Knot | Loose
