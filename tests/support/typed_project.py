"""The project that a simulated user types in: two units, layers of imports, Template Haskell, a boot file."""

from textwrap import dedent

CABAL = """
    cabal-version: 3.0
    name: layers
    version: 0.1
    build-type: Simple

    library
      hs-source-dirs: src
      exposed-modules: {exposed}
      other-modules: Hidden
      build-depends: base, template-haskell
      default-language: Haskell2010
      ghc-options: -Wall

    executable show-layers
      hs-source-dirs: app
      main-is: Main.hs
      other-modules: Ask Tell
      build-depends: base, layers
      default-language: Haskell2010
      ghc-options: -Wall -Werror=unused-imports
"""

LAYERS = (("Base", "Kinds"), ("Left", "Right", "Shapes"), ("Mixed", "Turned"), ("Top",))
"""Plain modules: each imports all of the layer below."""

FIXED = {
    "src/Hidden.hs": """
        module Hidden (hidden) where

        import Base

        hidden :: Int
        hidden = base + 1
    """,
    "src/Make.hs": """
        {-# LANGUAGE TemplateHaskell #-}
        module Make (make, quoted) where

        import Language.Haskell.TH
        import Language.Haskell.TH.Quote

        import Hidden

        make :: Q Exp
        make = [| hidden + 2 |]

        quoted :: QuasiQuoter
        quoted = QuasiQuoter (litE . integerL . fromIntegral . length) undefined undefined undefined
    """,
    "src/Made.hs": """
        {-# LANGUAGE TemplateHaskell, QuasiQuotes #-}
        module Made (made, letters) where

        import Left
        import Make

        made :: Int
        made = $make + left

        letters :: Int
        letters = [quoted|some letters|]
    """,
    "src/Place.hs": """
        {-# LANGUAGE TemplateHaskell #-}
        module Place (place, line) where

        import Language.Haskell.TH

        import Base

        place :: String
        place = $(location >>= stringE . loc_module)

        line :: Int
        line = $(litE (integerL 3)) + base
    """,
    "src/Ping.hs": """
        module Ping (ping) where

        import {-# SOURCE #-} Pong

        ping :: Int -> Int
        ping number = if number == 0 then 0 else pong (number - 1)
    """,
    "src/Pong.hs-boot": """
        module Pong where

        pong :: Int -> Int
    """,
    "src/Pong.hs": """
        module Pong (pong) where

        import Base
        import Ping

        pong :: Int -> Int
        pong number = if number == 0 then base else ping (number - 1)
    """,
    "app/Tell.hs": """
        module Tell (tell) where

        import Pong
        import Place

        tell :: Int -> IO ()
        tell number = putStrLn (place ++ show (pong number))
    """,
    "app/Ask.hs": """
        module Ask (ask) where

        import Made
        import Top

        ask :: IO Int
        ask = pure (made + letters + top)
    """,
    "app/Main.hs": """
        module Main (main) where

        import Ask
        import Tell

        main :: IO ()
        main = ask >>= tell
    """,
}


def layered() -> dict[str, str]:
    """The texts of the project by file."""
    exposed = [*(name for layer in LAYERS for name in layer), "Make", "Made", "Place", "Ping", "Pong"]
    texts = {"cabal.project": "packages: .\n", "layers.cabal": CABAL.format(exposed=" ".join(exposed))}
    below: tuple[str, ...] = ()
    for layer in LAYERS:
        texts |= {f"src/{name}.hs": _plain(name, below) for name in layer}
        below = layer
    return {name: dedent(text).lstrip("\n") for name, text in (texts | FIXED).items()}


def _plain(name: str, below: tuple[str, ...]) -> str:
    imports = "".join(f"import {module}\n" for module in below)
    total = " + ".join([*(module.lower() for module in below), "1"])
    lower = name.lower()
    return (
        f"module {name} ({lower}, {lower}Pair) where\n\n{imports}\n"
        f"{lower} :: Int\n{lower} = {total}\n\n"
        f"{lower}Pair :: (Int, Bool)\n{lower}Pair = ({lower}, True)\n"
    )
