"""What comments say of a module of a package and of its names, wherever that was kept.  Blocking."""

import logging
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path

from attrs import evolve, frozen

from thatch.core.errors import ThatchError
from thatch.core.haddock.blocks import parse_document
from thatch.core.haddock.document import Document
from thatch.core.haddock.interface_file import HaddockFile
from thatch.core.haddock.module_header import parse_module_header
from thatch.core.hi.model import DocumentationComment, OccName
from thatch.core.packages.database import Package
from thatch.core.packages.definitions import source_outline
from thatch.core.packages.interfaces import ModuleInterface
from thatch.core.packages.model import NOTHING, Origin
from thatch.core.packages.name_index import NameIndex
from thatch.core.packages.sources import PackageSources, read_source
from thatch.core.source.model import Outline

log = logging.getLogger(__name__)

MOST_OUTLINES = 32
MOST_FILES = 8
MOST_MODULES = 64


@frozen(kw_only=True)
class Said:
    """What comments say of a name or a module."""

    origin: Origin = Origin.NONE
    documentation: Document = NOTHING
    arguments: Mapping[int, Document] = {}

    description: str = ""
    """Of a module, in one line."""

    mentioned: tuple[DocumentationComment, ...] = ()
    """The comments of an interface, which knows what their identifiers mean."""


class Comments:
    """Finds what comments say: in the interface, in what Haddock left, in the source; the first that has any counts."""

    def __init__(self, sources: PackageSources) -> None:
        self._sources = sources
        self._outline = lru_cache(maxsize=MOST_OUTLINES)(_read_outline)
        self._haddock_file = lru_cache(maxsize=MOST_FILES)(_read_haddock_file)
        self._haddock_module = lru_cache(maxsize=MOST_MODULES)(self._read_haddock_module)

    def name(self, package: Package, module: str, occ: OccName, interface: ModuleInterface | None) -> Said:
        """What is said of a name of a module with that interface."""
        if interface and interface.has_documentation:
            return _said_in_interface(interface, occ)
        for path in package.haddock_files:
            if (documents := self._haddock_module(path, module)) and (said := documents.find(occ)):
                return said
        outline = self._source(package, module)
        definition = outline.find(occ) if outline else None
        if definition is None or not (definition.comments or definition.arguments):
            return Said()
        return Said(
            origin=Origin.SOURCE,
            documentation=_document(definition.comments),
            arguments={index: parse_document(text) for index, text in definition.arguments.items()},
        )

    def module(self, package: Package, module: str, interface: ModuleInterface | None) -> Said:
        """What is said of a module.  Haddock leaves nothing of that beside its pages."""
        if interface and interface.has_documentation:
            return _said_of_module(interface.comment.text if interface.comment else "", Origin.INTERFACE)
        outline = self._source(package, module)
        return _said_of_module((outline.comment or "") if outline else "", Origin.SOURCE)

    def outline(self, path: Path) -> Outline | None:
        """The outline of a source file as it is now; None if it cannot be read."""
        try:
            return self._outline(path, path.stat().st_mtime_ns)
        except OSError:
            return None

    def _source(self, package: Package, module: str) -> Outline | None:
        """The outline of a module's source if it is here; an archive that cannot be unpacked is as good as none."""
        try:
            tree = self._sources.tree(package)
        except ThatchError as error:
            log.info("%s", error)
            return None
        path = tree.module(module) if tree else None
        return self.outline(path) if path else None

    def _read_haddock_module(self, path: Path, module: str) -> NameIndex[Said] | None:
        file = self._haddock_file(path)
        found = file.modules.get(module) if file else None
        try:
            names, arguments = found.read() if found else ({}, {})
        except ThatchError as error:
            log.info("%s: %s", path, error)
            return None
        said = {name: Said(origin=Origin.HADDOCK, documentation=document) for name, document in names.items()}
        for name, documents in arguments.items():
            said[name] = evolve(said.get(name, Said(origin=Origin.HADDOCK)), arguments=documents)
        index: NameIndex[Said] = NameIndex()
        for name, each in said.items():
            index.add(name.occ, each)
        return index


def _said_in_interface(interface: ModuleInterface, occ: OccName) -> Said:
    comments, arguments = interface.comments(occ), interface.arguments(occ)
    if not comments and not arguments:
        return Said()
    return Said(
        origin=Origin.INTERFACE,
        documentation=_document(comment.text for comment in comments),
        arguments={index: parse_document(comment.text) for index, comment in arguments.items()},
        mentioned=(*comments, *arguments.values()),
    )


def _said_of_module(comment: str, origin: Origin) -> Said:
    if not comment:
        return Said()
    header = parse_module_header(comment)
    return Said(origin=origin, documentation=parse_document(header.text), description=header.description)


def _document(comments: Iterable[str]) -> Document:
    """All comments about a thing together, as Haddock reads them."""
    return parse_document("\n\n".join(comments))


def _read_outline(path: Path, _stamp: int) -> Outline | None:
    """The outline of a file, which is another one when the file has another time."""
    text = read_source(path)
    return None if text is None else source_outline(text, path.suffix)


def _read_haddock_file(path: Path) -> HaddockFile | None:
    try:
        return HaddockFile(path.read_bytes())
    except (OSError, ThatchError) as error:
        log.debug("%s: %s", path, error)
        return None
