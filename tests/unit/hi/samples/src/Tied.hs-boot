module Tied where
data Tied
