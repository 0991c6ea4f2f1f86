"""What is known of names and modules of installed packages, as data; `lookup` finds it out."""

from collections.abc import Mapping
from enum import Enum
from pathlib import Path

from attrs import frozen

from thatch.core.diagnostics import Span
from thatch.core.haddock.document import Document
from thatch.core.hi.model import Fixity, ModuleId, Name, WarningText
from thatch.core.packages.links import Links

NO_LINKS = Links()
NOTHING = Document()


class Origin(Enum):
    """Where documentation comes from."""

    INTERFACE = "interface"
    """What GHC kept of the comments (`-haddock`)."""

    HADDOCK = "haddock"
    """What Haddock left beside its pages."""

    SOURCE = "source"
    """The comments themselves, in the package's source."""

    NONE = "none"
    """There is none."""


@frozen(kw_only=True)
class NameFacts:
    """What is known of a name of an installed package."""

    name: Name
    """In full: the module that defines it."""

    package: str
    """The name and version of its package, such as `containers-0.6.7`."""

    documentation: Document = NOTHING
    """What comments say of it."""

    arguments: Mapping[int, Document] = {}
    """The same of its arguments, counted from 0; the number behind the last one is the result."""

    origin: Origin = Origin.NONE

    references: Mapping[str, str] = {}
    """Pages about names that the comments mention, by the names without their modules."""

    fixity: Fixity | None = None
    warning: WarningText | None = None
    """What users of the name are warned of."""

    links: Links = NO_LINKS


@frozen(kw_only=True)
class PackageModuleFacts:
    """What is known of a module of an installed package."""

    module: ModuleId
    package: str
    description: str = ""
    """What it is about, in one line, where the comment above it tells."""

    documentation: Document = NOTHING
    """What the comment above it says, without the fields at its start."""

    origin: Origin = Origin.NONE
    warning: WarningText | None = None
    links: Links = NO_LINKS


@frozen(kw_only=True)
class SourcePlace:
    """A place in the source of an installed package."""

    path: Path
    """The file as its author wrote it, which a preprocessor may have to read before GHC can."""

    span: Span | None
    """Where the name stands at its definition; None where the text does not show it, or for the whole module."""

    unpacked: bool
    """Whether the file is a copy that thatch unpacked, which cannot be written to."""
