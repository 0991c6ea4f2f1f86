"""What only a GHC itself can say, asked once and kept: its `template-haskell`, what it knows by heart.

Files are written whole or not at all; one that is damaged is made again.
"""

import asyncio
import os
import tempfile
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from importlib.resources import as_file, files
from pathlib import Path
from typing import TypeVar

from thatch.core import process
from thatch.core.errors import ThatchError
from thatch.core.ghc.toolchain import Toolchain
from thatch.core.hi.model import ModuleId, Name, Namespace, OccName
from thatch.core.hi.reader import Interface, read_interface
from thatch.core.th.schema import Schema, SchemaError, parse_schema, shipped_schema

SECONDS = 60.0
"""How long a GHC may take to answer; it takes half a second."""

Parsed = TypeVar("Parsed")


async def schema_of(ghc: Toolchain, folder: Path) -> Schema:
    """The schema of a GHC: that which comes with thatch, else the kept or a new answer of the GHC itself.

    `folder` is where answers are kept.  Raises `ThatchError` when the GHC does not answer.  Cancelling is safe.
    """
    series = ".".join(ghc.version_text.split(".")[:2])
    return shipped_schema(series) or await derived_schema(ghc, folder)


async def derived_schema(ghc: Toolchain, folder: Path) -> Schema:
    """The schema as the GHC itself tells it; as `schema_of`."""
    kept = folder / f"th-schema-{ghc.id}.json"
    return await _kept(kept, _text(parse_schema), lambda: _printed(ghc, "reify_schema.hs", "template-haskell"))


async def known_names(ghc: Toolchain, folder: Path) -> Mapping[str, Name]:
    """What the keys of `KnownName`s of this GHC mean; nothing when its package `ghc` is missing."""
    kept = folder / f"known-key-names-{ghc.id}.txt"
    try:
        return await _kept(kept, _text(parse_known_names), lambda: _printed(ghc, "known_names.hs", "ghc"))
    except ThatchError:
        return {}


async def wired_in(ghc: Toolchain, folder: Path) -> Interface | None:
    """An interface that declares what is wired into this GHC, such as `Int`, `Maybe` and `seq`; no other one does.

    None when its package `ghc` is missing.  `folder` is where answers are kept.  Cancelling is safe.
    """
    kept = folder / f"wired-in-{ghc.id}.hi"
    try:
        return await _kept(kept, _whole_interface, lambda: _written(ghc, "wired_in.hs", "ghc", "wired-in.hi"))
    except ThatchError:
        return None


_NAMESPACES = {"value": Namespace.VARIABLE, "constructor": Namespace.CONSTRUCTOR, "type": Namespace.TYPE}


def parse_known_names(text: str) -> dict[str, Name]:
    """What `known_names.hs` prints, by key; raises `SchemaError` when it is not complete."""
    *lines, last = text.splitlines() or [""]
    known = {}
    for line in lines:
        match line.split(" ", 4):
            case [key, unit, module, space, occ] if space in _NAMESPACES:
                known[key] = Name(ModuleId(unit, module), OccName(occ, _NAMESPACES[space]))
            case _:
                raise SchemaError(
                    message=f"The list of names that GHC knows has a line that makes no sense: {line:.80}"
                )
    if last != f"end {len(lines)}":
        raise SchemaError(message="The list of names that GHC knows is cut short.")
    return known


def _whole_interface(data: bytes) -> Interface:
    interface = read_interface(data)
    if not interface.declarations:
        raise ThatchError(message="An interface of what is wired into GHC declares nothing.")
    return interface


def _text(parse: Callable[[str], Parsed]) -> Callable[[bytes], Parsed]:
    """The same from bytes."""
    return lambda data: parse(data.decode("utf-8", "replace"))


async def _kept(path: Path, parse: Callable[[bytes], Parsed], ask: Callable[[], Awaitable[bytes]]) -> Parsed:
    kept = await asyncio.to_thread(_read, path)
    with suppress(ThatchError):
        return parse(kept)
    data = await ask()
    value = parse(data)
    with suppress(OSError):
        await asyncio.to_thread(_write, path, data)
    return value


def _read(path: Path) -> bytes:
    """What is in a file; nothing for one that cannot be read."""
    try:
        return path.read_bytes()
    except OSError:
        return b""


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=path.name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        Path(name).replace(path)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise


async def _printed(ghc: Toolchain, script: str, package: str) -> bytes:
    """What a script prints."""
    with tempfile.TemporaryDirectory(prefix="thatch-") as folder:
        return (await _run_script(ghc, script, package, Path(folder))).encode()


async def _written(ghc: Toolchain, script: str, package: str, name: str) -> bytes:
    """What a script writes to a file."""
    with tempfile.TemporaryDirectory(prefix="thatch-") as folder:
        await _run_script(ghc, script, package, Path(folder))
        return await asyncio.to_thread(_read, Path(folder, name))


async def _run_script(ghc: Toolchain, script: str, package: str, folder: Path) -> str:
    with as_file(files("thatch.core.th") / script) as path:
        flags = ["-ignore-dot-ghci", "-package-env", "-", "-package", package]
        answer = await process.run([ghc.ghc, *flags, "-e", "main", path], cwd=folder, timeout=SECONDS)
    if answer.code != 0:
        raise ThatchError(
            message=f"GHC {ghc.version_text} did not say what its package {package} is like.",
            remedy=f"Check that the package is installed: ghc-pkg describe {package}",
            detail=answer.said,
        )
    return answer.stdout
