"""What of the projects a user wants to have checked, from the options."""

import functools
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from attrs import evolve, field, frozen

from thatch.cli.check_options import Options
from thatch.cli.report import Selection

if TYPE_CHECKING:
    from thatch.cli.narrowing import Narrowing


def _resolver() -> Callable[[Path], Path]:
    folders = functools.cache(Path.resolve)

    @functools.cache
    def resolved(path: Path) -> Path:
        return path.resolve() if path.is_symlink() else folders(path.parent) / path.name

    return resolved


@frozen
class Choice:
    """What is wanted."""

    selection: Selection
    """By files: these decide what is reported."""

    narrowing: "Narrowing | None" = None
    """By modules: these decide what is loaded.  None: all of the projects."""

    resolved: Callable[[Path], Path] = field(factory=_resolver, eq=False)
    """A path with its links resolved.  Blocking."""

    @property
    def left_out(self) -> frozenset[Path]:
        """The files of all modules of projects that are not loaded whole."""
        return frozenset(self.narrowing.known) if self.narrowing else frozenset()

    @property
    def is_empty(self) -> bool:
        """Whether nothing is wanted of projects that have something."""
        return self.narrowing is not None and bool(self.narrowing.known) and not self.narrowing.chosen


async def choose(options: Options) -> Choice:
    """Find out what is wanted; asks git if need be.  Raises ThatchError.  Cancelling is safe."""
    selection = _select(options.paths or (Path(),))
    if not options.narrows:
        return Choice(selection)
    from thatch.cli.narrowing import Narrowing, Wanted
    from thatch.cli.shards import parse_times

    changed = None
    if options.changed_since is not None:
        from thatch.cli.changes import changed_since

        folders = {*selection.folders, *(path.parent for path in selection.files)}
        changed = await changed_since(options.changed_since, folders)
    file = options.shard_times
    wanted = Wanted(
        units=options.units,
        components=options.components,
        changed=changed,
        shard=options.shard,
        times=parse_times(file.read(), file.name) if file else {},
    )
    resolved = _resolver()
    narrowing = Narrowing(wanted, resolved)
    first = options.shard is None or options.shard.is_first
    # What is chosen grows while projects are found.
    return Choice(evolve(selection, within=narrowing.chosen.__contains__, tools=first), narrowing, resolved)


def _select(paths: Iterable[Path]) -> Selection:
    found = frozenset(path.resolve() for path in paths)
    folders = frozenset(path for path in found if path.is_dir())
    return Selection(files=found - folders, folders=folders)
