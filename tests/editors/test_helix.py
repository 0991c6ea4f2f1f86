"""Debian's Helix on a terminal, configured as docs/editors.md says, with the real server and GHC."""

import asyncio
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.conftest import require_ghc
from tests.support.check import clean_environment
from tests.support.editors import copy_of_letters, documented, find_editor, thatch_on_path
from tests.support.lsp_sessions import lsp_environment
from tests.support.terminal import Terminal
from tests.support.waiting import until

ESCAPE = "\x1b"


def environment(folder: Path) -> dict[str, str]:
    """An environment with Helix's settings from the documentation."""
    settings = folder / "config" / "helix" / "languages.toml"
    settings.parent.mkdir(parents=True)
    text = documented("Helix", "toml")
    ghc = require_ghc("9.10").path
    assert '# config = { ghc = "/opt/ghc/bin/ghc" }' in text
    settings.write_text(text.replace('# config = { ghc = "/opt/ghc/bin/ghc" }', f'config = {{ ghc = "{ghc}" }}'))
    own = {"XDG_CONFIG_HOME": str(folder / "config"), "XDG_CACHE_HOME": str(folder / "helix-cache")}
    return {**clean_environment(), **thatch_on_path(), **lsp_environment(folder), **own}


def test_helix_finds_the_server(tmp_path: Path) -> None:
    done = subprocess.run(
        [find_editor("hx-trixie"), "--health", "haskell"], env=environment(tmp_path), capture_output=True, text=True
    )
    assert "✓ thatch" in done.stdout.replace("\x1b[38;5;10m", "").replace("\x1b[39m", ""), done.stdout


@pytest.fixture
def helix(tmp_path: Path) -> Iterator[Terminal]:
    """Helix with the cursor on a type error."""
    source = copy_of_letters(tmp_path) / "src" / "Letters.hs"
    source.write_text(source.read_text().replace("isReply _ = False", "isReply _ = 'c'"))
    line = source.read_text().split("\n").index("isReply _ = 'c'") + 1
    terminal = Terminal(
        [find_editor("hx-trixie"), f"{source}:{line}:13"], cwd=source.parent.parent, environment=environment(tmp_path)
    )
    yield terminal
    terminal.close(":quit!\r")


def compilers(helix: Terminal) -> list[psutil.Process]:
    """The processes of GHC that Helix's server has started."""
    return [one for one in psutil.Process(helix.process.pid).children(recursive=True) if "ghc" in name(one)]


def name(process: psutil.Process) -> str:
    """The name of a process, which may have ended by now."""
    try:
        return process.name()
    except psutil.NoSuchProcess:
        return ""


def test_helix_shows_an_error_hovers_takes_an_action_and_restarts_ghc(helix: Terminal) -> None:
    helix.until("Couldn't match expected type")
    helix.type("gh k")
    helix.until("Defined in Letters")
    # Escape with another key at once would be that key with Alt.
    helix.type(ESCAPE)
    helix.until(r"\A(?!(.|\n)*Defined in Letters)")
    helix.type("/power 3\r a")
    helix.until("Replace splice with its expansion")
    helix.type("\r")
    helix.until(r"cube = \\n -> n \* \(n \* \(n \* 1\)\)")
    before = compilers(helix)
    assert before
    helix.type(":lsp-workspace-command thatch.restart\r")
    # Others are started when they are needed.
    asyncio.run(until(lambda: not any(map(psutil.Process.is_running, before)), "the end of the old ones"))
