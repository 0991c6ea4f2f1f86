"""The parts of an interface that are read when someone asks for them."""

from collections.abc import Callable
from functools import cached_property
from typing import NamedTuple

from attrs import frozen

from thatch.core.binary.cursor import DecodeError
from thatch.core.binary.ghc_binary import GhcCursor
from thatch.core.hi.body import BodyReader, ListPlace
from thatch.core.hi.documentation import DocumentationReader
from thatch.core.hi.exports import ExportsReader
from thatch.core.hi.model import Below, Declaration, Documentation, Export, Warnings
from thatch.core.hi.names import NameTable
from thatch.core.hi.versions import Layout
from thatch.core.hi.walk import walk
from thatch.core.hi.warnings import WarningsReader

LOCAL_BINDER = 0
"""The tag of a top-level binder without a name of its own (`IfLclTopBndr`)."""

ARITY = 0
"""The tag of what says that something is a function (`HsArity`)."""

FUNCTION = bytes((1, 4))
"""How a right side begins that is a lambda (`IfRhs`, `IfaceLam`)."""


class Place(NamedTuple):
    """Where a declaration stands."""

    hash: str
    """Of the declaration."""

    start: int

    binders: list[int]
    """Where the names stand that it binds, the main one first."""


@frozen
class CorePlace:
    """Where the extra declarations stand, and what behind them points to places in the file."""

    start: int
    """The byte that says whether there are any."""

    end: int

    pointers: tuple[int, ...]
    """Where the pointers in the body stand that are behind."""


@frozen
class EncodedDeclarations:
    """The declarations as they stand in the file."""

    cursor: Callable[[int], GhcCursor]
    """A cursor at some offset."""

    layout: Layout
    names: NameTable
    places: tuple[Place, ...]


class Rest:
    """The parts that are read on demand, each once.

    `cursor` stands at the warnings, and ends where the name table begins.
    """

    def __init__(self, cursor: GhcCursor, layout: Layout, names: NameTable, below_at: int, exports_at: int) -> None:
        self._cursor = cursor
        self._layout = layout
        self._names = names
        self._below_at = below_at
        self._exports_at = exports_at
        self._warnings_at = cursor.position

    @cached_property
    def below(self) -> Below:
        """The modules below with orphans or family instances."""
        cursor = self._at(self._below_at)
        return cursor.part("dependencies", BodyReader(cursor, self._layout).below)

    @cached_property
    def family_instances_below(self) -> ListPlace:
        """The last list of `below`."""
        cursor = self._at(self._below_at)
        return cursor.part("dependencies", BodyReader(cursor, self._layout).family_instances_below)

    @cached_property
    def exports(self) -> tuple[Export, ...]:
        """The exports."""
        cursor = self._at(self._exports_at)
        return cursor.part("exports", ExportsReader(cursor, self._layout, self._names).read)

    @cached_property
    def warnings(self) -> Warnings:
        """The pragmas that make users of the module see a warning."""
        cursor = self._at(self._warnings_at)
        return cursor.part("warnings", WarningsReader(cursor, self._layout, self._names).read)

    @cached_property
    def declarations(self) -> tuple[Declaration, ...]:
        """The names and hashes of all declarations."""
        names, places = self._names, self._places[0]
        return self._cursor.part(
            "declarations",
            lambda: tuple([Declaration(names.read(self._at(place.binders[0])), place.hash) for place in places]),
        )

    @property
    def encoded_declarations(self) -> EncodedDeclarations:
        """What it takes to read declarations one by one."""
        return EncodedDeclarations(self._at, self._layout, self._names, self._places[0])

    @cached_property
    def is_fat(self) -> bool:
        """Whether extra declarations (Core) are there."""
        cursor = self._at(self._places[1])
        return cursor.part("extra declarations", cursor.flag)

    @cached_property
    def orphan_hash(self) -> str:
        """The hash of the orphans, behind everything else that is big."""
        cursor = self._at(self._rules_at)
        cursor.part("rules", cursor.skip_lazy)
        return cursor.part("orphan hash", cursor.fingerprint)

    @cached_property
    def core(self) -> CorePlace | None:
        """Where the extra declarations stand; None where there are none."""
        if not self.is_fat:
            return None
        cursor = self._at(self._rules_at)
        pointers = [cursor.position]
        cursor.part("rules", cursor.skip_lazy)
        if self._documented:
            # In front of it stands its pointer, of four bytes.
            pointers.append(self._documented[0] - 4)
        return CorePlace(self._places[1], self._core_end, tuple(pointers))

    @cached_property
    def has_functions_of_unknown_arity(self) -> bool:
        """Whether a binding of the extra declarations that nobody else can name is a function and does not say so."""
        cursor = self._at(self._places[1])
        if not cursor.flag():
            return False
        n_bindings = cursor.part("extra declarations", cursor.count)
        found = (cursor.part("extra declarations", lambda: self._passes_unknown(cursor)) for _ in range(n_bindings))
        return any(found)

    def _passes_unknown(self, cursor: GhcCursor) -> bool:
        """Move behind a top-level binding, which may be several; whether one of them is such a function."""
        shapes = self._layout.shapes
        found = False
        for _ in range(cursor.count() if cursor.flag() else 1):
            is_local = cursor.data[cursor.position] == LOCAL_BINDER
            infos = self._infos(cursor) if is_local else ()
            if not is_local:
                walk(cursor, shapes["TopBinder"])
            right = cursor.data[cursor.position : cursor.position + 2]
            found |= is_local and ARITY not in infos and right == FUNCTION
            walk(cursor, shapes["RightSide"])
        return found

    def _infos(self, cursor: GhcCursor) -> list[int]:
        """Move behind a binder that only this module knows; the tags of what is known of it."""
        shapes = self._layout.shapes
        cursor.position += 1
        cursor.word()
        walk(cursor, shapes["Type"])
        infos = []
        for _ in range(cursor.count()):
            infos.append(cursor.data[cursor.position])
            walk(cursor, shapes["IdInfo"])
        walk(cursor, shapes["IdDetails"])
        return infos

    @property
    def documentation(self) -> Documentation | None:
        """The documentation, the last thing in the body."""
        return self._documented[1] if self._documented else None

    @cached_property
    def _documented(self) -> tuple[int, Documentation] | None:
        """Where the documentation stands, and it.

        To walk there over all declarations would take long.  But it alone is preceded by the byte of a `Just` and
        a pointer to the end of the body; should some other bytes look like that, they are no documentation.
        """
        damage: DecodeError | None = None
        head = b"\x01" + self._cursor.end.to_bytes(4, "big")
        found = self._cursor.end
        while (found := self._cursor.data.rfind(head, self._warnings_at, found)) >= 0:
            cursor = self._at(found + len(head))
            try:
                read = DocumentationReader(cursor, self._layout, self._names).read
                return found + len(head), cursor.part("documentation", read)
            except DecodeError as error:
                damage = damage or error
        if damage:
            raise damage
        return None

    @cached_property
    def _core_end(self) -> int:
        """Where the extra declarations end, all of which are walked over."""
        cursor = self._at(self._places[1])
        self._walk(cursor, "ExtraDecls")
        return cursor.position

    @cached_property
    def _rules_at(self) -> int:
        """Where the pointer behind the rules stands."""
        cursor = self._at(self._core_end)
        for name in ("Instances", "FamilyInstances"):
            self._walk(cursor, name)
        return cursor.position

    @cached_property
    def _places(self) -> tuple[tuple[Place, ...], int]:
        """Where the declarations stand, and where the last one ends."""
        cursor = self._at(self._warnings_at)
        cursor.part("warnings", cursor.skip_lazy)
        cursor.part("annotations", cursor.skip_lazy)
        found = cursor.part("declarations", lambda: self._find_declarations(cursor))
        return found, cursor.position

    def _find_declarations(self, cursor: GhcCursor) -> tuple[Place, ...]:
        shape = self._layout.shapes["Decl"]
        found = []
        for _ in range(cursor.count()):
            declared_hash = cursor.fingerprint()
            start = cursor.position
            binders = walk(cursor, shape).binders
            if not binders:
                raise cursor.error("a name that is declared", start)
            found.append(Place(declared_hash, start, binders))
        return tuple(found)

    def _walk(self, cursor: GhcCursor, name: str) -> None:
        shape = self._layout.shapes[name]
        cursor.part(name, lambda: walk(cursor, shape))

    def _at(self, position: int) -> GhcCursor:
        return GhcCursor(self._cursor.data, self._cursor.strings, position, self._cursor.end)
