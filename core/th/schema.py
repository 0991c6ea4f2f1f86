"""What the types of a GHC's `template-haskell` look like: constructors in the order of their declaration.

The JSON is what `reify_schema.hs` prints:

    {"format": 1, "types": {"Exp": {"parameters": [], "constructors": [["VarE", ["Name"]], ...]},
                            "Kind": {"parameters": [], "synonym": "Type"}, ...}}

A field is a type: a text (`"Name"`, or a parameter such as `"flag"`), or a list of a head and its arguments
(`["List", "Dec"]`, `["TyVarBndr", ["Tuple"]]`).  Asking a GHC for it is the business of `derive`.
"""

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from attrs import define, field, frozen

from thatch.core.errors import ThatchError

FORMAT = 1

PRIMITIVES: Mapping[str, int] = {
    "Int": 0, "Integer": 0, "Char": 0, "String": 0, "Word8": 0, "Bytes": 0, "Bool": 0,
    "Maybe": 1, "NonEmpty": 1, "Ratio": 1, "List": 1,
}  # fmt: skip
"""The types that are known without a schema, with how many arguments they take; `Tuple` takes any number."""

MOST_CONSTRUCTORS = 256
"""Tags are one byte."""

ROOTS = ("Exp", "Pat", "Type", "Dec", "Name", "Loc", "Info", "Lit", "Module", "ModuleInfo")
"""The types that a schema must have to be of use."""


@define(kw_only=True)
class SchemaError(ThatchError):
    """A schema that is damaged or was made by another version of thatch."""


@frozen
class TypeUse:
    """A type as it stands in a field: a head applied to arguments."""

    head: str
    """A type of the schema, a primitive, `Tuple`, or one of the parameters of the type around it."""

    arguments: tuple["TypeUse", ...] = ()

    def __str__(self) -> str:
        return f"({' '.join([self.head, *map(str, self.arguments)])})" if self.arguments else self.head


@frozen
class Constructor:
    """One constructor; its place in its type is its tag."""

    name: str
    fields: tuple[TypeUse, ...]


@frozen
class DataType:
    """A data type or newtype, or a synonym (then `synonym` is what it stands for)."""

    name: str
    parameters: tuple[str, ...]
    constructors: tuple[Constructor, ...] = ()
    synonym: TypeUse | None = None


@frozen
class Schema:
    """All types that can occur in a splice's result, its questions and their answers."""

    types: Mapping[str, DataType] = field(repr=False)


def parse_schema(text: str) -> Schema:
    """Read a schema from JSON; raises `SchemaError` if it is no such thing or does not hold together."""
    try:
        raw = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise _damaged("it is no JSON") from error
    if not isinstance(raw, dict) or raw.get("format") != FORMAT or not isinstance(raw.get("types"), dict):
        raise _damaged(f"it is not of format {FORMAT}")
    schema = Schema({name: _data_type(name, entry) for name, entry in raw["types"].items()})
    _check(schema)
    return schema


@cache
def shipped_schema(series: str) -> Schema | None:
    """The schema that comes with thatch for GHCs of a series such as `9.6`; None for others."""
    resource = files("thatch.core.th").joinpath(f"schema-{series}.json")
    return parse_schema(resource.read_text("utf-8")) if resource.is_file() else None


def _damaged(why: str) -> SchemaError:
    return SchemaError(message=f"The schema of Template Haskell's syntax tree cannot be used: {why}.")


def _data_type(name: str, entry: object) -> DataType:
    match entry:
        case {"parameters": [*parameters], "synonym": synonym}:
            return DataType(name, _texts(parameters), synonym=_use(synonym))
        case {"parameters": [*parameters], "constructors": [_, *_] as constructors}:
            return DataType(name, _texts(parameters), tuple(_constructor(name, raw) for raw in constructors))
        case _:
            raise _damaged(f"the entry of {name} is not understood")


def _constructor(owner: str, raw: object) -> Constructor:
    match raw:
        case [str(name), [*fields]]:
            return Constructor(name, tuple(map(_use, fields)))
        case _:
            raise _damaged(f"a constructor of {owner} is not understood")


def _use(raw: object) -> TypeUse:
    match raw:
        case str(head):
            return TypeUse(head)
        case [str(head), *arguments]:
            return TypeUse(head, tuple(map(_use, arguments)))
        case _:
            raise _damaged("a type is neither a name nor an application")


def _texts(raw: list[object]) -> tuple[str, ...]:
    if not all(isinstance(item, str) for item in raw):
        raise _damaged("a parameter is no text")
    return tuple(map(str, raw))


def _check(schema: Schema) -> None:
    if missing := [root for root in ROOTS if root not in schema.types]:
        raise _damaged(f"{missing[0]} is missing")
    for data_type in schema.types.values():
        if len(data_type.constructors) > MOST_CONSTRUCTORS:
            raise _damaged(f"{data_type.name} has too many constructors")
        uses = [use for constructor in data_type.constructors for use in constructor.fields]
        for use in [*uses, *([data_type.synonym] if data_type.synonym else [])]:
            _check_use(schema, data_type, use)
        _check_synonym(schema, data_type)


def _check_use(schema: Schema, inside: DataType, use: TypeUse) -> None:
    if use.head in inside.parameters:
        expected = 0
    elif use.head in schema.types:
        expected = len(schema.types[use.head].parameters)
    else:
        expected = len(use.arguments) if use.head == "Tuple" else PRIMITIVES.get(use.head, -1)
    if expected != len(use.arguments):
        raise _damaged(f"{inside.name} uses {use}, which is unknown or has another number of arguments")
    if use.head == "Maybe" and use.arguments[0].head == "Maybe":
        raise _damaged(f"{inside.name} holds a Maybe in a Maybe")
    for argument in use.arguments:
        _check_use(schema, inside, argument)


def _check_synonym(schema: Schema, data_type: DataType) -> None:
    """Synonyms come to an end."""
    seen = {data_type.name}
    synonym = data_type.synonym
    while synonym is not None and synonym.head in schema.types:
        if synonym.head in seen:
            raise _damaged(f"{data_type.name} stands for itself")
        seen.add(synonym.head)
        synonym = schema.types[synonym.head].synonym
