{-# OPTIONS_GHC -Wno-such-warning-at-all -Werror=unused-imports #-}
module Options where

import Data.List
