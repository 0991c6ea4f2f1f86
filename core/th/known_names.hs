-- Prints the names that GHC knows by heart, one a line: key, unit, module, space, name; see thatch.core.th.derive.
module Main (main) where

import Data.Char (isAlpha)
import GHC.Builtin.Types (tupleDataConName, tupleTyConName)
import GHC.Builtin.Utils (knownKeyNames)
import GHC.Types.Basic (Boxity (..), TupleSort (..))
import GHC.Types.Name
import GHC.Types.Unique
import GHC.Unit.Module
import GHC.Unit.Types

main :: IO ()
main = do
  mapM_ putStrLn written
  putStrLn ("end " ++ show (length written))
  where
    written =
      [ unwords [key name, unitString (moduleUnit m), moduleNameString (moduleName m), space name, occ]
      | name <- knownKeyNames ++ tuples
      , Just m <- [nameModule_maybe name]
      , let occ = occNameString (nameOccName name)
      , not (generated occ)
      ]
    -- GHC has no list of these: their keys tell how wide they are.
    tuples =
      [tupleTyConName sort width | sort <- [BoxedTuple, UnboxedTuple], width <- [0 .. 64]]
        ++ [tupleTyConName ConstraintTuple width | width <- 0 : [2 .. 64]]
        ++ [tupleDataConName boxity width | boxity <- [Boxed, Unboxed], width <- [0 .. 64]]
    generated ('$' : next : _) = isAlpha next
    generated _ = False
    key name = let (tag, number) = unpkUnique (nameUnique name) in tag : show number
    space name
      | isDataConNameSpace (nameNameSpace name) = "constructor"
      | isTcClsNameSpace (nameNameSpace name) = "type"
      | otherwise = "value"
