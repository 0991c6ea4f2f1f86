"""Writing GHC's binary encoding and the front of interface files, to see whether our readers take it back."""

from collections.abc import Callable, Iterable
from typing import TypeVar

from attrs import define, field, frozen

from thatch.core.hi.model import (
    Below,
    Dependencies,
    Entity,
    Export,
    FileUsage,
    Fixity,
    HomeInterfaceUsage,
    HomeModule,
    HomeModuleUsage,
    HscSource,
    KnownName,
    ModuleId,
    Name,
    Namespace,
    OccName,
    PackageModuleUsage,
    RequirementUsage,
    Usage,
)
from thatch.core.hi.versions import LAYOUTS, Layout

Value = TypeVar("Value")
Put = Callable[[Value], bytes]

VERSIONS = {"9.6": "9066", "9.8": "9084", "9.10": "9103"}


def word(value: int) -> bytes:
    """An unsigned number."""
    digits = bytearray()
    while value >= 0x80:
        digits.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*digits, value])


def number(value: int) -> bytes:
    """A signed number."""
    digits = bytearray()
    while not -0x40 <= value < 0x40:
        digits.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*digits, value & 0x7F])


def many(items: Iterable[Value], put: Put[Value]) -> bytes:
    """A list."""
    encoded = [put(item) for item in items]
    return number(len(encoded)) + b"".join(encoded)


def optional(value: Value | None, put: Put[Value]) -> bytes:
    """A `Maybe`."""
    return b"\0" if value is None else b"\1" + put(value)


def characters(text: str) -> bytes:
    """A `String`."""
    return many(map(ord, text), word)


def flag(value: bool) -> bytes:
    """A `Bool`."""
    return bytes([value])


def fingerprint(value: str) -> bytes:
    """A hash."""
    return word(int(value[:16], 16)) + word(int(value[16:], 16))


@frozen(kw_only=True)
class Front:
    """What stands in an interface in front of its declarations."""

    way: str
    module: ModuleId
    signature_of: ModuleId | None
    kind: HscSource
    hashes: tuple[str, ...]
    """Source, interface, ABI, flags, optimisation, hpc, plugins, exports."""
    flags: tuple[bool, bool, bool]
    """Orphans, family instances, splices."""
    dependencies: Dependencies
    below: Below
    usages: tuple[Usage, ...]
    exports: tuple[Export, ...]
    fixities: tuple[Fixity, ...]


def encode(front: Front, series: str) -> bytes:
    """A whole file for a series of GHC, with nothing behind the fixities."""
    return _Writer(LAYOUTS[series]).file(front)


@define
class _Writer:
    layout: Layout
    strings: dict[str, int] = field(factory=dict)
    names: dict[Name, int] = field(factory=dict)
    written: bytearray = field(factory=bytearray)

    def file(self, front: Front) -> bytes:
        self.written += b"\x01\xfa\xce\x64" + characters(VERSIONS[self.layout.series]) + characters(front.way)
        self.written += fingerprint(front.hashes[0])
        pointers = len(self.written)
        self.written += bytes(12)
        self.body(front)
        places = [len(self.written)]
        self.written += self.name_table()
        places.append(len(self.written))
        self.written += many(self.strings, self.string)
        places.append(len(self.written))
        self.written += number(0)
        for number_, place in enumerate(reversed(places)):
            start = pointers + 4 * number_
            self.written[start : start + 4] = place.to_bytes(4, "big")
        return bytes(self.written)

    def body(self, front: Front) -> None:
        self.written += self.module(front.module) + optional(front.signature_of, self.module)
        self.written += bytes([front.kind.value]) + b"".join(map(fingerprint, front.hashes[1:7]))
        self.written += flag(front.flags[0]) + flag(front.flags[1])
        self.lazy(self.dependencies(front.dependencies, front.below))
        self.lazy(many(front.usages, self.usage))
        self.written += many(front.exports, self.export) + fingerprint(front.hashes[7])
        self.written += flag(front.flags[2]) + many(front.fixities, self.fixity)

    def lazy(self, encoded: bytes) -> None:
        self.written += (len(self.written) + 4 + len(encoded)).to_bytes(4, "big") + encoded

    def text(self, text: str) -> bytes:
        return word(self.strings.setdefault(text, len(self.strings)))

    def string(self, text: str) -> bytes:
        encoded = text.encode("utf-8", "surrogatepass").replace(b"\0", b"\xc0\x80")
        return number(len(encoded)) + encoded

    def module(self, module: ModuleId) -> bytes:
        return b"\0" + self.text(module.unit) + self.text(module.name)

    def with_boot(self, module: HomeModule) -> bytes:
        return self.text(module.unit) + self.text(module.name) + flag(module.boot)

    def occ(self, occ: OccName) -> bytes:
        parent = self.text(occ.parent) if occ.namespace is Namespace.FIELD else b""
        return bytes([occ.namespace.value]) + parent + self.text(occ.text)

    def name(self, name: Name | KnownName) -> bytes:
        if isinstance(name, KnownName):
            return word(1 << 31 | ord(name.key[0]) << 22 | int(name.key[1:]))
        return word(self.names.setdefault(name, len(self.names)))

    def name_table(self) -> bytes:
        return many(self.names, lambda name: self.module(name.module) + self.occ(name.occ))

    def dependencies(self, direct: Dependencies, below: Below) -> bytes:
        texts = (direct.packages, direct.plugin_packages, direct.trusted_packages, direct.signatures)
        return b"".join(
            [
                many(direct.modules, self.with_boot),
                *(many(items, self.text) for items in texts),
                many(direct.boot_modules, self.with_boot),
                many(below.orphans, self.module),
                many(below.family_instances, self.module),
            ]
        )

    def usage(self, usage: Usage) -> bytes:
        match usage:
            case PackageModuleUsage(module, abi_hash, safe):
                return b"\0" + self.module(module) + fingerprint(abi_hash) + flag(safe)
            case HomeModuleUsage(module, abi_hash, export_hash, entities, safe):
                head = b"\1" + self.text(module.name) + self.text(module.unit) + fingerprint(abi_hash)
                return head + optional(export_hash, fingerprint) + many(entities, self.entity) + flag(safe)
            case FileUsage(path, hash_, label):
                put_path = self.text if self.layout.paths_are_strings else characters
                return b"\2" + put_path(path) + fingerprint(hash_) + optional(label, characters)
            case RequirementUsage(module, abi_hash):
                return b"\3" + self.module(module) + fingerprint(abi_hash)
            case HomeInterfaceUsage(module, interface_hash):
                return b"\4" + self.text(module.name) + self.text(module.unit) + fingerprint(interface_hash)

    def entity(self, entity: Entity) -> bytes:
        return self.occ(entity.occ) + fingerprint(entity.hash)

    def export(self, export: Export) -> bytes:
        if export.parts is None:
            return b"\0" + self.part(export.name)
        if self.layout.fields_are_names:
            return b"\1" + self.name(export.name) + many(export.parts, self.name)
        labels = [b"\1" + self.text(label) + b"\0\1" + word(1 << 31) for label in export.fields]
        return b"\1" + self.name(export.name) + many([*map(self.part, export.parts), *labels], lambda part: part)

    def part(self, name: Name | KnownName) -> bytes:
        return (b"" if self.layout.fields_are_names else b"\0") + self.name(name)

    def fixity(self, fixity: Fixity) -> bytes:
        directions = ("infixl", "infixr", "infix")
        return self.occ(fixity.occ) + b"\0" + number(fixity.precedence) + bytes([directions.index(fixity.direction)])
