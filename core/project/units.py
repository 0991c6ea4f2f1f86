"""Making units out of recorded compiler calls: which files their targets are.  Blocking: call it in a thread."""

import hashlib
import itertools
import os
from collections.abc import Container, Iterable, Mapping, Sequence
from pathlib import Path

import attrs

from thatch.core.project.arguments import SOURCE_SUFFIXES, Call
from thatch.core.project.listings import Listings
from thatch.core.project.model import Module, Project, Role, Unit
from thatch.core.syntax import parse_header, read_module_name


def make_unit(call: Call, *, unit_id: str, component: str, exposed: frozenset[str] = frozenset()) -> Unit:
    """The unit that a call compiles.

    `exposed` names the modules that other units may import; the rest are its own, except for the main one.
    """
    folders = tuple(dict.fromkeys(_absolute(call.directory, folder) for folder in call.source_dirs))
    files = Listings()
    found: dict[str, Module] = {}
    missing = []
    for target in call.targets:
        path = locate(target, call.directory, folders, files)
        if path is None:
            missing.append(target)
            continue
        name = module_name(path) if target.endswith(SOURCE_SUFFIXES) else target
        found.setdefault(name, Module(name, path, _role(name, call.main_is, exposed)))
    return Unit(
        id=unit_id,
        component=component,
        directory=call.directory,
        flags=call.flags,
        source_dirs=folders,
        package_ids=tuple(dict.fromkeys(call.package_ids)),
        modules=tuple(found.values()),
        missing=tuple(missing),
    )


def locate(target: str, directory: Path, folders: Iterable[Path], files: Listings) -> Path | None:
    """The file of a target, searched as GHC does: folder by folder, `.hs` before `.lhs`; None if there is none."""
    if target.endswith(SOURCE_SUFFIXES):
        path = _absolute(directory, target)
        return path if files.has_file(path) else None
    relative = target.replace(".", "/")
    candidates = ((folder, f"{relative}{suffix}") for folder in folders for suffix in SOURCE_SUFFIXES)
    return next((folder / file for folder, file in candidates if files.has_file(f"{folder}/{file}")), None)


def module_name(path: Path) -> str:
    """The name in a source file's header; `Main` when it has no header or cannot be read."""
    try:
        text = path.read_text("utf-8", "replace")
    except OSError:
        return "Main"
    return read_module_name(text, literate=path.suffix == ".lhs") or "Main"


def with_imports(unit: Unit) -> Unit:
    """The unit with the modules that its own import, directly or not, and that lie in its source folders.

    GHC finds those by itself, so who lists a component's sources by hand may leave them out.
    """
    found = {module.name: module for module in unit.modules}
    waiting = list(unit.modules)
    files = Listings()
    while waiting:
        path = waiting.pop().path
        try:
            text = path.read_text("utf-8", "replace")
        except OSError:
            continue
        for entry in parse_header(text, literate=path.suffix == ".lhs").imports:
            target = None if entry.module in found else locate(entry.module, unit.directory, unit.source_dirs, files)
            if target is not None:
                found[entry.module] = Module(entry.module, target)
                waiting.append(found[entry.module])
    return attrs.evolve(unit, modules=tuple(found.values()))


def with_descriptions(project: Project) -> Project:
    """The project whose units know the file that describes them.  Blocking, briefly."""
    shared = next((path for path in project.watched if path.is_file()), None)
    units = [
        attrs.evolve(unit, description=next(iter(sorted(unit.directory.glob("*.cabal"))), shared))
        for unit in project.units
    ]
    return attrs.evolve(project, units=tuple(units))


def unique(projects: Sequence[Project]) -> tuple[Project, ...]:
    """The projects with unit ids of which no two are equal: a later project's are changed where they clash.

    The changed ones are made from where the projects lie to one another, which is the same in every checkout.
    """
    common = Path(os.path.commonpath([project.root for project in projects])) if projects else Path()
    taken: set[str] = set()
    result = []
    for project in projects:
        clashing = [unit.id for unit in project.units if unit.id in taken or unit.id == "main"]
        place = project.root.relative_to(common)
        names = {name: _free_name(name, place, taken) for name in clashing}
        result.append(attrs.evolve(project, units=rename(project.units, names)) if names else project)
        taken |= {unit.id for unit in result[-1].units}
    return tuple(result)


def rename(units: Iterable[Unit], names: Mapping[str, str]) -> tuple[Unit, ...]:
    """The units with other ids, and their references to one another changed alike."""
    return tuple(
        attrs.evolve(
            unit,
            id=names.get(unit.id, unit.id),
            package_ids=tuple(names.get(name, name) for name in unit.package_ids),
            flags=_rename_flags(unit.flags, names),
        )
        for unit in units
    )


def _free_name(name: str, place: Path, taken: Container[str]) -> str:
    # The place comes first, so that the name does not depend on what else is open more than it must.
    for salt in itertools.count():
        digest = hashlib.sha256(f"{place}\0{salt}".encode("utf-8", "surrogateescape")).hexdigest()[:8]
        if f"{name}-{digest}" not in taken:
            return f"{name}-{digest}"
    raise AssertionError  # Counting does not end.


def _rename_flags(flags: tuple[str, ...], names: Mapping[str, str]) -> tuple[str, ...]:
    renamed = list(flags)
    for index, flag in enumerate(flags):
        if index and flags[index - 1] == "-package-id":
            renamed[index] = names.get(flag, flag)
        elif flag.startswith("-package-id="):
            name = flag.removeprefix("-package-id=")
            renamed[index] = f"-package-id={names.get(name, name)}"
    return tuple(renamed)


def _role(name: str, main_is: str, exposed: frozenset[str]) -> Role:
    if name == "Main" or (main_is and main_is.removesuffix(".main") == name):
        return Role.MAIN
    return Role.EXPOSED if name in exposed else Role.OTHER


def _absolute(directory: Path, path: str) -> Path:
    # Lexical on purpose: GHC keeps links, and so must the paths in its messages be recognised.
    return Path(os.path.normpath(directory / path))
