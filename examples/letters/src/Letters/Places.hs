{-# LANGUAGE TemplateHaskellQuotes #-}

-- | What is read from a file when the program is compiled.
module Letters.Places (linesOf) where

import Language.Haskell.TH
import Language.Haskell.TH.Syntax (addDependentFile, lift, makeRelativeToProject)
import System.IO (IOMode (ReadMode), hGetContents', hSetEncoding, utf8, withFile)

-- | The lines of a file of this package; when it changes, the module is
-- compiled again.
linesOf :: FilePath -> Q Exp
linesOf path = do
  file <- makeRelativeToProject path
  addDependentFile file
  content <- runIO $ withFile file ReadMode $ \handle -> hSetEncoding handle utf8 >> hGetContents' handle
  lift (lines content)
