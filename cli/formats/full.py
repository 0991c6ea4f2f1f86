"""Diagnostics for people: the message, the place in the source, GHC's hints and the places it names."""

import textwrap

from thatch.cli.formats.excerpt import excerpt
from thatch.cli.formats.look import SEVERITY_COLOURS, Look, printable
from thatch.core.diagnostics import Diagnostic, Related
from thatch.core.text import LineIndex

INDENT = "  "


def full(diagnostic: Diagnostic, lines: LineIndex | None, look: Look) -> str:
    """The diagnostic in several lines, without a newline at the end.

    `lines` is the text that the span refers to; None when it cannot be read: no excerpt then.
    """
    parts = [look.header(diagnostic), _indented(diagnostic.message.strip("\n"), INDENT)]
    parts += [_listed("• ", entry) for entry in diagnostic.context]
    if lines is not None and diagnostic.span is not None:
        parts += excerpt(lines, diagnostic.span, look, SEVERITY_COLOURS[diagnostic.severity])
    parts += [_labelled("hint", hint, look) for hint in diagnostic.hints]
    for related in diagnostic.related:
        parts.append(
            _labelled("see", f"{look.place(related.location)}: {related.message}".rstrip(": "), look)
        )
    return "\n".join(part for part in parts if part)


def _related(related: Related, look: Look) -> str:
    place = look.place(related.location)
    return f"{place}: {related.message}" if related.message else place


def _labelled(label: str, text: str, look: Look) -> str:
    return _listed(label + ": ", text, look.paint(label, "green", bold=True) + ": ")


def _listed(mark: str, text: str, painted_mark: str | None = None) -> str:
    indent = INDENT + " " * len(mark)
    return INDENT + (painted_mark or mark) + _indented(text, indent).removeprefix(indent)


def _indented(text: str, indent: str) -> str:
    shown = "\n".join(line.rstrip() for line in printable(text).expandtabs().split("\n"))
    return textwrap.indent(shown, indent)
