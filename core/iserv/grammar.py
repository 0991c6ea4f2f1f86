"""The types of template-haskell as the tap's walker wants them, from the schema of a GHC's syntax trees."""

from functools import cache

from thatch.core.iserv.messages import BOOL, BYTES, INT, STRING, UNIT
from thatch.core.iserv.readers import CHARACTERS, FIXED, LIST, NAMED, RECORD, SUM, Type
from thatch.core.th.schema import Schema, TypeUse, shipped_schema

_INTEGER: Type = (SUM, ((FIXED, 4),), ((FIXED, 1), (LIST, (FIXED, 1))))
_PRIMITIVES: dict[str, Type] = {
    "Int": INT,
    "Bool": BOOL,
    "String": STRING,
    "Char": (CHARACTERS, 1),
    "Word8": (FIXED, 1),
    "Integer": _INTEGER,
    "Bytes": BYTES,
}


@cache
def th_types(series: str) -> dict[str, Type]:
    """The types of the template-haskell that comes with a GHC such as `9.10`; empty when it is not known."""
    schema = shipped_schema(series)
    return walked_types(schema) if schema else {}


def walked_types(schema: Schema) -> dict[str, Type]:
    """All types of a schema by name; one that takes arguments is there once for each that it is applied to."""
    compiler = _Compiler(schema)
    for name, data_type in schema.types.items():
        if not data_type.parameters:
            compiler.named(name, ())
    return compiler.done


class _Compiler:
    def __init__(self, schema: Schema) -> None:
        self.done: dict[str, Type] = {}
        self._schema = schema

    def named(self, name: str, arguments: tuple[Type, ...]) -> Type:
        """A type of the schema."""
        key = f"{name}{arguments or ''}"
        if key not in self.done:
            # It may be found within itself.
            self.done[key] = UNIT
            self.done[key] = self._declared(name, arguments)
        return (NAMED, key)

    def _declared(self, name: str, arguments: tuple[Type, ...]) -> Type:
        data_type = self._schema.types[name]
        variables = dict(zip(data_type.parameters, arguments, strict=True))
        if data_type.synonym is not None:
            return self._used(data_type.synonym, variables)
        found = [tuple(self._used(use, variables) for use in one.fields) for one in data_type.constructors]
        if len(found) > 1:
            return (SUM, *found)
        # One constructor alone has no tag, and is nothing but its fields.
        (fields,) = found
        return fields[0] if len(fields) == 1 else (RECORD, *fields)

    def _used(self, use: TypeUse, variables: dict[str, Type]) -> Type:
        if use.head in variables:
            return variables[use.head]
        arguments = tuple(self._used(one, variables) for one in use.arguments)
        match use.head:
            case "Maybe":
                return (SUM, (), arguments)
            case "List" | "NonEmpty":
                return (LIST, *arguments)
            case "Tuple":
                return (RECORD, *arguments)
            case "Ratio":
                return (RECORD, *arguments, *arguments)
            case _:
                return _PRIMITIVES.get(use.head) or self.named(use.head, arguments)
