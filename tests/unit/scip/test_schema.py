"""What thatch knows of SCIP's messages is what the published schema says."""

from pathlib import Path

import pytest
from proto_schema_parser import ast
from proto_schema_parser.parser import Parser

from thatch.core.scip import schema

FILE = Path(__file__).parents[2] / "schemas/scip.proto"


@pytest.fixture(scope="module")
def published() -> ast.File:
    return Parser().parse(FILE.read_text())


def messages(file: ast.File) -> dict[str, ast.Message]:
    return {element.name: element for element in file.file_elements if isinstance(element, ast.Message)}


def fields(message: ast.Message) -> dict[str, tuple[int, str]]:
    """As `schema.FIELDS` has them, with enumerations by their names."""
    found = [element for element in message.elements if isinstance(element, ast.Field)]
    many = ast.FieldCardinality.REPEATED
    return {field.name: (field.number, field.type + ("*" if field.cardinality is many else "")) for field in found}


def enumerations(file: ast.File) -> dict[str, dict[str, int]]:
    elements = [*file.file_elements, *messages(file)["SymbolInformation"].elements]
    return {
        element.name: {value.name: int(value.number) for value in element.elements if isinstance(value, ast.EnumValue)}
        for element in elements
        if isinstance(element, ast.Enum)
    }


def test_fields_have_the_published_numbers_and_types(published: ast.File) -> None:
    known, enums = messages(published), enumerations(published)
    for name, ours in schema.FIELDS.items():
        theirs = fields(known[name])
        for field, (number, kind) in ours.items():
            published_number, published_kind = theirs[field]
            assert (number, kind) == (published_number, "int32" if published_kind in enums else published_kind), field


def test_values_have_the_published_names(published: ast.File) -> None:
    enums = enumerations(published)
    assert enums["TextEncoding"]["UTF8"] == schema.UTF8
    assert enums["PositionEncoding"]["UTF32CodeUnitOffsetFromLineStart"] == schema.UTF32_COLUMNS
    roles = {role.name.replace("_", ""): role.value for role in schema.SymbolRole if role.name}
    assert roles.items() <= {name.upper(): value for name, value in enums["SymbolRole"].items()}.items()
    kinds = {kind.name.replace("_", ""): kind.value for kind in schema.SymbolKind}
    assert kinds.items() <= {name.upper(): value for name, value in enums["Kind"].items()}.items()


def test_the_language_is_called_as_published(published: ast.File) -> None:
    from thatch.core.scip.document import LANGUAGE

    assert LANGUAGE in enumerations(published)["Language"]


def test_unknown_fields_stay_out_and_ours_come_back() -> None:
    document = schema.Document(
        relative_path="A.hs", occurrences=[schema.Occurrence(range=(1, 2, 3), symbol="local 1", symbol_roles=1)]
    )
    index = schema.Index(documents=[document])
    head = schema.Index(metadata={"project_root": "file:///p"})
    # Messages one after the other are one message.
    read = schema.Index.FromString(head.SerializeToString() + index.SerializeToString() + index.SerializeToString())
    assert read.metadata.project_root == "file:///p"
    assert [one.relative_path for one in read.documents] == ["A.hs", "A.hs"]
    assert list(read.documents[0].occurrences[0].range) == [1, 2, 3]
