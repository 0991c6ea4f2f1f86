"""The messages of SCIP that thatch writes, with their fields' numbers; what a host does not get is left out.

    message     field                   number  type
    Index       metadata                1       Metadata; must come first
                documents               2       Document, many
    ...

(scip.proto of github.com/scip-code/scip, 02559b61.)  Ranges are written in the older form, three or four numbers, which
all readers know: the newer one is unknown to many.
"""

from collections.abc import Mapping
from enum import IntEnum, IntFlag
from typing import Any

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from google.protobuf.descriptor_pb2 import FieldDescriptorProto as Field

FIELDS: Mapping[str, Mapping[str, tuple[int, str]]] = {
    "Index": {"metadata": (1, "Metadata"), "documents": (2, "Document*")},
    "Metadata": {
        "tool_info": (2, "ToolInfo"),
        "project_root": (3, "string"),
        "text_document_encoding": (4, "int32"),
    },
    "ToolInfo": {"name": (1, "string"), "version": (2, "string")},
    "Document": {
        "relative_path": (1, "string"),
        "occurrences": (2, "Occurrence*"),
        "symbols": (3, "SymbolInformation*"),
        "language": (4, "string"),
        "position_encoding": (6, "int32"),
    },
    "SymbolInformation": {
        "symbol": (1, "string"),
        "documentation": (3, "string*"),
        "relationships": (4, "Relationship*"),
        "kind": (5, "int32"),
        "display_name": (6, "string"),
        "signature_documentation": (7, "Signature"),
    },
    "Signature": {"language": (4, "string"), "text": (5, "string")},
    "Relationship": {
        "symbol": (1, "string"),
        "is_reference": (2, "bool"),
        "is_implementation": (3, "bool"),
        "is_type_definition": (4, "bool"),
    },
    "Occurrence": {
        "range": (1, "int32*"),
        "symbol": (2, "string"),
        "symbol_roles": (3, "int32"),
        "enclosing_range": (7, "int32*"),
    },
}
"""By message and field the number and the type, with a star where there may be many; enumerations are numbers."""

UTF8 = 1
"""The `TextEncoding` of GHC's sources."""

UTF32_COLUMNS = 3
"""The `PositionEncoding` that counts characters as Python does."""


class SymbolRole(IntFlag):
    """What an occurrence does with its symbol."""

    USE = 0
    DEFINITION = 1
    IMPORT = 2
    WRITE_ACCESS = 4
    READ_ACCESS = 8


class SymbolKind(IntEnum):
    """What a symbol is (`SymbolInformation.Kind`)."""

    CONSTRUCTOR = 9
    FIELD = 15
    FUNCTION = 17
    METHOD = 26
    MODULE = 29
    PATTERN = 39
    TYPE = 54
    TYPE_ALIAS = 55
    TYPE_CLASS = 56
    TYPE_CLASS_METHOD = 71
    TYPE_FAMILY = 57
    VALUE = 60
    INSTANCE = 20


def _pool() -> descriptor_pool.DescriptorPool:
    file = descriptor_pb2.FileDescriptorProto(name="scip.proto", package="scip", syntax="proto3")
    for name, known in FIELDS.items():
        message = file.message_type.add(name=name)
        for field, (number, kind) in known.items():
            _add_field(message, field, number, kind)
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return pool


def _add_field(message: descriptor_pb2.DescriptorProto, name: str, number: int, kind: str) -> None:
    label = Field.LABEL_REPEATED if kind.endswith("*") else Field.LABEL_OPTIONAL
    field = message.field.add(name=name, number=number, label=label)
    bare = kind.removesuffix("*")
    if bare in _SCALARS:
        field.type = _SCALARS[bare]
    else:
        field.type, field.type_name = Field.TYPE_MESSAGE, f".scip.{bare}"


_SCALARS = {"string": Field.TYPE_STRING, "int32": Field.TYPE_INT32, "bool": Field.TYPE_BOOL}

_POOL = _pool()


def _message(name: str) -> Any:
    return message_factory.GetMessageClass(_POOL.FindMessageTypeByName(f"scip.{name}"))


Index = _message("Index")
Document = _message("Document")
Occurrence = _message("Occurrence")
SymbolInformation = _message("SymbolInformation")
