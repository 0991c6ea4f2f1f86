"""What compilers have said about themselves, remembered for as long as they are the same files.

    <folder>/toolchains/<hash of the path>.json    what one compiler said, and the state of its files then; see
                                                   thatch.core.sealed

A compiler is taken for the same if its wrapper scripts, its binary, its settings and its package database have neither
been replaced nor changed.  It is asked each time if a wrapper is not understood, or if the binary does not lie in the
installation that it speaks of: then it is a program that chooses a compiler, by the current folder perhaps.
"""

from hashlib import blake2b
from pathlib import Path
from typing import Any

from attrs import frozen

from thatch.core.ghc.footprint import State, footprint, state
from thatch.core.sealed import read_sealed, write_sealed

FORMAT = 1
"""The version of the stored form."""


@frozen
class Said:
    """What a compiler answers."""

    info: str
    """To `--info`."""

    options: str
    """To `--show-options`."""

    libdir: Path
    """The folder of its settings and packages, as it says in `info`."""


def programs(ghc: Path) -> State:
    """The state of what a compiler (absolute path) comes down to, for `remember`.  Blocking, briefly."""
    return state(footprint(ghc) or ())


def recall(ghc: Path, folder: Path | None) -> Said | None:
    """What a compiler said, in this process or according to `folder`, if it is still the same.  Blocking, briefly."""
    stored = _heard.get(ghc) or (read_sealed(_file(ghc, folder)) if folder else None)
    if not isinstance(stored, dict) or stored.get("format") != FORMAT or stored.get("ghc") != str(ghc):
        return None
    said = Said(stored["info"], stored["options"], Path(stored["libdir"]))
    if _looked_at(ghc, said.libdir) != stored["state"]:
        _heard.pop(ghc, None)
        return None
    _heard[ghc] = stored
    return said


def remember(ghc: Path, folder: Path | None, said: Said, before: State) -> None:
    """Keep what a compiler said, unless its programs are others than `before` it was asked.  Blocking, briefly."""
    now = _looked_at(ghc, said.libdir)
    if now is None or now[: len(before)] != before:
        return
    stored = {
        "format": FORMAT,
        "ghc": str(ghc),
        "info": said.info,
        "options": said.options,
        "libdir": str(said.libdir),
        "state": now,
    }
    _heard[ghc] = stored
    if folder:
        write_sealed(_file(ghc, folder), stored)


_heard: dict[Path, dict[str, Any]] = {}


def _looked_at(ghc: Path, libdir: Path) -> State | None:
    """The state of all that makes a compiler; None when that cannot be told."""
    files = footprint(ghc)
    if files is None or not files[-1].is_relative_to(libdir.resolve().parent):
        return None
    return state([*files, libdir / "settings", libdir / "package.conf.d" / "package.cache"])


def _file(ghc: Path, folder: Path) -> Path:
    name = blake2b(str(ghc).encode("utf-8", "surrogateescape"), digest_size=16).hexdigest()
    return folder / "toolchains" / f"{name}.json"
