"""The tables in `docs/` that are made from the code: their text, and their place between two markers in a page."""

import ast
import inspect
import json
import re
from itertools import pairwise
from pathlib import Path

import click
from attrs import NOTHING, Attribute, Factory, fields
from lsprotocol import types

from thatch.cli.check import check
from thatch.cli.config_file import configurable, kind_of
from thatch.core import settings
from thatch.core.sandbox.mode import SandboxMode
from thatch.core.settings import Settings
from thatch.core.settings_file import CHECK
from thatch.core.settings_file import VERSION as SETTINGS_VERSION
from thatch.core.settings_reading import EXPECTED, key_of, type_of
from thatch.lsp.routes import COMMANDS, ROUTES

SCHEMA_TYPES: dict[object, dict[str, object]] = {
    str: {"type": "string"},
    bool: {"type": "boolean"},
    int: {"type": "integer", "minimum": 0},
    float: {"type": "number", "exclusiveMinimum": 0},
    Path: {"type": "string"},
    list: {"type": "array", "items": {"type": "string"}},
    tuple[str, ...]: {"type": "array", "items": {"type": "string"}},
    # The project must not switch off what guards against it.
    SandboxMode: {"enum": ["auto", "require"]},
}
"""The types of settings and options as JSON schemas have them."""

LIFE = {
    types.INITIALIZE: "Agrees on abilities and the position encoding.",
    types.EXIT: "Ends the server; with exit code 0 after `shutdown`, else 1.",
    types.SET_TRACE: "Logs to the editor as much as it wishes.",
}
"""The methods that `lsp/protocol.py` answers itself."""


def settings_table() -> str:
    """All settings with their types, defaults and meanings."""
    meanings = attribute_docstrings()
    rows = ["| key | value | default | meaning |", "| --- | --- | --- | --- |"]
    for attribute in fields(Settings):
        cells = (
            f"`{key_of(attribute)}`",
            EXPECTED[type_of(attribute)],
            default_text(attribute),
            " ".join(meanings[attribute.name].split()),
        )
        rows.append(f"| {' | '.join(cells)} |")
    return "\n".join(rows)


def options_table() -> str:
    """All options of `thatch check` that `thatch.toml` may have."""
    kinds = {bool: "true or false", list: "a list of strings", str: "a string"}
    rows = ["| key | value | meaning |", "| --- | --- | --- |"]
    for key, option in configurable(check).items():
        rows.append(f"| `{key}` | {_choices(option) or kinds[kind_of(option)]} | {_help(option)} |")
    return "\n".join(rows)


def config_schema() -> str:
    """A JSON schema for `thatch.toml`."""
    meanings = attribute_docstrings()
    properties: dict[str, dict[str, object]] = {}
    for attribute in fields(Settings):
        group, _, name = key_of(attribute).rpartition(".")
        meaning = " ".join(meanings[attribute.name].split())
        entry = {"description": meaning, **SCHEMA_TYPES[type_of(attribute)]}
        place = properties
        if group:
            inner = properties.setdefault(group, {"type": "object", "additionalProperties": False, "properties": {}})
            place = inner["properties"]  # type: ignore[assignment]
        place[name] = entry
    options = {key: _option_schema(option) for key, option in configurable(check).items()}
    properties[CHECK] = {
        "description": "Defaults of the options of thatch check.",
        "type": "object",
        "additionalProperties": False,
        "properties": options,
    }
    schema = {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "$id": f"urn:thatch:schema:settings:{SETTINGS_VERSION}",
        "title": "thatch.toml",
        "type": "object",
        "additionalProperties": False,
        "properties": properties,
    }
    return json.dumps(schema, indent=2) + "\n"


def _option_schema(option: click.Parameter) -> dict[str, object]:
    choices = option.type.choices if isinstance(option.type, click.Choice) else None
    kind = {"enum": list(choices)} if choices else SCHEMA_TYPES[kind_of(option)]
    return {"description": _help(option), **kind}


def _choices(option: click.Parameter) -> str:
    return " or ".join(f"`{choice}`" for choice in option.type.choices) if isinstance(option.type, click.Choice) else ""


def _help(option: click.Parameter) -> str:
    return (option.help or "") if isinstance(option, click.Option) else "The files and folders to check."


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


def default_text(attribute: "Attribute[object]") -> str:
    """The default of a setting, or in words what it depends on."""
    default = attribute.default
    if isinstance(default, Factory):  # type: ignore[arg-type]
        return " ".join((inspect.getdoc(default.factory) or "").split()).removesuffix(".")
    if default is NOTHING or default in ("", ()):
        return "none"
    return f"`{default}`"


def attribute_docstrings() -> dict[str, str]:
    """What each setting means, by the name of its attribute."""
    tree = ast.parse(Path(settings.__file__).read_text("utf-8"))
    (body,) = (node.body for node in tree.body if isinstance(node, ast.ClassDef) and node.name == "Settings")
    found = {}
    for node, following in pairwise(body):
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and isinstance(following, ast.Expr):
            found[node.target.id] = ast.literal_eval(following.value)
    return found
