"""Units from source files alone, for folders without a build description and cradles that name no targets.

Blocking: call it in a thread.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from attrs import frozen

from thatch.core.errors import CradleError
from thatch.core.project.folders import plain_name, walk
from thatch.core.project.model import Module, Role, Unit
from thatch.core.syntax import parse_header

MAX_FILES = 5000
"""How many source files a folder without a build description may hold."""

MAX_DEPTH = 20
"""How deep below the folder they may lie."""

TOP = "home"
"""What the unit of the folder itself is called in its id."""

HEAD_BYTES = 2**16
"""How much of a file is read to find its header."""


@frozen
class Sources:
    """Source files by what their headers say."""

    rooted: Mapping[Path, tuple[Module, ...]]
    """Modules whose path ends like their name, by the folder that GHC finds them from."""

    single: tuple[Module, ...]
    """The rest: programs (named `Main`, or without a header), and modules in files of another name."""


def source_files(root: Path) -> tuple[Path, ...]:
    """Every Haskell source file below a folder, sorted; raises `CradleError` when there are too many."""
    found: list[Path] = []
    for folder, names in walk(root, MAX_DEPTH):
        found += [folder / name for name in names if name.endswith((".hs", ".lhs"))]
        if len(found) > MAX_FILES:
            raise CradleError(
                message=f"{root} has no build description and holds more than {MAX_FILES} Haskell files.",
                remedy="Open a smaller folder, or describe the project in a `hie.yaml` or `cabal.project`.",
            )
    return tuple(found)


def sort_sources(files: Iterable[Path]) -> Sources:
    """Sort files by their headers; those that cannot be read are left out."""
    rooted: dict[Path, list[Module]] = {}
    single = []
    for path in files:
        try:
            with path.open("rb") as stream:
                text = stream.read(HEAD_BYTES).decode("utf-8", "replace")
        except OSError:
            continue
        name = parse_header(text, literate=path.suffix == ".lhs").name or "Main"
        parts = tuple(name.split("."))
        if name != "Main" and path.with_suffix("").parts[-len(parts) :] == parts:
            rooted.setdefault(path.parents[len(parts) - 1], []).append(Module(name, path, Role.EXPOSED))
        else:
            single.append(Module(name, path, Role.MAIN if name == "Main" else Role.EXPOSED))
    return Sources({root: tuple(found) for root, found in rooted.items()}, tuple(single))


def make_units(
    sources: Sources, directory: Path, *, flags: tuple[str, ...] = (), package_ids: tuple[str, ...] = ()
) -> tuple[Unit, ...]:
    """Units for source files that all take the same flags.

    All rooted modules make one unit, with more units for roots whose module names are taken already.  Each single
    file makes a unit of its own, which can import the modules of the nearest other one.
    """
    groups = _groups(sources.rooted)
    units = [
        Unit(
            id=unit_id(directory, roots[0]),
            component=_component(directory, directory if index == 0 else roots[0]),
            directory=directory,
            flags=flags,
            source_dirs=tuple(roots),
            package_ids=package_ids,
            modules=tuple(module for root in roots for module in sources.rooted[root]),
        )
        for index, roots in enumerate(groups)
    ]
    return (*units, *(_single(module, directory, units, flags, package_ids) for module in sources.single))


def unit_id(directory: Path, path: Path) -> str:
    """An id that no other path below the directory has; the same in every checkout, whatever the directory's name."""
    place = path.relative_to(directory).as_posix() if path.is_relative_to(directory) else path.as_posix()
    digest = hashlib.sha256(place.encode("utf-8", "surrogateescape")).hexdigest()[:8]
    return f"{TOP if path == directory else plain_name(path.stem)}-{digest}"


def _groups(rooted: Mapping[Path, Sequence[Module]]) -> list[list[Path]]:
    """Roots that can share a unit, since none of their modules share a name."""
    groups: list[tuple[list[Path], set[str]]] = []
    for root in sorted(rooted, key=lambda root: (len(root.parts), root)):
        names = {module.name for module in rooted[root]}
        fitting = next((group for group in groups if names.isdisjoint(group[1])), None)
        if fitting is None:
            groups.append(([root], names))
        else:
            fitting[0].append(root)
            fitting[1].update(names)
    return [roots for roots, _ in groups]


def _single(
    module: Module, directory: Path, units: Sequence[Unit], flags: tuple[str, ...], package_ids: tuple[str, ...]
) -> Unit:
    library = _nearest(module.path, units)
    extra = (library.id,) if library else ()
    return Unit(
        id=unit_id(directory, module.path),
        component=_component(directory, module.path),
        directory=directory,
        flags=(*flags, *(part for name in extra for part in ("-package-id", name))),
        # GHC needs a folder where it finds no module of the others by accident: it is given the file by its path.
        source_dirs=(),
        package_ids=(*package_ids, *extra),
        modules=(module,),
    )


def _nearest(path: Path, units: Sequence[Unit]) -> Unit | None:
    """The unit with the innermost source folder around a file, else the first."""

    def closeness(unit: Unit) -> int:
        around = (len(folder.parts) for folder in unit.source_dirs if path.is_relative_to(folder))
        return max(around, default=0)

    return max(units, key=closeness, default=None)


def _component(directory: Path, path: Path) -> str:
    if path == directory or not path.is_relative_to(directory):
        return path.name or str(path)
    return path.relative_to(directory).as_posix()
