{-# LANGUAGE TemplateHaskell #-}
module Splices where

import Language.Haskell.TH
import System.IO

loud = $(runIO (putStr "no newline" >> hFlush stdout) >> [| not 'c' |])

failing :: Int
failing = $(fail "first line\nsecond line")
