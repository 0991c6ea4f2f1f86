"""JUnit's XML, which every CI server can show: a suite for each file, a case for each diagnostic."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from xml.etree import ElementTree as ET
from xml.etree.ElementTree import Element, SubElement

from thatch.cli.formats.look import SEVERITY_NAMES, start_of
from thatch.cli.formats.page import TOOL, Page, rule_of
from thatch.cli.report import Report
from thatch.core.diagnostics import Diagnostic


def junit(report: Report, page: Page) -> Iterator[str]:
    """One document.  What makes the exit code 1 is a failure; a file without diagnostics is one case that passed."""
    said = defaultdict[Path, list[Diagnostic]](list)
    for diagnostic in report.diagnostics:
        said[diagnostic.path].append(diagnostic)
    root = Element("testsuites", name=TOOL)
    for path in sorted({*report.files, *said}):
        _suite(root, path, said.get(path, ()), page)
    if report.trouble or report.unknown:
        _trouble(root, report, page)
    suites = list(root)
    for name in ("tests", "failures", "errors"):
        root.set(name, str(sum(int(suite.get(name, "0")) for suite in suites)))
    root.set("time", f"{page.seconds:.3f}")
    ET.indent(root)
    # In ASCII, so that no locale can spoil it.
    yield ET.tostring(root, encoding="us-ascii", xml_declaration=True).decode("ascii")


def _suite(root: Element, path: Path, said: Sequence[Diagnostic], page: Page) -> None:
    name = _allowed(page.name(path))
    failing = [diagnostic for diagnostic in said if page.fails(diagnostic)]
    suite = _new_suite(root, name, n_tests=max(len(said), 1), n_failures=len(failing), n_errors=0)
    if not said:
        SubElement(suite, "testcase", name=name, classname=name, file=name, time="0")
    for diagnostic in said:
        _case(suite, name, diagnostic, page)


def _case(suite: Element, name: str, diagnostic: Diagnostic, page: Page) -> None:
    line, column = start_of(diagnostic)
    title = f"{line}:{column}: {rule_of(diagnostic)}"
    case = SubElement(suite, "testcase", name=title, classname=name, file=name, line=str(line), time="0")
    text = _allowed(f"{name}:{line}:{column}: {page.text(diagnostic)}")
    if page.fails(diagnostic):
        kind = SEVERITY_NAMES[diagnostic.severity]
        SubElement(case, "failure", message=_allowed(page.head(diagnostic)), type=kind).text = text
    else:
        SubElement(case, "system-out").text = f"{SEVERITY_NAMES[diagnostic.severity]}: {text}"


def _trouble(root: Element, report: Report, page: Page) -> None:
    """What could not be checked is an error, for silence would look like success."""
    told = [f"{page.name(path)} belongs to no component of its project." for path in report.unknown]
    texts = [_allowed(text) for text in (report.trouble, *told) if text]
    suite = _new_suite(root, TOOL, n_tests=len(texts), n_failures=0, n_errors=len(texts))
    for text in texts:
        case = SubElement(suite, "testcase", name=text.split("\n")[0], classname=TOOL, time="0")
        SubElement(case, "error", message=text.split("\n")[0], type="trouble").text = text


def _new_suite(root: Element, name: str, *, n_tests: int, n_failures: int, n_errors: int) -> Element:
    counts = {"tests": str(n_tests), "failures": str(n_failures), "errors": str(n_errors), "skipped": "0"}
    return SubElement(root, "testsuite", {"name": name, "time": "0", **counts})


def _allowed(text: str) -> str:
    """The text with the characters that no XML 1.0 document may hold replaced."""
    return _FORBIDDEN.sub("\N{REPLACEMENT CHARACTER}", text)


_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
