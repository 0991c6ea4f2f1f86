"""Code actions that change `.cabal` files: at messages about these, and at those of modules that want such a change."""

import asyncio
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path

from lsprotocol import types

from thatch.core.cabal.edits import section_of
from thatch.core.cabal.fixes import (
    add_modules,
    add_packages,
    fixes,
    hidden_packages,
    missing_modules,
    providers,
    remove_packages,
    unseen_module,
)
from thatch.core.cabal.outline import Outline, Section, parse
from thatch.core.diagnostics import Diagnostic, Span
from thatch.core.documents import Document
from thatch.core.edit.edit_unit import VIEW_VERSION
from thatch.core.fixes.model import Fix, FixKind
from thatch.core.project.model import Unit
from thatch.core.project.resolve import name_at
from thatch.core.syntax import is_literate, parse_header
from thatch.core.text import LineIndex
from thatch.core.workspace import Snapshot
from thatch.lsp.actions import wanted, workspace_edit
from thatch.lsp.fix_actions import current, touched
from thatch.lsp.places import offsets
from thatch.lsp.session import View
from thatch.lsp.syntax import CABAL

HPACK = "package.yaml"
"""The file that hpack makes a `.cabal` file from, in which changes would not last."""

Shown = Mapping[Diagnostic, types.Diagnostic]
"""Messages, as the editor has them."""


async def in_description(view: View, path: Path, params: types.CodeActionParams) -> list[types.CodeAction]:
    """What can be done in a `.cabal` file about the messages at a place.  May be cancelled at any time."""
    document = view.snapshot.documents.get(path)
    if document is None or not wanted(FixKind.QUICK_FIX.value, params.context.only):
        return []
    checked = view.cabal_checker().fresh(path, document.text)
    return await asyncio.to_thread(lambda: list(_in_description(view, document, checked, params)))


def _in_description(
    view: View, document: Document, checked: Iterable[Diagnostic], params: types.CodeActionParams
) -> Iterator[types.CodeAction]:
    outline = parse(document.text)
    asked = touched(view, document.lines, [*current(view.snapshot, document), *checked], params)
    for one in asked:
        found = [*fixes(outline, document.lines, one), *_for_component(view.snapshot, document.path, outline, one)]
        yield from (_action(view, document.path, document.lines, fix, asked) for fix in found)


def _for_component(snapshot: Snapshot, path: Path, outline: Outline, one: Diagnostic) -> Iterator[Fix]:
    """What GHC says of a whole component: the modules that it does not list, the packages that it does not need."""
    for unit in _units(snapshot, one):
        section = section_of(outline, unit.component) if unit.description == path else None
        if section and (modules := missing_modules(one)):
            yield from add_modules(outline, section, modules, (one,))
        elif section:
            yield from remove_packages(outline, section, one)


async def for_description(view: View, path: Path, params: types.CodeActionParams) -> list[types.CodeAction]:
    """What can be done in the `.cabal` file of a module at a place of this.  May be cancelled at any time.

    GHC knows of packages that hide the modules that are imported, and the project has libraries that a component does
    not depend on; and a module may be listed nowhere.
    """
    document = view.snapshot.documents.get(path)
    if document is None:
        return []
    return await asyncio.to_thread(lambda: list(_for_description(view, document, params)))


def _for_description(view: View, document: Document, params: types.CodeActionParams) -> Iterator[types.CodeAction]:
    only, snapshot = params.context.only, view.snapshot
    if wanted(FixKind.QUICK_FIX.value, only):
        asked = touched(view, document.lines, current(snapshot, document), params)
        for one in asked:
            module = unseen_module(one)
            for unit in _units(snapshot, one) if module else ():
                packages = [*_providers(snapshot, unit, module), *_installed(one)]
                yield from _changes(view, unit, partial(add_packages, packages=packages, one=one), asked)
    if wanted(FixKind.REWRITE.value, only):
        header = parse_header(document.text, literate=is_literate(document.path))
        if header.name and header.name_span and _touches(view, document, header.name_span, params.range):
            for unit in _owners(snapshot, document.path, header.name):
                yield from _changes(view, unit, partial(add_modules, modules=[header.name]), {})


def _providers(snapshot: Snapshot, user: Unit, module: str | None) -> list[tuple[str, str]]:
    """The libraries of a unit's project that it could depend on for a module; they have no versions to ask for."""
    project = next(project for project in snapshot.projects if user in project.units)
    return [(name, "") for name in providers(project.units, user, module)] if module else []


def _installed(one: Diagnostic) -> list[tuple[str, str]]:
    """The installed packages that a message says are hidden; while modules are edited, units are packages, too."""
    return [(name, version) for name, version in hidden_packages(one) if version != VIEW_VERSION]


def _touches(view: View, document: Document, span: Span, asked: types.Range) -> bool:
    """Whether a range touches a place."""
    start, end = offsets(view, document.lines, asked)
    place = document.lines.offsets(span)
    return start <= place[1] and place[0] <= end


def _units(snapshot: Snapshot, one: Diagnostic) -> list[Unit]:
    """The units that a message may be about."""
    units = [unit for project in snapshot.projects for unit in project.units]
    named = [unit for unit in units if unit.id == one.unit]
    return named or [unit for unit in units if any(module.path == one.path for module in unit.modules)]


def _owners(snapshot: Snapshot, path: Path, name: str) -> list[Unit]:
    """The units that a module would belong to by where it lies, if none lists it."""
    units = [unit for project in snapshot.projects for unit in project.units]
    if any(module.path == path for unit in units for module in unit.modules):
        return []
    return [unit for unit in units if name_at(unit, path) == name]


def _changes(
    view: View, unit: Unit, find: Callable[[Outline, Section], Iterable[Fix]], asked: Shown
) -> Iterator[types.CodeAction]:
    """Changes of the section of a unit."""
    path = unit.description
    text = view.snapshot.text(path) if path and path.suffix == CABAL else None
    if path is None or text is None or (path.parent / HPACK).is_file():
        return
    outline = parse(text)
    section = section_of(outline, unit.component)
    for fix in find(outline, section) if section else ():
        yield _action(view, path, LineIndex(text), fix, asked)


def _action(view: View, path: Path, lines: LineIndex, fix: Fix, asked: Shown) -> types.CodeAction:
    return types.CodeAction(
        fix.title,
        kind=fix.kind.value,
        diagnostics=[asked[one] for one in fix.diagnostics] or None,
        edit=workspace_edit(view, path, lines, fix.edits),
    )
