"""Reading the heads of a project's files, off the loop, and asking GHC where its preprocessors decide."""

import asyncio
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import islice
from pathlib import Path

from attrs import evolve

from thatch.core.diagnostics import Span
from thatch.core.errors import ThatchError
from thatch.core.process import run
from thatch.core.project.graph import ModuleGraph
from thatch.core.project.listings import Listings
from thatch.core.project.model import Unit
from thatch.core.project.resolve import ModuleId, boot_path, candidates
from thatch.core.syntax import Header, Import, parse_header

LARGEST_HEAD = 4 * 2**20
"""How many bytes of a file are read at most: a head that is longer is not written by people."""

PREPROCESSOR_SECONDS = 60.0
"""How long GHC may preprocess the files of one unit."""

PREPROCESSOR_ATTEMPTS = 4
"""How often GHC is started for one unit: it stops at the first file that cannot be preprocessed."""


async def read_headers(units: Sequence[Unit]) -> dict[Path, Header]:
    """The heads of all files that the units' modules are in, read in a thread.

    That is the files of declared modules, `.hs-boot` files beside them, and undeclared files in the
    units' source folders that are imported.  Files that are missing or cannot be read are left out, bytes
    that are no UTF-8 are replaced: both are GHC's to report.  A cancelled call leaves the thread to finish.
    """
    return await asyncio.to_thread(collect_headers, units)


def collect_headers(units: Iterable[Unit], read: Callable[[Path], Header | None] | None = None) -> dict[Path, Header]:
    """What `read_headers` gives, read here and now, each file once, by `read` (if not given: `read_header`)."""
    collection = _Collection(read or read_header)
    for unit in units:
        collection.add_unit(unit)
    return collection.headers


def read_header(path: Path) -> Header | None:
    """The head of one file, or None where there is no such file or it cannot be read."""
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST_HEAD)
    except OSError:
        return None
    return parse_header(data.decode("utf-8", "replace"), literate=path.suffix in {".lhs", ".lhs-boot"})


async def settle(graph: ModuleGraph, units: Iterable[Unit], ghc: Path) -> ModuleGraph:
    """The graph with the exact imports of its uncertain modules, asked of GHC with the units' flags.

    Modules that GHC cannot preprocess stay uncertain, with all the imports that they could have.
    One GHC runs at a time; cancelling ends it and leaves no files behind.
    """
    known = {unit.id: unit for unit in units}
    waiting = defaultdict[str, list[ModuleId]](list)
    for module in graph.uncertain:
        waiting[module.unit].append(module)
    for name, modules in waiting.items():
        preprocessor = _Preprocessor(ghc, known[name], known.keys())
        heads = {graph.path(module): graph.nodes[module].header for module in modules}
        answers = await preprocessor.run(heads)
        for module in modules:
            header, after = graph.nodes[module].header, answers.get(graph.path(module))
            if after:
                graph = graph.with_header(module, evolve(header, preprocessed=_remaining(header, after)))
    return graph


class _Preprocessor:
    """`ghc -E` with the flags of a unit.

    GHC writes what it makes of `A.hs` beside it, as `A.hspp`: so it is given links in a folder of ours.
    """

    def __init__(self, ghc: Path, unit: Unit, home_units: Iterable[str]) -> None:
        self._unit = unit
        # No package of a home unit is installed; its version macros come from the build tool's own header.
        self._command: tuple[str | Path, ...] = (
            ghc,
            "-E",
            *_without_packages(unit.flags, frozenset(home_units)),
        )

    async def run(self, heads: Mapping[Path, Header]) -> dict[Path, Header]:
        """What the heads of the files are after preprocessing, of those files where that works."""
        with tempfile.TemporaryDirectory(prefix="thatch-cpp-") as name:
            folder = Path(name)
            custom = [path for path, header in heads.items() if header.uses_preprocessor]
            outputs = await self._run_together([path for path in heads if path not in custom], folder)
            outputs |= await self._run_alone(custom, folder)
            return await asyncio.to_thread(_read_outputs, outputs)

    async def _run_together(self, paths: list[Path], folder: Path) -> dict[Path, Path]:
        links = {path: folder / f"{number}{path.suffix}" for number, path in enumerate(paths)}
        for path, link in links.items():
            link.symlink_to(path)
        # What a file includes from its own folder is not beside the link.
        includes = [f"-I{parent}" for parent in dict.fromkeys(path.parent for path in paths)]
        outputs = {path: link.with_suffix(".hspp") for path, link in links.items()}
        remaining = paths
        for _ in range(PREPROCESSOR_ATTEMPTS):
            if not remaining or not await self._ghc(*includes, *(links[path] for path in remaining)):
                break
            # GHC stops at the first file that fails: leave that one out.
            remaining = [path for path in remaining if not outputs[path].exists()][1:]
        return outputs

    async def _run_alone(self, paths: list[Path], folder: Path) -> dict[Path, Path]:
        """Files with a preprocessor of their own, which may look around where they lie."""
        outputs = {path: folder / f"custom-{number}.hspp" for number, path in enumerate(paths)}
        for path, output in outputs.items():
            await self._ghc("-o", output, path)
        return outputs

    async def _ghc(self, *arguments: str | Path) -> bool:
        """Whether GHC could be run at all; what it complains about, a load will say better."""
        command = (*self._command, *arguments)
        try:
            await run(command, cwd=self._unit.directory, timeout=PREPROCESSOR_SECONDS)
        except ThatchError:
            return False
        return True


def _without_packages(flags: Sequence[str], unwanted: frozenset[str]) -> list[str]:
    kept: list[str] = []
    for flag in flags:
        if kept and kept[-1] == "-package-id" and flag in unwanted:
            kept.pop()
        elif flag.removeprefix("-package-id=") == flag or flag.removeprefix("-package-id=") not in unwanted:
            kept.append(flag)
    return kept


def _read_outputs(outputs: Mapping[Path, Path]) -> dict[Path, Header]:
    found = {path: read_header(output) for path, output in outputs.items()}
    return {path: header for path, header in found.items() if header}


def _remaining(header: Header, after: Header) -> tuple[Import, ...]:
    """The imports that preprocessing left, at their places in the source where they were written there."""
    written = {(entry.module, entry.source, entry.package): entry for entry in reversed(header.imports)}
    places = ((entry, written.get((entry.module, entry.source, entry.package))) for entry in after.imports)
    top = Span(1, 1, 1, 1)
    return tuple(evolve(entry, span=place.span if place else top, conditional=False) for entry, place in places)


class _Collection:
    """The heads read so far, and the listings of the folders looked into."""

    def __init__(self, read: Callable[[Path], Header | None]) -> None:
        self.headers: dict[Path, Header] = {}
        self._read_header = read
        self._files = Listings()

    def add_unit(self, unit: Unit) -> None:
        """Read the files of a unit: the declared ones, then what these import from its folders."""
        names = {module.name for module in unit.modules}
        waiting = [module.path for module in unit.modules]
        for path in waiting:
            for imported in self._imports(path):
                if imported in names:
                    continue
                names.add(imported)
                # The list grows while it is walked.
                waiting += self._find(unit, imported)

    def _imports(self, path: Path) -> list[str]:
        heads = (self._read(path), self._read(boot_path(path)))
        return [entry.module for head in heads if head for entry in head.imports]

    def _read(self, path: Path) -> Header | None:
        if path not in self.headers and self._files.has_file(path) and (header := self._read_header(path)):
            self.headers[path] = header
        return self.headers.get(path)

    def _find(self, unit: Unit, name: str) -> list[Path]:
        found = (path for path in candidates(unit, name) if self._files.has_file(path))
        return list(islice(found, 1))
