"""What a module declares, by name: each declaration is read from the interface when somebody asks for it."""

from collections.abc import Iterator, Mapping
from functools import cached_property

from thatch.core.hi.declared import Class, DataType, Declared
from thatch.core.hi.iface_decls import read_declaration
from thatch.core.hi.iface_parts import Source
from thatch.core.hi.model import KnownName, Name, Namespace, OccName
from thatch.core.hi.reader import Interface
from thatch.core.hie.model import ExternalName

AXIOM = 6
"""The tag of axioms among declarations."""


def read_declarations(interface: Interface, known: Mapping[str, Name]) -> "Declarations":
    """What the module of an interface declares.

    `known` is what `thatch.core.th.derive.known_names` gives.  A name that GHC knows by heart, as `Maybe` is, and that
    is not in there is not found, and types do not tell it.
    """
    return Declarations(interface, known)


class Declarations:
    """The declarations of a module.  All methods raise `DecodeError` where the interface is damaged."""

    def __init__(self, interface: Interface, known: Mapping[str, Name]) -> None:
        self._encoded = interface.encoded_declarations
        self._known = known
        self._names: dict[int, ExternalName | KnownName] = {}
        self._read: dict[int, Declared] = {}

    def find(self, text: str, namespace: Namespace, parent: str = "") -> Declared | None:
        """What a name means that the module declares, exported or not.

        Fields are found in the namespace of variables too.  If there are several of one name, the `parent` of their
        `OccName`, which is the first constructor that has the field, tells them apart.
        """
        space = Namespace.VARIABLE if namespace is Namespace.FIELD else namespace
        for start, name in self._places.get((text, space), ()):
            if parent in {"", name.occ.parent}:
                return _part(self._at(start), name)
        return None

    def find_name(self, name: ExternalName) -> Declared | None:
        """The same for a name in full; its unit and its place do not count."""
        occ = name.occ.as_written
        for start, known in self._places.get(_key(occ), ()):
            if known.module.name == name.module.name and occ.parent in {"", known.occ.parent}:
                return _part(self._at(start), known)
        return None

    def names(self) -> Iterator[ExternalName]:
        """All names that the module declares, parts of types and classes too, in GHC's order."""
        for places in self._places.values():
            for _, name in places:
                yield name

    @cached_property
    def _places(self) -> dict[tuple[str, Namespace], list[tuple[int, ExternalName]]]:
        """Where the names of some text are declared."""
        found: dict[tuple[str, Namespace], list[tuple[int, ExternalName]]] = {}
        for place in self._encoded.places:
            if self._tag(place.start) == AXIOM:
                continue
            for binder in place.binders:
                name = self._name(self._encoded.cursor(binder).word())
                if isinstance(name, ExternalName):
                    found.setdefault(_key(name.occ), []).append((place.start, name))
        return found

    @cached_property
    def _source(self) -> Source:
        return Source(self._encoded.layout, self._name, self._axioms)

    @cached_property
    def _axioms(self) -> dict[int, list[int]]:
        """Where the axioms are that each type constructor has, by the numbers of their names."""
        found: dict[int, list[int]] = {}
        for place in self._encoded.places:
            if self._tag(place.start) == AXIOM:
                cursor = self._encoded.cursor(place.binders[0])
                cursor.word()
                found.setdefault(cursor.word(), []).append(place.start)
        return found

    def _tag(self, start: int) -> int:
        return self._encoded.cursor(start).byte()

    def _at(self, start: int) -> Declared:
        """The declaration that starts somewhere."""
        known = self._read.get(start)
        if known is None:
            cursor = self._encoded.cursor(start)
            known = self._read[start] = cursor.part("declaration", lambda: read_declaration(cursor, self._source))
        return known

    def _name(self, number: int) -> ExternalName | KnownName:
        if number not in self._names:
            self._names[number] = self._explained(self._encoded.names[number])
        return self._names[number]

    def _explained(self, name: Name | KnownName) -> ExternalName | KnownName:
        if isinstance(name, KnownName):
            known = self._known.get(name.key)
            return ExternalName(known.module, known.occ, None, "") if known else name
        return ExternalName(name.module, name.occ.as_written, None, "")


def _key(occ: OccName) -> tuple[str, Namespace]:
    """By what a name is found."""
    return occ.text, Namespace.VARIABLE if occ.namespace is Namespace.FIELD else occ.namespace


def _part(declared: Declared, name: ExternalName) -> Declared | None:
    """The declaration, or the part of it, that declares a name."""
    parts: tuple[Declared, ...] = ()
    match declared:
        case DataType(constructors=constructors):
            parts = constructors
        case Class(methods=methods, families=families):
            parts = (*methods, *(each.family for each in families))
        case _:
            pass
    return next((each for each in (declared, *parts) if each.name == name), None)
