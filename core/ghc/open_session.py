"""Opening a session with all that belongs to it: its files, its interpreters, its sandbox."""

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from attrs import frozen

from thatch.core.ghc.lane_interpreter import LaneInterpreter
from thatch.core.ghc.session import Session
from thatch.core.ghc.session_files import SessionFiles, View, prepare
from thatch.core.ghc.toolchain import Toolchain
from thatch.core.iserv.launcher import write_replays
from thatch.core.project.model import Project
from thatch.core.sandbox.bubblewrap import open_sandbox
from thatch.core.settings import Settings

if TYPE_CHECKING:
    from thatch.core.iserv.replay import Records


@frozen
class OpenSession:
    """A session that is ready to be started; whoever opened it closes it."""

    ghc: Session
    files: SessionFiles
    sandboxed: bool
    _interpreter: LaneInterpreter

    async def close(self) -> None:
        """End GHC and remove the files; safe in every state.  When cancelled it still does all of it."""
        try:
            await self.ghc.stop()
        finally:
            await self._interpreter.close()
            await asyncio.to_thread(self.files.remove)


async def open_session(
    folder: Path,
    interfaces: Path,
    project: Project,
    toolchain: Toolchain,
    settings: Settings,
    interpreter: LaneInterpreter,
    *,
    unit_flags: Mapping[str, Sequence[str]],
    jobs: int = 1,
    view: View | None = None,
    replays: "Records | None" = None,
) -> OpenSession:
    """Open a session in a folder that does not exist; see `prepare`.  Raises OSError, `SessionError`.

    With a `view` or `replays`, the records of splices, there is no interpreter.
    """
    files = await asyncio.to_thread(
        prepare,
        folder,
        interfaces,
        project,
        toolchain,
        unit_flags=unit_flags,
        jobs=jobs,
        # Whoever sees the project as packages has no code of it to run.
        tap=interpreter.options(folder, settings, replays=view is not None or replays is not None),
        view=view,
    )
    try:
        if replays is not None:
            await asyncio.to_thread(write_replays, folder, replays)
        await interpreter.listen(folder, files.overlay.located)
        sandbox = await open_sandbox(settings.sandbox, files.room)
    except BaseException:
        await interpreter.close()
        files.remove()
        raise
    ghc = Session(project.root.name, files.command, cwd=project.root, folder=folder, sandbox=sandbox)
    return OpenSession(ghc, files, sandbox is not None, interpreter)
