"""Which files have changed since some commit, by asking git."""

from collections.abc import Iterable
from pathlib import Path

from thatch.core.errors import ThatchError
from thatch.core.process import run

GIT_SECONDS = 60.0


async def changed_since(reference: str, folders: Iterable[Path]) -> frozenset[Path]:
    """The files that differ from where this branch and `reference` parted, committed or not, as absolute paths.

    Those that are gone are among them, and those that git does not know yet and does not ignore.  `folders` lie in the
    repositories that are asked.  Raises ThatchError.
    """
    if reference.startswith("-"):
        raise ThatchError(message=f"{reference} names no commit.", remedy="Name a commit or branch.")
    found: set[Path] = set()
    for root in {await _root(folder) for folder in folders}:
        # Renamed files have changed under both names.
        listed = await _ask(root, "diff", "--name-only", "--no-renames", "-z", "--merge-base", reference, "--")
        others = await _ask(root, "ls-files", "--others", "--exclude-standard", "-z")
        found.update(root / name for text in (listed, others) for name in text.split("\0") if name)
    return frozenset(found)


async def _root(folder: Path) -> Path:
    return Path((await _ask(folder, "rev-parse", "--show-toplevel")).rstrip("\n"))


async def _ask(folder: Path, *arguments: str) -> str:
    done = await run(["git", *arguments], cwd=folder, timeout=GIT_SECONDS)
    if done.code != 0:
        raise ThatchError(
            message=f"git could not tell what has changed in {folder}.",
            remedy="--changed-since needs a commit or branch that git knows here, and their common history: a shallow "
            "clone may have to fetch more of it.",
            detail=done.said,
        )
    return done.stdout
