{-# LANGUAGE TemplateHaskellQuotes #-}

-- | Texts with variables in them.
module Letters.Text (text) where

import Language.Haskell.TH
import Language.Haskell.TH.Quote (QuasiQuoter (..))

-- | @[text|Dear {name},|]@ puts the string @name@ where it says so.  As a
-- pattern it matches just the text.
text :: QuasiQuoter
text =
  QuasiQuoter
    { quoteExp = foldr (\piece rest -> [|$piece <> $rest|]) [|""|] . pieces
    , quotePat = litP . stringL
    , quoteType = const (fail "A text is no type")
    , quoteDec = const (fail "A text is no declaration")
    }

pieces :: String -> [Q Exp]
pieces source = case break (== '{') source of
  (plain, '{' : rest) | (name, '}' : behind) <- break (== '}') rest ->
    literal plain : varE (mkName name) : pieces behind
  _ -> [literal source]
  where
    literal = litE . stringL
