"""The texts of the project in `mutations`: its files, their holes, and what may fill them."""

MODULES = (
    "Base",
    "Gen",
    "Util",
    "Macro",
    "Embed",
    "Orphan",
    "Splicer",
    "Facade",
    "User",
    "Ping",
    "Pong",
    "Main",
    "Aid",
)
"""The modules that have the holes of every module; as they are named in holes."""


def _module(name: str, language: str, head: str, body: str) -> str:
    top = f"{{-# LANGUAGE {language} #-}}\n<<{name}.pragma>>\n<<{name}.comment>>\n"
    return f"{top}module {head} where\n\n<<{name}.import>>\n{body}\n<<{name}.extra>>\n\n<<{name}.error>>\n"


FILES = {
    "mutant.cabal": """cabal-version: 3.0
name: mutant
version: <<cabal.version>>
build-type: Simple

common shared
  default-language: <<cabal.language>>
  build-depends: base, template-haskell
  ghc-options: <<cabal.options>>

library low
  import: shared
  hs-source-dirs: low
  exposed-modules: Base Gen <<util.low>>

library
  import: shared
  hs-source-dirs: src
  build-depends: low
  include-dirs: <<cabal.include>>
  cpp-options: <<cabal.cpp>>
  exposed-modules: Macro Embed Orphan Splicer Facade User Ping Pong <<util.src>> <<maybe.listed>>

executable run
  import: shared
  hs-source-dirs: app
  main-is: Main.hs
  other-modules: Aid
  ghc-options: <<cabal.main>>
  build-depends: low, mutant
""",
    "cabal.project": "packages: .\n",
    "include/defs.h": '#define LIMIT <<defs.limit>>\n#include "more.h"\n',
    "include/more.h": "<<more.text>>\n",
    "other/defs.h": "#define LIMIT 'o'\n",
    "data/text.txt": "<<data.text>>",
    "data/other.txt": "constant",
    "low/Base.hs": _module(
        "Base",
        "TypeFamilies, PatternSynonyms",
        "Base (<<base.exports>>, pattern One)",
        """
<<base.deprecated>>
<<base.fixity>>
data Thing = Thing <<base.field>> <<base.constructor>>

type family Elem a
type instance Elem Thing = <<base.family>>

class Sized a where
  size :: a -> Int
  <<base.method>>

instance Sized Thing where
  size _ = <<base.size>>

number :: <<base.type>>
number = <<base.number>>

old :: Int
old = 1

(+++) :: Int -> Int -> Int
a +++ b = a - b

hidden :: Int
hidden = 3

pattern One :: Int
pattern One = 1
<<base.complete>>
""",
    ),
    "low/Gen.hs": _module(
        "Gen",
        "TemplateHaskell",
        "Gen",
        """
import Base
import Language.Haskell.TH

gen :: Q Exp
gen = <<gen.body>>

declare :: String -> Q [Dec]
declare name = do
  found <- newName "x"
  pure [FunD (mkName name) [Clause [VarP found] (NormalB (<<gen.clause>>)) []]]

depth :: Int
depth = <<gen.depth>>
""",
    ),
    "<<util.folder>>/<<util.name>>.hs": _module(
        "Util",
        "ScopedTypeVariables",
        "<<util.name>> <<util.exports>>",
        """
<<util.warned>>
twice :: <<util.type>> -> <<util.type>>
twice x = <<util.body>>

size' :: Int -> Int
size' = id

<<util.clash>>
""",
    ),
    "src/Macro.hs": _module(
        "Macro",
        "CPP",
        "Macro (limit)",
        """
#include "defs.h"
#ifdef EXTRA
import Data.Char
#endif
#if MIN_VERSION_mutant(0,2,0)
import Data.Ord
#endif

limit :: Int
limit = LIMIT
""",
    ),
    "src/Embed.hs": _module(
        "Embed",
        "TemplateHaskell",
        "Embed (text)",
        """
import Language.Haskell.TH
import Language.Haskell.TH.Syntax

text :: <<embed.type>>
text = $(do
  addDependentFile "<<embed.file>>"
  found <- runIO (readFile "<<embed.file>>")
  if found == "int" then litE (integerL 1) else litE (stringL found))
""",
    ),
    "src/Orphan.hs": _module(
        "Orphan",
        "FlexibleInstances",
        "Orphan",
        """
import Base

<<orphan.instance>>
""",
    ),
    "src/Splicer.hs": _module(
        "Splicer",
        "TemplateHaskell",
        "Splicer",
        """
import Gen
<<splicer.import>>

made :: <<splicer.type>>
made = $gen

declare "declared"
""",
    ),
    "src/Facade.hs": _module(
        "Facade",
        "<<facade.language>>",
        "Facade (module Base<<facade.also>>)",
        """
import Base <<facade.hiding>>
import <<util.imported>>
import Macro
""",
    ),
    "src/User.hs": _module(
        "User",
        "FlexibleContexts",
        "User",
        """
import Facade
<<user.orphan>>
<<user.import>>

shown :: Thing -> String
shown = <<user.shown>>

sum3 :: Int
sum3 = 1 +++ 2 +++ 3

<<user.old>>

element :: Elem Thing -> Int
element = length . show

partial :: Thing -> Int
partial t = case t of
  Thing {} -> size t

<<user.body>>
""",
    ),
    "src/Ping.hs": _module(
        "Ping",
        "CPP",
        "Ping",
        """
import {-# SOURCE #-} Pong

ping :: Int -> Int
ping n = <<ping.body>>
""",
    ),
    "src/Pong.hs": _module(
        "Pong",
        "BangPatterns",
        "Pong",
        """
import Ping

pong :: <<pong.type>> -> Int
pong n = ping (<<pong.body>>)

newtype Ball = Ball Int <<pong.deriving>>
""",
    ),
    "src/Pong.hs-boot": "module Pong where\n\npong :: <<boot.type>> -> Int\n<<boot.more>>\n",
    "src/Data/Maybe.hs": "module Data.Maybe where\n\nfromMaybe :: a -> a\nfromMaybe x = x\n<<maybe.more>>\n",
    "app/Aid.hs": _module("Aid", "<<aid.language>>", "Aid", "\nimport User\n\naid :: Int\naid = <<aid.body>>\n"),
    "app/Main.hs": _module(
        "Main",
        "BlockArguments",
        "Main (main)",
        """
import Aid
import Splicer
<<main.import>>

main :: IO ()
main = do
  print aid
  print made
  <<main.body>>
""",
    ),
}
"""Texts by place; both may hold holes `<<name>>`."""

SWITCHES: dict[str, tuple[str, str]] = {
    "src/Data/Maybe.hs": ("maybe", "yes"),
    "include/more.h": ("more.gone", "no"),
}
"""The files that are not always there, and the holes that decide it."""

HOLES: dict[str, tuple[str, ...]] = {
    "cabal.version": ("0.1", "0.2"),
    "cabal.language": ("Haskell2010", "GHC2021"),
    "cabal.options": ("-Wall", "", "-Wall -Wno-unused-top-binds", "-Wall -Werror", "-XOverloadedStrings", "-XStrict"),
    "cabal.include": ("include", "other include", "include other"),
    "cabal.cpp": ("", "-DEXTRA"),
    "cabal.main": ("", "-Wno-all", "-Werror=unused-imports"),
    "defs.limit": ("1", "2", "'x'", "undefined_name", "MORE"),
    "more.text": ("", "#define MORE 5", "#define EXTRA", "#error more"),
    "more.gone": ("no", "yes"),
    "data.text": ("hello", "int", "other\ntext"),
    "maybe": ("no", "yes"),
    "maybe.more": ("", "maybe :: Int\nmaybe = 1"),
    "maybe.listed": ("", "Data.Maybe"),
    "base.exports": (
        "Thing (..), Elem, Sized (..), number, old, (+++)",
        "Thing, Elem, Sized (..), number, old, (+++)",
        "module Base",
        "Thing (..), Elem, Sized (..), number, (+++)",
        "Thing (..), Elem, Sized (size), number, old, (+++), hidden",
    ),
    "base.deprecated": (
        "",
        '{-# DEPRECATED old "use new" #-}',
        '{-# DEPRECATED old "use newer" #-}',
        '{-# WARNING number "careful" #-}',
        '{-# DEPRECATED Thing "no things" #-}',
    ),
    "base.fixity": ("", "infixl 6 +++", "infixr 6 +++", "infix 6 +++"),
    "base.field": ("Int", "Bool", "{ held :: Int }", "!Int"),
    "base.constructor": (
        "deriving (Show)",
        "",
        "| Nothing'",
        "| Nothing' deriving (Show, Eq)",
        "deriving stock (Show)",
    ),
    "base.family": ("String", "[Int]", "Int"),
    "base.method": ("", "extraSize :: a -> Int", "extraSize :: a -> Int\n  extraSize = size"),
    "base.complete": ("", "{-# COMPLETE One #-}"),
    "base.size": ("1", "2", "'x'"),
    "base.type": ("Int", "Integer", "Bool"),
    "base.number": ("1", "2", "toEnum 0"),
    "gen.body": (
        "[| number |]",
        "[| 'x' |]",
        "litE (integerL (fromIntegral number))",
        "stringE (show depth)",
        "[| old |]",
    ),
    "gen.clause": ("LitE (IntegerL 1)", "LitE (StringL name)", "VarE found"),
    "gen.depth": ("1", "2", "fromEnum 'x'", 'error "deep"'),
    "util.low": ("", "<<util.name>>"),
    "util.src": ("<<util.name>>", ""),
    "util.folder": ("src", "low"),
    "util.name": ("Util", "Tools", "Util.Inner"),
    "util.imported": ("Util", "Tools", "Util.Inner", "Data.List"),
    "util.exports": ("", "(twice)", "(module <<util.name>>)", "(nothing)"),
    "util.warned": ("", '{-# DEPRECATED twice "once" #-}', '{-# WARNING twice "careful" #-}'),
    "util.type": ("Int", "Integer", "String"),
    "util.body": ("x + x", "x <> x", "x", "let unused = x in x"),
    "util.clash": ("", "number :: Int\nnumber = 3", "limit :: Int\nlimit = 4"),
    "embed.type": ("String", "Int"),
    "embed.file": ("data/text.txt", "data/other.txt", "data/gone.txt"),
    "orphan.instance": (
        "",
        'instance Show Thing where\n  show _ = "thing"',
        "instance Sized Bool where\n  size _ = 1",
        "instance Sized (Maybe a) where\n  size = size",
    ),
    "splicer.import": ("import Base", "", "import Base ()", "import User"),
    "splicer.type": ("Int", "Char", "String", "Integer"),
    "facade.language": ("CPP", "Safe", "Trustworthy"),
    "facade.also": ("", ", module <<util.imported>>", ", module Macro"),
    "facade.hiding": ("", "hiding (old)", "(Thing, number)"),
    "user.orphan": ("import Orphan ()", "", "import Orphan"),
    "user.import": (
        "",
        "import Base (old)",
        "import qualified Base as B",
        "import Base (Thing (..))",
        "import Data.List",
    ),
    "user.shown": ("show", "const []", "show . size"),
    "user.old": ("", "usesOld :: Int\nusesOld = old", "usesOld :: Int\nusesOld = number"),
    "user.body": (
        "",
        "user :: Int\nuser = twice limit",
        "user = number + limit",
        "user (Thing x) = x",
        "user :: Bool -> Int\nuser = size",
        "user :: Int -> Int\nuser One = 2",
    ),
    "ping.body": ("n + 1", "pong n", "n - 'x'"),
    "pong.type": ("Int", "Bool"),
    "pong.body": ("n", "n + 1", "fromEnum n"),
    "pong.deriving": ("", "deriving (Eq, Show)", "deriving newtype (Eq)"),
    "boot.type": ("Int", "Bool"),
    "boot.more": ("", "data Ball"),
    "aid.language": ("CPP", "StrictData"),
    "aid.body": ("sum3", "user", "element undefined", "size' 1"),
    "main.import": ("", "import Base (number)", "import Ping", "import Gen"),
    "main.body": ("pure ()", "print number", "print (ping 1)", "print depth", "print declared"),
}
"""What may fill each hole, what is meant first."""
