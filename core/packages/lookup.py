"""Questions about names and modules of installed packages.  Answers come from files, and are remembered."""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

from attrs import frozen

from thatch.core.errors import ThatchError
from thatch.core.hi.model import KnownName, ModuleId, Name, OccName
from thatch.core.packages.database import Package, database_folders, visible_packages
from thatch.core.packages.definitions import source_outline
from thatch.core.packages.interfaces import InstalledInterfaces, ModuleInterface, explained
from thatch.core.packages.model import NameFacts, Origin, PackageModuleFacts, SourcePlace
from thatch.core.packages.pages import Pages
from thatch.core.packages.sources import PackageSources, read_source
from thatch.core.project.cabal_config import download_folders
from thatch.core.settings import Settings
from thatch.core.source.model import Outline

log = logging.getLogger(__name__)

MOST_REMEMBERED = 4096
"""How many answers are remembered."""

MOST_OUTLINES = 32

Key = TypeVar("Key")
Answer = TypeVar("Answer")


class PackageNames:
    """What is known of the names of the packages in some databases.

    What was asked before is answered at once, all else by a thread.  Cancelling is safe.
    """

    def __init__(self, interfaces: InstalledInterfaces, sources: PackageSources, flags: Sequence[str] = ()) -> None:
        """`flags` are GHC's, which say the modules of which packages can be imported."""
        self._interfaces = interfaces
        self._flags = flags
        self._sources = sources
        self._pages = Pages(interfaces)
        self._names: dict[Name, NameFacts] = {}
        self._modules: dict[ModuleId, PackageModuleFacts] = {}
        self._outline = lru_cache(maxsize=MOST_OUTLINES)(_read_outline)

    async def name(self, name: Name | KnownName) -> NameFacts | None:
        """What is known of a name, given with the module that defines it; None if that is of no installed package."""
        full = explained(name, self._interfaces.known)
        if full is None:
            return None
        if (facts := self._names.get(full)) is None:
            facts = await asyncio.to_thread(self._find_name, full)
            # What is missing may come: a package may be downloaded.
            if facts is not None and facts.origin is not Origin.NONE:
                _remember(self._names, full, facts)
        return facts

    async def module(self, module: ModuleId) -> PackageModuleFacts | None:
        """What is known of a module; None if it is of no installed package."""
        if (facts := self._modules.get(module)) is None:
            facts = await asyncio.to_thread(self._find_module, module)
            if facts is not None and facts.origin is not Origin.NONE:
                _remember(self._modules, module, facts)
        return facts

    async def definition(self, name: Name | KnownName) -> SourcePlace | None:
        """Where a name is defined, given with the module that defines it; None if that has no source here.

        Raises `ThatchError` if there is an archive of its package that cannot be unpacked.
        """
        full = explained(name, self._interfaces.known)
        return None if full is None else await asyncio.to_thread(self._place, full.module, full.occ)

    async def module_source(self, module: ModuleId) -> SourcePlace | None:
        """The source of a module; as `definition`."""
        return await asyncio.to_thread(self._place, module, None)

    async def importable(self, module: str) -> ModuleId | None:
        """The module of an installed package that an import of a name means; None if there is none."""
        return await asyncio.to_thread(self._find_importable, module)

    def _find_importable(self, module: str) -> ModuleId | None:
        packages = self._interfaces.all_packages()
        visible = sorted(visible_packages(packages, self._flags))
        found = next((packages[unit].modules[module] for unit in visible if module in packages[unit].modules), None)
        return ModuleId(*found) if found else None

    def _find_name(self, name: Name) -> NameFacts | None:
        package = self._interfaces.package(name.module.unit)
        if package is None:
            return None
        module, occ = name.module.name, name.occ
        interface = self._interfaces.interface(package, module)
        if interface and interface.has_documentation:
            said = self._said_in_interface(interface, occ)
        else:
            said = _said_in_source(self._source_outline(package, module), occ)
        return NameFacts(
            name=name,
            package=package.source_id,
            comments=said.comments,
            arguments=said.arguments,
            origin=said.origin if said.comments or said.arguments else Origin.NONE,
            references=said.references,
            fixity=interface.fixity(occ) if interface else None,
            warning=interface.warning_about(occ) if interface else None,
            links=self._pages.links(package, module, occ),
        )

    def _said_in_interface(self, interface: ModuleInterface, occ: OccName) -> "_Said":
        comments, arguments = interface.comments(occ), interface.arguments(occ)
        return _Said(
            Origin.INTERFACE,
            tuple(comment.text for comment in comments),
            {index: comment.text for index, comment in arguments.items()},
            self._pages.references((*comments, *arguments.values())),
        )

    def _find_module(self, module: ModuleId) -> PackageModuleFacts | None:
        package = self._interfaces.package(module.unit)
        if package is None:
            return None
        interface = self._interfaces.interface(package, module.name)
        if interface and interface.has_documentation:
            comment, origin = interface.comment.text if interface.comment else "", Origin.INTERFACE
        else:
            found = self._source_outline(package, module.name)
            comment, origin = (found.comment or "" if found else ""), Origin.SOURCE
        return PackageModuleFacts(
            module=module,
            package=package.source_id,
            comment=comment,
            origin=origin if comment else Origin.NONE,
            warning=interface.warning if interface else None,
            links=self._pages.links(package, module.name, None),
        )

    def _place(self, module: ModuleId, occ: OccName | None) -> SourcePlace | None:
        package = self._interfaces.package(module.unit)
        tree = self._sources.tree(package) if package else None
        path = tree.module(module.name) if tree else None
        if tree is None or path is None:
            return None
        found = self._outline_of(path)
        if occ is None or found is None:
            return SourcePlace(path=path, span=found.name_span if found else None, unpacked=tree.unpacked)
        definition = found.find(occ)
        return SourcePlace(path=path, span=definition.span if definition else None, unpacked=tree.unpacked)

    def _source_outline(self, package: Package, module: str) -> Outline | None:
        """The outline of a module's source if it is here; an archive that cannot be unpacked is as good as none."""
        try:
            tree = self._sources.tree(package)
        except ThatchError as error:
            log.info("%s", error)
            return None
        path = tree.module(module) if tree else None
        return self._outline_of(path) if path else None

    def _outline_of(self, path: Path) -> Outline | None:
        try:
            return self._outline(path, path.stat().st_mtime_ns)
        except OSError:
            return None


def package_names(libdir: Path, flags: Sequence[str], known: Mapping[str, Name], settings: Settings) -> PackageNames:
    """The names of the packages that a GHC (by its libdir) sees with some flags; nothing is read yet.

    `known` is what `thatch.core.th.derive.known_names` gives.
    """
    interfaces = InstalledInterfaces(database_folders(libdir, flags), known)
    folders = [Path(folder).expanduser() for folder in settings.source_dirs]
    return PackageNames(interfaces, PackageSources(settings.cache_dir / "sources", folders, download_folders()), flags)


@frozen
class _Said:
    """What comments say of a name."""

    origin: Origin
    comments: tuple[str, ...]
    arguments: Mapping[int, str]
    references: Mapping[str, str]


def _said_in_source(source: Outline | None, occ: OccName) -> _Said:
    definition = source.find(occ) if source else None
    if definition is None:
        return _Said(Origin.NONE, (), {}, {})
    return _Said(Origin.SOURCE, definition.comments, definition.arguments, {})


def _read_outline(path: Path, _stamp: int) -> Outline | None:
    """The outline of a file, which is another one when the file has another time."""
    text = read_source(path)
    return None if text is None else source_outline(text, path.suffix)


def _remember(answers: dict[Key, Answer], key: Key, answer: Answer) -> None:
    if len(answers) >= MOST_REMEMBERED:
        answers.clear()
    answers[key] = answer
