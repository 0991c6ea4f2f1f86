"""What `ghc --show-iface` prints of an interface file: asking for it, and finding the Core of bindings in it.

The text is that of `pprModIface` in `GHC/Iface/Load.hs` (9.6.6 and 9.10.3).  Of a fat interface the section
`extra decls:` holds each binding by its bare name, two columns in; those of a recursive group stand between `rec {` and
`}`, two columns further in.  Longer bindings go on in lines that are further in than their names.
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from textwrap import dedent

from thatch.core.errors import ThatchError
from thatch.core.process import run

SHOW_SECONDS = 60.0
"""How long GHC may take to print one interface."""

SECTION = "extra decls:"
GROUP, END_OF_GROUP = "  rec {", "  }"

OUTSIDE, INSIDE = " " * 2, " " * 4

BINDING = re.compile(r"(?P<indent> {2}| {4})(?P<name>[^\s}]\S*) = ")


async def show_iface(ghc: Path, interface: Path) -> str:
    """What a GHC prints of an interface file that it, or one of the same version, wrote.

    Raises `ThatchError` when it does not.  Cancelling ends the process.
    """
    shown = await run([ghc, "--show-iface", interface], cwd=Path("/"), timeout=SHOW_SECONDS)
    if shown.code != 0:
        raise ThatchError(
            message=f"{ghc} --show-iface failed with exit code {shown.code}.",
            remedy="The interface was written by another GHC: check the project again.",
            detail=shown.said[:2000],
        )
    return shown.stdout


def core_bindings(shown: str) -> Mapping[str, str]:
    """The Core of each binding of an interface as GHC prints it, by its bare name, in the order of the file.

    Empty for an interface that holds no Core.  Names that GHC made up are among them (`$fShowT`, `f1`).
    """
    found: dict[str, list[str]] = {}
    lines: list[str] = []
    depth = len(OUTSIDE)
    for line in _section(shown):
        start = BINDING.match(line)
        if line in {GROUP, END_OF_GROUP}:
            depth = len(INSIDE) if line == GROUP else len(OUTSIDE)
            lines = []
        # Outside of a group, a line that is as far in as the names of one goes on with a binding.
        elif start and len(start["indent"]) == depth:
            lines = found[start["name"]] = [line]
        else:
            lines.append(line)
    return {name: dedent("\n".join(lines)) for name, lines in found.items()}


def _section(shown: str) -> Iterator[str]:
    _, found, rest = shown.partition(f"\n{SECTION}\n")
    if not found:
        return
    for line in rest.split("\n"):
        # The next section begins at the margin.
        if line and not line.startswith(" "):
            return
        yield line
