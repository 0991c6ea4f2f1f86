"""What a renaming changes in one file, or where it must stop."""

from collections.abc import Iterable
from pathlib import Path

from attrs import frozen

from thatch.core.errors import ThatchError
from thatch.core.rename.places import Obstacle
from thatch.core.splices.inline_head import Edit
from thatch.core.text import LineIndex


@frozen(eq=False)
class FileEdits:
    """What changes in a file."""

    path: Path

    lines: LineIndex
    """The text as it is now."""

    edits: tuple[Edit, ...]
    """By place; they do not touch each other."""


def sorted_out(path: Path, lines: LineIndex, label: str, found: Iterable[Edit | Obstacle]) -> FileEdits:
    """The edits of a file; raises `ThatchError` if one place of what is called `label` cannot be changed."""
    edits = []
    for each in found:
        if isinstance(each, Obstacle):
            raise stop(path, lines, each.offset, f"`{label}` {each.why}")
        edits.append(each)
    return FileEdits(path, lines, tuple(sorted(set(edits), key=lambda edit: (edit.start, edit.end))))


def stop(path: Path, lines: LineIndex, offset: int, reason: str) -> ThatchError:
    """The error about a place that keeps a thing from being renamed; `reason` is a sentence without its full stop."""
    return ThatchError(message=f"{path.name}, line {lines.line_of(offset) + 1}: {reason}.")
