"""Which pages there are about a name or a module: made on this machine, else on Hackage.  Blocking."""

from collections.abc import Collection, Mapping, Sequence
from difflib import SequenceMatcher

from thatch.core.hi.model import DocumentationComment, Name, Namespace, OccName
from thatch.core.packages.database import Package, interface_path
from thatch.core.packages.interfaces import InstalledInterfaces, explained
from thatch.core.packages.links import Links, local_links, page, site_links
from thatch.core.th.names import Space
from thatch.core.th.packages import SPACES, InstalledExports

Thing = tuple[str, str, Space]
"""The module that defines it, its name, and which of the things of that name it is."""


class Pages:
    """Finds the pages about things of installed packages."""

    def __init__(self, interfaces: InstalledInterfaces) -> None:
        self._interfaces = interfaces
        self._things: dict[tuple[str, str], Collection[Thing]] = {}
        """What modules export, by unit and module."""
        self._candidates: dict[tuple[str, str], Sequence[tuple[str, str]]] = {}
        """Where users of a package may get the names of a hidden module from, by its unit and name."""

    def links(self, package: Package, module: str, occ: OccName | None) -> Links:
        """The pages about a name that a module defines, or about the module."""
        exporting = module if occ is None or module in package.modules else self._exporter(package, module, occ)
        if exporting is None:
            return Links()
        for folder in package.documentation:
            if (folder / page(exporting, None)).is_file():
                return local_links(folder, exporting, module, occ)
        return site_links(package.source_id, exporting, module, occ)

    def references(self, comments: tuple[DocumentationComment, ...]) -> Mapping[str, str]:
        """Pages about the names that comments mention, by the names; a type comes before a value of its name."""
        found: dict[str, str] = {}
        names = [explained(each, self._interfaces.known) for comment in comments for each in comment.identifiers]
        for name in sorted(filter(None, names), key=lambda each: each.occ.namespace is not Namespace.TYPE):
            occ = name.occ.as_written
            if occ.text not in found and (url := self._page(name)):
                found[occ.text] = url
        return found

    def _page(self, name: Name) -> str:
        package = self._interfaces.package(name.module.unit)
        return self.links(package, name.module.name, name.occ).documentation if package else ""

    def _exporter(self, package: Package, module: str, occ: OccName) -> str | None:
        """The module that a package's users get a name of a hidden module from, the likeliest first."""
        space = SPACES.get(occ.namespace)
        if space is None:
            return None
        thing = (module, occ.as_written.text, space)
        key = (package.id, module)
        if key not in self._candidates:
            own = [exposed for exposed, (unit, _) in package.modules.items() if unit == package.id]
            self._candidates[key] = [package.modules[exposed] for exposed in by_likelihood(own, module)]
        for unit, exposed in self._candidates[key]:
            if thing in self._exported(package, unit, exposed, module):
                return exposed
        return None

    def _exported(self, package: Package, unit: str, exposed: str, module: str) -> Collection[Thing]:
        """What a module exports; nothing if its interface does not so much as mention a module."""
        if (unit, exposed) in self._things:
            return self._things[unit, exposed]
        path = interface_path(package.import_dirs, exposed)
        try:
            data = path.read_bytes() if path else b""
        except OSError:
            data = b""
        # To search takes a hundredth of the time of decoding.
        if module.encode("utf-8") not in data:
            return ()
        exports = InstalledExports({}, self._interfaces.known).decoded(data)
        self._things[unit, exposed] = exports.things if exports else ()
        return self._things[unit, exposed]


def by_likelihood(exposed: Sequence[str], module: str) -> list[str]:
    """Modules in the order in which they may export names of a hidden `A.B.C`: `A`, `A.B`, then those most like it."""

    def unlikeness(other: str) -> tuple[bool, int, float, str]:
        is_above = module.startswith(f"{other}.")
        return not is_above, len(other) if is_above else 0, -SequenceMatcher(None, other, module).ratio(), other

    return sorted(exposed, key=unlikeness)
