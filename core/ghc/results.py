"""What a session knows about its modules, put together from the messages of many loads; pure.

GHC repeats nothing: a load tells only of the modules that it compiled.  So the last word on each
module is kept, and which word is the last depends on how the module came to be loaded:

- compiled, and an interface was written: its messages hold as long as its source is what was compiled;
- compiled in vain (a parse error cannot be deferred): its messages hold until the next attempt, or until the source
  is again what the interface on disk was made from, for then GHC takes it from there in silence;
- messages before the first module is compiled are about the import headers; every load tells them anew.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping
from pathlib import Path

from attrs import define, evolve, frozen

from thatch.core.diagnostics import Diagnostic
from thatch.core.ghc.output import Compiling, Notice, Output, Said, Text


@frozen
class ModuleKey:
    """A module of the session by the unit that it was compiled for and its file."""

    unit: str
    """The unit id."""
    path: Path


@define
class _Attempt:
    """One compilation of a module."""

    diagnostics: list[Diagnostic]
    failed: bool = False
    """Whether an error was not deferred, so that no interface was written."""
    source: str = ""
    """The fingerprint of the text that was compiled; empty until the load has ended."""


class Results:
    """The diagnostics of one session, kept over its loads."""

    def __init__(self) -> None:
        self._written: dict[ModuleKey, _Attempt] = {}
        self._failed: dict[ModuleKey, _Attempt] = {}
        self._unsettled: dict[ModuleKey, _Attempt] = {}
        self._headers: list[Diagnostic] = []
        self._new_headers: list[Diagnostic] = []
        self._current: dict[Path, ModuleKey] = {}
        self._latest: ModuleKey | None = None
        self._sole_unit = ""
        self.notices: list[Notice] = []
        """Messages without a place, of the running or latest load."""
        self.compiled = 0
        """How many modules the running or latest load has begun to compile."""
        self.ended = False
        """Whether GHC said that the load is over; an interrupted load is not."""

    def begin(self, sole_unit: str = "") -> None:
        """A load begins; `sole_unit` is the id of the session's only unit, which GHC does not mention then."""
        self._sole_unit = sole_unit
        self._new_headers = []
        self._current = {}
        self._latest = None
        self.notices = []
        self.compiled = 0
        self.ended = False

    def take(self, output: Output) -> None:
        """GHC said something."""
        match output:
            case Compiling(path=Path() as path, unit=unit):
                self._latest = ModuleKey(unit or self._sole_unit, path)
                self._current[path] = self._latest
                self._unsettled[self._latest] = _Attempt([])
                self.compiled += 1
            case Compiling():
                self.compiled += 1
            case Said(diagnostic=diagnostic, fatal=fatal):
                self._said(diagnostic, fatal)
            case Notice():
                self.notices.append(output)
            case Text(line=line):
                self.ended = self.ended or line.startswith(("Ok, ", "Failed, "))

    def paths(self) -> set[Path]:
        """The files of all modules that anything is known about."""
        return {key.path for key in (*self._written, *self._failed, *self._unsettled)}

    def unsettled_paths(self) -> set[Path]:
        """The files whose fingerprints `end` needs."""
        return {key.path for key in (*self._failed, *self._unsettled)}

    def end(self, sources: Mapping[Path, str]) -> None:
        """The load is over; `sources` are the fingerprints of the texts it saw.

        An interrupted load settles nothing: a module that it had begun will be begun again, or was finished
        and will not; the next complete load tells which.
        """
        if not self.ended:
            return
        self._headers = self._new_headers
        for key, attempt in self._unsettled.items():
            attempt.source = sources.get(key.path, "")
            if attempt.failed:
                self._failed[key] = attempt
            else:
                self._written[key] = attempt
                self._failed.pop(key, None)
        for key in self._failed.keys() - self._unsettled.keys():
            written = self._written.get(key)
            if written and written.source == sources.get(key.path):
                del self._failed[key]
        self._unsettled = {}

    def keep(self, wanted: Callable[[ModuleKey], bool]) -> None:
        """Forget all modules but the wanted ones, as after a change of the units or the removal of a file."""
        for attempts in (self._written, self._failed, self._unsettled):
            for key in [key for key in attempts if not wanted(key)]:
                del attempts[key]

    def diagnostics(self) -> dict[Path, tuple[Diagnostic, ...]]:
        """The current set by file, each message once however many units share the file, in GHC's order."""
        found: dict[Path, dict[Diagnostic, None]] = defaultdict(dict)
        # While a load runs, a module that has said nothing yet keeps what it said before.
        unsettled = {key: attempt for key, attempt in self._unsettled.items() if attempt.diagnostics}
        attempts = {**self._written, **self._failed, **unsettled}
        headers = self._headers if self.ended else [*self._headers, *self._new_headers]
        for diagnostic in (
            *headers,
            *(said for attempt in attempts.values() for said in attempt.diagnostics),
        ):
            found[diagnostic.path][diagnostic] = None
        return {path: tuple(diagnostics) for path, diagnostics in found.items()}

    def _said(self, diagnostic: Diagnostic, fatal: bool) -> None:
        # A LINE pragma makes a message name another file than the one being compiled.
        key = self._current.get(diagnostic.path, self._latest)
        if key is None:
            self._new_headers.append(diagnostic)
            return
        attempt = self._unsettled[key]
        attempt.diagnostics.append(evolve(diagnostic, unit=key.unit))
        attempt.failed = attempt.failed or fatal
