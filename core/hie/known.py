"""Names that GHC knows by heart, which `.hie` files give by a number only, in the types of a module."""

from collections.abc import Iterator, Mapping, Sequence
from typing import overload

from thatch.core.hi.model import KnownName, ModuleId, Namespace, OccName
from thatch.core.hie.model import ConstructorApplication, ExternalName, Name, Type
from thatch.core.th.names import Space
from thatch.core.th.packages import Known


class ExplainedTypes(Sequence[Type]):
    """The types of a module, with the names that GHC knows in full; each is looked up when it is asked for."""

    def __init__(self, types: Sequence[Type], known: Mapping[str, Known]) -> None:
        """`known` is what `thatch.core.th.derive.known_names` gives."""
        self._types = types
        self._known = known

    def __len__(self) -> int:
        return len(self._types)

    @overload
    def __getitem__(self, index: int) -> Type: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Type]: ...
    def __getitem__(self, index: int | slice) -> Type | Sequence[Type]:
        if isinstance(index, slice):
            return ExplainedTypes(self._types[index], self._known)
        type_ = self._types[index]
        if isinstance(type_, ConstructorApplication) and isinstance(type_.constructor, KnownName):
            return type_._replace(constructor=explained(type_.constructor, self._known))
        return type_

    def __iter__(self) -> Iterator[Type]:
        return (self[index] for index in range(len(self)))


def explained(name: Name, known: Mapping[str, Known]) -> Name:
    """A name in full, but for its unit, if it is one that the table has; those of tuples and sums it has not."""
    found = known.get(name.key) if isinstance(name, KnownName) else None
    if found is None:
        return name
    return ExternalName(ModuleId("", found.module), OccName(found.occ, _NAMESPACES[found.space]), None, "")


_NAMESPACES = {
    Space.VALUE: Namespace.VARIABLE,
    Space.CONSTRUCTOR: Namespace.CONSTRUCTOR,
    Space.TYPE: Namespace.TYPE,
}
