"""How names are spelled in the module that shows them, by what its imports bring into scope.

`thatch.core.th.scope.ModuleScope` is exact, but reads interfaces; `ImportsScope` guesses from the imports alone.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

from thatch.core.hi.model import KnownName
from thatch.core.hie.model import ExternalName, Name
from thatch.core.th.imports import ImportDeclaration
from thatch.core.th.names import Space
from thatch.core.th.packages import SPACES

UNKNOWN = "_"
"""Stands for a `KnownName` that was not resolved, as it does for any type in a signature."""


class NameScope(Protocol):
    """What is in scope at the top level of a module."""

    def qualifier(self, occ: str, module: str, space: Space) -> str | None:
        """What stands before the dot of the name of a thing that some module defines.

        Empty if the bare name means the thing; None if it is not in scope.
        """
        ...


def speller(scope: NameScope) -> Callable[[Name], str]:
    """How names are written where that is in scope: unqualified if possible, or if nothing is known to be right.

    Operators get no parentheses.
    """

    def spell(name: Name) -> str:
        if isinstance(name, KnownName):
            return UNKNOWN
        if not isinstance(name, ExternalName):
            return name.occ.text
        space = SPACES.get(name.occ.namespace, Space.TYPE)
        qualifier = scope.qualifier(name.occ.text, name.module.name, space)
        return f"{qualifier}.{name.occ.text}" if qualifier else name.occ.text

    return spell


class ImportsScope:
    """What the imports of a module probably bring into scope, by the names of modules alone."""

    def __init__(self, module: str, imports: Sequence[ImportDeclaration]) -> None:
        self._module = module
        self._imports = imports

    def qualifier(self, occ: str, module: str, space: Space) -> str | None:
        """What probably stands before the dot: that of an import that lists the name or seems to be of its library."""
        if module == self._module:
            return ""
        listing = [each for each in self._imports if not each.hiding and _lists(each, occ)]
        if not listing and occ in _PRELUDE and any(_is_prelude(each) for each in self._imports):
            return ""
        bringing = [each for each in self._imports if _may_bring(each, occ)]
        listed, closest = (
            max((_kinship(each.module, module) for each in some), default=0) for some in (listing, bringing)
        )
        # `Text` of `Data.Text` is not that of `Data.Text.Lazy`, which is closer to what defines the latter.
        if listing and not 0 < listed < closest:
            return _shortest(listing)
        return _shortest(each for each in bringing if _kinship(each.module, module) == closest) if closest else None


def _is_prelude(declaration: ImportDeclaration) -> bool:
    return declaration.module == "Prelude" and not declaration.qualified


def _lists(declaration: ImportDeclaration, occ: str) -> bool:
    """Whether an import's list names something, in front or as a part of something."""
    return any(item.name == occ or occ in (item.parts or ()) for item in declaration.items or ())


def _may_bring(declaration: ImportDeclaration, occ: str) -> bool:
    return declaration.items is None or (declaration.hiding and not _lists(declaration, occ))


def _shortest(declarations: Iterable[ImportDeclaration]) -> str:
    """The qualifier of one of several imports."""
    return min(
        ("" if not each.qualified else each.qualifier for each in declarations), key=lambda each: (len(each), each)
    )


def _kinship(imported: str, defining: str) -> int:
    """How surely a module exports what another one defines; 0: there is no sign of it.

    A library mostly defines its types in modules below or beside the one that is to be imported: `Data.Text.Lazy` is
    for `Data.Text.Internal.Lazy`, and `Data.Map.Strict` for `Data.Map.Internal`.
    """
    home = [part for part in defining.removeprefix("GHC.Internal.").split(".") if part != "Internal"]
    stem = imported.split(".")
    while not _is_within(stem, home) and not (stem[-1] == home[-1] and _is_within(home, stem)):
        if len(stem) == 1 or stem.pop() not in _SISTERS:
            return 0
    return min(len(stem), len(home))


def _is_within(parts: Sequence[str], others: Sequence[str]) -> bool:
    """Whether parts come in the same order, with the same first one, among others."""
    rest = iter(others)
    return parts[:1] == others[:1] and all(part in rest for part in parts)


_SISTERS = frozenset("Strict Char8 Unboxed Storable Mutable Extra Class Types Base Compat".split())
"""Last parts of modules' names that stand for a way to use the same types."""

_PRELUDE = frozenset(
    """Applicative Bool Bounded Char Double Either Enum Eq FilePath Float Floating Foldable Fractional Functor IO
    IOError Int Integer Integral Maybe Monad MonadFail Monoid Num Ord Ordering Rational Read ReadS Real
    RealFloat RealFrac Semigroup Show ShowS String Traversable Word""".split()
)
"""The types and classes of the Haskell report's `Prelude` as GHC has it."""
