"""What an interface says, as data; decoding lives in `reader`."""

from collections.abc import Mapping
from enum import Enum

from attrs import frozen


class HscSource(Enum):
    """Which file the interface stands for; the values are GHC's tags."""

    SOURCE = 0
    """An ordinary module."""

    BOOT = 1
    """An `.hs-boot` file."""

    SIGNATURE = 2
    """A Backpack signature (`.hsig`)."""


class Namespace(Enum):
    """What kind of thing an `OccName` names; the values are GHC's tags."""

    VARIABLE = 0
    CONSTRUCTOR = 1
    TYPE_VARIABLE = 2
    TYPE = 3
    """A type constructor or a class."""

    FIELD = 4
    """A record field, where GHC keeps fields apart (since 9.8)."""


@frozen(order=True)
class ModuleId:
    """A module and its unit."""

    unit: str
    """The unit's id, such as `base-4.18.2.1` or `main`."""

    name: str

    def __str__(self) -> str:
        return f"{self.unit}:{self.name}"


@frozen
class OccName:
    """A name without its module."""

    text: str
    namespace: Namespace

    parent: str = ""
    """For a field: its first constructor, by which GHC tells fields of one name apart."""

    @property
    def as_written(self) -> "OccName":
        """The name that users write: GHC before 9.8 makes `$sel:field:Constructor` of fields that share a name."""
        if not self.text.startswith("$sel:"):
            return self
        _, label, *rest = self.text.split(":")
        return OccName(label, Namespace.FIELD, ":".join(rest))


@frozen
class Name:
    """A name of the top level of some module."""

    module: ModuleId
    occ: OccName


@frozen
class KnownName:
    """A name that GHC knows by heart; the interface gives only its number in GHC's own table."""

    key: str
    """GHC's tag character and the number, such as `3a`."""


@frozen
class Export:
    """One export: a name, or a parent with those of its parts that are exported."""

    name: Name | KnownName
    """The name; of a type or a class, the parent."""

    parts: tuple[Name | KnownName, ...] | None = None
    """None for what is no type and no class; else what is exported of it, itself included if it is."""

    fields: tuple[str, ...] = ()
    """Labels of exported record fields, where GHC gives these instead of names (before 9.8)."""


@frozen
class HomeModule:
    """A module of one of the units that GHC compiled together."""

    unit: str
    name: str
    boot: bool
    """Whether its `.hs-boot` file is meant."""


@frozen
class Dependencies:
    """What the module depends on; each list in GHC's order."""

    modules: tuple[HomeModule, ...]
    """Directly imported home modules."""

    packages: tuple[str, ...]
    """Unit ids of directly imported packages."""

    plugin_packages: tuple[str, ...]
    """Unit ids of the packages of plugins that were in use."""

    trusted_packages: tuple[str, ...]
    """Unit ids that must be trusted (Safe Haskell)."""

    signatures: tuple[str, ...]
    """Signatures of this unit, at any depth."""

    boot_modules: tuple[HomeModule, ...]
    """Home modules with a boot file at any depth, and which of the two counts."""


@frozen
class Below:
    """Modules at any depth below, in packages too, that every compilation above them must know of."""

    orphans: tuple[ModuleId, ...]
    """Modules with orphan instances or rules."""

    family_instances: tuple[ModuleId, ...]
    """Modules with instances of type families."""


@frozen
class Entity:
    """Something used of a home module, and the hash it had."""

    occ: OccName
    hash: str


@frozen
class PackageModuleUsage:
    """A module of a package was imported or used."""

    module: ModuleId

    abi_hash: str
    """The `abi_hash` of its interface."""

    safe: bool
    """Whether it was a safe import."""


@frozen
class HomeModuleUsage:
    """A home module was imported or used."""

    module: ModuleId

    abi_hash: str
    """The `abi_hash` of its interface."""

    export_hash: str | None
    """The `export_hash` of its interface if it was imported directly; None if only names of it were used."""

    entities: tuple[Entity, ...]
    """What was used of it."""

    safe: bool
    """Whether it was a safe import."""


@frozen
class HomeInterfaceUsage:
    """A home module's code ran during compilation (in a splice or a plugin), so that all of it counts."""

    module: ModuleId

    interface_hash: str
    """The `interface_hash` of its interface."""


@frozen
class FileUsage:
    """A file was read: `#include`, `addDependentFile`, or linked for a splice or a plugin."""

    path: str
    """As GHC or the splice wrote it; a relative one counts from GHC's working folder."""

    hash: str
    """MD5 of the content."""

    label: str | None
    """What GHC calls the file when it changed; None for its path."""


@frozen
class RequirementUsage:
    """A signature was merged into this one."""

    module: ModuleId
    abi_hash: str


Usage = PackageModuleUsage | HomeModuleUsage | HomeInterfaceUsage | FileUsage | RequirementUsage


@frozen
class Fixity:
    """How an operator of the module binds."""

    occ: OccName

    precedence: int
    """0 to 9; -1 for the function arrow."""

    direction: str
    """`infixl`, `infixr` or `infix`."""


@frozen
class WarningText:
    """What a `WARNING` or `DEPRECATED` pragma says."""

    deprecated: bool
    """Whether it is a `DEPRECATED` pragma."""

    lines: tuple[str, ...]

    category: str = ""
    """The category of a `WARNING` pragma, if it has one (since GHC 9.8)."""


@frozen
class Warnings:
    """Pragmas that make users of the module see a warning."""

    module: WarningText | None = None
    """About all of the module; then there are no others."""

    names: tuple[tuple[OccName, WarningText], ...] = ()
    """About names that the module defines."""

    exports: tuple[tuple[Name | KnownName, WarningText], ...] = ()
    """About names as this module exports them (since GHC 9.8)."""


@frozen
class Declaration:
    """A declaration of the module: its main name and hash."""

    name: Name | KnownName
    hash: str
    """Covers the declaration with its fixity and instances and all that it refers to, but no deprecation."""


@frozen
class DocumentationComment:
    """A comment that documents something."""

    text: str
    """In Haddock's markup, with the line breaks and the blanks of the comment but without its dashes and braces."""

    identifiers: tuple[Name | KnownName, ...] = ()
    """What the identifiers in the text mean; one that could mean several things stands here several times."""


@frozen(kw_only=True)
class Documentation:
    """What comments say of a module and its names, where it was compiled with `-haddock`."""

    module: DocumentationComment | None
    """What stands above the module's header."""

    exports: Mapping[Name | KnownName, DocumentationComment]
    """What stands in the list of exports (since GHC 9.10)."""

    names: Mapping[Name | KnownName, tuple[DocumentationComment, ...]]
    """What stands at declarations, instances and their parts."""

    arguments: Mapping[Name | KnownName, Mapping[int, DocumentationComment]]
    """What stands at arguments, counted from 0; the number behind the last one is the result."""
