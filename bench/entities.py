"""A synthetic project with 100 entities in quasi-quoted blocks, from which Template Haskell makes types and instances.

python bench/entities.py FOLDER
"""

import argparse
from pathlib import Path

BLOCKS = 10

ENTITIES_IN_BLOCK = 10

QUOTER = r"""{-# LANGUAGE TemplateHaskell #-}
module Entity (Entity (..), entities) where
import Data.Char (toLower)
import Language.Haskell.TH
import Language.Haskell.TH.Quote

class Entity a where
  table :: a -> String
  row :: a -> [String]

-- | Blocks such as `User`, and below it indented lines such as `name String`.
entities :: QuasiQuoter
entities = QuasiQuoter nothing nothing nothing (fmap concat . mapM entity . blocks . lines)
  where nothing _ = fail "only declarations"

blocks :: [String] -> [(String, [(String, String)])]
blocks [] = []
blocks (l : ls) = case words l of
  [name] -> let (fields, rest) = span ((== 2) . length . words) ls
            in (name, [(f, t) | [f, t] <- map words fields]) : blocks rest
  _ -> blocks ls

entity :: (String, [(String, String)]) -> Q [Dec]
entity (name, fields) = do
  let con = mkName name
      field f = mkName (map toLower (take 1 name) ++ drop 1 name ++ "_" ++ f)
      plain = Bang NoSourceUnpackedness NoSourceStrictness
      record = RecC con [(field f, plain, ConT (mkName t)) | (f, t) <- fields]
  x <- newName "x"
  shown <- listE [appE [| show |] (appE (varE (field f)) (varE x)) | (f, _) <- fields]
  pure
    [ DataD [] con [] Nothing [record] [DerivClause Nothing [ConT ''Show, ConT ''Eq, ConT ''Ord]]
    , InstanceD Nothing [] (AppT (ConT ''Entity) (ConT con))
        [ FunD 'table [Clause [WildP] (NormalB (LitE (StringL name))) []]
        , FunD 'row [Clause [VarP x] (NormalB shown) []] ]
    ]
"""


def write_entities(folder: Path) -> None:
    """Write the project below a folder, which is made when it is missing."""
    blocks = "\n".join("".join(block_text(number)) for number in range(BLOCKS))
    files = {
        "src/Entity.hs": QUOTER,
        "src/Models.hs": f"{{-# LANGUAGE QuasiQuotes #-}}\nmodule Models where\nimport Entity\n\n{blocks}",
        "src/Use.hs": "module Use where\nimport Entity\nimport Models\n\n"
        'cells :: [String]\ncells = row (Thing0x0 1 "a" True)\n',
        "entities.cabal": "cabal-version: 2.4\nname: entities\nversion: 0.1\nlibrary\n  hs-source-dirs: src\n"
        "  exposed-modules: Entity Models Use\n  build-depends: base, template-haskell\n"
        "  default-language: Haskell2010\n",
    }
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def block_text(block: int) -> list[str]:
    """The lines of one block."""
    names = [f"Thing{block}x{number}" for number in range(ENTITIES_IN_BLOCK)]
    return ["[entities|\n", *(f"{name}\n  number Int\n  name String\n  done Bool\n" for name in names), "|]\n"]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    write_entities(parser.parse_args().folder)
