"""What a lane needs of its owner, and what it tells it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

from attrs import frozen

from thatch.core.artifacts import ArtifactStore
from thatch.core.diagnostic_store import FileDiagnostics
from thatch.core.documents import Document
from thatch.core.events import Health
from thatch.core.splices.runs import FileSplices


class Work(Protocol):
    """A long operation that the user sees."""

    def progress(self, message: str, done: int, total: int) -> None:
        """Say how far it got."""

    def end(self, message: str) -> None:
        """Say that it is over."""


class LaneHost(Protocol):
    """What a lane needs of its owner; all is called on the loop."""

    def documents(self) -> Mapping[Path, Document]:
        """The open buffers by path."""

    def publish(self, lane: str, generation: int, files: Mapping[Path, FileDiagnostics], *, over: bool = False) -> None:
        """Take everything that the lane knows, replacing what it said before.

        What it says `over` others stands, for each file, in the place of what these say.
        """

    def publish_splices(self, lane: str, files: Mapping[Path, FileSplices]) -> None:
        """Take all splices that the lane knows, replacing those that it knew before."""

    def code_changed(self, paths: frozenset[Path]) -> None:
        """More is known of the code of files that are being edited, or less again."""

    store: ArtifactStore | None
    """The cache of compiled modules, if there is one."""

    def begin_work(self, title: str) -> Work:
        """Show the user that something long goes on."""

    def lane_changed(self) -> None:
        """Look at the lane's `trouble` and `busy` again."""


@frozen
class Trouble:
    """Why a lane cannot do its work, for the user."""

    health: Health
    message: str
