"""The names that could be imported from installed packages, by the letters that they begin with.

    <folder>/exports/<hash of the package>.json    what the modules of one package export; see thatch.core.sealed

Reading all interfaces of a package takes from milliseconds to seconds, so it is done once for each package, in the
background.
"""

import asyncio
import logging
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from hashlib import blake2b
from pathlib import Path
from typing import Any, NamedTuple

from attrs import frozen

from thatch.core.completion.model import Candidate, Kind, Origin
from thatch.core.completion.scope import classes_in, kind_of
from thatch.core.hi.model import ModuleId, Name, Namespace, OccName
from thatch.core.packages.database import Package, interface_path
from thatch.core.sealed import read_sealed, write_sealed
from thatch.core.th.names import Space
from thatch.core.th.packages import InstalledExports, InterfaceExports
from thatch.core.th.scope import Exported

log = logging.getLogger(__name__)

FORMAT = 2
"""The version of the stored form."""

MOST_CLASHES = 3
"""How many names a module that is to be imported unqualified exports at most which mean something else in `Prelude`."""

UNNATURAL = frozenset({"GHC", "Internal", "Unsafe", "Prim"})
"""Parts of the names of modules that one imports from for want of another."""

GREAT = frozenset({"ghc", "Cabal", "Cabal-syntax", "ghc-internal"})
"""Packages that take long to read and that are seldom imported from: they come last."""


class _Row(NamedTuple):
    """A name that a package offers, as it is stored."""

    lower: str
    label: str
    module: str
    """The module to import it from."""

    parent: str
    kind: str
    unit: str
    defining: str
    namespace: int
    constructor: str
    """Of a field: its first constructor, as in `OccName`."""

    seldom: bool
    """Whether few would import it from there, as in `Candidate`."""


@frozen(eq=False)
class _Table:
    """What one package offers, sorted."""

    keys: Sequence[str]
    rows: Sequence[Sequence[Any]]


class Importable:
    """The names that the packages of one unit offer.  For the loop's thread only, but for `find`."""

    def __init__(self, exports: InterfaceExports, folder: Path) -> None:
        """Nothing is read before `begin`."""
        self._exports = exports
        self._folder = folder
        self._tables: Mapping[str, _Table] = {}
        """Never changed but replaced: another thread may be looking through it."""
        self._reading: asyncio.Task[None] | None = None

    @property
    def is_complete(self) -> bool:
        """Whether all packages have been read."""
        return len(self._tables) == len(self._exports.visible)

    def begin(self) -> None:
        """Start to read what is not known yet, in the background."""
        if self._reading is None:
            self._reading = asyncio.create_task(self._read(), name="importable names")

    async def read(self) -> None:
        """Wait until all packages have been read.  May be cancelled at any time."""
        self.begin()
        assert self._reading
        await asyncio.shield(self._reading)

    async def close(self) -> None:
        """End reading."""
        if self._reading is not None:
            self._reading.cancel()
            await asyncio.gather(self._reading, return_exceptions=True)

    def find(self, typed: str) -> Iterator[Candidate]:
        """The names that begin with some letters, whatever their capitals.  Any thread may ask."""
        lower = typed.lower()
        for table in self._tables.values():
            for index in range(bisect_left(table.keys, lower), len(table.keys)):
                if not table.keys[index].startswith(lower):
                    break
                yield _candidate(_Row(*table.rows[index]))

    async def _read(self) -> None:
        installed = self._exports.installed
        packages = [installed.packages[unit] for unit in self._exports.visible]
        for package in sorted(packages, key=lambda each: (each.name in GREAT, each.name != "base", each.name)):
            table = await asyncio.to_thread(_table, installed, package, self._folder)
            self._tables = {**self._tables, package.id: table}


def _table(installed: InstalledExports, package: Package, folder: Path) -> _Table:
    path = folder / "exports" / f"{_digest(package)}.json"
    rows = read_sealed(path)
    if not isinstance(rows, list):
        rows = sorted(_rows(installed, package))
        write_sealed(path, rows)
    return _Table([row[0] for row in rows], rows)


def _digest(package: Package) -> str:
    """Tells one state of a package's files from another."""
    first = next(iter(package.modules), "")
    path = interface_path(package.import_dirs, first)
    stamp = path.stat().st_mtime_ns if path else 0
    said = repr((FORMAT, package.id, [str(each) for each in package.import_dirs], sorted(package.modules), stamp))
    return blake2b(said.encode("utf-8", "surrogateescape"), digest_size=16).hexdigest()


def _rows(installed: InstalledExports, package: Package) -> Iterator[_Row]:
    """What a package offers, each thing from the module that one would import it from."""
    best = installed.index(package.id)
    prelude = _prelude(installed)
    for module, place in package.modules.items():
        exports = installed.exports(*place)
        entries = exports.entries if exports else ()
        classes = classes_in(entries)
        n_clashes = sum(prelude.get((each.occ, each.space), each.module) != each.module for each in entries)
        seldom = n_clashes > MOST_CLASHES or not UNNATURAL.isdisjoint(module.split("."))
        for each in entries:
            if each.name and best[each.module, each.occ, each.space][0] == module:
                yield _row(each, each.name, module, kind_of(each, classes), seldom=seldom)


def _row(each: Exported, name: Name, module: str, kind: Kind, *, seldom: bool) -> _Row:
    occ = name.occ
    return _Row(
        each.occ.lower(),
        each.occ,
        module,
        each.parent,
        kind.value,
        name.module.unit,
        name.module.name,
        occ.namespace.value,
        occ.parent,
        seldom,
    )


def _prelude(installed: InstalledExports) -> dict[tuple[str, Space], str]:
    """What names mean in `Prelude`: the modules that define them."""
    bases = [package.modules["Prelude"] for package in installed.packages.values() if "Prelude" in package.modules]
    found = [installed.exports(*place) for place in bases]
    return {(each.occ, each.space): each.module for exports in found if exports for each in exports.entries}


def _candidate(row: _Row) -> Candidate:
    occ = OccName(row.label, Namespace(row.namespace), row.constructor)
    return Candidate(
        label=row.label,
        kind=Kind(row.kind),
        origin=Origin.IMPORTABLE,
        name=Name(ModuleId(row.unit, row.defining), occ),
        parent=row.parent,
        module=row.module,
        seldom=row.seldom,
    )
