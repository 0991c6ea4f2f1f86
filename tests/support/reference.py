"""The tables in `docs/` that are made from the code: their text, and their place between two markers in a page."""

import ast
import inspect
import re
from itertools import pairwise
from pathlib import Path

from attrs import NOTHING, Attribute, Factory, fields
from lsprotocol import types

from thatch.core import settings
from thatch.core.settings import Settings
from thatch.lsp.routes import COMMANDS, ROUTES
from thatch.lsp.settings import EXPECTED, key_of, type_of

LIFE = {
    types.INITIALIZE: "Agrees on abilities and the position encoding.",
    types.EXIT: "Ends the server; with exit code 0 after `shutdown`, else 1.",
    types.SET_TRACE: "Logs to the editor as much as it wishes.",
}
"""The methods that `lsp/protocol.py` answers itself."""


def settings_table() -> str:
    """All settings with their types, defaults and meanings."""
    meanings = _attribute_docstrings()
    rows = ["| key | value | default | meaning |", "| --- | --- | --- | --- |"]
    for attribute in fields(Settings):
        cells = (
            f"`{key_of(attribute)}`",
            EXPECTED[type_of(attribute)],
            _default(attribute),
            " ".join(meanings[attribute.name].split()),
        )
        rows.append(f"| {' | '.join(cells)} |")
    return "\n".join(rows)


def methods_table() -> str:
    """All methods of editors that the server answers, with what it does."""
    rows = ["| method | what the server does |", "| --- | --- |"]
    said = {**LIFE, **{route.method: _first_sentence(route.handler) for route in ROUTES}}
    return "\n".join([*rows, *(f"| `{method}` | {said[method]} |" for method in sorted(said, key=_order))])


def commands_table() -> str:
    """All commands of `workspace/executeCommand`."""
    rows = ["| command | what it does |", "| --- | --- |"]
    return "\n".join([*rows, *(f"| `{one.method}` | {_first_sentence(one.handler)} |" for one in COMMANDS)])


def with_table(page: str, name: str, table: str) -> str:
    """A page with a table between its markers `<!-- name -->` and `<!-- end of name -->`."""
    pattern = re.compile(rf"(<!-- {name} -->\n).*?(<!-- end of {name} -->)", re.DOTALL)
    assert len(pattern.findall(page)) == 1, f"The page has no markers for {name}."
    return pattern.sub(lambda match: f"{match[1]}{table}\n{match[2]}", page)


def _order(method: str) -> tuple[bool, str]:
    return "/" in method, method


def _first_sentence(handler: object) -> str:
    module = inspect.getmodule(handler)
    assert module
    doc = " ".join((module.__doc__ or "").split())
    # Modules are introduced as "`method`: what it does."
    return re.sub(r"^(The command )?`[^`]*`: ", "", doc)[:1].upper() + re.sub(r"^(The command )?`[^`]*`: ", "", doc)[1:]


def _default(attribute: "Attribute[object]") -> str:
    default = attribute.default
    if isinstance(default, Factory):  # type: ignore[arg-type]
        return " ".join((inspect.getdoc(default.factory) or "").split()).removesuffix(".")
    if default is NOTHING or default in ("", ()):
        return "none"
    return f"`{default}`"


def _attribute_docstrings() -> dict[str, str]:
    tree = ast.parse(Path(settings.__file__).read_text("utf-8"))
    (body,) = (node.body for node in tree.body if isinstance(node, ast.ClassDef) and node.name == "Settings")
    found = {}
    for node, following in pairwise(body):
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and isinstance(following, ast.Expr):
            found[node.target.id] = ast.literal_eval(following.value)
    return found
