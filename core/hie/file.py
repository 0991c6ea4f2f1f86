"""A whole `.hie` file."""

from collections.abc import Mapping, Sequence

from attrs import frozen

from thatch.core.hi.model import ModuleId
from thatch.core.hie.model import Name, Type
from thatch.core.hie.tree import SyntaxTree


@frozen(eq=False)
class HieFile:
    """What GHC knew of a module when it compiled it.

    Its parts are decoded when they are asked for, by any thread; asking for a damaged one raises `DecodeError`.
    """

    version: str
    """The GHC that wrote it, such as `9.6.6`."""

    path: str
    """The source file, as GHC was told it."""

    module: ModuleId

    names: Sequence[Name]
    """All names that occur anywhere in it."""

    types: Sequence[Type]
    """They refer to one another by index, each to types before it."""

    trees: Mapping[str, SyntaxTree]
    """The syntax tree of each file that the module was made from; there are several with `#include` or LINE pragmas."""

    tree: SyntaxTree
    """The tree of the source file itself, not of what it includes; empty if there is none."""

    source: bytes
    """The source text as GHC read it, after no preprocessor."""
