-- /Inferred.hs
module Inferred where
import qualified Data.Map as M
f x = M.insert x True
 ^ Add signature: f :: Ord k => k -> M.Map k Bool -> M.Map k Bool
g :: Int
g = h 3
  where
    h n = n + (1 :: Int)
     ^ Add signature: h :: Int -> Int
k x y
 ^ Add signature: k :: (Eq a, Show a) => a -> a -> String
  | x == y = show x
  | otherwise = m y "a"
m x s = if s == "" then k x x else show x
 ^ Add signature: m :: (Eq a, Show a) => a -> String -> String
-- /Explicit.hs
module Explicit where
import Data.List
^ Make the import of Data.List explicit
^ Make all imports explicit
import qualified Data.Map as M
       ^ Make the import of Data.Map explicit
import Data.Maybe (fromMaybe)
import RewriteThings
                    ^ Make the import of RewriteThings explicit
import Data.Char hiding (ord)
a :: Int -> [Int]
a x = sort (fromMaybe [] (M.lookup x (M.fromList [(thingA (ThingA 3), nub [3])])))
b :: Thing
b = ThingB { thingB = 1 & 2 }
-- /RewriteThings.hs
module RewriteThings where
data Thing = ThingA { thingA :: Int } | ThingB { thingB :: Int }
(&) :: Int -> Int -> Int
(&) = (+)
-- /Qualify.hs
module Qualify where
import Data.List (sortBy)
import Data.Map as M (Map, (!), insert)
import qualified Data.Map
a :: Map Int Int -> [Int]
     ^ Qualify: Data.Map.Map
     ^ Qualify: M.Map
a m = sortBy (\x y -> compare (m ! x) y) []
        ^ Qualify: Data.List.sortBy
                        ^ Qualify: Prelude.compare
                                 ^ Qualify: M.!
                                 ^ Qualify: Data.Map.!
b :: Map Int Int
b = 3 `insert` 4 $ mempty
         ^ Qualify: M.insert
-- /Unnamed.hs
module Unnamed where
import RewriteHidden
h x = hide x
i y = open (hide y)
 ^ Add signature: i :: Int -> Int
data Own = Own
j = Own
^ Add signature: j :: Own
l = Just (Own, 'a')
 ^ Add signature: l :: Maybe (Own, Char)
-- /RewriteHidden.hs
module RewriteHidden (hide, open) where
newtype Hidden = Hidden Int
hide :: Int -> Hidden
hide = Hidden
open :: Hidden -> Int
open (Hidden x) = x
