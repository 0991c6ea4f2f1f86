-- Prints the types of template-haskell as JSON; thatch.core.th.schema says what the JSON means.
{-# LANGUAGE TemplateHaskell #-}
module Main (main) where

import Data.List (intercalate, nub)
import Language.Haskell.TH
import Language.Haskell.TH.Syntax

main :: IO ()
main =
  putStrLn
    $( do
        let primitive =
              words "Int Integer Char String Word8 Bytes Bool Maybe NonEmpty Ratio"

            list items = "[" ++ intercalate "," items ++ "]"

            text name = show (nameBase name)

            fields con = case con of
              NormalC name types -> [(name, map snd types)]
              RecC name types -> [(name, [t | (_, _, t) <- types])]
              InfixC (_, a) name (_, b) -> [(name, [a, b])]
              ForallC _ _ inner -> fields inner
              GadtC names types _ -> [(name, map snd types) | name <- names]
              RecGadtC names types _ -> [(name, [t | (_, _, t) <- types]) | name <- names]

            apply t arguments = case t of
              AppT function argument -> apply function (written argument : arguments)
              ListT -> list (show "List" : arguments)
              TupleT _ -> list (show "Tuple" : arguments)
              ConT name
                | nameBase name == "[]" -> list (show "List" : arguments)
                | null arguments -> text name
                | otherwise -> list (text name : arguments)
              VarT name -> text name
              other -> error ("a type that is not understood: " ++ show other)

            written t = apply t []

            named t = case t of
              AppT function argument -> named function ++ named argument
              ConT name | nameBase name `notElem` ("[]" : "List" : primitive) -> [name]
              _ -> []

            parameter binder = case binder of
              PlainTV name _ -> text name
              KindedTV name _ _ -> text name

            entry name parameters rest =
              text name ++ ":{\"parameters\":" ++ list (map parameter parameters) ++ "," ++ rest ++ "}"

            algebraic name parameters constructors =
              ( entry name parameters $
                  "\"constructors\":" ++ list [list [text con, list (map written ts)] | (con, ts) <- constructors]
              , concatMap (concatMap named . snd) constructors
              )

            describe name = do
              info <- reify name
              case info of
                TyConI (DataD _ _ parameters _ cons _) -> pure (algebraic name parameters (concatMap fields cons))
                TyConI (NewtypeD _ _ parameters _ con _) -> pure (algebraic name parameters (fields con))
                TyConI (TySynD _ parameters t) -> pure (entry name parameters ("\"synonym\":" ++ written t), named t)
                _ -> fail ("a type that is not understood: " ++ show name)

            -- Every type once, in the order in which they are first mentioned.
            walk _ [] = pure []
            walk seen (name : rest)
              | name `elem` seen = walk seen rest
              | otherwise = do
                  (said, more) <- describe name
                  (said :) <$> walk (name : seen) (rest ++ nub more)
        entries <-
          walk
            []
            [ ''Exp, ''Pat, ''Type, ''Dec, ''Name, ''Loc, ''Info, ''Fixity, ''Role, ''AnnLookup, ''ModuleInfo
            , ''DecidedStrictness, ''Extension, ''DocLoc
            ]
        litE (stringL ("{\"format\":1,\"types\":{" ++ intercalate ",\n" entries ++ "}}"))
     )
