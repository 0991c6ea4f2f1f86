"""What is offered at a place, as data."""

from enum import Enum, IntEnum

from attrs import frozen

from thatch.core.hi.model import Name


class Kind(Enum):
    """What something is that is offered."""

    VARIABLE = "variable"
    FUNCTION = "function"
    """A value of some top level, whether it takes arguments or not."""

    METHOD = "method"
    FIELD = "field"
    CONSTRUCTOR = "constructor"
    TYPE = "type"
    CLASS = "class"
    TYPE_VARIABLE = "type variable"
    MODULE = "module"
    KEYWORD = "keyword"
    PRAGMA = "pragma"
    EXTENSION = "extension"
    OPTION = "option"


class Origin(IntEnum):
    """Where something that is offered comes from, the nearest first."""

    LOCAL = 0
    """It is bound around the place."""

    OWN = 1
    """It is defined at the module's top level."""

    LISTED = 2
    """An import names it."""

    IMPORTED = 3
    """An import without a list brings it."""

    LANGUAGE = 4
    """A keyword, a pragma, an option."""

    LEFT_OUT = 5
    """An import of its module has a list without it."""

    IMPORTABLE = 6
    """It would have to be imported."""


@frozen(kw_only=True)
class Candidate:
    """Something that is offered, or could be."""

    label: str
    """What stands in the text, behind a qualifier if one was typed."""

    kind: Kind
    origin: Origin

    name: Name | None = None
    """In full, if it is of some top level and known to GHC."""

    parent: str = ""
    """The type or class that it is a part of."""

    module: str = ""
    """The module that it comes from, or would be imported from."""

    seldom: bool = False
    """Whether few would import it like that: from an internal module, or from one that is meant to be qualified."""

    detail: str = ""
    """Its type, where that is known without asking further."""

    snippet: str = ""
    """What to insert instead of the label where placeholders can be shown, in the syntax of LSP."""

    @property
    def needs_import(self) -> bool:
        """Whether an import must be added or extended for it."""
        return self.origin >= Origin.LEFT_OUT


@frozen
class Completions:
    """What is offered at a place."""

    start: int
    """The offset at which the name begins that is being typed; it ends at the place."""

    candidates: tuple[Candidate, ...]
    """The best first."""

    complete: bool
    """Whether nothing was left out that fits what was typed, so that more letters only make fewer of these."""

    qualifier: str = ""
    """What stands before the name and its dot."""


NONE = Completions(0, (), complete=False)
