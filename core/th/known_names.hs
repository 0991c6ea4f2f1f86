-- Prints the names that GHC knows by heart, one a line: key, unit, module, space, name; see thatch.core.th.derive.
module Main (main) where

import GHC.Builtin.Utils (knownKeyNames)
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
      | name <- knownKeyNames
      , Just m <- [nameModule_maybe name]
      , let occ = occNameString (nameOccName name)
      , take 1 occ /= "$"
      ]
    key name = let (tag, number) = unpkUnique (nameUnique name) in tag : show number
    space name
      | isDataConNameSpace (nameNameSpace name) = "constructor"
      | isTcClsNameSpace (nameNameSpace name) = "type"
      | otherwise = "value"
