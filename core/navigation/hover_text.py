"""Hovers as text, in Markdown and plain."""

from collections.abc import Callable

from thatch.core.haddock.blocks import parse_document
from thatch.core.haddock.markdown import code_block, code_span, to_markdown
from thatch.core.haddock.plain import to_plain
from thatch.core.navigation.hover import Hover, Remark
from thatch.core.navigation.places import Place

Link = Callable[[Place], str]
"""The URI of a place, with the line to show."""


def markdown(hover: Hover, link: Link) -> str:
    """A hover for editors that render Markdown."""
    parts = [code_block(hover.code)]
    if hover.here:
        parts.append(f"Here:\n{code_block(hover.here)}")
    if hover.remarks:
        parts.append("  \n".join(_remark(remark, link) for remark in hover.remarks))
    if hover.documentation:
        parts.append(f"---\n\n{to_markdown(parse_document(hover.documentation))}")
    return "\n\n".join(parts)


def plain(hover: Hover) -> str:
    """A hover for editors that show text as it is."""
    parts = [hover.code]
    if hover.here:
        parts.append(f"Here:\n{hover.here}")
    if hover.remarks:
        parts.append("\n".join(f"{remark.text} {remark.subject}" for remark in hover.remarks))
    if hover.documentation:
        parts.append(to_plain(parse_document(hover.documentation)))
    return "\n\n".join(parts)


def _remark(remark: Remark, link: Link) -> str:
    subject = code_span(remark.subject)
    return f"{remark.text} [{subject}]({link(remark.place)})" if remark.place else f"{remark.text} {subject}"
