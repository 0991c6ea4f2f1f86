"""The folders in which GHC finds the texts of unsaved buffers before it finds the files.

    <folder>/<n>/Lib/Foo.hs       a buffer of unit n, found there because the folder comes first in `-i`
    <folder>/<n>-files/tool.hs    a module that is named by file: a link to it, or its buffer's text
    <folder>/<n>/Setup.hs         the same for one that GHC would take for the file `Setup.hs` in its current folder

GHC looks for `Foo.hs-boot` beside the `Foo.hs` that it found, so the two always go into the overlay together.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from thatch.core.ghc.flags import found_at, target_name
from thatch.core.project.model import Module, Unit

_OVERLAY = re.compile(r"/run/[^/]+/\d+/.*\boverlay/([^/]+)/(.+)")
"""A path in the overlay of some session of some server."""


class Overlay:
    """Keeps the folders of one session equal to a set of buffers, and maps GHC's paths back to the user's."""

    def __init__(self, folder: Path, units: Sequence[Unit], cwd: Path) -> None:
        """Make the folders and the links to the modules that are named by file; GHC is started in `cwd`."""
        self._folder = folder
        self._cwd = cwd
        self._units = tuple(units)
        self._user_paths: dict[str, Path] = {}
        self._named_by_file: dict[Path, Path] = {}
        self._held: dict[Path, str | Path] = {}
        for number in range(len(units)):
            self.unit_folder(number).mkdir(parents=True)
        self._targets = tuple(self._make_targets(number, unit) for number, unit in enumerate(units))
        self.write({})

    def unit_folder(self, number: int) -> Path:
        """The folder to be searched first for the modules of unit `number`."""
        return self._folder / str(number)

    def targets(self, number: int, only: Collection[Path] | None = None) -> tuple[str, ...]:
        """What to name to GHC as the targets of unit `number`: module names, or files for what has no findable name.

        Of all its modules, or `only` of those with these files.
        """
        named = zip(self._units[number].modules, self._targets[number], strict=True)
        return tuple(target for module, target in named if only is None or module.path in only)

    def user_path(self, text: str) -> Path:
        """The user's file for a path as GHC prints it.

        Code that raises a deferred error names the overlay of the session that it was compiled in.
        """
        return self._user_paths.get(text) or self._of_another_session(text) or Path(text)

    def _of_another_session(self, text: str) -> Path | None:
        found = _OVERLAY.search(text)
        if found is None:
            return None
        number, inner = found.groups()
        folders = self._units[int(number)].source_dirs if number.isdecimal() and int(number) < len(self._units) else ()
        files = (folder / inner for folder in folders)
        return self._user_paths.get(f"{self._folder}/{number}/{inner}") or next(filter(Path.is_file, files), None)

    def located(self, _unit: str, text: str) -> Path:
        """The user's file, absolute, for a path as splices name it; a relative one counts from GHC's folder."""
        return self._cwd / self.user_path(text)

    def write(self, texts: Mapping[Path, str]) -> None:
        """Make the overlay hold just these texts by user's path; files that are in no unit are passed over.

        Raises OSError when the folder cannot be written.
        """
        wanted = self._wanted(texts)
        for place in self._held.keys() - wanted.keys():
            place.unlink(missing_ok=True)
            del self._held[place]
        for place, content in wanted.items():
            if self._held.get(place) != content:
                self._put(place, content)

    def _make_targets(self, number: int, unit: Unit) -> tuple[str, ...]:
        targets = []
        for module in unit.modules:
            name = target_name(unit, module)
            if name is None or self._is_taken_for_a_file(name):
                place = self._place_by_file(number, unit, module, found_by_name=name is not None)
                self._named_by_file[place] = module.path
                name = str(place)
            targets.append(name)
        return tuple(targets)

    def _is_taken_for_a_file(self, name: str) -> bool:
        """Whether GHC finds a file of that name in its folder, and does not look into the overlay (`guessTarget`)."""
        return any((self._cwd / f"{name}{suffix}").exists() for suffix in (".hs", ".lhs"))

    def _place_by_file(self, number: int, unit: Unit, module: Module, *, found_by_name: bool) -> Path:
        inner = found_at(unit, module.path)
        if found_by_name and inner is not None:
            return self.unit_folder(number) / inner
        place = self._folder / f"{number}-files" / module.path.name
        if place in self._named_by_file:
            place = place.parent / str(len(self._named_by_file)) / module.path.name
        return place

    def _wanted(self, texts: Mapping[Path, str]) -> dict[Path, str | Path]:
        """By place, a text, or the file to link to."""
        wanted: dict[Path, str | Path] = {}
        siblings: dict[Path, str | Path] = {}
        places = [(place, path) for path in texts for place in self._places(path)]
        for place, path in (*self._named_by_file.items(), *places):
            wanted[place] = texts.get(path, path)
            self._user_paths[str(place)] = path
            original = _boot_sibling(path)
            if original.exists():
                sibling = _boot_sibling(place)
                siblings[sibling] = original
                self._user_paths[str(sibling)] = original
        return {**siblings, **wanted}

    def _places(self, path: Path) -> list[Path]:
        places = [place for place, linked in self._named_by_file.items() if linked == path]
        for number, unit in enumerate(self._units):
            inner = found_at(unit, path)
            if inner is not None:
                places.append(self.unit_folder(number) / inner)
        return places

    def _put(self, place: Path, content: str | Path) -> None:
        place.parent.mkdir(parents=True, exist_ok=True)
        fresh = place.with_name(f".{place.name}.new")
        fresh.unlink(missing_ok=True)
        if isinstance(content, Path):
            fresh.symlink_to(content)
        else:
            fresh.write_bytes(content.encode("utf-8", "surrogatepass"))
        fresh.replace(place)
        self._held[place] = content


def _boot_sibling(path: Path) -> Path:
    """`Foo.hs-boot` for `Foo.hs`, and the other way round."""
    name = path.name
    return path.with_name(name.removesuffix("-boot") if name.endswith("-boot") else f"{name}-boot")
