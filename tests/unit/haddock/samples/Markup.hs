-- |
-- Module      : Markup
-- Description : All of Haddock's markup
module Markup where

import Data.List (sort)

-- | Plain text of
-- two lines, with /emphasis/, __bold__, @mono 'sort' space@ and /not
-- emphasis/.  Also foo_bar, a \/b\/, don't, &#955; and \\.
plain :: ()
plain = ()

-- | Names: 'sort', `sort`, 'Data.List.sort', t'Maybe', v'Just', 'foldl'', '(+)', '()', 'unknown'.
-- "Data.List", "Data.List#anchor" and "not a module".
names :: ()
names = ()

-- | Links: <https://a.example>, <https://a.example with a label>, [a /label/](https://b.example/x_y),
-- https://c.example. And [the module]("Data.List"), #here#.
-- https://d.example
links :: ()
links = ()

-- | Pictures: <<a.png>>, <<a.png with a title>>, ![a title](b.png).
pictures :: ()
pictures = ()

-- | Formulas: \(\mathcal{O}(n)\) and
--
-- \[ \sum_{i=0}^n i \]
--
-- behind.
formulas :: ()
formulas = ()

-- |
-- * one
--   of two lines
-- * two
--
--     nested
--
--     * deep
--
-- * three
--
-- - dash
-- - @code@
lists :: ()
lists = ()

-- |
-- 1. one
--
-- 2. two
--
-- (3) three
--
-- [term]: what
-- it means
--
-- [@mono@] @code@
numbered :: ()
numbered = ()

-- | Code:
--
-- > bird tracks
-- >   indented
--
-- @
-- f 'sort' = /x/
--   where y
-- @
--
-- @alone@
--
-- >>> sort [2, 1]
-- [1,2]
-- >>> sort []
-- []
--
-- prop> \xs -> sort xs == sort (sort xs)
code :: ()
code = ()

-- | = Heading 1
-- text
-- == Heading 2
--
-- ====== Heading 6
headings :: ()
headings = ()

-- |
-- +------+--------+
-- | head | 'sort' |
-- +======+========+
-- | a    | b      |
-- +------+--------+
-- | c    | two    |
-- |      | lines  |
-- +------+--------+
tables :: ()
tables = ()

-- | Of a version.
--
-- @since 1.2.3
versioned :: ()
versioned = ()

-- | With arguments.
arguments
  :: Int -- ^ The /first/.
  -> Int
  -> Int -- ^ The result.
arguments _ n = n

-- | An operator.
(<+>) :: a -> b -> ()
_ <+> _ = ()

-- | A type.
data Record'
  -- | A constructor.
  = MkRecord'
  { field_1 :: Int -- ^ A field.
  }
  | Int :+: Int

-- | A class.
class Container' f where
  -- | A method.
  insert' :: a -> f a
