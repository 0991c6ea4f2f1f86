"""Questions about names and modules of installed packages.  Answers come from files, and are remembered."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

from thatch.core.binary.cursor import DecodeError
from thatch.core.hi.declarations import Declarations, read_declarations
from thatch.core.hi.declared import Declared
from thatch.core.hi.model import KnownName, ModuleId, Name, OccName
from thatch.core.hi.reader import Interface
from thatch.core.hie.model import ExternalName
from thatch.core.packages.comments import Comments
from thatch.core.packages.database import database_folders, visible_packages
from thatch.core.packages.interfaces import InstalledInterfaces, explained
from thatch.core.packages.model import NameFacts, Origin, PackageModuleFacts, SourcePlace
from thatch.core.packages.pages import Pages
from thatch.core.packages.sources import PackageSources
from thatch.core.project.cabal_config import download_folders
from thatch.core.settings import Settings

log = logging.getLogger(__name__)

MOST_REMEMBERED = 4096
"""How many answers are remembered."""

Key = TypeVar("Key")
Answer = TypeVar("Answer")


WiredIn = Callable[[], Awaitable[Interface | None]]
"""Gives an interface that declares what no package does (`thatch.core.th.derive.wired_in`)."""


async def nothing_wired_in() -> Interface | None:
    """No such interface."""
    return None


class PackageNames:
    """What is known of the names of the packages in some databases.

    What was asked before is answered at once, all else by a thread.  Cancelling is safe.
    """

    def __init__(
        self,
        interfaces: InstalledInterfaces,
        sources: PackageSources,
        flags: Sequence[str] = (),
        wired_in: WiredIn = nothing_wired_in,
    ) -> None:
        """`flags` are GHC's, which say the modules of which packages can be imported."""
        self._wired_in = wired_in
        self._interfaces = interfaces
        self._flags = flags
        self._sources = sources
        self._pages = Pages(interfaces)
        self._names: dict[Name, NameFacts] = {}
        self._modules: dict[ModuleId, PackageModuleFacts] = {}
        self._comments = Comments(sources)

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

    async def declared(self, name: Name) -> Declared | None:
        """What a name's module declares it as; None if that is of no installed package, or damaged."""
        found = await asyncio.to_thread(self._find_declared, name)
        if found is None and self._interfaces.package(name.module.unit):
            # What is wired into GHC is declared by no package.
            wired = await self._wired_in()
            return await asyncio.to_thread(_find_in, wired, self._interfaces.known, name) if wired else None
        return found

    def _find_declared(self, name: Name) -> Declared | None:
        package = self._interfaces.package(name.module.unit)
        interface = self._interfaces.interface(package, name.module.name) if package else None
        return _find(interface.declarations, name) if interface else None

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
        said = self._comments.name(package, module, occ, interface)
        return NameFacts(
            name=name,
            package=package.source_id,
            documentation=said.documentation,
            arguments=said.arguments,
            origin=said.origin,
            references=self._pages.references(said.mentioned),
            fixity=interface.fixity(occ) if interface else None,
            warning=interface.warning_about(occ) if interface else None,
            links=self._pages.links(package, module, occ),
        )

    def _find_module(self, module: ModuleId) -> PackageModuleFacts | None:
        package = self._interfaces.package(module.unit)
        if package is None:
            return None
        interface = self._interfaces.interface(package, module.name)
        said = self._comments.module(package, module.name, interface)
        return PackageModuleFacts(
            module=module,
            package=package.source_id,
            description=said.description,
            documentation=said.documentation,
            origin=said.origin,
            warning=interface.warning if interface else None,
            links=self._pages.links(package, module.name, None),
        )

    def _place(self, module: ModuleId, occ: OccName | None) -> SourcePlace | None:
        package = self._interfaces.package(module.unit)
        tree = self._sources.tree(package) if package else None
        path = tree.module(module.name) if tree else None
        if tree is None or path is None:
            return None
        found = self._comments.outline(path)
        if occ is None or found is None:
            return SourcePlace(path=path, span=found.name_span if found else None, unpacked=tree.unpacked)
        definition = found.find(occ)
        return SourcePlace(path=path, span=definition.span if definition else None, unpacked=tree.unpacked)


def _find_in(interface: Interface, known: Mapping[str, Name], name: Name) -> Declared | None:
    return _find(read_declarations(interface, known), name)


def _find(declarations: Declarations, name: Name) -> Declared | None:
    try:
        return declarations.find_name(ExternalName(name.module, name.occ, None, ""))
    except DecodeError as error:
        log.info("The declaration of %s cannot be read: %s", name, error)
        return None


def package_names(
    libdir: Path,
    flags: Sequence[str],
    known: Mapping[str, Name],
    settings: Settings,
    wired_in: WiredIn = nothing_wired_in,
) -> PackageNames:
    """The names of the packages that a GHC (by its libdir) sees with some flags; nothing is read yet.

    `known` and `wired_in` are what the functions of these names in `thatch.core.th.derive` give.
    """
    interfaces = InstalledInterfaces(database_folders(libdir, flags), known)
    folders = [Path(folder).expanduser() for folder in settings.source_dirs]
    return PackageNames(
        interfaces,
        PackageSources(settings.cache_dir / "sources", folders, download_folders()),
        flags,
        wired_in,
    )


def _remember(answers: dict[Key, Answer], key: Key, answer: Answer) -> None:
    if len(answers) >= MOST_REMEMBERED:
        answers.clear()
    answers[key] = answer
