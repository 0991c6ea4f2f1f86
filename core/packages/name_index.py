"""What is known of the names of one module, by the names without it."""

from typing import Generic, TypeVar

from thatch.core.hi.model import Namespace, OccName
from thatch.core.source.model import VALUES

Value = TypeVar("Value")


class NameIndex(Generic[Value]):
    """Values by names; fields that share a name are told apart by their constructor where it is known."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, Namespace], list[tuple[OccName, Value]]] = {}

    def add(self, occ: OccName, value: Value) -> None:
        """Take what is known of a name."""
        occ = occ.as_written
        self._found.setdefault(_key(occ), []).append((occ, value))

    def find(self, occ: OccName) -> Value | None:
        """What is known of a name."""
        occ = occ.as_written
        entries = self._found.get(_key(occ), [])
        exact = [value for other, value in entries if other.parent == occ.parent]
        return next(iter([*exact, *(value for _, value in entries)]), None)


def _key(occ: OccName) -> tuple[str, Namespace]:
    return occ.text, Namespace.VARIABLE if occ.namespace in VALUES else occ.namespace
