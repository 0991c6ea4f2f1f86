"""What changes when files of modules get other names: the names of the modules, wherever they stand."""

import asyncio
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from attrs import frozen

from thatch.core.cabal.outline import Field, parse
from thatch.core.cabal.words import MODULE_FIELDS
from thatch.core.navigation.code import Code
from thatch.core.navigation.texts import Text
from thatch.core.project.model import Unit
from thatch.core.project.resolve import MODULE_SUFFIXES, ModuleId, Resolver, boot_path, name_at
from thatch.core.rename.file_edits import FileEdits
from thatch.core.rename.words import find_module_links, find_qualifiers
from thatch.core.splices.inline_head import Edit
from thatch.core.syntax import Header, is_literate, parse_header
from thatch.core.th.imports import read_imports

Moves = Mapping[Path, Path]
"""From the old paths of files or folders to the new ones."""


async def move(code: Code, units: Sequence[Unit], moves: Moves) -> list[FileEdits]:
    """The edits, in files with their old paths, that go with files being moved.  May be cancelled at any time.

    What is no module, or not one afterwards, needs none.
    """
    sources = {module.path for unit in units for module in unit.modules} | {
        each.key.path for each in code.modules.homes()
    }
    descriptions = {unit.description for unit in units if unit.description and unit.description.suffix == ".cabal"}
    paths = {*sources, *map(boot_path, sources), *descriptions}
    texts = await asyncio.to_thread(code.texts.current, paths, code.documents)
    return await asyncio.to_thread(move_edits, units, texts, moves)


def move_edits(units: Sequence[Unit], texts: Mapping[Path, Text], moves: Moves) -> list[FileEdits]:
    """The edits of sources and `.cabal` files; takes some milliseconds for each source."""
    sources = {path: text for path, text in texts.items() if path.suffix in MODULE_SUFFIXES}
    headers = {path: parse_header(text.lines.text, literate=is_literate(path)) for path, text in sources.items()}
    files = list(_all_renamed(units, headers, moves))
    renamings = {ModuleId(unit, each.old): each for each in files for unit in each.units}
    found: defaultdict[Path, list[Edit]] = defaultdict(list)
    resolver = Resolver(units, sources)
    for unit in units if files else ():
        for path in _files_of(unit, sources):
            found[path] += _in_source(unit, path, sources[path], headers[path], resolver, renamings)
        if unit.description and unit.description in texts:
            described = [each for each in files if unit.id in each.units]
            text = texts[unit.description].lines.text
            found[unit.description] += [edit for each in described for edit in _in_description(text, each, unit, units)]
    return [
        FileEdits(path, texts[path].lines, tuple(sorted(set(edits), key=lambda edit: edit.start)))
        for path, edits in sorted(found.items())
        if edits
    ]


@frozen
class _Renamed:
    """A module that gets another name."""

    path: Path
    old: str
    new: str
    units: frozenset[str]
    """The units that have it."""


def _all_renamed(units: Sequence[Unit], headers: Mapping[Path, Header], moves: Moves) -> Iterator[_Renamed]:
    """The modules that are called by where they lie, and will be by where they are going to."""
    for path, header in headers.items():
        new = _new_path(path, moves)
        # What an executable begins with is called `Main`, wherever it lies.
        is_named = new and header.name not in {None, "Main"}
        owners = [unit for unit in units if is_named and name_at(unit, path) == header.name]
        names = {name_at(unit, new) for unit in owners if new}
        if len(names) == 1 and (name := names.pop()) and header.name and name != header.name:
            yield _Renamed(path, header.name, name, frozenset(unit.id for unit in owners))


def _new_path(path: Path, moves: Moves) -> Path | None:
    """Where a file will be, itself or with a folder around it."""
    around = next((each for each in (path, *path.parents) if each in moves), None)
    return moves[around] / path.relative_to(around) if around else None


def _files_of(unit: Unit, sources: Mapping[Path, Text]) -> Iterator[Path]:
    declared = {module.path for module in unit.modules}
    declared |= set(map(boot_path, declared))
    return (path for path in sources if path in declared or any(path.is_relative_to(each) for each in unit.source_dirs))


def _in_source(
    unit: Unit,
    path: Path,
    text: Text,
    header: Header,
    resolver: Resolver,
    renamings: Mapping[ModuleId, _Renamed],
) -> Iterator[Edit]:
    """The module's own name, its imports, and what is written with their full names."""
    lines = text.lines
    own = next((each for each in renamings.values() if each.path == path), None)
    if own and header.name_span:
        yield Edit(*lines.offsets(header.name_span), own.new)
    renamed = {(own.old, own.new)} if own else set()
    declarations = read_imports(lines.text, header)
    for entry, declaration in zip(header.imports, declarations, strict=False):
        target = resolver.resolve(unit.id, entry)
        meant = renamings.get(ModuleId(target.unit, target.name)) if target else None
        if meant:
            yield Edit(*lines.offsets(entry.span), meant.new)
            renamed |= {(meant.old, meant.new)} if not declaration.alias else set()
    aliases = {declaration.alias for declaration in declarations}
    for old, new in sorted(renamed):
        if old not in aliases:
            yield from _named(path, text, header, old, new)


def _named(path: Path, text: Text, header: Header, old: str, new: str) -> Iterator[Edit]:
    """Where a module is named besides its imports: before dots, in the export list, in links."""
    lines, literate = text.lines, is_literate(path)
    ends = [lines.offsets(entry.span)[0] for entry in header.imports[:1]] or [len(lines.text)]
    own = lines.offsets(header.name_span) if header.name_span else (-1, -1)
    starts = [
        *find_qualifiers(lines.text, old, literate=literate),
        *find_module_links(lines.text, old, literate=literate),
    ]
    exported = re.compile(rf"\bmodule\s+(?={re.escape(old)}(?![\w.']))")
    starts += [found.end() for found in exported.finditer(lines.text, 0, ends[0]) if found.end() != own[0]]
    yield from (Edit(start, start + len(old), new) for start in starts)


def _in_description(text: str, renamed: _Renamed, unit: Unit, units: Sequence[Unit]) -> Iterator[Edit]:
    """The module in the lists of a `.cabal` file, if all components that list the name mean that file."""
    described = [each for each in units if each.description == unit.description]
    if any(
        module.name == renamed.old and each.id not in renamed.units for each in described for module in each.modules
    ):
        return
    outline = parse(text)
    for field, _ in outline.walk():
        if isinstance(field, Field) and field.name in MODULE_FIELDS:
            named = (word for word in outline.words(field) if word.text == renamed.old)
            yield from (Edit(word.start, word.end, renamed.new) for word in named)
