"""Which version a cabal has, remembered for as long as it is the same file.

    <folder>/<hash of the path>.json    the version, and the state of the program's files then; see thatch.core.sealed

A cabal is asked each time if it is started by a script that does more than that, or by a program of another name, which
may choose a cabal by the current folder.
"""

import asyncio
from collections.abc import Awaitable, Callable
from hashlib import blake2b
from pathlib import Path

from thatch.core.ghc.footprint import State, footprint, state
from thatch.core.sealed import read_sealed, write_sealed

NAME = "cabal"
"""How the name of the program begins that is not asked again."""


async def version_of(program: Path, folder: Path, ask: Callable[[], Awaitable[str]]) -> str:
    """The version of a cabal, given by its path; `ask` runs it and is called only if need be."""
    before = await asyncio.to_thread(_looked_at, program)
    version = await asyncio.to_thread(_recall, program, folder, before) if before else ""
    if not version:
        version = await ask()
        if before:
            await asyncio.to_thread(_remember, program, folder, before, version)
    return version


def _recall(program: Path, folder: Path, state: State) -> str:
    stored = read_sealed(_file(program, folder))
    return str(stored["version"]) if isinstance(stored, dict) and stored.get("state") == state else ""


def _remember(program: Path, folder: Path, before: State, version: str) -> None:
    if _looked_at(program) == before:
        write_sealed(_file(program, folder), {"version": version, "state": before})


def _looked_at(program: Path) -> State | None:
    """The state of the files that make a cabal; None when that cannot be told."""
    files = footprint(program.absolute())
    return state(files) if files and files[-1].name.startswith(NAME) else None


def _file(program: Path, folder: Path) -> Path:
    name = blake2b(str(program.absolute()).encode("utf-8", "surrogateescape"), digest_size=16).hexdigest()
    return folder / f"{name}.json"
