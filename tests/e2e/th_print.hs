{-# LANGUAGE CPP #-}
{-# LANGUAGE RankNTypes #-}
{-# LANGUAGE ScopedTypeVariables #-}
-- For each line of a file (extensions, tree and text, in hexadecimal digits): does GHC parse the text to what it makes
-- of the tree?  Arguments: GHC's library folder and the file.  Prints a line for each: "ok", or what differs.
module Main (main) where

import Data.Binary (decode)
import qualified Data.ByteString as B
import qualified Data.ByteString.Char8 as C
import qualified Data.ByteString.Lazy as L
import Data.Char (digitToInt)
import Data.Data (Data, cast, gmapT)
import Data.Maybe (fromMaybe)
import qualified Data.Text as T
import qualified Data.Text.Encoding as T
import GHC hiding (parseModule)
import GHC.Data.FastString (mkFastString)
import GHC.Data.StringBuffer (stringToStringBuffer)
import GHC.Driver.Config.Parser (initParserOpts)
import GHC.Driver.Session
import GHC.Parser (parseModule)
import GHC.Parser.Lexer (PState (..), ParseResult (..), initParserState, unP)
import GHC.ThToHs (convertToHsDecls)
import GHC.Types.Basic (Origin (..))
import GHC.Types.SourceText (SourceText (..))
import GHC.Types.SrcLoc
import GHC.Utils.Outputable
import GHCi.TH.Binary ()
import Language.Haskell.TH.Syntax (Dec)
import System.Environment (getArgs)

main :: IO ()
main = do
  [libdir, file] <- getArgs
  cases <- map C.words . C.lines <$> B.readFile file
  runGhc (Just libdir) $ do
    flags <- getSessionDynFlags
    let go fields = case fields of
          [extensions, tree, text] -> check flags (words (unhexed extensions)) (bytes tree) (unhexed text)
          _ -> "a line that makes no sense"
    pure (map go cases)
  >>= mapM_ putStrLn

check :: DynFlags -> [String] -> B.ByteString -> String -> String
check flags extensions tree text =
  case convertToHsDecls FromSource noSrcSpan (decode (L.fromStrict tree) :: [Dec]) of
    Left _ -> "skip: GHC does not accept the tree"
    Right wanted -> case unP parseModule (initParserState (initParserOpts with) buffer place) of
      PFailed state -> "fail: not parsed, near " ++ showSDocUnsafe (ppr (psSpan state))
      POk _ (L _ found)
        | shown wanted == shown (hsmodDecls found) -> "ok"
        | otherwise -> "differs: " ++ flat (shown wanted) ++ " <<>> " ++ flat (shown (hsmodDecls found))
  where
    with = foldl xopt_set flags [x | x <- [minBound .. maxBound], show x `elem` map alias extensions]
    alias name = case name of
      "CPP" -> "Cpp"
      "RankNTypes" -> "RankNTypes"
      _ -> name
    buffer = stringToStringBuffer text
    place = mkRealSrcLoc (mkFastString "case.hs") 1 1
    psSpan = psRealSpan . last_loc

flat :: String -> String
flat = unwords . words

shown :: [LHsDecl GhcPs] -> String
shown = flat . unlines . map (showSDocUnsafe . ppr . everywhere)

everywhere :: forall a. Data a => a -> a
everywhere = into (into (into (into id noText) bareType) barePattern) bareExpression . gmapT everywhere
  where
    into :: forall b c. (Data b, Data c) => (c -> c) -> (b -> b) -> c -> c
    into other change value = case cast value of
      Just x -> fromMaybe value (cast (change x))
      Nothing -> other value

noText :: SourceText -> SourceText
noText _ = NoSourceText

bareExpression :: HsExpr GhcPs -> HsExpr GhcPs
#if MIN_VERSION_GLASGOW_HASKELL(9,10,0,0)
bareExpression (HsPar _ (L _ inner)) = inner
#else
bareExpression (HsPar _ _ (L _ inner) _) = inner
#endif
bareExpression other = other

barePattern :: Pat GhcPs -> Pat GhcPs
#if MIN_VERSION_GLASGOW_HASKELL(9,10,0,0)
barePattern (ParPat _ (L _ inner)) = inner
#else
barePattern (ParPat _ _ (L _ inner) _) = inner
#endif
barePattern other = other

bareType :: HsType GhcPs -> HsType GhcPs
bareType (HsParTy _ (L _ inner)) = inner
-- Trees become prefix applications.
bareType (HsOpTy _ promoted left name right) =
  HsAppTy noExtField (noLocA (HsAppTy noExtField (noLocA (HsTyVar noAnn promoted name)) left)) right
bareType other = other

bytes :: B.ByteString -> B.ByteString
bytes digits = B.pack [fromIntegral (16 * digitToInt a + digitToInt b) | (a, b) <- pairs (C.unpack (B.drop 1 digits))]
  where
    pairs (a : b : rest) = (a, b) : pairs rest
    pairs _ = []

unhexed :: B.ByteString -> String
unhexed = T.unpack . T.decodeUtf8 . bytes
