"""What a session knows about its modules, put together from the messages of many loads; pure.

GHC repeats nothing: a load tells only of the modules that it compiled.  So the last word on each
module is kept, and which word is the last depends on how the module came to be loaded:

- compiled, and an interface was written: its messages hold as long as its source is what was compiled;
- compiled in vain (a parse error cannot be deferred): its messages hold until the next attempt, or until the source
  is again what the interface on disk was made from, for then GHC takes it from there in silence;
- begun when the load was interrupted: its messages hold if its interface was written, for then GHC will not repeat
  them; else it will, or goes on with what it had;
- messages before the first module is compiled are about the import headers; every load tells them anew;
- adopted from a cache: its messages hold while GHC may still look at the interface.  When a load is over that left it
  out, because a module below it failed, they are not told until a load gets there: a load from scratch would not know
  them.  What GHC has once accepted or compiled in this session stays told until its next word.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from attrs import define, evolve, frozen

from thatch.core.diagnostics import Diagnostic
from thatch.core.ghc.output import Compiling, Notice, Output, Said, Text


class ModuleKey(NamedTuple):
    """A module of the session by the unit that it was compiled for and its file."""

    unit: str
    path: Path


@frozen
class Stamp:
    """What a load left of a module: two that are equal stand for the same content."""

    source: str
    """Of the text that the load saw; empty when there was none."""

    interface: str
    """Of the interface file; empty when there was none."""


NOTHING = Stamp("", "")

PREPROCESSED = ".hspp"
"""The suffix of GHC's temporary file for what a `-F` preprocessor wrote; its lines are not the user's."""


BOOT = "-boot"
"""The end of the name of a file that stands in for its module in a cycle of imports."""


@frozen
class Written:
    """A compiled module."""

    interface: PurePosixPath
    """The interface file in the folder of the unit's interfaces."""

    diagnostics: tuple[Diagnostic, ...]
    stamp: Stamp


@define
class _Attempt:
    """One compilation of a module."""

    interface: PurePosixPath
    """The interface file in the folder of the unit's interfaces."""

    diagnostics: list[Diagnostic]
    number: int = 0
    """How many modules the load had begun before."""

    failed: bool = False
    """Whether an error was not deferred, so that no interface was written."""

    stamp: Stamp = NOTHING


class Results:
    """The diagnostics of one session, kept over its loads."""

    def __init__(self) -> None:
        self._written: dict[ModuleKey, _Attempt] = {}
        self._failed: dict[ModuleKey, _Attempt] = {}
        self._begun: dict[ModuleKey, _Attempt] = {}
        self._fresh: set[ModuleKey] = set()
        self._reached: set[ModuleKey] = set()
        self._adopted: set[ModuleKey] = set()
        self._left_out: set[ModuleKey] = set()
        self._outdated: set[ModuleKey] = set()
        self._headers: list[Diagnostic] = []
        self._new_headers: list[Diagnostic] = []
        self._current: dict[Path, ModuleKey] = {}
        self._latest: ModuleKey | None = None
        self._sole_unit = ""
        self._none_loaded = False
        self.interfaces: dict[ModuleKey, PurePosixPath] = {}
        """The modules that were compiled or begun, each with its interface in the folder of its unit's interfaces."""
        self.notices: list[Notice] = []
        """Messages without a place, of the running or latest load."""
        self.compiled = 0
        """How many modules the running or latest load has begun to compile."""
        self.all_loaded = False
        """Whether GHC said that no module was left out."""
        self.ended = False
        """Whether GHC said that the load is over; of an interrupted load, or one that ends in a panic, it does not."""

    def begin(self, sole_unit: str = "") -> None:
        """A load begins; `sole_unit` is the id of the session's only unit, which GHC does not mention then."""
        self._sole_unit = sole_unit
        self._begun = {}
        self._new_headers = []
        self._current = {}
        self._latest = None
        self.notices = []
        self.compiled = 0
        self.ended = False
        self.all_loaded = False
        self._none_loaded = False

    def take(self, output: Output) -> None:
        """GHC said something."""
        match output:
            case Compiling(path=Path() as path, unit=unit):
                self._latest = ModuleKey(unit or self._sole_unit, path)
                self._current[path] = self._latest
                self._begun[self._latest] = _Attempt(_interface(output), [], self.compiled)
                self.interfaces[self._latest] = self._begun[self._latest].interface
                self.compiled += 1
            case Compiling():
                self.compiled += 1
            case Said(diagnostic=diagnostic, fatal=fatal):
                self._said(diagnostic, fatal)
            case Notice():
                self.notices.append(output)
            case Text(line=line):
                end = _END.search(line)
                self.ended = self.ended or end is not None
                self.all_loaded = self.all_loaded or (end is not None and end[0].startswith("Ok"))
                self._none_loaded = self._none_loaded or (end is not None and end[0].startswith(_NONE))

    def paths(self) -> set[Path]:
        """The files of all modules that anything is known about."""
        return {key.path for key in (*self._written, *self._failed, *self._begun)}

    def to_stamp(self) -> dict[ModuleKey, PurePosixPath]:
        """The modules whose stamps `end` needs, each with its interface in the folder of its unit's interfaces."""
        return {key: attempt.interface for key, attempt in (*self._failed.items(), *self._begun.items())}

    def end(self, stamps: Mapping[ModuleKey, Stamp], *, complete: bool) -> frozenset[ModuleKey]:
        """The load is over, or was interrupted or died before it was `complete`; the modules that it compiled.

        Of a load that was not, modules must have been compiled one after the other.
        """
        compiled = set()
        self._reached |= self._begun.keys()
        for key, attempt in self._begun.items():
            attempt.stamp = stamps.get(key, NOTHING)
            self._adopted.discard(key)
            self._outdated.discard(key)
            if attempt.failed:
                self._failed[key] = attempt
            elif complete or key != self._latest or self._is_new(key, attempt.stamp.interface):
                self._written[key] = attempt
                self._fresh.add(key)
                compiled.add(key)
                self._failed.pop(key, None)
        if complete:
            self._headers = self._new_headers
            for key in [key for key in self._failed if key not in self._begun]:
                if self._is_as_written(key, stamps.get(key, NOTHING).source):
                    del self._failed[key]
        self._begun = {}
        self._new_headers = []
        return frozenset(compiled)

    def settle(self, left_out: Collection[ModuleKey]) -> None:
        """Say which modules a complete load did not get to; those known only from a cache are not told any more."""
        self._adopted.intersection_update(left_out)
        self._left_out = set(self._adopted)

    def supersede(self, sources: Mapping[ModuleKey, str]) -> None:
        """Say what the sources are of modules that a complete load did not get to, as in `Stamp.source`.

        What was said of other texts of theirs is not told until a load gets there.
        """
        known = self._written
        self._outdated = {key for key, now in sources.items() if key in known and known[key].stamp.source != now}

    @property
    def failed(self) -> frozenset[ModuleKey]:
        """The modules that GHC could not compile when it last tried."""
        return frozenset(self._failed)

    @property
    def failed_paths(self) -> frozenset[Path]:
        """The files of these modules, and those whose import header could not be read."""
        headers = {diagnostic.path for diagnostic in self._headers} if self.unreadable else set[Path]()
        return frozenset(headers.union(key.path for key in self._failed))

    @property
    def unreadable(self) -> bool:
        """Whether an import header kept the latest complete load from loading anything."""
        return bool(self._headers) and self._none_loaded

    @property
    def preprocessor_spoke(self) -> bool:
        """Whether something was said before the first module that GHC came to: the C preprocessor warns there."""
        return bool(self._headers) and not self._none_loaded

    def _is_new(self, key: ModuleKey, interface: str) -> bool:
        written = self._written.get(key)
        return interface != (written.stamp.interface if written else "")

    def _is_as_written(self, key: ModuleKey, source: str) -> bool:
        written = self._written.get(key)
        return written is not None and written.stamp.source == source

    def adopt(self, key: ModuleKey, interface: PurePosixPath, diagnostics: Sequence[Diagnostic], stamp: Stamp) -> None:
        """Take the messages of a module that was compiled before, in another session, and not since."""
        self._written[key] = _Attempt(interface, list(diagnostics), stamp=stamp)
        self.interfaces[key] = interface
        self._failed.pop(key, None)
        self._fresh.discard(key)
        self._adopted.add(key)
        self._left_out.discard(key)
        self._outdated.discard(key)

    def adopt_notices(self, notices: Sequence[Notice]) -> None:
        """Take the messages about all modules together, of an earlier load of the same."""
        self.begin(self._sole_unit)
        self._headers = []
        self.notices = list(notices)

    def take_fresh(self) -> dict[ModuleKey, "Written"]:
        """The modules that GHC compiled since this was last asked for."""
        fresh, self._fresh = self._fresh, set()
        return {key: written for key, written in self.written().items() if key in fresh}

    def take_reached(self) -> set[ModuleKey]:
        """The modules that GHC has tried to compile since this was last asked for."""
        reached, self._reached = self._reached, set()
        return reached

    def written(self) -> dict[ModuleKey, "Written"]:
        """The modules that have an interface of their latest source, whoever made it."""
        return {
            key: Written(attempt.interface, tuple(attempt.diagnostics), attempt.stamp)
            for key, attempt in self._written.items()
            if key not in self._failed
        }

    def keep(self, wanted: Callable[[ModuleKey], bool]) -> None:
        """Forget all modules but the wanted ones, as after a change of the units or the removal of a file."""
        for attempts in (self._written, self._failed, self._begun, self.interfaces):
            for key in [key for key in attempts if not wanted(key)]:
                del attempts[key]

    def diagnostics(self) -> dict[Path, tuple[Diagnostic, ...]]:
        """The current set by file, each message once however many units share the file, in GHC's order."""
        found: dict[Path, dict[Diagnostic, None]] = defaultdict(dict)
        headers = [*self._headers, *self._new_headers]
        unreadable = {diagnostic.path for diagnostic in headers}
        # While a load runs, a module that has said nothing yet keeps what it said before.
        begun = {key: attempt for key, attempt in self._begun.items() if attempt.diagnostics}
        attempts = {**self._written, **self._failed, **begun}
        said = [
            diagnostic
            for key, attempt in attempts.items()
            if key.path not in unreadable and key not in self._left_out and key not in self._outdated
            for diagnostic in attempt.diagnostics
        ]
        for diagnostic in (*headers, *said):
            found[diagnostic.path][diagnostic] = None
        return {path: tuple(diagnostics) for path, diagnostics in found.items()}

    def _said(self, diagnostic: Diagnostic, fatal: bool) -> None:
        # A LINE pragma makes a message name another file than the one being compiled.
        key = self._owner(diagnostic) or self._latest
        if key is None:
            self._new_headers.append(diagnostic)
            return
        if diagnostic.path.suffix == PREPROCESSED:
            diagnostic = evolve(diagnostic, path=key.path, span=None)
        attempt = self._begun[key]
        attempt.diagnostics.append(evolve(diagnostic, unit=key.unit))
        attempt.failed = attempt.failed or fatal

    def _owner(self, diagnostic: Diagnostic) -> ModuleKey | None:
        """The module of this load that a message comes from, if it names one.

        What a message names belongs to its module or to what that imports, and these began before it.  GHC blames the
        imported module for a duplicate instance.
        """
        places = (diagnostic.path, *(related.location.path for related in diagnostic.related))
        named = [key for path in places if (key := self._module_at(path))]
        return max(named, key=lambda key: self._begun[key].number) if named else None

    def _module_at(self, path: Path) -> ModuleKey | None:
        # An hs-boot file is done when its module begins; later messages about it say how the module differs.
        itself = path.with_name(path.name.removesuffix(BOOT))
        return self._current.get(itself) or self._current.get(path)


_NONE = ("Failed, no modules", "Failed, unloaded all")
_END = re.compile(r"(?:Ok|Failed), (?:.{1,60} (?:re)?loaded|unloaded all modules)\.$")
"""The last line of a load, perhaps behind what a splice printed without a newline (ghc/GHCi/UI.hs, 9.6 and 9.10)."""


def _interface(compiling: Compiling) -> PurePosixPath:
    suffix = ".hi-boot" if compiling.boot else ".hi"
    return PurePosixPath(compiling.module.replace(".", "/") + suffix)
