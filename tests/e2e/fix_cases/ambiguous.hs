-- /Ambiguous.hs
module Ambiguous where
import Data.List
import Data.Map
a = insert 3
    ^^^^^^ Hide insert of Data.List
    ^^^^^^ Hide insert of Data.Map
    ^^^^^^ Replace by Data.List.insert
    ^^^^^^ Replace by Data.Map.insert
-- /Local.hs
module Local where
import Data.List
import Data.Map hiding (map)
a = filter
    ^^^^^^ Hide filter of Data.List and Data.Map
    ^^^^^^ Replace by Data.List.filter
    ^^^^^^ Replace by Data.Map.filter
    ^^^^^^ Replace by Local.filter
filter :: Int
filter = 3
-- /Qualified.hs
module Qualified where
import qualified Data.Set as S
import qualified Data.Char as S
import qualified Data.IntMap as S
c = S.size S.empty
    ^^^^^^ Hide size of Data.IntMap
    ^^^^^^ Hide size of Data.Set
           ^^^^^^^ Hide empty of Data.IntMap
           ^^^^^^^ Hide empty of Data.Set
-- /Listed.hs
module Listed where
import Data.List (insert, sort)
import Data.Map as M (insert, empty)
a = sort [3]
c x = insert x
      ^^^^^^ Hide insert of Data.List
      ^^^^^^ Hide insert of Data.Map
      ^^^^^^ Replace by Data.List.insert
      ^^^^^^ Replace by M.insert
b = empty
-- /Three.hs
module Three where
import Data.Set
import Data.Map
import Prelude hiding ()
a x = x Data.Set.\\ x
b x = null x
      ^^^^ Hide null of Data.Set and Data.Map
      ^^^^ Hide null of Data.Set and Prelude
      ^^^^ Hide null of Prelude and Data.Map
      ^^^^ Replace by Data.Map.null
      ^^^^ Replace by Data.Set.null
      ^^^^ Replace by Prelude.null
-- /Types3.hs
module Types3 where
import Data.Map
import Data.IntMap as IM hiding ((\\))
a :: Map Int Int -> Key
a = const 3
b x = x ! 3
        ^ Hide ! of Data.IntMap
        ^ Hide ! of Data.Map
        ^ Replace by Data.Map.!
        ^ Replace by IM.!
-- /Implicit.hs
module Implicit where
import Data.Map
a = lookup 3
    ^^^^^^ Hide lookup of Data.Map
    ^^^^^^ Hide lookup of Prelude
    ^^^^^^ Replace by Data.Map.lookup
    ^^^^^^ Replace by Prelude.lookup
-- /Own.hs
module Own where
a = lines "b"
    ^^^^^ Hide lines of Prelude
    ^^^^^ Replace by Own.lines
    ^^^^^ Replace by Prelude.lines
lines :: String -> Int
lines _ = 3
