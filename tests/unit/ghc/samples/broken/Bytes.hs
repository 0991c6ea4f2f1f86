module Bytes where

x = "ÿþ"
