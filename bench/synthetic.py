"""A synthetic cabal project of any size: layered imports, records, maps, and Template Haskell in every fifth module.

    python bench/synthetic.py MODULES FUNCTIONS FOLDER

The same arguments always give the same bytes.  A module has about 10 * FUNCTIONS lines.
"""

import argparse
import random
from collections.abc import Iterator
from pathlib import Path

TH_EVERY = 5
"""One module in this many has splices that run code of the project's own module `TH`."""

REACH = 40
"""A module imports up to four of this many modules before it."""

TH_MODULE = r"""{-# LANGUAGE TemplateHaskell #-}
module TH where
import Language.Haskell.TH
mkPower :: Int -> Q Exp
mkPower 0 = [| const 1 |]
mkPower n = [| \x -> x * $(mkPower (n-1)) x |]
mkGetters :: Name -> Q [Dec]
mkGetters nm = do
  TyConI (DataD _ _ _ _ [RecC _ fs] _) <- reify nm
  concat <$> mapM (\(f,_,t) -> do
     let g = mkName ("get" ++ nameBase f)
     x <- newName "x"
     pure [SigD g (AppT (AppT ArrowT (ConT nm)) t), FunD g [Clause [VarP x] (NormalB (AppE (VarE f) (VarE x))) []]]) fs
"""

FUNCTION = r"""f{i}_{k} :: R{i} -> [Int] -> Either String (Map.Map Int String)
f{i}_{k} r xs
  | null xs = Left (b{i} r ++ show (a{i} r))
  | otherwise = do
      let ys = sortOn negate (map (+ {k}) xs)
          m = Map.fromList (zip ys (map show ys))
      case Map.lookup {k} (c{i} r) of
        Nothing -> Right (Map.union m (c{i} r))
        Just v -> Right (Map.insert (length v) v m)

"""


def write_project(modules: int, functions: int, folder: Path, seed: int = 1) -> None:
    """Write the project with its `.cabal` file below a folder, which is made when it is missing."""
    choice = random.Random(seed)
    files = {"src/TH.hs": TH_MODULE}
    for number in range(modules):
        below = range(max(0, number - REACH), number)
        imports = sorted(choice.sample(below, min(number, 4)))
        files[f"src/Lib/M{number}.hs"] = "".join(module_text(number, imports, functions))
    names = [f"Lib.M{number}" for number in range(modules)]
    imports_of_main = "".join(f"import {name}\n" for name in names)
    files["src/Main.hs"] = f"module Main where\n{imports_of_main}main :: IO ()\nmain = print (f{modules - 1}_0 1)\n"
    files["synthetic.cabal"] = cabal_text(["TH", *names])
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def module_text(number: int, imports: list[int], functions: int) -> Iterator[str]:
    """The parts of the text of one module."""
    i, with_splices = number, number % TH_EVERY == 0
    if with_splices:
        yield "{-# LANGUAGE TemplateHaskell #-}\n"
    yield f"{{-# LANGUAGE DeriveGeneric #-}}\nmodule Lib.M{i} where\nimport qualified Data.Map.Strict as Map\n"
    yield "import GHC.Generics (Generic)\nimport Data.List (sortOn)\n"
    if with_splices:
        yield "import TH\n"
    yield "".join(f"import Lib.M{other}\n" for other in imports) + "\n"
    yield f"data R{i} = R{i} {{ a{i} :: Int, b{i} :: String, c{i} :: Map.Map Int String }}"
    yield " deriving (Show, Eq, Ord, Generic)\n\n"
    if with_splices:
        yield f"mkGetters ''R{i}\n\n"
    calls = "".join(f" + f{other}_0 x" for other in imports)
    yield f"f{i}_0 :: Int -> Int\nf{i}_0 x = x + {i}{calls}\n\n"
    if with_splices:
        yield f"p{i} :: Int -> Int\np{i} = $(mkPower 5)\n\n"
    for k in range(1, functions):
        yield FUNCTION.format(i=i, k=k)


def cabal_text(other_modules: list[str]) -> str:
    """The package description: one executable of all modules."""
    listed = "".join(f"    {name}\n" for name in other_modules)
    return (
        "cabal-version: 2.4\nname: synthetic\nversion: 0\n\nexecutable synthetic\n  main-is: Main.hs\n"
        f"  hs-source-dirs: src\n  other-modules:\n{listed}"
        "  build-depends: base, containers, template-haskell\n  default-language: Haskell2010\n"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("modules", type=int)
    parser.add_argument("functions", type=int)
    parser.add_argument("folder", type=Path)
    arguments = parser.parse_args()
    write_project(arguments.modules, arguments.functions, arguments.folder)


if __name__ == "__main__":
    main()
