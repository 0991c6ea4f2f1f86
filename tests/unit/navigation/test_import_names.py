"""What imports without a list bring, in modules that a real GHC compiled."""

from tests.conftest import Ghc
from tests.support.compiled import CompiledModules, CompileOnce
from thatch.core.documents import Document
from thatch.core.navigation.import_names import import_names
from thatch.core.navigation.modules import Modules

FIXTURE = """
    -- /Lib.hs
    module Lib where
    data R = R { a :: Int } | S
    class K t where { m :: t -> Int; n :: t -> Int }
    instance K R where { m = a; n = a }
    -- /A.hs
    module A where
    import qualified Data.Map as M
    import Data.Maybe
    import Data.Char (toUpper)
    import Data.List hiding (nub)
    import Lib -- all
    import Control.Monad
    import Data.Foldable (toList)
    f x = M.lookup x (M.fromList [(1 :: Int, R { a = 2 })]) >>= \\r -> guard (m r > 1) >> Just (fromMaybe 0 (Just 'x'))
    g :: M.Map Int Bool
    g = M.empty M.\\\\ M.empty
    h = toList (Just (toUpper 'x'))
""".replace("fromMaybe 0", "fromMaybe 'y'")

HINTED = """\
import qualified Data.Map as M⟨(Map, (\\\\), empty, fromList, lookup)⟩
import Data.Maybe⟨(fromMaybe)⟩
import Data.Char (toUpper)
import Data.List hiding (nub)
import Lib⟨(K(m), R(R, a))⟩ -- all
import Control.Monad⟨(guard)⟩
import Data.Foldable (toList)
"""


async def hinted(files: CompiledModules, text: str | None = None) -> str:
    """The text with its hints."""
    path = files.source("A")
    seen = await Modules(lambda: [files]).seen(path, {} if text is None else {path: Document(path, text, 1)})
    assert seen
    shown = seen.lines.text
    for one in sorted(import_names(seen, await seen.exports()), key=lambda one: -one.offset):
        assert one.insertions == ((one.offset, f" {one.whole}"),)
        shown = f"{shown[: one.offset]}⟨{one.label}⟩{shown[one.offset :]}"
    return shown


async def test_used_names_stand_behind_their_imports(ghc: Ghc, compile_once: CompileOnce) -> None:
    files = compile_once(ghc, FIXTURE)
    assert HINTED in await hinted(files)
    text = files.source("A").read_text("utf-8")
    changed = await hinted(files, text.replace("import Data.Maybe", "import Data.Maybes"))
    assert "import Data.Maybes\n" in changed
    assert "import Control.Monad⟨(guard)⟩" in changed
