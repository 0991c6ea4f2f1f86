"""Opening a workspace on what `check` is to look at, and waiting until all is known."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from attrs import frozen

from thatch.cache.modules import ModuleCache
from thatch.cache.open import open_cache
from thatch.cli.check_options import Options
from thatch.cli.choice import Choice
from thatch.cli.formats.look import printable
from thatch.cli.output import remark
from thatch.cli.progress import shown_progress
from thatch.cli.settled import listener
from thatch.core.artifacts import Job
from thatch.core.ghc.portable import unit_flags
from thatch.core.ghc.toolchain import Toolchain
from thatch.core.project.discover import find_root
from thatch.core.project.model import Project
from thatch.core.workspace import Snapshot, Workspace
from thatch.core.workspace_folder import Narrow

if TYPE_CHECKING:
    from thatch.cli.narrowing import Narrowing
    from thatch.cli.observed import Observed
    from thatch.cli.stream import Stream
    from thatch.cli.timings import Timing


@frozen
class Gathered:
    """What was found out."""

    snapshot: Snapshot

    timings: Sequence["Timing"]
    """Of all modules, where somebody wants to know."""


async def gather(choice: Choice, options: Options, stream: "Stream | None") -> Gathered:
    """Everything that a workspace finds out about what is wanted; cancelling ends its child processes."""
    named = sorted(choice.selection.files | choice.selection.folders)
    roots = tuple(dict.fromkeys(map(find_root, named)))
    with shown_progress() as show:
        modules = await asyncio.to_thread(_open, options)
        observed = _observed(modules) if modules and options.timed else None
        hearing = listener(show, *([stream.hear] if stream else []), *([observed.hear] if observed else []))
        narrow = _narrower(choice.narrowing, options, modules) if choice.narrowing else None
        workspace = Workspace(roots, options.settings, hearing, observed or modules, narrow)
        try:
            await workspace.start(watched=False)
            await workspace.idle()
            snapshot = workspace.snapshot()
        finally:
            if stream:
                stream.stop()
            await workspace.close()
            if modules:
                await asyncio.to_thread(modules.close)
        # Not before: what was compiled last is kept in the background.
        return Gathered(snapshot, observed.timings() if observed else ())


def _open(options: Options) -> ModuleCache | None:
    if options.no_cache:
        return None
    return open_cache(
        options.settings,
        upload=options.remote_write,
        tell=lambda sentence: remark(f"thatch: {printable(sentence)}"),
    )


def _observed(modules: ModuleCache) -> "Observed":
    from thatch.cli.observed import Observed

    return Observed(modules.store, modules.heads_folder, modules.tallies)


def _narrower(narrowing: "Narrowing", options: Options, modules: ModuleCache | None) -> Narrow:
    def narrowed(project: Project, toolchain: Toolchain) -> Project:
        job = Job(
            project=project, toolchain=toolchain, flags=unit_flags(project, options.settings.ghc_options), unsaved={}
        )
        if modules is None:
            from thatch.cache.survey import survey

            return narrowing.narrow(project, survey(job).graph, {}, _size)
        from thatch.cache.modules import examine

        found = examine(job, modules.store, modules.heads_folder)
        graph = found.survey.graph
        compiled = (module for module in graph.nodes if found.survey.keys.get(module) in found.entries)
        made_from = {module: tuple(found.files_before(module, project.root)) for module in compiled}
        return narrowing.narrow(project, graph, made_from, _size)

    async def narrow(project: Project, toolchain: Toolchain) -> Project:
        return await asyncio.to_thread(narrowed, project, toolchain)

    return narrow


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0
