"""What a check knows of a project, in this process: with a cache or from scratch, once or over and over."""

import asyncio
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Self

from attrs import evolve, frozen

from tests.support.waiting import seconds
from thatch.core.artifacts import ArtifactStore
from thatch.core.diagnostics import Diagnostic
from thatch.core.events import Event, Status, WorkProgressed
from thatch.core.settings import Settings
from thatch.core.workspace import Workspace

PLACE = r"\S+:(?:[\d:-]+|\(\d+,\d+\)-\(\d+,\d+\))"
NAME = "\u2018[^\u2019]*\u2019"
SAME_SESSION = re.compile(
    rf"\s*\(and originally defined\s+(?:in {NAME}\s*)?(?:at {PLACE})?\)"
    r"|(?<=instance) \[safe\]"
    r"|\s*\.\.\.plus [\w ]+ instances? involving out-of-scope types"
    rf"|\s*-- Defined\s+(?:at {PLACE}|in {NAME})"
)
"""Where GHC says that something is defined, whether an instance was inferred to be safe, and how many it has not shown.

It names the place if it compiled that module in the same session; of a module that it loaded it names the module, or
says nothing.  The place is not part of an interface, so nobody can tell afterwards.  Of an instance's safety it knows
only from an interface, and it counts the instances of the packages whose interfaces it happens to have read so far.
"""

DUPLICATE = "GHC-59692"
"""The message about duplicate instances, which GHC puts on the first of their places that it knows."""

PLACED = frozenset({"GHC-87543", "GHC-69158", DUPLICATE})
"""The messages that say it, and whose related places go with it: ambiguous names, conflicting exports, instances."""


BOOT = re.compile(r"^Diagnostic\(path=PosixPath\('(\S+)\.hs(?:-boot)?'\), span=Span\([^)]*\)(?=.*\bhs-boot file)")


@frozen
class Said:
    """How one check ended."""

    messages: tuple[str, ...]
    """Every message with all that belongs to it, without the place of the checkout."""

    status: str

    compiled: tuple[str, ...]
    """The names of the modules that GHC began to compile, in its order."""

    @property
    def without_boot_places(self) -> "Said":
        """The same without the places of differences between a module and its hs-boot file.

        GHC puts them on the boot file if it compiled that in the same load, else on the module.
        """
        return evolve(self, messages=tuple(sorted(BOOT.sub(r"\1", message) for message in self.messages)))


class Checking:
    """A workspace that stays open."""

    def __init__(self, root: Path, settings: Settings, store: ArtifactStore | None) -> None:
        self._root = root
        self._events: list[Event] = []
        self._workspace = Workspace([root], settings, self._events.append, store)

    async def __aenter__(self) -> Self:
        await self._workspace.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._workspace.close()

    async def said(self, changed: frozenset[Path] = frozenset()) -> Said:
        """What it knows when it is done with some changed files."""
        if changed:
            self._workspace.files_changed(changed)
        async with asyncio.timeout(seconds(120)):
            await self._workspace.idle()
        snapshot = self._workspace.snapshot()
        progress = [event for event in self._events if isinstance(event, WorkProgressed) and event.total]
        self._events.clear()
        compiled = tuple(event.message.partition(" ")[2] for event in progress)
        return Said(tuple(messages(snapshot.diagnostics, self._root)), _told(snapshot.status, self._root), compiled)

    @property
    def diagnostics(self) -> Mapping[Path, tuple[Diagnostic, ...]]:
        """What it knows now."""
        return self._workspace.snapshot().diagnostics


async def checked(root: Path, settings: Settings, store: ArtifactStore | None) -> Said:
    """What a workspace knows when it is done."""
    async with Checking(root, settings, store) as checking:
        return await checking.said()


def messages(diagnostics: Mapping[Path, tuple[Diagnostic, ...]], root: Path) -> Iterator[str]:
    """Each with all that belongs to it, without the place of the checkout and what another session would say."""
    found = [_normalised(diagnostic) for path in diagnostics for diagnostic in diagnostics[path]]
    for diagnostic in sorted(found, key=lambda diagnostic: diagnostic.path):
        yield str(diagnostic).replace(str(root), "")


def _normalised(diagnostic: Diagnostic) -> Diagnostic:
    whole = (diagnostic.message, *diagnostic.context, *diagnostic.hints)
    if diagnostic.code not in PLACED and not any(map(SAME_SESSION.search, whole)):
        return diagnostic
    if diagnostic.code == DUPLICATE:
        diagnostic = evolve(diagnostic, path=Path(), span=None)
    return evolve(
        diagnostic,
        message=SAME_SESSION.sub("", diagnostic.message),
        context=tuple(SAME_SESSION.sub("", text) for text in diagnostic.context),
        hints=tuple(SAME_SESSION.sub("", text) for text in diagnostic.hints),
        related=(),
    )


def _told(status: Status, root: Path) -> str:
    return f"{status.health.name} {status.message}".replace(str(root), "")
