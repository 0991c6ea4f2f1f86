"""The configurations in docs/editors.md can be read, and start `thatch lsp`; real editors are tests/editors'."""

import json
import tomllib
from typing import Any

import pytest

from tests.support.editors import documented


@pytest.mark.parametrize(
    ("section", "path"),
    [
        ("Kate", ["servers", "haskell", "command"]),
        ("Sublime Text", ["clients", "thatch", "command"]),
        ("Zed", ["lsp", "hls", "binary"]),
    ],
)
def test_json_starts_the_server(section: str, path: list[str]) -> None:
    found: Any = json.loads(documented(section, "json"))
    for key in path:
        found = found[key]
    assert found in (["thatch", "lsp"], {"path": "thatch", "arguments": ["lsp"]})


def test_toml_starts_the_server() -> None:
    server = tomllib.loads(documented("Helix", "toml"))["language-server"]["thatch"]
    assert [server["command"], *server["args"]] == ["thatch", "lsp"]
