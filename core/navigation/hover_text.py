"""Hovers as text, in Markdown and plain."""

from collections.abc import Callable

from thatch.core.haddock.document import Identifier
from thatch.core.haddock.markdown import Reference, code_block, code_span, escaped, to_markdown
from thatch.core.haddock.plain import to_plain
from thatch.core.navigation.hover import Hover, Remark
from thatch.core.navigation.places import Place

Link = Callable[[Place], str]
"""The URI of a place, with the line to show."""


def markdown(hover: Hover, link: Link) -> str:
    """A hover for editors that render Markdown."""
    parts = [code_block(hover.code)] if hover.code else []
    if hover.here:
        parts.append(f"Here:\n{code_block(hover.here)}")
    if hover.remarks:
        parts.append("  \n".join(_remark(remark, link) for remark in hover.remarks))
    if text := to_markdown(hover.documentation, lambda one: hover.references.get(_referred(one))):
        parts.append(f"---\n\n{text}")
    if pages := _pages(hover):
        parts.append(" · ".join(f"[{title}]({url})" for title, url in pages))
    return "\n\n".join(parts)


def plain(hover: Hover) -> str:
    """A hover for editors that show text as it is."""
    parts = [hover.code] if hover.code else []
    if hover.here:
        parts.append(f"Here:\n{hover.here}")
    if hover.remarks:
        parts.append("\n".join(f"{remark.text} {remark.subject}".rstrip() for remark in hover.remarks))
    if text := to_plain(hover.documentation):
        parts.append(text)
    parts += [f"{title}: {url}" for title, url in _pages(hover)]
    return "\n\n".join(parts)


def _pages(hover: Hover) -> list[tuple[str, str]]:
    titled = (("Documentation", hover.pages.documentation), ("Source", hover.pages.source))
    return [(title, url) for title, url in titled if url]


def _referred(one: Reference) -> str:
    """What a comment mentions, without the module it is from."""
    return one.name.rsplit(".", 1)[-1] if isinstance(one, Identifier) else one.module


def _remark(remark: Remark, link: Link) -> str:
    if not remark.subject:
        return escaped(remark.text)
    subject = code_span(remark.subject)
    return f"{remark.text} [{subject}]({link(remark.place)})" if remark.place else f"{remark.text} {subject}"
