"""What the cache holds about one compilation of a module, and its form as bytes; no storage lives here.

An entry as bytes is one JSON object in UTF-8, the same in every tier:

    format          1
    key             static key, hex
    unit, module    strings
    boot            true for an hs-boot file
    dependencies    list of strings "kind value name": one space between
                    the parts; kind and value hold none, the name may
    abi, interface  GHC's own hashes of the result, hex
    artifacts       object: name of an artifact -> digest of its blob
    inputs          object: readable part of the key -> its value
    compile_ms      whole number

Whoever reads it trusts nothing: a store's database may be damaged and a remote store may lie.
"""

import json
import re
from collections.abc import Iterable, Mapping
from enum import StrEnum
from functools import lru_cache
from typing import Any

from attrs import Attribute, field, frozen

from thatch.cache.errors import DamagedEntryError
from thatch.core.artifacts import content_hash

Digest = str
"""The content hash of a blob: BLAKE2b-256 as 64 lower-case hex digits."""

WHOLE = "*"
"""What stands for the unit and the module in an entry about all modules of a project together."""

CRADLE = "*cradle"
"""What stands for the unit in an entry that holds the answer of a build tool."""

INTERFACE, IDE, DIAGNOSTICS, SPLICES, FLAGS = "hi", "hie", "diagnostics", "splices", "flags"
"""The names of the artifacts of a module's entry; `flags` are those of its unit, for explanations."""

ANSWER = "answer"
"""The name of the one artifact of an entry of `CRADLE`."""

ENTRY_FORMAT = 1
"""The version of the bytes that `encode_entry` writes."""

MAX_ENTRY_BYTES = 16 * 1024 * 1024
"""Longer encoded entries are refused unread; real ones take a few kilobytes."""


class DependencyKind(StrEnum):
    """What a dependency's value is a hash of; the words are part of the stored format."""

    ABI = "abi"
    """GHC's ABI hash of an imported home module (`mi_mod_hash`)."""

    INTERFACE = "interface"
    """GHC's hash of an imported home module's whole interface (`mi_iface_hash`)."""

    FILE = "file"
    """The content of a file that the compilation read."""

    PACKAGE = "package"
    """The unit id of the installed package that an import resolved to."""

    ABSENT = "absent"
    """Nothing: the file or home module of that name did not exist, and that mattered."""


def _no_space(_: object, attribute: "Attribute[str]", value: str) -> None:
    if " " in value:
        raise ValueError(f"the {attribute.name} of a dependency holds a space: {value!r}")


@frozen
class Dependency:
    """One input of a compilation that was seen while GHC ran, and verified before its result is used again."""

    kind: DependencyKind
    """What `value` is a hash of."""

    name: str
    """`unit-id:Module`, `unit-id:Module[boot]`, or a file: relative to the workspace root, absolute outside it."""

    value: str = field(validator=_no_space)
    """The hash or unit id that was seen, without spaces; empty for what was absent."""


@frozen
class Entry:
    """A verifying trace: what one compilation depended on, and the artifacts it led to."""

    key: str
    """Static key: the hex hash of all that is known before GHC runs (GHC, way, unit, flags, module, source)."""

    unit: str
    """The unit id of the module."""

    module: str
    """The module's name."""

    boot: bool
    """Whether this is the module's hs-boot file."""

    dependencies: tuple[Dependency, ...]
    """What must be as it was for the artifacts to hold."""

    abi: str
    """GHC's ABI hash of the result (`mi_mod_hash`, hex), by which dependents verify."""

    interface: str
    """GHC's hash of the whole resulting interface (`mi_iface_hash`, hex)."""

    artifacts: Mapping[str, Digest]
    """The blobs by name: `hi`, `hie`, `diagnostics`, ..."""

    inputs: Mapping[str, str]
    """The readable parts of the static key, for explanations."""

    compile_ms: int
    """How long GHC took for the module, in milliseconds."""


def digest_of(content: bytes) -> Digest:
    """The name of a blob with this content."""
    return content_hash(content)


def is_digest(text: str) -> bool:
    """Whether a text has the form of a digest, and so is safe as a file name."""
    return _DIGEST.fullmatch(text) is not None


def identity(entry: Entry) -> Digest:
    """A name for the trace itself: two entries share it exactly if they verify alike.

    What a compilation yields is left out, so that a second compilation of the same thing replaces the first.
    """
    parts = [entry.key, entry.unit, entry.module, str(entry.boot), *sorted(map(_line, entry.dependencies))]
    return digest_of("\0".join(parts).encode("utf-8", "surrogatepass"))


def encode_entry(entry: Entry) -> bytes:
    """The entry as bytes, in the format above."""
    fields = {
        "format": ENTRY_FORMAT,
        "key": entry.key,
        "unit": entry.unit,
        "module": entry.module,
        "boot": entry.boot,
        "dependencies": list(map(_line, entry.dependencies)),
        "abi": entry.abi,
        "interface": entry.interface,
        "artifacts": dict(entry.artifacts),
        "inputs": dict(entry.inputs),
        "compile_ms": entry.compile_ms,
    }
    return json.dumps(fields, separators=(",", ":")).encode()


def decode_entry(data: bytes) -> Entry:
    """The entry that `encode_entry` turned into these bytes.

    Raises DamagedEntryError for anything else, however hostile.
    """
    if len(data) > MAX_ENTRY_BYTES:
        raise DamagedEntryError(message=f"An entry of {len(data)} bytes is too long to be one.")
    try:
        return _entry(json.loads(data))
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError) as problem:
        raise DamagedEntryError(message="These bytes are no entry.", detail=str(problem)) from problem


_DIGEST = re.compile(r"[0-9a-f]{64}")
_HEX = re.compile(r"(?:[0-9a-f]{2}){8,64}")
_KINDS = {kind.value: kind for kind in DependencyKind}


def _entry(fields: dict[str, Any]) -> Entry:
    if fields["format"] != ENTRY_FORMAT:
        raise ValueError("another format")
    key, unit, module = fields["key"], fields["unit"], fields["module"]
    abi, interface = fields["abi"], fields["interface"]
    lines, artifacts, inputs = fields["dependencies"], fields["artifacts"], fields["inputs"]
    _must_be_texts([unit, module, abi, interface, *lines, *inputs, *inputs.values(), *artifacts])
    # Keys and digests become names of files and objects.
    if not _HEX.fullmatch(key) or not all(map(_DIGEST.fullmatch, artifacts.values())):
        raise ValueError("a key or digest is not hexadecimal")
    if type(lines) is not list or type(fields["boot"]) is not bool or type(fields["compile_ms"]) is not int:
        raise ValueError("a value has the wrong type")
    return Entry(
        key=key,
        unit=unit,
        module=module,
        boot=fields["boot"],
        dependencies=tuple(map(_dependency, lines)),
        abi=abi,
        interface=interface,
        artifacts=artifacts,
        inputs=inputs,
        compile_ms=fields["compile_ms"],
    )


def _line(dependency: Dependency) -> str:
    return f"{dependency.kind} {dependency.value} {dependency.name}"


# Modules of one project share most of their dependencies, and splitting text is most of the work of decoding.
@lru_cache(maxsize=1 << 15)
def _dependency(line: str) -> Dependency:
    kind, value, name = line.split(" ", 2)
    return Dependency(_KINDS[kind], name, value)


def _must_be_texts(values: Iterable[object]) -> None:
    # A set of types is built without a step of Python for each value.
    if not set(map(type, values)) <= {str}:
        raise ValueError("a text is not a string")
