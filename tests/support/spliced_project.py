"""A project in which nearly every module has splices: what they reify, run and embed can be edited."""

from textwrap import dedent

CABAL = """
    cabal-version: 3.0
    name: spliced
    version: 0.1
    build-type: Simple
    extra-source-files: words.txt

    library
      hs-source-dirs: src
      exposed-modules: Kinds Table Make Fields Powers Words Counted Careful Typed Stateful Ended All
      build-depends: base, template-haskell
      default-language: Haskell2010
"""

EMBEDDED = "words.txt"

FILES = {
    "cabal.project": "packages: .\n",
    "spliced.cabal": CABAL,
    EMBEDDED: "some words\n",
    "src/Kinds.hs": """
        module Kinds where

        data Shape = Round | Square | Flat Int
          deriving (Show)

        data Point = Point { px :: Int, py :: Int }
          deriving (Show, Eq)

        class Area a where
          area :: a -> Int

        instance Area Point where
          area point = px point * py point
    """,
    "src/Table.hs": """
        module Table where

        factor :: Int
        factor = 3

        label :: String
        label = "label"
    """,
    "src/Make.hs": """
        {-# LANGUAGE TemplateHaskell #-}
        module Make where

        import Language.Haskell.TH
        import Language.Haskell.TH.Quote
        import Language.Haskell.TH.Syntax

        import Table

        -- | Functions such as `getPx` for the fields of a record.
        getters :: Name -> Q [Dec]
        getters name = do
          TyConI (DataD _ _ _ _ [RecC _ fields] _) <- reify name
          concat <$> mapM getter fields
          where
            getter (field, _, result) = do
              let made = mkName ("get_" ++ nameBase field)
              x <- newName "x"
              pure
                [ SigD made (AppT (AppT ArrowT (ConT name)) result)
                , FunD made [Clause [VarP x] (NormalB (AppE (VarE field) (VarE x))) []] ]

        power :: Int -> Q Exp
        power 0 = [| const factor |]
        power n = [| \\x -> x * $(power (n - 1)) x |]

        embed :: FilePath -> Q Exp
        embed path = do
          addDependentFile path
          content <- runIO (readFile path)
          stringE content

        count :: Name -> Q Exp
        count name = do
          info <- reify name
          case info of
            TyConI (DataD _ _ _ _ constructors _) -> litE (integerL (fromIntegral (length constructors)))
            _ -> fail "no data type"

        known :: Name -> Name -> Q Exp
        known cls name = do
          found <- isInstance cls [ConT name]
          if found then [| True |] else [| False |]

        warned :: Q Exp
        warned = reportWarning label >> [| 1 :: Int |]

        careful :: Q Exp -> Q Exp
        careful attempt = recover [| 0 :: Int |] attempt

        twice :: Code Q Int -> Code Q Int
        twice number = [|| $$number + $$number ||]

        next :: Q Exp
        next = do
          number <- maybe (0 :: Integer) id <$> getQ
          putQ (number + 1)
          litE (integerL number)

        ended :: Name -> Q [Dec]
        ended name = do
          addModFinalizer $ do
            x <- newName "x"
            info <- reify name
            case info of
              TyConI (DataD _ _ _ _ [_, _, _] _) -> pure ()
              _ -> reportWarning ("other constructors, and " ++ nameBase x)
          pure []

        letters :: QuasiQuoter
        letters = QuasiQuoter (lift . length) undefined undefined undefined
    """,
    "src/Fields.hs": """
        {-# LANGUAGE TemplateHaskell #-}
        module Fields where

        import Kinds
        import Make

        getters ''Point

        far :: Point -> Int
        far point = get_px point + get_py point
    """,
    "src/Powers.hs": """
        {-# LANGUAGE TemplateHaskell, QuasiQuotes #-}
        module Powers where

        import Make
        import Table

        cube :: Int -> Int
        cube = $(power 3)

        four :: Int
        four = $(power 2) 2 + factor

        n :: Int
        n = [letters|some letters|]
    """,
    "src/Words.hs": """
        {-# LANGUAGE TemplateHaskell #-}
        module Words where

        import Make

        content :: String
        content = $(embed "words.txt")

        size :: Int
        size = 4 + length content
    """,
    "src/Counted.hs": """
        {-# LANGUAGE TemplateHaskell #-}
        module Counted where

        import Kinds
        import Make

        shapes :: Int
        shapes = $(count ''Shape)

        hasArea :: Bool
        hasArea = $(known ''Area ''Point)

        no :: Bool
        no = $(known ''Area ''Shape)
    """,
    "src/Careful.hs": """
        {-# LANGUAGE TemplateHaskell #-}
        module Careful where

        import Kinds
        import Make

        saved :: Int
        saved = $(careful (count 'Round))

        loud :: Int
        loud = $warned + 2
    """,
    "src/Typed.hs": """
        {-# LANGUAGE TemplateHaskell #-}
        module Typed where

        import Make

        doubled :: Int
        doubled = $$(twice [|| 4 ||])
    """,
    "src/Stateful.hs": """
        {-# LANGUAGE TemplateHaskell #-}
        module Stateful where

        import Make

        first :: Int
        first = $next

        second :: Int
        second = $next + 1
    """,
    "src/Ended.hs": """
        {-# LANGUAGE TemplateHaskell #-}
        module Ended where

        import Kinds
        import Make

        ended ''Shape

        ending :: Shape -> Int
        ending (Flat n) = n
        ending _ = 2
    """,
    "src/All.hs": """
        module All where

        import Careful
        import Counted
        import Ended
        import Fields
        import Kinds
        import Powers
        import Stateful
        import Typed
        import Words

        everything :: Int
        everything = saved + loud + shapes + far (Point 1 2) + four + doubled + size
          + first + second + ending Round
    """,
}


def spliced() -> dict[str, str]:
    """The texts of the project by file."""
    return {name: dedent(text).lstrip("\n") for name, text in FILES.items()}
