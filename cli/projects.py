"""The projects of a folder as jobs, for commands that look at what is cached without checking anything."""

import asyncio
from pathlib import Path

from attrs import evolve

from thatch.cli.progress import shown_progress
from thatch.core.artifacts import Job
from thatch.core.errors import ThatchError
from thatch.core.events import WorkEnded, WorkProgressed, WorkStarted
from thatch.core.ghc.portable import unit_flags
from thatch.core.ghc.toolchain import probe
from thatch.core.project.discover import find_projects, find_root
from thatch.core.project.model import Project
from thatch.core.project.portable_answers import AnswerStore
from thatch.core.settings import Settings


def find_jobs(path: Path, settings: Settings, store: AnswerStore) -> list[Job]:
    """What `thatch check` would have compiled for a file or folder: a job for each project.

    Asks build tools, unless their answers are remembered, or known to the `store`.  Raises ThatchError when there is
    no project.
    """
    return asyncio.run(_find_jobs(path.resolve(), settings, store))


async def _find_jobs(path: Path, settings: Settings, store: AnswerStore) -> list[Job]:
    root = await asyncio.to_thread(find_root, path)
    with shown_progress() as show:
        show(WorkStarted(0, f"Looking at {root.name}"))
        projects = await find_projects(root, settings, lambda text: show(WorkProgressed(0, text, 0, 0)), store)
        jobs = [await _job(project, settings) for project in projects if any(unit.modules for unit in project.units)]
        show(WorkEnded(0, ""))
    if not jobs:
        raise ThatchError(
            message=f"No Haskell modules were found in {root}.",
            remedy="Name a folder of a project with --project.",
        )
    return jobs


async def _job(project: Project, settings: Settings) -> Job:
    # As workspaces do: a unit without modules is nothing to GHC.
    project = evolve(project, units=tuple(unit for unit in project.units if unit.modules))
    toolchain = await probe(project.ghc)
    flags = await asyncio.to_thread(unit_flags, project, settings.ghc_options)
    return Job(project=project, toolchain=toolchain, flags=flags, unsaved={})
