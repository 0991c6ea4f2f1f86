"""What the index knows of one module, as data; where it comes from is in `rows`, how it is kept in `writer`.

Spans are GHC's: lines and columns both 1-based, tabs to multiples of eight, in the text that GHC saw.
"""

from collections.abc import Mapping
from enum import IntEnum
from pathlib import Path
from typing import NamedTuple

from attrs import frozen

from thatch.core.diagnostics import Span
from thatch.core.hi.model import KnownName, ModuleId
from thatch.core.hie.model import ExternalName

MODULE = 5
"""The namespace of modules' names, after those of `thatch.core.hi.model.Namespace`."""

KNOWN = 6
"""The namespace of names that GHC knows by heart; their text is GHC's number for them."""


class NameKey(NamedTuple):
    """What all mentions of one thing have in common, in all modules of a project."""

    namespace: int
    """A `Namespace`'s value, `MODULE` or `KNOWN`."""

    text: str
    unit: str = ""
    module: str = ""
    parent: str = ""
    """Of a field: its first constructor, as in `thatch.core.hi.model.OccName`."""


def name_key(name: ExternalName | KnownName | str) -> NameKey:
    """The key of a name of a top level; a text is the name of a module."""
    match name:
        case str():
            return NameKey(MODULE, name)
        case KnownName():
            return NameKey(KNOWN, name.key)
        case ExternalName(module, occ):
            return NameKey(occ.namespace.value, occ.text, module.unit, module.name, occ.parent)


class Kind(IntEnum):
    """What a definition defines; the values are kept in databases."""

    MODULE = 0
    FUNCTION = 1
    VALUE = 2
    """A binding whose type is no function's."""
    TYPE = 3
    """A data type or a newtype."""
    SYNONYM = 4
    FAMILY = 5
    """A family of types or data types, also one in a class."""
    CLASS = 6
    METHOD = 7
    CONSTRUCTOR = 8
    FIELD = 9
    PATTERN = 10
    """A pattern synonym."""


class Role(IntEnum):
    """What a mention of a name does there; the values are kept in databases."""

    USE = 0
    BINDING = 1
    """Here it is defined."""
    EQUATION = 2
    """The name at the left of an equation behind the first one."""
    SIGNATURE = 3
    IMPORT = 4
    EXPORT = 5
    INSTANCE = 6
    """Here an instance, or the class itself, says what a method or a family of types is."""
    ASSIGN = 7
    """A field is given a value."""
    MATCH = 8
    """A field in a pattern."""
    PUN = 9
    """A field whose name stands for a variable as well, in a pattern or an expression."""
    WILDCARD = 10
    """`..` stands for it."""
    BY_WILDCARD = 11
    """A variable that `..` in a pattern made of a field."""

    @property
    def defines(self) -> bool:
        """Whether it belongs to the name's own definition."""
        return self in {Role.BINDING, Role.EQUATION, Role.SIGNATURE}


class Mention(NamedTuple):
    """A place of a name."""

    span: Span
    role: Role


class Definition(NamedTuple):
    """Something that a module defines at its top level."""

    key: NameKey
    kind: Kind

    label: str
    """The name as users write it."""

    container: NameKey | None
    """The type of a constructor or field, the class of a method, the family of an instance's constructor."""

    span: Span
    """The name; what a splice made lies where the splice is."""

    whole: Span
    """The declaration or binding; the name's own span where GHC tells no more."""


class Instance(NamedTuple):
    """An instance of a class."""

    cls: NameKey

    types: tuple[NameKey, ...]
    """The type constructors that it is for, as far as they are written, in the order of the text."""

    derived: bool
    """Whether it stands in a `deriving` clause or declaration."""

    span: Span
    """Its head without the context, or the class in a `deriving` clause; of one that a splice made, the splice."""

    whole: Span
    """All of it."""


class Body(NamedTuple):
    """What an instance or a class's default says a method is, or an equation of a family of types."""

    name: NameKey
    """The method or family."""

    owner: Span | None
    """The `span` of the instance; None of a default, and of an equation outside an instance."""

    span: Span
    """The name."""

    whole: Span


class Superclass(NamedTuple):
    """A class in the context of another's declaration."""

    cls: NameKey
    superclass: NameKey
    span: Span
    """Where it is named."""


@frozen(eq=False)
class ModuleRows:
    """Everything that the index keeps of one module."""

    module: ModuleId

    text: str
    """The stamp of the source text that it is about (`thatch.core.ghc.stamps.text_stamp`)."""

    definitions: tuple[Definition, ...]

    mentions: Mapping[NameKey, bytes]
    """Where each name is mentioned, packed (`thatch.core.index.packing`)."""

    instances: tuple[Instance, ...]
    bodies: tuple[Body, ...]
    superclasses: tuple[Superclass, ...]


class IndexedModule(NamedTuple):
    """A module that the index knows."""

    unit: str
    name: str
    path: Path

    stamp: str
    """The hash of the `.hie` file that it was read from."""

    text: str
    """As in `ModuleRows`."""
