"""All formats by name; each is imported only when it is used."""

import importlib
from collections.abc import Callable, Iterator
from types import MappingProxyType

from thatch.cli.formats.page import Page
from thatch.cli.report import Report

FORMATS = MappingProxyType(
    {
        "full": ("full", "full_report"),
        "concise": ("concise", "concise_report"),
        "json": ("json_report", "json_report"),
        "jsonl": ("json_report", "json_lines"),
        "github": ("github", "github"),
        "gitlab": ("gitlab", "gitlab"),
        "sarif": ("sarif", "sarif"),
        "junit": ("junit", "junit"),
        "rdjson": ("rdjson", "rdjson"),
    }
)
"""The name of each format with its module and function there."""


def formatted(name: str, report: Report, page: Page) -> Iterator[str]:
    """The report in a format (a key of `FORMATS`), piece by piece; each piece is to end in a newline."""
    module, function = FORMATS[name]
    write: Callable[[Report, Page], Iterator[str]] = getattr(
        importlib.import_module(f"thatch.cli.formats.{module}"), function
    )
    return write(report, page)
