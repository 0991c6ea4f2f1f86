"""Real GHC loading modules with the tap as its interpreter, and everything that a listener hears of it."""

import asyncio
import os
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import attrs

from thatch.core.ghc.toolchain import probe
from thatch.core.iserv.events import (
    InterpreterDied,
    InterpreterSaid,
    SpliceDone,
    SpliceRefused,
    TapEvent,
)
from thatch.core.iserv.launcher import TapOptions, write_launchers, write_quarantine
from thatch.core.iserv.listener import Listener
from thatch.core.splices.runs import SpliceRun

FLAGS = ("-v0", "--interactive", "-ignore-dot-ghci", "-fkeep-going", "-package-env", "-", "-fexternal-interpreter")

SPLICES = """\
{-# LANGUAGE TemplateHaskell #-}
module Splices where
import Control.Concurrent
import Control.Exception
import Control.Monad
import Foreign.Ptr
import Foreign.Storable
import Language.Haskell.TH
import Language.Haskell.TH.Syntax
import System.Exit
import System.IO
import System.Posix.IO
import System.Posix.Process
import System.Posix.Signals
import System.Posix.Types
import System.Process

after :: IO a -> Q Exp
after action = runIO (void action) >> [| 1 |]

kill :: Signal -> IO ()
kill signal = getProcessID >>= signalProcess signal

close :: Fd -> IO ()
close fd = void (try (closeFd fd) :: IO (Either SomeException ()))

-- Takes for ever, without allocating.
forever' :: Int
forever' = go 1 where
  go :: Int -> Int
  go n = if n < 0 then n else go (n + 1 - (n `mod` 2))

-- A question that is so long that it is sent in pieces, and whose end is never written.
endless :: Q Exp
endless = addTopDecls (map declaration [1 .. 20000]) >> [| 1 |]
  where
  declaration n = ValD (VarP (mkName ("x" ++ show n))) (NormalB (LitE (IntegerL (value n)))) []
  value n = if n > (15000 :: Int) then toInteger forever' else 5
"""


@attrs.frozen
class Heard:
    """What came of a load."""

    output: str
    code: int
    events: tuple[TapEvent, ...]

    @property
    def runs(self) -> list[SpliceRun]:
        return [event.run for event in self.events if isinstance(event, SpliceDone)]

    @property
    def died(self) -> list[InterpreterDied]:
        return [event for event in self.events if isinstance(event, InterpreterDied)]

    @property
    def refused(self) -> list[SpliceRefused]:
        return [event for event in self.events if isinstance(event, SpliceRefused)]

    @property
    def said(self) -> str:
        return "".join(event.text for event in self.events if isinstance(event, InterpreterSaid))


async def load(
    ghc: Path, folder: Path, sources: Mapping[str, str], *targets: str, commands: str = "", **changes: Any
) -> Heard:
    """Write modules into a folder and have GHC load some, then read commands; `changes` are of `TapOptions`.

    `toolchain` among them stands for changes of the toolchain, `quarantine` for splices that are not to be run.
    """
    quarantine = changes.pop("quarantine", ())
    toolchain = attrs.evolve(await probe(ghc), **changes.pop("toolchain", {}))
    for name, text in sources.items():
        (folder / f"{name}.hs").write_text(text)
    session = folder / 'it\'s a "session" $HOME'
    session.mkdir()
    write_quarantine(session, quarantine)
    events: list[TapEvent] = []
    listener = Listener(session / "socket", events.append, lambda _, file: folder / file)
    await listener.start()
    options = TapOptions(**{"socket": session / "socket", **changes})
    flags = [
        *FLAGS,
        *(["-dynamic"] if toolchain.dynamic else []),
        "-pgmi",
        write_launchers(session, toolchain, options),
    ]
    try:
        output, code = await asyncio.to_thread(_run, [ghc, *flags, *targets], folder, commands)
        await listener.settled()
    finally:
        await listener.close()
    return Heard(output, code, tuple(events))


def _run(command: list[str | Path], folder: Path, commands: str) -> tuple[str, int]:
    done = subprocess.run(
        list(map(str, command)),
        cwd=folder,
        env={**os.environ, "LC_ALL": "C.UTF-8"},
        input=commands,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=120,
    )
    return done.stdout, done.returncode
