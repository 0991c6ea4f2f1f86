module Parse where

f = case x of
  let
