"""The folders in which GHC finds the texts of unsaved buffers before it finds the files.

    <folder>/<n>/Lib/Foo.hs       a buffer of unit n, found there because the folder comes first in `-i`
    <folder>/<n>-files/tool.hs    a module that is named by file: a link to it, or its buffer's text

GHC looks for `Foo.hs-boot` beside the `Foo.hs` that it found, so the two always go into the overlay together.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

from thatch.core.ghc.flags import found_at, target_name
from thatch.core.project.model import Unit


class Overlay:
    """Keeps the folders of one session equal to a set of buffers, and maps GHC's paths back to the user's."""

    def __init__(self, folder: Path, units: Sequence[Unit]) -> None:
        """Make the folders and the links to the modules that are named by file."""
        self._folder = folder
        self._units = tuple(units)
        self._user_paths: dict[str, Path] = {}
        self._written: dict[Path, str] = {}
        self._links: dict[Path, Path] = {}
        for number in range(len(units)):
            self.unit_folder(number).mkdir(parents=True)
        self._targets = tuple(self._make_targets(number, unit) for number, unit in enumerate(units))

    def unit_folder(self, number: int) -> Path:
        """The folder to be searched first for the modules of unit `number`."""
        return self._folder / str(number)

    def targets(self, number: int) -> tuple[str, ...]:
        """What to name to GHC as the targets of unit `number`: module names, or files for what has no findable name."""
        return self._targets[number]

    def user_path(self, text: str) -> Path:
        """The user's file for a path as GHC prints it."""
        return self._user_paths.get(text) or Path(text)

    def write(self, texts: Mapping[Path, str]) -> None:
        """Make the overlay hold just these texts by user's path; files that are in no unit are passed over.

        Raises OSError when the folder cannot be written.
        """
        wanted = {place: text for path, text in texts.items() for place in self._places(path)}
        for place in self._written.keys() - wanted.keys():
            self._withdraw(place)
        for place, text in wanted.items():
            if self._written.get(place) != text:
                self._put(place, text)
        self._written = wanted

    def _make_targets(self, number: int, unit: Unit) -> tuple[str, ...]:
        targets = []
        for module in unit.modules:
            name = target_name(unit, module)
            if name is None:
                place = self._folder / f"{number}-files" / module.path.name
                place.parent.mkdir(exist_ok=True)
                if place in self._links:
                    place = place.parent / str(len(self._links)) / module.path.name
                    place.parent.mkdir()
                place.symlink_to(module.path)
                self._links[place] = module.path
                self._user_paths[str(place)] = module.path
                name = str(place)
            targets.append(name)
        return tuple(targets)

    def _places(self, path: Path) -> list[Path]:
        places = [place for place, linked in self._links.items() if linked == path]
        for number, unit in enumerate(self._units):
            inner = found_at(unit, path)
            if inner is not None:
                places.append(self.unit_folder(number) / inner)
        for place in places:
            self._user_paths[str(place)] = path
        return places

    def _put(self, place: Path, text: str) -> None:
        place.parent.mkdir(parents=True, exist_ok=True)
        fresh = place.with_name(f".{place.name}.new")
        fresh.write_bytes(text.encode("utf-8", "surrogatepass"))
        fresh.replace(place)
        sibling, original = _boot_sibling(place), _boot_sibling(self._user_paths[str(place)])
        if sibling not in self._links and not sibling.exists() and original.exists():
            sibling.symlink_to(original)
            self._user_paths[str(sibling)] = original

    def _withdraw(self, place: Path) -> None:
        sibling = _boot_sibling(place)
        if sibling in self._written:
            # The sibling's text still needs this file beside it.
            self._replace_by_link(place, self._user_paths[str(place)])
            return
        if place in self._links:
            self._replace_by_link(place, self._links[place])
            return
        place.unlink(missing_ok=True)
        if sibling.is_symlink() and sibling not in self._links:
            sibling.unlink()

    def _replace_by_link(self, place: Path, original: Path) -> None:
        place.unlink(missing_ok=True)
        place.symlink_to(original)


def _boot_sibling(path: Path) -> Path:
    """`Foo.hs-boot` for `Foo.hs`, and the other way round."""
    name = path.name
    return path.with_name(name.removesuffix("-boot") if name.endswith("-boot") else f"{name}-boot")
