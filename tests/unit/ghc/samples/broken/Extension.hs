{-# LANGUAGE NoSuchExtension #-}
module Extension where
