"""A change that is offered to the user, as data."""

from enum import Enum
from itertools import pairwise

from attrs import field, frozen

from thatch.core.diagnostics import Diagnostic
from thatch.core.splices.inline_head import Edit


class FixKind(Enum):
    """What a change is for; the values are LSP's `CodeActionKind`."""

    QUICK_FIX = "quickfix"
    REWRITE = "refactor.rewrite"
    ORGANIZE_IMPORTS = "source.organizeImports"


@frozen(kw_only=True)
class Fix:
    """One change of one file."""

    title: str
    """What it does, in a few words."""

    edits: tuple[Edit, ...] = field()
    """By place; they do not touch each other."""

    kind: FixKind = FixKind.QUICK_FIX

    diagnostics: tuple[Diagnostic, ...] = ()
    """The messages that it answers; none for what is offered at a place without one."""

    preferred: bool = False
    """Whether it is what nearly everybody wants: an editor may have a key that takes it unseen."""

    @edits.validator
    def _are_apart(self, _attribute: object, edits: tuple[Edit, ...]) -> None:
        assert edits
        assert all(one.end <= other.start for one, other in pairwise(edits)), edits


def applied(text: str, edits: tuple[Edit, ...]) -> str:
    """A text after the edits of a fix."""
    for edit in reversed(edits):
        text = text[: edit.start] + edit.text + text[edit.end :]
    return text
