"""What editors are offered to run and told of tests, over a workspace that says what the project is."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest_asyncio

from tests.support.editor import Editor
from thatch.core.project.model import Module, Project, Role, Unit

ROOT = Path("/p")
PATH = ROOT / "spec" / "Main.hs"
URI = PATH.as_uri()
WHERE = {"textDocument": {"uri": URI}}

TEXT = """\
module Main where
import Test.Hspec

main :: IO ()
main = hspec $ {- 🦆 -} describe "🦆s" $ do
  it "quack" True
  it "swim" True
"""

CAPABILITIES = {
    "textDocument": {"codeAction": {"codeActionLiteralSupport": {"codeActionKind": {"valueSet": []}}}},
    "experimental": {"runInTerminal": True},
}


def unit(component: str, path: Path, role: Role = Role.MAIN) -> Unit:
    module = Module("Main" if role is Role.MAIN else path.stem, path, role)
    return Unit(
        id=component.replace(":", "-"),
        component=component,
        directory=ROOT,
        flags=(),
        source_dirs=(path.parent,),
        modules=(module,),
    )


PROJECT = Project(
    root=ROOT,
    cradle="cabal",
    units=(unit("p:exe:p", PATH), unit("p:test:spec", PATH), unit("p:lib", ROOT / "src" / "A.hs", Role.EXPOSED)),
    ghc=Path("/opt/ghc"),
)


@pytest_asyncio.fixture
async def editor() -> AsyncIterator[Editor]:
    """An editor; the server is ended after the test."""
    one = Editor()
    yield one
    await one.close()


async def opened(editor: Editor, **params: Any) -> None:
    """Start with the file open and the project known."""
    workspace = await editor.start(**{"capabilities": CAPABILITIES, **params})
    workspace.projects = (PROJECT,)
    editor.open(PATH, TEXT)


async def actions(editor: Editor, line: int, **context: Any) -> list[str]:
    place = {"line": line, "character": 4}
    found = await editor.result(
        "textDocument/codeAction",
        {**WHERE, "range": {"start": place, "end": place}, "context": {"diagnostics": [], **context}},
    )
    return [one["title"] for one in found]


async def test_lenses_stand_where_things_begin(editor: Editor) -> None:
    await opened(editor)
    found = await editor.result("textDocument/codeLens", WHERE)
    places = [(one["range"]["start"], one["range"]["end"], one["command"]["title"]) for one in found]
    assert [(start["line"], start["character"], title) for start, _, title in places] == [
        (3, 0, "Run p:test:spec"),
        (3, 0, "Run p:exe:p"),
        (4, 24, "Run group"),
        (5, 2, "Run test"),
        (6, 2, "Run test"),
    ]
    assert all(start == end for start, end, _ in places)
    assert {one["command"]["command"] for one in found} == {"thatch.run"}
    assert found[3]["command"]["arguments"] == [
        {
            "title": "Run test quack",
            "program": "cabal",
            "arguments": ["test", "--test-show-details=direct", "--test-option=--match=/🦆s/quack/", "p:test:spec"],
            "cwd": "/p",
            "commandLine": "cabal test --test-show-details=direct '--test-option=--match=/🦆s/quack/' p:test:spec",
        }
    ]


async def test_every_lens_is_an_action(editor: Editor) -> None:
    await opened(editor)
    assert await actions(editor, 5) == ["Run test quack", "Run group 🦆s"]
    assert await actions(editor, 3) == ["Run p:exe:p", "Run p:test:spec"]
    assert await actions(editor, 1) == []
    assert await actions(editor, 5, only=["quickfix"]) == []


async def test_editors_that_say_nothing_of_terminals_get_no_dead_lenses(editor: Editor) -> None:
    await opened(editor, capabilities={**CAPABILITIES, "experimental": {}})
    assert await editor.result("textDocument/codeLens", WHERE) == []
    assert await actions(editor, 5) == []


async def test_tests_are_about_the_text_as_it_is(editor: Editor) -> None:
    await opened(editor)
    (file,) = await editor.result("thatch/tests")
    assert (file["uri"], file["module"], file["component"]) == (URI, "Main", "p:test:spec")
    (group,) = file["tests"]
    assert (group["name"], group["kind"], group["framework"]) == ("🦆s", "group", "hspec")
    assert group["range"] == {"start": {"line": 4, "character": 24}, "end": {"line": 6, "character": 16}}
    assert [(one["name"], one["kind"], one["tests"]) for one in group["tests"]] == [
        ("quack", "test", []),
        ("swim", "test", []),
    ]
    editor.change(PATH, TEXT.replace("swim", "dive"))
    (file,) = await editor.result("thatch/tests", WHERE)
    dive = file["tests"][0]["tests"][1]
    assert dive["name"] == "dive"
    assert dive["run"]["arguments"][2] == "--test-option=--match=/🦆s/dive/"


async def test_what_is_no_module_of_the_project_has_no_tests(editor: Editor) -> None:
    await opened(editor)
    editor.open(ROOT / "Other.hs", TEXT)
    other = {"textDocument": {"uri": (ROOT / "Other.hs").as_uri()}}
    assert await editor.result("thatch/tests", other) == []
    assert await editor.result("textDocument/codeLens", other) == []
    assert await editor.result("thatch/tests", {"textDocument": {"uri": "untitled:1"}}) == []
    assert "takes" in (await editor.error("thatch/tests", {"textDocument": 1}))["message"]


async def test_texts_that_are_too_long_are_not_looked_through(editor: Editor) -> None:
    await opened(editor)
    editor.change(PATH, TEXT + "-- long\n" * 150_000)
    assert await editor.result("textDocument/codeLens", WHERE) == []
    assert await editor.result("thatch/tests", WHERE) == []
