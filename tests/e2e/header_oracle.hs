-- Prints what GHC itself reads in the heads of the files named on standard input, after its own
-- preprocessing.  The command line: GHC's flags.
-- One line for each file: a Haskell value that Python can read too, or None if GHC rejects the file.
{-# LANGUAGE LambdaCase #-}
module Main (main) where

import Control.Exception (SomeException, try)
import Control.Monad.IO.Class (liftIO)
import Data.List (intercalate)
import GHC
import GHC.Data.FastString (unpackFS)
import GHC.Data.StringBuffer (hGetStringBuffer)
import GHC.Driver.Config.Parser (initParserOpts)
import GHC.Driver.Env (hscSetFlags)
import GHC.Driver.Pipeline (preprocess)
import GHC.Driver.Session (xopt)
import GHC.LanguageExtensions (Extension (ImplicitPrelude))
import GHC.Parser.Header (getImports)
import GHC.Types.PkgQual (RawPkgQual (..))
import GHC.Types.SourceText (StringLiteral (..))
import GHC.Types.SrcLoc (SrcSpan (..), srcSpanEndCol, srcSpanStartCol, srcSpanStartLine)
import System.Environment (getArgs)
import System.IO (hSetEncoding, stdout, utf8)

main :: IO ()
main = do
  libdir : flags <- getArgs
  files <- lines <$> getContents
  hSetEncoding stdout utf8
  runGhc (Just libdir) $ do
    dflags <- getSessionDynFlags
    logger <- getLogger
    (dflags', _, _) <- parseDynamicFlags logger dflags (map noLoc flags)
    _ <- setSessionDynFlags dflags'
    env <- getSession
    liftIO $ mapM_ (\file -> putStrLn . either failed id =<< try (headOf env file)) files
 where
  failed :: SomeException -> String
  failed _ = "None"

headOf :: HscEnv -> FilePath -> IO String
headOf env file =
  preprocess env file Nothing Nothing >>= \case
    Left _ -> pure "None"
    Right (dflags, output) -> do
      buffer <- hGetStringBuffer output
      getImports (initParserOpts dflags) (xopt ImplicitPrelude dflags) buffer output file >>= \case
        Left _ -> pure "None"
        Right (sources, imports, _, name) ->
          pure . tuple $
            [ quoted (moduleNameString (unLoc name))
            , list (map (import_ True) sources ++ map (import_ False) imports)
            ]

import_ :: Bool -> (RawPkgQual, Located ModuleName) -> String
import_ source (package, L place name) =
  tuple [quoted (moduleNameString name), show source, qualifier package, span_ place]

qualifier :: RawPkgQual -> String
qualifier = \case
  NoRawPkgQual -> "None"
  RawPkgQual literal -> quoted (unpackFS (sl_fs literal))

span_ :: SrcSpan -> String
span_ = \case
  RealSrcSpan place _ -> tuple (map show [srcSpanStartLine place, srcSpanStartCol place, srcSpanEndCol place])
  UnhelpfulSpan _ -> "None"

-- Names hold neither quotes nor backslashes; Haskell's own escapes mean something else in Python.
quoted :: String -> String
quoted name = "\"" ++ name ++ "\""

tuple, list :: [String] -> String
tuple parts = "(" ++ intercalate ", " parts ++ ",)"
list parts = "[" ++ intercalate ", " parts ++ "]"
