{-# OPTIONS_GHC -fno-such-flag #-}
module Flag where
