"""Edits on real GHCs: what is said while somebody types, and how little is started for it."""

import signal
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import psutil
import pytest

from tests.conftest import Ghc
from tests.support.children import is_running, wait_until_gone
from tests.support.ide import Ide, working
from tests.support.projects import write
from tests.support.waiting import until
from thatch.core.edit import edit_unit
from thatch.core.events import WorkStarted
from thatch.core.hi.model import FileUsage
from thatch.core.hi.reader import read_interface
from thatch.core.sandbox.mode import SandboxMode

A = "module A (a) where\n\na :: Int\na = 1\n"
B = "module B (b) where\n\nimport A\n\nb :: Int\nb = a\n"
C = "module C (c) where\n\nimport B\n\nc :: Int\nc = b\n"
PLAIN = {"A.hs": A, "B.hs": B, "C.hs": C}
MISMATCH = "4:5 error GHC-83865"

CABAL = {
    "cabal.project": "packages: .\n",
    "pair.cabal": """
        cabal-version: 3.0
        name: pair
        version: 0.1
        build-type: Simple

        library
          hs-source-dirs: src
          exposed-modules: Pair
          other-modules: Hidden
          build-depends: base
          default-language: Haskell2010

        executable show-pair
          hs-source-dirs: app
          main-is: Main.hs
          build-depends: base, pair
          default-language: Haskell2010
    """,
    "src/Hidden.hs": "module Hidden (hidden) where\n\nhidden :: Int\nhidden = 1\n",
    "src/Pair.hs": "module Pair (pair) where\n\nimport Hidden\n\npair :: Int\npair = hidden\n",
    "app/Main.hs": "module Main (main) where\n\nimport Pair\n\nmain :: IO ()\nmain = print (pair + 1)\n",
}


class Place:
    """Where a test works."""

    def __init__(self, ghc: Ghc, folder: Path) -> None:
        self.root = folder / "project"
        self.cache = folder / "cache"
        self.settings: dict[str, object] = {"ghc": str(ghc), "ghc_options": ("-Wunused-imports", "-Wunused-top-binds")}

    @asynccontextmanager
    async def warm(self, files: Mapping[str, str], **settings: object) -> AsyncIterator[Ide]:
        """An editor that opens a project which was checked before, so that no GHC runs."""
        write(self.root, files)
        async with working(self.root, self.cache, cached=True, **self.settings):
            pass
        async with working(self.root, self.cache, cached=True, **self.settings, **settings) as ide:
            assert ide.ghcs() == []
            yield ide
            assert ide.lane.edits.n_differences == 0


@pytest.fixture
def place(ghc: Ghc, tmp_path: Path) -> Place:
    return Place(ghc, tmp_path)


async def test_edits_need_no_session_of_the_project(place: Place) -> None:
    async with place.warm(PLAIN) as ide:
        ide.edit("C.hs", C)
        for n in range(5):
            assert await ide.edited("A.hs", A.replace("= 1", f"= 'x' -- {n}")) == [MISMATCH]
            assert await ide.edited("A.hs", A.replace("= 1", f"= {n}")) == []
            assert ide.lane.pid is None
        # A module between two open ones is seen as it would be with them.
        bools = A.replace("Int", "Bool").replace("= 1", "= True")
        assert await ide.edited("A.hs", bools) == []
        assert (ide.said("B.hs"), ide.said("C.hs")) == (["6:5 error GHC-83865"], [])
        # The text that was saved needs no check at all.
        assert await ide.edited("A.hs", A) == []
        assert ide.said("B.hs") == []
        assert ide.lane.pid is None
        ide.close("A.hs")
        ide.close("C.hs")
        await ide.idle()
        assert ide.lane.edits.pid is None
        assert ide.ghcs() == []


async def test_a_renamed_function_reaches_the_open_files(place: Place) -> None:
    async with place.warm(PLAIN) as ide:
        ide.edit("B.hs", B)
        await ide.edited("A.hs", A.replace("(a)", "(a')").replace("a ::", "a' ::").replace("a =", "a' ="))
        assert ide.said("B.hs") == ["3:1 warning -Wunused-imports", "6:5 error GHC-88464"]
        assert await ide.edited("B.hs", B.replace("b = a", "b = a'")) == []
        assert ide.lane.pid is None


async def test_what_is_saved_is_confirmed(place: Place) -> None:
    async with place.warm(PLAIN) as ide:
        wrong = B.replace("= a", "= 'x'")
        expected = ["3:1 warning -Wunused-imports", "6:5 error GHC-83865"]
        assert await ide.edited("B.hs", wrong) == expected
        n_events = len(ide.events)
        ide.save_buffer("B.hs")
        await ide.idle()
        # Whether a session is left depends on whether the file was seen to change once more.
        assert any(isinstance(event, WorkStarted) and "Checking" in event.title for event in ide.events[n_events:])
        assert ide.said("B.hs") == expected
        assert await ide.edited("B.hs", B) == []
        ide.save_buffer("B.hs")
        await ide.idle()
        assert ide.said("B.hs") == []


async def test_a_file_that_cannot_be_parsed_and_its_old_text(place: Place) -> None:
    """What was compiled last is in the buffer; what is on disk was never compiled."""
    async with place.warm(PLAIN) as ide:
        ide.save("A.hs", A.replace("= 1", "= = 1"))
        await ide.until_said("A.hs", "4:5 error GHC-58481")
        assert await ide.edited("A.hs", A) == []
        ide.close("A.hs")
        await ide.idle()
        assert ide.said("A.hs") == ["4:5 error GHC-58481"]


async def test_an_import_that_is_typed(place: Place) -> None:
    async with place.warm({**PLAIN, "D.hs": "module D (d) where\n\nd :: Char\nd = 'x'\n"}) as ide:
        assert await ide.edited("B.hs", B.replace("import A\n", "import A\nimport D\n")) == [
            "4:1 warning -Wunused-imports"
        ]
        assert await ide.edited("B.hs", B.replace("import A\n", "import A\nimport D\n").replace("= a", "= d")) == [
            "3:1 warning -Wunused-imports",
            "7:5 error GHC-83865",
        ]
        # Nobody can see the module that nobody has written.
        (said,) = await ide.edited("B.hs", B.replace("import A\n", "import A\nimport Nowhere\n"))
        assert said.startswith("4:1 error")
        assert await ide.edited("B.hs", B.replace("where", "wher")) == ["1:14 error GHC-58481"]
        assert await ide.edited("B.hs", B) == []


async def test_an_import_cycle_with_a_boot_file(place: Place) -> None:
    ping = "module Ping where\nimport {-# SOURCE #-} Pong\nping :: Int\nping = pong\n"
    pong = "module Pong where\nimport Ping\npong :: Int\npong = 1 + ping\n"
    boot = "module Pong where\npong :: Int\n"
    async with place.warm({"Ping.hs": ping, "Pong.hs": pong, "Pong.hs-boot": boot}) as ide:
        assert await ide.edited("Ping.hs", ping.replace("= pong", "= 'x' + pong")) == ["4:8 error GHC-83865"]
        assert await ide.edited("Ping.hs", ping) == []
        assert await ide.edited("Pong.hs", pong.replace("1 +", "'x' +")) == ["4:8 error GHC-83865"]
        assert await ide.edited("Pong.hs", pong) == []
        assert ide.lane.pid is None


async def test_two_units(place: Place) -> None:
    """The library's hidden module stays hidden from the executable."""
    main = CABAL["app/Main.hs"]
    async with place.warm(CABAL) as ide:
        pair = ide.text("src/Pair.hs")
        ide.edit("app/Main.hs", main)
        bools = pair.replace("Int", "Bool").replace("= hidden", "= hidden == 1")
        assert await ide.edited("src/Pair.hs", bools) == []
        assert ide.said("app/Main.hs") == ["6:20 error GHC-39999"]
        assert await ide.edited("src/Pair.hs", pair) == []
        assert ide.said("app/Main.hs") == []
        (said,) = await ide.edited("app/Main.hs", main.replace("import Pair\n", "import Pair\nimport Hidden\n"))
        assert said.startswith("4:1 error")
        assert await ide.edited("app/Main.hs", main) == []


PACKAGES_ONLY = (
    "{-# LANGUAGE TemplateHaskell #-}\nmodule P where\nimport A\nimport Language.Haskell.TH\n"
    "p :: Int\np = $(litE (integerL 3)) + a\n"
)
MAKE = (
    "module Make where\nimport A\nimport Language.Haskell.TH\nmake :: Q Exp\nmake = litE (integerL (fromIntegral a))\n"
)
MADE = "{-# LANGUAGE TemplateHaskell #-}\nmodule Made where\nimport Make\nmade :: Int\nmade = $make\n"


def interpreters() -> list[psutil.Process]:
    """The real interpreters that run below this process."""
    below = psutil.Process().children(recursive=True)
    return [one for one in below if is_running(one.pid) and "iserv" in Path((one.cmdline() or [""])[0]).name]


async def test_splices_are_replayed(place: Place) -> None:
    """No interpreter runs while somebody edits elsewhere in modules with splices, whatever code these ran."""
    async with place.warm({**PLAIN, "P.hs": PACKAGES_ONLY, "Make.hs": MAKE, "Made.hs": MADE}) as ide:
        assert await ide.edited("P.hs", PACKAGES_ONLY.replace("p :: Int", "p :: Bool")) != []
        assert await ide.edited("P.hs", PACKAGES_ONLY) == []
        assert await ide.edited("Made.hs", MADE.replace("Int", "Bool")) != []
        assert await ide.edited("Made.hs", MADE.replace("= $make", "= $make + 1")) == []
        assert await ide.edited("Made.hs", MADE.replace("= $make", "= $make + 'x'")) == ["5:16 error GHC-83865"]
        assert await ide.edited("Made.hs", MADE) == []
        assert (ide.lane.pid, interpreters()) == (None, [])


async def test_no_library_is_read_for_splices(place: Place) -> None:
    """GHC would note the hash of each that is linked for a splice, and read all of it at each check."""
    cabal = CABAL["pair.cabal"].replace("build-depends: base\n", "build-depends: base, template-haskell\n")
    text = PACKAGES_ONLY.replace("module P", "module Pair").replace("import A\n", "").replace(" + a", "")
    async with place.warm({**CABAL, "pair.cabal": cabal, "src/Pair.hs": text + "pair = p\n"}) as ide:
        assert await ide.edited("src/Pair.hs", text + "pair = not p\n") != []
        (interface,) = place.cache.glob("run/**/edits/sessions/**/Pair.hi")
        usages = read_interface(interface.read_bytes()).usages
        assert [each.path for each in usages if isinstance(each, FileUsage)] == []
        assert (ide.lane.pid, interpreters()) == (None, [])


async def test_what_splices_run_is_edited(place: Place) -> None:
    async with place.warm({**PLAIN, "Make.hs": MAKE, "Made.hs": MADE}) as ide:
        ide.edit("Made.hs", MADE)
        assert await ide.edited("Make.hs", MAKE.replace("(integerL (fromIntegral a))", "(charL 'x')")) == [
            "2:1 warning -Wunused-imports"
        ]
        assert [said.partition(" ")[2] for said in ide.said("Made.hs")] == ["error GHC-83865"]
        # While that is so, the other module is edited.
        assert await ide.edited("Made.hs", MADE.replace("Int", "Char")) == []
        assert await ide.edited("Make.hs", MAKE) == []
        assert len(ide.said("Made.hs")) == 1


async def test_a_splice_that_is_typed(place: Place) -> None:
    """The session of the project evaluates it, once; then it is replayed."""
    async with place.warm({**PLAIN, "Make.hs": MAKE, "Made.hs": MADE}) as ide:
        assert ide.lane.pid is None
        more = f"{MADE}\nmore :: Bool\nmore = $(id make)\n"
        (said,) = await ide.edited("Made.hs", more)
        assert said.startswith("8:")
        assert ide.lane.pid is not None
        n_events = len(ide.events)
        assert await ide.edited("Made.hs", more.replace("Bool", "Int")) == []
        assert await ide.edited("Made.hs", more.replace("Bool", "Char")) == [said]
        loads = [event for event in ide.events[n_events:] if isinstance(event, WorkStarted) and "edited" in event.title]
        # One load at most, that which takes the edits back.
        assert len(loads) <= 1
        # One that fails is evaluated each time.
        for n in range(2):
            (said,) = await ide.edited("Made.hs", f'{more.replace("Bool", "Int")}\nwrong = $(fail "no {n}")\n')
            assert said.endswith("error GHC-87897") or "error" in said
        assert await ide.edited("Made.hs", MADE) == []


ASKING = """
{-# LANGUAGE TemplateHaskell #-}
module Asking where
import Language.Haskell.TH
data Shape = Round | Square
$(return [])
shape :: $(do TyConI (DataD _ _ _ _ made _) <- reify ''Shape
              if length made == 2 then [t| Int |] else [t| Bool |])
shape = 1
same :: Int -> Int
same = $(do { x <- newName "x"; lamE [varP x] [| $(varE x) + (\\y -> y) 1 |] })
local :: Int -> Int
local z = $(id [| z |])
"""


HOSTILE = """
{-# LANGUAGE TemplateHaskell #-}
module Hostile where
import Language.Haskell.TH.Syntax
number :: Int
number = $(runIO (appendFile "MARKER" "ran ") >> [| 1 |])
"""


async def test_a_splice_is_replayed_only_while_ghc_answers_as_it_did(place: Place) -> None:
    asking = ASKING.lstrip().replace("local z = $(id [| z |])", "local z = z")
    async with place.warm({"Asking.hs": asking}) as ide:
        assert await ide.edited("Asking.hs", f"{asking}more = 'x' :: Int\n") == ["13:8 error GHC-83865"]
        assert (ide.lane.pid, interpreters()) == (None, [])
        found = await ide.edited("Asking.hs", asking.replace("| Square", "| Square | Flat"))
        assert found == ["8:9 error GHC-39999"]
        assert ide.lane.pid is not None
        assert await ide.edited("Asking.hs", asking) == []


CONTEXTS = """
{-# LANGUAGE TemplateHaskell #-}
module Contexts where
import Wrap
typed :: Int
typed = $$def
quoted = fst $(wrap [| one |])
"""

WRAP = """
{-# LANGUAGE TemplateHaskell #-}
module Wrap where
import Language.Haskell.TH
wrap :: Q Exp -> Q Exp
wrap e = [| ($e, True) |]
one :: Int
one = 1
class Def a where def :: Code Q a
instance Def Int where def = [|| 0 ||]
instance Def Bool where def = [|| False ||]
instance Def Char where def = [|| toEnum 0 ||]
"""


async def test_what_is_around_a_splice_may_change_what_it_does(place: Place) -> None:
    text = CONTEXTS.lstrip()
    async with place.warm({"Contexts.hs": text, "Wrap.hs": WRAP.lstrip()}) as ide:
        said = await ide.edited("Contexts.hs", f"{text}more :: Bool\nmore = quoted\n")
        assert said == ["8:8 error GHC-83865"]
        assert (ide.lane.pid, interpreters()) == (None, [])
        # The name is another one.
        local = text.replace("quoted =", "quoted one =")
        assert await ide.edited("Contexts.hs", f"{local}more :: Bool\nmore = quoted True\n") == []
        assert ide.lane.pid is not None
        # Another instance is used.
        assert await ide.edited("Contexts.hs", text.replace("Int", "Char")) == []
        assert await ide.edited("Contexts.hs", text.replace("Int", "Bool")) == []
        said = await ide.edited("Contexts.hs", f"{text}more = not quoted\n")
        assert said == ["7:12 error GHC-83865"]


EFFECTS = """
{-# LANGUAGE TemplateHaskell #-}
module Effects where
import Language.Haskell.TH
import Language.Haskell.TH.Syntax
{-# ANN module (length "ann" :: Int) #-}
do { x <- newName "made"; addTopDecls =<< sequence [funD x [clause [] (normalB [| 2 :: Int |]) []]]; pure [] }
top :: Int
top = 2
annotated :: Int
annotated = $(do { found <- reifyAnnotations . AnnLookupModule =<< thisModule; lift (sum (found :: [Int])) })
putDoc (DeclDoc 'top) "Made." >> pure []
"""


async def test_what_splices_do_besides_is_replayed(place: Place) -> None:
    text = EFFECTS.lstrip()
    place.settings["ghc_options"] = ("-haddock",)
    async with place.warm({"Effects.hs": text}) as ide:
        for number in range(3):
            said = await ide.edited("Effects.hs", f"{text}more{number} = top && False\n")
            assert said == ["12:9 error GHC-83865"]
        assert await ide.edited("Effects.hs", text) == []
        assert (ide.lane.pid, interpreters()) == (None, [])


FINALIZING = """
{-# LANGUAGE TemplateHaskell #-}
module Finalizing where
import Language.Haskell.TH
import Language.Haskell.TH.Syntax
import Make
data Shape = Round | Square
at :: Int
at = $(addModFinalizer (do { x <- newName "x"; _ <- reify (mkName "shapes"); pure () }) >> make)
shapes :: Int
shapes = 2
addModFinalizer (do
  TyConI (DataD _ _ _ _ made _) <- reify ''Shape
  if length made == 2 then pure () else reportWarning "many shapes") >> pure []
"""


async def test_what_splices_leave_for_the_end_of_a_module_is_replayed(place: Place) -> None:
    text = FINALIZING.lstrip()
    async with place.warm({**PLAIN, "Make.hs": MAKE, "Finalizing.hs": text}) as ide:
        for number in range(2):
            said = await ide.edited("Finalizing.hs", text.replace("shapes = 2", f"shapes = 'x' -- {number}"))
            assert said == ["10:10 error GHC-83865"]
        assert await ide.edited("Finalizing.hs", text.replace("shapes = 2", "shapes = 3")) == []
        assert (ide.lane.pid, interpreters()) == (None, [])
        # What it reifies is another type now.
        more = text.replace("| Square", "| Square | Flat")
        assert await ide.edited("Finalizing.hs", more) == ["1:1 warning GHC-39584"]
        assert ide.lane.pid is not None
        said = await ide.edited("Finalizing.hs", more.replace("shapes = 2", "shapes = 'x'"))
        assert said == ["1:1 warning GHC-39584", "10:10 error GHC-83865"]
        assert await ide.edited("Finalizing.hs", text) == []


@pytest.mark.parametrize("splice", ["$$(twice [|| 4 ||])", "$$four"])
async def test_a_splice_whose_own_code_is_wrong_is_evaluated(place: Place, splice: str) -> None:
    """GHC defers the error, and running the code gives another one: of a splice that was replayed nobody would hear."""
    make = (
        "{-# LANGUAGE TemplateHaskell #-}\nmodule Make where\nimport Language.Haskell.TH\n"
        "twice :: Code Q Int -> Code Q Int\ntwice one = [|| $$one + $$one ||]\nfour :: Code Q Int\nfour = [|| 4 ||]\n"
    )
    made = f"{{-# LANGUAGE TemplateHaskell #-}}\nmodule Made where\nimport Make\nmade :: Int\nmade = {splice}\n"
    async with place.warm({"Make.hs": make, "Made.hs": made}) as ide:
        assert await ide.edited("Made.hs", made + "other :: Int\nother = made\n") == []
        assert (ide.lane.pid, interpreters()) == (None, [])
        (said,) = await ide.edited("Made.hs", made.replace("Int", "Bool"))
        assert said == "5:10 error GHC-87897"
        assert await ide.edited("Made.hs", made) == []


async def test_a_splice_with_a_local_variable_is_evaluated(place: Place) -> None:
    """Nobody tells what number its name has now."""
    asking = ASKING.lstrip()
    async with place.warm({"Asking.hs": asking}) as ide:
        wrong = asking.replace("local :: Int -> Int", "local :: Int -> Bool")
        assert await ide.edited("Asking.hs", wrong) == ["12:12 error GHC-83865"]
        assert ide.lane.pid is not None
        assert await ide.edited("Asking.hs", asking) == []


async def test_opening_and_editing_runs_nothing_of_the_project(place: Place) -> None:
    """What splices do outside is done when the project is checked, and again after a save."""
    marker = place.root.parent / "marker"
    text = HOSTILE.lstrip().replace("MARKER", str(marker))
    place.settings["sandbox"] = SandboxMode.OFF
    async with place.warm({"Hostile.hs": text}) as ide:
        assert marker.read_text() == "ran "
        marker.unlink()
        for n in range(3):
            assert await ide.edited("Hostile.hs", f"{text}more{n} = 'x' :: Int\n") == ["6:9 error GHC-83865"]
        assert not marker.exists()
        ide.edit("Hostile.hs", f"{text}more = 1 :: Int\n")
        ide.save_buffer("Hostile.hs")
        await ide.idle()
        assert marker.read_text() == "ran "


async def test_without_replays_every_splice_is_evaluated(place: Place) -> None:
    async with place.warm({**PLAIN, "Make.hs": MAKE, "Made.hs": MADE}, splices_replay=False) as ide:
        assert await ide.edited("Made.hs", MADE.replace("= $make", "= $make + 'x'")) == ["5:16 error GHC-83865"]
        assert ide.lane.pid is not None
        assert await ide.edited("Made.hs", MADE) == []


async def test_a_session_that_is_killed(place: Place) -> None:
    async with place.warm(PLAIN) as ide:
        for n in range(2):
            assert await ide.edited("A.hs", A.replace("= 1", f"= 'x' -- {n}")) == [MISMATCH]
            pid = ide.lane.edits.pid
            assert pid is not None
            psutil.Process(pid).send_signal(signal.SIGKILL)
            wait_until_gone(pid)
            assert await ide.edited("A.hs", A.replace("= 1", f"= {n} + 1")) == []
            assert ide.lane.edits.pid != pid
        assert ide.lane.pid is None


async def test_an_idle_session_of_the_project_is_given_back(place: Place) -> None:
    async with place.warm(PLAIN, sessions_idle_minutes=0.001) as ide:
        for text in (A.replace("= 1", "= 'x'"), A):
            ide.edit("A.hs", text)
            ide.save_buffer("A.hs")
            await ide.idle()
            await until(lambda: ide.lane.pid is None, "the end of the idle session")
            assert ide.said("A.hs") == ([MISMATCH] if text != A else [])


async def test_a_limit_of_memory(place: Place) -> None:
    """Every session holds more than the limit, so none stays that has checked; what is said does not suffer."""
    async with place.warm(PLAIN, sessions_memory_mb=1) as ide:
        assert await ide.edited("A.hs", A.replace("= 1", "= 'x'")) == [MISMATCH]
        ide.edit("C.hs", C)
        await ide.idle()
        ide.save_buffer("A.hs")
        await ide.idle()
        assert ide.said("A.hs") == [MISMATCH]
        await until(lambda: ide.lane.pid is None, "the end of the session of the project")
        assert await ide.edited("A.hs", A) == []


async def test_the_same_judgement(place: Place) -> None:
    """A module's own flags and an included file count in an edit as they do when it is saved."""
    text = (
        "{-# LANGUAGE CPP #-}\n{-# OPTIONS_GHC -Wno-unused-top-binds -Werror=unused-imports #-}\n"
        "module Sub.M (m) where\nimport A\nimport Data.List\n"
        '#include "numbers.h"\nm :: Int\nm = ONE + a\nidle :: Int\nidle = 2\n'
    )
    write(place.root, {**PLAIN, "Sub/M.hs": text, "Sub/numbers.h": "#define ONE 1\n"})
    async with working(place.root, place.cache, cached=True, **place.settings) as ide:
        saved = ide.said("Sub/M.hs")
        assert saved == ["5:1 error -Wunused-imports"]
        assert await ide.edited("Sub/M.hs", f"{text}-- a remark\n") == saved
        assert await ide.edited("Sub/M.hs", text.replace("ONE", "TWO")) == [*saved, "8:5 error GHC-88464"]
        assert ide.lane.edits.pid is not None
        ide.save_buffer("Sub/M.hs")
        await ide.idle()
        assert ide.said("Sub/M.hs") == [*saved, "8:5 error GHC-88464"]
        assert ide.lane.edits.n_differences == 0


async def test_what_is_typed_is_known_before_it_is_saved(place: Place) -> None:
    """The file that hover and definitions are answered from is that of the buffer."""
    async with place.warm(PLAIN) as ide:
        await ide.edited("A.hs", A.replace("(a)", "(a, fresh)") + "fresh :: Bool\nfresh = True\n")
        (key,) = [key for key in ide.lane.edits.facts() if key.path == ide.root / "A.hs"]
        data = ide.lane.hie.read(key)
        assert data is not None
        assert b"fresh" in data
        await ide.edited("A.hs", A)
        data = ide.lane.hie.read(key)
        assert data is not None
        assert b"fresh" not in data


async def test_a_burst_of_typing(place: Place) -> None:
    async with place.warm(PLAIN) as ide:
        ide.edit("C.hs", C)
        for n in range(30):
            ide.edit("A.hs", A.replace("= 1", f"= {n}" if n % 2 else "= 'x'"))
            await ide.until_events(len(ide.events) + n % 3)
        assert await ide.edited("A.hs", A.replace("= 1", "= 'y'")) == [MISMATCH]
        assert await ide.edited("A.hs", A.replace("= 1", "= 7")) == []
        pid = ide.lane.edits.pid
        assert pid is not None
        assert is_running(pid)
        assert ide.lane.pid is None


QUOTED = """\
{-# LANGUAGE TemplateHaskell #-}
module Make (make) where

import Language.Haskell.TH

make :: Q Exp
make = [| BODY |]
"""
SPLICED = """\
{-# LANGUAGE TemplateHaskell #-}
module Made (made) where

import Make

made :: Int
made = $make
"""


async def test_splices_see_each_change_of_the_code_that_they_run(place: Place) -> None:
    """What ran with other code is not replayed."""
    async with place.warm({"Make.hs": QUOTED.replace("BODY", "1"), "Made.hs": SPLICED}) as ide:
        await ide.edited("Made.hs", SPLICED.replace("= $make", "= $make + 1"))
        for n in range(3):
            await ide.edited("Make.hs", QUOTED.replace("BODY", f"{n} + 'x'"))
            assert [one.split()[-1] for one in ide.said("Made.hs")] == ["GHC-83865"]
            assert await ide.edited("Make.hs", QUOTED.replace("BODY", f"{n} + 2")) == []
            assert ide.said("Made.hs") == []
        # One that is typed only now, too.
        await ide.edited("Made.hs", f"{SPLICED}\nmore :: Bool\nmore = $make\n")
        assert {one.split(":")[0] for one in ide.said("Made.hs") if "error" in one} == {"10"}
        await ide.edited("Make.hs", QUOTED.replace("BODY", "True"))
        assert {one.split(":")[0] for one in ide.said("Made.hs") if "error" in one} == {"7"}


async def test_a_script_may_lack_its_main(place: Place) -> None:
    """Of a module without a header GHC does not say so in a session that makes code, as the project's does."""
    script = "main :: IO ()\nmain = print 1\n"
    async with place.warm({"Script.hs": script}) as ide:
        broken = script.replace("main", "mine").replace("1", "(1 :: String)")
        found = await ide.edited("Script.hs", broken)
        assert [one for one in found if "error" in one] == ["2:15 error GHC-39999"]
        assert ide.lane.pid is None
        ide.save_buffer("Script.hs")
        await ide.idle()
        assert ide.said("Script.hs") == found


async def test_units_that_cannot_be_home_units(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """Their edits are checked by the session of the project."""
    monkeypatch.setattr(edit_unit, "MOST_UNITS", 1)
    async with place.warm(CABAL) as ide:
        answers = [
            await ide.edited(name, CABAL[name].replace(old, new))
            for name, old, new in (
                ("src/Pair.hs", "= hidden", "= hidden + 'x'"),
                ("app/Main.hs", "pair + 1", "pair + 'x'"),
            )
        ]
        assert [[one.split()[-1] for one in found] for found in answers] == [["GHC-83865"], ["GHC-83865"]]
        assert ide.lane.pid is not None


async def test_what_was_said_of_an_older_text_is_not_said_of_one_that_cannot_be_reached(place: Place) -> None:
    async with place.warm(PLAIN) as ide:
        ide.edit("A.hs", A)
        await ide.edited("B.hs", B.replace("= a", "= a + nowhere"))
        assert ide.said("B.hs") == ["6:9 error GHC-88464"]
        # With this pragma even a deferred error keeps GHC from what imports the module.
        fatal = "{-# OPTIONS_GHC -Werror #-}\n" + A.replace("= 1", "= 'x'")
        assert await ide.edited("A.hs", fatal) == ["5:5 error GHC-83865"]
        assert ide.said("B.hs") == ["6:9 error GHC-88464"]
        assert await ide.edited("B.hs", B.replace("= a", "= a + 1")) == []
        assert await ide.edited("A.hs", A.replace("= 1", "= 2")) == []
        assert ide.said("B.hs") == []


FAMILIES = {
    "Family.hs": """
        {-# LANGUAGE TypeFamilies #-}
        module Family where
        import Data.Kind (Type)
        type family F a
        data family D a
        class C a where { type T a :: Type; t :: a -> T a }
    """,
    "Near.hs": """
        {-# LANGUAGE TypeFamilies, DeriveGeneric #-}
        module Near where
        import Family
        import GHC.Generics (Generic)
        data Near = Near Int deriving (Generic)
        type instance F Near = Int
        newtype instance D Near = DNear Int
        instance C Near where { type T Near = Bool; t _ = True }
    """,
    "Far.hs": """
        {-# LANGUAGE TypeFamilies #-}
        module Far where
        import Family
        data Far = Far
        type instance F Bool = Far
        type instance F [Far] = Bool
    """,
    "Between.hs": "module Between (module Near, module Family) where\nimport Far ()\nimport Family\nimport Near\n",
    "User.hs": """
        {-# LANGUAGE TypeFamilies, FlexibleContexts #-}
        module User where
        import Between
        import GHC.Generics (Rep, from)
        near :: F Near -> Int
        near x = x
        held :: D Near -> Int
        held (DNear x) = x
        shown :: Near -> Rep Near ()
        shown = from
        asked :: Bool
        asked = t (Near 1)
        far :: F Bool -> Int
        far _ = 1
    """,
}


async def test_instances_of_type_families_are_found_wherever_they_are(place: Place) -> None:
    """GHC need not be told where: those that name nothing of their module make it one of orphans."""
    async with place.warm(FAMILIES) as ide:
        text = (ide.root / "User.hs").read_text()
        assert await ide.edited("User.hs", f"{text}\nmore :: Int\nmore = 2\n") == []
        # `F Bool` is defined in a module that names nothing of its own in the head.
        (said,) = await ide.edited("User.hs", text.replace("far _ = 1", "far x = x"))
        assert said == "14:9 error GHC-83865"
        (diagnostic,) = ide.told[ide.root / "User.hs"].diagnostics
        assert "match type ‘Far.Far’ with ‘Int’" in diagnostic.message  # noqa: RUF001  # GHC's own quotes.
        assert ide.lane.pid is None
