"""Which pages there are about a name or a module: made on this machine, else on Hackage.  Blocking."""

from collections.abc import Mapping

from thatch.core.hi.model import DocumentationComment, Name, Namespace, OccName
from thatch.core.packages.database import Package
from thatch.core.packages.interfaces import InstalledInterfaces, explained
from thatch.core.packages.links import Links, local_links, page, site_links
from thatch.core.th.packages import SPACES, InstalledExports


class Pages:
    """Finds the pages about things of installed packages."""

    def __init__(self, interfaces: InstalledInterfaces) -> None:
        self._interfaces = interfaces
        self._exports: InstalledExports | None = None

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
        """The module that a package's users get a name of a hidden module from."""
        space = SPACES.get(occ.namespace)
        packages = self._interfaces.packages
        if self._exports is None or self._exports.packages is not packages:
            self._exports = InstalledExports(packages, self._interfaces.known)
        if space is None or package.id not in packages:
            return None
        exporters = self._exports.index(package.id).get((module, occ.as_written.text, space), ())
        return exporters[0] if exporters else None
