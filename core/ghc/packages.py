"""Installed packages as package databases describe them: which modules each has, and where their interfaces lie.

A database is a folder with one text file (`<unit-id>.conf`) for each unit, in the format of Cabal's
`InstalledPackageInfo` (Distribution/InstalledPackageInfo.hs, Cabal 3.10); its binary `package.cache` is not read.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

from attrs import frozen

WIRED_IN = frozenset({"base", "ghc-prim", "ghc-bignum", "ghc-internal", "rts", "template-haskell", "ghc"})
"""The packages whose unit id is their bare name wherever GHC prints it (GHC/Unit/Types.hs `wiredInUnitIds`, 9.6)."""

SUFFIXES = (".hi", ".dyn_hi")
"""The suffixes of interfaces, the ordinary way first."""


@frozen(kw_only=True)
class Package:
    """One installed unit."""

    id: str
    name: str
    exposed: bool
    """Whether its modules can be imported where no flag says what can."""

    modules: frozenset[str]
    """The modules that can be imported from it and that are its own."""

    reexported: Mapping[str, tuple[str, str]]
    """The modules of other units that can be imported from this one: the unit's id, and the name there."""

    folders: tuple[Path, ...]
    """Where its interfaces lie."""

    def interface(self, module: str) -> Path | None:
        """The interface file of one of its modules, if it is there."""
        inner = module.replace(".", "/")
        files = (folder / f"{inner}{suffix}" for folder in self.folders for suffix in SUFFIXES)
        return next((file for file in files if file.is_file()), None)


class Packages:
    """The packages that a unit can see.  Blocking: reads databases when made, and looks for files when asked."""

    def __init__(self, libdir: Path, flags: Sequence[str]) -> None:
        """`flags` are GHC's, of one unit; a database that cannot be read has no packages."""
        databases = [libdir / "package.conf.d", *_databases(flags)]
        self._all = {package.id: package for database in databases for package in _read(database)}
        self._by_name = {package.name: package for package in self._all.values() if package.name in WIRED_IN}
        self._visible = list(self._seen(flags))

    def importing(self, module: str) -> Path | None:
        """The interface that an import of this module, from no home module, brings in."""
        for package in self._visible:
            if module in package.modules:
                return package.interface(module)
            if origin := package.reexported.get(module):
                return self.defining(*origin)
        return None

    def defining(self, unit: str, module: str) -> Path | None:
        """The interface of a module of the unit with this id, importable or not."""
        package = self._package(unit)
        return package.interface(module) if package else None

    def importable(self, unit: str, module: str) -> bool:
        """Whether an import declaration can name this module of the unit with this id."""
        package = self._package(unit)
        return package is not None and package in self._visible and module in package.modules

    def _package(self, unit: str) -> Package | None:
        return self._all.get(unit) or self._by_name.get(unit)

    def _seen(self, flags: Sequence[str]) -> Iterator[Package]:
        wanted = {*_values(flags, "-package-id"), *_values(flags, "-package")}
        hide_others = "-hide-all-packages" in flags
        for package in self._all.values():
            named = package.id in wanted or package.name in wanted or _versioned(package) in wanted
            if named or (package.exposed and not hide_others):
                yield package


@lru_cache(maxsize=4096)
def parse_package(text: str, database: Path) -> Package | None:
    """The unit that a file of a database describes; None if it is no such description.  Pure."""
    fields = dict(_fields(text))
    if not fields.get("id") or not fields.get("name"):
        return None
    own, reexported = _modules(fields.get("exposed-modules", ""))
    root = str(database.parent)
    folders = (part.strip('"').replace("${pkgroot}", root) for part in _WORDS.findall(fields.get("import-dirs", "")))
    return Package(
        id=fields["id"],
        name=fields["name"],
        exposed=fields.get("exposed", "").lower() == "true",
        modules=frozenset(own),
        reexported=reexported,
        folders=tuple(map(Path, folders)),
    )


_FIELD = re.compile(r"^([\w-]+):[ \t]*((?:.*)(?:\n(?:[ \t]+.*|[ \t]*))*)", re.MULTILINE)
_WORDS = re.compile(r'"[^"]*"|\S+')
_REEXPORT = re.compile(r"([\w.']+)\s+from\s+([^\s:,]+):([\w.']+)")


def _fields(text: str) -> Iterator[tuple[str, str]]:
    for found in _FIELD.finditer(text):
        yield found[1].lower(), " ".join(found[2].split())


def _modules(text: str) -> tuple[list[str], dict[str, tuple[str, str]]]:
    reexported = {name: (unit, module) for name, unit, module in _REEXPORT.findall(text)}
    return _REEXPORT.sub(" ", text).replace(",", " ").split(), reexported


def _read(database: Path) -> Iterator[Package]:
    try:
        files = sorted(database.glob("*.conf"))
    except OSError:
        return
    for file in files:
        try:
            package = parse_package(file.read_text("utf-8", "replace"), database)
        except OSError:
            continue
        if package:
            yield package


def _databases(flags: Sequence[str]) -> Iterable[Path]:
    return (Path(value) for value in _values(flags, "-package-db") if value not in {"global", "user"})


def _values(flags: Sequence[str], option: str) -> Iterator[str]:
    """The values of an option, which may follow it or be joined to it by `=` or nothing at all."""
    for flag, following in pairwise((*flags, "")):
        if flag == option:
            yield _unit(following)
        elif flag.startswith(f"{option}="):
            yield _unit(flag.removeprefix(f"{option}="))


def _unit(value: str) -> str:
    # A package can be followed by the modules to see, perhaps under other names.
    return value.partition("(")[0].strip()


def _versioned(package: Package) -> str:
    """The name with the version, which begins the unit's id wherever a build tool made it."""
    found = re.match(rf"{re.escape(package.name)}-[\d.]+(?=-|$)", package.id)
    return found[0] if found else package.id
