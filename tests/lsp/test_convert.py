"""Conversions: URIs, places in every encoding, diagnostics by what the client can show."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lsprotocol import converters, types

from thatch.core.diagnostics import Diagnostic, Location, Related, Severity, Span
from thatch.core.events import Health, Status
from thatch.core.text import Encoding, LineIndex
from thatch.lsp import convert
from thatch.lsp.client import Client

URIS = {
    "plain": ("file:///home/me/A.hs", "/home/me/A.hs"),
    "space": ("file:///home/my%20project/A.hs", "/home/my project/A.hs"),
    "host": ("file://localhost/A.hs", "/A.hs"),
    "letters": ("file:///h%C3%A9/%F0%9F%A6%86.hs", "/hé/🦆.hs"),
    "reserved characters encoded": ("file:///a%2Bb%23c%3Fd.hs", "/a+b#c?d.hs"),
    "reserved characters bare": ("file:///a+b@c:d(e).hs", "/a+b@c:d(e).hs"),
}


@pytest.mark.parametrize(("uri", "path"), URIS.values(), ids=URIS)
def test_file_uris_become_paths(uri: str, path: str) -> None:
    assert convert.path(uri) == Path(path)


@pytest.mark.parametrize(
    "uri", ["untitled:Untitled-1", "git:/a/B.hs?x", "file://server/share/A.hs", "", "A.hs", "file:"]
)
def test_other_uris_are_no_paths(uri: str) -> None:
    assert convert.path(uri) is None


@given(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])))
def test_every_path_survives_the_way_to_a_uri_and_back(name: str) -> None:
    path = Path("/") / name.lstrip("/")
    assert convert.path(convert.uri(path)) == path
    assert convert.uri(path).isascii()


def test_a_name_that_is_not_utf8_survives() -> None:
    path = Path("/caf\udce9/A.hs")
    assert convert.uri(path) == "file:///caf%E9/A.hs"
    assert convert.path("file:///caf%E9/A.hs") == path


PLACES: dict[str, tuple[str, Span | None, Encoding, tuple[int, int, int, int]]] = {
    "plain": ("x = y", Span(1, 5, 1, 6), Encoding.UTF16, (0, 4, 0, 5)),
    "astral before, utf-16": ("🦆 = y", Span(1, 5, 1, 6), Encoding.UTF16, (0, 5, 0, 6)),
    "astral before, utf-8": ("🦆 = y", Span(1, 5, 1, 6), Encoding.UTF8, (0, 7, 0, 8)),
    "astral before, utf-32": ("🦆 = y", Span(1, 5, 1, 6), Encoding.UTF32, (0, 4, 0, 5)),
    "tab before": ("\ty", Span(1, 9, 1, 10), Encoding.UTF16, (0, 1, 0, 2)),
    "empty span at a word": ("foo bar", Span(1, 5, 1, 5), Encoding.UTF16, (0, 4, 0, 7)),
    "empty span at the end of a line": ("foo \nx", Span(1, 5, 1, 5), Encoding.UTF16, (0, 2, 0, 3)),
    "about the file": ("module A where\nx", None, Encoding.UTF16, (0, 0, 0, 14)),
    "about an empty file": ("", None, Encoding.UTF16, (0, 0, 0, 0)),
    "beyond the end": ("x\ny\n", Span(90, 5, 91, 1), Encoding.UTF16, (2, 0, 2, 0)),
}


@pytest.mark.parametrize(("text", "span", "encoding", "expected"), PLACES.values(), ids=PLACES)
def test_places(text: str, span: Span | None, encoding: Encoding, expected: tuple[int, int, int, int]) -> None:
    found = convert.place(span, LineIndex(text), encoding)
    assert (found.start.line, found.start.character, found.end.line, found.end.character) == expected


FULL = Client(related=True, code_links=True, keeps_data=True, tags=frozenset({1, 2}))
MESSAGE = Diagnostic(
    path=Path("/p/A.hs"),
    span=Span(1, 1, 1, 2),
    severity=Severity.WARNING,
    message="Defined but not used: x",
    code="GHC-40910",
    flag="-Wunused-top-binds",
    context=("In the module A",),
    hints=("Delete it",),
    related=(Related(Location(Path("/p/B.hs"), Span(2, 1, 2, 3)), "used there"),),
    unit="p-0-inplace",
)


def as_json(diagnostic: Diagnostic, client: Client, text: str = "x = 1\nfoo") -> Any:
    return converters.get_converter().unstructure(convert.diagnostic(diagnostic, lambda _: LineIndex(text), client))


def test_a_client_that_can_show_everything_is_told_everything() -> None:
    assert as_json(MESSAGE, FULL) == {
        "range": {"start": {"line": 0, "character": 0}, "end": {"line": 0, "character": 1}},
        "severity": 2,
        "message": "Defined but not used: x\n• In the module A\nSuggested fix: Delete it",
        "code": "GHC-40910",
        "codeDescription": {"href": "https://errors.haskell.org/messages/GHC-40910"},
        "source": "ghc",
        "tags": [1],
        "relatedInformation": [
            {
                "location": {
                    "uri": "file:///p/B.hs",
                    "range": {"start": {"line": 1, "character": 0}, "end": {"line": 1, "character": 2}},
                },
                "message": "used there",
            }
        ],
        "data": {"unit": "p-0-inplace", "flag": "-Wunused-top-binds", "hints": ["Delete it"]},
    }


def test_a_client_that_declared_nothing_is_told_the_message_only() -> None:
    assert as_json(MESSAGE, Client()).keys() == {"range", "severity", "message", "code", "source"}


@pytest.mark.parametrize(
    ("code", "flag", "shown"), [("GHC-1", "-Wx", "GHC-1"), ("", "-Wmissing-signatures", "-Wmissing-signatures")]
)
def test_a_message_without_a_code_shows_its_flag(code: str, flag: str, shown: str) -> None:
    one = Diagnostic(path=Path("/A.hs"), span=None, severity=Severity.ERROR, message="m", code=code, flag=flag)
    assert as_json(one, Client())["code"] == shown


def test_a_message_without_code_and_flag_has_no_code() -> None:
    one = Diagnostic(path=Path("/A.hs"), span=None, severity=Severity.ERROR, message="m", source="cabal")
    assert as_json(one, FULL).keys() == {"range", "severity", "message", "source", "data"}


TAGS = {
    "-Wunused-imports": [1],
    "-Woverlapping-patterns": [1],
    "-Wredundant-constraints": [1],
    "-Wdeprecations": [2],
    "-Wwarnings-deprecations": [2],
    "-Wunused-do-bind": [],
    "-Wincomplete-patterns": [],
    "": [],
}


@pytest.mark.parametrize(("flag", "expected"), TAGS.items())
def test_tags_follow_the_flag_and_the_client(flag: str, expected: list[int]) -> None:
    assert [tag.value for tag in convert.tags(flag, frozenset({1, 2}))] == expected
    assert convert.tags(flag, frozenset()) == []


def test_severities_are_lsps() -> None:
    assert {one.name.title(): one.value for one in Severity} == {
        one.name: one.value for one in types.DiagnosticSeverity
    }


def test_a_status_is_told_in_camel_case() -> None:
    now = Status(health=Health.ERROR, message="no ghc", work="", ghc_versions=("9.6.6",))
    assert convert.status(now) == {
        "health": "error",
        "quiescent": True,
        "message": "no ghc",
        "work": "",
        "ghcVersions": ["9.6.6"],
    }
