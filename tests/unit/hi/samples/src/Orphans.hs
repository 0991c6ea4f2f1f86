{-# OPTIONS_GHC -Wno-orphans #-}
module Orphans {-# WARNING "do not use" #-} where
import Shapes
instance Enum Shape where { fromEnum _ = 0; toEnum _ = Dot }
