-- /NoModule.hs
module NoModule where
import Data.Lisst
^^^^^^^^^^^^^^^^^ 9.6: Import Data.DList instead
^^^^^^^^^^^^^^^^^ Import Data.List instead
import qualified Data.Txt as T
^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ Import Data.Text instead
-- /Postpositive.hs
module Postpositive where
import Data.List qualified as L
                 ^^^^^^^^^ Enable ImportQualifiedPost
f :: Eq a => [a] -> [a]
f = L.nub
