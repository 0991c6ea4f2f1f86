"""Answers about `.cabal` files, in the editor's terms: what can be typed, and what is known of words."""

import asyncio
from collections.abc import Mapping
from pathlib import Path

from lsprotocol import types

from thatch.core.cabal.completion import Known, Offer, OfferKind, Offers, PackageFact, complete
from thatch.core.cabal.definition import definition as leads
from thatch.core.cabal.hover import about
from thatch.core.cabal.outline import Outline, parse
from thatch.core.cabal.surroundings import (
    InstalledPackages,
    folders_of,
    main_files,
    module_files,
    package_facts,
    subfolders,
)
from thatch.core.ghc.toolchain import Toolchain
from thatch.core.navigation.places import Found, Place
from thatch.core.packages.database import database_folders
from thatch.core.project.model import Project
from thatch.core.text import LineIndex
from thatch.core.workspace import Snapshot
from thatch.lsp import convert
from thatch.lsp.places import Links, links, to_range
from thatch.lsp.session import View

KINDS = {
    OfferKind.FIELD: types.CompletionItemKind.Property,
    OfferKind.SECTION: types.CompletionItemKind.Keyword,
    OfferKind.VALUE: types.CompletionItemKind.Value,
    OfferKind.PACKAGE: types.CompletionItemKind.Module,
    OfferKind.MODULE: types.CompletionItemKind.Module,
    OfferKind.EXTENSION: types.CompletionItemKind.Constant,
    OfferKind.OPTION: types.CompletionItemKind.Constant,
    OfferKind.PATH: types.CompletionItemKind.File,
    OfferKind.STANZA: types.CompletionItemKind.Reference,
}
"""What comes nearest among LSP's kinds."""


_INSTALLED = InstalledPackages()
"""Reads the descriptions of installed packages, and remembers them."""


async def completion(view: View, path: Path, position: types.Position) -> types.CompletionList | None:
    """What can stand at a place.  May be cancelled at any time."""
    document = view.snapshot.documents.get(path)
    if document is None:
        return None
    lines = document.lines
    offset = lines.offset(convert.from_lsp_position(position), view.client.encoding)

    def found() -> Offers | None:
        outline = parse(lines.text)
        return complete(outline, offset, _known(view.snapshot, path, outline))

    offers = await asyncio.to_thread(found)
    if offers is None:
        return None
    region = to_range(view, lines, (offers.start, offset))
    return types.CompletionList(False, [_item(view, each, n, region) for n, each in enumerate(offers.offers)])


def _item(view: View, each: Offer, number: int, region: types.Range) -> types.CompletionItem:
    snippet = each.snippet if view.client.shows.snippets else ""
    return types.CompletionItem(
        label=each.label,
        kind=KINDS[each.kind],
        detail=each.detail or None,
        documentation=each.documentation or None,
        sort_text=f"{number:04}",
        filter_text=each.label if snippet else None,
        text_edit=types.TextEdit(region, snippet or each.label),
        insert_text_format=types.InsertTextFormat.Snippet if snippet else None,
    )


async def hover(view: View, path: Path, position: types.Position) -> types.Hover | None:
    """What is known of the word at a place.  May be cancelled at any time."""
    document = view.snapshot.documents.get(path)
    if document is None:
        return None
    lines = document.lines
    offset = lines.offset(convert.from_lsp_position(position), view.client.encoding)
    found = await asyncio.to_thread(lambda: about(parse(lines.text), offset, _packages(view.snapshot, path)))
    if found is None:
        return None
    if view.client.shows.markdown:
        contents = types.MarkupContent(types.MarkupKind.Markdown, found.markdown())
    else:
        contents = types.MarkupContent(types.MarkupKind.PlainText, found.plain())
    return types.Hover(contents, to_range(view, lines, found.region))


async def definition(view: View, path: Path, position: types.Position) -> Links | None:
    """Where the word at a place leads to.  May be cancelled at any time."""
    document = view.snapshot.documents.get(path)
    if document is None:
        return None
    lines = document.lines
    offset = lines.offset(convert.from_lsp_position(position), view.client.encoding)
    found = await asyncio.to_thread(lambda: leads(parse(lines.text), offset, path.parent))
    if found is None:
        return None
    if found.section:
        place = Place(
            path, lines, (found.section.start, found.section.name_end), (found.section.start, found.section.end)
        )
    else:
        place = Place(found.path or path, LineIndex(""), (0, 0), (0, 0))
    return links(view, Found(found.origin, (place,)), lines)


def _known(snapshot: Snapshot, path: Path, outline: Outline) -> Known:
    """What there is to choose from in a file.  Blocking."""
    project, toolchain = project_of(snapshot, path)
    return Known(
        options=toolchain.options if project and toolchain else (),
        packages=_packages(snapshot, path),
        modules=lambda component: module_files(folders_of(outline, component, path.parent)),
        mains=lambda component: main_files(folders_of(outline, component, path.parent)),
        folders=lambda: subfolders(path.parent),
    )


def project_of(snapshot: Snapshot, path: Path) -> tuple[Project | None, Toolchain | None]:
    """The project that a file describes a part of, or else the one whose folder is nearest; and its compiler."""
    described = (project for project in snapshot.projects if any(unit.description == path for unit in project.units))
    around = sorted(
        (project for project in snapshot.projects if path.is_relative_to(project.root)),
        key=lambda project: -len(project.root.parts),
    )
    project = next(described, None) or next(iter(around), None)
    return project, snapshot.toolchains.get(project.ghc) if project else None


def _packages(snapshot: Snapshot, path: Path) -> Mapping[str, PackageFact]:
    project, toolchain = project_of(snapshot, path)
    if project is None or toolchain is None:
        return {}
    flags = [flag for unit in project.units for flag in unit.flags]
    databases = tuple(dict.fromkeys(database_folders(toolchain.libdir, flags)))
    return package_facts(_INSTALLED.of(databases), project.units)
