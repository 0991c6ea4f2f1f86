"""Hovers as text, in Markdown and plain."""

from collections.abc import Callable

from thatch.core.navigation.hover import Hover, Remark
from thatch.core.navigation.places import Place

Link = Callable[[Place], str]
"""The URI of a place, with the line to show."""


def markdown(hover: Hover, link: Link) -> str:
    """A hover for editors that render Markdown."""
    parts = [_block(hover.code)]
    if hover.here:
        parts.append(f"Here:\n{_block(hover.here)}")
    if hover.remarks:
        parts.append("  \n".join(_remark(remark, link) for remark in hover.remarks))
    if hover.documentation:
        parts.append(f"---\n\n{hover.documentation.markdown}")
    return "\n\n".join(parts)


def plain(hover: Hover) -> str:
    """A hover for editors that show text as it is."""
    parts = [hover.code]
    if hover.here:
        parts.append(f"Here:\n{hover.here}")
    if hover.remarks:
        parts.append("\n".join(f"{remark.text} {remark.subject}" for remark in hover.remarks))
    if hover.documentation:
        parts.append(hover.documentation.plain)
    return "\n\n".join(parts)


def _block(code: str) -> str:
    # The fence must be longer than any in the code, which may quote one in a comment.
    fence = "```"
    while fence in code:
        fence += "`"
    return f"{fence}haskell\n{code}\n{fence}"


def _remark(remark: Remark, link: Link) -> str:
    subject = _code(remark.subject)
    return f"{remark.text} [{subject}]({link(remark.place)})" if remark.place else f"{remark.text} {subject}"


def _code(text: str) -> str:
    return f"`{text}`" if "`" not in text else f"`` {text} ``"
