"""Settings as editors and `thatch.toml` give them, by keys, read into `Settings`; not where they come from."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, get_type_hints

import cattrs
from attrs import Attribute, field, fields, frozen

from thatch.core.sandbox.mode import SandboxMode
from thatch.core.settings import Settings

SECTION = "thatch"
"""The section of an editor's settings that is ours."""

CLIENT_KEYS = frozenset({"expansionDocuments", "runInTerminal", "statusNotification", "trace", "trusted"})
"""Keys in the section that editors read themselves or that are about the connection; no warning is due."""

IGNORED = "; it was ignored."
"""How every problem ends that is about a single key."""

EXPECTED: Mapping[Any, str] = {
    str: "a string",
    bool: "true or false",
    int: "a whole number, 0 or more",
    float: "a number above 0",
    Path: "a path (a string)",
    tuple[str, ...]: "a list of strings",
    SandboxMode: " or ".join(f'"{mode.value}"' for mode in SandboxMode),
}
"""How to say what a setting must be, for each type that a setting may have."""


@frozen
class Reading:
    """Settings and what was wrong with their source."""

    settings: Settings

    problems: tuple[str, ...] = field(default=())
    """For the user, one sentence for each key with a wrong value; such a key is as if not given."""

    unknown: tuple[str, ...] = field(default=())
    """Keys that mean nothing here."""


def read_settings(*sources: object) -> Reading:
    """Settings from JSON objects with camelCase keys, later sources over earlier ones.

    A source may be the section itself or an object that holds it under `thatch`; null means nothing is given.
    """
    given: dict[str, Any] = {}
    problems: list[str] = []
    for source in sources:
        section = _section(source)
        if section is None:
            problems.append(f"The setting {SECTION} must be an object of settings; it was ignored.")
        else:
            given.update(_flat(section))
    values: dict[str, Any] = {}
    unknown = []
    for key, value in given.items():
        attribute = _ATTRIBUTES.get(key)
        if attribute is None:
            unknown.append(key)
        elif value is not None:
            _read_one(key, value, attribute, values, problems)
    return Reading(Settings(**values), tuple(problems), tuple(sorted(set(unknown) - CLIENT_KEYS)))


def key_of(attribute: "Attribute[Any]") -> str:
    """The key of an attribute: `cradle_timeout` is `cradleTimeout`, unless it names another one."""
    key: str = attribute.metadata.get("key") or re.sub(r"_(\w)", lambda match: match[1].upper(), attribute.name)
    return key


def type_of(attribute: "Attribute[Any]") -> Any:
    """The type of a setting."""
    return get_type_hints(Settings)[attribute.name]


def make_converter() -> cattrs.Converter:
    """A converter that takes no value for another type's: neither `"4"` nor `true` is a number."""
    converter = cattrs.Converter()
    converter.register_structure_hook(str, _string)
    converter.register_structure_hook(bool, _truth)
    converter.register_structure_hook(int, _whole_number)
    converter.register_structure_hook(float, _number)
    converter.register_structure_hook(Path, lambda value, _: Path(_string(value, str)).expanduser())
    converter.register_structure_hook_func(lambda kind: kind == tuple[str, ...], _strings)
    return converter


def _section(source: object) -> dict[str, Any] | None:
    if source is None:
        return {}
    if not isinstance(source, dict):
        return None
    if SECTION in source:
        return _section(source[SECTION])
    return source


def _flat(section: Mapping[str, Any]) -> dict[str, Any]:
    """The section with the members of the objects that group settings under keys such as `splices.seconds`."""
    flat: dict[str, Any] = {}
    for key, value in section.items():
        if isinstance(value, dict) and any(known.startswith(f"{key}.") for known in _ATTRIBUTES):
            flat.update({f"{key}.{inner}": one for inner, one in value.items()})
        else:
            flat[key] = value
    return flat


def _read_one(
    key: str, value: object, attribute: "Attribute[Any]", values: dict[str, Any], problems: list[str]
) -> None:
    kind = type_of(attribute)
    try:
        values[attribute.name] = _CONVERTER.structure(value, kind)
    except (TypeError, ValueError, RuntimeError):
        given = str(value) if len(str(value)) <= 40 else f"{str(value)[:40]}..."
        problems.append(f"The setting {SECTION}.{key} must be {EXPECTED[kind]}, not {given!r}{IGNORED}")


def _string(value: object, _: object) -> str:
    if not isinstance(value, str) or "\0" in value:
        raise TypeError
    return value


def _truth(value: object, _: object) -> bool:
    if not isinstance(value, bool):
        raise TypeError
    return value


def _whole_number(value: object, _: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise TypeError
    return value


def _number(value: object, _: object) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool) or not 0 < value < float("inf"):
        raise TypeError
    return float(value)


def _strings(value: object, _: object) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise TypeError
    return tuple(_string(item, str) for item in value)


_ATTRIBUTES = {key_of(attribute): attribute for attribute in fields(Settings)}
_CONVERTER = make_converter()
