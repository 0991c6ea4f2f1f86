"""The formats of whole reports: against schemas that others published, against readers, and against golden texts."""

import json
import re
from pathlib import Path
from urllib.parse import unquote

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st
from junitparser import Error, Failure, JUnitXml

from tests.cli.test_formats import BASE, CASES, diagnostic
from tests.support.goldens import Golden
from tests.support.schemas import complaints, own, vendored
from thatch.cli.formats.look import Look
from thatch.cli.formats.page import Page
from thatch.cli.formats.table import FORMATS, formatted
from thatch.cli.identity import identity
from thatch.cli.report import Report, fails, in_order
from thatch.core.diagnostics import Diagnostic, Location, Related, Severity, Span
from thatch.core.text import LineIndex

SOURCE = '\ufeffgreeting :: Int\ngreeting = "\N{PARTY POPPER}é" ++\t1\n'
CLEAN, A, ODD = BASE / "src/Clean.hs", BASE / "src/A.hs", BASE / "src/a b,c:%\N{PARTY POPPER}.hs"

FOUND = (
    evolve(
        CASES["everything"][1],
        span=Span(2, 12, 2, 16),
        flag="",
        related=(
            Related(Location(A, Span(1, 1, 1, 9)), "the signature"),
            Related(Location(Path("/else/B.hs"), Span(7, 3, 7, 4)), ""),
        ),
    ),
    diagnostic(2, 25, 2, 26, severity=Severity.WARNING, flag="-Wtabs", code="GHC-94817", message="Tab, 100%\r\nhere"),
    diagnostic(3, 1, 9, 2, severity=Severity.WARNING, flag="-Wunused-imports", path=ODD, message="Not used: \x1b[0m"),
    diagnostic(1, 1, 1, 1, severity=Severity.HINT, path=ODD, message=""),
    diagnostic(severity=Severity.INFORMATION, source="cabal", path=BASE / "a.cabal", message="Something"),
)


def page_of(texts: dict[Path, str], fail_on: str = "error") -> Page:
    look = Look(BASE)
    return Page(
        look=look,
        lines=lambda path: LineIndex(texts[path]) if path in texts else None,
        fingerprint=lambda said: identity(said, look.name(said.path), said.message, "").fingerprint,
        fails=lambda said: fails(said, fail_on),
        seconds=1.25,
    )


def report_of(*found: Diagnostic, **more) -> Report:
    return Report(diagnostics=in_order(found), files=frozenset({CLEAN, A}), **more)


def text_of(name: str, report: Report, page: Page) -> str:
    text = "".join(f"{piece}\n" for piece in formatted(name, report, page))
    # Of what programs read nothing depends on a locale.
    assert name in {"full", "concise", "github"} or text.isascii()
    return text


REPORT = report_of(*FOUND)
TROUBLED = report_of(*FOUND, trouble="GHC died.\nTry again.", unknown=(BASE / "Old.hs",))
PAGE = page_of({A: SOURCE})


@pytest.mark.parametrize("name", FORMATS)
def test_golden(name: str, golden: Golden) -> None:
    from thatch.core.version import __version__

    text = text_of(name, TROUBLED, PAGE).replace(f'"semanticVersion": "{__version__}"', '"semanticVersion": "0"')
    golden.check(f"report-{name}.txt", text)


@pytest.mark.parametrize("report", [REPORT, TROUBLED, report_of()], ids=["found", "troubled", "clean"])
@pytest.mark.parametrize("page", [PAGE, page_of({}, "warning")], ids=["readable", "unreadable"])
def test_published_schemas_are_kept(report: Report, page: Page) -> None:
    assert complaints(vendored("sarif-2.1.0"), json.loads(text_of("sarif", report, page))) == []
    assert complaints(vendored("rdjson"), json.loads(text_of("rdjson", report, page))) == []
    issues = json.loads(text_of("gitlab", report, page))
    assert [complaints(vendored("gitlab-code-quality"), issue) for issue in issues] == [[]] * len(report.diagnostics)
    # What the schema leaves open, and GitLab's documentation does not.
    assert {issue["severity"] for issue in issues} <= {"info", "minor", "major", "critical", "blocker"}
    assert len({issue["fingerprint"] for issue in issues}) == len(issues)
    checker = own("check")
    assert complaints(checker, json.loads(text_of("json", report, page))) == []
    lines = text_of("jsonl", report, page).splitlines()
    assert [complaints(checker, json.loads(line)) for line in lines] == [[]] * (len(report.diagnostics) + 1)


def test_the_schemas_can_fail() -> None:
    log = json.loads(text_of("sarif", REPORT, PAGE))
    log["runs"][0]["results"][0]["level"] = "fatal"
    assert complaints(vendored("sarif-2.1.0"), log) != []
    report = json.loads(text_of("json", REPORT, PAGE))
    del report["diagnostics"][0]["span"]
    assert complaints(own("check"), report) != []
    result = json.loads(text_of("rdjson", REPORT, PAGE))
    result["diagnostics"][0]["severity"] = "fatal"
    assert complaints(vendored("rdjson"), result) != []
    issue = json.loads(text_of("gitlab", REPORT, PAGE))[0]
    del issue["fingerprint"]
    assert complaints(vendored("gitlab-code-quality"), issue) != []


@pytest.mark.parametrize(("fail_on", "n_failures"), [("error", 1), ("warning", 3), ("never", 0)])
def test_junit_as_a_reader_reads_it(fail_on: str, n_failures: int) -> None:
    read = JUnitXml.fromstring(text_of("junit", REPORT, page_of({A: SOURCE}, fail_on)).encode())
    cases = [case for suite in read for case in suite]
    assert (read.tests, read.failures, read.errors, len(cases)) == (6, n_failures, 0, 6)
    assert sum(isinstance(said, Failure) for case in cases for said in case.result) == n_failures
    assert [suite.name for suite in read if suite.tests == 1 and suite.name.endswith("Clean.hs")] == ["src/Clean.hs"]
    shown = [(said.message, said.text) for case in cases for said in case.result if isinstance(said, Failure)]
    assert fail_on == "never" or shown[0][1].startswith("src/A.hs:2:12: Couldn't match expected type 'Int'\n")


def test_junit_tells_what_was_not_checked() -> None:
    read = JUnitXml.fromstring(text_of("junit", TROUBLED, PAGE).encode())
    told = [said for suite in read for case in suite for said in case.result if isinstance(said, Error)]
    assert (read.errors, [said.message for said in told]) == (
        2,
        ["GHC died.", "Old.hs belongs to no component of its project."],
    )


def test_columns_are_what_each_format_wants() -> None:
    """The string literal behind a party popper and an e with an accent, and what stands behind a tab."""
    log = json.loads(text_of("sarif", REPORT, PAGE))["runs"][0]
    regions = [result["locations"][0]["physicalLocation"].get("region") for result in log["results"]]
    place = {"startLine": 2, "startColumn": 12, "endLine": 2, "endColumn": 16}
    assert place in regions
    # GHC's column 25 is the one behind the tab, the 20th character.
    assert {"startLine": 2, "startColumn": 20, "endLine": 2, "endColumn": 21} in regions
    assert log["columnKind"] == "unicodeCodePoints"
    ranges = [entry["location"].get("range") for entry in json.loads(text_of("rdjson", REPORT, PAGE))["diagnostics"]]
    # Bytes: the party popper has four, the accent two.
    assert {"start": {"line": 2, "column": 12}, "end": {"line": 2, "column": 20}} in ranges
    commands = text_of("github", REPORT, PAGE).splitlines()
    # UTF-16, and the last character is inside.
    assert "::error file=src/A.hs,line=2,endLine=2,col=12,endColumn=16,title=GHC-83865::" in commands[1]


def test_github_commands_can_be_read_back() -> None:
    commands = text_of("github", TROUBLED, PAGE).splitlines()
    assert len(commands) == len(FOUND) + 1
    read = [re.fullmatch(r"::(error|warning|notice) ([^:]*)::(.*)", command) for command in commands]
    assert all(read)
    odd = next(match for match in read if match and "Not used" in match[3])
    properties = dict(pair.split("=") for pair in odd[2].split(","))
    assert unquote(properties["file"]) == "src/a b,c:%\N{PARTY POPPER}.hs"
    tab = next(match for match in read if match and "Tab" in match[3])
    assert tab[3] == "Tab, 100%25%0D%0Ahere"


def test_sarif_paths_are_references_of_uris() -> None:
    results = json.loads(text_of("sarif", REPORT, PAGE))["runs"][0]["results"]
    places = [result["locations"][0]["physicalLocation"]["artifactLocation"] for result in results]
    assert {"uri": "src/a%20b%2Cc%3A%25%F0%9F%8E%89.hs", "uriBaseId": "SRCROOT"} in places
    (related,) = [result["relatedLocations"] for result in results if "relatedLocations" in result]
    assert related[1]["physicalLocation"]["artifactLocation"] == {"uri": "file:///else/B.hs"}


def test_fingerprints_stay_when_lines_move() -> None:
    def prints(report: Report) -> set[str]:
        return {issue["fingerprint"] for issue in json.loads(text_of("gitlab", report, PAGE))}

    moved = [evolve(one, span=evolve(one.span, start_line=30, end_line=31)) if one.span else one for one in FOUND]
    assert prints(report_of(*moved)) == prints(REPORT)
    assert prints(report_of(*moved, diagnostic(4, 1, 4, 2, message="Another"))) > prints(REPORT)


TEXTS = st.text(st.sampled_from("ab \t\n\r\0\x1b%:,<&\"'\u202e\ufeff\ufffe表🎉\udc80"), max_size=30)
NUMBERS = st.integers(0, 9)


@settings(max_examples=60, deadline=None)
@given(TEXTS, TEXTS, TEXTS.map(lambda text: text.replace("\0", "").replace("/", "")), st.tuples(*[NUMBERS] * 4))
def test_whatever_is_said_can_be_read(source: str, message: str, name: str, place: tuple[int, int, int, int]) -> None:
    path = BASE / f"x{name}.hs"
    report = report_of(diagnostic(*place, path=path, message=message), trouble=message)
    page = page_of({path: source})
    assert complaints(vendored("sarif-2.1.0"), json.loads(text_of("sarif", report, page))) == []
    assert complaints(vendored("rdjson"), json.loads(text_of("rdjson", report, page))) == []
    assert complaints(own("check"), json.loads(text_of("json", report, page))) == []
    assert JUnitXml.fromstring(text_of("junit", report, page).encode()).failures == 1
    assert all(line.startswith("::") for line in text_of("github", report, page).split("\n")[:-1])
