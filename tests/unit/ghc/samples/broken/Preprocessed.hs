{-# LANGUAGE CPP #-}
module Preprocessed where
#warning "careful"
x :: Int
x = True
