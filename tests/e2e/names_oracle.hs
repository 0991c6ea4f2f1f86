-- Prints the names that GHC's own parser finds declared at the top level of the files named on standard input, with
-- constructors, fields, methods and associated families, after its own preprocessing.  The command line: GHC's flags.
-- One line for each file: a list that Python can read too, or None if GHC rejects the file.  An entry is a name, its
-- line and its column, which are 0 where the parser keeps no place of the name.
{-# LANGUAGE LambdaCase #-}
module Main (main) where

import Control.Exception (SomeException, try)
import Control.Monad.IO.Class (liftIO)
import Data.List (intercalate)
import GHC hiding (parseModule)
import GHC.Data.FastString (mkFastString)
import GHC.Data.StringBuffer (hGetStringBuffer)
import GHC.Driver.Config.Parser (initParserOpts)
import GHC.Driver.Pipeline (preprocess)
import GHC.Hs
import GHC.Parser (parseModule)
import GHC.Parser.Lexer (ParseResult (..), initParserState, unP)
import GHC.Types.Name.Occurrence (occNameString)
import GHC.Types.Name.Reader (RdrName, rdrNameOcc)
import GHC.Types.SrcLoc (mkRealSrcLoc, srcSpanStartCol, srcSpanStartLine)
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
    liftIO $ mapM_ (\file -> putStrLn . either failed id =<< try (namesOf env file)) files
 where
  failed :: SomeException -> String
  failed _ = "None"

namesOf :: HscEnv -> FilePath -> IO String
namesOf env file =
  preprocess env file Nothing Nothing >>= \case
    Left _ -> pure "None"
    Right (dflags, output) -> do
      buffer <- hGetStringBuffer output
      let start = mkRealSrcLoc (mkFastString file) 1 1
      pure $ case unP parseModule (initParserState (initParserOpts dflags) buffer start) of
        PFailed _ -> "None"
        POk _ (L _ parsed) -> list (concatMap (declared . unLoc) (hsmodDecls parsed))

declared :: HsDecl GhcPs -> [String]
declared = \case
  TyClD _ declaration ->
    let (names, fields) = hsLTyClDeclBinders (noLocA declaration)
     in located (name declaration) : unlocated (drop 1 names) fields
  InstD _ (DataFamInstD _ one) -> uncurry unlocated (hsDataFamInstBinders one)
  InstD _ (ClsInstD _ one) -> concatMap (uncurry unlocated . hsDataFamInstBinders . unLoc) (cid_datafam_insts one)
  ForD _ declaration -> map located (hsForeignDeclsBinders [noLocA declaration])
  ValD _ bind@FunBind{} -> [located (fun_id bind)]
  ValD _ (PatSynBind _ bind) -> [located (psb_id bind)]
  ValD _ bind -> map (nameAt 0 0) (collectHsBindBinders CollNoDictBinders bind)
  _ -> []
 where
  name = \case
    FamDecl _ family -> fdLName family
    declaration -> tcdLName declaration
  -- Constructors and methods come with the place of their whole declaration.
  unlocated names fields = map (nameAt 0 0 . unLoc) names ++ map (located . foLabel . unLoc) fields

located :: LocatedN RdrName -> String
located (L place name) = case locA place of
  RealSrcSpan real _ -> nameAt (srcSpanStartLine real) (srcSpanStartCol real) name
  UnhelpfulSpan _ -> nameAt 0 0 name

nameAt :: Int -> Int -> RdrName -> String
nameAt line column name = "(" ++ intercalate ", " [quoted (occNameString (rdrNameOcc name)), show line, show column] ++ ")"

-- Operators may hold backslashes; nothing else that Python reads in another way.
quoted :: String -> String
quoted name = "r\"" ++ name ++ "\""

list :: [String] -> String
list parts = "[" ++ intercalate ", " parts ++ "]"
