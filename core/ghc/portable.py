"""Flags that mean the same in every checkout, so that GHC takes over interfaces made in another one.

GHC hashes the folders of `-I` and the files of `-optP-include` into every interface (`GHC/Iface/Recomp/Flags.hs`),
and `-working-dir` makes relative ones absolute.  What cabal generates for a component has a folder of its own in each
checkout.  So, for the preprocessor,

- cabal's `cabal_macros.h` becomes the definitions that it holds (`-optP-D...`): they hold no path, and no file
  has to be watched;
- a folder below the project's root is given relative to it (`-optP-I...`), which is where GHC runs;
- a folder without anything to include is left out.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from thatch.core.project.model import Project

MACROS = "cabal_macros.h"

GENERATED = re.compile(rf"{re.escape(MACROS)}|(Paths|PackageInfo)_\w+\.hs")
"""What cabal generates besides, which nobody includes."""

LIBRARIES = frozenset({".a", ".so", ".dylib", ".dll"})
"""Suffixes of what cabal links into the folder, which nobody includes either."""

DEFINE = re.compile(r"^#define[ \t]+(?P<name>\w+(?:\([\w,]*\))?)[ \t]*(?P<body>.*)$", re.MULTILINE)


def unit_flags(project: Project, extra: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """The flags of each unit by its id, as sessions get them, with the user's `extra` ones.  Blocking."""
    return {unit.id: (*portable_flags(unit.flags, unit.directory, project.root), *extra) for unit in project.units}


def portable_flags(flags: Sequence[str], directory: Path, root: Path) -> tuple[str, ...]:
    """The flags of a unit in `directory` as a session gets them, which runs in `root`.

    Blocking: looks into the folders that they name.
    """
    return tuple(_portable(list(flags), directory, root))


def definitions(header: str) -> Iterator[str]:
    """The `NAME=body` of each definition of a `cabal_macros.h`, whose conditionals only guard against repetition."""
    for found in DEFINE.finditer(header.replace("\\\n", " ")):
        yield f"{found['name']}={' '.join(found['body'].split())}"


def _portable(flags: list[str], directory: Path, root: Path) -> Iterator[str]:
    while flags:
        flag = flags.pop(0)
        if flag == "-optP-include" and flags and Path(flags[0].removeprefix("-optP")).name == MACROS:
            yield from _inlined(Path(flags.pop(0).removeprefix("-optP")))
        elif flag.startswith("-I") and len(flag) > 2:
            yield from _include(directory / flag[2:], root)
        else:
            yield flag


def _inlined(header: Path) -> Iterable[str]:
    try:
        text = header.read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        return ("-optP-include", f"-optP{header}")
    return (f"-optP-D{definition}" for definition in definitions(text))


def _include(folder: Path, root: Path) -> Iterable[str]:
    if folder.is_relative_to(root):
        inner = folder.relative_to(root)
        return (f"-optP-I{inner}", f"-optc-I{inner}")
    return (f"-I{folder}",) if _holds_something_to_include(folder) else ()


def _holds_something_to_include(folder: Path) -> bool:
    try:
        paths = [path for path in folder.iterdir() if path.is_file()]
    except OSError:
        return False
    return any(path.suffix not in LIBRARIES and not GENERATED.fullmatch(path.name) for path in paths)
