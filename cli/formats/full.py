"""Diagnostics for people: the message, the place in the source, GHC's hints and the places it names."""

import textwrap
from collections.abc import Iterator

from thatch.cli.formats.excerpt import excerpt
from thatch.cli.formats.look import SEVERITY_COLOURS, Look, printable
from thatch.cli.formats.page import Page
from thatch.cli.report import Report
from thatch.core.diagnostics import Diagnostic, Related
from thatch.core.text import LineIndex

INDENT = "  "

MOST_CHARACTERS = 1000
"""A longer line of a message is cut: GHC quotes whole source lines and prints whole types."""


def full_report(report: Report, page: Page) -> Iterator[str]:
    """Every diagnostic, with an empty line between two."""
    for number, diagnostic in enumerate(report.diagnostics):
        gap = "\n" if number else ""
        yield gap + full(diagnostic, page.lines(diagnostic.path), page.look)


def full(diagnostic: Diagnostic, lines: LineIndex | None, look: Look) -> str:
    """The diagnostic in several lines, without a newline at the end.

    `lines` is the text that the span refers to; None when it cannot be read: no excerpt then.
    """
    body = [_indented(look.shorten(diagnostic.message.strip("\n")), INDENT)]
    body += [_listed("• ", look.shorten(entry)) for entry in diagnostic.context]
    place = []
    if lines is not None and diagnostic.span is not None:
        place = excerpt(lines, diagnostic.span, look, SEVERITY_COLOURS[diagnostic.severity])
    advice = [_labelled("hint", look.shorten(hint), look) for hint in diagnostic.hints]
    said = "\n".join([*body, *advice])
    # Most of these places stand in the message itself, where they need not be repeated.
    others = [entry for entry in diagnostic.related if look.place(entry.location) not in said]
    seen = [_labelled("see", _related(entry, look), look) for entry in others]
    return "\n".join(part for part in (look.header(diagnostic), *body, *place, *advice, *seen) if part)


def _related(related: Related, look: Look) -> str:
    place = look.place(related.location)
    return f"{place}: {related.message}" if related.message else place


def _labelled(label: str, text: str, look: Look) -> str:
    return _listed(label + ": ", text, look.paint(label, "green", bold=True) + ": ")


def _listed(mark: str, text: str, painted_mark: str | None = None) -> str:
    indent = INDENT + " " * len(mark)
    return INDENT + (painted_mark or mark) + _indented(text, indent).removeprefix(indent)


def _indented(text: str, indent: str) -> str:
    shown = "\n".join(_line(line) for line in printable(text).expandtabs().split("\n"))
    return textwrap.indent(shown, indent)


def _line(text: str) -> str:
    line = text.rstrip()
    return line if len(line) <= MOST_CHARACTERS else f"{line[:MOST_CHARACTERS]}…"
