"""Items of hierarchies that an editor sends back."""

from typing import Any

import pytest

from tests.support.editor import Editor

ITEM = {
    "name": "f",
    "kind": 12,
    "uri": "file:///project/Lib.hs",
    "range": {"start": {"line": 0, "character": 0}, "end": {"line": 0, "character": 1}},
    "selectionRange": {"start": {"line": 0, "character": 0}, "end": {"line": 0, "character": 1}},
}


@pytest.mark.parametrize(
    "data",
    [None, 3, "text", [], [1, 2], [["f"], "nonsense", "u", "/p", [1, 2, 3, 4]], [[0, "f"], "body", "u", "/p", ["x"]]],
)
@pytest.mark.parametrize(
    "method",
    [
        "callHierarchy/incomingCalls",
        "callHierarchy/outgoingCalls",
        "typeHierarchy/supertypes",
        "typeHierarchy/subtypes",
    ],
)
async def test_an_item_that_came_back_damaged_leads_nowhere(editor: Editor, method: str, data: Any) -> None:
    await editor.start()
    item = ITEM if data is None else {**ITEM, "data": data}
    assert await editor.result(method, {"item": item}) is None


async def test_an_item_of_something_that_is_gone_leads_nowhere(editor: Editor) -> None:
    await editor.start()
    data = [[0, "f", "unit", "Lib", ""], "definition", "unit", "/project/Lib.hs", [1, 1, 1, 2]]
    assert await editor.result("callHierarchy/incomingCalls", {"item": {**ITEM, "data": data}}) is None
