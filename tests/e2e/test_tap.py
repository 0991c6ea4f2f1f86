"""Real GHCs load modules with splices of every sort, good and bad, through the tap: GHC lives, and all is heard of."""

import asyncio
import shutil
import signal
import textwrap
from pathlib import Path

import psutil
import pytest

from tests.conftest import Ghc
from tests.support.record_conversation import Pieces, record
from tests.support.record_conversation import load as recorded
from tests.support.tapped import SPLICES, Heard, load
from tests.support.waiting import until
from thatch.core.diagnostics import Span
from thatch.core.ghc.toolchain import probe
from thatch.core.iserv.conversation import Conversation
from thatch.core.iserv.events import SpliceFinalized, SpliceRunning
from thatch.core.iserv.grammar import th_types
from thatch.core.iserv.launcher import Quarantined
from thatch.core.iserv.messages import protocol_of
from thatch.core.splices.runs import SpliceKind

SAMPLE = Path(__file__).parents[1] / "unit" / "iserv" / "sample"

YOUNGER = """\
{-# LANGUAGE TemplateHaskell #-}
module Younger where
import Splices
other :: Char
other = $([| 'c' |])
"""


def using(splice: str) -> dict[str, str]:
    """A module with a good splice, one that is given, and a module that GHC compiles after it (it goes by the name)."""
    text = f"""\
    {{-# LANGUAGE TemplateHaskell #-}}
    module Use where
    import Foreign.Ptr
    import Foreign.Storable
    import Splices
    import Control.Monad
    import Language.Haskell.TH
    import Language.Haskell.TH.Syntax
    import System.Exit
    import System.IO
    import System.Posix.IO
    import System.Posix.Process
    import System.Posix.Signals
    import System.Process
    good :: Int
    good = $([| 41 |])
    bad :: Int
    bad = $({splice})
    """
    return {
        "Splices": SPLICES,
        "Use": textwrap.dedent(text),
        "Younger": YOUNGER,
        "Third": "module Third where\nx = 'c' + ()\n",
    }


async def run(ghc: Ghc, folder: Path, splice: str, **changes: object) -> Heard:
    return await load(ghc.path, folder, using(splice), "Use", "Younger", "Third", commands="1 + 1\n", **changes)


NUMBERS = "let xs = [1 .. 40000000 :: Int] in xs ++ reverse xs"
HOG = "import time; x = 'a' * 500000000; time.sleep(100)"

DEATHS = {
    "segfault": ("after (peek (nullPtr :: Ptr Int))", "crashed (SIGSEGV)"),
    "killed": ("after (kill sigKILL)", "was killed (SIGKILL)"),
    "exits": ("after (exitImmediately (ExitFailure 7))", "exited with code 7"),
    "closes": ("after (mapM_ close [3 .. 20])", "interpreter"),
    "dies after a question": ("reify 'map >> after (kill sigSEGV)", "crashed (SIGSEGV)"),
    "dies in recover": ("recover [| 2 |] (reify 'map >> after (kill sigSEGV))", "crashed (SIGSEGV)"),
    "waits": ('after (callProcess "sleep" ["100"])', "ran for more than 2 s"),
    "computes": ("lift forever'", "ran for more than 2 s"),
    "prints": ('after (forever (putStrLn "x"))', "ran for more than 2 s"),
    "half a question": ("endless", "ran for more than 2 s"),
    "too big": (f"lift (sum ({NUMBERS}))", "needed more than 150 MB"),
    "too big, a child": (f'after (callProcess "python3" ["-c", "{HOG}"])', "needed more than 150 MB"),
}


@pytest.mark.parametrize("death", DEATHS)
async def test_ghc_outlives_its_interpreter(ghc: Ghc, tmp_path: Path, death: str) -> None:
    splice, why = DEATHS[death]
    seconds = 2.0 if "2 s" in why else 60.0
    heard = await run(ghc, tmp_path, splice, seconds=seconds, memory=150 * 2**20)
    assert heard.code == 0
    good, bad = heard.runs
    assert good.result is not None and not good.stopped
    assert bad.result is None and bad.stopped and why in bad.failure
    assert (bad.module, bad.path, bad.span.start_line) == ("Use", tmp_path / "Use.hs", 18)
    # GHC tells it where the splice stands, goes on with the other modules, and does what it is told afterwards.
    assert why in heard.output and "Use.hs:18:" in heard.output
    assert "Third.hs:2:" in heard.output
    (died,) = heard.died
    assert died.running and why in died.cause
    (refused,) = heard.refused
    assert (refused.place.module, refused.place.kind) == ("Younger", SpliceKind.EXPRESSION)
    assert "was not run" in refused.why and "was not run" in heard.output


async def test_a_finalizer_is_limited_like_a_splice(ghc: Ghc, tmp_path: Path) -> None:
    splice = "addModFinalizer (runIO (forever' `seq` pure ())) >> [| 1 |]"
    heard = await run(ghc, tmp_path, splice, seconds=2.0)
    assert heard.code == 0
    # The splice itself came to its end.
    assert [run.failure for run in heard.runs] == ["", ""]
    (finalized,) = (event for event in heard.events if isinstance(event, SpliceFinalized))
    (leaving,) = (run for run in heard.runs if run.questions)
    (left,) = leaving.questions
    assert left.name == "AddModFinalizer" and finalized.place.span == leaving.span
    assert finalized.finalizer.references == (int.from_bytes(left.asked[1:]),)
    assert finalized.stopped and "ran for more than 2 s" in finalized.finalizer.failure
    (died,) = heard.died
    assert died.running and "ran for more than 2 s" in died.cause
    assert "ran for more than 2 s" in heard.output
    assert "Third.hs:2:" in heard.output


@pytest.mark.parametrize("orphaned", [False, True])
async def test_a_splice_with_too_many_processes_is_stopped_with_them(ghc: Ghc, tmp_path: Path, orphaned: bool) -> None:
    # In groups of their own, and with no parent that still runs, they are not easily found.
    start = "setsid sleep 7654321 &" if orphaned else "sleep 7654321 &"
    script = f"for n in $(seq 40); do {start} done; {'true' if orphaned else 'wait'}"
    heard = await run(ghc, tmp_path, f'after (callCommand "{script}" >> callCommand "sleep 7654321")', processes=20)
    assert "This splice had more than 20 processes and was stopped." in heard.output
    assert "Third.hs:2:" in heard.output
    (died,) = heard.died
    assert died.running
    assert [one for one in psutil.process_iter() if "7654321" in _command_line(one)] == []


def _command_line(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.Error:
        return []


@pytest.mark.parametrize(
    ("splice", "failure"),
    [
        ("after (exitWith (ExitFailure 3))", "ExitFailure 3"),
        ('fail "not today"', "not today"),
        ("after (getLine >>= putStrLn)", "end of file"),
    ],
)  # fmt: skip
async def test_a_splice_that_fails_leaves_the_interpreter_alive(
    ghc: Ghc, tmp_path: Path, splice: str, failure: str
) -> None:
    heard = await run(ghc, tmp_path, splice)
    assert [failure in run.failure for run in heard.runs] == [False, True, False]
    assert failure in heard.output
    assert (heard.died, heard.refused) == ([], [])
    assert "Third.hs:2:" in heard.output


async def test_what_a_splice_prints_never_reaches_the_session(ghc: Ghc, tmp_path: Path) -> None:
    text = '"{\\"span\\":null}\\nOk, 3 modules loaded.\\nghci> "'
    heard = await run(ghc, tmp_path, f'after (putStr {text} >> hPutStrLn stderr "oops" >> hFlush stdout)')
    assert "ghci>" not in heard.output and "oops" not in heard.output
    assert "Ok, 3 modules loaded.\nghci> " in heard.said and "oops" in heard.said
    assert [run.failure for run in heard.runs] == ["", "", ""]


async def test_a_long_splice_is_told_while_it_runs(ghc: Ghc, tmp_path: Path) -> None:
    heard = await run(ghc, tmp_path, 'after (callProcess "sleep" ["1"])')
    (running,) = [event for event in heard.events if isinstance(event, SpliceRunning)]
    assert (running.place.module, running.place.span.start_line) == ("Use", 18)
    assert heard.runs[1].milliseconds > 1000


async def test_a_quarantined_splice_is_not_run(ghc: Ghc, tmp_path: Path) -> None:
    marker = tmp_path / "ran"
    splice = f'after (writeFile "{marker}" "")'
    # A splice begins behind its dollar.
    end = 18, 8, 18, 7 + len(f"$({splice})")
    quarantine = (Quarantined("main", "Use", "It was stopped before.", end),)
    heard = await run(ghc, tmp_path, splice, quarantine=quarantine)
    assert not marker.exists()
    (refused,) = heard.refused
    assert (refused.place.span, refused.why) == (Span(*end), "It was stopped before.")
    assert "It was stopped before." in heard.output
    assert [run.module for run in heard.runs] == ["Use", "Younger"]
    assert heard.died == []


@pytest.mark.parametrize("broken", ["missing", "no program", "dies at once"])
async def test_ghc_lives_without_an_interpreter(ghc: Ghc, tmp_path: Path, broken: str) -> None:
    program = tmp_path / "broken-interpreter"
    if broken != "missing":
        program.write_text("#!/bin/sh\necho no such library >&2\nexit 5\n" if broken == "dies at once" else "?")
        program.chmod(0o755 if broken == "dies at once" else 0o644)
    interpreters = dict.fromkeys(("", "-dyn", "-prof"), program)
    heard = await load(
        ghc.path, tmp_path, using("[| 1 |]"), "Use", "Younger", "Third", toolchain={"interpreters": interpreters}
    )
    assert heard.code == 0
    assert "Third.hs:2:" in heard.output
    (died,) = heard.died
    assert ("no such library" if broken == "dies at once" else "did not start") in died.cause
    assert not died.running and heard.runs == []
    assert {refused.place.module for refused in heard.refused} == {"Use", "Younger"}


async def test_a_ghc_of_unknown_protocol_gets_a_plain_pipe(ghc: Ghc, tmp_path: Path) -> None:
    heard = await load(
        ghc.path, tmp_path, using("[| 1 |]"), "Use", commands=":show modules\n", toolchain={"version": (9, 99, 1)}
    )
    assert (heard.code, heard.output.count("interpreted")) == (0, 2)
    assert heard.runs == []


async def test_without_a_server_all_is_as_ever(ghc: Ghc, tmp_path: Path) -> None:
    for socket in (None, tmp_path / "nobody"):
        folder = tmp_path / str(bool(socket))
        folder.mkdir()
        heard = await load(ghc.path, folder, using("[| 1 |]"), "Use", commands=":show modules\n", socket=socket)
        assert (heard.code, heard.output.count("interpreted"), heard.events) == (0, 2, ())


async def test_a_splice_that_runs_again_is_told_again(ghc: Ghc, tmp_path: Path) -> None:
    heard = await run_twice(ghc, tmp_path, 'fmap pure (sigD (mkName "made") [t| Int |]) <> [d| made = 1 |]')
    first, second = [run for run in heard.runs if run.kind is SpliceKind.DECLARATIONS]
    assert (first.span, first.module) == (second.span, second.module)
    assert first.result is not None and second.result is not None


async def run_twice(ghc: Ghc, folder: Path, declarations: str) -> Heard:
    """A module with a declaration splice that is compiled, changed behind it, and compiled again."""
    text = f"{{-# LANGUAGE TemplateHaskell #-}}\nmodule Use where\nimport Language.Haskell.TH\n$({declarations})\n"
    return await load(ghc.path, folder, {"Use": text}, "Use", commands=":! echo 'x = 1' >> Use.hs\n:reload\n")


async def test_an_interrupt_in_a_splice_costs_the_session_its_interpreter(ghc: Ghc, tmp_path: Path) -> None:
    """GHC ends an interpreter that owes it an answer (SIGTERM), and itself when it would need one again."""
    marker = tmp_path / "runs"

    async def interrupt() -> None:
        await until(marker.exists, "the splice to run")
        (session,) = [one for one in psutil.Process().children() if "--interactive" in one.cmdline()]
        session.send_signal(signal.SIGINT)

    splice = f'after (writeFile "{marker}" "" >> callProcess "sleep" ["100"])'
    commands = ":reload\n:show modules\n"
    heard, _ = await asyncio.gather(load(ghc.path, tmp_path, using(splice), "Use", commands=commands), interrupt())
    assert "Interrupted." in heard.output
    assert "terminated (143)" in heard.output
    # No splice is to blame.
    assert [(run.span.start_line, run.failure) for run in heard.runs] == [(16, "")]
    assert heard.died == []


async def test_a_fresh_conversation_is_as_the_recorded_one(ghc: Ghc, tmp_path: Path) -> None:
    shutil.copytree(SAMPLE, tmp_path / "sample")
    toolchain = await probe(ghc.path)
    way = toolchain.interpreter_way
    assert way is not None
    fresh = await asyncio.to_thread(
        record, tmp_path / "said", ghc.path, toolchain.interpreters[way], tmp_path / "sample", ["Use"], way
    )
    assert understood(ghc.series, fresh) == understood(
        ghc.series, recorded(SAMPLE.parent / "captures" / f"{ghc.series}.gz")
    )


def understood(series: str, pieces: Pieces) -> list[tuple[str, str]]:
    """The messages of the splices in a conversation."""
    protocol = protocol_of(series)
    assert protocol
    talk = Conversation(protocol, th_types(series))
    messages = []
    for speaker, data in pieces:
        messages += talk.from_ghc(data) if speaker == "G" else talk.from_interpreter(data)
    assert talk.trouble == ""
    return [(message.kind, message.name) for message in messages if message.raw]
