"""Published JSON schemas, vendored in tests/schemas, and thatch's own in docs/schemas, as validators."""

import json
from pathlib import Path
from typing import Any

from jsonschema import FormatChecker
from jsonschema.protocols import Validator
from jsonschema.validators import validator_for

REPOSITORY = Path(__file__).parents[2]


def validator(path: Path) -> Validator:
    """What checks values against a schema; the schema itself is checked first."""
    schema = json.loads(path.read_text())
    kind = validator_for(schema)
    kind.check_schema(schema)
    return kind(schema, format_checker=FormatChecker())


def vendored(name: str) -> Validator:
    """One of the schemas in tests/schemas."""
    return validator(REPOSITORY / "tests/schemas" / f"{name}.json")


def own(name: str) -> Validator:
    """One of the schemas in docs/schemas."""
    return validator(REPOSITORY / "docs/schemas" / f"{name}.json")


def complaints(checker: Validator, value: Any) -> list[str]:
    """What a schema has against a value."""
    return [f"{error.json_path}: {error.message}" for error in checker.iter_errors(value)]
