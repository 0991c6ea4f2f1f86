"""The edit that puts an expansion in the place of its splice, for the editor."""

import asyncio

from attrs import frozen

from thatch.core.diagnostics import Span
from thatch.core.splices.brackets import unwrapped
from thatch.core.splices.inline import Inlining, Replacement, inline
from thatch.core.splices.runs import SpliceKind
from thatch.core.splices.views import Expansion, out_of_reach
from thatch.lsp.session import View
from thatch.lsp.splices import Placed


@frozen
class Replacing:
    """How a splice becomes its expansion, or why it cannot."""

    inlining: Inlining | None
    obstacle: str = ""
    """A sentence for the user."""

    n_names: int = 0
    """How many names it writes as splices of just the name, since no import can reach them."""


async def replacing(view: View, one: Placed) -> Replacing:
    """How a splice can be replaced in the text as it is now.  May be cancelled at any time."""
    if one.run.result is None:
        return Replacing(None, "The splice gave no result when it ran last.")
    if one.run.kind is SpliceKind.ANNOTATION:
        return Replacing(None, "The value of an annotation has no source.")
    shown = await view.splices.shown(one.run, one.compiled)
    if shown.expansion is None:
        return Replacing(None, shown.trouble)
    unreachable = shown.expansion.unreachable
    expansion = shown.expansion.with_name_splices if unreachable else shown.expansion
    if expansion is None:
        return Replacing(None, f"It would not compile: {out_of_reach(unreachable)}.")
    inlining = await asyncio.to_thread(_inline, one, expansion)
    if not inlining.replaced:
        return Replacing(None, next((remark.reason for remark in inlining.remarks), "It cannot be replaced."))
    return Replacing(inlining, n_names=len(unreachable))


def _inline(one: Placed, made: Expansion) -> Inlining:
    start, end = one.lines.ghc_position(one.start), one.lines.ghc_position(one.end)
    wanted = Replacement(
        span=Span(*start, *end),
        kind=one.run.kind,
        # Where they are needed, parentheses are put around it again.
        text=made.text if one.run.kind is SpliceKind.DECLARATIONS else unwrapped(made.text),
        imports=tuple(made.imports),
        extensions=tuple(made.extensions),
    )
    return inline(one.lines.text, [wanted], literate=one.run.path.suffix in {".lhs", ".lhs-boot"})
