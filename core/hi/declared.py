"""What a module declares, with its types, as data; reading it is in `declarations`, printing it in `declared_text`.

The types of a declaration stand in one sequence and refer to one another by index, as those of a `.hie` file do.
"""

from collections.abc import Sequence
from enum import Enum
from typing import NamedTuple

from attrs import field, frozen

from thatch.core.hie.model import ExternalName, LocalName, Type


class Binder(NamedTuple):
    """A type variable that is bound somewhere."""

    variable: LocalName

    kind: int
    """The index of its kind."""

    visibility: int
    """As that of a `ForAll`: 0 if an argument for it is written, 1 if it can be, 2 if it cannot."""

    dependent: bool = True
    """Whether what follows may mention it; else it is an argument without a name, as the kind of `Maybe` has."""


class Argument(NamedTuple):
    """An argument of a constructor."""

    type: int

    strict: bool
    """Whether the constructor evaluates it."""

    field: str = ""
    """The label of the field, if it has one."""


class Equation(NamedTuple):
    """An equation of a type family."""

    variables: tuple[Binder, ...]

    left: int
    """The family with its arguments."""

    right: int


class Dependency(NamedTuple):
    """A functional dependency, by the names of the class's variables."""

    left: tuple[str, ...]
    right: tuple[str, ...]


class Connective(Enum):
    """How a formula is made from others; the values are GHC's tags."""

    AND = 1
    OR = 2
    PARENTHESES = 3


class Formula(NamedTuple):
    """Which methods an instance must have at least: a name of one, or a formula of others."""

    name: str = ""
    connective: Connective | None = None
    parts: "tuple[Formula, ...]" = ()


@frozen(kw_only=True)
class Declared:
    """Something that a module declares."""

    name: ExternalName

    types: Sequence[Type] = field(repr=False)
    """All types that it mentions."""

    type: int
    """The index of its type; of a type or a class, of its kind."""

    parent: ExternalName | None = None
    """The type, class or pattern synonym that it is a part of; of an instance of a data family, the family."""


@frozen(kw_only=True)
class Value(Declared):
    """A function, or anything else that has a value; with a parent it is a record field.

    A field that cannot be selected, since its constructor hides a type in it, has no type (an index that is none).
    """


@frozen(kw_only=True)
class Constructor(Declared):
    """A constructor of a data type, with the type that it has in expressions."""

    infix: bool
    """Whether it was declared between its arguments."""

    variables: tuple[Binder, ...]
    """All that it quantifies over; those of the type come first, unless it was declared with its type."""

    context: tuple[int, ...]
    arguments: tuple[Argument, ...]
    result: int


@frozen(kw_only=True)
class Method(Declared):
    """A method of a class, with the type that it has outside of the class."""

    own_type: int
    """Its type within the class."""

    default: int | None
    """The type of its default method, if a signature tells that it has another one."""


@frozen(kw_only=True)
class DataType(Declared):
    """A data type, or an instance of a data family."""

    keyword: str
    """`data`, `newtype` or `type data`."""

    binders: tuple[Binder, ...]
    result_kind: int

    context: tuple[int, ...]
    """Of the datatype context that Haskell 2010 has no more."""

    constructors: tuple[Constructor, ...]
    """All of them; none if they are not known, as in an `.hs-boot` file."""

    with_types: bool
    """Whether its constructors were declared with their types, in the syntax of GADTs."""

    instance: int | None
    """Of an instance: the family with its arguments."""


@frozen(kw_only=True)
class Synonym(Declared):
    """A type synonym."""

    binders: tuple[Binder, ...]
    result_kind: int
    right: int


class FamilySort(Enum):
    """Who adds equations to a type family; the values are GHC's tags."""

    DATA = 0
    OPEN = 1
    CLOSED = 2
    ABSTRACT = 3
    """Closed, with equations that are not known."""


@frozen(kw_only=True)
class Family(Declared):
    """A type family or data family; its parent is the class that it is associated with."""

    sort: FamilySort
    binders: tuple[Binder, ...]
    result_kind: int

    result: str
    """The name of the result, if it has one."""

    injective: tuple[bool, ...]
    """Which arguments the result determines; empty if it determines none."""

    equations: tuple[Equation, ...]
    """Of a closed family all; of an open one those that this module adds."""


class Associated(NamedTuple):
    """A family that is associated with a class."""

    family: Family
    default: int | None


@frozen(kw_only=True)
class Class(Declared):
    """A type class."""

    binders: tuple[Binder, ...]
    superclasses: tuple[int, ...]
    dependencies: tuple[Dependency, ...]
    families: tuple[Associated, ...]
    methods: tuple[Method, ...]

    minimal: Formula | None
    """None if nothing is required."""

    abstract: bool
    """Whether nothing but its head is known, as in an `.hs-boot` file."""


@frozen(kw_only=True)
class PatternSynonym(Declared):
    """A pattern synonym, with the type that it has in expressions."""

    universal: tuple[Binder, ...]
    required: tuple[int, ...]
    existential: tuple[Binder, ...]
    provided: tuple[int, ...]

    body: int
    """The function from its arguments to what it matches."""

    fields: tuple[str, ...]
