"""What a `.hie` file says, as data; decoding lives in `reader`.

A file holds thousands of these.  They are named tuples because those are made in a third of the time.
"""

from enum import Enum
from typing import NamedTuple

from thatch.core.diagnostics import Span
from thatch.core.hi.model import KnownName, ModuleId, OccName


class ExternalName(NamedTuple):
    """A name of the top level of some module."""

    module: ModuleId
    occ: OccName
    span: Span | None
    """Where it is defined; None for a name of an installed package."""

    file: str
    """The file of the span, as GHC was told it; empty without one."""


class LocalName(NamedTuple):
    """A name that is bound inside the module; names with different numbers are different."""

    occ: OccName
    span: Span | None
    """Where it is bound; None for what GHC made up."""

    number: int
    """Its place in the file's table of names."""


Name = ExternalName | LocalName | KnownName


class WholeModule(Enum):
    """The scope of what the whole module can see."""

    MODULE = "module"


Scope = Span | WholeModule | None
"""Where a name can be used; None: nowhere."""


class ContextKind(Enum):
    """How an identifier occurs (`ContextInfo`); the values are GHC's tags."""

    USE = 0
    IMPORT_OR_EXPORT = 1
    TYPE_SIGNATURE = 2
    """Left of the `::`."""
    VALUE_BINDING = 3
    PATTERN_BINDING = 4
    CLASS_DECLARATION = 5
    DECLARATION = 6
    TYPE_VARIABLE_BINDING = 7
    FIELD = 8
    MATCH = 9
    """The name at the left of an equation."""
    EVIDENCE_BINDING = 10
    EVIDENCE_USE = 11


class Context(NamedTuple):
    """One way in which an identifier occurs at a node."""

    kind: ContextKind

    detail: str = ""
    """What GHC adds, in the words of its constructors: `Import`, `InstanceBind`, `DataDec`, `RecFieldOcc`, ..."""

    scopes: tuple[Scope, ...] = ()
    """Where a name that is bound here can be used."""

    span: Span | None = None
    """The whole binding or declaration."""

    names: tuple[Name, ...] = ()
    """Of evidence: the class of the instance, or the evidence that it is built from.

    Of a type variable whose scope is not resolved: the definitions over which it reaches.
    """


class Identifier(NamedTuple):
    """A name, or a module's name, at a node."""

    name: Name | str
    type: int | None
    """The index of its type at this place."""

    contexts: tuple[Context, ...]


class NodeInfo(NamedTuple):
    """What is known of a node, either from the source or from what GHC generated for it."""

    generated: bool
    annotations: tuple[tuple[str, str], ...]
    """The constructor of GHC's syntax tree and its type, such as `("HsVar", "HsExpr")`."""

    types: tuple[int, ...]
    """The indexes of its types, if it is an expression or a pattern; `type_choice` tells which is which."""

    identifiers: tuple[Identifier, ...]


class TypeVariable(NamedTuple):
    """`a`."""

    name: Name


class Application(NamedTuple):
    """`f a`, of something that is no type constructor."""

    function: int
    arguments: tuple[tuple[bool, int], ...]
    """Whether each is written (or only inferred), and its type's index."""


class ConstructorApplication(NamedTuple):
    """`T a b`."""

    constructor: Name
    promoted: bool
    sort: str
    """Empty, or `tuple`, `unboxed tuple`, `constraint tuple`, `unboxed sum`, `equality`."""

    arguments: tuple[tuple[bool, int], ...]
    """Whether each is written (or only inferred), and its type's index."""

    arity: int = 0
    """Of a tuple or sum: its width, whether that many arguments are there or not."""


class ForAll(NamedTuple):
    """`forall a. t`."""

    variable: Name
    kind: int
    visibility: int
    """0: `forall a ->`; 1: `forall a.`; 2: inferred, `forall {a}.`."""

    body: int


class Function(NamedTuple):
    """`a -> b`."""

    multiplicity: int
    argument: int
    result: int


class Qualified(NamedTuple):
    """`c => t`."""

    constraint: int
    body: int


class Literal(NamedTuple):
    """A number, a string or a character on the type level."""

    value: int | str
    character: bool


class Cast(NamedTuple):
    """A type under a coercion, which is not kept."""

    body: int


class Coercion(NamedTuple):
    """A coercion, which is not kept."""


Type = (
    TypeVariable
    | Application
    | ConstructorApplication
    | ForAll
    | Function
    | Qualified
    | Literal
    | Cast
    | Coercion
)  # fmt: skip
