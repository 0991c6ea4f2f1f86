"""docs/caching.md lists what goes into a key, and names the commands that there are; `pytest --update` rewrites it."""

import ast
import re
from itertools import pairwise
from pathlib import Path

import pytest
from attrs import fields

from tests.conftest import REPOSITORY
from tests.support.goldens import Golden
from tests.support.reference import with_table
from thatch.cache import key
from thatch.cache.explain import INPUTS
from thatch.cache.key import KeyInputs
from thatch.cache.plan import IMPORTS
from thatch.cli.cache import cache

DOCS = REPOSITORY / "docs"
PAGE = "caching.md"


def inputs_table() -> str:
    meanings = attribute_docstrings()
    rows = [f"| `{one.name}` | {' '.join(meanings[one.name].split())} |" for one in fields(KeyInputs)]
    return "\n".join(["| input | what it is |", "| --- | --- |", *rows])


def attribute_docstrings() -> dict[str, str]:
    tree = ast.parse(Path(key.__file__).read_text("utf-8"))
    (body,) = (node.body for node in tree.body if isinstance(node, ast.ClassDef) and node.name == "KeyInputs")
    return {
        node.target.id: ast.literal_eval(following.value)
        for node, following in pairwise(body)
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and isinstance(following, ast.Expr)
    }


def test_the_page_lists_every_input(request: pytest.FixtureRequest) -> None:
    text = with_table((DOCS / PAGE).read_text("utf-8"), "key inputs", inputs_table())
    Golden(DOCS, bool(request.config.getoption("--update"))).check(PAGE, text)


def test_explanations_know_every_input() -> None:
    assert list(INPUTS) == [*(one.name for one in fields(KeyInputs)), IMPORTS]


def test_the_page_names_every_command() -> None:
    table = re.findall(r"^\| `thatch cache ([^|]*)\|", (DOCS / PAGE).read_text("utf-8"), re.MULTILINE)
    named = {word for row in table for word in re.findall(r"[a-z]+", row)}
    assert set(cache.commands) <= named
