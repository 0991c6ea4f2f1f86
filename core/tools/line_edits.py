"""From one text to another by few whole lines, so that cursors and marks elsewhere stay where they are."""

from itertools import accumulate

from thatch.core.position_map import opcodes
from thatch.core.splices.inline_head import Edit


def line_edits(old: str, new: str) -> list[Edit]:
    """The edits of lines, by place; they do not touch each other."""
    old_lines, new_lines = old.splitlines(keepends=True), new.splitlines(keepends=True)
    ends = list(accumulate(map(len, old_lines), initial=0))
    return [
        Edit(ends[start], ends[end], "".join(new_lines[new_start:new_end]))
        for tag, start, end, new_start, new_end in opcodes(old_lines, new_lines)
        if tag != "equal"
    ]
