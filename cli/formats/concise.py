"""One line for each diagnostic, for editors' quickfix lists, grep and problem matchers."""

from collections.abc import Iterator

from thatch.cli.formats.look import Look, printable
from thatch.cli.formats.page import Page
from thatch.cli.report import Report
from thatch.core.diagnostics import Diagnostic


def concise_report(report: Report, page: Page) -> Iterator[str]:
    """Every diagnostic."""
    return (concise(diagnostic, page.look) for diagnostic in report.diagnostics)


def concise(diagnostic: Diagnostic, look: Look) -> str:
    """`path:line:column: severity [code] [flag]: first line of the message`, without a newline at the end."""
    first, *_ = diagnostic.message.strip().split("\n")
    message = printable(look.shorten(first)).expandtabs(1)
    return f"{look.header(diagnostic)}: {message}".rstrip()
