"""Reading an interface file; what it says is in `model`, the differences between versions in `versions`.

The layout, from GHC's `compiler/GHC/Iface/Binary.hs` (header and tables) and `GHC/Unit/Module/ModIface.hs` (body) of
9.6.6 and 9.10.3; the encodings are those of `thatch.core.binary.ghc_binary`, `lazy` is a pointer behind the value and
then the value:

    magic          01 FA CE 64, not variable in length; on 32-bit machines 00 01 FA CE
    version        String, such as "9066"
    way            String: "" or such as "dyn", "p"
    source hash    Fingerprint
    pointer        to the extension fields, at the end of the file
    pointer        to the string table, behind the name table
    pointer        to the name table, behind the body
    body           module, Maybe Module (implemented signature), tag (source, boot, signature)
                   six Fingerprints: interface, ABI, flags, optimisation, hpc, plugins
                   Bool, Bool: has orphans, has family instances
                   lazy dependencies, lazy usages, exports
                   Fingerprint of the exports, Bool: used splices, fixities
                   lazy warnings, lazy annotations
                   declarations with a Fingerprint each, Maybe extra declarations (Core: the file is "fat")
                   class instances, family instances, lazy rules
                   Fingerprint of the orphans, Bool: hpc, two bytes of Safe Haskell, complete matches
                   Maybe lazy documentation

What is in front of the declarations is read at once; the rest when it is asked for: there is no pointer over the
declarations, so that they must be walked over.
"""

from collections.abc import Mapping
from functools import cached_property

from attrs import field, frozen

from thatch.core.binary.ghc_binary import GhcCursor, StringTable
from thatch.core.hi.body import BodyReader, ListPlace
from thatch.core.hi.entities import implicit_hash
from thatch.core.hi.model import (
    Below,
    Declaration,
    Dependencies,
    Documentation,
    Entity,
    Export,
    Fixity,
    HscSource,
    ModuleId,
    Name,
    OccName,
    Usage,
    Warnings,
)
from thatch.core.hi.names import NameTable
from thatch.core.hi.rest import CorePlace, EncodedDeclarations, Rest
from thatch.core.hi.versions import layout_of

MAGIC = 0x01FACE64
MAGIC_32_BIT = 0x0001FACE


@frozen(kw_only=True)
class Interface:
    """What an interface file says of its module.

    Hashes are 32 hexadecimal digits, as `ghc --show-iface` prints them.  Properties are decoded when they are asked
    for, and raise `DecodeError` if that part of the file is damaged.
    """

    version: str
    """GHC's version as it writes it here: `9066` for 9.6.6."""

    series: str
    """Such as `9.6`."""

    way: str
    """The way of the code: empty, `dyn`, `p`, ..."""

    module: ModuleId

    signature_of: ModuleId | None
    """For an instantiated signature: the module that implements it."""

    kind: HscSource

    source_hash: str
    """MD5 of the source file."""

    interface_hash: str
    """Covers the ABI, the source, the usages and the dependencies: all that can change the code."""

    abi_hash: str
    """Covers the declarations (not bodies, at -O0), the exports, orphans and deprecations (`mi_mod_hash`)."""

    flag_hash: str
    """Covers language flags and those of the preprocessor, among them include folders as GHC saw them."""

    optimisation_hash: str
    hpc_hash: str
    plugin_hash: str

    has_orphans: bool
    """Whether it has orphan instances or rules."""

    has_family_instances: bool

    dependencies: Dependencies
    usages: tuple[Usage, ...]

    export_hash: str
    """Covers the exported names, and the orphans and family instances below."""

    used_splices: bool
    """Whether Template Haskell ran."""

    fixities: tuple[Fixity, ...]

    _rest: Rest = field(repr=False, eq=False)

    @property
    def below(self) -> Below:
        """The modules below with orphans or family instances."""
        return self._rest.below

    @property
    def exports(self) -> tuple[Export, ...]:
        """What the module exports, in GHC's order."""
        return self._rest.exports

    @property
    def warnings(self) -> Warnings:
        """The `WARNING` and `DEPRECATED` pragmas that users of the module hear of."""
        return self._rest.warnings

    @property
    def declarations(self) -> tuple[Declaration, ...]:
        """All that the module declares, exported or not: functions, types, classes, axioms."""
        return self._rest.declarations

    @property
    def encoded_declarations(self) -> EncodedDeclarations:
        """The same with all that is declared, for `thatch.core.hi.declarations` to read."""
        return self._rest.encoded_declarations

    @property
    def is_fat(self) -> bool:
        """Whether it holds Core of all bindings, from which GHC can make code."""
        return self._rest.is_fat

    @property
    def core(self) -> CorePlace | None:
        """Where this Core stands in the file; None where there is none.  All of it is walked over to find that."""
        return self._rest.core

    @property
    def has_functions_of_unknown_arity(self) -> bool:
        """Whether GHC 9.6 may fail to link the code that it makes of this Core, all of which is walked over.

        It does so for modules with a function that was made of a constructor, as in `mk = N` for a newtype's: a binding
        `mk1` of which the interface does not say that it is a function, and `mk`, which is that with another type.
        """
        return self._rest.has_functions_of_unknown_arity

    @property
    def family_instances_below(self) -> ListPlace:
        """Where the last list of `below` stands in the file, and its modules."""
        return self._rest.family_instances_below

    @property
    def documentation(self) -> Documentation | None:
        """What comments say; None for a module that was compiled without `-haddock`."""
        return self._rest.documentation

    @property
    def orphan_hash(self) -> str:
        """Covers the orphan instances and rules.  In a fat file all Core is walked over to find it."""
        return self._rest.orphan_hash

    def still_has(self, entity: Entity) -> bool:
        """Whether something that was used of this module has the hash that it had then.

        It is GHC's own check of a `HomeModuleUsage`, entity by entity (`checkEntityUsage` in
        `GHC/Iface/Recomp.hs`).  It says nothing of deprecations.
        """
        if self._hashes.get(entity.occ) == entity.hash:
            return True
        return any(implicit_hash(declared.hash, entity.occ) == entity.hash for declared in self.declarations)

    @cached_property
    def _hashes(self) -> Mapping[OccName, str]:
        return {declared.name.occ: declared.hash for declared in self.declarations if isinstance(declared.name, Name)}


def read_interface(data: bytes | memoryview) -> Interface:
    """Read the content of an interface file.

    Raises `UnknownInterfaceError` if no layout is known for its GHC, and `DecodeError` if it is damaged.
    """
    data = bytes(data)
    header = Header(data)
    cursor = GhcCursor(data, header.strings, header.body, header.body_end)
    return cursor.part("body", lambda: _read_body(header, cursor))


class Header:
    """The header and what it points to."""

    def __init__(self, data: bytes) -> None:
        cursor = GhcCursor(data, StringTable(data, len(data)))
        self._cursor = cursor
        cursor.part("magic number", self._check_magic)
        start = cursor.position
        self.version = cursor.part("version", cursor.characters)
        self.layout = layout_of(self.version, start)
        self.way = cursor.part("way", cursor.characters)
        self.source_hash = cursor.part("source hash", cursor.fingerprint)
        self.pointers_at = cursor.position
        self.extensions = cursor.part("extension fields", self._pointer)
        self.strings = StringTable(data, cursor.part("string table", self._pointer))
        self.body_end = cursor.part("name table", self._pointer)
        self.body = cursor.position
        self.names = NameTable(GhcCursor(data, self.strings, self.body_end), self.layout)

    def _check_magic(self) -> None:
        if self._cursor.word32() not in (MAGIC, MAGIC_32_BIT):
            raise self._cursor.error("the start of an interface file", 0)

    def _pointer(self) -> int:
        """A pointer to something behind it."""
        start = self._cursor.position
        target = self._cursor.word32()
        if not self._cursor.position <= target <= self._cursor.end:
            raise self._cursor.error(f"a pointer below {self._cursor.end}, not {target}", start)
        return target


def _read_body(header: Header, cursor: GhcCursor) -> Interface:
    reader = BodyReader(cursor, header.layout)
    part = cursor.part
    return Interface(
        version=header.version,
        series=header.layout.series,
        way=header.way,
        source_hash=header.source_hash,
        # From here on the order is that of the file.
        module=part("module", reader.module),
        signature_of=part("implemented signature", lambda: reader.optional(reader.module)),
        kind=HscSource(part("kind", lambda: cursor.tag(len(HscSource)))),
        interface_hash=part("interface hash", cursor.fingerprint),
        abi_hash=part("ABI hash", cursor.fingerprint),
        flag_hash=part("flag hash", cursor.fingerprint),
        optimisation_hash=part("optimisation hash", cursor.fingerprint),
        hpc_hash=part("hpc hash", cursor.fingerprint),
        plugin_hash=part("plugin hash", cursor.fingerprint),
        has_orphans=part("orphan flag", cursor.flag),
        has_family_instances=part("family instance flag", cursor.flag),
        dependencies=part("dependencies", reader.dependencies),
        usages=part("usages", lambda: reader.lazy(reader.usages)),
        export_hash=reader.export_hash(),
        used_splices=part("splice flag", cursor.flag),
        fixities=part("fixities", reader.fixities),
        rest=Rest(cursor, header.layout, header.names, reader.below_at, reader.exports_at),
    )
